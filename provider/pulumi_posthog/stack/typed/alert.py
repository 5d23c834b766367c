"""Alert for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class AlertConditionArgs(TypedDict, total=False):
    """What is in `condition`.

    type: For a decrease, write the fall as a positive number.
    """

    type: Required[pulumi.Input[Literal["absolute_value", "relative_increase", "relative_decrease"]]]


class AlertThresholdConfigurationBoundsArgs(TypedDict, total=False):
    """What is in `threshold.configuration.bounds`.

    lower: The alert fires below this bound: a number, or `30%`.
    upper: The alert fires above this bound: a number, or `30%`.
    """

    lower: pulumi.Input[float | str | None]
    upper: pulumi.Input[float | str | None]


class AlertThresholdConfigurationArgs(TypedDict, total=False):
    """What is in `threshold.configuration`.

    type: Whether the bounds are numbers, or percentages.
    bounds: One of the two bounds, or both.
    """

    type: Required[pulumi.Input[Literal["absolute", "percentage"]]]
    bounds: pulumi.Input[AlertThresholdConfigurationBoundsArgs]


class AlertThresholdArgs(TypedDict, total=False):
    """What is in `threshold`.

    name: Shown nowhere.
    configuration: When it fires.
    """

    name: pulumi.Input[str | None]
    configuration: pulumi.Input[AlertThresholdConfigurationArgs]


class AlertConfigArgs(TypedDict, total=False):
    """What is in `config`.

    type: TrendsAlertConfig, HogQLAlertConfig, FunnelsAlertConfig: after the insight's query.
    series_index: The number of the series, or formula. The first one is 0.
    check_ongoing_interval: Whether the current interval, which is not over yet, counts as well.
    column: For SQL: which column.
    evaluation: For SQL: which row.
    label_column: For SQL: the column with the name of a row.
    funnel_step: For a funnel: which step; null is the last one.
    metric: For a funnel: from which step the rate counts.
    """

    type: Required[pulumi.Input[str]]
    series_index: pulumi.Input[int]
    check_ongoing_interval: pulumi.Input[bool | None]
    column: pulumi.Input[str | None]
    evaluation: pulumi.Input[Literal["last_row", "first_row", "any_row"]]
    label_column: pulumi.Input[str | None]
    funnel_step: pulumi.Input[int | None]
    metric: pulumi.Input[Literal["conversion_from_start", "conversion_from_previous"]]


class AlertScheduleRestrictionBlockedWindowArgs(TypedDict, total=False):
    """What is in `schedule_restriction.blocked_windows.*`.

    start: The time at which it begins, such as `"22:00"`.
    end: The time at which it ends.
    """

    start: Required[pulumi.Input[str]]
    end: Required[pulumi.Input[str]]


class AlertScheduleRestrictionArgs(TypedDict, total=False):
    """What is in `schedule_restriction`.

    blocked_windows: Times of each day.
    """

    blocked_windows: pulumi.Input[Sequence[pulumi.Input[AlertScheduleRestrictionBlockedWindowArgs]]]


class Alert(Resource):
    """An alert watches a figure of an insight. It says when it fires, and who is told.

    Arguments:
        project: The `id` of the project that it is in.
        insight: The insight that it watches, by its name or its id.
        condition: What is compared: the value itself, or how much it rose or fell since the
            interval before.
        threshold: When it fires: below `lower`, and above `upper`. Write `{configuration: {type:
            percentage, bounds: {upper: 30%}}}`. An empty threshold removes the bounds.
        config: Which figure of the insight: `{type: TrendsAlertConfig, series_index: 0}`. For SQL
            it is a `HogQLAlertConfig`, for a funnel a `FunnelsAlertConfig`, on servers that have
            them.
        subscribed_users: Exactly these people are told by mail. They are named by their e-mail
            addresses.
        name: Shown in PostHog.
        calculation_interval: How often PostHog looks. The shortest intervals need a higher plan,
            and a server since 2026.
        enabled: Whether the alert is switched on.
        skip_weekend: Whether PostHog does not look on Saturdays and Sundays.
        schedule_restriction: When PostHog does not look: `{blocked_windows: [{start: "22:00", end:
            "07:00"}]}`.
        detector_config: How unusual values are found without bounds, in PostHog's own form. Only
            declared keys are compared, because PostHog fills in the rest.
        investigation_agent_enabled: Whether PostHog's AI investigates why it fires.
        investigation_gates_notifications: Whether people are told only after the investigation.
        investigation_inconclusive_action: Whether people are told if the investigation finds
            nothing.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        insight: pulumi.Input[int | str],
        condition: pulumi.Input[AlertConditionArgs],
        threshold: pulumi.Input[AlertThresholdArgs],
        config: pulumi.Input[AlertConfigArgs | Mapping[str, Any]],
        subscribed_users: pulumi.Input[Sequence[pulumi.Input[str]]],
        name: pulumi.Input[str] | Unset = UNSET,
        calculation_interval: pulumi.Input[
            Literal["real_time", "every_15_minutes", "hourly", "daily", "weekly", "monthly"]
        ]
        | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        skip_weekend: pulumi.Input[bool] | Unset = UNSET,
        schedule_restriction: pulumi.Input[AlertScheduleRestrictionArgs] | Unset | None = UNSET,
        detector_config: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        investigation_agent_enabled: pulumi.Input[bool] | Unset = UNSET,
        investigation_gates_notifications: pulumi.Input[bool] | Unset = UNSET,
        investigation_inconclusive_action: pulumi.Input[Literal["notify", "suppress"]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["alert"]
        given: dict[str, Any] = {
            "project": project,
            "insight": insight,
            "condition": condition,
            "threshold": threshold,
            "config": config,
            "subscribed_users": subscribed_users,
            "name": name,
            "calculation_interval": calculation_interval,
            "enabled": enabled,
            "skip_weekend": skip_weekend,
            "schedule_restriction": schedule_restriction,
            "detector_config": detector_config,
            "investigation_agent_enabled": investigation_agent_enabled,
            "investigation_gates_notifications": investigation_gates_notifications,
            "investigation_inconclusive_action": investigation_inconclusive_action,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
