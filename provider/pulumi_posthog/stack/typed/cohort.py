"""Cohort for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class CohortFiltersPropertiesValueArgs(TypedDict, total=False):
    """What is in `filters.properties.values.*`."""

    type: pulumi.Input[Any]
    key: pulumi.Input[Any]
    event_type: pulumi.Input[Any]
    operator: pulumi.Input[Any]
    value: pulumi.Input[Any]
    negation: pulumi.Input[Any]
    time_value: pulumi.Input[Any]
    time_interval: pulumi.Input[Any]
    values: pulumi.Input[Any]


class CohortFiltersPropertiesArgs(TypedDict, total=False):
    """What is in `filters.properties`.

    type: Whether all of `values` have to be true, or one.
    values: Groups, or criteria.
    """

    type: Required[pulumi.Input[Literal["AND", "OR"]]]
    values: Required[
        pulumi.Input[Sequence[pulumi.Input[CohortFiltersPropertiesValueArgs | Mapping[str, Any]]]]
    ]


class CohortFiltersArgs(TypedDict, total=False):
    """What is in `filters`.

    properties: A group of groups of criteria. PostHog's page can edit two levels only.
    """

    properties: pulumi.Input[CohortFiltersPropertiesArgs]


class Cohort(Resource):
    """A cohort is a set of persons: those who fit its criteria, or those who were put into it (a
    static cohort).

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        description: Shown in PostHog.
        filters: Who is in it: criteria of properties, events, actions and other cohorts, in
            PostHog's own form.
        is_static: Whether persons are put into it one by one. PostHog stores who is in it, not the
            file.
        query: Only for a static cohort: the query that finds its persons when it is made.
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
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        filters: pulumi.Input[CohortFiltersArgs] | Unset = UNSET,
        is_static: pulumi.Input[bool] | Unset = UNSET,
        query: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["cohort"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "filters": filters,
            "is_static": is_static,
            "query": query,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
