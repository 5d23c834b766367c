"""`ana@acme.io: admin` -> the entry that it means; `{mode: exact, items: {...}}` -> the entries in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulumi_posthog.config.node import Node
from pulumi_posthog.config.place import titled
from pulumi_posthog.config.schema import ABSENT
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.spelling import folded


def items_of(kind: Kind, section: Node, values: Json) -> tuple[Node, Json, bool]:
    """The entries of a section with their values, and whether they are all that there may be."""
    if kind.invitation is None or not isinstance(section.value, dict) or not isinstance(values, dict):
        return section, values, False
    if "items" not in section.value or "mode" not in section.value:
        return section, values, False
    return section.value["items"], values["items"], values["mode"] == "exact"


def halves(kind: Kind, section: Node) -> Iterator[Problem]:
    """A problem where one of the words `mode` and `items` is there without the other."""
    if kind.invitation is None or not isinstance(section.value, dict):
        return
    there = [word for word in ("mode", "items") if word in section.value]
    if len(there) == 1:
        other = "items" if there == ["mode"] else "mode"
        yield Problem(
            f'"{there[0]}" of {kind.plural} needs "{other}" beside it',
            section.keys[there[0]],
            "write `{mode: exact, items: {...}}`, or the entries alone",
        )


def in_full(kind: Kind, body: Node, value: Json) -> tuple[Node, Json]:
    """An entry's body and value, with a field's name where they were the value of that field alone.

    The word `absent` becomes `state: absent`.
    """
    if (
        kind.shorthand is None
        or not isinstance(body.value, str)
        or not isinstance(value, str)
        or body.unknown
    ):
        return body, value
    key = "state" if value == ABSENT else kind.shorthand
    return Node({key: body}, body.where, {key: body.where}, body.size + 1), {key: value}


def lacking(kind: Kind, key: str, body: Node, values: Mapping[str, Json]) -> Iterator[Problem]:
    """A problem where the field that may be written alone is not in a longer body either."""
    if kind.shorthand is not None and kind.shorthand not in values and values.get("state") != ABSENT:
        yield Problem(
            f'{titled(kind, key)} lacks "{kind.shorthand}"', body.where, kind.field(kind.shorthand).doc
        )


def contradictions(entries: Iterable[Entry]) -> Iterator[Problem]:
    """A problem for somebody who is to leave, and is named where only members can be."""
    entries = tuple(entries)
    leaving = {
        folded(str(key_value)): entry
        for entry in entries
        if entry.kind.invitation and entry.absent and (key_value := entry.kind.own_name(entry.fields))
    }
    for entry in entries if leaving else ():
        for field in entry.kind.writable:
            value = entry.fields.get(field.name)
            if field.refers_to != MEMBER.name:
                continue
            for place, name in enumerate(value if isinstance(value, list) else [value]):
                other = leaving.get(folded(name)) if isinstance(name, str) else None
                if other is not None:
                    where = entry.positions.get(f"{field.name}.{place}") or entry.positions.get(field.name)
                    above = entry.kind.parent or entry.kind.title
                    yield Problem(
                        f'"{name}" is absent by {other.where}, and is in {above} "{entry.parent}" here',
                        where or entry.where,
                        "take one of the two out",
                    )
