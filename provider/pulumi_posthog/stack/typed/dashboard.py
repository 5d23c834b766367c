"""Dashboard for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class DashboardTileTextArgs(TypedDict, total=False):
    """What is in `tiles.*.text`.

    body: In Markdown.
    """

    body: Required[pulumi.Input[str]]


class DashboardTileButtonTileArgs(TypedDict, total=False):
    """What is in `tiles.*.button_tile`.

    url: Where it leads.
    text: What the button says.
    placement: On which side.
    style: How it looks.
    """

    url: Required[pulumi.Input[str]]
    text: Required[pulumi.Input[str]]
    placement: pulumi.Input[Literal["left", "right"]]
    style: pulumi.Input[Literal["primary", "secondary"]]


class DashboardTileLayoutsSmArgs(TypedDict, total=False):
    """What is in `tiles.*.layouts.sm`.

    x: From the left, of 12 columns.
    y: From the top, in rows.
    w: How many columns.
    h: How many rows.
    """

    x: Required[pulumi.Input[int]]
    y: Required[pulumi.Input[int]]
    w: Required[pulumi.Input[int]]
    h: Required[pulumi.Input[int]]


class DashboardTileLayoutsArgs(TypedDict, total=False):
    """What is in `tiles.*.layouts`.

    sm: On a wide screen.
    """

    sm: Required[pulumi.Input[DashboardTileLayoutsSmArgs]]


class DashboardTileArgs(TypedDict, total=False):
    """What is in `tiles.*`.

    insight: The insight, by its name or its id.
    text: A text instead of an insight.
    button_tile: A button instead of an insight, on servers since 2026.
    layouts: Where it is. Without this, PostHog's page places it.
    color: The colour of its edge, such as `blue`.
    show_description: Whether the insight's description is shown.
    transparent_background: Whether it is transparent.
    filters_overrides: Filters of only this tile, in the form of `filters`.
    """

    insight: pulumi.Input[str | int]
    text: pulumi.Input[DashboardTileTextArgs]
    button_tile: pulumi.Input[DashboardTileButtonTileArgs]
    layouts: pulumi.Input[DashboardTileLayoutsArgs]
    color: pulumi.Input[str | None]
    show_description: pulumi.Input[bool | None]
    transparent_background: pulumi.Input[bool | None]
    filters_overrides: pulumi.Input[Mapping[str, Any] | None]


class DashboardFiltersPropertieArgs(TypedDict, total=False):
    """What is in `filters.properties.*`.

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


class DashboardFiltersArgs(TypedDict, total=False):
    """What is in `filters`.

    date_from: The first day, such as `-30d`.
    date_to: Until when.
    properties: An event has to fit all of them.
    breakdown_filter: How charts are broken down.
    explicitDate: Whether the time is exact to the second.
    interval: The interval of time, such as `week`.
    filterTestAccounts: Whether test accounts are left out.
    """

    date_from: pulumi.Input[str | None]
    date_to: pulumi.Input[str | None]
    properties: pulumi.Input[Sequence[pulumi.Input[DashboardFiltersPropertieArgs | Mapping[str, Any]]] | None]
    breakdown_filter: pulumi.Input[Mapping[str, Any] | None]
    explicitDate: pulumi.Input[bool | None]
    interval: pulumi.Input[str | None]
    filterTestAccounts: pulumi.Input[bool | None]


class Dashboard(Resource):
    """A dashboard shows insights and texts. It says where each of them is, and which time they
    show.

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        description: Shown in PostHog.
        pinned: Whether it is pinned in the navigation.
        tags: Tags to find it by, in lower case.
        tiles: Which insights, texts and buttons are on it, and where. It has exactly these: a run
            takes off what somebody adds by hand. What you do not declare of a tile, such as its
            colour, stays as it is.
        filters: Filters of all its insights. A change replaces all of them.
        variables: The values of variables in SQL, by their code names: `{country: {value: DE}}`. A
            change replaces all of them.
        breakdown_colors: Which value of a breakdown has which colour: `{breakdownValue: ...,
            colorToken: preset-1}`.
        data_color_theme_id: The colours of its charts, by the theme's name or its id.
        quick_filter_ids: The ids of quick filters that are above it.
        restriction_level: Who may change it: everybody in the project (21), or only its
            collaborators (37).
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        creation_mode: How it was made, such as `default` or `template`.
        ready_made: Whether PostHog has made it with the project, and nobody has put anything on it.
    """

    creation_mode: pulumi.Output[str]
    ready_made: pulumi.Output[bool]
    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        pinned: pulumi.Input[bool] | Unset = UNSET,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        tiles: pulumi.Input[Sequence[pulumi.Input[DashboardTileArgs]]] | Unset = UNSET,
        filters: pulumi.Input[DashboardFiltersArgs | Mapping[str, Any]] | Unset = UNSET,
        variables: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        breakdown_colors: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | Unset = UNSET,
        data_color_theme_id: pulumi.Input[int | str] | Unset | None = UNSET,
        quick_filter_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        restriction_level: pulumi.Input[Literal[21, 37]] | Unset = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["dashboard"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "pinned": pinned,
            "tags": tags,
            "tiles": tiles,
            "filters": filters,
            "variables": variables,
            "breakdown_colors": breakdown_colors,
            "data_color_theme_id": data_color_theme_id,
            "quick_filter_ids": quick_filter_ids,
            "restriction_level": restriction_level,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
