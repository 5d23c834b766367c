"""Experiment for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ExperimentMetricArgs(TypedDict, total=False):
    """What is in `metrics.*`.

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

    kind: Required[pulumi.Input[str]]
    metric_type: pulumi.Input[str]
    name: pulumi.Input[str | None]
    source: pulumi.Input[Any]
    series: pulumi.Input[Any]
    numerator: pulumi.Input[Any]
    denominator: pulumi.Input[Any]
    start_event: pulumi.Input[Any]
    completion_event: pulumi.Input[Any]


class ExperimentMetricsSecondaryArgs(TypedDict, total=False):
    """What is in `metrics_secondary.*`.

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

    kind: Required[pulumi.Input[str]]
    metric_type: pulumi.Input[str]
    name: pulumi.Input[str | None]
    source: pulumi.Input[Any]
    series: pulumi.Input[Any]
    numerator: pulumi.Input[Any]
    denominator: pulumi.Input[Any]
    start_event: pulumi.Input[Any]
    completion_event: pulumi.Input[Any]


class ExperimentParametersFeatureFlagVariantArgs(TypedDict, total=False):
    """What is in `parameters.feature_flag_variants.*`.

    key: What your code gets.
    name: Shown in PostHog.
    description: Shown in PostHog.
    rollout_percentage: For how many people, in per cent. The percentages of all variants add up to
        100.
    """

    key: Required[pulumi.Input[str]]
    name: pulumi.Input[str | None]
    description: pulumi.Input[str | None]
    rollout_percentage: Required[pulumi.Input[float]]


class ExperimentParametersArgs(TypedDict, total=False):
    """What is in `parameters`.

    minimum_detectable_effect: In per cent.
    recommended_running_time: In days.
    recommended_sample_size: How many persons.
    variant_notes: What is said of each variant.
    custom_exposure_filter: Which events expose somebody.
    feature_flag_variants: The variants. One of them is `control`. Once the experiment is started,
        only their percentages can change.
    """

    minimum_detectable_effect: pulumi.Input[float | None]
    recommended_running_time: pulumi.Input[float | None]
    recommended_sample_size: pulumi.Input[float | None]
    variant_notes: pulumi.Input[Mapping[str, Any] | None]
    custom_exposure_filter: pulumi.Input[Mapping[str, Any] | None]
    feature_flag_variants: pulumi.Input[
        Sequence[pulumi.Input[ExperimentParametersFeatureFlagVariantArgs]] | None
    ]


class Experiment(Resource):
    """An experiment compares the variants of a flag by metrics.

    Arguments:
        project: The `id` of the project that it is in.
        feature_flag_key: The key of its flag. The flag has two variants or more, and the first one
            is `control`. If the flag does not exist, PostHog makes it, with `control` and `test`.
        name: Shown in PostHog.
        description: What is expected.
        type: Whether your code shows the variants, or PostHog's own editor does.
        status: The state of the experiment. It moves in one direction, except for a pause. Servers
            before 2026 have no pause.
        holdout: Who is kept out of it, by the name of a holdout. It cannot be changed while the
            experiment is running.
        metrics: The metrics that decide. PostHog finds the results of a metric by its name.
        metrics_secondary: Other metrics that are watched.
        saved_metrics_ids: Saved metrics, each with `metadata: {type: primary}`, or `secondary`.
        parameters: How long it will take, and the variants of its flag. Declare the variants here
            or with the flag. Declare everything else of the flag with the flag.
        exposure_criteria: Who counts as a person who has seen it.
        stats_config: How it is computed.
        scheduling_config: When its results are computed.
        running_time_calculation: How long it will take, in the form of newer servers.
        excluded_variants: Variants that do not count.
        only_count_matured_users: Whether only people count for whom the whole time of the metric
            has passed.
        conclusion: The result.
        conclusion_comment: Why.
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        feature_flag_key: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset | None = UNSET,
        type: pulumi.Input[Literal["product", "web"]] | Unset | None = UNSET,
        status: pulumi.Input[Literal["draft", "running", "paused", "stopped", "archived"]] | Unset = UNSET,
        holdout: pulumi.Input[str] | Unset | None = UNSET,
        metrics: pulumi.Input[Sequence[pulumi.Input[ExperimentMetricArgs | Mapping[str, Any]]]]
        | Unset = UNSET,
        metrics_secondary: pulumi.Input[
            Sequence[pulumi.Input[ExperimentMetricsSecondaryArgs | Mapping[str, Any]]]
        ]
        | Unset = UNSET,
        saved_metrics_ids: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | Unset = UNSET,
        parameters: pulumi.Input[ExperimentParametersArgs] | Unset = UNSET,
        exposure_criteria: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        stats_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        scheduling_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        running_time_calculation: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        excluded_variants: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        only_count_matured_users: pulumi.Input[bool] | Unset = UNSET,
        conclusion: pulumi.Input[Literal["won", "lost", "inconclusive", "stopped_early", "invalid"]]
        | Unset
        | None = UNSET,
        conclusion_comment: pulumi.Input[str] | Unset | None = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["experiment"]
        given: dict[str, Any] = {
            "project": project,
            "feature_flag_key": feature_flag_key,
            "name": name,
            "description": description,
            "type": type,
            "status": status,
            "holdout": holdout,
            "metrics": metrics,
            "metrics_secondary": metrics_secondary,
            "saved_metrics_ids": saved_metrics_ids,
            "parameters": parameters,
            "exposure_criteria": exposure_criteria,
            "stats_config": stats_config,
            "scheduling_config": scheduling_config,
            "running_time_calculation": running_time_calculation,
            "excluded_variants": excluded_variants,
            "only_count_matured_users": only_count_matured_users,
            "conclusion": conclusion,
            "conclusion_comment": conclusion_comment,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
