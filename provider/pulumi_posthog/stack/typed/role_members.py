"""Role members for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class RoleMembers(Resource):
    """Exactly these members of one role. A run removes others, within the limits.

    Arguments:
        role: The `id` of the role that it is in.
        members: The members' e-mail addresses.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        members: pulumi.Input[Sequence[pulumi.Input[str]]],
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role_members"]
        given: dict[str, Any] = {
            "role": role,
            "members": members,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
