"""A file that says that no other rules may be: which rules are removed, and why that is too much. Only reads.

What could not be read raises; a rule that this key cannot tell from a declared one is left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import about_scope, what_it_is_about
from pulumi_posthog.kinds.words import Grants
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.desired import Desired, Entry, Group, about_fields, above, group_of
from pulumi_posthog.reconcile.limits import Limits, too_many
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.spelling import one_line

Wanted = TypeVar("Wanted", bound=Desired)
EVERYONE = "everyone"


@dataclass(frozen=True)
class Surplus:
    """The rules of one collection that a file leaves no place for: `entries` says that they are absent.

    `shown` says of each what it gives, `total` is how many rules the collection has, and `notes` says which are left
    alone after all.
    """

    kind: Kind
    parent: str
    entries: tuple[Entry, ...]
    shown: tuple[str, ...]
    total: int
    notes: tuple[str, ...] = ()


def is_exact(desired: Desired) -> bool:
    """Whether a file says anywhere that no other rules may be."""
    return any(KINDS[name].grants for name, _ in desired.exact) or any(desired.exact_blocks.values())


def surplus(desired: Desired, live: Live) -> tuple[Surplus, ...]:
    """The rules that are not in a file which says that there are no others; raises ApiError."""
    groups = [(name, parent) for name, parent in desired.exact if KINDS[name].grants]
    groups += [(name, parent) for (name, parent, _), where in desired.exact_blocks.items() if where]
    found = []
    for group in dict.fromkeys(groups):
        holder = above(group, desired)
        scope = _scope(KINDS[group[0]], holder, desired, live) if holder else None
        if scope is not None and holder is not None:
            each = _of_group(group, holder, scope, desired, live)
            found += [each] if each.entries or each.notes else []
        elif holder is not None and (number := len(_matches(holder, desired, live))) > 1:
            kind = KINDS[group[0]]
            note = (
                f'{kind.plural} of "{one_line(holder.name)}" that are not in the file are left alone in this run,'
                f" because {number} objects in PostHog have that name: rename the others there, or write its `id`"
            )
            found.append(Surplus(kind, holder.name, (), (), 0, (note,)))
    return tuple(found)


def with_surplus(desired: Wanted, found: tuple[Surplus, ...]) -> Wanted:
    """`desired` with the rules absent that are too many."""
    more = [entry for each in found for entry in each.entries]
    return dataclasses.replace(desired, entries=(*desired.entries, *more)) if more else desired


def refusals(found: tuple[Surplus, ...], limits: Limits) -> Iterator[Problem]:
    """Why so many rules may not be removed in one run, at the place that says that there are no others."""
    for each in found:
        if too_many(each.kind, len(each.entries), each.total, limits):
            yield _problem(each.kind, each.parent, each.shown, each.total, each.entries[0].where)
    for name in dict.fromkeys(each.kind.name for each in found):
        kind = KINDS[name]
        those = [each for each in found if each.kind is kind]
        shown = tuple(f"{each.parent}: {row}" for each in those for row in each.shown)
        # One each from many projects is many, too.
        if len(those) > 1 and len(shown) > max(limits.number, limits.allowed.get(kind.name, 0)):
            where = next(each.entries[0].where for each in those if each.entries)
            yield _problem(kind, "", shown, sum(each.total for each in those), where)


def told(found: tuple[Surplus, ...]) -> Iterator[str]:
    """Who loses what, a line for each rule, and what is left alone."""
    for each in found:
        for row in each.shown:
            yield f'{each.kind.title} of "{one_line(each.parent)}" is removed, because it is not in the file: {row}'
        yield from each.notes


def _problem(kind: Kind, parent: str, shown: tuple[str, ...], total: int, where: Position | None) -> Problem:
    below = f' of "{one_line(parent)}"' if parent else ""
    return Problem(
        f"{len(shown)} of {total} {kind.plural}{below} would be removed, because they are not in the file: more"
        f" than the limits allow: {'; '.join(map(one_line, shown))}",
        where,
        f"if that is meant, say so: pulumi config set posthog:allowRemovals {kind.name}={len(shown)}",
    )


def _scope(kind: Kind, holder: Entry, desired: Desired, live: Live) -> Scope | None:
    """The ids that lead to what a declared object has; None for one that is not there yet."""
    outer, ids = _outer(holder, desired, live), _matches(holder, desired, live)
    if outer is None or len(ids) != 1:
        return None
    if kind.attached:
        return about_scope(kind, outer, holder.kind, ids[0])
    return {**outer, holder.kind.name: ids[0]}


def _outer(holder: Entry, desired: Desired, live: Live) -> Scope | None:
    """The ids that lead to the list of a declared object; None where what it is below is not there yet."""
    above_it = above(group_of(holder), desired)
    return {} if above_it is None else _scope(holder.kind, above_it, desired, live)


def _matches(holder: Entry, desired: Desired, live: Live) -> list[str]:
    """The ids of the live objects that a declared one may be."""
    outer = _outer(holder, desired, live)
    return [] if outer is None else _ids(holder, outer, live)


def _ids(entry: Entry, scope: Scope, live: Live) -> list[str]:
    """The ids of the live objects that an entry may mean: by its id, its name, or the names that it had before."""
    if entry.id is not None:
        found = live.object(entry.kind, scope, entry.id, ())
        return [found.id if found else entry.id]
    own = next((each.name for each in entry.kind.fields if each.from_key), None)
    earlier = (each.removeprefix(f"{entry.parent}/") for each in entry.previously)
    for name in (None, *(earlier if entry.parent else entry.previously)):
        values = entry.fields if name is None or own is None else {**entry.fields, own: name}
        matches = live.find(entry.kind, scope, values)
        if matches:
            return [each.id for each in matches]
    return []


def _of_group(group: Group, holder: Entry, scope: Scope, desired: Desired, live: Live) -> Surplus:
    kind, parent = KINDS[group[0]], holder.name
    grants = kind.grants
    if grants is None:
        raise AssertionError("unreachable: only kinds with grants are asked about")
    declared = [each for each in desired.entries if group_of(each) == group]
    about = what_it_is_about(kind, scope)
    fixed = about_fields(kind, holder, about[1] if about else None)
    kept, doubtful = _kept(kind, declared, scope, desired, live)
    rules = live.collection(kind, scope)
    entries, shown, notes = [], [], []
    for id_, rule in rules.items():
        key = str(rule.values[grants.keyed_by]) if grants.keyed_by else None
        where = _exact_at(group, key, desired)
        if id_ in kept or where is None:
            continue
        subject = _subject(kind, grants, rule, live)
        if subject is None:
            notes.append(
                f'a {kind.title} of "{one_line(parent)}" is left alone: this key does not see whom it is about'
            )
            continue
        whose, name, fields = subject
        row = ": ".join(filter(None, (key, f"{whose} {name}".strip(), str(rule.values[grants.value]))))
        if doubtful and isinstance(next(iter(fields.values()), None), Reference):
            notes.append(
                f'{kind.title} of "{one_line(parent)}" is left alone in this run, because {doubtful} is not in PostHog'
                f" by that name, and it may be the same role: {one_line(row)}"
            )
            continue
        keyed = {grants.keyed_by: key} if grants.keyed_by else {}
        within = holder.kind.accessible_as if about else key
        path = "/".join(filter(None, (parent, within, whose, name)))
        entries.append(
            Entry(
                kind=kind,
                name=path,
                fields={**keyed, **fixed, **fields},
                parent=holder.parent if about else parent,
                absent=True,
                positions={"": where},
            )
        )
        shown.append(row)
    return Surplus(kind, parent, tuple(entries), tuple(shown), len(rules), tuple(notes))


def _exact_at(group: Group, key: str | None, desired: Desired) -> Position | None:
    """Where a file says that there are no others; None where it does not. A block has its own say."""
    if key is not None and (*group, key) in desired.exact_blocks:
        return desired.exact_blocks[*group, key]
    return desired.exact.get(group)


def _kept(
    kind: Kind, declared: list[Entry], scope: Scope, desired: Desired, live: Live
) -> tuple[frozenset[str], str | None]:
    """The ids of the rules that a file has, and a role in it that PostHog does not have by that name, if any."""
    kept: set[str] = set()
    doubtful = None
    for entry in declared:
        fields: dict[str, Json] = dict(entry.fields)
        for name, value in entry.fields.items():
            if isinstance(value, Reference) and value.id is None and name not in kind.in_path:
                target = desired.by_name.get(value.target) if value.target else None
                ids = _ids(target, {}, live) if target and target.kind.parent is None else []
                if len(ids) != 1:
                    doubtful = f'{value.kind} "{one_line(value.name)}"'
                fields[name] = value.at(ids[0]) if len(ids) == 1 else value
        kept |= {found.id for found in live.find(kind, scope, fields)}
    return frozenset(kept), doubtful


def _subject(
    kind: Kind, grants: Grants, rule: Found, live: Live
) -> tuple[str, str, Mapping[str, Json]] | None:
    """The group of whom a rule is about, the name, and the fields that say so; None where this key does not see it."""
    for group, name in grants.subjects.items():
        value = rule.values.get(name)
        if not value:
            continue
        field = kind.field(name)
        if field.names is None:
            known = {str(each.get("id")) for each in live.lookup(MEMBER.name)}
            seen = str(rule.answer.get(field.sent_as or name)) in known
            return (group, str(value), {name: value}) if seen else None
        holder = live.object(KINDS[field.names], {}, str(value))
        if holder is None:
            return None
        called = str(holder.kind.own_name(holder.values))
        return group, called, {name: Reference(field.names, called, id_=holder.id)}
    return EVERYONE, "", {}
