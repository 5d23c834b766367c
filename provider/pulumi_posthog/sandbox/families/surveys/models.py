"""What is stored of a survey (posthog-api-release.md 7.2)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag


def a_flag(related_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        FeatureFlag, on_delete=models.SET_NULL, null=True, blank=True, related_name=related_name
    )


class Survey(ProjectObject):
    """Questions for those who use the product; its `uuid` is its id."""

    description = models.TextField(blank=True, default="")
    survey_type = models.CharField(max_length=40, default="popover")
    schedule = models.CharField(max_length=40, null=True, blank=True, default="once")
    linked_flag = a_flag("linked_surveys")
    linked_insight_id = models.IntegerField(null=True, blank=True)
    targeting_flag = a_flag("+")
    internal_targeting_flag = a_flag("+")
    internal_response_sampling_flag = a_flag("+")
    questions = models.JSONField(null=True, blank=True)
    conditions = models.JSONField(null=True, blank=True)
    linked_actions = models.JSONField(default=list, blank=True, help_text="ids of actions")
    appearance = models.JSONField(null=True, blank=True)
    start_date = models.DateTimeField(null=True, blank=True)
    end_date = models.DateTimeField(null=True, blank=True)
    archived = models.BooleanField(default=False)
    responses_limit = models.PositiveIntegerField(null=True, blank=True)
    iteration_count = models.PositiveIntegerField(null=True, blank=True)
    iteration_frequency_days = models.PositiveIntegerField(null=True, blank=True)
    iteration_start_dates = models.JSONField(null=True, blank=True)
    current_iteration = models.PositiveIntegerField(null=True, blank=True)
    current_iteration_start_date = models.DateTimeField(null=True, blank=True)
    response_sampling_start_date = models.DateTimeField(null=True, blank=True)
    response_sampling_interval_type = models.CharField(max_length=10, null=True, blank=True)
    response_sampling_interval = models.PositiveIntegerField(null=True, blank=True)
    response_sampling_limit = models.PositiveIntegerField(null=True, blank=True)
    response_sampling_daily_limits = models.JSONField(null=True, blank=True)
    enable_partial_responses = models.BooleanField(null=True, blank=True)
    enable_iframe_embedding = models.BooleanField(null=True, blank=True)
    base_language = models.CharField(max_length=20, null=True, blank=True, default="en")
    translations = models.JSONField(null=True, blank=True)
    form_content = models.JSONField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    object_type: ClassVar[str] = "survey"

    class Meta:
        verbose_name = "Survey"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.uuid = self.uuid or uuid.uuid4()
        super().save(*args, **kwargs)

    @property
    def runs(self) -> bool:
        """Launched, not stopped, not archived."""
        return self.start_date is not None and self.end_date is None and not self.archived
