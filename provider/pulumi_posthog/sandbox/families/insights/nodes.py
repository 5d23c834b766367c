"""Queries of insights: checked while read, stored as sent, answered upgraded (posthog-api-analytics.md 2.5)."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.exceptions import ParseError

from pulumi_posthog.sandbox.families.alert_objects import InsightVariable
from pulumi_posthog.sandbox.families.insights.shapes import NODES, OBJECTS, SERIES, SOURCES, Shape
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.models import Project

UPGRADED_IN_2025 = ("RetentionQuery",)
UPGRADED_IN_2026 = (
    *UPGRADED_IN_2025,
    "StickinessQuery",
    "TrendsQuery",
    "LifecycleQuery",
    "FunnelsQuery",
    "CalendarHeatmapQuery",
    "DataVisualizationNode",
)
ALSO_WITH_ALERTS = ("HogQLQuery", "FunnelsQuery")
VERSION = 2
"""The contract has it for retention; of the others it says only that they get one."""


def check_query(query: Any) -> None:
    """400 `parse_error` for what is no query; null and `{}` are not looked at."""
    if query is None or query == {}:
        return
    if not isinstance(query, dict):
        raise ParseError("Query must be an object.")
    if problems := list(problems_of(query)):
        raise ParseError(f"{len(problems)} validation errors for QuerySchemaRoot: {'; '.join(problems)}")


def problems_of(query: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a query, a line for each."""
    kind = query.get("kind")
    if not isinstance(kind, str) or kind not in NODES:
        yield f"kind: {kind!r} is not a kind of query"
        return
    yield from node_problems(query, kind, "")


def node_problems(node: dict[str, Any], kind: str, where: str) -> Iterator[str]:
    """What is wrong with a node and with what is in it."""
    yield from key_problems(node, NODES[kind], where or f"{kind}.")
    if kind in SOURCES and "source" in node:
        source = node["source"]
        its = source.get("kind") if isinstance(source, dict) else None
        if its not in SOURCES[kind]:
            yield f"{where}{kind}.source: {its!r} is no source of it"
        else:
            yield from node_problems(source, its, f"{where}{kind}.source.")
    if kind == "HogQLQuery" and not isinstance(node.get("query", ""), str):
        yield f"{where}query: a text is expected"
    if "series" in node:
        yield from series_problems(node["series"], f"{where}series")
    for name, shape in OBJECTS.items():
        given = node.get(name)
        if isinstance(given, dict):
            yield from key_problems(given, shape, f"{where}{name}.")
        elif given is not None:
            yield f"{where}{name}: an object is expected"


def series_problems(series: Any, where: str) -> Iterator[str]:
    """What is wrong with series, a line for each."""
    if not isinstance(series, list):
        yield f"{where}: a list is expected"
        return
    for place, each in enumerate(series):
        if not isinstance(each, dict):
            yield f"{where}.{place}: an object is expected"
            continue
        kind = each.get("kind", kind_of_series(each))
        if kind not in SERIES:
            yield f"{where}.{place}.kind: {kind!r} is no series"
        else:
            yield from key_problems(each, SERIES[kind], f"{where}.{place}.")


def key_problems(given: Mapping[str, Any], shape: Shape, where: str) -> Iterator[str]:
    """2024 does not look at keys that it does not know."""
    for name in shape.needed:
        if given.get(name) is None:
            yield f"{where}{name}: Field required"
    if generation() >= 2025:
        for name in given:
            if name not in shape.keys:
                yield f"{where}{name}: Extra inputs are not permitted"


def kind_of_series(series: Mapping[str, Any]) -> str:
    """What an item without a `kind` is."""
    if "table_name" in series:
        return "DataWarehouseNode"
    return "ActionsNode" if "id" in series else "EventsNode"


def upgraded(query: Any) -> Any:
    """As reads answer it: with a `kind` for each of a series, and with versions."""
    if not isinstance(query, dict) or generation() < 2025:
        return query
    found = copy.deepcopy(query)
    upgrade(found)
    return found


def upgrade(node: dict[str, Any]) -> None:
    """Puts what an upgraded answer has into a node, and into the nodes in it."""
    known = UPGRADED_IN_2026 if generation() >= 2026 else UPGRADED_IN_2025
    if node.get("kind") in known:
        node["version"] = VERSION
    funnel = node.get("funnelsFilter")
    exclusions = funnel.get("exclusions") if isinstance(funnel, dict) else None
    for items in (node.get("series"), exclusions):
        for each in items if isinstance(items, list) else ():
            if isinstance(each, dict):
                each.setdefault("kind", kind_of_series(each))
    source = node.get("source")
    if isinstance(source, dict):
        upgrade(source)


def kind_of(query: Any) -> str:
    """Of the question itself, whatever shows it; empty where there is none."""
    node = query if isinstance(query, dict) else {}
    if isinstance(node.get("source"), dict) and node.get("kind") in SOURCES:
        node = node["source"]
    kind = node.get("kind")
    return kind if isinstance(kind, str) else ""


def question_of(query: Any) -> dict[str, Any]:
    """The node that asks, inside of what shows it."""
    node: dict[str, Any] = query if isinstance(query, dict) else {}
    source = node.get("source")
    return source if isinstance(source, dict) and node.get("kind") in SOURCES else node


def carries_alerts(query: Any) -> bool:
    """Whether insights of that kind keep their alerts: later 2026 allows more than trends (2.8)."""
    kind = kind_of(query)
    return kind == "TrendsQuery" or (generation() >= LATER_2026 and kind in ALSO_WITH_ALERTS)


def with_variables(query: Any, project: Project) -> Any:
    """Values of variables under the ids that the variables have now; those of others vanish."""
    node = question_of(query)
    if not isinstance(query, dict) or query.get("kind") != "DataVisualizationNode":
        return query
    if not isinstance(node.get("variables"), dict):
        return query
    return {**query, "source": {**node, "variables": by_code_name(node["variables"], project)}}


def by_code_name(values: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """What is said of variables, under the id of the one that has the code name."""
    known = {each.code_name: str(each.pk) for each in InsightVariable.objects.filter(project=project)}
    found = {}
    for value in values.values():
        name = value.get("code_name") if isinstance(value, dict) else None
        if isinstance(name, str) and name in known:
            found[known[name]] = {**value, "variableId": known[name]}
    return found


OF_LEGACY = {
    "TRENDS": "TrendsQuery",
    "FUNNELS": "FunnelsQuery",
    "RETENTION": "RetentionQuery",
    "PATHS": "PathsQuery",
    "STICKINESS": "StickinessQuery",
    "LIFECYCLE": "LifecycleQuery",
}
FILTER_OF = {
    "RetentionQuery": "retentionFilter",
    "PathsQuery": "pathsFilter",
}


def converted(filters: Mapping[str, Any]) -> dict[str, Any]:
    """What 2026 makes of filters from before there were queries: the simple ones of them."""
    kind = OF_LEGACY.get(str(filters.get("insight", "TRENDS")).upper(), "TrendsQuery")
    source: dict[str, Any] = {"kind": kind}
    if kind in FILTER_OF:
        source[FILTER_OF[kind]] = {}
    else:
        events = [
            {"kind": "EventsNode", "event": each.get("id"), "name": each.get("name") or each.get("id")}
            for each in filters.get("events") or []
        ]
        actions = [{"kind": "ActionsNode", "id": each.get("id")} for each in filters.get("actions") or []]
        source["series"] = [*events, *actions]
    dates = {name: filters[name] for name in ("date_from", "date_to") if filters.get(name)}
    if dates:
        source["dateRange"] = dates
    if filters.get("interval") and kind not in FILTER_OF:
        source["interval"] = filters["interval"]
    if filters.get("properties"):
        source["properties"] = filters["properties"]
    return {"kind": "InsightVizNode", "source": source, "full": True}
