"""Metrics of an experiment: what is refused, what the server adds (posthog-api-release.md 5.5)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.actions import Action
from pulumi_posthog.sandbox.families.event_store import Event
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.models import Project

KIND = "ExperimentMetric"
LEGACY_KINDS = ("ExperimentTrendsQuery", "ExperimentFunnelsQuery")
METRIC_TYPES = ("mean", "funnel", "ratio", "retention")


def nodes(document: Any, kind: str) -> Iterator[dict[str, Any]]:
    """The events or actions that a metric is over, however deep."""
    if isinstance(document, list):
        for each in document:
            yield from nodes(each, kind)
    elif isinstance(document, dict):
        if document.get("kind") == kind:
            yield document
        for each in document.values():
            yield from nodes(each, kind)


def checked(attr: str, given: Any, project: Project, *, allows_unknown: bool) -> list[dict[str, Any]] | None:
    """As they are stored. Raises a 400."""
    if given is None:
        return None
    if not isinstance(given, list):
        raise invalid(attr, "Metrics must be a list")
    return [one_checked(attr, each, project, allows_unknown=allows_unknown) for each in given]


def one_checked(attr: str, given: Any, project: Project, *, allows_unknown: bool) -> dict[str, Any]:
    """A metric as it is stored; 400, at `attr`, for one that PostHog refuses."""
    kind = given.get("kind") if isinstance(given, dict) else None
    if not isinstance(given, dict) or kind not in {KIND, *LEGACY_KINDS}:
        raise invalid(attr, f"A metric is of kind {KIND}")
    if kind == KIND and given.get("metric_type") not in METRIC_TYPES:
        raise invalid(attr, f"metric_type is one of {', '.join(METRIC_TYPES)}")
    metric = deepcopy(given)
    if generation() >= 2026:
        if not allows_unknown:
            check_events(metric, project)
        check_actions(metric, project)
        metric["uuid"] = metric.get("uuid") or str(uuid.uuid4())
    return metric


def check_events(metric: dict[str, Any], project: Project) -> None:
    """400 for an event that has never come in."""
    names = {node["event"] for node in nodes(metric, "EventsNode") if isinstance(node.get("event"), str)}
    if not names:
        return
    sample_data.arrive(project)
    known = Event.objects.filter(project=project, event__in=names).values_list("event", flat=True).distinct()
    if missing := sorted(names - set(known)):
        raise ValidationError(f"Event(s) {', '.join(repr(each) for each in missing)} not found.")


def check_actions(metric: dict[str, Any], project: Project) -> None:
    """400 for an action that is not there, or is deleted."""
    ids = {node["id"] for node in nodes(metric, "ActionsNode") if isinstance(node.get("id"), int)}
    known = Action.objects.filter(project=project, deleted=False, pk__in=ids).values_list("pk", flat=True)
    if missing := sorted(ids - set(known)):
        raise ValidationError(
            f"Action(s) with ID {', '.join(str(each) for each in missing)} not found or deleted"
        )


def shown(metrics: Any, project_id: int, noise: Any) -> Any:
    """With the names that actions have now, and a fingerprint over what else decides the result."""
    if not isinstance(metrics, list):
        return metrics
    found = deepcopy(metrics)
    ids = [node["id"] for node in nodes(found, "ActionsNode") if isinstance(node.get("id"), int)]
    rows = Action.objects.filter(project=project_id, pk__in=ids).values_list("pk", "name") if ids else ()
    names = dict(rows)
    for node in nodes(found, "ActionsNode"):
        if node.get("id") in names:
            node["name"] = names[node["id"]]
    for metric in found:
        if isinstance(metric, dict) and metric.get("kind") == KIND:
            text = json.dumps([metric, noise], sort_keys=True, default=str)
            metric["fingerprint"] = hashlib.sha256(text.encode()).hexdigest()
    return found


def ordered_uuids(metrics: Any) -> list[str] | None:
    """`primary_metrics_ordered_uuids` and its neighbour."""
    found = [each["uuid"] for each in metrics or [] if isinstance(each, dict) and each.get("uuid")]
    return found or None


def is_legacy(*lists: Any) -> bool:
    """Whether any is of a kind from before 2025."""
    return any(
        isinstance(each, dict) and each.get("kind") in LEGACY_KINDS
        for metrics in lists
        for each in metrics or []
    )
