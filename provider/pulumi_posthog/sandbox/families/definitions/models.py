"""What is stored of names of events and properties, and how ingestion makes them (posthog-api-analytics.md 7, 8)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.families.event_store import Event
from pulumi_posthog.sandbox.rules.models import Project, User

EVENT, PERSON, GROUP, SESSION = "event", "person", "group", "session"
PROPERTY_TYPES = ("DateTime", "String", "Numeric", "Boolean", "Duration")


class Definition(models.Model):
    """A name, and what people say about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(max_length=400)
    description = models.TextField(null=True, blank=True, default="")
    tags = models.JSONField(default=list, blank=True)
    verified = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    hidden = models.BooleanField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class EventDefinition(Definition):
    """The name of an event."""

    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    default_columns = models.JSONField(default=list, blank=True)
    enforcement_mode = models.CharField(max_length=10, default="allow")
    primary_property = models.CharField(max_length=400, null=True, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Event definition"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("project", "name"), name="one_definition_per_event")
        ]


class PropertyDefinition(Definition):
    """The name of a property of events, persons, groups or sessions."""

    type = models.CharField(
        max_length=10, default=EVENT, choices=[(each, each) for each in (EVENT, PERSON, GROUP, SESSION)]
    )
    group_type_index = models.PositiveSmallIntegerField(null=True, blank=True)
    property_type = models.CharField(
        max_length=10, null=True, blank=True, choices=[(each, each) for each in PROPERTY_TYPES]
    )
    is_numerical = models.BooleanField(default=False)

    class Meta:
        verbose_name = "Property definition"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("project", "type", "group_type_index", "name"), name="one_definition_per_property"
            )
        ]


def type_of(value: Any) -> str | None:
    """What ingestion takes a value for."""
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int | float):
        return "Numeric"
    return "String" if isinstance(value, str) else None


def ingested(project: Project, events: Iterable[Event]) -> None:
    """Rows for names that were not seen before, and when they were seen last."""
    seen: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for event in events:
        seen[event.event] = max(event.timestamp, seen.get(event.event, event.timestamp))
        properties |= event.properties
    for name, last in seen.items():
        row, is_new = EventDefinition.objects.get_or_create(
            project=project, name=name, defaults={"created_at": timezone.now(), "last_seen_at": last}
        )
        if not is_new and (row.last_seen_at is None or row.last_seen_at < last):
            row.created_at, row.last_seen_at = row.created_at or timezone.now(), last
            row.save()
    ingested_properties(project, EVENT, properties)


def ingested_properties(project: Project, type_: str, properties: Mapping[str, Any]) -> None:
    """A type is set where nobody has."""
    known = {each.name: each for each in PropertyDefinition.objects.filter(project=project, type=type_)}
    for name, value in properties.items():
        found, row = type_of(value), known.get(name)
        if row is None:
            PropertyDefinition.objects.create(
                project=project,
                type=type_,
                name=name[:400],
                property_type=found,
                is_numerical=found == "Numeric",
            )
        elif row.property_type is None and found is not None:
            row.property_type, row.is_numerical = found, found == "Numeric"
            row.save()
