"""Data color theme for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class DataColorTheme(Resource):
    """A theme has the colours of a project's charts, in their order.

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        colors: The colours. The first one is for the first series of a chart.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        is_global: Whether PostHog has it for everybody.
    """

    is_global: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        colors: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["data_color_theme"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "colors": colors,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
