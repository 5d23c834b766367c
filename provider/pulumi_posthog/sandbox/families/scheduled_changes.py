"""Changes of flags at a set time (posthog-api-release.md 2.12)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Family, exact, view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    UPDATED_AT,
    choice,
    flag,
    json,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.representation import moment

OPERATIONS = ("update_status", "add_release_condition", "update_variants")
INTERVALS = ("daily", "weekly", "monthly", "yearly")
CRON_FIELDS = 5


class ScheduledChange(models.Model):
    """What happens to a flag at a moment."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scheduled_changes")
    record_id = models.CharField(max_length=200)
    model_name = models.CharField(max_length=100, default="FeatureFlag")
    payload = models.JSONField(default=dict)
    scheduled_at = models.DateTimeField()
    is_recurring = models.BooleanField(default=False)
    recurrence_interval = models.CharField(max_length=10, null=True, blank=True)
    cron_expression = models.CharField(max_length=100, null=True, blank=True)
    end_date = models.DateTimeField(null=True, blank=True)
    executed_at = models.DateTimeField(null=True, blank=True)
    last_executed_at = models.DateTimeField(null=True, blank=True)
    failure_reason = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Scheduled change"

    def __str__(self) -> str:
        return f"{self.payload.get('operation')} of {self.record_id}"


class ScheduledChanges(Family):
    """Scheduled changes of a project; nothing carries them out but `/_sandbox/scheduled_changes`."""

    name = "scheduled_changes"
    model = ScheduledChange
    scope = "feature_flag"
    title = "scheduled change"
    filters: ClassVar = {"model_name": exact, "record_id": exact}
    fields = (
        read_only("id", lambda row: row.pk),
        read_only("team_id", lambda row: row.project_id),
        writable("record_id", text, required=True, taken_on="create"),
        writable("model_name", choice, choices=("FeatureFlag",), required=True, taken_on="create"),
        writable("payload", json, required=True),
        writable("scheduled_at", timestamp, required=True, show=lambda row: moment(row.scheduled_at)),
        writable("is_recurring", flag),
        writable("recurrence_interval", choice, choices=INTERVALS, nullable=True),
        writable("cron_expression", text, nullable=True, ages=(2026, 2026)),
        writable("end_date", timestamp, nullable=True, show=lambda row: moment(row.end_date)),
        read_only("executed_at", lambda row: moment(row.executed_at)),
        read_only("last_executed_at", lambda row: moment(row.last_executed_at)),
        read_only("failure_reason"),
        read_only("timezone", lambda row: row.project.setting("timezone") or "UTC"),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
    )
    related = ("created_by", "project")
    on_page = ("__str__", "project", "scheduled_at", "executed_at", "failure_reason")

    def check(
        self, values: dict[str, Any], row: ScheduledChange, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        if not row._state.adding and row.executed_at is not None:
            raise ValidationError("Cannot modify a scheduled change that has already executed.")
        if row._state.adding:
            id_ = values["record_id"]
            flags = FeatureFlag.objects.filter(project=row.project, deleted=False)
            if not id_.isdigit() or not flags.filter(pk=int(id_)).exists():
                raise ValidationError("Feature flag not found")
        payload = values.get("payload", row.payload)
        operation = payload.get("operation") if isinstance(payload, dict) else None
        if operation not in OPERATIONS or "value" not in payload:
            raise invalid("payload", f"An operation is one of {', '.join(OPERATIONS)}, with a value.")
        if values.get("is_recurring", row.is_recurring):
            if operation == "add_release_condition":
                raise ValidationError("A recurring change cannot add release conditions.")
            cron = values.get("cron_expression", row.cron_expression)
            if not (cron or values.get("recurrence_interval", row.recurrence_interval)):
                raise ValidationError("A recurring change has an interval or a cron expression.")
            if cron and len(cron.split()) != CRON_FIELDS:
                raise invalid("cron_expression", f"A cron expression has {CRON_FIELDS} fields.")
        end, start = values.get("end_date", row.end_date), values.get("scheduled_at", row.scheduled_at)
        if end is not None and end <= start:
            raise invalid("end_date", "The end is after the beginning.")
        return values

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`new-checkout: {payload: ..., scheduled_at: ...}`: the name is the key of a flag."""
        found = FeatureFlag.objects.filter(project=parent, name=name, deleted=False).first()
        return {"record_id": str(found.pk if found else name), "model_name": "FeatureFlag", **given}

    def filler(self, number: int, parent: Any) -> ScheduledChange:
        payload = {"operation": "update_status", "value": False}
        return ScheduledChange(
            project=parent, record_id=str(number), payload=payload, scheduled_at=timezone.now()
        )


def changed_filters(filters: dict[str, Any], operation: str, value: Any) -> dict[str, Any]:
    """What a change makes of them."""
    if operation == "add_release_condition":
        return {**filters, "groups": [*filters.get("groups", []), *value.get("groups", [])]}
    return {
        **filters,
        "multivariate": {"variants": value.get("variants", [])},
        "payloads": value.get("payloads", filters.get("payloads") or {}),
    }


def carry_out(row: ScheduledChange) -> None:
    """Now, whenever it was meant for; what goes wrong is kept as its reason."""
    row.last_executed_at = timezone.now()
    if not row.is_recurring:
        row.executed_at = row.last_executed_at
    operation, value = row.payload["operation"], row.payload["value"]
    found = FeatureFlag.objects.filter(project=row.project, deleted=False, pk=int(row.record_id)).first()
    try:
        if found is None:
            raise ValidationError("Feature flag not found")
        sent = (
            {"active": bool(value)}
            if operation == "update_status"
            else {"filters": changed_filters(found.filters, operation, value)}
        )
        FEATURE_FLAGS.change(found, sent, row.created_by)
    except ValidationError as error:
        row.failure_reason = str(error.detail)
    row.save()


SCHEDULED_CHANGES = ScheduledChanges()
VIEW = view_of(SCHEDULED_CHANGES)
