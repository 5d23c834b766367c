"""What is to be accepted: one object or value that PostHog has, and where it belongs; values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi_posthog.kinds.field import Field
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Entry, Group
from pulumi_posthog.reconcile.differences import as_live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.spelling import folded


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One thing to accept. `path` is what reports call it.

    Of a declared `entry`: its `field`, where there is one, of that only what is below `key` or the one `item` of a set;
    else the whole entry, which PostHog does not have (any more). Without an entry, `found` is to be declared, as `name`
    with that `body`, in `group`; or, with `beside`, as `value` at the end of the keys `way`, from the mapping whose key
    is at that place.
    """

    path: str
    entry: Entry | None = None
    found: Found | None = None
    field: Field | None = None
    key: str | None = None
    item: Json = None
    meant: Json = None  # what is declared of the field, with the ids that names mean
    group: Group | None = None
    name: str = ""
    body: Mapping[str, Json] | None = None
    beside: Position | None = None
    way: tuple[str, ...] = ()
    value: Json = None


def wished(field_: Field, declared: Json, live: Json, wishes: Sequence[Wish]) -> Json:
    """What to declare of a field."""
    value = as_live(field_, declared, live)
    if field_.unordered and isinstance(declared, list) and isinstance(value, list):
        items = {folded(str(wish.item)) for wish in wishes if wish.item is not None}
        if not items:
            return value
        return [item for item in declared if item in value or folded(str(item)) not in items] + [
            item for item in value if item not in declared and folded(str(item)) in items
        ]
    keys = {wish.key for wish in wishes}
    if isinstance(declared, dict) and isinstance(value, dict) and None not in keys:
        kept = {key: item for key, item in declared.items() if key not in keys or key in value}
        return {
            **{key: value[key] if key in keys and key in value else item for key, item in kept.items()},
            **{key: item for key, item in value.items() if key in keys and key not in declared},
        }
    return value
