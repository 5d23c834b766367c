"""A live value of a field -> whether anybody has to say it: PostHog's defaults, and what it puts into what is new."""

from __future__ import annotations

from pulumi_posthog.kinds.field import UNSET, Field
from pulumi_posthog.values.json_value import Json


def is_default(field: Field, value: Json) -> bool:
    """Whether leaving a field out says the same: the next server has this value, too."""
    if value is None:
        return not field.nullable or field.default in (UNSET, None)
    if field.merge_levels and value == {}:
        return True  # of what PostHog merges, no key declares nothing
    if field.default is UNSET:
        return False
    return bool(field.normal(field.default) == field.document(value, field.default))


def is_fresh(field: Field, value: Json) -> bool:
    """Whether PostHog has put it there by itself: into a new object, or as the id of something that has no name."""
    return field.fresh is not None and field.fresh(value)


def is_bare_id(field: Field, value: Json) -> bool:
    """Whether it is the id of an object that nothing names: it means nothing anywhere else."""
    return field.names is not None and isinstance(value, int) and not isinstance(value, bool)


def needs_saying(field: Field, value: Json) -> bool:
    """Whether somebody has set it: it is neither a default nor PostHog's own, and not empty."""
    if value is None or is_default(field, value) or is_fresh(field, value) or is_bare_id(field, value):
        return False
    return field.default is not UNSET or value not in (None, "", False, [], {})
