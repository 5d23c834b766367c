"""What is stored of experiments, holdouts and saved metrics (posthog-api-release.md 5.3, 5.7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.rules.models import Project, User


class ExperimentHoldout(models.Model):
    """People whom no experiment gets."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="experiment_holdouts")
    name = models.CharField(max_length=400)
    description = models.CharField(max_length=400, null=True, blank=True)
    filters = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Experiment holdout"

    def __str__(self) -> str:
        return self.name


class ExperimentSavedMetric(ProjectObject):
    """A metric that several experiments have."""

    description = models.CharField(max_length=400, null=True, blank=True)
    query = models.JSONField(default=dict)
    tags = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    object_type: ClassVar[str] = "experiment_saved_metric"

    class Meta:
        verbose_name = "Experiment saved metric"


class Experiment(ProjectObject):
    """What the variants of a flag do to metrics."""

    description = models.CharField(max_length=3000, null=True, blank=True, default="")
    experiment_type = models.CharField(max_length=40, null=True, blank=True, default="product")
    feature_flag = models.ForeignKey(FeatureFlag, on_delete=models.CASCADE, related_name="experiments")
    holdout = models.ForeignKey(
        ExperimentHoldout, on_delete=models.SET_NULL, null=True, blank=True, related_name="experiments"
    )
    start_date = models.DateTimeField(null=True, blank=True)
    end_date = models.DateTimeField(null=True, blank=True)
    parameters = models.JSONField(null=True, blank=True, default=dict)
    saved_metrics = models.JSONField(default=list, blank=True, help_text="[{id, saved_metric, metadata}]")
    metrics = models.JSONField(null=True, blank=True, default=list)
    metrics_secondary = models.JSONField(null=True, blank=True, default=list)
    exposure_criteria = models.JSONField(null=True, blank=True)
    stats_config = models.JSONField(null=True, blank=True)
    scheduling_config = models.JSONField(null=True, blank=True)
    running_time_calculation = models.JSONField(null=True, blank=True)
    excluded_variants = models.JSONField(null=True, blank=True, default=list)
    only_count_matured_users = models.BooleanField(null=True, blank=True, default=False)
    conclusion = models.CharField(max_length=30, null=True, blank=True)
    conclusion_comment = models.TextField(null=True, blank=True)
    archived = models.BooleanField(default=False)
    exposure_cohort = models.IntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    object_type: ClassVar[str] = "experiment"

    class Meta:
        verbose_name = "Experiment"

    @property
    def runs(self) -> bool:
        """Launched and not ended."""
        return self.start_date is not None and self.end_date is None

    @property
    def status(self) -> str:
        """The words of 2026 (5.3)."""
        if self.start_date is None:
            return "draft"
        if self.end_date is not None:
            return "stopped"
        return "running" if self.feature_flag.active else "paused"
