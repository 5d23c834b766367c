"""Project secret api key for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ProjectSecretApiKey(Resource):
    """A secret key of the project, and what it may do. It stays when the person who made it leaves.
    The key itself is not stored here: roll it on PostHog's page, and copy it from there.

    Arguments:
        project: The `id` of the project that it is in.
        scopes: What it may do.
        label: Shown in PostHog.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        scopes: pulumi.Input[Sequence[pulumi.Input[str]]],
        label: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["project_secret_api_key"]
        given: dict[str, Any] = {
            "project": project,
            "scopes": scopes,
            "label": label,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
