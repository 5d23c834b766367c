"""What lists of definitions can be cut down to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pulumi_posthog.sandbox.rules.errors import invalid

STALE = timedelta(days=30)
"""How long ago an event was seen last that is stale; the contract does not say it."""
ORDERS = ("name", "last_seen_at", "verified", "created_at")
EVENT_TYPES = ("all", "event", "event_custom", "event_posthog")


def is_true(sought: str) -> bool:
    return sought.lower() in {"true", "1"}


def of_event_type(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """All, or PostHog's own events, or the others; 400 for a type that is none."""
    if sought not in EVENT_TYPES:
        raise invalid(name, f'"{sought}" is not a valid choice.', "invalid_choice")
    if sought == "event_custom":
        return rows.exclude(name__startswith="$")
    return rows.filter(name__startswith="$") if sought == "event_posthog" else rows


def with_any_tag(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """With one of these tags, a list in JSON; 400 for anything else."""
    try:
        found = json.loads(sought)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise invalid(name, "A list in JSON is expected.")
    wanted = {str(each) for each in found}
    return rows.filter(pk__in=[row.pk for row in rows if wanted & set(row.tags)])


def not_hidden(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    return rows.exclude(hidden=True) if is_true(sought) else rows


def not_stale(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Seen within the last 30 days."""
    return rows.filter(last_seen_at__gt=timezone.now() - STALE) if is_true(sought) else rows


def in_order(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """By a column, `-` before it: descending; 400 for a column that is none."""
    column = sought.removeprefix("-")
    if column not in ORDERS:
        raise invalid(name, f'"{sought}" is not a valid choice.', "invalid_choice")
    order = F(column).desc(nulls_last=True) if sought.startswith("-") else F(column).asc(nulls_first=True)
    return rows.order_by(order, "name")


def named(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    return rows.filter(name__in=sought.split(","))


def not_named(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Without these names, a list in JSON; 400 for what is no JSON."""
    try:
        found = json.loads(sought)
    except ValueError as error:
        raise invalid(name, "A list in JSON is expected.") from error
    return rows.exclude(name__in=[str(each) for each in found] if isinstance(found, list) else [])


def not_core(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    return rows.exclude(name__startswith="$") if is_true(sought) else rows


def about_flags(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Those that say which variant of a flag somebody got, or all others."""
    about = Q(name__startswith="$feature/")
    return rows.filter(about if is_true(sought) else ~about)
