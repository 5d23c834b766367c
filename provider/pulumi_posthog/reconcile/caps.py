"""How many objects of a kind may be so at the same time, and in which order they change so that none is too many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pulumi_posthog.kinds.model import Kind, NaturalKey
from pulumi_posthog.kinds.words import Cap
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.desired import Desired, Entry, Key, key_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem


def counts(kind: Kind, cap: Cap, values: Mapping[str, Json]) -> bool:
    """Whether an object with these values is one of those that a cap counts."""
    return all(values.get(name, kind.field(name).default) == wanted for name, wanted in cap.values.items())


def makes_room(kind: Kind, cap: Cap, values: Mapping[str, Json]) -> bool:
    """Whether an object is of those that a cap counts, if one value is left out: it may have had that until now."""
    others = [
        name
        for name in cap.values
        if not counts(kind, Cap(number=0, values={name: cap.values[name]}, words=""), values)
    ]
    return len(others) == 1 and others[0] in values


def too_many(desired: Desired) -> Iterator[Problem]:
    """The first declared entry that is more than a cap allows, whatever PostHog has."""
    for entries in _groups(desired).values():
        kind = entries[0].kind
        for cap in kind.caps:
            counted = [entry for entry in entries if counts(kind, cap, entry.fields)]
            if len(counted) > cap.number:
                entry = counted[cap.number]
                yield Problem(
                    f'{kind.title} "{entry.name}" is one too many: a {kind.parent} has at most {cap.number}'
                    f" {cap.words}, and {len(counted)} are declared",
                    entry.where,
                    "disable one of them first",
                )


@dataclass
class Moves:
    """What a run has been asked to change so far: ids that are counted no more, and what will be counted."""

    leaving: set[str] = field(default_factory=set)
    coming: set[tuple[frozenset[tuple[str, str]], NaturalKey]] = field(default_factory=set)


def objection(
    kind: Kind, scope: Scope, values: Mapping[str, Json], live: Mapping[str, Found], moves: Moves
) -> str | None:
    """Why an object may not become what is declared: PostHog will have as many of these as it takes.

    `live` are the objects below the same parent. `moves` is told what becomes of the object.
    """
    key, place = kind.natural_key(values), frozenset(scope.items())
    there = next((each for each in live.values() if kind.natural_key(each.values) == key), None)
    before = there.values if there else {}
    for cap in kind.caps:
        counted = {
            kind.natural_key(each.values): each.id for each in live.values() if counts(kind, cap, each.values)
        }
        if not counts(kind, cap, {**before, **values}):
            moves.leaving |= {there.id} if there else set()
            continue
        if key is None or key in counted:
            continue
        number = sum(id_ not in moves.leaving for id_ in counted.values())
        number += sum(
            where == place and other not in counted for where, other in moves.coming - {(place, key)}
        )
        if number >= cap.number:
            return (
                f"with it, this {kind.parent} would have {number + 1} {cap.words}, and PostHog takes no more than"
                f" {cap.number}\n  hint: disable or delete one of them first"
            )
        moves.coming.add((place, key))
    return None


def room_first(desired: Desired) -> Iterator[Entry]:
    """The entries, those that make room before those that take it; nothing before what it refers to."""
    order = {key_of(entry): place for place, entry in enumerate(desired.entries)}
    makers = room_makers(desired)
    done: set[Key] = set()
    for entry in desired.entries:
        for key in sorted(makers.get(key_of(entry), ()), key=order.__getitem__):
            if key not in done:
                done.add(key)
                yield desired.by_name[key]
        if key_of(entry) not in done:
            done.add(key_of(entry))
            yield entry


def room_makers(desired: Desired) -> Mapping[Key, tuple[Key, ...]]:
    """Entry -> those that have to be changed before it, because they make room for it.

    What takes a place itself makes no room: of two caps, each would wait for the other.
    """
    result: dict[Key, tuple[Key, ...]] = {}
    for entries in _groups(desired).values():
        kind = entries[0].kind
        for cap in kind.caps:
            makers = tuple(
                key_of(entry)
                for entry in entries
                if makes_room(kind, cap, entry.fields)
                and not any(counts(kind, other, entry.fields) for other in kind.caps)
                and not _refers(entry)
            )
            for entry in entries if makers else ():
                if counts(kind, cap, entry.fields):
                    result[key_of(entry)] = (*result.get(key_of(entry), ()), *makers)
    return result


def _refers(entry: Entry) -> bool:
    from pulumi_posthog.reconcile.links import targets

    return any(targets(entry))


def _groups(desired: Desired) -> Mapping[tuple[str, str | None], list[Entry]]:
    result: dict[tuple[str, str | None], list[Entry]] = defaultdict(list)
    for entry in desired.entries:
        if entry.kind.caps:
            result[entry.kind.name, entry.parent].append(entry)
    return result
