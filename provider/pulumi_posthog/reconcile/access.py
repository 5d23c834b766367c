"""People, roles, rules -> who may do what, and why. Pure, except for `picture`, which only reads.

posthog-api-access.md 3.5 and 3.6. PostHog decides in one of two ways, and no endpoint says in which: the legacy one
takes the highest of the rules that apply, the newer one the nearest. Both are told. An object's own rules are looked at
where somebody asks for them, because each object takes a request; what its maker may do with it is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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
        """What tells it from the others: project, resource, subject and name, the names folded."""
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
        """Whether this person is above all rules."""
        return LEVELS.get(self.level, 0) >= LEVELS["admin"]


@dataclass(frozen=True)
class Picture:
    """Who is in an organization, and which rules it has. Names are PostHog's own.

    Of several projects, or several objects of a project, that have one name, each is called with its id.
    """

    people: Mapping[str, Person]  # by folded address
    projects: tuple[str, ...]
    rules: Mapping[tuple[str, str, str, str], Rule]
    unread: tuple[str, ...] = ()
    objects: frozenset[tuple[str, str]] = (
        frozenset()
    )  # those whose rules were looked at: folded project, resource
    lacks: tuple[str, ...] = ()  # features of the plan without which rules have no effect
    alike: Mapping[str, str] = field(default_factory=dict)  # what is called with its id -> what it is without

    def names_of(self, called: str) -> tuple[str, str]:
        """What somebody may say who means a project, or a resource: with its id, and without."""
        return called, self.alike.get(called, called)

    def called(self, name: str, id_: str | None) -> str:
        """What a project, or a resource, is called here that a file calls so, and perhaps by its id."""
        apart = with_id(name, id_ or "")
        return apart if apart in self.alike else name


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


def with_id(name: str, id_: str) -> str:
    """What tells one of several of a name from the others."""
    return f"{name} (id {id_})"


def _told_apart(
    names: Mapping[str, str], alike: dict[str, str], spelt: Callable[[str], str] = str
) -> dict[str, str]:
    """Names by ids -> the same, with the id where several are `spelt` alike; those are noted in `alike`."""
    numbers = Counter(map(spelt, names.values()))
    result = {}
    for id_, name in names.items():
        result[id_] = with_id(name, id_) if numbers[spelt(name)] > 1 else name
        if result[id_] != name:
            alike[result[id_]] = name
    return result


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
    """What `resolved` gives, of one object: by its own rules, and by those of its type (`of_type`).

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
            if project is not None and folded(project) not in map(folded, found.names_of(name)):
                continue
            here = folded(name)
            legacy, newer, why = resolved(person, THE_PROJECT, by_place.get((here, THE_PROJECT), []))
            known = [each for place, each in [*by_place] if place == here and each in TYPES]
            known += sorted(each for place, each in found.objects if place == here)
            objects = [each for each in known if is_object(each)]
            for resource in (
                (THE_PROJECT, *known) if resources is None else _chosen(found, resources, objects)
            ):
                if resource == THE_PROJECT:
                    yield Access(person, name, resource, legacy, newer, why)
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


def _chosen(found: Picture, resources: Sequence[str], objects: Sequence[str]) -> Iterator[str]:
    """What somebody asks for: types, and those of a project's objects that are meant."""
    for said in resources:
        yield from (each for each in objects if said in found.names_of(each)) if is_object(said) else (said,)


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
    """Each access that is not the same before and after: who gains and who loses what."""

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
    alike: dict[str, str] = {}
    projects = _told_apart(
        {each.id: str(each.values["name"]) for each in live.collection(PROJECT, {}).values()}, alike, folded
    )
    rules: list[Rule] = []
    unread: list[str] = []
    for kind in (each for each in KINDS.values() if each.grants and not each.attached):
        for id_, name in projects.items():
            try:
                found = live.collection(kind, {PROJECT.name: id_}).values()
            except NotServed as error:
                unread.append(str(error.problem))
                break
            rules += [stored(name, each.values, names) for each in found]
    objects = set()
    for project, resource, own in _of_objects(live, projects, wanted, alike) if wanted else ():
        objects.add((folded(project), resource))
        rules += [stored(project, each.values, names, resource) for each in own]
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
        alike,
    )


def _of_objects(
    live: Live,
    projects: Mapping[str, str],
    wanted: Callable[[str, str, str], bool],
    alike: dict[str, str],
) -> Iterator[tuple[str, str, Iterable[Found]]]:
    """The rules of single objects: the project's name, the object as a resource, and its rules."""
    attached = [kind for kind in KINDS.values() if kind.attached and kind.grants]
    for id_, project in projects.items():
        scope, named = {PROJECT.name: id_}, alike.get(project, project)
        for about in (each for each in KINDS.values() if each.accessible_as):
            type_ = about.accessible_as or ""
            if not wanted(named, type_, ""):
                continue
            found = live.collection(about, scope)
            names = {each.id: of_object(type_, str(about.own_name(each.values))) for each in found.values()}
            for object_, resource in _told_apart(names, alike).items():
                if wanted(named, type_, names[object_].partition("/")[2]):
                    for kind in attached:
                        own = live.collection(kind, about_scope(kind, scope, about, object_))
                        yield project, resource, own.values()


def stored(
    project: str, values: Mapping[str, object], roles: Mapping[str, str], resource: str | None = None
) -> Rule:
    """A rule from its field values; `roles` has the names of roles by id, `resource` says of which object it is."""
    resource = resource or str(values.get("resource") or THE_PROJECT)
    level = str(values["access_level"])
    if values.get(ROLE):
        role = values[ROLE]
        name = role.name if isinstance(role, Reference) else roles.get(str(role), str(role))
        return Rule(project, resource, ROLE, name, level)
    if values.get(MEMBER):
        return Rule(project, resource, MEMBER, str(values[MEMBER]), level)
    return Rule(project, resource, EVERYONE, "", level)
