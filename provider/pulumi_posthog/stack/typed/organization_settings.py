"""Organization settings for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class OrganizationSettings(Resource):
    """The settings of the organization. Only an organization admin can change them.

    Arguments:
        name: The organization's name, as people see it.
        logo_media_id: The id of an uploaded picture, which PostHog shows as the organization's
            logo.
        is_member_join_email_enabled: Whether members get a mail when somebody joins. Since the
            middle of 2026, each user decides this.
        enforce_2fa: Whether everybody must log in with a second factor. On servers of 2026, the
            plan has to include it.
        members_can_invite: Whether members below admin may invite people.
        members_can_use_personal_api_keys: Whether members below admin may use personal API keys.
        allow_publicly_shared_resources: Whether dashboards and insights may be shared by a public
            link. With `false`, existing links stop working. On servers of 2026, the plan has to
            include it.
        default_experiment_stats_method: How new experiments are evaluated.
        default_role: The name of the role that people get when they join. People who joined before
            do not get it.
        default_anonymize_ips: Whether new projects drop IP addresses. In the EU, PostHog's default
            is `true`.
        members_can_create_projects: Whether members below admin may create projects.
        members_can_see_org_members: Whether members below admin see all other members.
        enforce_verified_domains: Whether only people with an address in a verified domain may use
            the organization.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str] | Unset = UNSET,
        logo_media_id: pulumi.Input[str] | Unset | None = UNSET,
        is_member_join_email_enabled: pulumi.Input[bool] | Unset = UNSET,
        enforce_2fa: pulumi.Input[bool] | Unset | None = UNSET,
        members_can_invite: pulumi.Input[bool] | Unset | None = UNSET,
        members_can_use_personal_api_keys: pulumi.Input[bool] | Unset = UNSET,
        allow_publicly_shared_resources: pulumi.Input[bool] | Unset = UNSET,
        default_experiment_stats_method: pulumi.Input[Literal["bayesian", "frequentist", ""]]
        | Unset
        | None = UNSET,
        default_role: pulumi.Input[str] | Unset | None = UNSET,
        default_anonymize_ips: pulumi.Input[bool] | Unset = UNSET,
        members_can_create_projects: pulumi.Input[bool] | Unset = UNSET,
        members_can_see_org_members: pulumi.Input[bool] | Unset = UNSET,
        enforce_verified_domains: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["organization_settings"]
        given: dict[str, Any] = {
            "name": name,
            "logo_media_id": logo_media_id,
            "is_member_join_email_enabled": is_member_join_email_enabled,
            "enforce_2fa": enforce_2fa,
            "members_can_invite": members_can_invite,
            "members_can_use_personal_api_keys": members_can_use_personal_api_keys,
            "allow_publicly_shared_resources": allow_publicly_shared_resources,
            "default_experiment_stats_method": default_experiment_stats_method,
            "default_role": default_role,
            "default_anonymize_ips": default_anonymize_ips,
            "members_can_create_projects": members_can_create_projects,
            "members_can_see_org_members": members_can_see_org_members,
            "enforce_verified_domains": enforce_verified_domains,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
