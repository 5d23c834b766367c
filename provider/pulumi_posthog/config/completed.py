"""An entry of the file -> the entry with what follows from its place, and what its kind has against it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pulumi_posthog.config.node import Node
from pulumi_posthog.config.parts import within
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.schema_fit import fits
from pulumi_posthog.values.secret_text import is_unknown


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


def objections_of(entry: Entry, body: Node, *, sound: bool) -> Iterator[Problem]:
    """What its kind has against the fields of an entry with this body, if those have the form of the schema.

    `sound` says that nothing in the file has another form.
    """
    # A value with a gap is left out as a whole, and what is said of the others may be wrong without it.
    if entry.kind.checked is None or any(map(is_unknown, entry.fields.values())):
        return
    if sound or all(is_sound(entry.kind.field(name), value) for name, value in entry.fields.items()):
        for place, words, hint in entry.kind.checked(entry.fields):
            where = within(body, place) or entry.where
            yield Problem(f'{entry.kind.title} "{entry.name}" {words}', where, hint)


def is_sound(field: Field, value: Json) -> bool:
    """Whether a value has the form that the schema of its field wants."""
    if isinstance(value, Reference) or fits(field.json_schema, value):
        return True
    from pulumi_posthog.config.judging import objections  # late: it loads what reads JSON Schema

    return next(objections(field.json_schema, value), None) is None
