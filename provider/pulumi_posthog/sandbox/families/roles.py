"""Roles and who is in them (4, 5)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.ages import ALWAYS
from pulumi_posthog.sandbox.rules.columns import somewhere
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid, is_restricted, membership_of
from pulumi_posthog.sandbox.rules.models import Organization, OrganizationMembership, User
from pulumi_posthog.sandbox.rules.permissions import AdminWrites
from pulumi_posthog.sandbox.rules.representation import basic_user, member, moment
from pulumi_posthog.sandbox.rules.row import row_of
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView


class Role(models.Model):
    """A named set of members (4)."""

    VIEW, EDIT = 21, 37

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=200)
    feature_flags_access_level = models.PositiveSmallIntegerField(
        default=EDIT, choices=((VIEW, "can only view"), (EDIT, "can edit")), help_text="2024 only"
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Role"
        constraints: ClassVar = [
            # Case-sensitive, unlike the API's own check (4.3).
            models.UniqueConstraint(fields=("organization", "name"), name="unique_role_name")
        ]

    def __str__(self) -> str:
        return self.name


class RoleMembership(models.Model):
    """A member in a role (5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_memberships")
    organization_member = models.ForeignKey(
        OrganizationMembership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="role_memberships",
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Role membership"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("role", "user"), name="one_role_membership_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role}"


# What the old list could be filtered by: any other query parameter, `limit` included, ends in 500 (4.3).


class OrganizationResourceAccess(models.Model):
    """2024: an organization's default access to feature flags (9)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="resource_access")
    resource = models.CharField(max_length=32)
    access_level = models.PositiveSmallIntegerField(
        default=Role.EDIT, choices=((Role.VIEW, "can only view"), (Role.EDIT, "can edit"))
    )
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Organization resource access"
        verbose_name_plural = "Organization resource access"

    def __str__(self) -> str:
        return f"{self.resource} {self.access_level}"


OLD_FILTERS = {"id", "name", "created_at", "created_by", "organization", "feature_flags_access_level"}


class RoleInput(serializers.Serializer[Any]):
    """A role as it is written; since 2025 only its name (4.2)."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=200)
    feature_flags_access_level = serializers.ChoiceField(choices=(Role.VIEW, Role.EDIT), required=False)
    created_at = serializers.DateTimeField(read_only=True)
    members = serializers.ListField(read_only=True)


class RoleMembershipInput(serializers.Serializer[Any]):
    """The one thing that a membership is made from (5)."""

    id = serializers.UUIDField(read_only=True)
    role_id = serializers.UUIDField(read_only=True)
    joined_at = serializers.DateTimeField(read_only=True)
    user_uuid = serializers.UUIDField(write_only=True)


class OfCurrentOrganization(PostHogView):
    """Until 2025 writes ask the key owner's current organization, not the one in the URL (4.3)."""

    scope_object = "organization"
    further_permissions = (AdminWrites,)

    @property
    def organization_that_decides(self) -> Organization:
        """The organization whose membership counts for a write: before 2026 the caller's current one."""
        if SWITCHES.age >= 2026:
            return self.organization
        return self.caller.current_organization or self.organization

    @property
    def membership_that_decides(self) -> OrganizationMembership | None:
        decides = self.organization_that_decides
        return self.membership if decides.pk == self.organization.pk else membership_of(self.caller, decides)

    def role(self, id_: str) -> Role | None:
        """The role of that id in the organization of the URL; None where there is none."""
        found = as_uuid(id_)
        return row_of(Role, id=found, organization_id=self.organization.pk) if found else None


class RoleView(OfCurrentOrganization):
    """`/api/organizations/{org}/roles/`."""

    serializer_class = RoleInput

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = Role.objects.filter(organization=self.organization).order_by("heap_position")
        if SWITCHES.age < 2026:
            rows = filtered_as_of_old(rows, request)
        page = self.page(rows)
        return self.page_response(represented(page, self.organization, self.membership))

    def answer(self, role: Role) -> Response:
        return Response(represented([role], self.organization, self.membership)[0])

    def target(self) -> Role:
        found = self.role(self.kwargs["id"])
        if found is None:
            raise NotFound
        return found

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return self.answer(self.target())

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = RoleInput(data=request.data)
        given.is_valid(raise_exception=True)
        organization = self.organization_that_decides
        name = given.validated_data["name"]
        refuse_taken_name(name, organization, None)
        made = Role.objects.create(
            organization=organization,
            name=name,
            feature_flags_access_level=default_flag_access(organization),
        )
        self.log(made, "created", [])
        return Response(represented_role(made, self.organization, self.membership, []), status=201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        role = self.target()
        given = RoleInput(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        before = role.name
        if "name" in values:
            refuse_taken_name(values["name"], self.organization_that_decides, role)
            role.name = values["name"]
        if SWITCHES.age == 2024 and "feature_flags_access_level" in values:
            role.feature_flags_access_level = values["feature_flags_access_level"]
        role.save()
        self.log(role, "updated", activity.changes("Role", {"name": before}, {"name": role.name}))
        return self.answer(role)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        role = self.target()
        self.log(role, "deleted", [])
        role.delete()
        return Response(status=204)

    def log(self, role: Role, what: str, changes: Changes) -> None:
        # Only the newest servers are thought to log roles at all (15).
        if SWITCHES.age < 2026:
            return
        activity.log(
            scope="Role",
            activity=what,
            item_id=role.pk,
            name=role.name,
            user=self.caller,
            organization=role.organization,
            changes=changes,
        )


def filtered_as_of_old(rows: QuerySet[Role], request: Request) -> QuerySet[Role]:
    """Every query parameter is an exact filter; one that names no field fails with 500 (4.3)."""
    asked = {name: value for name, value in request.query_params.items() if name != "personal_api_key"}
    if unknown := asked.keys() - OLD_FILTERS:
        raise Unhandled(f"Cannot resolve keyword {unknown.pop()!r} into field.")
    try:
        return rows.filter(**asked)
    except (FieldError, ValueError) as error:
        raise Unhandled(str(error)) from error


def refuse_taken_name(name: str, organization: Organization, role: Role | None) -> None:
    """Unique whatever its case; until 2025 the check does not leave out the role itself (4.3)."""
    taken = Role.objects.filter(organization=organization, name__iexact=name)
    if role is not None and SWITCHES.age >= 2026:
        taken = taken.exclude(pk=role.pk)
    if taken.exists():
        raise invalid("name", "There is already a role with this name.", "unique")


def default_flag_access(organization: Organization) -> int:
    """2024: what a new role gets, whatever was sent (4.2)."""
    if SWITCHES.age > 2024:
        return Role.EDIT
    default = OrganizationResourceAccess.objects.filter(
        organization=organization, resource="feature flags"
    ).first()
    return default.access_level if default else Role.EDIT


def represented(
    roles: Sequence[Role], organization: Organization, asks: OrganizationMembership | None
) -> list[dict[str, Any]]:
    """Roles with their memberships embedded, in three queries however many there are (4.2)."""
    memberships = RoleMembership.objects.order_by("joined_at", "id")
    # A list of thousands of ids makes a slower query than the whole organization.
    if len(roles) <= 100:
        memberships = memberships.filter(role__in=[role.pk for role in roles])
    else:
        memberships = memberships.filter(role__organization=organization)
    if is_restricted(asks):
        memberships = memberships.filter(user=asks.user if asks else None)
    by_role: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for item in represented_memberships(memberships):
        by_role[item["role_id"]].append(item)
    return [represented_role(role, organization, asks, by_role.get(str(role.pk), [])) for role in roles]


def represented_role(
    role: Role, organization: Organization, asks: OrganizationMembership | None, members: list[dict[str, Any]]
) -> dict[str, Any]:
    """A role with its memberships (4.2)."""
    shows_maker = role.created_by_id and not is_restricted(asks)
    shown: dict[str, Any] = {
        "id": str(role.pk),
        "name": role.name,
        "created_at": moment(role.created_at),
        "created_by": basic_user(role.created_by) if shows_maker else None,
        "members": members,
    }
    if SWITCHES.age == 2024:
        shown["feature_flags_access_level"] = role.feature_flags_access_level
        shown["associated_flags"] = [
            {"id": each.feature_flag_id, "key": each.feature_flag.name}
            for each in role.feature_flag_access.select_related("feature_flag")
        ]
    else:
        shown["is_default"] = organization.default_role_id == role.pk
    return shown


def represented_memberships(rows: QuerySet[RoleMembership]) -> list[dict[str, Any]]:
    """Each user and member is read and built once, however many roles they are in."""
    named: Any = rows.values_list(
        "id", "role_id", "user_id", "organization_member_id", "joined_at", "updated_at", named=True
    )
    values = list(named)
    users: dict[int, Any] = {}
    members: dict[Any, Any] = {None: None}
    if values:
        wanted_members = {row.organization_member_id for row in values if row.organization_member_id}
        wanted_users = {row.user_id for row in values}
        found_members = OrganizationMembership.objects.select_related("user")
        if len(wanted_members) <= 500:
            found_members = found_members.filter(pk__in=wanted_members)
        for each in found_members:
            members[each.pk] = member(each)
            users[each.user_id] = basic_user(each.user)
        for user in User.objects.filter(pk__in=wanted_users - users.keys()):
            users[user.pk] = basic_user(user)
    return [
        represented_membership(row, users[row.user_id], members[row.organization_member_id]) for row in values
    ]


def represented_membership(row: Any, user: Any, of_organization: Any) -> dict[str, Any]:
    """A row, or its columns, with who it is about (5)."""
    return {
        "id": str(row.id),
        "role_id": str(row.role_id),
        "organization_member": of_organization,
        "user": user,
        "joined_at": moment(row.joined_at),
        "updated_at": moment(row.updated_at),
    }


class RoleMembershipView(OfCurrentOrganization):
    """`/api/organizations/{org}/roles/{role}/role_memberships/`: made and deleted, never changed (5)."""

    serializer_class = RoleMembershipInput
    methods_of_age = {"retrieve": (2026, ALWAYS[1])}  # noqa: RUF012 - declared in the base class

    def rows(self) -> QuerySet[RoleMembership]:
        role = self.role(self.kwargs["role_id"])
        if role is None:
            return RoleMembership.objects.none()
        rows = RoleMembership.objects.filter(role=role)
        if is_restricted(self.membership):
            rows = rows.filter(user=self.caller)
        return rows.order_by("joined_at", "id") if SWITCHES.age >= 2026 else rows.order_by("heap_position")

    def target(self) -> QuerySet[RoleMembership]:
        id_ = as_uuid(self.kwargs["id"])
        found = self.rows().filter(pk=id_) if id_ else RoleMembership.objects.none()
        if not found:
            raise NotFound
        return found

    def list(self, request: Request, **_kwargs: Any) -> Response:
        page = self.page(self.rows())
        position = {str(row.pk): index for index, row in enumerate(page)}
        items = represented_memberships(RoleMembership.objects.filter(pk__in=[row.pk for row in page]))
        return self.page_response(sorted(items, key=lambda item: position[item["id"]]))

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented_memberships(self.target())[0])

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = RoleMembershipInput(data=request.data)
        given.is_valid(raise_exception=True)
        role = self.role(self.kwargs["role_id"])
        if role is None:
            raise ValidationError("Role does not exist.")
        user = row_of(User, uuid=given.validated_data["user_uuid"])
        of_organization = membership_of(user, self.organization) if user and user.is_active else None
        if user is None or of_organization is None:
            raise ValidationError("User does not exist.")
        if row_of(RoleMembership, role_id=role.pk, user_id=user.pk):
            raise ValidationError("User is already part of the role.")
        made = RoleMembership.objects.create(role=role, user=user, organization_member=of_organization)
        return Response(represented_membership(made, basic_user(user), member(of_organization)), status=201)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        self.target().delete()
        return Response(status=204)
