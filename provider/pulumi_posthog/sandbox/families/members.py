"""Members of an organization (2.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.roles import RoleMembership
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.membership import as_uuid, is_restricted
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    LEVELS,
    OWNER,
    OrganizationMembership,
)
from pulumi_posthog.sandbox.rules.representation import (
    member,
)
from pulumi_posthog.sandbox.rules.view import PostHogView


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
