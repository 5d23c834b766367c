"""What is stored of a batch export (posthog-api-cdp.md 4.3)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.timezone import now

from pulumi_posthog.sandbox.families.integrations import Integration
from pulumi_posthog.sandbox.rules.models import Project


class BatchExport(models.Model):
    """A schedule and where it copies to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batch_exports")
    name = models.CharField(max_length=400)
    type = models.CharField(max_length=64, verbose_name="type of the destination")
    config = models.JSONField(default=dict, blank=True)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, null=True, blank=True)
    interval = models.CharField(max_length=64, default="hour")
    model = models.CharField(max_length=64, null=True, blank=True, default="events")
    paused = models.BooleanField(default=False)
    filters = models.JSONField(null=True, blank=True)
    hogql_query = models.TextField(null=True, blank=True)
    start_at = models.DateTimeField(null=True, blank=True)
    end_at = models.DateTimeField(null=True, blank=True)
    last_paused_at = models.DateTimeField(null=True, blank=True)
    timezone = models.CharField(max_length=240, default="UTC")
    offset_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    offset_day = models.PositiveSmallIntegerField(null=True, blank=True)
    deleted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)
    last_updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Batch export"

    def __str__(self) -> str:
        return self.name
