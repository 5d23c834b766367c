"""An entry of the file -> the entry with what follows from its place, and what its kind has against it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.problem import Problem


def numbered_entry(entry: Entry, numbered: dict[str, int]) -> Entry:
    """The entry with its place among those of its sort, for fields that are one; `numbered` counts them."""
    fields = dict(entry.fields)
    for field in entry.kind.fields:
        if field.numbered_within is None:
            continue
        name, values = field.numbered_within
        if fields.get(name, entry.kind.field(name).default) in values:
            sort = f"{field.name}/{fields.get(name)}"
            numbered[sort] = numbered.get(sort, 0) + 1
            fields.setdefault(field.name, numbered[sort])
    return dataclasses.replace(entry, fields=fields)


def objections_of(entry: Entry) -> Iterator[Problem]:
    """What its kind has against the fields of an entry."""
    for place, words, hint in entry.kind.checked(entry.fields) if entry.kind.checked else ():
        parts = place.split(".")
        nearest = (entry.positions.get(".".join(parts[:length])) for length in range(len(parts), 0, -1))
        where = next(filter(None, nearest), entry.where)
        yield Problem(f'{entry.kind.title} "{entry.name}" {words}', where, hint)
