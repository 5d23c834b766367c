"""Role for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Role(Resource):
    """A role of the organization.

    Arguments:
        name: A name that is unique within the organization, whatever its case.
        feature_flags_access_level: What the role may do with feature flags: 21 view, 37 edit.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]
    is_default: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        feature_flags_access_level: pulumi.Input[Literal[21, 37]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role"]
        given: dict[str, Any] = {
            "name": name,
            "feature_flags_access_level": feature_flags_access_level,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
