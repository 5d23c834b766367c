"""Metrics that several experiments have (posthog-api-release.md 5.7)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models.functions import Lower
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.experiments import metrics
from pulumi_posthog.sandbox.families.experiments.models import ExperimentSavedMetric
from pulumi_posthog.sandbox.families.project_objects import TAGS, ObjectFamily, ObjectView
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    UPDATED_AT,
    json,
    read_only,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.models import User


class ExperimentSavedMetrics(ObjectFamily):
    """Saved metrics of a project: without a row in the tree, deleted for good."""

    name = "experiment_saved_metrics"
    model = ExperimentSavedMetric
    scope = "experiment_saved_metric"
    title = "experiment saved metric"
    deletion = "row"
    reads_deleted = False
    order = (Lower("name"), "pk")
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, required=True, max_length=400),
        writable("description", text, nullable=True, allow_blank=True, max_length=400),
        writable("query", json, required=True),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
        TAGS,
    )
    on_page = ("name", "project")
    not_on_page = ("created_by", "type", "short_id", "uuid", "deleted")

    def check(
        self,
        values: dict[str, Any],
        row: ExperimentSavedMetric,
        *,
        user: User | None,
        request: Request | None,
    ) -> dict[str, Any]:
        self.taken_tags(values, row)
        if "query" in values:
            query = values["query"]
            if not isinstance(query, dict) or not query:
                raise invalid("query", "Query is required to create a saved metric")
            values["query"] = metrics.one_checked("query", query, row.project, allows_unknown=True)
        return values

    def is_filed(self, row: Any) -> bool:
        return False

    def filler(self, number: int, parent: Any) -> ExperimentSavedMetric:
        query = {"kind": metrics.KIND, "metric_type": "mean", "source": {"kind": "EventsNode", "event": "x"}}
        return ExperimentSavedMetric(project=parent, name=f"Metric {number:05}", query=query)


class SavedMetricView(ObjectView):
    """`/api/projects/{id}/experiment_saved_metrics/`."""

    family: ClassVar[ExperimentSavedMetrics]


EXPERIMENT_SAVED_METRICS = ExperimentSavedMetrics()
VIEW = view_of(EXPERIMENT_SAVED_METRICS, SavedMetricView)
