"""Events, persons, evaluations and exports on the sandbox's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from pulumi_posthog.sandbox.admin import ByHand, ModelAdmin
from pulumi_posthog.sandbox.analytics import models, sample_data
from pulumi_posthog.sandbox.views import living_projects


class DistinctIds(admin.TabularInline):  # type: ignore[type-arg]
    model = models.PersonDistinctId
    extra = 0
    exclude = ("project",)


@admin.register(models.Person)
class PersonAdmin(ByHand):
    list_display = ("__str__", "uuid", "project", "created_at")
    search_fields = ("properties", "distinct_id_rows__distinct_id")
    list_filter = ("project",)
    inlines = (DistinctIds,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            row.project = row.person.project
        formset.save()


@admin.register(models.Event)
class EventAdmin(ByHand):
    list_display = ("timestamp", "event", "distinct_id", "project")
    list_filter = ("event", "project")
    search_fields = ("event", "distinct_id")
    ordering = ("-timestamp",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        for project in living_projects():
            sample_data.arrive(project)
        return super().get_queryset(request)


@admin.register(models.Evaluation)
class EvaluationAdmin(ByHand):
    list_display = ("name", "project", "enabled", "deleted")
    exclude = ("created_by",)


@admin.register(models.ExportedAsset)
class ExportedAssetAdmin(ByHand):
    list_display = ("__str__", "dashboard", "insight", "project", "created_at")
    exclude = ("created_by",)


@admin.register(models.Ingestion)
class IngestionAdmin(ModelAdmin):
    list_display = ("project", "arrived_until")


@admin.register(models.EventDeletion)
class EventDeletionAdmin(ModelAdmin):
    list_display = ("person_uuid", "project", "created_at", "done_at")
