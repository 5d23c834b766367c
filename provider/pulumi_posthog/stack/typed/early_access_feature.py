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
    """What is in `assignee`.

    type: What the id belongs to.
    id: The number of a user. For a role, it is `!ref role/NAME`. (Such a tag is for YAML.)
    """

    type: pulumi.Input[Literal["user", "role"]]
    id: pulumi.Input[Any]


class EarlyAccessFeature(Resource):
    """An early access feature lets people switch on a flag for themselves, before it is on for
    everybody.

    Arguments:
        project: The `id` of the project that it is in.
        feature_flag: The flag that it switches on, by its key. The flag can have only one feature,
            has no variants, and is for persons.
        stage: The stage of the feature.
        name: A text for people who may try it.
        description: A text for people who may try it.
        documentation_url: The address of a page where people read more.
        payload: What your code gets with it.
        assignee: Who takes care of it: a user, or a role. For a new feature, it is the user who
            made it.
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
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
