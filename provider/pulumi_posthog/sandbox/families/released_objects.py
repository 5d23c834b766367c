"""What is stored of flags and cohorts, which name each other (posthog-api-release.md)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.models import User


def one_group() -> dict[str, Any]:
    """What a flag without `filters` gets: on for everybody (2.3)."""
    return {"groups": [{"properties": [], "rollout_percentage": None}]}


class FeatureFlag(ProjectObject):
    """A flag: the object's name is its key, `description` what the API calls `name`."""

    description = models.TextField(blank=True, default="")
    filters = models.JSONField(default=one_group)
    active = models.BooleanField(default=True)
    archived = models.BooleanField(default=False)
    ensure_experience_continuity = models.BooleanField(null=True, blank=True, default=False)
    tags = models.JSONField(default=list, blank=True)
    evaluation_tags = models.JSONField(default=list, blank=True)
    evaluation_runtime = models.CharField(max_length=10, null=True, blank=True, default="all")
    bucketing_identifier = models.CharField(max_length=20, null=True, blank=True, default="distinct_id")
    is_remote_configuration = models.BooleanField(null=True, blank=True, default=False)
    has_encrypted_payloads = models.BooleanField(null=True, blank=True, default=False)
    analytics_dashboards = models.JSONField(default=list, blank=True)
    usage_dashboard = models.IntegerField(null=True, blank=True)
    has_enriched_analytics = models.BooleanField(null=True, blank=True, default=False)
    performed_rollback = models.BooleanField(null=True, blank=True, default=False)
    rollback_conditions = models.JSONField(null=True, blank=True)
    creation_context = models.CharField(max_length=30, blank=True, default="feature_flags")
    owner = models.CharField(
        max_length=20, blank=True, default="", help_text="`survey`, `product_tour`: never listed"
    )
    version = models.IntegerField(default=1)
    last_modified_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_called_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    object_type: ClassVar[str] = "feature_flag"

    class Meta:
        verbose_name = "Feature flag"


class Cohort(ProjectObject):
    """A cohort: by which conditions its persons are found, or, where it is static, who they are."""

    description = models.CharField(max_length=1000, blank=True, default="")
    is_static = models.BooleanField(default=False)
    filters = models.JSONField(null=True, blank=True)
    query = models.JSONField(null=True, blank=True)
    groups = models.JSONField(default=list, blank=True)
    cohort_type = models.CharField(max_length=20, null=True, blank=True)
    persons = models.JSONField(default=list, blank=True, help_text="UUIDs of the members of a static cohort")
    count = models.IntegerField(null=True, blank=True)
    version = models.IntegerField(null=True, blank=True)
    pending_version = models.IntegerField(null=True, blank=True)
    last_calculation = models.DateTimeField(null=True, blank=True)
    reads_until_calculated = models.IntegerField(
        default=0, help_text="So many reads still say that it is calculating"
    )
    calculations = models.JSONField(default=list, blank=True)

    object_type: ClassVar[str] = "cohort"

    class Meta:
        verbose_name = "Cohort"


class EarlyAccessFeature(ProjectObject):
    """Something unfinished that people can ask for; its `uuid` is its id."""

    description = models.TextField(blank=True, default="")
    stage = models.CharField(max_length=40, default="draft")
    documentation_url = models.CharField(max_length=800, blank=True, default="")
    payload = models.JSONField(null=True, blank=True)
    assignee = models.JSONField(null=True, blank=True)
    feature_flag = models.ForeignKey(
        FeatureFlag, on_delete=models.SET_NULL, null=True, blank=True, related_name="features"
    )

    object_type: ClassVar[str] = "early_access_feature"

    class Meta:
        verbose_name = "Early access feature"
