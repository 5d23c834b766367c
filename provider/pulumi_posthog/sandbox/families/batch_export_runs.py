"""What batch exports did, and what they are told to do again (posthog-api-cdp.md 4.1)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.batch_export_models import BatchExport
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.representation import moment

RUNNING, COMPLETED, CANCELLED = "Running", "Completed", "Cancelled"
LATEST = 10
LISTED = timedelta(days=7)
MOST_BACKFILLS = 3
"""So many at once of one export; which number PostHog has is not told."""


class BatchExportBackfill(models.Model):
    """A stretch of time that is exported once more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch_export = models.ForeignKey(BatchExport, on_delete=models.CASCADE, related_name="backfills")
    start_at = models.DateTimeField(null=True, blank=True)
    end_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=30, default=RUNNING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Backfill of a batch export"
        verbose_name_plural = "Backfills of batch exports"

    def __str__(self) -> str:
        return f"{self.batch_export} from {self.start_at} to {self.end_at}"


class BatchExportRun(models.Model):
    """One copy of one stretch of time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch_export = models.ForeignKey(BatchExport, on_delete=models.CASCADE, related_name="runs")
    backfill = models.ForeignKey(
        BatchExportBackfill, on_delete=models.CASCADE, null=True, blank=True, related_name="runs"
    )
    data_interval_start = models.DateTimeField(null=True, blank=True)
    data_interval_end = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=30, default=RUNNING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Run of a batch export"
        verbose_name_plural = "Runs of batch exports"

    def __str__(self) -> str:
        return f"{self.batch_export} {self.status}"


class TooManyBackfills(APIException):
    """Later 2026: 429, and not by a rate limit."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_many_concurrent_backfills"
    default_detail = "Too many backfills of this batch export are running."


class RunPages(CursorPagination):
    """100 to a page."""

    page_size = 100
    ordering = "-created_at"


class BackfillPages(RunPages):
    """50 to a page."""

    page_size = 50


class BackfillInput(serializers.Serializer[Any]):
    """Which stretch of time."""

    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()


def shown_run(row: BatchExportRun) -> dict[str, Any]:
    """A run as an answer has it."""
    return {
        "id": str(row.pk),
        "status": row.status,
        "batch_export": str(row.batch_export_id),
        "backfill": str(row.backfill_id) if row.backfill_id else None,
        "data_interval_start": moment(row.data_interval_start),
        "data_interval_end": moment(row.data_interval_end),
        "created_at": moment(row.created_at),
    }


def shown_backfill(row: BatchExportBackfill) -> dict[str, Any]:
    """A backfill as an answer has it."""
    return {
        "id": str(row.pk),
        "status": row.status,
        "batch_export": str(row.batch_export_id),
        "start_at": moment(row.start_at),
        "end_at": moment(row.end_at),
        "created_at": moment(row.created_at),
    }


def latest(export: BatchExport) -> list[dict[str, Any]]:
    """`latest_runs`."""
    every: Any = export
    return [shown_run(row) for row in every.runs.order_by("-created_at")[:LATEST]]


def listed_runs(export: BatchExport, request: Request) -> QuerySet[BatchExportRun]:
    """The runs of the last seven days, unless a time is asked for."""
    rows = BatchExportRun.objects.filter(batch_export=export)
    after, before = moment_in(request, "after"), moment_in(request, "before")
    if before is not None:
        rows = rows.filter(created_at__lte=before)
    if after is None and before is None:
        after = timezone.now() - LISTED
    return rows if after is None else rows.filter(created_at__gte=after)


def moment_in(request: Request, name: str) -> datetime | None:
    """Of a parameter. Raises a 400."""
    given = request.query_params.get(name, "")
    if not given:
        return None
    try:
        found: datetime = serializers.DateTimeField().to_internal_value(given)
    except ValidationError as error:
        raise invalid(name, "Enter a valid date/time.") from error
    return found


def one(rows: QuerySet[Any], given: str) -> Any:
    """404 for what is unknown."""
    id_ = as_uuid(given)
    found = rows.filter(pk=id_).first() if id_ is not None else None
    if found is None:
        raise NotFound
    return found


def begin(export: BatchExport, start: datetime | None, end: datetime | None) -> BatchExportBackfill:
    """A backfill and its run, which lasts until somebody ends it. Raises a 400 or a 429."""
    if start is not None and end is not None and start >= end:
        raise ValidationError("The initial backfill datetime must happen before the end datetime")
    at_once = BatchExportBackfill.objects.filter(batch_export=export, status=RUNNING).count()
    if generation() >= LATER_2026 and at_once >= MOST_BACKFILLS:
        raise TooManyBackfills
    made = BatchExportBackfill.objects.create(batch_export=export, start_at=start, end_at=end)
    BatchExportRun.objects.create(
        batch_export=export, backfill=made, data_interval_start=start, data_interval_end=end
    )
    return made


def cancel_run(row: BatchExportRun) -> None:
    """Raises a 400 for one that does not run."""
    if row.status != RUNNING:
        raise ValidationError(f"Cannot cancel a run that is in '{row.status}' status")
    row.status = CANCELLED
    row.save()


def cancel_backfill(row: BatchExportBackfill) -> None:
    """With its runs. Raises a 400 for one that does not run."""
    if row.status != RUNNING:
        raise ValidationError(f"Cannot cancel a backfill that is in '{row.status}' status")
    row.status = CANCELLED
    row.save()
    BatchExportRun.objects.filter(backfill=row, status=RUNNING).update(status=CANCELLED)


def cancel_all(export: BatchExport) -> None:
    """What a deletion does (4.6)."""
    for model in (BatchExportBackfill, BatchExportRun):
        model._default_manager.filter(batch_export=export, status=RUNNING).update(status=CANCELLED)


def finish_all() -> int:
    """Whatever runs is complete."""
    BatchExportBackfill.objects.filter(status=RUNNING).update(status=COMPLETED)
    return BatchExportRun.objects.filter(status=RUNNING).update(status=COMPLETED)
