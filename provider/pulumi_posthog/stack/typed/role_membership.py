"""Role membership for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class RoleMembership(Resource):
    """One member of one role. A run does not touch other members.

    Arguments:
        role: The `id` of the role that it is in.
        user: The member's e-mail address.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    joined_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        user: pulumi.Input[str],
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role_membership"]
        given: dict[str, Any] = {
            "role": role,
            "user": user,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
