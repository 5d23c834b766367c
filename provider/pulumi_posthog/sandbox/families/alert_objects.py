"""What is stored of alerts and variables, which insights and dashboards ask about (posthog-api-analytics.md 4, 10)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.families.chart_objects import Insight
from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.columns import somewhere
from pulumi_posthog.sandbox.rules.models import Project, User


class InsightVariable(models.Model):
    """A value that queries name: `{variables.country}`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="insight_variables")
    name = models.CharField(max_length=400)
    type = models.CharField(max_length=128, default="String")
    default_value = models.JSONField(null=True, blank=True)
    values = models.JSONField(null=True, blank=True)
    code_name = models.CharField(max_length=400)
    is_multi = models.BooleanField(default=False)
    values_query = models.TextField(null=True, blank=True)
    values_query_connection_id = models.CharField(max_length=100, null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Insight variable"

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """What tells people that an insight shows something."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alerts")
    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="alerts")
    name = models.CharField(max_length=255, blank=True, default="")
    subscribed_users = models.JSONField(default=list, blank=True, help_text="numbers of users")
    threshold = models.JSONField(null=True, blank=True)
    condition = models.JSONField(null=True, blank=True)
    config = models.JSONField(null=True, blank=True)
    detector_config = models.JSONField(null=True, blank=True)
    calculation_interval = models.CharField(max_length=20, default="daily")
    enabled = models.BooleanField(default=True)
    skip_weekend = models.BooleanField(null=True, blank=True, default=False)
    schedule_restriction = models.JSONField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    investigation_agent_enabled = models.BooleanField(default=False)
    investigation_gates_notifications = models.BooleanField(default=False)
    investigation_inconclusive_action = models.CharField(max_length=10, default="notify")
    state = models.CharField(
        max_length=12,
        default="Not firing",
        choices=tuple((each, each) for each in ("Firing", "Not firing", "Errored", "Snoozed")),
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Alert"

    def __str__(self) -> str:
        return self.name or "Alert"


def delete_alerts(insight: Insight) -> None:
    """All of an insight, silently."""
    for alert in Alert.objects.filter(insight=insight):
        delete_functions(alert)
        alert.delete()


def delete_functions(alert: Alert) -> None:
    """Deletes the functions that an alert calls; until 2025 they stay and never fire (17)."""
    if generation() < 2026:
        return
    for function in HogFunction.objects.filter(project=alert.project, deleted=False):
        if calls(function.filters, str(alert.pk)):
            function.deleted = True
            function.save()


def calls(filters: Any, id_: str) -> bool:
    """Whether a function is called by that alert (4.5)."""
    found = filters.get("properties") if isinstance(filters, dict) else None
    return any(
        isinstance(each, dict) and each.get("key") == "alert_id" and each.get("value") in (id_, [id_])
        for each in (found if isinstance(found, list) else ())
    )
