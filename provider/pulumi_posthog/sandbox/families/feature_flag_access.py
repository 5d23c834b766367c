"""Until 2024: an organization's default access to feature flags, and the roles that may edit one flag (9)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.roles import OrganizationResourceAccess, Role, represented
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.permissions import AdminWrites
from pulumi_posthog.sandbox.rules.representation import basic_user, moment
from pulumi_posthog.sandbox.rules.view import PostHogView


class FeatureFlagRoleAccess(models.Model):
    """2024: a role that may edit a feature flag (9)."""

    feature_flag = models.ForeignKey(ProjectObject, on_delete=models.CASCADE, related_name="role_access")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="feature_flag_access")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Feature flag role access"
        verbose_name_plural = "Feature flag role access"

    def __str__(self) -> str:
        return f"{self.role} may edit {self.feature_flag}"


RESOURCES = ("feature flags", "experiments", "cohorts", "data management", "session recordings", "insights")


class ResourceAccessInput(serializers.Serializer[Any]):
    """A kind of resource and what everybody may do with it."""

    resource = serializers.ChoiceField(choices=RESOURCES)
    access_level = serializers.ChoiceField(choices=(Role.VIEW, Role.EDIT), required=False, default=Role.EDIT)


def represented_access(row: OrganizationResourceAccess) -> dict[str, Any]:
    return {
        "id": row.pk,
        "resource": row.resource,
        "access_level": row.access_level,
        "organization": str(row.organization_id),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "created_by": basic_user(row.created_by),
    }


class ResourceAccessView(PostHogView):
    """`/api/organizations/{org}/resource_access/`."""

    scope_object = "organization"
    serializer_class = ResourceAccessInput
    further_permissions = (AdminWrites,)
    ages = (2024, 2024)

    def rows(self) -> QuerySet[OrganizationResourceAccess]:
        return OrganizationResourceAccess.objects.select_related("created_by").filter(
            organization=self.organization
        )

    def target(self) -> OrganizationResourceAccess:
        id_ = self.kwargs["id"]
        found = self.rows().filter(pk=int(id_)).first() if id_.isdigit() else None
        if found is None:
            raise NotFound
        return found

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return self.page_response([represented_access(row) for row in self.page(self.rows().order_by("pk"))])

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented_access(self.target()))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = ResourceAccessInput(data=request.data)
        given.is_valid(raise_exception=True)
        if self.rows().filter(resource=given.validated_data["resource"]).exists():
            raise invalid("resource", "This resource already has a default access level.", "unique")
        made = OrganizationResourceAccess.objects.create(
            organization=self.organization, created_by=self.caller, **given.validated_data
        )
        return Response(represented_access(made), status=201)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        given = ResourceAccessInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        row.access_level = given.validated_data.get("access_level", row.access_level)
        row.save()
        return Response(represented_access(row))

    update = partial_update

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        self.target().delete()
        return Response(status=204)


class RoleAccessInput(serializers.Serializer[Any]):
    """The role that may edit the flag."""

    role_id = serializers.PrimaryKeyRelatedField(queryset=Role.objects.all())


class FeatureFlagRoleAccessView(PostHogView):
    """`/api/projects/{id}/feature_flags/{flag}/role_access/`."""

    scope_object = "feature_flag"
    serializer_class = RoleAccessInput
    ages = (2024, 2024)

    def flag(self) -> ProjectObject:
        id_ = self.kwargs["flag_id"]
        flags = ProjectObject.objects.filter(project=self.project, type="feature_flag", deleted=False)
        found = flags.filter(pk=int(id_)).first() if id_.isdigit() else None
        if found is None:
            raise NotFound
        return found

    def rows(self) -> QuerySet[FeatureFlagRoleAccess]:
        return FeatureFlagRoleAccess.objects.select_related("role").filter(feature_flag=self.flag())

    def item(self, row: FeatureFlagRoleAccess) -> dict[str, Any]:
        flag = row.feature_flag
        return {
            "id": row.pk,
            "feature_flag": {"id": flag.pk, "key": flag.name},
            "role": represented([row.role], self.organization, self.membership)[0],
            "added_at": moment(row.added_at),
            "updated_at": moment(row.updated_at),
        }

    def target(self) -> FeatureFlagRoleAccess:
        id_ = self.kwargs["id"]
        found = self.rows().filter(pk=int(id_)).first() if id_.isdigit() else None
        if found is None:
            raise NotFound
        return found

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return self.page_response([self.item(row) for row in self.page(self.rows().order_by("pk"))])

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(self.item(self.target()))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        flag = self.flag()
        given = RoleAccessInput(data=request.data)
        given.is_valid(raise_exception=True)
        role = given.validated_data["role_id"]
        if role.organization_id != self.organization.pk:
            raise invalid("role_id", "Invalid pk - object does not exist.", "does_not_exist")
        made, _ = FeatureFlagRoleAccess.objects.get_or_create(feature_flag=flag, role=role)
        return Response(self.item(made), status=201)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        self.target().delete()
        return Response(status=204)
