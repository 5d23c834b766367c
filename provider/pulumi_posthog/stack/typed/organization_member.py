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
    """A member of the organization. Whoever is not there is invited by mail, once. Nobody leaves
    for not being mentioned.

    Arguments:
        email: The person's e-mail address.
        level: What this person may do: a member uses the organization, an admin manages it, an
            owner does all.
        projects: What the invitation opens: names of projects, each with a level. It becomes an
            access rule of each project when the person joins, and counts for nothing afterwards.
        reinvite: A word of your own, such as `2026-12`: when it changes, an invitation that has
            expired, or that says something else than the file, is sent again.
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
