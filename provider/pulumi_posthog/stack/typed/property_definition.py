"""Property definition for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class PropertyDefinition(Resource):
    """The definition of a property of events, persons, groups or sessions says what it means, and
    its type.

    Arguments:
        project: The `id` of the project that it is in.
        name: The property's name. It is the key of the entry, unless the entry has `name`.
        type: What has such a property.
        group_type_index: For a property of groups: the type of group, by its name or its index.
        property_type: The type of its values. PostHog guesses it from what comes in.
        description: What the property means.
        tags: Tags to find it by, in lower case.
        verified: Whether it is marked as verified. PostHog then resets `hidden`.
        hidden: Whether menus leave it out. PostHog then resets `verified`.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        type: pulumi.Input[Literal["event", "person", "group", "session"]] | Unset = UNSET,
        group_type_index: pulumi.Input[int | str] | Unset | None = UNSET,
        property_type: pulumi.Input[Literal["DateTime", "String", "Numeric", "Boolean", "Duration"]]
        | Unset
        | None = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        verified: pulumi.Input[bool] | Unset = UNSET,
        hidden: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["property_definition"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "type": type,
            "group_type_index": group_type_index,
            "property_type": property_type,
            "description": description,
            "tags": tags,
            "verified": verified,
            "hidden": hidden,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
