"""Which kinds are below which, and which of their fields name an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.values.json_value import Json

LONGEST_KEY: Final = 80  # characters of an entry's key, where its body may say the whole


def ancestors(kind: Kind) -> tuple[str, ...]:
    """The names of the kinds that objects of a kind are below, nearest first."""
    if kind.parent is None:
        return ()
    return (kind.parent, *ancestors(KINDS[kind.parent]))


def may_be_below(kind: Kind, other: Kind) -> bool:
    """Whether objects of a kind may be in the entries of another one, at any depth."""
    return other.name in ancestors(kind) or bool(kind.attached and other.accessible_as)


def below(kind: Kind | None) -> dict[str, tuple[Kind, ...]]:
    """Key in the file -> the kinds declared under it, within an entry of `kind`; None: at the top."""
    if kind is None:
        return _under("")
    result = _under(f"{kind.section}." if kind.singleton else f"{kind.section}.*.")
    for other in KINDS.values() if kind.accessible_as else ():
        if other.attached:
            result[other.attached.key] = (other,)
    return result


def accessible(type_: Json) -> Kind | None:
    """The kind of the objects of one of PostHog's types that can have access rules; None where there is none."""
    return next((kind for kind in KINDS.values() if kind.accessible_as and kind.accessible_as == type_), None)


def about_scope(kind: Kind, scope: Mapping[str, str], about: Kind, id_: str) -> dict[str, str]:
    """The ids that lead to what is attached to one object, by the names in its URL path.

    They are those of the object's own collection, and where the object is in that: {"project": "1", ...}.
    """
    if kind.attached is None or kind.parent is None:
        raise AssertionError(f"unreachable: {kind.name} is about no object of another kind")
    return {kind.parent: scope[kind.parent], kind.attached.place: f"{_last_part(about)}/{id_}"}


def what_it_is_about(kind: Kind, scope: Mapping[str, str]) -> tuple[Kind, str] | None:
    """The object that a collection is about, as its kind and id; None for a collection that is about none."""
    if kind.attached is None or kind.attached.place not in scope:
        return None
    part, _, id_ = scope[kind.attached.place].partition("/")
    about = next((each for each in KINDS.values() if each.accessible_as and _last_part(each) == part), None)
    return (about, id_) if about and id_ and "/" not in id_ else None


def _last_part(kind: Kind) -> str:
    return kind.collection.rstrip("/").rpartition("/")[2]


def in_the_organization() -> dict[str, tuple[Kind, ...]]:
    """Key in the file's `organization`, which is no entry of any kind -> the kinds declared under it."""
    return _under("organization.")


def _under(prefix: str) -> dict[str, tuple[Kind, ...]]:
    result: dict[str, tuple[Kind, ...]] = {}
    for other in KINDS.values():
        key = other.section.removeprefix(prefix)
        if other.section.startswith(prefix) and "." not in key:
            result[key] = (*result.get(key, ()), other)
    return result


def key_field(kind: Kind) -> Field:
    """The field that the entry's key in the file gives."""
    return next(field for field in kind.declarable if field.from_key)


def possible_keys(kind: Kind, name: str, values: Mapping[str, Json]) -> Iterator[str]:
    """Under which keys an object of that name may be in a file: its name, else with what tells it from another.

    A text of several lines, or a long one, is in the body, and its beginning is the key.
    """
    own = key_field(kind)
    if own.also_in_body:
        name = beginning(name)
    yield name
    for parts in kind.natural_keys if own.also_in_body else ():
        yield f"{name} ({', '.join(str(values[part]) for part in parts if part != own.name and values.get(part))})"


def named_kind(field: Field, values: Mapping[str, Json]) -> str | None:
    """The kind, or lookup, whose id a field of an object with these values has; None where it is none we know.

    An object that is known there by another id than its own is not meant.
    """
    kind = KINDS.get(str(values.get(field.names_what or "")))
    return field.names or (kind.name if kind is not None and kind.second_id is None else None)


def beginning(text: str) -> str:
    """A text that fits into one line, or the beginning of its first."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), text)
    return first if len(first) <= LONGEST_KEY else f"{first[:LONGEST_KEY].rstrip()}…"


def list_field(kind: Kind) -> Field:
    """Of a kind that is an exact list, the field that holds it."""
    return next(field for field in kind.writable if field.type is Type.STRINGS)


def body_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields that are in an entry's body: not the parent, and the key's only where the body may say it."""
    return tuple(field for field in kind.writable if not field.from_key or field.also_in_body)
