"""Members of an organization (posthog-api-access.md 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.roles import RoleMembership
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid, is_restricted
from pulumi_posthog.sandbox.rules.models import ADMIN, LEVELS, OWNER, OrganizationMembership, User
from pulumi_posthog.sandbox.rules.representation import member
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

LONGEST_SEARCH = 200
LOGGED_LEVELS = {1: "member", 8: "administrator", 15: "owner"}


class MemberInput(serializers.Serializer[Any]):
    """The one writable field of a member (1.2)."""

    level = serializers.ChoiceField(choices=LEVELS, required=False)


class MemberView(PostHogView):
    """`/api/organizations/{org}/members/`; there is no GET of one member, and no POST (1.1)."""

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
        searched = bool(asked.get("search")) and SWITCHES.age >= 2026
        if searched:
            rows = found_by_text(rows, asked["search"])
        if after := parsed(asked.get("updated_after", "")):
            rows = rows.filter(updated_at__gt=after)
        rows = in_order(rows, asked.get("order"))
        items = [member(each) for each in self.page(rows)]
        if SWITCHES.age >= 2026:
            items = [{**(item or {}), "search_match_type": "similar" if searched else None} for item in items]
        return self.page_response(items)

    def target(self) -> OrganizationMembership:
        """The URL names the user, not the membership; `@me` is the key owner."""
        given = str(self.kwargs["user_uuid"])
        user = self.caller.uuid if given == "@me" else as_uuid(given)
        if user is None:
            raise Unhandled("ValidationError: not a valid UUID")
        found = (
            OrganizationMembership.objects.select_related("user")
            .filter(organization=self.organization, user__uuid=user)
            .first()
        )
        if found is None:
            raise NotFound
        return found

    def editable(self) -> tuple[OrganizationMembership, OrganizationMembership]:
        """The caller's own place and the target: rows 1 and 3 of 1.3."""
        own, target = self.membership, self.target()
        assert own is not None  # noqa: S101 - permissions have seen to it
        if target.user_id != self.caller.pk:
            if own.level < ADMIN:
                raise PermissionDenied("You can only edit others if you are an admin.")
            if target.level > own.level:
                raise PermissionDenied("You can only edit others with level lower or equal to you.")
        return own, target

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        own, target = self.editable()
        given = MemberInput(data=request.data)
        given.is_valid(raise_exception=True)
        level = given.validated_data.get("level")
        if level is None:
            return Response(member(target))
        if target.user_id == self.caller.pk:
            raise PermissionDenied("You can't change your own access level.")
        if level == OWNER and own.level != OWNER:
            raise PermissionDenied(
                "You can only make another member owner if you're this organization's owner."
            )
        if level > own.level:
            raise PermissionDenied("You can only change access level of others to lower or equal to yours.")
        before, target.level = target.level, level
        target.save()
        changed = activity.changes("OrganizationMembership", {"level": before}, {"level": level})
        log_membership(target, "updated", self.caller, changed)
        return Response(member(target))

    update = partial_update

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        _, target = self.editable()
        if target.level == OWNER:
            raise serializers.ValidationError("Cannot leave the organization as its owner!")
        log_membership(target, "deleted", self.caller)
        remove_member(target)
        return Response(status=204)


def found_by_text(rows: QuerySet[OrganizationMembership], text: str) -> QuerySet[OrganizationMembership]:
    """2026: in names and addresses."""
    if len(text) > LONGEST_SEARCH:
        raise invalid("search", f"Ensure this field has no more than {LONGEST_SEARCH} characters.")
    return rows.filter(
        Q(user__email__icontains=text)
        | Q(user__first_name__icontains=text)
        | Q(user__last_name__icontains=text)
    )


def in_order(rows: QuerySet[OrganizationMembership], order: str | None) -> QuerySet[OrganizationMembership]:
    """Newest first; before 2026 by any field, since then by `joined_at` only, and others are ignored."""
    newest = rows.order_by("-joined_at", "pk")
    if not order or (SWITCHES.age >= 2026 and order.lstrip("-") != "joined_at"):
        return newest
    try:
        return rows.order_by(order, "pk")
    except FieldError as error:
        raise Unhandled(str(error)) from error


def parsed(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def log_membership(
    target: OrganizationMembership, what: str, user: User | None, changes: Changes | None = None
) -> None:
    """Since late 2025 (1.4)."""
    if SWITCHES.age < 2025:
        return
    activity.log(
        scope="OrganizationMembership",
        activity=what,
        item_id=target.pk,
        name=target.user.email,
        user=user,
        organization=target.organization,
        changes=changes or [],
        context={"user_email": target.user.email, "level": LOGGED_LEVELS[target.level]},
    )


def give_default_role(membership: OrganizationMembership) -> None:
    """Who joins gets the organization's default role, without anybody's doing (posthog-api.md 5)."""
    role = membership.organization.default_role
    if role is not None:
        RoleMembership.objects.get_or_create(
            role=role, user=membership.user, defaults={"organization_member": membership}
        )


def remove_member(membership: OrganizationMembership) -> None:
    """Role memberships and all access rules of that membership are deleted with it (1.4)."""
    user = membership.user
    user.role_memberships.filter(role__organization=membership.organization_id).delete()
    if user.current_organization_id == membership.organization_id:
        user.current_organization = None
        user.current_project = None
        user.save()
    membership.delete()
