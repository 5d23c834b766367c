"""The kinds of query that are answered: HogQL, lists of events, and trends in their simplest form (10.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pulumi_posthog.sandbox.families import warehouse
from pulumi_posthog.sandbox.hogql import query as hogql
from pulumi_posthog.sandbox.hogql.text import HogQLError, constant, not_understood
from pulumi_posthog.sandbox.rules.errors import Timeout
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.switches import SWITCHES

Node = Mapping[str, Any]


def answered(project: Project, node: Node) -> dict[str, Any]:
    """`HogQLError` for kinds and fields that would have to be guessed."""
    answer = KINDS.get(node["kind"])
    if answer is None:
        raise not_understood(f"queries of the kind {node['kind']}; {', '.join(KINDS)} work")
    return answer(project, node)


def ask(project: Project, query: str, values: Mapping[str, Any]) -> warehouse.Result:
    """What HogQL comes to; 504 when it takes longer than the switch `query_timeout_seconds`. Raises HogQLError."""
    try:
        return warehouse.ask(project, query, values, SWITCHES.query_timeout_seconds)
    except warehouse.TooSlow as error:
        raise Timeout from error


def known(node: Node, *fields: str) -> None:
    """What would change the answer, and is not understood, is refused."""
    for name, value in node.items():
        if value not in (None, [], {}, False) and name not in {"kind", "name", "tags", "version", *fields}:
            raise not_understood(f"{name} of {node['kind']}")


def text(node: Node, name: str) -> str:
    """A text of a node; raises HogQLError for anything else."""
    value = node.get(name)
    if not isinstance(value, str):
        raise HogQLError(f"{name} of {node['kind']} is a text.")
    return value


def hogql_query(project: Project, node: Node) -> dict[str, Any]:
    """The answer to a node of HogQL: columns, types and results. Raises HogQLError."""
    known(node, "query", "values")
    values = node.get("values") or {}
    if not isinstance(values, dict):
        raise HogQLError("values of HogQLQuery is an object.")
    query = text(node, "query")
    found = ask(project, query, values)
    return {
        "results": found.rows,
        "columns": found.columns,
        "types": found.types,
        "query": query,
        "hogql": query,
        "clickhouse": None,
        "limit": found.limit,
        "offset": found.offset,
        "hasMore": found.has_more,
    }


def number(node: Node, name: str, default: int) -> int:
    """A whole number of a node, `default` where it says none; raises HogQLError for anything else."""
    value = node.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise HogQLError(f"{name} of {node['kind']} is a whole number that is not negative.")
    return value


def texts(node: Node, name: str) -> list[str]:
    """A list of texts of a node, empty where it says none; raises HogQLError for anything else."""
    value = node.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise HogQLError(f"{name} of {node['kind']} is a list of texts.")
    return value


def since(value: object, default: str) -> str:
    """`-24h`, `-7d`, or a date: the expression for it. `all` is the beginning of time."""
    given = str(value or default)
    units = {"h": "hour", "d": "day", "w": "week", "m": "month"}
    if given == "all":
        return "toDateTime('1970-01-01')"
    if given.startswith("-") and given[1:-1].isdigit() and given[-1] in units and len(given) < 8:
        return f"(now() - interval {given[1:-1]} {units[given[-1]]})"
    if given[:4].isdigit():
        return f"toDateTime({constant(given)})"
    raise not_understood(f"the point in time {given!r}")


def events_query(project: Project, node: Node) -> dict[str, Any]:
    """`select`, `where`, `orderBy`, `event`, `after`, `before`, `personId`, `limit`, `offset`."""
    known(node, "select", "where", "orderBy", "event", "after", "before", "personId", "limit", "offset")
    select = texts(node, "select")
    if not select:
        raise HogQLError("select of EventsQuery is a list of texts.")
    if "*" in select:
        raise not_understood("* of EventsQuery; name the columns")
    for each in (*select, *texts(node, "where")):
        hogql.expression(each)
    conditions = [f"({each})" for each in texts(node, "where")]
    values: dict[str, Any] = {}
    for field, clause in (("event", "event = {event}"), ("personId", "person_id = {personId}")):
        if node.get(field):
            conditions.append(clause)
            values[field] = text(node, field)
    conditions.append(f"timestamp > {since(node.get('after'), '-24h')}")
    if node.get("before"):
        conditions.append(f"timestamp < {since(node['before'], 'all')}")
    order = texts(node, "orderBy") or ["timestamp DESC"]
    for each in order:
        hogql.expression(re.sub(r"\s+(asc|desc)\s*$", "", each, flags=re.IGNORECASE))
    limit, offset = number(node, "limit", 100), number(node, "offset", 0)
    query = (
        f"select {', '.join(select)} from events where {' and '.join(conditions)} "  # noqa: S608 - HogQL
        f"order by {', '.join(order)} limit {limit} offset {offset}"
    )
    found = ask(project, query, values)
    return {
        "results": found.rows,
        "columns": found.columns,
        "types": [type_ for _, type_ in found.types],
        "hogql": query,
        "limit": found.limit,
        "offset": found.offset,
        "hasMore": found.has_more,
    }


def trends_query(project: Project, node: Node) -> dict[str, Any]:
    """Series of events, counted (`total`) or by persons (`dau`), by hour, day or month; nothing else."""
    known(node, "series", "dateRange", "interval")
    interval = node.get("interval") or "day"
    if interval not in {"hour", "day", "month"}:
        raise not_understood(f"the interval {interval}")
    range_ = node.get("dateRange") or {}
    series = node.get("series")
    if not isinstance(series, list) or not series or not isinstance(range_, dict):
        raise HogQLError("series of TrendsQuery is a list that is not empty, dateRange an object.")
    if range_.get("date_to") or range_.get("explicitDate"):
        raise not_understood("date_to of TrendsQuery")
    begins = since(range_.get("date_from"), "-7d")
    return {
        "results": [one_series(project, each, place, interval, begins) for place, each in enumerate(series)],
        "hasMore": False,
    }


def one_series(project: Project, node: Any, place: int, interval: str, begins: str) -> dict[str, Any]:
    """One line of a trend, with its count for each interval. Raises HogQLError for what is not understood."""
    if not isinstance(node, dict) or node.get("kind") != "EventsNode":
        raise not_understood("a series that is no EventsNode")
    known(node, "event", "math", "custom_name")
    math = node.get("math") or "total"
    if math not in {"total", "dau"}:
        raise not_understood(f"the math {math}")
    counts = "count()" if math == "total" else "uniq(person_id)"
    bucket = f"toStartOf{interval.title()}"
    values: dict[str, Any] = {}
    condition = ""
    if node.get("event"):
        condition, values["event"] = " and event = {event}", text(node, "event")
    query = (
        f"select {bucket}(timestamp) as bucket, {counts} from events "  # noqa: S608 - HogQL
        f"where timestamp >= {bucket}({begins}){condition} group by bucket order by bucket limit 50000"
    )
    counted = {str(row[0]): row[1] for row in ask(project, query, values).rows}
    edges = ask(project, f"select {bucket}({begins}), {bucket}(now())", {}).rows[0]
    days = buckets(str(edges[0]), str(edges[1]), interval)
    data = [counted.get(each, 0) for each in days]
    return {
        "action": {"id": node.get("event"), "type": "events", "order": place, "math": math},
        "label": node.get("custom_name") or node.get("event") or "All events",
        "days": [each[:19].replace("T", " ") if interval == "hour" else each[:10] for each in days],
        "labels": [each[:10] for each in days],
        "data": data,
        "count": sum(data),
    }


def buckets(first: str, last: str, interval: str) -> Sequence[str]:
    """All between two, also those without events, written as the query writes them."""
    if interval == "month":
        months, day = [], date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            months.append(day.isoformat())
            day = (day + timedelta(days=31)).replace(day=1)
        return months
    if not (first.endswith("Z") and last.endswith("Z")):
        raise not_understood("trends of a project whose timezone is not UTC")
    step = timedelta(hours=1) if interval == "hour" else timedelta(days=1)
    moment, found = datetime.fromisoformat(first), []
    while moment <= datetime.fromisoformat(last):
        found.append(moment.isoformat().removesuffix("+00:00") + "Z")
        moment += step
    return found


KINDS: Mapping[str, Callable[[Project, Node], dict[str, Any]]] = {
    "HogQLQuery": hogql_query,
    "EventsQuery": events_query,
    "TrendsQuery": trends_query,
}
