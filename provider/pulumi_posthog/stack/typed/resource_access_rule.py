"""Resource access rule for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ResourceAccessRule(Resource):
    """Who may do what with all objects of a type in the project. With `none` people do not see
    them, with `viewer` they see them, with `editor` they may change them, with `manager` they may
    also change their access rules.

    Arguments:
        project: The `id` of the project that it is in.
        resource: The type of the objects.
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
                "activity_log",
                "toolbar",
                "feature_flag",
                "dashboard",
                "insight",
                "notebook",
                "session_recording",
                "revenue_analytics",
                "survey",
                "experiment",
                "web_analytics",
                "customer_analytics",
                "early_access_feature",
                "endpoint",
                "export",
                "external_data_source",
                "warehouse_objects",
                "heatmap",
                "hog_flow",
                "llm_analytics",
                "evaluation",
                "tagger",
                "llm_skill",
                "ai_observability_clusters",
                "sharing_configuration",
                "ticket",
                "error_tracking",
                "logs",
                "mcp_analytics",
                "metrics",
                "tracing",
                "replay_scanner",
                "llm_playground",
            ]
        ],
        access_level: pulumi.Input[Literal["none", "viewer", "editor", "manager"]],
        role: pulumi.Input[str] | Unset = UNSET,
        member: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["resource_access_rule"]
        given: dict[str, Any] = {
            "project": project,
            "resource": resource,
            "access_level": access_level,
            "role": role,
            "member": member,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
