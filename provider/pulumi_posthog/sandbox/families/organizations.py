"""Organizations and their settings (posthog-api-access.md 4)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.domains import OrganizationDomain
from pulumi_posthog.sandbox.families.roles import Role
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.ages import (
    ALWAYS,
    EARLIER_2026,
    LATER_2026,
    NEWEST_2026,
    Ages,
    generation,
    within,
)
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid, membership_of, uuid_or_nothing
from pulumi_posthog.sandbox.rules.models import ADMIN, OWNER, Organization, OrganizationMembership, User
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import basic_project, moment
from pulumi_posthog.sandbox.rules.view import PostHogView

SINCE_2025: Ages = (2025, 2026)
SINCE_2026: Ages = (2026, 2026)
LATER: Ages = (LATER_2026, 2026)


@dataclass(frozen=True)
class Setting:
    """A field that can be changed (4.2)."""

    name: str
    field: serializers.Field[Any, Any, Any, Any]
    ages: Ages = ALWAYS
    written: Ages = ALWAYS
    """In which of them it can be written; later it is dropped without a word."""
    gate: str | None = None
    """The feature that 2026 wants for another value."""


def boolean(nullable: bool = False) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, allow_null=nullable)


SETTINGS = (
    Setting("name", serializers.CharField(max_length=64, required=False)),
    Setting("logo_media_id", serializers.UUIDField(required=False, allow_null=True), SINCE_2025),
    Setting("is_member_join_email_enabled", boolean(), written=(2024, EARLIER_2026)),
    Setting("enforce_2fa", boolean(nullable=True), gate="2fa_enforcement"),
    Setting("members_can_invite", boolean(nullable=True), SINCE_2025, gate="organization_invite_settings"),
    Setting(
        "members_can_use_personal_api_keys", boolean(), SINCE_2025, gate="organization_security_settings"
    ),
    Setting("allow_publicly_shared_resources", boolean(), SINCE_2025, gate="organization_security_settings"),
    Setting(
        "default_experiment_stats_method",
        serializers.ChoiceField(
            choices=("bayesian", "frequentist"), required=False, allow_null=True, allow_blank=True
        ),
        SINCE_2025,
    ),
    Setting("default_role_id", serializers.CharField(required=False, allow_null=True), SINCE_2025),
    Setting("default_anonymize_ips", boolean(), SINCE_2026),
    Setting("members_can_create_projects", boolean(), SINCE_2026),
    Setting("members_can_see_org_members", boolean(), LATER, gate="organization_security_settings"),
    Setting("enforce_verified_domains", boolean(), LATER, gate="organization_security_settings"),
)


def shown_settings(organization: Organization) -> dict[str, Any]:
    """The settings that the running age has, and their values."""
    values = {each.name: getattr(organization, each.name, None) for each in SETTINGS if within(each.ages)}
    if "default_role_id" in values:
        role = organization.default_role_id
        values["default_role_id"] = str(role) if role else None
    return values


def full_organization(
    organization: Organization, membership: OrganizationMembership | None
) -> dict[str, Any]:
    """posthog-api.md 2.2."""
    projects = list(living_projects().filter(organization=organization).order_by("heap_position"))
    return {
        "id": str(organization.pk),
        "slug": organization.slug,
        "created_at": moment(organization.created_at),
        "updated_at": moment(organization.updated_at),
        "membership_level": membership.level if membership else None,
        "plugins_access_level": organization.plugins_access_level,
        "teams": [basic_project(each) for each in projects],
        "projects": [
            {"id": each.pk, "organization_id": str(organization.pk), "name": each.name} for each in projects
        ],
        "available_product_features": organization.available_product_features,
        "member_count": organization.memberships.count(),
        "customer_id": None,
        "metadata": {"instance_tag": "none"},
        **shown_settings(organization),
    }


class OrganizationInput(serializers.Serializer[Any]):
    """What of an organization can be changed (4.2)."""

    def get_fields(self) -> dict[str, Any]:
        return {
            each.name: copy.deepcopy(each.field)
            for each in SETTINGS
            if within(each.ages) and within(each.written)
        }


class OrganizationView(PostHogView):
    """`/api/organizations/`."""

    scope_object = "organization"
    serializer_class = OrganizationInput

    def visible(self) -> QuerySet[Organization]:
        """The caller's organizations, less those that the key is kept from."""
        found = Organization.objects.filter(memberships__user=self.caller)
        if self.key.scoped_organizations:
            found = found.filter(pk__in=self.key.scoped_organizations)
        return found.order_by("-created_at")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return self.page_response(
            [full_organization(each, membership_of(self.caller, each)) for each in self.page(self.visible())]
        )

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(full_organization(self.organization, self.membership))

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        if self.membership is None or self.membership.level < ADMIN:
            raise PermissionDenied("Your organization access level is insufficient.")
        given = OrganizationInput(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        if not partial and "name" not in changes:
            raise invalid("name", "This field is required.", "required")
        refuse_unpaid(self.organization, changes)
        checked(self.organization, changes, self.caller)
        before = {name: getattr(self.organization, name) for name in changes}
        for name, value in changes.items():
            setattr(self.organization, name, value)
        self.organization.save()
        activity.log(
            scope="Organization",
            activity="updated",
            item_id=self.organization.pk,
            name=self.organization.name,
            user=self.caller,
            organization=self.organization,
            changes=activity.changes("Organization", texts(before), texts(changes)),
        )
        return self.retrieve(request)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        if self.membership is None or self.membership.level < OWNER:
            raise PermissionDenied("Your organization access level is insufficient.")
        self.organization.delete()
        return Response(status=204)


def refuse_unpaid(organization: Organization, changes: Mapping[str, Any]) -> None:
    """2026: another value of a gated field is for payment; the same again is not."""
    if generation() < 2026:
        return
    for setting in SETTINGS:
        if setting.gate is None or setting.name not in changes or organization.feature(setting.gate):
            continue
        if changes[setting.name] != getattr(organization, setting.name):
            raise invalid(setting.name, "This is not available on your plan.", "payment_required")


def checked(organization: Organization, changes: dict[str, Any], user: User) -> None:
    """What single fields are looked at for. Raises a 400, or fails as PostHog does."""
    if changes.get("logo_media_id") is not None:
        raise invalid("logo_media_id", "Invalid pk - object does not exist.", "does_not_exist")
    role = changes.get("default_role_id")
    if role is not None:
        roles = Role.objects.filter(pk=uuid_or_nothing(role))
        if generation() >= NEWEST_2026 and not roles.filter(organization=organization).exists():
            raise invalid("default_role_id", "Role does not exist.", "does_not_exist")
        if not roles.exists():
            raise Unhandled("IntegrityError: default_role_id is no role")
        changes["default_role_id"] = as_uuid(role)
    if changes.get("enforce_verified_domains"):
        domain = user.email.rpartition("@")[2].lower()
        own = OrganizationDomain.objects.filter(organization=organization, domain=domain)
        if not own.exclude(verified_at=None).exists():
            raise invalid("enforce_verified_domains", "This would shut you out.", "would_block_self")


def texts(values: dict[str, Any]) -> dict[str, Any]:
    """Ids as JSON can hold them."""
    return {name: str(value) if as_uuid(value) else value for name, value in values.items()}
