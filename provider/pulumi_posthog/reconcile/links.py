"""What entries refer to by name (`!ref`): declared entries, or live objects that are not declared.

Declared ones are made first. What is declared nowhere is looked up in the project of the entry that names it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from pulumi_posthog.kinds import KINDS, NAMED
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import ancestors
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.desired import Desired, Entry, Key, key_of
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.tables import bringers, has_sql, joined, named_in_sql, tables_of, views_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.reference import Reference, references_in, replaced
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.sql import tables_in
from pulumi_posthog.values.suggestion import enumeration, suggestion

Declared = TypeVar("Declared", bound=Desired)
Before = tuple[Key, str, Position | None]
Names = Mapping[str, str]  # id -> name, of the objects of one kind below one project


def linked(desired: Declared) -> tuple[Declared, tuple[Problem, ...]]:
    """`desired` with every reference to a declared entry knowing it, what is referred to first; and what is wrong."""
    problems: list[Problem] = []
    by_key = _called(desired, lambda entry: entry.key if entry.named_apart else _own_name(entry))
    by_name = _called(desired, _own_name)
    if not any(
        any(references_in(entry.fields)) or _followed(entry.kind) or has_sql(entry.kind)
        for entry in desired.entries
    ):
        return desired, ()
    brought = bringers(desired.entries)
    entries = []
    for entry in desired.entries:
        here = project_of(entry, desired)

        def link(reference: Reference, entry: Entry = entry, here: str | None = here) -> Reference:
            called = (reference.kind, reference.name)
            candidates = by_key.get(called) or by_name.get(called, [])
            near = [each for each in candidates if project_of(each, desired) in (None, here)]
            if entry.kind is PROJECT and any(project_of(each, desired) == entry.name for each in candidates):
                return reference  # what is in it is made after it: only a live one can be meant
            if len(near) > 1:
                problems.append(_several(reference, [each.name for each in near], entry))
            elif near:
                return reference.to(key_of(near[0]))
            elif candidates:
                other = project_of(candidates[0], desired)
                problems.append(
                    Problem(
                        f'{reference.key} is declared in project "{other}", and an id of one project means nothing in'
                        " another",
                        reference.where or entry.where,
                        f'declare it in project "{here}" as well' if here else None,
                    )
                )
            return reference

        fields = {name: replaced(value, link) for name, value in entry.fields.items()}
        names = dict.fromkeys((*_names_followed(entry), *views_of(entry.kind, entry.fields)))
        first = [each for called in names for each in by_name.get(called, ())]
        if brought:
            tables = dict.fromkeys(joined(table) for _, table in tables_of(entry.kind, entry.fields))
            first += [each for table in tables for each in brought.get(table, ())]
        follows = tuple(dict.fromkeys(key_of(each) for each in first if project_of(each, desired) == here))
        entries.append(dataclasses.replace(entry, fields=fields, follows=follows))
    ordered, loops = in_order(entries)
    return dataclasses.replace(desired, entries=ordered), (*problems, *loops)


def _followed(kind: Kind) -> list[Field]:
    """The fields that have the name of what is made first, where it is declared."""
    return [field for field in kind.fields if field.follows]


def _names_followed(entry: Entry) -> Iterator[tuple[str, str]]:
    """(a kind's name, a name) of what the fields of an entry have the names of."""
    for field in _followed(entry.kind):
        yield field.follows or "", str(entry.fields.get(field.name))


def _own_name(entry: Entry) -> Json:
    return entry.kind.own_name(entry.fields)


def _called(desired: Desired, name_of: Callable[[Entry], Json]) -> Mapping[tuple[str, str], list[Entry]]:
    """The entries by kind and by what they are called."""
    result: dict[tuple[str, str], list[Entry]] = {}
    for entry in desired.entries:
        if isinstance(name := name_of(entry), str):
            result.setdefault((entry.kind.name, name), []).append(entry)
    return result


def project_of(entry: Entry, desired: Desired) -> str | None:
    """The name of the project entry that an entry is or is in; None for what is in none."""
    if entry.kind is PROJECT:
        return None
    if PROJECT.name not in ancestors(entry.kind):
        return None
    above: Entry | None = entry
    while above is not None and above.kind is not PROJECT:
        above = desired.by_name.get((above.kind.parent or "", above.parent or ""))
    return above.name if above else None


def targets(entry: Entry) -> Iterator[Key]:
    """The declared entries that an entry refers to, or follows."""
    yield from (each.target for each in references_in(entry.fields) if each.target is not None)
    yield from entry.follows


def in_order(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries with what they refer to, and are in, before them, otherwise as they were; and the loops."""
    by_key = {key_of(entry): entry for entry in entries}
    result: dict[Key, Entry] = {}
    problems: list[Problem] = []
    path: dict[Key, Iterator[Before]] = {}  # what is being looked at, the outermost first
    for first in by_key.values():
        if key_of(first) not in result:
            path[key_of(first)] = _before(first)
        while path:
            key = next(reversed(path))
            step = next(path[key], None)
            if step is None:
                result[key] = by_key[key]
                del path[key]
                continue
            target, words, where = step
            if target in path and words:
                way = list(path)
                loop = [*way[way.index(target) :], target]
                problems.append(
                    Problem(
                        f"{words} makes a loop: {' -> '.join(name for _, name in loop)}",
                        where or by_key[key].where,
                        "what is referred to is made first: take one of the references out",
                    )
                )
            elif target in by_key and target not in result and target not in path:
                path[target] = _before(by_key[target])
    return tuple(result.values()), tuple(problems)


def _before(entry: Entry) -> Iterator[Before]:
    """What has to be there before an entry, the words that say so, and where; "": it is in that."""
    if entry.kind.parent and entry.parent:
        yield (entry.kind.parent, entry.parent), "", None
    for reference in references_in(entry.fields):
        if reference.target is not None:
            yield reference.target, repr(reference), reference.where
    for followed in entry.follows:
        yield followed, *_said_of(followed, entry)


def _said_of(followed: Key, entry: Entry) -> tuple[str, Position | None]:
    """What an entry says of one that it follows without a reference: its SQL names it."""
    name = followed[1].removeprefix(f"{entry.parent}/")
    where = _place_of(entry, name)
    return f'"{one_line(name)}" in the SQL of {entry.kind.title} "{one_line(entry.name)}"', where


def _place_of(entry: Entry, name: str) -> Position | None:
    """Where the SQL of an entry is that names a table."""
    places = (place for place, table in tables_of(entry.kind, entry.fields) if table == name)
    place = next(places, "")
    return entry.positions.get(place) or entry.positions.get(place.partition(".")[0])


def _reader(entry: Entry, table: str) -> str:
    """Whose SQL names a table, and where."""
    where = _place_of(entry, table)
    at = f" at {one_line(str(where))}" if where else ""
    return f'{entry.kind.title} "{one_line(entry.name)}", in its SQL{at}'


# -- what is not declared ------------------------------------------------------------------------------------


def lookups_of(desired: Desired) -> set[tuple[str, str | None]]:
    """(kind or lookup, the project entry's name) of every list that references to undeclared objects take."""
    return {
        (reference.kind, project_of(entry, desired) or (entry.name if entry.kind is PROJECT else None))
        for entry in desired.entries
        for reference in references_in(entry.fields)
        if reference.target is None
    }


def only_referred_to(
    desired: Desired, questions: Iterable[tuple[str, str, str]] = ()
) -> dict[str, dict[str, str]]:
    """kind's name -> what of it is referred to and not declared, as the stack would name it -> who does, and where.

    A table in SQL may be any object that SQL names; one that a declared source brings is declared. `questions` are SQL
    besides the entries: the project that it is asked in, the SQL, and who asks it.
    """
    result: dict[str, dict[str, str]] = {}
    brought = {
        (project_of(each, desired), table)
        for table, those in bringers(desired.entries).items()
        for each in those
    }

    def note(here: str | None, named: str, table: str, who: str) -> None:
        name = f"{here}/{table}"
        if (named, name) not in desired.by_name and (here, joined(table)) not in brought:
            result.setdefault(named, {}).setdefault(name, who)

    for entry in desired.entries:
        here = project_of(entry, desired) or (entry.name if entry.kind is PROJECT else None)
        for reference in references_in(entry.fields):
            if reference.target is None and reference.kind in KINDS:
                above = KINDS[reference.kind].parent
                name = f"{here}/{reference.name}" if above else reference.name
                who = f'{entry.kind.title} "{one_line(entry.name)}"'
                if reference.where:
                    who += f", at {one_line(str(reference.where))}"
                result.setdefault(reference.kind, {}).setdefault(name, who)
        for kind, table in views_of(entry.kind, entry.fields):
            note(here, kind, table, _reader(entry, table))
    for project, text, who in questions:
        for table in sorted(tables_in(text)):
            for kind in named_in_sql():
                note(project, kind, table, who)
    return result


def still_referred_to(
    going: Mapping[str, Mapping[str, Iterable[str]]], referred: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Why what is no longer declared is not deleted: what stays declared refers to it (`only_referred_to`).

    `going` are kind's name -> parent's name -> what would be deleted.
    """
    for kind, parents in going.items():
        for name in (each for gone in parents.values() for each in gone):
            who = referred.get(kind, {}).get(name)
            if who is not None:
                yield (
                    f'{KINDS[kind].title} "{one_line(name)}" is no longer declared and would be deleted, but {who},'
                    " refers to it\n"
                    "  hint: declare it again, take that reference out as well, or write `state: unmanaged` for it"
                )


def names(live: Live, kind: str, scope: Scope) -> Names:
    """The objects of a kind that `!ref` may name below a project, by id; may raise ApiError."""
    if kind in KINDS:
        above = KINDS[kind].parent
        found = live.collection(KINDS[kind], scope if above else {})
        return {id_: str(KINDS[kind].own_name(each.values)) for id_, each in found.items()}
    return live.names(NAMED[kind], scope)


def looked_up(reference: Reference, known: Names, declared: Iterable[str] = ()) -> Reference | Problem:
    """The reference with the id of the one live object of its name; else what is wrong, where it is.

    `declared` are the names of entries of the kind, one of which may have been meant.
    """
    ids = [id_ for id_, name in known.items() if name == reference.name]
    if len(ids) == 1:
        return reference.at(ids[0], known)
    if ids:
        return _several(reference, ids, None)
    title = reference.kind.replace("_", " ")
    if reference.name in declared:
        return Problem(
            f'there is no {title} "{reference.name}" yet: it is declared below this project, and made after it',
            reference.where,
            "leave the reference out once, run `pulumi up`, and write it then",
        )
    return Problem(
        f'there is no {title} "{reference.name}": none is declared here, and PostHog has none in this project',
        reference.where,
        suggestion(reference.name, sorted(map(one_line, {*known.values(), *declared}))),
    )


def with_live(
    desired: Declared, known: Callable[[str, str | None], Names | None]
) -> tuple[Declared, list[Problem]]:
    """`desired` with every reference to an undeclared object knowing its id, and what is wrong.

    `known` answers for a kind and a project's name what `names` does, None where it cannot be known yet.
    """
    problems: list[Problem] = []
    entries = []
    for entry in desired.entries:
        here = project_of(entry, desired) or (entry.name if entry.kind is PROJECT else None)

        def find(reference: Reference, here: str | None = here) -> Reference:
            found = known(reference.kind, here) if reference.target is None else None
            if found is None:
                return reference
            near = [
                each.key if each.named_apart else each.kind.own_name(each.fields)
                for each in desired.entries
                if each.kind.name == reference.kind and project_of(each, desired) in (None, here)
            ]
            result = looked_up(reference, found, [str(name) for name in near])
            if isinstance(result, Problem):
                problems.append(result)
                return reference
            return result

        fields = {name: replaced(value, find) for name, value in entry.fields.items()}
        entries.append(
            dataclasses.replace(entry, fields=fields) if any(references_in(entry.fields)) else entry
        )
    return dataclasses.replace(desired, entries=tuple(entries)), problems


def with_found(entry: Entry, ids: Mapping[Key, str], others: Callable[[str], Names]) -> Entry:
    """The entry with the ids of the declared objects that it refers to, as far as they exist."""
    if not any(references_in(entry.fields)):
        return entry

    def put(reference: Reference) -> Reference:
        if reference.target is None:
            return reference
        return reference.at(ids.get(reference.target), others(reference.kind))

    return dataclasses.replace(
        entry, fields={name: replaced(value, put) for name, value in entry.fields.items()}
    )


def _several(reference: Reference, found: list[str], entry: Entry | None) -> Problem:
    return Problem(
        f"{len(found)} objects answer to {reference!r}: {enumeration(found)}",
        reference.where or (entry.where if entry else None),
        "write the id of the one that is meant in its place, or rename the others",
    )
