"""DuckDB with a project's events and persons in it, for one query: nothing outside it can be reached."""

from __future__ import annotations

import json
import math
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from django.utils import timezone

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.event_store import Event, Person
from pulumi_posthog.sandbox.hogql import query as hogql
from pulumi_posthog.sandbox.hogql.expressions import Relation, Tables
from pulumi_posthog.sandbox.hogql.functions import Around
from pulumi_posthog.sandbox.hogql.terms import CLICKHOUSE, Kind, Term, name
from pulumi_posthog.sandbox.hogql.text import HogQLError
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.representation import moment

LOCKED: dict[str, Any] = {
    "threads": 1,
    "memory_limit": "512MB",
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
"""No files, no network, no extensions, whatever a query says."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONDAY = 1

EVENTS = (
    '[{"uuid":"UUID","event":"VARCHAR","timestamp":"TIMESTAMPTZ","distinct_id":"VARCHAR","person_id":"UUID",'
    '"properties":"JSON","elements_chain":"VARCHAR","person_properties":"JSON","person_created_at":"TIMESTAMPTZ"}]'
)
PERSONS = '[{"id":"UUID","created_at":"TIMESTAMPTZ","properties":"JSON"}]'


class TooSlow(Exception):
    """The query was not done in time."""


@dataclass(frozen=True)
class Result:
    """Rows as JSON has them; `types` in ClickHouse's words."""

    columns: Sequence[str]
    types: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Any]]
    limit: int
    offset: int
    has_more: bool


def ask(project: Project, query: str, values: Mapping[str, Any], timeout_seconds: float) -> Result:
    """`HogQLError` for what cannot be answered, `TooSlow` for what would take too long."""
    sample_data.arrive(project)
    events, persons = rows_of(project)
    zone = ZoneInfo(str(project.setting("timezone") or "UTC"))
    now = timezone.now()
    tables = Tables(
        {
            "events": lambda alias: events_relation(alias, events),
            "persons": lambda alias: persons_relation(alias, persons),
        },
        Around(
            Term(f"TIMESTAMPTZ '{moment(now)}'", "DateTime"),
            project.setting("week_start_day") == MONDAY,
        ),
    )
    found = hogql.translated(query, values, tables)
    with connected(events, persons, str(zone)) as connection, interrupted(connection, timeout_seconds):
        rows = run(connection, found, zone)
    shown = rows[: found.limit]
    types = [(column, type_of(term)) for column, term in zip(found.columns, found.terms, strict=True)]
    return Result(found.columns, types, shown, found.limit, found.offset, len(rows) > found.limit)


def type_of(term: Term) -> str:
    """As ClickHouse would call it, or nearly so."""
    plain = "UInt8" if term.is_comparison else CLICKHOUSE[term.kind]
    return f"Nullable({plain})" if term.nullable else plain


def rows_of(project: Project) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Events with what their person is now, and persons."""
    persons = [
        {
            "id": str(row.uuid),
            "created_at": moment(row.created_at),
            "properties": row.properties,
        }
        for row in Person.objects.filter(project=project)
    ]
    by_id = {row["id"]: row for row in persons}
    nobody: dict[str, Any] = {}
    events = []
    for row in Event.objects.filter(project=project):
        id_ = str(row.person_uuid) if row.person_uuid else None
        person = by_id.get(id_ or "", nobody)
        events.append(
            {
                "uuid": str(row.uuid),
                "event": row.event,
                "timestamp": moment(row.timestamp),
                "distinct_id": row.distinct_id,
                "person_id": id_,
                "properties": row.properties,
                "elements_chain": row.elements_chain,
                "person_properties": person.get("properties", {}),
                "person_created_at": person.get("created_at"),
            }
        )
    return events, persons


def column(alias: str, field: str, kind: Kind, *, nullable: bool = False) -> Term:
    return Term(f"{name(alias)}.{name(field)}", kind, nullable)


def events_relation(alias: str, rows: Sequence[Mapping[str, Any]]) -> Relation:
    """`person.properties.x` is what the person is now, null where there is none."""
    columns = {
        "uuid": column(alias, "uuid", "UUID"),
        "event": column(alias, "event", "String"),
        "properties": column(alias, "properties", "JSON"),
        "timestamp": column(alias, "timestamp", "DateTime"),
        "distinct_id": column(alias, "distinct_id", "String"),
        "elements_chain": column(alias, "elements_chain", "String"),
        "created_at": column(alias, "timestamp", "DateTime"),
        "person_id": column(alias, "person_id", "UUID", nullable=True),
        "person.id": column(alias, "person_id", "UUID", nullable=True),
        "person.properties": column(alias, "person_properties", "JSON"),
        "person.created_at": column(alias, "person_created_at", "DateTime", nullable=True),
    }
    starred = ("uuid", "event", "properties", "timestamp", "distinct_id", "elements_chain", "created_at")
    kinds = {
        "properties": property_kinds(row["properties"] for row in rows),
        "person.properties": property_kinds(row["person_properties"] for row in rows),
    }
    return Relation(alias, columns, starred, kinds)


def persons_relation(alias: str, rows: Sequence[Mapping[str, Any]]) -> Relation:
    columns = {
        "id": column(alias, "id", "UUID"),
        "created_at": column(alias, "created_at", "DateTime"),
        "properties": column(alias, "properties", "JSON"),
    }
    kinds = {"properties": property_kinds(row["properties"] for row in rows)}
    return Relation(alias, columns, tuple(columns), kinds)


def property_kinds(all_properties: Iterator[Mapping[str, Any]]) -> dict[str, Kind]:
    """A property is a number, or true and false, where all its values are; PostHog learns it from them, too."""
    seen: dict[str, set[str]] = {}
    for properties in all_properties:
        for key, value in properties.items():
            if value is not None:
                kind = (
                    "Bool" if isinstance(value, bool) else "Float" if isinstance(value, int | float) else ""
                )
                seen.setdefault(key, set()).add(kind)
    found: dict[str, Kind] = {}
    for key, kinds in seen.items():
        if kinds == {"Float"}:
            found[key] = "Float"
        elif kinds == {"Bool"}:
            found[key] = "Bool"
    return found


@contextmanager
def connected(
    events: Sequence[Mapping[str, Any]], persons: Sequence[Mapping[str, Any]], zone: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory; its configuration cannot be changed any more."""
    with duckdb.connect(":memory:", config=LOCKED) as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        for table, structure, rows in (("events", EVENTS, events), ("persons", PERSONS, persons)):
            connection.execute(
                f"CREATE TABLE posthog_{table} AS SELECT each.* "  # noqa: S608 - our own names
                f"FROM (SELECT unnest(from_json(?, '{structure}')) AS each)",
                [json.dumps(rows)],
            )
        connection.execute("SET lock_configuration = true")
        yield connection


@contextmanager
def interrupted(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """A query that crosses everything with everything ends."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TooSlow from error
    finally:
        timer.cancel()


def run(connection: duckdb.DuckDBPyConnection, found: hogql.Translated, zone: ZoneInfo) -> list[list[Any]]:
    """Moments travel as microseconds: DuckDB would want another library for them."""
    columns = ", ".join(
        f"epoch_us(c{place})" if term.kind == "DateTime" else f"c{place}"
        for place, term in enumerate(found.terms)
    )
    try:
        rows = connection.execute(f"SELECT {columns} FROM ({found.sql})").fetchall()  # noqa: S608
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        # The first line only: the others show the query as DuckDB has it.
        raise HogQLError(f"DuckDB, which answers here, refuses: {str(error).splitlines()[0]}") from error
    return [[shown(value, term, zone) for value, term in zip(row, found.terms, strict=True)] for row in rows]


def shown(value: Any, term: Term, zone: ZoneInfo) -> Any:
    """As JSON has it."""
    if value is None:
        return None
    if term.kind == "DateTime":
        text = (EPOCH + timedelta(microseconds=value)).astimezone(zone).isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    if isinstance(value, bool):
        return int(value) if term.is_comparison else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date | uuid.UUID):
        return str(value)
    return value
