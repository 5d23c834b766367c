"""What is known to be wrong with an entry only together with what is declared beside it (`Kind.checked_beside`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.reconcile.desired import Entry, Key, key_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown


def contradictions(desired: Configuration) -> Iterator[Problem]:
    """What contradicts itself between entries that refer to each other; `desired` has the form of the schema."""
    by_key = {key_of(entry): entry for entry in desired.entries}
    for entry in desired.entries:
        if entry.kind.checked_beside is None or any(map(is_unknown, entry.fields.values())):
            continue

        def others(kind: str, value: Json, entry: Entry = entry) -> Mapping[str, Json] | None:
            found = _meant(entry, kind, value, by_key)
            return found.fields if found and not any(map(is_unknown, found.fields.values())) else None

        for place, words, hint in entry.kind.checked_beside(entry.fields, others):
            parts = place.split(".")
            near = (entry.positions.get(".".join(parts[:length])) for length in range(len(parts), 0, -1))
            where = next(filter(None, near), entry.where)
            yield Problem(f'{entry.kind.title} "{entry.name}" {words}', where, hint)


def _meant(entry: Entry, kind: str, value: Json, by_key: Mapping[Key, Entry]) -> Entry | None:
    if isinstance(value, Reference):
        return by_key.get(value.target) if value.target else None
    followed = (by_key[each] for each in entry.follows if each in by_key)
    return next(
        (each for each in followed if each.kind.name == kind and each.kind.own_name(each.fields) == value),
        None,
    )
