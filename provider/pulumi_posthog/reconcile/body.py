"""Declared values -> the texts and secrets of a request's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.reconcile.differences import merged
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import SecretText

LONGEST_HIDDEN = 20_000  # bytes: more of a file than any error quotes
SHORTEST_LINE = (
    12  # characters: a shorter line of a file is hardly a secret, and hiding it tears holes into words
)


def replacing(live: Json, declared: Mapping[str, Json]) -> Json:
    """A whole object to send: what nobody declared stays, and what is declared null is said, for a server may merge."""
    return {
        **merged(live or {}, declared, 1),
        **{key: None for key, value in declared.items() if value is None},
    }


def texts_in(content: bytes) -> Iterator[str]:
    """What of a file may come back in an error: a short text whole, and its longer lines."""
    if len(content) > LONGEST_HIDDEN:
        return
    text = content.decode(errors="ignore").strip()
    yield text
    yield from (line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST_LINE)


def secrets_in(value: Json) -> Iterator[str]:
    """The texts of a secret field that nobody may see: of an object its secrets, else the value itself."""
    if isinstance(value, str):
        yield str.__str__(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            if not isinstance(item, str) or isinstance(item, SecretText):
                yield from secrets_in(item)
