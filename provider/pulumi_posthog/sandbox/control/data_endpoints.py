"""`/_sandbox/events`, `/_sandbox/persons`, `/_sandbox/event_deletions`: what a test does to the data."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.definitions.models import ingested
from pulumi_posthog.sandbox.families.event_store import (
    Event,
    EventDeletion,
    Ingestion,
    Person,
    PersonDistinctId,
)
from pulumi_posthog.sandbox.families.persons import run_event_deletions
from pulumi_posthog.sandbox.options import SandboxError
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.writing import writing


def chosen(body: dict[str, Any]) -> Project:
    """`project` of the body, or the first there is."""
    projects = living_projects().order_by("pk")
    found = projects.filter(pk=body["project"]).first() if "project" in body else projects.first()
    if found is None:
        raise SandboxError(f"there is no project {body.get('project', '')}".rstrip())
    return found


def check_names(body: dict[str, Any], what: str, *known: str) -> None:
    """Raises SandboxError for a key of `body` that is not known."""
    if unknown := body.keys() - set(known):
        raise SandboxError(f"{what} has {', '.join(known)}, not {', '.join(sorted(unknown))}")


def seconds(value: Any, name: str) -> timedelta:
    """A number of seconds from a request; raises SandboxError for what is none, or is negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10**9:
        raise SandboxError(f"{name} is a number of seconds that is not negative, not {value!r}")
    return timedelta(seconds=value)


def entries(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects under `name`, empty where there is none; raises SandboxError for anything else."""
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SandboxError(f"{name} is a list of objects")
    return found


def events(_body: dict[str, Any]) -> Any:
    """How many there are in which project, and where more arrive."""
    arriving = set(Ingestion.objects.values_list("project_id", flat=True))
    found = {}
    for project in living_projects().order_by("pk"):
        sample_data.arrive(project)
        found[str(project.pk)] = {
            "events": Event.objects.filter(project=project).count(),
            "persons": Person.objects.filter(project=project).count(),
            "arrive": project.pk in arriving,
        }
    return {"projects": found}


def make_events(body: dict[str, Any]) -> Any:
    """`{"project": id, "arrive": bool, "events": [{"event", "distinct_id", "properties", "seconds_ago"}]}`."""
    check_names(body, "the body", "project", "arrive", "events")
    project = chosen(body)
    arrive = body.get("arrive")
    if arrive not in {None, True, False}:
        raise SandboxError("arrive is true or false")
    with writing():
        if arrive is False:
            sample_data.stop(project)
        elif arrive:
            sample_data.resume(project)
        made = Event.objects.bulk_create(new_event(project, each) for each in entries(body, "events"))
        ingested(project, made)
    return events({})


def new_event(project: Project, given: dict[str, Any]) -> Event:
    """An event as a request gives it, not saved yet; raises SandboxError for what is no event."""
    check_names(given, "an event", "event", "distinct_id", "properties", "seconds_ago")
    if not isinstance(given.get("event"), str) or not given["event"]:
        raise SandboxError("an event has the name of its kind under event")
    properties = given.get("properties", {})
    if not isinstance(properties, dict):
        raise SandboxError("properties is an object")
    distinct_id = str(given.get("distinct_id", "nobody"))
    row = (
        PersonDistinctId.objects.select_related("person")
        .filter(project=project, distinct_id=distinct_id)
        .first()
    )
    return Event(
        project=project,
        event=given["event"],
        distinct_id=distinct_id,
        person_uuid=row.person.uuid if row else None,
        properties=properties,
        timestamp=timezone.now() - seconds(given.get("seconds_ago", 0), "seconds_ago"),
    )


def forget_events(body: dict[str, Any]) -> Any:
    """`{"project": id, "event": name, "newer_than_seconds": n}`: they never happened; an empty body means all."""
    check_names(body, "the body", "project", "event", "newer_than_seconds")
    project = chosen(body)
    with writing():
        sample_data.arrive(project)
        rows = Event.objects.filter(project=project)
        if "event" in body:
            rows = rows.filter(event=body["event"])
        if "newer_than_seconds" in body:
            age = seconds(body["newer_than_seconds"], "newer_than_seconds")
            rows = rows.filter(timestamp__gt=timezone.now() - age)
        deleted, _ = rows.delete()
    return {"deleted": deleted}


def make_persons(body: dict[str, Any]) -> Any:
    """`{"project": id, "persons": [{"distinct_ids": [...], "properties": {...}, "uuid": "..."}]}` -> ids."""
    check_names(body, "the body", "project", "persons")
    project = chosen(body)
    made = []
    with writing():
        for each in entries(body, "persons"):
            check_names(each, "a person", "distinct_ids", "properties", "uuid")
            distinct_ids, properties = each.get("distinct_ids", []), each.get("properties", {})
            if not isinstance(distinct_ids, list) or not distinct_ids or not isinstance(properties, dict):
                raise SandboxError("a person has a list of distinct_ids and an object of properties")
            try:
                given = uuid.UUID(each["uuid"]) if "uuid" in each else None
                made.append(
                    sample_data.make_person(
                        project, [str(name) for name in distinct_ids], properties, person_uuid=given
                    )
                )
            except IntegrityError as error:
                raise SandboxError("the uuid or one of the distinct_ids is another person's") from error
    return {"persons": [{"id": row.pk, "uuid": str(row.uuid)} for row in made]}


def event_deletions(_body: dict[str, Any]) -> Any:
    """The queue, done or not, by the uuids of those who are gone."""
    return {
        "event_deletions": [
            {
                "project": row.project_id,
                "person": str(row.person_uuid),
                "events": Event.objects.filter(
                    project_id=row.project_id, person_uuid=row.person_uuid
                ).count(),
                "done": row.done_at is not None,
            }
            for row in EventDeletion.objects.order_by("pk")
        ]
    }


def finish_event_deletions(_body: dict[str, Any]) -> Any:
    """The weekly run, now."""
    with writing():
        return {"events_deleted": run_event_deletions()}
