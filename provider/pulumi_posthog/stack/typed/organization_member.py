"""Organization member for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class OrganizationMember(Resource):
    """A member of the organization. A run invites a person who is not there by mail, once. A person
    who is not in the file stays in the organization.

    Arguments:
        email: The person's e-mail address.
        level: What this person may do: a member uses the organization, an admin manages it, and an
            owner may do everything.
        projects: Names of projects, each with a level, for the invitation. PostHog makes an access
            rule of each project when the person joins. Afterwards, this has no effect.
        reinvite: Any text, such as `2026-12`. When it changes, a run sends the invitation again, if
            it has expired or differs from the file.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        standing: `joined`, `invited` or `expired`.
    """

    standing: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        email: pulumi.Input[str],
        level: pulumi.Input[Literal["member", "admin", "owner"]] | Unset = UNSET,
        projects: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        reinvite: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["organization_member"]
        given: dict[str, Any] = {
            "email": email,
            "level": level,
            "projects": projects,
            "reinvite": reinvite,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
