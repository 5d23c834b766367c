"""What is stored of dashboards, insights and their tiles, which name each other (posthog-api-analytics.md)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.columns import short_id, somewhere
from pulumi_posthog.sandbox.rules.models import User

EVERYBODY, COLLABORATORS = 21, 37


class Dashboard(ProjectObject):
    """A page of tiles."""

    description = models.TextField(blank=True, default="")
    pinned = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    variables = models.JSONField(default=dict, blank=True)
    breakdown_colors = models.JSONField(null=True, blank=True)
    data_color_theme_id = models.IntegerField(null=True, blank=True)
    quick_filter_ids = models.JSONField(default=list, blank=True)
    restriction_level = models.PositiveSmallIntegerField(
        default=EVERYBODY,
        choices=((EVERYBODY, "all may edit"), (COLLABORATORS, "only collaborators")),
    )
    grid_spacing = models.CharField(max_length=20, null=True, blank=True)
    layout_compaction = models.CharField(max_length=20, null=True, blank=True)
    creation_mode = models.CharField(
        max_length=16,
        default="default",
        choices=tuple((each, each) for each in ("default", "template", "duplicate", "unlisted")),
    )
    last_accessed_at = models.DateTimeField(null=True, blank=True)

    object_type: ClassVar[str] = "dashboard"

    class Meta:
        verbose_name = "Dashboard"


class Insight(ProjectObject):
    """A question about the data, and how its answer is shown."""

    derived_name = models.CharField(max_length=400, null=True, blank=True)
    description = models.CharField(max_length=400, null=True, blank=True)
    query = models.JSONField(null=True, blank=True)
    filters = models.JSONField(default=dict, blank=True, help_text="of before there were queries")
    tags = models.JSONField(default=list, blank=True)
    saved = models.BooleanField(default=True)
    favorited = models.BooleanField(default=False)
    order = models.IntegerField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    last_modified_at = models.DateTimeField(default=timezone.now)
    last_modified_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_viewed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    heap_position = models.FloatField(default=somewhere, editable=False)

    object_type: ClassVar[str] = "insight"

    class Meta:
        verbose_name = "Insight"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.short_id = self.short_id or short_id()
        super().save(*args, **kwargs)

    @property
    def title(self) -> str:
        return self.name or self.derived_name or "Untitled"


class DashboardText(models.Model):
    """What a text tile says."""

    body = models.TextField(blank=True, default="")
    last_modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Text of a dashboard"
        verbose_name_plural = "Texts of dashboards"

    def __str__(self) -> str:
        return self.body[:50]


class DashboardTile(models.Model):
    """A place of a dashboard: an insight, a text, a button or a widget."""

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="tiles")
    insight = models.ForeignKey(
        Insight, on_delete=models.CASCADE, null=True, blank=True, related_name="tiles"
    )
    text = models.ForeignKey(
        DashboardText, on_delete=models.CASCADE, null=True, blank=True, related_name="tiles"
    )
    button_tile = models.JSONField(null=True, blank=True)
    widget = models.JSONField(null=True, blank=True)
    layouts = models.JSONField(default=dict, blank=True)
    color = models.CharField(max_length=400, null=True, blank=True)
    show_description = models.BooleanField(null=True, blank=True)
    transparent_background = models.BooleanField(null=True, blank=True)
    filters_overrides = models.JSONField(null=True, blank=True)
    deleted = models.BooleanField(default=False)

    class Meta:
        verbose_name = "Dashboard tile"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("dashboard", "insight"), name="one_tile_per_insight")
        ]

    def __str__(self) -> str:
        return f"{self.insight or self.text or 'tile'} on {self.dashboard}"
