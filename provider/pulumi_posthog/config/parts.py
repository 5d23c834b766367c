"""A node -> the texts and files in it, and where the parts of a field are."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_posthog.config.node import Node
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.secret_text import is_unknown


def positions_of(name: str, where: Position, node: Node) -> dict[str, Position]:
    """Where a field is, and its keys or items one level down: "config.password", "members.0"."""
    result = {name: where}
    if isinstance(node.value, dict):
        result |= {f"{name}.{key}": node.keys[key] for key in node.value}
    elif isinstance(node.value, tuple):
        result |= {f"{name}.{index}": item.where for index, item in enumerate(node.value)}
    return result


def within(node: Node, place: str) -> Position | None:
    """Where in a node a place such as "filters.groups.0" is, or what is nearest to it; None where nothing is."""
    where = None
    for part in place.split("."):
        if isinstance(node.value, dict) and part in node.value:
            where, node = node.keys[part], node.value[part]
        elif isinstance(node.value, tuple) and part.isdecimal() and int(part) < len(node.value):
            node = node.value[int(part)]
            where = node.where
        else:
            break
    return where


def texts(node: Node) -> Iterator[tuple[str, Position]]:
    """Every text in a tree and where it is."""
    if isinstance(node.value, dict):
        for item in node.value.values():
            yield from texts(item)
    elif isinstance(node.value, tuple):
        for item in node.value:
            yield from texts(item)
    elif isinstance(node.value, str):
        yield node.value, node.where


def files(node: Node, depth: int = 0) -> Iterator[tuple[int, Position]]:
    """Every file in a tree: how deep it is, and where."""
    if isinstance(node.value, dict | tuple):
        for item in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from files(item, depth + 1)
    elif isinstance(node.value, Attachment):
        yield depth, node.where


def listed(value: Json) -> tuple[str, ...]:
    """One text or a list of texts, as a tuple; anything else is an empty one."""
    items = value if isinstance(value, list) else [value]
    return tuple(str(item) for item in items if isinstance(item, str) and not is_unknown(item))
