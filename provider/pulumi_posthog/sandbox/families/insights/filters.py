"""What a list of insights can be cut down to (posthog-api-analytics.md 2.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date

from pulumi_posthog.sandbox.families.chart_objects import Insight
from pulumi_posthog.sandbox.families.insights.nodes import OF_LEGACY, kind_of
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Filter, exact, flagged

LONGEST_SEARCH = 200
KINDS = {**OF_LEGACY, "JSON": "", "SQL": "HogQLQuery"}


def listed(name: str, sought: str) -> list[Any]:
    """A list in JSON, or one value."""
    try:
        found = json.loads(sought)
    except ValueError:
        found = [sought]
    found = found if isinstance(found, list) else [found]
    if any(isinstance(each, dict | list) for each in found):
        raise invalid(name, "A list of values is expected.")
    return found


def numbers(name: str, sought: str) -> list[int]:
    """A list of ids; 400 for what is none."""
    found = listed(name, sought)
    if not all(str(each).isascii() and str(each).isdigit() and len(str(each)) <= 18 for each in found):
        raise invalid(name, "A list of numbers is expected.")
    return [int(each) for each in found]


def by_users(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """2026 takes several."""
    ids = numbers(name, sought)
    if generation() < 2026 and len(ids) > 1:
        raise invalid(name, "A number is expected.")
    return rows.filter(created_by__in=ids)


def on_all_dashboards(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """On each of these dashboards."""
    for id_ in numbers(name, sought):
        rows = rows.filter(tiles__dashboard=id_, tiles__deleted=False)
    return rows


def with_any_tag(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    wanted = {str(each) for each in listed(name, sought)}
    return rows.filter(pk__in=[row.pk for row in rows if wanted & set(row.tags)])


def of_kind(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Of one kind of query; 400 for a kind that is none."""
    if sought.upper() not in KINDS:
        raise invalid(name, f"Select a valid choice. {sought} is not one of the available choices.")
    kind = KINDS[sought.upper()]
    known = set(KINDS.values())
    return rows.filter(
        pk__in=[
            row.pk
            for row in rows
            if (
                kind_of(row.query) == kind
                if kind
                else row.query is not None and kind_of(row.query) not in known
            )
        ]
    )


def found_by(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """In name, title, description or a tag."""
    if len(sought) > LONGEST_SEARCH:
        raise invalid(name, f"Ensure this value has at most {LONGEST_SEARCH} characters.", "max_length")
    found = Q(tags__icontains=sought)
    for column in ("name", "derived_name", "description"):
        found |= Q(**{f"{column}__icontains": sought})
    return rows.filter(found)


def day_of(column: str, comparison: str) -> Filter:
    """A filter by the day of a column: `comparison` is Django's, such as `gte`. 400 for what is no day."""

    def filtered(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
        try:
            day = parse_date(sought[:10])
        except ValueError:
            day = None
        if day is None:
            raise invalid(name, "Enter a valid date.")
        return rows.filter(**{f"{column}__date__{comparison}": day})

    return filtered


def in_order(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """A column of the table, `-` before it: descending."""
    column = sought.removeprefix("-")
    try:
        Insight._meta.get_field(column)
    except FieldDoesNotExist as error:
        raise invalid(name, f"{column} is no field of an insight.") from error
    return rows.order_by(sought, "pk")


def names_in(value: Any, key: str) -> set[str]:
    """Every text that is under a key, however deep in a query."""
    if isinstance(value, list):
        return {name for each in value for name in names_in(each, key)}
    if not isinstance(value, dict):
        return set()
    own = {value[key]} if isinstance(value.get(key), str) else set()
    return own | {name for each in value.values() for name in names_in(each, key)}


def asking_for_events(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Any of the events is in the query."""
    wanted = {str(each) for each in listed(name, sought)}
    return rows.filter(pk__in=[row.pk for row in rows if wanted & names_in(row.query, "event")])


def about_flag(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """A flag is in a query as a property with its key (2.5)."""
    wanted = f"$feature/{sought}"
    return rows.filter(pk__in=[row.pk for row in rows if wanted in mentioned(row.query)])


def without_flags(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Without those that are about a flag."""
    if sought.lower() not in {"true", "1"}:
        return rows
    about = [row.pk for row in rows if any(each.startswith("$feature/") for each in mentioned(row.query))]
    return rows.exclude(pk__in=about)


def mentioned(query: Any) -> set[str]:
    """Properties that are filtered or broken down by."""
    return names_in(query, "key") | names_in(query, "breakdown") | names_in(query, "property")


DAYS: Mapping[str, tuple[str, str]] = {
    "date_from": ("last_modified_at", "gte"),
    "date_to": ("last_modified_at", "lte"),
    "created_date_from": ("created_at", "gte"),
    "created_date_to": ("created_at", "lte"),
    "last_viewed_date_from": ("last_viewed_at", "gte"),
    "last_viewed_date_to": ("last_viewed_at", "lte"),
}
FILTERS: dict[str, Callable[[QuerySet[Any], str, str], QuerySet[Any]]] = {
    "short_id": exact,
    "saved": flagged,
    "favorited": flagged,
    "created_by": by_users,
    "insight": of_kind,
    "search": found_by,
    "tags": with_any_tag,
    "dashboards": on_all_dashboards,
    "events": asking_for_events,
    "feature_flag": about_flag,
    "hide_feature_flag_insights": without_flags,
    **{name: day_of(*words) for name, words in DAYS.items()},
    "order": in_order,
}
