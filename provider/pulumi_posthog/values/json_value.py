"""What json.loads returns: values at a path, whole numbers, equal texts of equal values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pulumi_posthog.values.bounds import GUARD_CHARACTERS, MEGABYTE

T = TypeVar("T")

Json = Any  # what json.loads returns; recursive types are more trouble than help here


class Damaged(ValueError):
    """JSON text that a state keeps is not what was once written there. The message has no subject: "it is not text"."""


def json_in(text: Any, type_: type[T], *, levels: int = 1, most: int = GUARD_CHARACTERS) -> T:
    """JSON text that we once wrote, of at most `most` characters; raises Damaged where it is not of that type.

    With more `levels`, it is mappings within mappings, and texts at the last.
    """
    if not isinstance(text, str):
        raise Damaged("it is not text")
    if len(text) > most:
        raise Damaged(f"it is larger than {most // MEGABYTE:,} MB")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Damaged("it is not JSON") from None
    if not isinstance(value, type_):
        raise Damaged("it is not of the form that was written")
    if levels > 1:
        _check_levels(value, levels)
    return value


def _check_levels(value: Json, levels: int) -> None:
    if isinstance(value, dict) and levels:
        for item in value.values():
            _check_levels(item, levels - 1)
    elif levels or not isinstance(value, str):
        raise Damaged("it is not of the form that was written")


def whole(value: Json) -> Json:
    """`value` with every float that is a whole number made an int again, at any depth.

    Pulumi carries all numbers as floats (2 becomes 2.0) and PostHog refuses 2.0 for an integer.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [whole(item) for item in value]
    return value


def json_text(value: Json) -> str:
    """A value as JSON text with its keys sorted: equal values give equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def shown_json(value: Json, longest: int | None = None) -> str:
    """A value as JSON text on one line, cut to `longest` characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def instant(text: str) -> str:
    """A point in time as one text, whatever its offset and digits; what is none stays as it is."""
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


Answer = Mapping[str, Json]


def dig(answer: Mapping[str, Json], path: str) -> Json:
    """The value at a dotted path, such as "condition.type"; None where there is none."""
    value: Json = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
