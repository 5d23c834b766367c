"""The user behind the key (2.1)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.organizations import full_organization
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid, membership_of
from pulumi_posthog.sandbox.rules.models import (
    Organization,
    Project,
    User,
)
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import (
    basic_organization,
    basic_project,
    basic_user,
)
from pulumi_posthog.sandbox.rules.view import PostHogView


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
