"""Insight for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Insight(Resource):
    """An insight is a saved query, and how it is drawn.

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        description: Shown in PostHog.
        query: What is counted and how it is drawn, in PostHog's own form: `{kind: InsightVizNode,
            source: ...}`, or `{kind: DataVisualizationNode, source: {kind: HogQLQuery, query: !text
            q.sql}}`. Name cohorts and actions: `!ref cohort/Employees`, `!ref action/Signed up`.
            (Such a tag is for YAML.)
        tags: Tags to find it by, in lower case.
        favorited: Whether it is among the project's favorites.
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        short_id: The short id in the address of its page.
    """

    short_id: pulumi.Output[str]
    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        query: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        favorited: pulumi.Input[bool] | Unset = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["insight"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "query": query,
            "tags": tags,
            "favorited": favorited,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
