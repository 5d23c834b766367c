"""Project access rule for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ProjectAccessRule(Resource):
    """Who may do what in the project. With `none` people do not see it, with `member` they may open
    and use it, with `admin` they may also change its settings and these rules. Rules do not limit
    organization admins.

    Arguments:
        project: The `id` of the project that it is in.
        access_level: What they may do.
        role: The role that the rule is about; without it and `member`, everyone.
        member: The e-mail address of the member that the rule is about.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        access_level: pulumi.Input[Literal["none", "member", "admin"]],
        role: pulumi.Input[str] | Unset = UNSET,
        member: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["project_access_rule"]
        given: dict[str, Any] = {
            "project": project,
            "access_level": access_level,
            "role": role,
            "member": member,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
