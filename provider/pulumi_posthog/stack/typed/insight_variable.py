"""Insight variable for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class InsightVariable(Resource):
    """A variable of insights is a placeholder in SQL. Dashboards give it a value.

    Arguments:
        project: The `id` of the project that it is in.
        type: The type of its values.
        code_name: Its name in SQL and on dashboards. Another name is another variable.
        name: The name that PostHog shows. Without it, PostHog shows the code name of a new
            variable.
        default_value: The value if nobody gives one.
        values: The options of a List.
        is_multi: Whether several options of a List may be chosen.
        values_query: SQL that gives the options of a List.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        type: pulumi.Input[Literal["String", "Number", "Boolean", "List", "Date"]],
        code_name: pulumi.Input[str] | Unset = UNSET,
        name: pulumi.Input[str] | Unset = UNSET,
        default_value: pulumi.Input[Any] | Unset | None = UNSET,
        values: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        is_multi: pulumi.Input[bool] | Unset = UNSET,
        values_query: pulumi.Input[str] | Unset | None = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["insight_variable"]
        given: dict[str, Any] = {
            "project": project,
            "type": type,
            "code_name": code_name,
            "name": name,
            "default_value": default_value,
            "values": values,
            "is_multi": is_multi,
            "values_query": values_query,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
