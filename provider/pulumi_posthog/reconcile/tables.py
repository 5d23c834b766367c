"""An entry's values -> the views that its SQL names: they are made before it, and deleted after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference, with_names
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.spelling import folded
from pulumi_posthog.values.sql import tables_in


def has_sql(kind: Kind) -> bool:
    """Whether objects of a kind may name views."""
    return any(field.sql or field.tables for field in kind.fields)


def tables_of(kind: Kind, values: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """(field or the place in it, a table that is named there), whether it is a view or not; each once."""
    for field in kind.fields:
        if (field.sql or field.tables) and values.get(field.name) is not None:
            yield from dict.fromkeys(_in_field(field, values[field.name]))


def views_of(kind: Kind, values: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """(a kind's name, a name): every object that may be meant by a table which the values name."""
    for _, table in tables_of(kind, values):
        for named in named_in_sql():
            yield named, table


def named_in_sql() -> Iterator[str]:
    """The names of the kinds whose objects SQL names like tables."""
    return (kind.name for kind in KINDS.values() if kind.named_in_sql)


def bringers(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """What SQL may call the tables that entries bring, without what is between its words -> those entries."""
    result: dict[str, list[Entry]] = {}
    for entry in entries:
        for table in entry.kind.tables(entry.fields) if entry.kind.tables else ():
            result.setdefault(joined(table), []).append(entry)
    return result


def joined(table: str) -> str:
    """A table's name as one word: PostHog joins what it has it from by dots or underscores, or by nothing."""
    return "".join(letter for letter in folded(table) if letter not in "._")


def _in_field(field: Field, value: Json) -> Iterator[tuple[str, str]]:
    for path in field.sql:
        for place, text in _texts_at(field, path, value):
            yield from ((place, name) for name in sorted(tables_in(text)))
    for path in field.tables:
        yield from _texts_at(field, path, value)


def _texts_at(field: Field, path: str, value: Json) -> list[tuple[str, str]]:
    """(place, text) of every text at a path that is available; a place at any depth is the field itself."""
    place = f"{field.name}.{path}" if path and "*" not in path else field.name
    found: list[tuple[str, str]] = []

    def note(text: Json) -> Json:
        if isinstance(text, str) and not isinstance(text, Reference) and not is_unknown(text):
            found.append((place, text))
        return text

    if path:
        with_names(value, path, note)
    else:
        note(value)
    return found
