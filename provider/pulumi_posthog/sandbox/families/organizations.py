"""Users, organizations, their members and the invites that nobody has taken yet (2)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.roles import Role
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid, membership_of
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    OWNER,
    Organization,
    OrganizationMembership,
)
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import (
    basic_project,
    moment,
)
from pulumi_posthog.sandbox.rules.view import PostHogView


def full_organization(
    organization: Organization, membership: OrganizationMembership | None
) -> dict[str, Any]:
    """2.2."""
    projects = list(living_projects().filter(organization=organization).order_by("heap_position"))
    return {
        "id": str(organization.pk),
        "name": organization.name,
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
        "enforce_2fa": organization.enforce_2fa,
        "members_can_invite": organization.members_can_invite,
        "members_can_use_personal_api_keys": organization.members_can_use_personal_api_keys,
        "default_role_id": str(organization.default_role_id) if organization.default_role_id else None,
        "customer_id": None,
        "metadata": {"instance_tag": "none"},
    }


class OrganizationInput(serializers.Serializer[Any]):
    """What of an organization can be changed (2.2)."""

    name = serializers.CharField(max_length=64, required=False)
    enforce_2fa = serializers.BooleanField(required=False, allow_null=True)
    members_can_invite = serializers.BooleanField(required=False, allow_null=True)
    members_can_use_personal_api_keys = serializers.BooleanField(required=False)
    default_role_id = serializers.UUIDField(required=False, allow_null=True)


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

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        if self.membership is None or self.membership.level < ADMIN:
            raise PermissionDenied("Your organization access level is insufficient.")
        given = OrganizationInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        role = changes.get("default_role_id")
        if role is not None and not Role.objects.filter(pk=role, organization=self.organization).exists():
            raise invalid("default_role_id", "Role does not exist.", "does_not_exist")
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

    update = partial_update

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        if self.membership is None or self.membership.level < OWNER:
            raise PermissionDenied("Your organization access level is insufficient.")
        self.organization.delete()
        return Response(status=204)


def texts(values: dict[str, Any]) -> dict[str, Any]:
    """Ids as JSON can hold them."""
    return {name: str(value) if as_uuid(value) else value for name, value in values.items()}
