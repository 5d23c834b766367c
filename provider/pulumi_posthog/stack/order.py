"""The order in which a program declares things -> the places that they have where nobody says any, as in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.model import Kind

_counted: Counter[tuple[object, ...]] = Counter()
_parents: dict[int, object] = {}  # what is told apart by its identity has to stay


def placed(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties with the places that follow from what the program has declared before, below the same parent.

    A parent is known where a child is given its `id` itself.
    """
    result, parent = dict(properties), properties.get(kind.parent or "")
    if not isinstance(parent, str | None):
        _parents[id(parent)] = parent
        parent = id(parent)
    for field in kind.fields:
        if field.placed_by_file:
            place = _next(kind.name, parent)
            if field.name not in properties:
                result["__place"] = place
        if field.numbered_within:
            name, values = field.numbered_within
            sort = properties.get(name, kind.field(name).default)
            if isinstance(sort, str) and sort in values:
                result.setdefault(field.name, _next(kind.name, parent, sort))
    return result


def _next(*key: object) -> int:
    _counted[key] += 1
    return _counted[key]
