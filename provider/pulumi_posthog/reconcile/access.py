"""People, roles, rules -> who may do what, and why. Pure but for `picture`, which only reads.

posthog-api-access.md 3.5 and 3.6. PostHog decides in one of two ways, and no endpoint says in which: the legacy one
takes the highest of the rules that apply, the newer one the nearest. Both are told. An object's own rules are looked at
where somebody asks for them, because each object takes a request; what its maker may do with it is not.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pulumi_posthog.api import NotServed
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.access_rule import COVERED, PROJECT_LEVELS, TYPES
from pulumi_posthog.kinds.access_rule import LEVELS as TYPE_LEVELS
from pulumi_posthog.kinds.organization_member import JOINED, LEVELS
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import about_scope
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry, above, group_of
from pulumi_posthog.reconcile.features import has_feature
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.spelling import folded

EVERYONE, ROLE, MEMBER = "everyone", "role", "member"
THE_PROJECT: Final = PROJECT.name  # as a resource: the project itself
NOTHING: Final = "none"
PROJECT_DEFAULT: Final = "admin"  # what everyone may do in a project without a rule (3.3)


@dataclass(frozen=True)
class Rule:
    """One stored rule: what `name` (a role, or an address; of everyone, nothing) has of a resource in a project."""

    project: str
    resource: str
    subject: str
    name: str
    level: str

    def __str__(self) -> str:
        who = self.subject if self.subject == EVERYONE else f"{self.subject} {self.name}"
        return f"{who}: {self.level}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the others."""
        return folded(self.project), self.resource, self.subject, folded(self.name)


@dataclass(frozen=True)
class Person:
    """Somebody in the organization, or `invited` to it."""

    address: str
    level: str
    roles: frozenset[str] = frozenset()
    invited: bool = False

    @property
    def administers(self) -> bool:
        """Whether this person stands above all rules."""
        return LEVELS.get(self.level, 0) >= LEVELS["admin"]


@dataclass(frozen=True)
class Picture:
    """Who is in an organization, and which rules it has. Names are PostHog's own."""

    people: Mapping[str, Person]  # by folded address
    projects: tuple[str, ...]
    rules: Mapping[tuple[str, str, str, str], Rule]
    unread: tuple[str, ...] = ()
    objects: frozenset[tuple[str, str]] = (
        frozenset()
    )  # those whose rules were looked at: folded project, resource
    lacks: tuple[str, ...] = ()  # features of the plan without which rules have no effect


@dataclass(frozen=True)
class Access:
    """What one person may do with a resource of a project: by the legacy resolution, by the newer one, and why."""

    person: Person
    project: str
    resource: str
    legacy: str
    newer: str
    why: tuple[str, ...] = field(default=())


def _rank(resource: str, level: str) -> int:
    levels = PROJECT_LEVELS if resource == THE_PROJECT else TYPE_LEVELS
    return levels.index(level) if level in levels else -1


def of_object(type_: str, name: str) -> str:
    """One object as a resource: "dashboard/Launch"."""
    return f"{type_}/{name}"


def type_of(resource: str) -> str:
    """The type whose rules count for an object without rules of its own; of a type, that itself."""
    type_ = resource.partition("/")[0]
    return COVERED.get(type_, type_)


def is_object(resource: str) -> bool:
    """Whether a resource is one object."""
    return "/" in resource


def default_of(resource: str) -> str:
    """What everyone may do without a rule."""
    return PROJECT_DEFAULT if resource == THE_PROJECT else TYPES[type_of(resource)][0]


def highest_of(resource: str) -> str:
    """The highest level that there is."""
    return PROJECT_LEVELS[-1] if resource == THE_PROJECT else TYPES[type_of(resource)][2]


Resolved = tuple[str, str, tuple[str, ...]]


def _that_apply(person: Person, rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules about somebody, by their subjects."""
    by_subject: dict[str, list[Rule]] = defaultdict(list)
    roles = {folded(name) for name in person.roles}
    for rule in rules:
        about = (
            rule.subject == EVERYONE
            or (rule.subject == ROLE and folded(rule.name) in roles)
            or (rule.subject == MEMBER and folded(rule.name) == folded(person.address))
        )
        if about:
            by_subject[rule.subject].append(rule)
    return by_subject


def _highest(those: Sequence[Rule]) -> str:
    return max((each.level for each in those), key=lambda level: _rank(those[0].resource, level))


def resolved_of_object(
    person: Person, resource: str, rules: Iterable[Rule], of_type: Sequence[Rule]
) -> Resolved:
    """The same of one object, by its own rules and those of its type.

    The legacy resolution takes a rule of the object for the person or a role, else what the type's rules come to, else
    the object's rule for everyone. The newer one takes any rule of the object before those of the type (3.6).
    """
    above = resolved(person, type_of(resource), of_type)
    if person.administers:
        return above
    by_subject = _that_apply(person, rules)
    nearest = by_subject[MEMBER] or by_subject[ROLE] or by_subject[EVERYONE]
    if not nearest:
        return above
    own = [*by_subject[MEMBER], *by_subject[ROLE]]
    type_applies = any(_that_apply(person, of_type).values())
    legacy = _highest(own) if own else above[0] if type_applies else _highest(nearest)
    why = (*map(str, (*own, *by_subject[EVERYONE])), *(f"{type_of(resource)}: {each}" for each in above[2]))
    return legacy, _highest(nearest), why


def resolved(person: Person, resource: str, rules: Iterable[Rule]) -> Resolved:
    """The legacy level, the newer one, and why: `rules` are all that are stored for the resource in one project."""
    if person.administers:
        return highest_of(resource), highest_of(resource), (f"organization {person.level}",)
    by_subject = _that_apply(person, rules)
    applied = [*by_subject[MEMBER], *by_subject[ROLE], *by_subject[EVERYONE]]
    if not applied:
        level = default_of(resource)
        return level, level, ("default",)
    own = [*by_subject[MEMBER], *by_subject[ROLE]]
    # Of a project, a rule for everyone counts where no other one does; of a type it counts among the others (3.6).
    legacy = _highest((own or applied) if resource == THE_PROJECT else applied)
    newer = _highest(by_subject[MEMBER] or by_subject[ROLE] or by_subject[EVERYONE])
    return legacy, newer, tuple(map(str, applied))


def accesses(
    found: Picture,
    *,
    member: str | None = None,
    project: str | None = None,
    resources: Sequence[str] | None = None,
) -> Iterator[Access]:
    """What people may do: of one member, in one project, with these resources, or with all that have rules there.

    Who does not see a project does nothing in it, whatever its types' rules say.
    """
    by_place: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in found.rules.values():
        by_place[folded(rule.project), rule.resource].append(rule)
    for person in found.people.values():
        if member is not None and folded(person.address) != folded(member):
            continue
        for name in found.projects:
            if project is not None and folded(name) != folded(project):
                continue
            here = folded(name)
            legacy, newer, why = resolved(person, THE_PROJECT, by_place.get((here, THE_PROJECT), []))
            known = [each for place, each in [*by_place] if place == here and each in TYPES]
            known += sorted(each for place, each in found.objects if place == here)
            for resource in (THE_PROJECT, *known) if resources is None else resources:
                if resource == THE_PROJECT:
                    yield Access(person, name, resource, legacy, newer, why)
                    continue
                if is_object(resource) and (here, resource) not in found.objects:
                    continue
                own, of_type = (by_place.get((here, each), []) for each in (resource, type_of(resource)))
                inside = (
                    resolved_of_object(person, resource, own, of_type)
                    if is_object(resource)
                    else resolved(person, resource, own)
                )
                hidden = ("the project is hidden",) if NOTHING in (legacy, newer) else ()
                yield Access(
                    person,
                    name,
                    resource,
                    NOTHING if legacy == NOTHING else inside[0],
                    NOTHING if newer == NOTHING else inside[1],
                    (*hidden, *inside[2]),
                )


@dataclass(frozen=True)
class Change:
    """What somebody has of a resource before and after; None: not in the organization, or no such project."""

    before: Access | None
    after: Access | None

    @property
    def either(self) -> Access:
        """The access after, or before where there is none after."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is always there
        return found

    @property
    def gains(self) -> bool:
        """Whether it is more than before, by the legacy resolution or, where that is alike, by the newer one."""
        return self._ranks(self.after) > self._ranks(self.before)

    def _ranks(self, access: Access | None) -> tuple[int, int]:
        if access is None:
            return -1, -1
        return _rank(access.resource, access.legacy), _rank(access.resource, access.newer)


def changes(before: Iterable[Access], after: Iterable[Access]) -> tuple[Change, ...]:
    """Who gains and who loses what."""

    def key(each: Access) -> tuple[str, str, str]:
        return folded(each.person.address), folded(each.project), each.resource

    then, now = ({key(each): each for each in those} for those in (before, after))
    result = []
    for place in dict.fromkeys([*then, *now]):
        old, new = then.get(place), now.get(place)
        if old is None or new is None or (old.legacy, old.newer) != (new.legacy, new.newer):
            result.append(Change(old, new))
    return tuple(result)


# -- from PostHog ----------------------------------------------------------------------------------------------------


def picture(live: Live, wanted: Callable[[str, str, str], bool] | None = None) -> Picture:
    """What PostHog has: a list each of members, invitations, roles and projects, and two of each project.

    `wanted` says of a project, a type and an object's name whether the rules of that object are wanted: each takes a
    request. Of a name that is empty, it says whether any of the type may be: then their list is read.
    May raise ApiError. Older servers have no rules, which is told in `unread`.
    """
    person_kind = next(kind for kind in KINDS.values() if kind.invitation)
    roles = live.collection(KINDS[ROLE], {})
    names = {id_: str(role.values["name"]) for id_, role in roles.items()}
    held: dict[str, set[str]] = defaultdict(set)
    for id_, role in roles.items():
        for membership in role.answer.get("members") or ():
            held[folded(str(membership["user"]["email"]))].add(names[id_])
    people = {
        folded(str(each.values["email"])): Person(
            str(each.values["email"]),
            str(each.values["level"]),
            frozenset(held[folded(str(each.values["email"]))]),
        )
        for each in live.collection(person_kind, {}).values()
        if each.values["standing"] == JOINED
    }
    projects = {each.id: str(each.values["name"]) for each in live.collection(PROJECT, {}).values()}
    rules: list[Rule] = []
    unread: list[str] = []
    for kind in (each for each in KINDS.values() if each.grants and not each.attached):
        for id_, name in projects.items():
            try:
                found = live.collection(kind, {PROJECT.name: id_}).values()
            except NotServed as error:
                unread.append(str(error.problem))
                break
            rules += [_rule(name, each.values, names) for each in found]
    objects = set()
    for project, resource, own in _of_objects(live, projects, wanted) if wanted else ():
        objects.add((folded(project), resource))
        rules += [_rule(project, each.values, names, resource) for each in own]
    organization = live.organization()
    return Picture(
        dict(sorted(people.items())),
        tuple(sorted(projects.values(), key=folded)),
        {rule.key: rule for rule in rules},
        tuple(dict.fromkeys(unread)),
        frozenset(objects),
        tuple(
            each for each in ("access_control", "role_based_access") if not has_feature(organization, each)
        ),
    )


def _of_objects(
    live: Live, projects: Mapping[str, str], wanted: Callable[[str, str, str], bool]
) -> Iterator[tuple[str, str, Iterable[Found]]]:
    """The rules of single objects: the project's name, the object as a resource, and its rules."""
    attached = [kind for kind in KINDS.values() if kind.attached and kind.grants]
    for id_, project in projects.items():
        scope = {PROJECT.name: id_}
        for about in (each for each in KINDS.values() if each.accessible_as):
            type_ = about.accessible_as or ""
            if not wanted(project, type_, ""):
                continue
            for each in live.collection(about, scope).values():
                name = str(about.own_name(each.values))
                if wanted(project, type_, name):
                    for kind in attached:
                        own = live.collection(kind, about_scope(kind, scope, about, each.id))
                        yield project, of_object(type_, name), own.values()


def _rule(
    project: str, values: Mapping[str, object], roles: Mapping[str, str], resource: str | None = None
) -> Rule:
    resource = resource or str(values.get("resource") or THE_PROJECT)
    level = str(values["access_level"])
    if values.get(ROLE):
        role = values[ROLE]
        name = role.name if isinstance(role, Reference) else roles.get(str(role), str(role))
        return Rule(project, resource, ROLE, name, level)
    if values.get(MEMBER):
        return Rule(project, resource, MEMBER, str(values[MEMBER]), level)
    return Rule(project, resource, EVERYONE, "", level)


# -- from a file -----------------------------------------------------------------------------------------------------


def applied(found: Picture, desired: Desired) -> Picture:
    """What there will be once a file is applied, as far as the file says it.

    What leaves a file is not known here: only a stack knows what it had. People who are invited count as if they had
    joined.
    """
    people, rules, projects = dict(found.people), dict(found.rules), list(found.projects)
    objects = set(found.objects)
    declared_rules: set[tuple[str, str, str, str]] = set()
    for entry in desired.entries:
        if entry.kind is PROJECT and not entry.absent and folded(entry.name) not in map(folded, projects):
            projects.append(entry.name)
        elif entry.kind.grants and entry.parent is not None:
            resource = _object_of(entry, desired)
            rule = _rule(entry.parent, entry.fields, {}, resource)
            objects |= {(folded(entry.parent), resource)} if resource else set()
            rules[rule.key] = rule
            declared_rules.add(rule.key)
        elif entry.kind.invitation:
            _person(people, rules, entry)
    rules = {key: rule for key, rule in rules.items() if key in declared_rules or not _closed(rule, desired)}
    for kind, _ in desired.exact:
        if KINDS[kind].invitation:
            declared = {
                folded(str(each.kind.own_name(each.fields)))
                for each in desired.entries
                if each.kind.invitation
            }
            people = {address: each for address, each in people.items() if address in declared}
    for entry in desired.entries:
        item = KINDS[entry.kind.set_of] if entry.kind.set_of else entry.kind
        if item.embedded_in and item.embedded_in[0] == ROLE and entry.parent:
            _memberships(people, entry)
    return dataclasses.replace(
        found,
        people=dict(sorted(people.items())),
        rules=rules,
        projects=tuple(projects),
        objects=frozenset(objects),
    )


def _object_of(entry: Entry, desired: Desired) -> str | None:
    """The object that a declared rule is about, as a resource; None of a rule that is about none."""
    holder = above(group_of(entry), desired) if entry.kind.attached else None
    return _as_resource(holder) if holder else None


def _as_resource(holder: Entry) -> str:
    return of_object(holder.kind.accessible_as or "", str(holder.kind.own_name(holder.fields)))


def objects_of(desired: Desired) -> frozenset[tuple[str, str]]:
    """The objects of which a file says who may do what with them: folded project, resource."""
    holders = [above(group_of(each), desired) for each in desired.entries if each.kind.attached]
    holders += [above(group, desired) for group in desired.exact if KINDS[group[0]].attached]
    return frozenset((folded(str(each.parent)), _as_resource(each)) for each in holders if each)


def _closed(rule: Rule, desired: Desired) -> bool:
    """Whether a file says that there are no other rules than its own where this one is."""
    if is_object(rule.resource):
        closed = (above(group, desired) for group in desired.exact if KINDS[group[0]].attached)
        return any(
            (folded(str(each.parent)), _as_resource(each)) == (folded(rule.project), rule.resource)
            for each in closed
            if each
        )
    for kind in (each for each in KINDS.values() if each.grants and not each.attached):
        keyed = kind.grants.keyed_by if kind.grants else None
        if (keyed is None) is not (rule.resource == THE_PROJECT):
            continue
        for (name, parent, key), where in desired.exact_blocks.items():
            if (name, folded(parent or ""), key) == (kind.name, folded(rule.project), rule.resource):
                return where is not None
        return any(
            (kind.name, folded(rule.project)) == (name, folded(parent or ""))
            for name, parent in desired.exact
        )
    return False


def _person(people: dict[str, Person], rules: dict[tuple[str, str, str, str], Rule], entry: Entry) -> None:
    address = str(entry.kind.own_name(entry.fields))
    before = people.get(folded(address))
    if entry.absent:
        people.pop(folded(address), None)
        return
    level = str(entry.fields.get("level"))
    if before is not None:
        people[folded(address)] = dataclasses.replace(before, level=level)
        return
    people[folded(address)] = Person(address, level, invited=True)
    opened = entry.fields.get("projects")
    for project, granted in opened.items() if isinstance(opened, Mapping) else ():
        rule = Rule(str(project), THE_PROJECT, MEMBER, address, str(granted))
        rules.setdefault(rule.key, rule)


def _memberships(people: dict[str, Person], entry: Entry) -> None:
    """Who is in a role: exactly those, or those as well."""
    role = str(entry.parent)
    if entry.kind.set_of:
        listed = {folded(str(each)) for each in entry.fields.get("members") or ()}
    else:
        listed = {folded(str(entry.kind.own_name(entry.fields)))}
    for address, person in list(people.items()):
        others = frozenset(each for each in person.roles if folded(each) != folded(role))
        if address in listed:
            people[address] = dataclasses.replace(person, roles=others | {role})
        elif entry.kind.set_of:
            people[address] = dataclasses.replace(person, roles=others)
