"""Invites into an organization."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    LEVELS,
    MEMBER,
    Organization,
    OrganizationMembership,
    User,
)
from pulumi_posthog.sandbox.rules.representation import (
    basic_user,
    moment,
)
from pulumi_posthog.sandbox.rules.view import PostHogView


class OrganizationInvite(models.Model):
    """Somebody asked to join, who has not joined yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invites")
    target_email = models.EmailField(null=True)
    first_name = models.CharField(max_length=30, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=MEMBER, choices=LEVELS)
    message = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization invite"

    def __str__(self) -> str:
        return f"{self.target_email} to {self.organization}"


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
