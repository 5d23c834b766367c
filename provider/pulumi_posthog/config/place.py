"""A path in a document -> the node, its place in the file, and the entry that it belongs to."""

from __future__ import annotations

from pulumi_posthog.config.node import Node
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import below, in_the_organization
from pulumi_posthog.values.problem import Position

Path = tuple[str | int, ...]


def entry_at(path: Path) -> tuple[Kind | None, str, Path]:
    """The entry that a path leads into, as its kind (None: it leads into none) and key, and the rest of the path."""
    kind, key, rest, known = None, "", path, below(None)
    if path[:1] == ("organization",) and len(path) > 1 and str(path[1]) in in_the_organization():
        rest, known = path[1:], in_the_organization()
    while rest:
        found = known.get(str(rest[0]), ())
        if len(found) != 1 or found[0].grants or (len(rest) < 2 and not found[0].singleton):
            break
        kind = found[0]
        key, rest = ("", rest[1:]) if kind.singleton else (str(rest[1]), rest[2:])
        known = below(kind)
    return kind, key, rest


def kind_at(path: Path) -> Kind | None:
    """The kind whose entry a path leads to exactly."""
    kind, _, rest = entry_at(path)
    return kind if not rest else None


def subject(path: Path) -> str:
    """What a path leads to, in words: `timezone of project "Web"`."""
    kind, key, rest = entry_at(path)
    owner = titled(kind, key) if kind else "the file"
    if not rest:
        return owner
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest).removeprefix(".")
    return f"{words} of {owner}" if kind else words


def titled(kind: Kind, key: str) -> str:
    """An entry in a message; of a kind that has one object only, the kind."""
    return kind.title if kind.singleton else f'{kind.title} "{key}"'


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
    """Where the last key of a path is; of a list's item, where that begins."""
    parent = node_at(root, path[:-1])
    return parent.keys.get(str(path[-1])) or node_at(root, path).where


def position(root: Node, path: Path) -> Position:
    """Where to look for what is wrong at a path: at a plain value itself, else at the key above it."""
    node = node_at(root, path)
    if not path or not (node.value is None or isinstance(node.value, dict | tuple)):
        return node.where
    return key_position(root, path)
