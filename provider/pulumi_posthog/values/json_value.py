"""What json.loads returns: values at a path, whole numbers, equal texts of equal values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = Any  # what json.loads returns; recursive types are more trouble than help here


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
    """Equal values give equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


Answer = Mapping[str, Json]


def dig(answer: Mapping[str, Json], path: str) -> Json:
    """The value at a dotted path."""
    value: Json = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
