"""Users, organizations, their members and the invites that nobody has taken yet (2)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox import activity
from pulumi_posthog.sandbox.activity import Changes
from pulumi_posthog.sandbox.errors import invalid
from pulumi_posthog.sandbox.models import (
    ADMIN,
    LEVELS,
    OWNER,
    Organization,
    OrganizationInvite,
    OrganizationMembership,
    Project,
    Role,
    RoleMembership,
    User,
)
from pulumi_posthog.sandbox.representation import (
    basic_organization,
    basic_project,
    basic_user,
    member,
    moment,
)
from pulumi_posthog.sandbox.switches import SWITCHES
from pulumi_posthog.sandbox.views import PostHogView, as_uuid, living_projects, membership_of


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


class MemberInput(serializers.Serializer[Any]):
    """The one writable field of a member (2.3)."""

    level = serializers.ChoiceField(choices=LEVELS)


class MemberView(PostHogView):
    """`/api/organizations/{org}/members/`; there is no GET of one member (2.3)."""

    scope_object = "organization_member"
    serializer_class = MemberInput

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = OrganizationMembership.objects.select_related("user").filter(
            organization=self.organization, user__is_active=True
        )
        asked = request.query_params
        if is_restricted(self.membership):
            rows = rows.filter(user=self.caller)
        if "email" in asked:
            rows = rows.filter(user__email=asked["email"])
        if asked.get("search"):
            text = asked["search"]
            rows = rows.filter(
                Q(user__email__icontains=text)
                | Q(user__first_name__icontains=text)
                | Q(user__last_name__icontains=text)
            )
        if after := parse_datetime(asked.get("updated_after", "")):
            rows = rows.filter(updated_at__gt=after)
        order = asked.get("order", "-joined_at")
        rows = rows.order_by(order if order in {"joined_at", "-joined_at"} else "-joined_at")
        return self.page_response([member(each) for each in self.page(rows)])

    def target(self) -> OrganizationMembership:
        """The URL names the user, not the membership."""
        user = as_uuid(self.kwargs["user_uuid"])
        found = (
            OrganizationMembership.objects.select_related("user")
            .filter(organization=self.organization, user__uuid=user)
            .first()
            if user
            else None
        )
        if found is None:
            raise NotFound
        return found

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        own = self.membership
        if own is None or own.level < ADMIN:
            raise PermissionDenied("Your organization access level is insufficient.")
        target = self.target()
        if target.user_id == self.caller.pk:
            raise PermissionDenied("You can't change your own access level.")
        given = MemberInput(data=request.data)
        given.is_valid(raise_exception=True)
        level = given.validated_data["level"]
        if target.level > own.level:
            raise PermissionDenied("You can only edit others with access level lower or equal to yours.")
        if level > own.level:
            raise PermissionDenied("You can only change access level of others to lower or equal to yours.")
        before, target.level = target.level, level
        target.save()
        self.log(
            target, "updated", activity.changes("OrganizationMembership", {"level": before}, {"level": level})
        )
        return Response(member(target))

    update = partial_update

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        own, target = self.membership, self.target()
        leaves = target.user_id == self.caller.pk
        if own is None or (not leaves and (own.level < ADMIN or target.level > own.level)):
            raise PermissionDenied("Your organization access level is insufficient.")
        if target.level == OWNER:
            raise PermissionDenied("Cannot remove an owner. Transfer ownership first.")
        self.log(target, "deleted", [])
        remove_member(target)
        return Response(status=204)

    def log(self, target: OrganizationMembership, what: str, changes: Changes) -> None:
        activity.log(
            scope="OrganizationMembership",
            activity=what,
            item_id=target.pk,
            name=target.user.email,
            user=self.caller,
            organization=self.organization,
            changes=changes,
        )


def give_default_role(membership: OrganizationMembership) -> None:
    """Who joins gets the organization's default role, without anybody's doing (5)."""
    role = membership.organization.default_role
    if role is not None:
        RoleMembership.objects.get_or_create(
            role=role, user=membership.user, defaults={"organization_member": membership}
        )


def remove_member(membership: OrganizationMembership) -> None:
    """Role memberships go with it (5)."""
    user = membership.user
    user.role_memberships.filter(role__organization=membership.organization_id).delete()
    if user.current_organization_id == membership.organization_id:
        user.current_organization = None
        user.current_project = None
        user.save()
    membership.delete()


def is_restricted(membership: OrganizationMembership | None) -> bool:
    """2026: an organization can hide its members from those who are not admins (2.3)."""
    return (
        SWITCHES.age >= 2026
        and membership is not None
        and membership.level < ADMIN
        and membership.organization.is_member_list_restricted
    )


class InviteInput(serializers.Serializer[Any]):
    """Whom to ask."""

    target_email = serializers.EmailField()
    first_name = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    level = serializers.ChoiceField(choices=LEVELS, required=False, default=1)
    message = serializers.CharField(required=False, allow_null=True, default=None)


class InviteView(PostHogView):
    """`/api/organizations/{org}/invites/`: pending invites."""

    scope_object = "organization_member"
    serializer_class = InviteInput

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = OrganizationInvite.objects.select_related("created_by").filter(organization=self.organization)
        return self.page_response([invite(each) for each in self.page(rows.order_by("-created_at"))])

    def create(self, request: Request, **_kwargs: Any) -> Response:
        own = self.membership
        if own is None or (own.level < ADMIN and not self.organization.members_can_invite):
            raise PermissionDenied("Your organization access level is insufficient.")
        given = InviteInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        if values["level"] > own.level:
            raise PermissionDenied("You cannot invite to a higher permission level than your own.")
        if OrganizationMembership.objects.filter(
            organization=self.organization, user__email__iexact=values["target_email"]
        ).exists():
            raise serializers.ValidationError(
                "A user with this email address already belongs to the organization."
            )
        made = OrganizationInvite.objects.create(
            organization=self.organization, created_by=self.caller, **values
        )
        return Response(invite(made), status=201)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        found = as_uuid(self.kwargs["id"])
        row = (
            OrganizationInvite.objects.filter(organization=self.organization, pk=found).first()
            if found
            else None
        )
        if row is None:
            raise NotFound
        row.delete()
        return Response(status=204)


def invite(row: OrganizationInvite) -> dict[str, Any]:
    """As it answers."""
    return {
        "id": str(row.pk),
        "target_email": row.target_email,
        "first_name": row.first_name,
        "emailing_attempt_made": False,
        "level": row.level,
        "is_expired": False,
        "created_by": basic_user(row.created_by),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "message": row.message,
    }


class UserInput(serializers.Serializer[Any]):
    """What of oneself can be changed (2.1)."""

    first_name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    set_current_organization = serializers.CharField(required=False, write_only=True)
    set_current_team = serializers.CharField(required=False, write_only=True)


class UserView(PostHogView):
    """`/api/users/@me/`; a key's restriction does not matter here (2.1)."""

    scope_object = "user"
    exempt_from_key_restriction = True
    serializer_class = UserInput

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        if self.kwargs["uuid"] not in {"@me", str(self.caller.uuid)}:
            raise PermissionDenied(
                "As a non-staff user you're only allowed to access the `@me` user instance."
            )
        return Response(current_user(self.caller))

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        given = UserInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        values, user = given.validated_data, self.caller
        user.first_name = values.get("first_name", user.first_name)
        user.last_name = values.get("last_name", user.last_name)
        if "set_current_organization" in values:
            wanted = as_uuid(values["set_current_organization"])
            organization = (
                Organization.objects.filter(pk=wanted, memberships__user=user).first() if wanted else None
            )
            if organization is None:
                raise invalid("set_current_organization", "Object does not exist.", "does_not_exist")
            user.current_organization = organization
            user.current_project = living_projects().filter(organization=organization).first()
        if "set_current_team" in values:
            number = values["set_current_team"]
            project = (
                living_projects()
                .select_related("organization")
                .filter(pk=number, organization__memberships__user=user)
                .first()
                if number.isdigit()
                else None
            )
            if project is None:
                raise invalid("set_current_team", "Object does not exist.", "does_not_exist")
            user.current_organization, user.current_project = project.organization, project
        user.save()
        return self.retrieve(request)

    update = partial_update


def current_user(user: User) -> dict[str, Any]:
    """2.1."""
    organization = user.current_organization
    project: Project | None = user.current_project
    if project is not None and not living_projects().filter(pk=project.pk).exists():
        project = None
    memberships = user.organization_memberships.select_related("organization").order_by("-joined_at")
    return {
        **(basic_user(user) or {}),
        "date_joined": None,
        "is_staff": user.is_staff,
        "team": basic_project(project) if project else None,
        "organization": (
            full_organization(organization, membership_of(user, organization)) if organization else None
        ),
        "organizations": [basic_organization(each.organization, each.level) for each in memberships],
    }
