"""Who may do what, and a file -> who will: as far as the file says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.access import (
    MEMBER,
    ROLE,
    THE_PROJECT,
    Person,
    Picture,
    Rule,
    is_object,
    of_object,
    stored,
)
from pulumi_posthog.reconcile.desired import Desired, Entry, above, group_of
from pulumi_posthog.values.spelling import folded


def applied(found: Picture, desired: Desired) -> Picture:
    """What there will be once a file is applied, as far as the file says it.

    What leaves a file is not known here: only a stack knows what it had. People who are invited count as if they had
    joined.
    """
    people, rules, projects = dict(found.people), dict(found.rules), list(found.projects)
    objects = set(found.objects)
    declared_rules: set[tuple[str, str, str, str]] = set()
    for entry in desired.entries:
        if entry.kind is PROJECT and not entry.absent:
            called = _project(found, desired, entry.name)
            projects += [] if folded(called) in map(folded, projects) else [called]
        elif entry.kind.grants and entry.parent is not None:
            here, resource = _project(found, desired, entry.parent), _object_of(found, entry, desired)
            rule = stored(here, entry.fields, {}, resource)
            objects |= {(folded(here), resource)} if resource else set()
            rules[rule.key] = rule
            declared_rules.add(rule.key)
        elif entry.kind.invitation:
            _person(people, rules, entry)
    rules = {
        key: rule for key, rule in rules.items() if key in declared_rules or not _closed(found, rule, desired)
    }
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


def _project(found: Picture, desired: Desired, name: str | None) -> str:
    """What a declared project is called here."""
    entry = desired.by_name.get((PROJECT.name, name or ""))
    return found.called(name or "", entry.id if entry else None)


def _object_of(found: Picture, entry: Entry, desired: Desired) -> str | None:
    """The object that a declared rule is about, as a resource; None of a rule that is about none."""
    holder = above(group_of(entry), desired) if entry.kind.attached else None
    return found.called(_as_resource(holder), holder.id) if holder else None


def _as_resource(holder: Entry) -> str:
    return of_object(holder.kind.accessible_as or "", str(holder.kind.own_name(holder.fields)))


def objects_of(desired: Desired) -> frozenset[tuple[str, str]]:
    """The objects of which a file says who may do what with them: folded project, resource."""
    holders = [above(group_of(each), desired) for each in desired.entries if each.kind.attached]
    holders += [above(group, desired) for group in desired.exact if KINDS[group[0]].attached]
    return frozenset((folded(str(each.parent)), _as_resource(each)) for each in holders if each)


def _closed(found: Picture, rule: Rule, desired: Desired) -> bool:
    """Whether a file says that there are no other rules than its own where this one is."""

    def is_here(project: str | None) -> bool:
        return folded(_project(found, desired, project)) == folded(rule.project)

    if is_object(rule.resource):
        closed = (above(group, desired) for group in desired.exact if KINDS[group[0]].attached)
        return any(
            is_here(each.parent) and found.called(_as_resource(each), each.id) == rule.resource
            for each in closed
            if each
        )
    for kind in (each for each in KINDS.values() if each.grants and not each.attached):
        keyed = kind.grants.keyed_by if kind.grants else None
        if (keyed is None) is not (rule.resource == THE_PROJECT):
            continue
        for (name, parent, key), where in desired.exact_blocks.items():
            if (name, key) == (kind.name, rule.resource) and is_here(parent):
                return where is not None
        return any(kind.name == name and is_here(parent) for name, parent in desired.exact)
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
