"""Early access feature for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class EarlyAccessFeatureAssigneeArgs(TypedDict, total=False):
    type: pulumi.Input[Literal["user", "role"]]
    id: pulumi.Input[Any]


class EarlyAccessFeature(Resource):
    """An early access feature: people may switch a flag on for themselves, before it is on for all.

    Arguments:
        feature_flag: The flag that it opens, by its key. A flag has one feature at most, no
            variants, and is for persons.
        stage: How far it is.
        name: Shown to people who may try it.
        description: Shown to people who may try it.
        documentation_url: Where people read more.
        payload: What your code gets with it.
        assignee: Who takes care of it: a user, or a role. A new one has who made it.
        folder: In which folder of PostHog's tree a new one is put; move it later by its file-system
            entry.
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        feature_flag: pulumi.Input[str],
        stage: pulumi.Input[Literal["draft", "concept", "alpha", "beta", "general-availability", "archived"]],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        documentation_url: pulumi.Input[str] | Unset = UNSET,
        payload: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        assignee: pulumi.Input[EarlyAccessFeatureAssigneeArgs] | Unset | None = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["early_access_feature"]
        given: dict[str, Any] = {
            "project": project,
            "feature_flag": feature_flag,
            "stage": stage,
            "name": name,
            "description": description,
            "documentation_url": documentation_url,
            "payload": payload,
            "assignee": assignee,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
