"""What is declared of the parts of an object -> the requests that make it so: each part is an object of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pulumi_posthog.api import Writer
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line


def without(kind: Kind, fields: Mapping[str, Json]) -> Mapping[str, Json]:
    """What a PATCH of the object itself has."""
    return {name: value for name, value in fields.items() if kind.parts is None or name != kind.parts.field}


def write(
    live: Live, writer: Writer, kind: Kind, scope: Scope, found: Found, fields: Mapping[str, Json]
) -> bool:
    """Change the parts that are not as declared, one after another; whether there were any.

    All that is declared of a part is sent: how it is fetched is several keys, which PostHog checks together. Raises
    ApiError, and CannotApply before anything is sent where PostHog does not have one of them.
    """
    if kind.parts is None or kind.parts.field not in fields:
        return False
    changed = list(to_change(kind, fields[kind.parts.field], found.values.get(kind.parts.field)))
    ids = {name: id_of(kind, found, name) for name in changed}
    unknown = [name for name, id_ in ids.items() if id_ is None]
    if unknown:
        raise CannotApply(
            f'PostHog has no "{one_line(unknown[0])}" among the {kind.parts.field} of this {kind.title}: run again when'
            " it has, or take it out of the file"
        )
    own = live.path(kind, scope).rstrip("/").rpartition("/")[0]
    for name, id_ in ids.items():
        writer.patch(f"{own}/{kind.parts.collection}/{id_}/", dict(fields[kind.parts.field][name]))
    return bool(changed)


def id_of(kind: Kind, found: Found, name: str) -> str | None:
    """The id of an object's part of that name; None where it has none."""
    if kind.parts is None:
        return None
    listed = found.answer.get(kind.parts.field) or ()
    return next((str(each["id"]) for each in listed if each.get(kind.parts.key) == name), None)


def to_change(kind: Kind, declared: Json, live: Json) -> Iterator[str]:
    """The names of the parts of which something is declared that they are not."""
    if kind.parts is None or not isinstance(declared, dict):
        return
    for name, wanted in declared.items():
        now = (live or {}).get(name) or {}
        if any(now.get(key) != value for key, value in (wanted or {}).items()):
            yield name


def to_complete(kind: Kind, fields: Mapping[str, Json]) -> int:
    """How many parts of a new object have something declared that a POST of it does not take."""
    if kind.parts is None:
        return 0
    declared = fields.get(kind.parts.field) or {}
    return sum(not set(wanted or {}) <= set(kind.parts.made_with) for wanted in declared.values())


def told_apart(kind: Kind, changed: Sequence[Difference]) -> tuple[tuple[Difference, ...], int]:
    """The differences of the object itself, and how many of its parts differ."""
    field = kind.parts.field if kind.parts else None
    own = tuple(each for each in changed if each.field.name != field)
    apart = (each for each in changed if each.field.name == field)
    return own, sum(len(list(to_change(kind, each.desired, each.live))) for each in apart)
