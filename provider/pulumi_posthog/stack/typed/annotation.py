"""Annotation for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Annotation(Resource):
    """An annotation: a point in time that charts mark, with what happened then.

    Arguments:
        date_marker: When, as in 2026-03-01T09:00:00Z; a day alone means its beginning in UTC.
        content: What happened. Its key in the file, unless the entry says it itself.
        scope: What it is about. One of the `organization` is shown in all its projects, and is
            declared in one of them. Always sent for a new one, because PostHog takes
            `dashboard_item` for granted.
        dashboard_item: Of the scope `dashboard_item`: the insight, by its name or its id.
        dashboard_id: Of the scope `dashboard`: the dashboard, by its name or its id.
        creation_type: Who made it: a person (`USR`), or automation (`GIT`), which PostHog marks.
        emoji: An emoji that stands in place of the usual mark.
        hidden_in_user_interface: Whether charts leave it out.
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
