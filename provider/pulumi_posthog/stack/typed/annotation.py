"""Annotation for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Annotation(Resource):
    """An annotation marks a point in time in charts, and says what happened then.

    Arguments:
        project: The `id` of the project that it is in.
        date_marker: When it happened, as in 2026-03-01T09:00:00Z. A day without a time means its
            beginning in UTC.
        content: What happened. It is the key of the entry, unless the entry has `content`.
        scope: What it is about. An annotation of the `organization` is shown in all its projects,
            and is declared in one of them.
        dashboard_item: For the scope `dashboard_item`: the insight, by its name or its id.
        dashboard_id: For the scope `dashboard`: the dashboard, by its name or its id.
        creation_type: Who made it: a person (`USR`) or automation (`GIT`). PostHog marks those of
            automation.
        emoji: An emoji that is shown instead of the usual mark.
        hidden_in_user_interface: Whether charts do not show it.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        date_marker: pulumi.Input[str],
        content: pulumi.Input[str] | Unset = UNSET,
        scope: pulumi.Input[Literal["dashboard_item", "dashboard", "project", "organization"]]
        | Unset = UNSET,
        dashboard_item: pulumi.Input[int | str] | Unset | None = UNSET,
        dashboard_id: pulumi.Input[int | str] | Unset | None = UNSET,
        creation_type: pulumi.Input[Literal["USR", "GIT"]] | Unset = UNSET,
        emoji: pulumi.Input[str] | Unset | None = UNSET,
        hidden_in_user_interface: pulumi.Input[bool] | Unset | None = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["annotation"]
        given: dict[str, Any] = {
            "project": project,
            "date_marker": date_marker,
            "content": content,
            "scope": scope,
            "dashboard_item": dashboard_item,
            "dashboard_id": dashboard_id,
            "creation_type": creation_type,
            "emoji": emoji,
            "hidden_in_user_interface": hidden_in_user_interface,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
