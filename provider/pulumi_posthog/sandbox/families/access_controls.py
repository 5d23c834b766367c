"""Rules about who may do what with a project, a type of resource, or one object (posthog-api-access.md 3)."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.roles import Role
from pulumi_posthog.sandbox.families.ruled_objects import Thing, object_of
from pulumi_posthog.sandbox.rules.access import Access, Rules
from pulumi_posthog.sandbox.rules.ages import LATER_2026, NEWEST_2026, Ages, generation, within
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.models import LEVELS, AccessControl, OrganizationMembership
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.resource_types import (
    PROJECT_LEVELS,
    RESOURCE_LEVELS,
    ResourceType,
    type_of,
    type_of_collection,
)
from pulumi_posthog.sandbox.rules.view import PostHogView

# So many objects of one type in a project can have rules (3.4).
MOST_OBJECTS = 1000


def represented_rule(row: AccessControl) -> dict[str, Any]:
    """A rule, which has no id and does not say who made it (3.3)."""
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


class RuleView(PostHogView):
    """What all endpoints of rules have in common: who may write, and how a rule is written."""

    scope_object = "access_control"
    serializer_class = AccessControlInput
    ages: ClassVar[Ages] = (2025, 2026)

    @cached_property
    def rules(self) -> Rules:
        """What is stored of the project's rules."""
        return Rules(self.project)

    @property
    def who(self) -> OrganizationMembership:
        """The membership of the caller."""
        assert self.membership is not None  # noqa: S101 - permissions have seen to it
        return self.membership

    def refuse_foreign_account(self) -> None:
        """Newest 2026: a project can have one account that alone writes rules (3.7)."""
        manager = self.project.managing_account_id
        if generation() >= NEWEST_2026 and manager is not None and manager != self.caller.pk:
            raise PermissionDenied("The access controls of this project are managed by another account.")

    def checked(self, sent: Any) -> dict[str, Any]:
        """What was sent, and whom it is about. Raises 400 or 403."""
        given = AccessControlInput(data=sent)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        who, role = values.get("organization_member"), values.get("role")
        if who is not None and role is not None:
            raise serializers.ValidationError(
                "You can not scope an access control to both a member and a role."
            )
        if generation() >= LATER_2026:
            if any(each is not None and each.organization_id != self.organization.pk for each in (who, role)):
                raise serializers.ValidationError("It belongs to another organization.")
            if role is not None and self.organization.feature("role_based_access") is None:
                raise PermissionDenied("Rules for roles are not available on your plan.")
        return values

    def write(
        self, resource: str, resource_id: str | None, levels: tuple[str, ...], values: dict[str, Any]
    ) -> tuple[str, AccessControl | None]:
        """`created`, `updated`, `cleared` or `noop`, and the rule that is stored then."""
        level = values["access_level"]
        if level is not None and level not in levels:
            raise invalid("access_level", f"Invalid access level. Must be one of: {', '.join(levels)}")
        same = {
            "project": self.project,
            "resource": resource,
            "resource_id": resource_id,
            "organization_member": values.get("organization_member"),
            "role": values.get("role"),
        }
        stored = AccessControl.objects.filter(**same)
        if level is None:
            gone, _ = stored.delete()
            return ("cleared" if gone else "noop"), None
        row = stored.first()
        if row is not None:
            outcome = "noop" if row.access_level == level else "updated"
            row.access_level = level
            row.save()
            return outcome, row
        if resource_id is not None and resource != "project":
            self.refuse_too_many(resource, resource_id)
        return "created", AccessControl.objects.create(**same, access_level=level)

    def refuse_too_many(self, resource: str, resource_id: str) -> None:
        """Later 2026: more rules about an object that has one are free."""
        if generation() < LATER_2026:
            return
        rows = AccessControl.objects.filter(project=self.project, resource=resource).exclude(resource_id=None)
        counted = set(rows.values_list("resource_id", flat=True))
        if resource_id not in counted and len(counted) >= MOST_OBJECTS:
            raise serializers.ValidationError(f"At most {MOST_OBJECTS} objects can have rules.")

    def written(self, resource: str, resource_id: str | None, levels: tuple[str, ...], sent: Any) -> Response:
        """200 with the rule; 204 for a removal, also of what is not there."""
        self.refuse_foreign_account()
        _, row = self.write(resource, resource_id, levels, self.checked(sent))
        return Response(status=204) if row is None else Response(represented_rule(row))

    def shown(self, rows: QuerySet[AccessControl], type_: ResourceType | None) -> dict[str, Any]:
        """What the answers have in common; `type_` None: of the project."""
        levels = PROJECT_LEVELS if type_ is None else RESOURCE_LEVELS
        item: dict[str, Any] = {
            "access_controls": [represented_rule(row) for row in rows.order_by("created_at")],
            "available_access_levels": list(levels),
            "default_access_level": "admin" if type_ is None else type_.default,
        }
        if within((2026, 2026)):
            item["minimum_access_level"] = "none" if type_ is None else type_.minimum
            item["maximum_access_level"] = "admin" if type_ is None else type_.maximum
        return item

    def with_access(self, found: list[tuple[OrganizationMembership, Access]]) -> Response:
        """`users_with_access`: those at `none` are left out."""
        names = dict(LEVELS)
        users = [
            {
                "user_id": str(member.user.uuid),
                "access_level": access.level,
                "access_source": access.source,
                "organization_membership_id": str(member.pk),
                "organization_membership_level": names[member.level],
            }
            for member, access in found
            if access.level != "none"
        ]
        return Response({"users": users, "total_count": len(users)})

    def members(self) -> QuerySet[OrganizationMembership]:
        """The active members of the organization, those who joined first first."""
        return (
            OrganizationMembership.objects.select_related("user")
            .filter(organization=self.organization, user__is_active=True)
            .order_by("joined_at", "pk")
        )

    mapped_actions = {"users_with_access": (2025, "read")}  # noqa: RUF012 - declared in the base class


class ProjectAccessControlView(RuleView):
    """`/api/projects/{id}/access_controls/`: the project itself."""

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = AccessControl.objects.filter(
            project=self.project, resource="project", resource_id=str(self.project.pk)
        )
        item = {
            **self.shown(rows, None),
            "user_access_level": self.rules.project_access(self.who).level,
            "user_can_edit_access_levels": self.rules.edits_rules(self.who),
        }
        if generation() >= LATER_2026:
            item["inherited_access"] = None
        return Response(item)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        if not self.rules.edits_rules(self.who):
            raise PermissionDenied("Must be admin to modify project permissions.")
        return self.written("project", str(self.project.pk), PROJECT_LEVELS, request.data)

    def users_with_access(self, request: Request, **_kwargs: Any) -> Response:
        return self.with_access([(each, self.project_source(each)) for each in self.members()])

    def project_source(self, member: OrganizationMembership) -> Access:
        """The access of a member to the project, and where it is from."""
        return self.rules.project_access(member)


class ResourceAccessControlView(RuleView):
    """`/api/projects/{id}/resource_access_controls/`: types of resource."""

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = AccessControl.objects.filter(project=self.project, resource_id=None)
        edits = self.rules.edits_rules(self.who)
        return Response(
            {
                **self.shown(rows, ResourceType("any")),
                "user_access_level": "manager" if edits else "editor",
                "user_can_edit_access_levels": edits,
            }
        )

    def update(self, request: Request, **_kwargs: Any) -> Response:
        if not self.rules.edits_rules(self.who):
            raise PermissionDenied("Must be an organization admin to modify the permissions of resources.")
        sent = request.data if isinstance(request.data, dict) else {}
        resource_id = sent.get("resource_id")
        if resource_id and generation() >= 2026:
            raise PermissionDenied("A rule about one object is not written here.")
        if "access_level" in sent and "resource" not in sent:
            # The check of the level reads it before anybody has seen that it is there.
            raise Unhandled("KeyError: 'resource'")
        name = str(sent.get("resource"))
        type_ = type_of(name)
        if "resource" in sent and type_ is None:
            raise invalid("resource", "No such resource.")
        levels = type_.levels if type_ else RESOURCE_LEVELS
        return self.written(name, str(resource_id) if resource_id else None, levels, request.data)


class ObjectAccessControlView(RuleView):
    """`/api/projects/{id}/{collection}/{rid}/access_controls/`: one dashboard, insight, flag, ..."""

    @cached_property
    def type(self) -> ResourceType:
        """404 for a type that the running age does not know."""
        found = type_of_collection(self.kwargs["collection"])
        if found is None:
            raise NotFound
        return found

    @cached_property
    def thing(self) -> Thing:
        """The object of the URL; 404 where there is none."""
        id_ = self.kwargs["resource_id"]
        found = object_of(self.project.pk, self.type.name, id_)
        if found is None:
            raise NotFound
        return found

    def access(self, member: OrganizationMembership) -> Access:
        """The access of a member to the object, and where it is from."""
        thing = self.thing
        return self.rules.object_access(member, self.type.name, thing.key, thing.created_by_id)

    @property
    def edits(self) -> bool:
        """The creator, too, and holders of a stored `manager` (3.4)."""
        found = self.access(self.who)
        return self.rules.edits_rules(self.who) or (found.is_stored and found.level == "manager")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = AccessControl.objects.filter(
            project=self.project, resource=self.type.name, resource_id=self.thing.key
        )
        item = {
            **self.shown(rows, self.type),
            "user_access_level": self.access(self.who).level,
            "user_can_edit_access_levels": self.edits,
        }
        if generation() >= LATER_2026:
            found = self.rules.type_access(self.who, self.type.name)
            item["inherited_access"] = {
                "access_level": found.level,
                "source": "resource" if found.is_stored else "default",
                "source_subject": found.source,
            }
        return Response(item)

    def update(self, request: Request, **_kwargs: Any) -> Response:
        if not self.edits:
            raise PermissionDenied("Must be a manager of it to modify its permissions.")
        return self.written(self.type.name, self.thing.key, self.type.levels, request.data)

    def users_with_access(self, request: Request, **_kwargs: Any) -> Response:
        return self.with_access([(each, self.access(each)) for each in self.members()])

    def of_types(self, request: Request, **_kwargs: Any) -> Response:
        """The endpoint of types below a collection refuses (3.4)."""
        raise serializers.ValidationError("Rules about types are not written here.")

    mapped_actions = {  # noqa: RUF012 - declared in the base class
        "users_with_access": (2025, "read"),
        "of_types": (2025, "write"),
    }
