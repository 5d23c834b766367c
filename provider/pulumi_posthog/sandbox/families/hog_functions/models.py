"""What is stored of a hog function."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from pulumi_posthog.sandbox.rules.models import Project, User

TYPES = {
    "destination": "Destinations",
    "site_destination": "Destinations",
    "internal_destination": "Destinations",
    "source_webhook": "Sources",
    "site_app": "Site apps",
    "transformation": "Transformations",
    "transformation_log": "Transformations",
}
"""Types that can be made, with the folder of their rows in the tree (2.3)."""
INVISIBLE = "warehouse_source_webhook"


class HogFunction(models.Model):
    """A destination, transformation, site app, ... of today (2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hog_functions")
    plugin = models.ForeignKey("Plugin", on_delete=models.SET_NULL, null=True, blank=True)
    type = models.CharField(max_length=24, null=True, blank=True, default="destination")
    name = models.CharField(max_length=400, null=True, blank=True)
    description = models.TextField(blank=True, default="")
    enabled = models.BooleanField(default=False)
    deleted = models.BooleanField(default=False)
    hog = models.TextField(blank=True, default="return event")
    bytecode = models.JSONField(null=True, blank=True, editable=False)
    transpiled = models.TextField(null=True, blank=True, editable=False)
    inputs_schema = models.JSONField(default=list, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    encrypted_inputs = models.JSONField(default=dict, blank=True, editable=False)
    filters = models.JSONField(default=dict, blank=True)
    mappings = models.JSONField(null=True, blank=True)
    masking = models.JSONField(null=True, blank=True)
    icon_url = models.TextField(null=True, blank=True)
    template_id = models.CharField(max_length=400, null=True, blank=True)
    execution_order = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.PositiveSmallIntegerField(
        default=1,
        choices=(
            (1, "healthy"),
            (2, "degraded"),
            (3, "switched off by the watcher"),
            (11, "forced to degrade"),
        ),
        help_text="what the watcher thinks of it while it is enabled",
    )
    is_managed = models.BooleanField(default=False, help_text="an alert owns it: PATCH is 400")
    version = models.PositiveIntegerField(default=1, editable=False)
    draft = models.JSONField(null=True, blank=True, editable=False)
    draft_updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Hog function"

    def __str__(self) -> str:
        return self.name or "Untitled"

    @property
    def is_for_sites(self) -> bool:
        """Whether it is TypeScript that runs in the browser (2.3)."""
        return self.type in {"site_destination", "site_app"}


def living(project: Project) -> QuerySet[HogFunction]:
    """The functions of a project that are not deleted."""
    return HogFunction.objects.filter(project=project, deleted=False)


def last_place(row: HogFunction) -> int:
    """The place after all others of its project and type (2.10)."""
    places = living(row.project).filter(type=row.type).exclude(execution_order=None)
    highest: Any = places.aggregate(models.Max("execution_order"))["execution_order__max"]
    return (highest or 0) + 1


def refresh_filters(project: Project) -> None:
    """Saving a project rewrites functions that leave its test accounts out: `updated_at` moves (2.11)."""
    for row in living(project):
        if row.filters.get("filter_test_accounts"):
            row.save(update_fields=["updated_at"])
