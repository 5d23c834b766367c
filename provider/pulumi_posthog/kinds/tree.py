"""Which kinds lie below which, and which of their fields name an entry."""

from __future__ import annotations

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Field, Kind, Type


def ancestors(kind: Kind) -> tuple[str, ...]:
    """The kinds that objects of a kind lie below, nearest first."""
    if kind.parent is None:
        return ()
    return (kind.parent, *ancestors(KINDS[kind.parent]))


def below(kind: Kind | None) -> dict[str, tuple[Kind, ...]]:
    """Key in the file -> the kinds declared under it, within an entry of `kind`; None: at the top."""
    if kind is None:
        return _under("")
    return _under(f"{kind.section}." if kind.singleton else f"{kind.section}.*.")


def in_the_organization() -> dict[str, tuple[Kind, ...]]:
    """The same of the file's `organization`, which is no entry of any kind."""
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


def list_field(kind: Kind) -> Field:
    """Of a kind that is an exact list, the field that holds it."""
    return next(field for field in kind.writable if field.type is Type.STRINGS)


def body_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields that stand in an entry's body: not the key, not the parent."""
    return tuple(field for field in kind.writable if not field.from_key)
