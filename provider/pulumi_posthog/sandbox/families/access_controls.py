"""Access controls: which members and roles may do what with a project or a kind of resource (9)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.roles import Role
from pulumi_posthog.sandbox.rules.errors import PaymentRequired, invalid
from pulumi_posthog.sandbox.rules.models import ADMIN, AccessControl, OrganizationMembership
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.view import PostHogView

PROJECT_LEVELS = ("none", "member", "admin")
RESOURCE_LEVELS = ("none", "viewer", "editor", "manager")


def represented_access_control(row: AccessControl) -> dict[str, Any]:
    """A rule, which has no id and does not say who made it (posthog-api-access.md 3.3)."""
    return {
        "access_level": row.access_level,
        "resource": row.resource,
        "resource_id": row.resource_id,
        "organization_member": str(row.organization_member_id) if row.organization_member_id else None,
        "role": str(row.role_id) if row.role_id else None,
        "created_by": None,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


class AccessControlInput(serializers.Serializer[Any]):
    """A rule; `access_level` null removes it."""

    access_level = serializers.CharField(allow_null=True)
    resource = serializers.CharField(max_length=64, required=False)
    resource_id = serializers.CharField(max_length=36, required=False, allow_null=True)
    organization_member = serializers.PrimaryKeyRelatedField(
        queryset=OrganizationMembership.objects.all(), required=False, allow_null=True
    )
    role = serializers.PrimaryKeyRelatedField(queryset=Role.objects.all(), required=False, allow_null=True)


class ProjectAccessControlView(PostHogView):
    """`/api/projects/{id}/access_controls/`: the project itself."""

    scope_object = "access_control"
    serializer_class = AccessControlInput
    ages = (2025, 2026)

    def rows(self) -> QuerySet[AccessControl]:
        return AccessControl.objects.filter(
            project=self.project, resource="project", resource_id=str(self.project.pk)
        ).order_by("created_at")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        default = self.rows().filter(organization_member=None, role=None).first()
        level = "admin" if (self.project_level or 0) >= ADMIN else "member"
        return Response(
            {
                "access_controls": [represented_access_control(row) for row in self.rows()],
                "available_access_levels": list(PROJECT_LEVELS),
                "default_access_level": default.access_level if default else "member",
                "user_access_level": level,
                "user_can_edit_access_levels": level == "admin",
            }
        )

    def values(self, given: dict[str, Any]) -> tuple[str, str | None]:
        """Resource and its id: here always the project."""
        return "project", str(self.project.pk)

    def levels(self) -> tuple[str, ...]:
        return PROJECT_LEVELS

    def update(self, request: Request, **_kwargs: Any) -> Response:
        if (self.project_level or 0) < ADMIN:
            raise PermissionDenied("You do not have permission to edit access levels.")
        given = AccessControlInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        who, role = values.get("organization_member"), values.get("role")
        if who is not None and role is not None:
            raise serializers.ValidationError(
                "You can not scope an access control to both a member and a role."
            )
        if role is not None and role.organization_id != self.organization.pk:
            raise invalid("role", "Role does not belong to this organization.")
        if who is not None and who.organization_id != self.organization.pk:
            raise invalid("organization_member", "Member does not belong to this organization.")
        if self.organization.feature("access_control") is None:
            raise PaymentRequired
        if role is not None and self.organization.feature("role_based_access") is None:
            raise PaymentRequired
        level = values["access_level"]
        if level is not None and level not in self.levels():
            raise invalid("access_level", f"Invalid access level. Must be one of: {', '.join(self.levels())}")
        resource, resource_id = self.values(values)
        same = {
            "project": self.project,
            "resource": resource,
            "resource_id": resource_id,
            "organization_member": who,
            "role": role,
        }
        if level is None:
            AccessControl.objects.filter(**same).delete()
            return Response(status=204)
        row, _ = AccessControl.objects.update_or_create(**same, defaults={"access_level": level})
        return Response(represented_access_control(row))


class ResourceAccessControlView(ProjectAccessControlView):
    """`/api/projects/{id}/resource_access_controls/`: a kind of resource in the project."""

    def rows(self) -> QuerySet[AccessControl]:
        return (
            AccessControl.objects.filter(project=self.project, resource_id=None)
            .exclude(resource="project")
            .order_by("created_at")
        )

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return Response(
            {
                "access_controls": [represented_access_control(row) for row in self.rows()],
                "available_access_levels": list(RESOURCE_LEVELS),
                "default_access_level": "editor",
                "user_can_edit_access_levels": (self.project_level or 0) >= ADMIN,
            }
        )

    def values(self, given: dict[str, Any]) -> tuple[str, str | None]:
        if not given.get("resource") or given["resource"] == "project":
            raise invalid("resource", "This field is required.", "required")
        return given["resource"], None

    def levels(self) -> tuple[str, ...]:
        return RESOURCE_LEVELS


class ObjectAccessControlView(ProjectAccessControlView):
    """`/api/projects/{id}/<resource>s/{rid}/access_controls/`: one dashboard, insight, flag, ..."""

    def rows(self) -> QuerySet[AccessControl]:
        resource, resource_id = self.values({})
        return AccessControl.objects.filter(
            project=self.project, resource=resource, resource_id=resource_id
        ).order_by("created_at")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = self.rows()
        default = rows.filter(organization_member=None, role=None).first()
        return Response(
            {
                "access_controls": [represented_access_control(row) for row in rows],
                "available_access_levels": list(RESOURCE_LEVELS),
                "default_access_level": default.access_level if default else "editor",
                "user_access_level": "manager" if (self.project_level or 0) >= ADMIN else "editor",
                "user_can_edit_access_levels": (self.project_level or 0) >= ADMIN,
            }
        )

    def values(self, given: dict[str, Any]) -> tuple[str, str | None]:
        resource, id_ = self.kwargs["resource"], self.kwargs["resource_id"]
        for thing in ProjectObject.objects.filter(project=self.project, type=resource, deleted=False):
            if id_ in {thing.ref, str(thing.pk)}:
                return resource, thing.ref
        raise NotFound

    def levels(self) -> tuple[str, ...]:
        return RESOURCE_LEVELS
