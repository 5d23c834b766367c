"""Holdouts, which keep people out of experiments, and rewrite their flags (posthog-api-release.md 5.7)."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.experiments.models import Experiment, ExperimentHoldout
from pulumi_posthog.sandbox.families.feature_flags import owned
from pulumi_posthog.sandbox.families.ruled import RuledView
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Family, view_of
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


class ExperimentHoldouts(Family):
    """Holdouts of a project."""

    name = "experiment_holdouts"
    model = ExperimentHoldout
    scope = "experiment_holdout"
    resource = "experiment_holdout"
    title = "experiment holdout"
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, required=True, max_length=400),
        writable("description", text, nullable=True, allow_blank=True, max_length=400),
        writable("filters", json),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
    )
    on_page = ("name", "project")

    def check(
        self, values: dict[str, Any], row: ExperimentHoldout, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        if row._state.adding and not values.get("filters"):
            raise ValidationError("Filters are required to create an holdout group")
        if "filters" in values:
            check_filters(values["filters"])
        return values

    def after(self, row: ExperimentHoldout, before: Any | None, user: User | None) -> None:
        """Each group has a variant of the holdout's name, and each linked flag what the holdout says now."""
        named = [{**each, "variant": f"holdout-{row.pk}"} for each in row.filters]
        if named != row.filters:
            row.filters = named
            row.save()
        for each in linked(row):
            write(each, row, user)

    def delete(self, row: Any, user: User | None, *, for_good: bool = False) -> None:
        for each in linked(row):
            write(each, None, user)
        super().delete(row, user, for_good=for_good)

    def filler(self, number: int, parent: Any) -> ExperimentHoldout:
        group = {"properties": [], "rollout_percentage": 5}
        return ExperimentHoldout(project=parent, name=f"Holdout {number:05}", filters=[group])


def check_filters(filters: Any) -> None:
    """400 for no filters, and for one without a share of people from 0 to 100."""
    if not isinstance(filters, list) or not all(isinstance(each, dict) for each in filters):
        raise invalid("filters", "Filters must be a list of objects.")
    if not filters:
        raise invalid("filters", "Filters must not be empty.")
    for each in filters:
        share = each.get("rollout_percentage")
        if share is None:
            raise invalid("filters", "Rollout percentage must be present.")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 100:
            raise invalid("filters", "Rollout percentage must be between 0 and 100.")


def linked(row: ExperimentHoldout) -> list[Experiment]:
    """The experiments that have it."""
    return list(row.experiments.filter(deleted=False).select_related("feature_flag", "project"))


def write(row: Experiment, holdout: ExperimentHoldout | None, user: User | None) -> None:
    """What the experiment's flag says of it: under another name since 2026."""
    flag = row.feature_flag
    filters = dict(flag.filters)
    if generation() >= 2026:
        share = holdout.filters[0]["rollout_percentage"] if holdout is not None else None
        filters["holdout"] = (
            {"id": holdout.pk, "exclusion_percentage": share} if holdout is not None else None
        )
    else:
        filters["holdout_groups"] = holdout.filters if holdout is not None else None
    owned.change(flag, user, filters=filters)


class HoldoutView(RuledView):
    """`/api/projects/{id}/experiment_holdouts/`: until 2025 with the scope of experiments (1.2)."""

    def needed_scopes(self) -> list[str] | None:
        needed = super().needed_scopes()
        if needed is None or generation() >= 2026:
            return needed
        return [each.replace("experiment_holdout:", "experiment:") for each in needed]


EXPERIMENT_HOLDOUTS = ExperimentHoldouts()
VIEW = view_of(EXPERIMENT_HOLDOUTS, HoldoutView)
