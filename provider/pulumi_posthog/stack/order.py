"""The order in which a program declares things -> the places that they have where none is given, as in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack.program_run import of_run


class Places:
    """What a program's run has declared, counted by what it is below."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[object, ...]] = Counter()
        self._parents: dict[int, object] = {}  # what is told apart by its identity has to stay

    def parent(self, given: object) -> object:
        """What is used for a parent: its id, or the output that will be its id."""
        if isinstance(given, str | None):
            return given
        self._parents[id(given)] = given
        return id(given)

    def next(self, *key: object) -> int:
        """The place of one more."""
        self._counted[key] += 1
        return self._counted[key]


def placed(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties with the places that follow from what the program has declared before, below the same parent.

    A parent is known where a child is given its `id` itself.
    """
    result, places = dict(properties), of_run(Places)
    parent = places.parent(properties.get(kind.parent or ""))
    for field in kind.fields:
        if field.placed_by_file:
            place = places.next(kind.name, parent)
            if field.name not in properties:
                result["__place"] = place
        if field.numbered_within:
            name, values = field.numbered_within
            sort = properties.get(name, kind.field(name).default)
            if isinstance(sort, str) and sort in values:
                result.setdefault(field.name, places.next(kind.name, parent, sort))
    return result
