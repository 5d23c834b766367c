"""A path in a document -> the node, its place in the file, and the entry that it belongs to."""

from __future__ import annotations

from pulumi_posthog.config.node import Node
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import below
from pulumi_posthog.values.problem import Position

Path = tuple[str | int, ...]


def entry_at(path: Path) -> tuple[Kind | None, str, Path]:
    """The entry that a path leads into, as its kind and key, and the rest of the path below it."""
    kind, key, rest = None, "", path
    while len(rest) >= 2:
        found = below(kind).get(str(rest[0]), ())
        if len(found) != 1:
            break
        kind, key, rest = found[0], str(rest[1]), rest[2:]
    return kind, key, rest


def kind_at(path: Path) -> Kind | None:
    """The kind whose entry a path leads to exactly."""
    kind, _, rest = entry_at(path)
    return kind if not rest else None


def subject(path: Path) -> str:
    """What a path leads to, in words: `timezone of project "Web"`."""
    kind, key, rest = entry_at(path)
    owner = f'{kind.title} "{key}"' if kind else "the file"
    if not rest:
        return owner
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest).removeprefix(".")
    return f"{words} of {owner}" if kind else words


def node_at(root: Node, path: Path) -> Node:
    """The node at a path, or the nearest above it."""
    node = root
    for part in path:
        inside = part in node.value if isinstance(node.value, dict) else isinstance(node.value, tuple)
        if not inside:
            break
        node = node.value[part]
    return node


def key_position(root: Node, path: Path) -> Position:
    """Where the last key of a path stands; of a list's item, where that begins."""
    parent = node_at(root, path[:-1])
    return parent.keys.get(str(path[-1])) or node_at(root, path).where


def position(root: Node, path: Path) -> Position:
    """Where to look for what is wrong at a path: at a plain value itself, else at the key above it."""
    node = node_at(root, path)
    if not path or not (node.value is None or isinstance(node.value, dict | tuple)):
        return node.where
    return key_position(root, path)
