"""Experiment holdout for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ExperimentHoldoutFilterPropertieArgs(TypedDict, total=False):
    """What is in `filters.*.properties.*`.

    type: What has the property: `person`, `cohort`, `group` or `flag`.
    key: The property's name. For a cohort it is `id`, for a flag `!ref feature_flag/KEY`. (Such a
        tag is for YAML.)
    operator: `exact`, `icontains`, `in`, ...
    value: What it is compared with. For a cohort it is `!ref cohort/NAME`. (Such a tag is for
        YAML.)
    group_type_index: For a group's property: the type of group, `!ref group_type/NAME`. (Such a tag
        is for YAML.)
    """

    type: Required[pulumi.Input[str]]
    key: Required[pulumi.Input[str | float]]
    operator: pulumi.Input[str | None]
    value: pulumi.Input[Any]
    group_type_index: pulumi.Input[Any]


class ExperimentHoldoutFilterArgs(TypedDict, total=False):
    """What is in `filters.*`.

    properties: People have to fit all of them.
    rollout_percentage: How many of these people are held out, in per cent.
    """

    properties: pulumi.Input[Sequence[pulumi.Input[ExperimentHoldoutFilterPropertieArgs | Mapping[str, Any]]]]
    rollout_percentage: Required[pulumi.Input[float]]


class ExperimentHoldout(Resource):
    """A holdout keeps people out of experiments.

    Arguments:
        project: The `id` of the project that it is in.
        filters: Who is held out. A change of it rewrites the flags of its experiments.
        name: Shown in PostHog.
        description: Shown in PostHog.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        filters: pulumi.Input[Sequence[pulumi.Input[ExperimentHoldoutFilterArgs]]],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset | None = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["experiment_holdout"]
        given: dict[str, Any] = {
            "project": project,
            "filters": filters,
            "name": name,
            "description": description,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
