"""Experiment saved metric for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ExperimentSavedMetricQueryArgs(TypedDict, total=False):
    """What is in `query`.

    kind: `ExperimentMetric`.
    metric_type: `mean`, `funnel`, `ratio` or `retention`.
    name: The name that PostHog shows. Each metric needs another name.
    source: For a mean: what is counted.
    series: For a funnel: its steps.
    numerator: For a ratio: what is counted above the line.
    denominator: For a ratio: what is counted below the line.
    start_event: For a retention: what people do first.
    completion_event: For a retention: what people do again.
    """

    kind: pulumi.Input[str]
    metric_type: pulumi.Input[str]
    name: pulumi.Input[str | None]
    source: pulumi.Input[Any]
    series: pulumi.Input[Any]
    numerator: pulumi.Input[Any]
    denominator: pulumi.Input[Any]
    start_event: pulumi.Input[Any]
    completion_event: pulumi.Input[Any]


class ExperimentSavedMetric(Resource):
    """A metric that several experiments use.

    Arguments:
        project: The `id` of the project that it is in.
        query: What is measured: a metric in PostHog's own form.
        name: Shown in PostHog.
        description: Shown in PostHog.
        tags: Tags to find it by, in lower case.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        query: pulumi.Input[ExperimentSavedMetricQueryArgs | Mapping[str, Any]],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset | None = UNSET,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["experiment_saved_metric"]
        given: dict[str, Any] = {
            "project": project,
            "query": query,
            "name": name,
            "description": description,
            "tags": tags,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
