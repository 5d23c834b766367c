"""Filters and variables of a dashboard, in the queries of the insights on it (posthog-api-analytics.md 3.4, 3.5)."""

from __future__ import annotations

import copy
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.chart_objects import Dashboard
from pulumi_posthog.sandbox.families.insights.nodes import by_code_name, question_of
from pulumi_posthog.sandbox.rules.ages import NEWEST_2026, generation


def taken_filters(given: Any) -> dict[str, Any] | None:
    """What replaces the stored ones; None: nothing and `{}` change nothing. 400 for what is no object."""
    if given is not None and not isinstance(given, dict):
        raise ValidationError("Filters must be a dictionary")
    if not given:
        return None
    groups = given.get("properties")
    if generation() >= NEWEST_2026 and isinstance(groups, dict):
        return {**given, "properties": flat(groups)}
    return given


def flat(group: dict[str, Any]) -> list[Any]:
    """The newest servers make one list of groups that all have to hold, and take no others."""
    if group.get("type") == "OR":
        raise ValidationError("Dashboard filters cannot be joined by OR.")
    found: list[Any] = []
    values = group.get("values")
    for each in values if isinstance(values, list) else []:
        nested = isinstance(each, dict) and isinstance(each.get("values"), list)
        found.extend(flat(each) if nested else [each])
    return found


def variables_of(board: Dashboard) -> dict[str, Any]:
    """Under the ids of today."""
    return by_code_name(board.variables or {}, board.project)


def overlaid(query: Any, board: Dashboard) -> Any:
    """As a tile shows the query, which is not how it is stored."""
    filters, variables = board.filters or {}, variables_of(board)
    if not isinstance(query, dict) or not (filters or variables):
        return query
    found = copy.deepcopy(query)
    question = question_of(found)
    where = question
    if question.get("kind") == "HogQLQuery":
        where = question.setdefault("filters", {}) if filters else question
        own = question.get("variables") or {}
        if own:
            question["variables"] = {key: {**value, **variables.get(key, {})} for key, value in own.items()}
    dates = {name: filters[name] for name in ("date_from", "date_to") if filters.get(name)}
    if dates:
        where["dateRange"] = {**(where.get("dateRange") or {}), **dates}
    if isinstance(filters.get("properties"), list) and filters["properties"]:
        own = where.get("properties")
        where["properties"] = [*(own if isinstance(own, list) else []), *filters["properties"]]
    if filters.get("breakdown_filter") and question.get("kind") != "HogQLQuery":
        where["breakdownFilter"] = filters["breakdown_filter"]
    return found
