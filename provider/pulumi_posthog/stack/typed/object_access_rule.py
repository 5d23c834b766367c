"""Object access rule for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ObjectAccessRule(Resource):
    """Who may do what with one object, such as a dashboard. With `none` people do not see it, with
    `viewer` they see it, with `editor` they may change it, with `manager` they may also change its
    access rules.

    Arguments:
        project: The `id` of the project that it is in.
        resource: The type of the object.
        resource_id: The id of the object.
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
        resource: pulumi.Input[
            Literal[
                "action",
                "dashboard",
                "early_access_feature",
                "evaluation",
                "experiment",
                "experiment_saved_metric",
                "feature_flag",
                "insight",
                "survey",
            ]
        ],
        resource_id: pulumi.Input[str],
        access_level: pulumi.Input[Literal["none", "viewer", "editor", "manager"]],
        role: pulumi.Input[str] | Unset = UNSET,
        member: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["object_access_rule"]
        given: dict[str, Any] = {
            "project": project,
            "resource": resource,
            "resource_id": resource_id,
            "access_level": access_level,
            "role": role,
            "member": member,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
