"""Event definition for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class EventDefinition(Resource):
    """The definition of an event says what it means, who owns it, and whether people should use it.

    Arguments:
        project: The `id` of the project that it is in.
        name: The event's name, as the code sends it.
        description: What the event means.
        tags: Tags to find it by, in lower case.
        verified: Whether it is marked as verified. PostHog then resets `hidden`.
        hidden: Whether menus leave it out. PostHog then resets `verified`.
        owner: The e-mail address of its owner.
        default_columns: Which columns a list of such events shows.
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
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        verified: pulumi.Input[bool] | Unset = UNSET,
        hidden: pulumi.Input[bool] | Unset = UNSET,
        owner: pulumi.Input[str] | Unset | None = UNSET,
        default_columns: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["event_definition"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "tags": tags,
            "verified": verified,
            "hidden": hidden,
            "owner": owner,
            "default_columns": default_columns,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
