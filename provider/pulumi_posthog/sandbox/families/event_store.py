"""Events, persons, evaluations and exports of a project (10)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

EMAIL = "email"


class Person(models.Model):
    """Somebody whose events a project has (10.1)."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("sandbox.Project", on_delete=models.CASCADE, related_name="persons")
    properties = models.JSONField(default=dict, blank=True)
    is_identified = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "Person"

    def __str__(self) -> str:
        return str(self.properties.get(EMAIL) or self.uuid)


class PersonDistinctId(models.Model):
    """A name that events may give a person; one person can have several of them."""

    project = models.ForeignKey("sandbox.Project", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="distinct_id_rows")
    distinct_id = models.CharField(max_length=400)

    class Meta:
        verbose_name = "Distinct id of a person"
        verbose_name_plural = "Distinct ids of persons"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("project", "distinct_id"), name="one_person_per_distinct_id")
        ]

    def __str__(self) -> str:
        return self.distinct_id


class Event(models.Model):
    """Something that a person did. It outlives the person unless its deletion is asked for (10.1)."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        "sandbox.Project", on_delete=models.CASCADE, related_name="events", db_index=False
    )
    event = models.CharField(max_length=400)
    distinct_id = models.CharField(max_length=400)
    person_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    properties = models.JSONField(default=dict, blank=True)
    elements_chain = models.TextField(blank=True, default="")
    timestamp = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "Event"
        indexes: ClassVar = [models.Index(fields=("project", "timestamp"), name="event_timestamp")]

    def __str__(self) -> str:
        return f"{self.event} of {self.distinct_id}"


class Ingestion(models.Model):
    """A project in which sample events arrive: until when they have (`sample_data`)."""

    project = models.OneToOneField(
        "sandbox.Project", on_delete=models.CASCADE, primary_key=True, related_name="ingestion"
    )
    arrived_until = models.DateTimeField()

    class Meta:
        verbose_name = "Ingestion of sample events"
        verbose_name_plural = "Ingestion of sample events"

    def __str__(self) -> str:
        return f"until {self.arrived_until}"


class EventDeletion(models.Model):
    """Events of a deleted person that wait for the weekly run (10.1 `delete_events`)."""

    project = models.ForeignKey("sandbox.Project", on_delete=models.CASCADE, related_name="+")
    person_uuid = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Queued deletion of events"
        verbose_name_plural = "Queued deletions of events"

    def __str__(self) -> str:
        return f"events of {self.person_uuid}"
