"""Persons: read, change, delete (10.1)."""

from __future__ import annotations

import builtins
import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families import property_filters, sample_data
from pulumi_posthog.sandbox.families.event_store import Event, EventDeletion, Person, PersonDistinctId
from pulumi_posthog.sandbox.families.released_objects import Cohort
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.csv_renderer import CSVRenderer
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import ActivityLog
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

MOST_AT_ONCE = 1000
"""Ids of one call of `bulk_delete`, as its text says; that of its parameters says 100 (10.1)."""
MOST_ROWS_OF_CSV = 10_000


class PersonInput(serializers.Serializer[Any]):
    """Only `properties` can be written (10.1)."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)
    distinct_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    properties = serializers.JSONField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)


def represented(person: Person) -> dict[str, Any]:
    """10.1. Names that people chose come before those that a library made up."""
    distinct_ids = sorted(
        (row.distinct_id for row in person.distinct_id_rows.all()), key=lambda each: as_uuid(each) is not None
    )
    first = distinct_ids[0] if distinct_ids else str(person.uuid)
    return {
        "id": person.pk,
        "name": person.properties.get("email") or person.properties.get("name") or first,
        "distinct_ids": distinct_ids,
        "properties": person.properties,
        "created_at": moment(person.created_at),
        "uuid": str(person.uuid),
    }


def truth(value: object) -> bool:
    """A yes of a query or of a body."""
    return str(value).lower() in {"true", "1"}


class PersonsOfProject(PostHogView):
    """What all views of persons need."""

    scope_object = "person"
    serializer_class = PersonInput

    def of_project(self) -> QuerySet[Person]:
        return (
            Person.objects.filter(project=self.project)
            .prefetch_related("distinct_id_rows")
            .order_by("-created_at", "-pk")
        )

    def person(self, given: str) -> Person:
        """By number or by uuid (10.1)."""
        id_ = as_uuid(given)
        if given.isascii() and given.isdigit():
            found = self.of_project().filter(pk=int(given)).first() if len(given) < 19 else None
        elif id_ is not None:
            found = self.of_project().filter(uuid=id_).first()
        elif SWITCHES.age >= 2025:
            raise ValidationError(
                "The ID provided does not look like a personID. If you are using a distinctId, "
                f"please use /persons?distinct_id={given} instead."
            )
        else:
            found = None
        if found is None:
            raise NotFound
        return found

    def log(self, person: Person, what: str, changes: Changes) -> None:
        """Only the uuid: the log outlives the person."""
        activity.log(
            scope="Person",
            activity=what,
            item_id=person.pk,
            name=str(person.uuid),
            user=self.caller,
            project=self.project,
            changes=changes,
        )


class PersonView(PersonsOfProject):
    """`/api/{projects,environments}/{id}/persons/`."""

    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [JSONRenderer, CSVRenderer]  # type: ignore[misc]
    mapped_actions: ClassVar[Mapping[str, tuple[int, str]]] = {
        "bulk_delete": (2024, "write"),
        "delete_property": (2024, "write"),
        "update_property": (2024, "write"),
        "split": (2024, "write"),
        "activity": (2024, "activity_log:read"),
        "activity_of_all": (2024, "activity_log:read"),
        "cohorts": (2024, "person:read cohort:read"),
        "values": (2024, "read"),
    }

    def list(self, request: Request, **_kwargs: Any) -> Response:
        asked = request.query_params
        rows = self.of_project()
        if "distinct_id" in asked:
            rows = rows.filter(distinct_id_rows__distinct_id=asked["distinct_id"])
        if "email" in asked:
            rows = rows.filter(properties__email=asked["email"])
        if asked.get("search"):
            text = asked["search"]
            rows = rows.filter(
                Q(properties__email__icontains=text) | Q(distinct_id_rows__distinct_id=text)
            ).distinct()
        found: QuerySet[Person] | list[Person] = rows
        if wanted := property_filters.filters(asked.get("properties"), "person"):
            found = [row for row in rows if all(met(row.properties) for met in wanted)]
        if getattr(request.accepted_renderer, "format", "") == "csv":
            return Response([represented(row) for row in found[:MOST_ROWS_OF_CSV]])
        return self.page_response([represented(row) for row in self.page(found)])

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented(self.person(self.kwargs["id"])))

    def update(self, request: Request, **_kwargs: Any) -> Response:
        """PUT as PATCH: the properties that are named change, none is removed (10.1)."""
        person = self.person(self.kwargs["id"])
        given = request.data.get("properties") if isinstance(request.data, Mapping) else None
        if not isinstance(given, dict):
            raise invalid("properties", "This field is required.", "required")
        self.set_properties(person, given)
        return Response(represented(person))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, **kwargs)

    def set_properties(self, person: Person, given: Mapping[str, Any]) -> None:
        """As `$set` does."""
        person.properties = {**person.properties, **given}
        person.save()
        changes: Changes = [{"type": "Person", "action": "changed", "field": "properties"}]
        self.log(person, "updated", changes)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        person = self.person(self.kwargs["id"])
        self.erase([person], with_events=truth(request.query_params.get("delete_events")))
        return Response(status=204)

    def bulk_delete(self, request: Request, **_kwargs: Any) -> Response:
        """By ids or by distinct ids; those that nobody has are passed over."""
        ids, distinct_ids = self.wanted("ids"), self.wanted("distinct_ids")
        if SWITCHES.age >= 2026 and ids and distinct_ids:
            raise ValidationError("You must provide either distinct_ids or ids, not both")
        if not ids and not distinct_ids:
            raise ValidationError("You need to specify either distinct_ids or ids")
        for name, values in (("distinct_ids", distinct_ids), ("ids", ids)):
            if len(values) > MOST_AT_ONCE:
                raise ValidationError(f"You can only pass {MOST_AT_ONCE} {name} in one call")
        if distinct_ids:
            rows = self.of_project().filter(distinct_id_rows__distinct_id__in=distinct_ids).distinct()
        else:
            numbers = [int(each) for each in ids if each.isascii() and each.isdigit() and len(each) < 19]
            rows = self.of_project().filter(
                Q(pk__in=numbers) | Q(uuid__in=[id_ for each in ids if (id_ := as_uuid(each))])
            )
        found = [*rows]
        with_events = truth(self.given("delete_events"))
        self.erase(found, with_events=with_events)
        if SWITCHES.age < 2026:
            return Response(status=200)
        return Response(
            {
                "persons_found": len(found),
                "persons_deleted": len(found),
                "events_queued_for_deletion": with_events and bool(found),
                "recordings_queued_for_deletion": False,
                "deletion_errors": [],
            },
            status=202,
        )

    def given(self, name: str) -> Any:
        """The reference shows these in the query, the server reads them in the body: both work (10.1)."""
        if isinstance(self.request.data, Mapping) and name in self.request.data:
            return self.request.data[name]
        return self.request.query_params.get(name)

    def wanted(self, name: str) -> builtins.list[str]:
        """A list of ids, in JSON or with commas."""
        value = self.given(name)
        if isinstance(value, str):
            try:
                value = json.loads(value) if value.startswith("[") else value.split(",")
            except ValueError as error:
                raise invalid(name, "Not a list.", "not_a_list") from error
        if value is None:
            return []
        if not isinstance(value, list):
            raise invalid(name, "Not a list.", "not_a_list")
        return [str(each) for each in value]

    def erase(self, persons: Sequence[Person], *, with_events: bool) -> None:
        """They are gone at once; their events wait for the weekly run (10.1)."""
        for person in persons:
            self.log(person, "deleted", [])
        if with_events:
            EventDeletion.objects.bulk_create(
                EventDeletion(project=self.project, person_uuid=person.uuid) for person in persons
            )
        Person.objects.filter(pk__in=[person.pk for person in persons]).delete()

    def required(self, name: str) -> Any:
        """From body or query."""
        value = self.given(name)
        if value is None:
            raise invalid(name, "This field is required.", "required")
        return value

    def delete_property(self, request: Request, **_kwargs: Any) -> Response:
        person, name = self.person(self.kwargs["id"]), str(self.required("$unset"))
        person.properties = {key: value for key, value in person.properties.items() if key != name}
        person.save()
        self.log(person, "delete_property", [{"type": "Person", "action": "changed"}])
        return Response({"success": True}, status=200 if SWITCHES.age == 2024 else 201)

    def update_property(self, request: Request, **_kwargs: Any) -> Response:
        person = self.person(self.kwargs["id"])
        value, key = self.required("value"), str(self.required("key"))
        self.set_properties(person, {key: value})
        return Response(status=200)

    def split(self, request: Request, **_kwargs: Any) -> Response:
        """Each of the other names gets a person of its own, without properties."""
        person = self.person(self.kwargs["id"])
        names = represented(person)["distinct_ids"]
        kept = self.given("main_distinct_id") or (names[0] if names else None)
        for row in person.distinct_id_rows.exclude(distinct_id=kept):
            own = Person.objects.create(
                project=self.project, uuid=uuid.uuid5(person.uuid, row.distinct_id), is_identified=False
            )
            PersonDistinctId.objects.filter(pk=row.pk).update(person=own)
            Event.objects.filter(project=self.project, distinct_id=row.distinct_id).update(
                person_uuid=own.uuid
            )
        self.log(
            person, "split_person", [{"type": "Person", "action": "split", "after": {"distinct_ids": names}}]
        )
        return Response({"success": True}, status=201)

    def activity(self, request: Request, **_kwargs: Any) -> Response:
        rows = ActivityLog.objects.filter(
            team_id=self.project.pk, scope="Person", item_id=self.number_of(self.kwargs["id"])
        )
        return activity.object_feed(request, rows)

    def number_of(self, given: str) -> str:
        """The log knows persons by number, also those that are gone."""
        return given if given.isdigit() else str(self.person(given).pk)

    def activity_of_all(self, request: Request, **_kwargs: Any) -> Response:
        return activity.object_feed(
            request, ActivityLog.objects.filter(team_id=self.project.pk, scope="Person")
        )

    def properties_timeline(self, request: Request, **_kwargs: Any) -> Response:
        """Properties have no history here: one point, with all events of the last days."""
        person = self.person(self.kwargs["id"])
        sample_data.arrive(self.project)
        events = Event.objects.filter(project=self.project, person_uuid=person.uuid).order_by("timestamp")
        first = events.first()
        now = timezone.now()
        return Response(
            {
                "points": [
                    {
                        "timestamp": moment(first.timestamp),
                        "properties": {},
                        "relevant_event_count": events.count(),
                    }
                ]
                if first
                else [],
                "crucial_property_keys": [],
                "effective_date_from": moment(first.timestamp if first else now - timedelta(days=7)),
                "effective_date_to": moment(now),
            }
        )

    def cohorts(self, request: Request, **_kwargs: Any) -> Response:
        """The static ones: nobody is found by conditions here."""
        asked = request.query_params.get("person_id")
        if not asked:
            raise invalid("person_id", "This field is required.", "required")
        person = str(self.person(asked).uuid)
        cohorts = Cohort.objects.filter(project=self.project, deleted=False, is_static=True).order_by("pk")
        return Response(
            {
                "results": [
                    {"id": each.pk, "name": each.name, "count": each.count}
                    for each in cohorts
                    if person in each.persons
                ]
            }
        )

    def values(self, request: Request, **_kwargs: Any) -> Response:
        """The values of one property, the most frequent first."""
        key, text = request.query_params.get("key"), request.query_params.get("value") or ""
        counted = Counter(
            property_filters.as_text(row[key])
            for row in Person.objects.filter(project=self.project).values_list("properties", flat=True)
            if key and row.get(key) is not None
        )
        found = [
            {"name": value, "count": count}
            for value, count in counted.most_common()
            if text.lower() in value.lower()
        ]
        return Response(found)


def run_event_deletions() -> int:
    """What PostHog does once a week: how many events are gone (10.1)."""
    gone = 0
    for row in EventDeletion.objects.filter(done_at=None):
        deleted, _ = Event.objects.filter(project=row.project_id, person_uuid=row.person_uuid).delete()
        gone += deleted
        row.done_at = timezone.now()
        row.save()
    return gone
