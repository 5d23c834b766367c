"""A value in YAML, with its place; and which plain words mean something other than text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.secret_text import SecretText

INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]")

WORDS: Final[Mapping[str, Json]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, eq=False)
class Node:
    """A value and where it is.

    `value` is a tuple of nodes, a dict of nodes (`keys` says where each key is), or a scalar; texts from
    `!env` and `!secret` are `SecretText`, not `known` when they were not to be had. `size` counts the nodes. `sources`
    are the tags that the value may come from on one machine or another ("!env NAME"), the one of a default included.
    """

    value: Json
    where: Position
    keys: Mapping[str, Position] = field(default_factory=dict)
    size: int = 1
    sources: tuple[str, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether the value could not be had, for a reason that is told elsewhere."""
        return isinstance(self.value, SecretText) and not self.value.known


def number(text: str) -> int | float | None:
    """The number that a plain text is; one far too large is infinite. None: it is no number."""
    if INTEGER.match(text):
        return int(text) if len(text) < 20 else math.inf
    if FLOAT.match(text) and not LEADING_ZERO.match(text):
        return float(text)
    return None


def tree(value: Json, where: Position) -> Node:
    """A plain value as nodes that are all at one place."""
    if isinstance(value, dict):
        items = {str(key): tree(item, where) for key, item in value.items()}
        return Node(items, where, dict.fromkeys(items, where), 1 + sum(item.size for item in items.values()))
    if isinstance(value, list):
        nodes = tuple(tree(item, where) for item in value)
        return Node(nodes, where, size=1 + sum(item.size for item in nodes))
    return Node(value, where)
