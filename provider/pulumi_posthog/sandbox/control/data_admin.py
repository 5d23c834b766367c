"""Events, persons and exports on the sandbox's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from pulumi_posthog.sandbox.control.by_hand_admin import ByHand, ModelAdmin
from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.event_store import (
    Event,
    EventDeletion,
    Ingestion,
    Person,
    PersonDistinctId,
)
from pulumi_posthog.sandbox.families.exports import ExportedAsset
from pulumi_posthog.sandbox.rules.projects import living_projects


class DistinctIds(admin.TabularInline):  # type: ignore[type-arg]
    model = PersonDistinctId
    extra = 0
    exclude = ("project",)


@admin.register(Person)
class PersonAdmin(ByHand):
    list_display = ("__str__", "uuid", "project", "created_at")
    search_fields = ("properties", "distinct_id_rows__distinct_id")
    list_filter = ("project",)
    inlines = (DistinctIds,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            row.project = row.person.project
        formset.save()


@admin.register(Event)
class EventAdmin(ByHand):
    list_display = ("timestamp", "event", "distinct_id", "project")
    list_filter = ("event", "project")
    search_fields = ("event", "distinct_id")
    ordering = ("-timestamp",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        for project in living_projects():
            sample_data.arrive(project)
        return super().get_queryset(request)


@admin.register(ExportedAsset)
class ExportedAssetAdmin(ByHand):
    list_display = ("__str__", "dashboard", "insight", "project", "created_at")
    exclude = ("created_by",)


@admin.register(Ingestion)
class IngestionAdmin(ModelAdmin):
    list_display = ("project", "arrived_until")


@admin.register(EventDeletion)
class EventDeletionAdmin(ModelAdmin):
    list_display = ("person_uuid", "project", "created_at", "done_at")
