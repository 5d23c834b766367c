"""Where `!ref` may be: a name in place of an id has a meaning in some fields of entries, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_posthog.config.node import Node
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.words import KeyedIds
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.reference import Reference, references_in
from pulumi_posthog.values.secret_text import is_unknown

HINT = "`!ref` gives the id of an object: use it in a field that holds an id, or anywhere in a JSON document"


def takes_reference(field: Field) -> bool:
    """Whether a `!ref` may be in a field."""
    return field.names is not None or field.may_refer or field.type in (Type.OBJECT, Type.LIST)


def as_reference(field: Field, value: Json, node: Node) -> Json:
    """The bare names in a field that refers by nature, as references; any other value as it is."""
    for place in field.ids:
        if place.bare:
            value = _at(value, node, place.path.split("."), place.names)
    for each in field.keyed_ids:
        value = _keyed(each, value, node)
    if field.names is None or isinstance(value, Reference) or not isinstance(value, str) or not value.strip():
        return value
    return Reference(field.names, value.strip(), node.where)


def _at(value: Json, node: Node, path: Sequence[str], kind: str) -> Json:
    """The value with references in place of the texts at a path such as "*.insight"."""
    if not path:
        bare = isinstance(value, str) and not isinstance(value, Reference) and not is_unknown(value)
        return Reference(kind, value.strip(), node.where) if bare and value.strip() else value
    if path[0] == "*" and isinstance(value, list) and isinstance(node.value, tuple):
        return [_at(item, each, path[1:], kind) for item, each in zip(value, node.value, strict=True)]
    if isinstance(value, dict) and isinstance(node.value, dict) and path[0] in value:
        return {**value, path[0]: _at(value[path[0]], node.value[path[0]], path[1:], kind)}
    return value


def _keyed(words: KeyedIds, value: Json, node: Node, under: str = "") -> Json:
    """The value with the references beside the names that are keys of it."""
    if isinstance(value, list) and isinstance(node.value, tuple):
        return [_keyed(words, item, each, "*") for item, each in zip(value, node.value, strict=True)]
    if not isinstance(value, dict) or not isinstance(node.value, dict):
        return value
    if under == words.under and value and all(isinstance(item, dict) for item in value.values()):
        return {
            key: {words.id_key: Reference(words.names, key, node.keys.get(key, node.where)), **item}
            for key, item in value.items()
        }
    return {key: _keyed(words, item, node.value[key], key) for key, item in value.items()}


def misplaced(root: Node, desired: Desired) -> Iterator[Problem]:
    """Every reference that no entry has, where it is."""
    used = {
        reference.where
        for entry in desired.entries
        for field in entry.kind.fields
        if field.name in entry.fields and takes_reference(field)
        for reference in references_in(entry.fields[field.name])
    }
    for node in _nodes(root):
        if isinstance(node.value, Reference) and node.where not in used:
            yield Problem(f"{node.value!r} has no meaning here", node.where, HINT)
    for entry in desired.entries:
        yield from known_otherwise(entry)


def known_otherwise(entry: Entry) -> Iterator[Problem]:
    """References to what is there under its second id, which is not known before it is made."""
    for field in entry.kind.fields:
        value = entry.fields.get(field.name)
        if not field.may_refer or not isinstance(value, Reference) or value.kind not in KINDS:
            continue
        second = KINDS[value.kind].second_id
        if second is not None:
            yield Problem(
                f"{value!r} has no meaning here: PostHog wants the `{second}` of the {value.kind}",
                value.where,
                f"write its `{second}`, which is in the address of its page",
            )


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node.value, dict | tuple):
        for item in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from _nodes(item)
