"""`access: {everyone: member, roles: {Analysts: admin}, members: {ana@acme.io: admin}}` <-> one entry for each rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

from pulumi_posthog.config.fragments import described
from pulumi_posthog.config.node import Node
from pulumi_posthog.config.references import as_reference
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Grants
from pulumi_posthog.reconcile.desired import Block, Entry, Group, about_fields, attached_group, group_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.spelling import folded

EVERYONE = "everyone"
MODE: Final = "mode"
EXACT: Final = "exact"


class Exact(Protocol):
    """Where a file says that there are no others (`Desired.exact`)."""

    exact: dict[Group, Position]
    exact_blocks: dict[Block, Position | None]


def schema(kind: Kind, about: Kind | None = None) -> dict[str, Any]:
    """The JSON Schema of what is under a kind's section, or under its key in an entry of the kind `about`."""
    grants = kind.grants
    if grants is None:
        return {}
    if grants.keyed_by is None:
        return described(kind.doc, _block(kind, levels_of(kind, about)))
    properties = {
        key: described(f"Who may do what with each {key.replace('_', ' ')}.", _block(kind, levels))
        for key, levels in grants.levels.items()
    }
    properties[MODE] = _mode("of any type")
    return described(
        kind.doc,
        {"type": "object", "properties": properties, "additionalProperties": False}
        # Ours: keys that PostHog would take without effect.
        | {"covered": dict(grants.covered)},
    )


def levels_of(kind: Kind, about: Kind | None) -> tuple[str, ...]:
    """The levels of one block, from the lowest: of rules about objects, those that are about one of the kind `about`.

    Without `about`, every level that there is of them.
    """
    levels = kind.grants.levels if kind.grants else {}
    if kind.attached is None:
        return levels[""]
    if about is not None:
        return levels[about.accessible_as or ""]
    return max(levels.values(), key=len)


def _block(kind: Kind, levels: tuple[str, ...]) -> dict[str, Any]:
    level = {"enum": list(levels)}
    properties = {
        EVERYONE: described(
            "Everybody who has no rule. If you leave it out, PostHog's own default applies.", level
        )
    }
    for key, name in kind.grants.subjects.items() if kind.grants else ():
        names: dict[str, Any] = {"minLength": 1}
        field = kind.field(name)
        if field.pattern:
            names |= {"pattern": field.pattern, "patternErrorMessage": f"must be {field.pattern_words}"}
        properties[key] = described(
            f"{key[0].upper()}{key[1:]}, each with a level. Who is not mentioned is left alone.",
            {"type": "object", "propertyNames": names, "additionalProperties": level},
        )
    properties[MODE] = _mode("here")
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _mode(where: str) -> dict[str, Any]:
    words = (
        f"`exact`: these rules and no others {where}, within the limits. `additive`: others are left alone, as"
        " without it."
    )
    return described(words, {"enum": [EXACT, "additive"]})


def _note_exact(kind: Kind, section: Node, values: Json, parent: Entry, noted: Exact) -> None:
    """Note what a section says of rules that are not in it: of all types, and of each block in it."""
    grants = kind.grants
    if grants is None or not isinstance(section.value, dict) or not isinstance(values, dict):
        return
    if values.get(MODE) == EXACT:
        group = attached_group(kind, parent) if kind.attached else (kind.name, parent.name)
        noted.exact[group] = section.keys[MODE]
    for key, block in section.value.items():
        if grants.keyed_by and isinstance(block.value, dict) and MODE in block.value:
            said = values[key][MODE] == EXACT
            noted.exact_blocks[kind.name, parent.name, key] = block.keys[MODE] if said else None


def keys(kind: Kind, about: Kind | None = None) -> dict[str, str]:
    """What may be under a kind's section, or under its key in an entry of the kind `about`, and what it means."""
    found = schema(kind, about)["properties"]
    return {key: f"{each['description']} {_choices(each)}".strip() for key, each in found.items()}


def _choices(block: Mapping[str, Any]) -> str:
    level = block.get("properties", {}).get(EVERYONE, block)
    level = level.get("additionalProperties") or level
    return f"Levels: {', '.join(level['enum'])}." if "enum" in level else ""


def entries(kind: Kind, section: Node, values: Json, parent: Entry, noted: Exact) -> Iterator[Entry]:
    """One entry for each rule: grants before what holds for everyone. `noted` gets where no others may be."""
    grants = kind.grants
    if grants is None or not isinstance(section.value, dict):
        return
    _note_exact(kind, section, values, parent, noted)
    if grants.keyed_by is None:
        yield from _of_block(kind, grants, None, section, values, parent)
        return
    for key, block in section.value.items():
        if key != MODE:
            yield from _of_block(kind, grants, key, block, values[key], parent)


def _of_block(
    kind: Kind, grants: Grants, key: str | None, block: Node, values: Json, parent: Entry
) -> Iterator[Entry]:
    if not isinstance(block.value, dict) or not isinstance(values, dict):
        return
    for group, name in grants.subjects.items():
        inside = block.value.get(group)
        if inside is None or not isinstance(inside.value, dict):
            continue
        for subject, node in inside.value.items():
            yield _entry(
                kind,
                grants,
                key,
                parent,
                (group, subject),
                _subject(kind.field(name), subject, inside.keys[subject]),
                values[group][subject],
                (inside.keys[subject], node.where),
            )
    if EVERYONE in block.value:
        where = (block.keys[EVERYONE], block.value[EVERYONE].where)
        yield _entry(kind, grants, key, parent, (EVERYONE,), {}, values[EVERYONE], where)


def way_to(entry: Entry) -> tuple[str, ...]:
    """The keys below a kind's section that lead to the level of a rule: ("dashboard", "roles", "Analysts")."""
    grants = entry.kind.grants
    if grants is None:
        return ()
    key = (str(entry.fields[grants.keyed_by]),) if grants.keyed_by else ()
    for group, name in grants.subjects.items():
        if subject := entry.fields.get(name):
            return (*key, group, subject.name if isinstance(subject, Reference) else str(subject))
    return (*key, EVERYONE)


def _subject(field: Field, name: str, where: Position) -> dict[str, Json]:
    return {field.name: as_reference(field, name, Node(name, where))}


def _entry(
    kind: Kind,
    grants: Grants,
    key: str | None,
    parent: Entry,
    way: tuple[str, ...],
    subject: Mapping[str, Json],
    level: Json,
    places: tuple[Position, Position],
) -> Entry:
    keyed: dict[str, Json] = {grants.keyed_by: key} if grants.keyed_by and key else {}
    keyed |= about_fields(kind, parent)
    path = "/".join(filter(None, (key, parent.kind.accessible_as if kind.attached else None, *way)))
    where, at_level = places
    return Entry(
        kind=kind,
        name=f"{parent.name}/{path}",
        fields={**keyed, **subject, grants.value: level},
        parent=parent.parent if kind.attached else parent.name,
        previously=tuple(f"{name}/{path}" for name in parent.previously),
        positions={"": where, **dict.fromkeys(subject, where), grants.value: at_level},
    )


def renamed_along(every: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries with the names that rules had while the role that they are about had its earlier ones."""
    every = tuple(every)
    before = {(each.kind.name, each.name): each.previously for each in every if each.previously}
    return tuple(_with_earlier(each, before) if each.kind.grants else each for each in every)


def _with_earlier(entry: Entry, before: Mapping[tuple[str, str], tuple[str, ...]]) -> Entry:
    names = list(entry.previously)
    subjects = entry.kind.grants.subjects.values() if entry.kind.grants else ()
    for value in (entry.fields.get(name) for name in subjects):
        if isinstance(value, Reference):
            stem = entry.name.removesuffix(value.name)
            stems = (stem, *(each.removesuffix(value.name) for each in entry.previously))
            names += [f"{one}{other}" for other in before.get((value.kind, value.name), ()) for one in stems]
    return dataclasses.replace(entry, previously=tuple(dict.fromkeys(names)))


def problems(every: Iterable[Entry]) -> Iterator[Problem]:
    """A problem for two rules about one subject: a role or an address in two spellings."""
    seen: dict[Any, Entry] = {}
    for entry in every:
        grants = entry.kind.grants
        for name in grants.subjects.values() if grants else ():
            value = entry.fields.get(name)
            if grants is None or not isinstance(value, str) or is_unknown(value):
                continue
            called = value.name if isinstance(value, Reference) else str(value)
            key = (group_of(entry), entry.fields.get(grants.keyed_by or ""), name, folded(called))
            other = seen.setdefault(key, entry)
            if other is not entry:
                yield Problem(
                    f'{name} "{called}" has two rules in one place',
                    entry.where,
                    f"it is at {other.where} already, in another spelling",
                )


def closed(every: Iterable[Entry]) -> Iterator[str]:
    """A note about a project that is hidden from everyone, and that no rule here opens."""
    every = tuple(every)
    for entry in every:
        grants = entry.kind.grants
        if grants is None or grants.keyed_by or entry.kind.attached or not grants.last(entry.fields):
            continue
        others = [each for each in every if each.kind is entry.kind and each.parent == entry.parent]
        if entry.fields[grants.value] == "none" and all(
            each.fields[grants.value] == "none" for each in others
        ):
            yield (
                f'{entry.where}: {entry.kind.parent} "{entry.parent}" is hidden from everyone, and no rule here opens'
                " it: only organization admins, and people whom a rule in PostHog names, can use it"
            )
