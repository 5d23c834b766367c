"""What is stored of a hog function."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.families.plugins import Plugin
from pulumi_posthog.sandbox.rules.models import Project


class HogFunction(models.Model):
    """What the creation of a plugin config makes since 2025 (6.4); not served, only to be seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hog_functions")
    plugin = models.ForeignKey(Plugin, on_delete=models.SET_NULL, null=True)
    name = models.CharField(max_length=400)
    enabled = models.BooleanField(default=False)
    inputs = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Hog function"

    def __str__(self) -> str:
        return self.name
