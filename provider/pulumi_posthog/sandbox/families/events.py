"""Events: lists of the last day, one event, values of properties (10.5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families import property_filters, sample_data
from pulumi_posthog.sandbox.families.event_store import Event, Person
from pulumi_posthog.sandbox.families.persons import represented as represented_person
from pulumi_posthog.sandbox.rules.csv_renderer import CSVRenderer
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.view import PostHogView

WINDOW = timedelta(days=1)
PAGE = 100


class EventOutput(serializers.Serializer[Any]):
    """10.5."""

    id = serializers.CharField(read_only=True)
    distinct_id = serializers.CharField(read_only=True)
    properties = serializers.JSONField(read_only=True)
    event = serializers.CharField(read_only=True)
    timestamp = serializers.CharField(read_only=True)
    person = serializers.JSONField(read_only=True)
    elements = serializers.JSONField(read_only=True)
    elements_chain = serializers.CharField(read_only=True)


def represented(event: Event, persons: Mapping[Any, Person]) -> dict[str, Any]:
    """10.5."""
    person = persons.get(event.person_uuid)
    return {
        "id": str(event.uuid),
        "distinct_id": event.distinct_id,
        "properties": event.properties,
        "event": event.event,
        "timestamp": moment(event.timestamp),
        "person": None
        if person is None
        else {
            "is_identified": person.is_identified,
            "distinct_ids": represented_person(person)["distinct_ids"],
            "properties": person.properties,
        },
        "elements": [],
        "elements_chain": event.elements_chain,
    }


class EventView(PostHogView):
    """`/api/{projects,environments}/{id}/events/`."""

    scope_object = "query"
    serializer_class = EventOutput
    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [JSONRenderer, CSVRenderer]  # type: ignore[misc]
    mapped_actions: ClassVar[Mapping[str, tuple[int, str]]] = {"values": (2024, "read")}

    @property
    def rate_bucket(self) -> str:
        return "analytics"

    def list(self, request: Request, **_kwargs: Any) -> Response:
        sample_data.arrive(self.project)
        asked = request.query_params
        for name in ("select", "where"):
            if asked.get(name):
                raise invalid(name, f"The sandbox does not know {name} here: ask the query endpoint instead.")
        limit = natural(asked.get("limit"), PAGE) or PAGE
        offset = natural(asked.get("offset"), 0)
        is_ascending = asked.get("orderBy") == json.dumps(["timestamp"])
        rows = self.filtered().order_by("timestamp" if is_ascending else "-timestamp", "uuid")
        wanted = property_filters.filters(asked.get("properties"), "event")
        found = [row for row in rows if all(met(row.properties) for met in wanted)] if wanted else rows
        page = [*found[offset : offset + limit + 1]]
        more = len(page) > limit
        results = self.shown(page[:limit])
        if getattr(request.accepted_renderer, "format", "") == "csv":
            return Response(results)
        return Response({"next": self.next_page(offset + limit) if more else None, "results": results})

    def filtered(self) -> QuerySet[Event]:
        """The last day where nothing else is said (10.5)."""
        asked = self.request.query_params
        now = timezone.now()
        after = point_in_time("after", asked.get("after")) or now - WINDOW
        before = point_in_time("before", asked.get("before")) or now + timedelta(seconds=5)
        rows = Event.objects.filter(project=self.project, timestamp__gt=after, timestamp__lt=before)
        if "event" in asked:
            rows = rows.filter(event=asked["event"])
        if "distinct_id" in asked:
            rows = rows.filter(distinct_id=asked["distinct_id"])
        if "person_id" in asked:
            given, id_ = asked["person_id"], as_uuid(asked["person_id"])
            persons = Person.objects.filter(project=self.project)
            if given.isascii() and given.isdigit() and len(given) < 19:
                person = persons.filter(pk=int(given)).first()
            else:
                person = persons.filter(uuid=id_).first() if id_ else None
            rows = rows.filter(person_uuid=person.uuid) if person else rows.none()
        return rows

    def next_page(self, offset: int) -> str:
        """The URL of the page that begins at `offset`."""
        asked = {**self.request.query_params.dict(), "offset": str(offset)}
        return f"{self.request.build_absolute_uri(self.request.path)}?{urlencode(sorted(asked.items()))}"

    def shown(self, rows: Sequence[Event]) -> Sequence[dict[str, Any]]:
        """Events as an answer has them, each with its person."""
        persons = Person.objects.filter(
            project=self.project, uuid__in={row.person_uuid for row in rows if row.person_uuid}
        ).prefetch_related("distinct_id_rows")
        by_uuid = {person.uuid: person for person in persons}
        return [represented(row, by_uuid) for row in rows]

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        sample_data.arrive(self.project)
        id_ = as_uuid(self.kwargs["id"])
        if id_ is None:
            raise ValidationError("Invalid UUID")
        found = Event.objects.filter(project=self.project, uuid=id_).first()
        if found is None:
            raise NotFound(f"No events exist for event UUID {id_}")
        return Response(self.shown([found])[0])

    def values(self, request: Request, **_kwargs: Any) -> Response:
        """The values of one property, or with `key=custom_event` the names of own events."""
        sample_data.arrive(self.project)
        key, text = request.query_params.get("key"), request.query_params.get("value") or ""
        rows = Event.objects.filter(project=self.project)
        if key == "custom_event":
            names = sorted(set(rows.exclude(event__startswith="$").values_list("event", flat=True)))
            return Response([{"name": name} for name in names])
        counted = Counter(
            property_filters.as_text(row[key])
            for row in rows.values_list("properties", flat=True)
            if key and row.get(key) is not None
        )
        return Response(
            [{"name": value} for value, _ in counted.most_common() if text.lower() in value.lower()]
        )


def natural(text: str | None, default: int) -> int:
    """A number that is not negative, or the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def point_in_time(name: str, text: str | None) -> datetime | None:
    """ISO 8601, or as far back as `-24h`, `-7d`."""
    if not text:
        return None
    units = {"h": "hours", "d": "days", "w": "weeks"}
    if text.startswith("-") and text[1:-1].isdigit() and text[-1] in "hdw":
        return timezone.now() - timedelta(**{units[text[-1]]: min(int(text[1:-1]), 10_000)})
    try:
        found = parse_datetime(text) or parse_datetime(f"{text}T00:00:00")
    except ValueError:
        found = None
    if found is None:
        raise invalid(name, f"The sandbox cannot read {text!r} as a point in time.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
