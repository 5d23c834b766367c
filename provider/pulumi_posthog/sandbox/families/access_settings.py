"""The settings page's reads and writes of access rules, since 2026 (posthog-api-access.md 3.8)."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.access_controls import RuleView, represented_rule
from pulumi_posthog.sandbox.families.roles import Role
from pulumi_posthog.sandbox.families.ruled_objects import object_of, objects_of
from pulumi_posthog.sandbox.rules.access import Access, Rules
from pulumi_posthog.sandbox.rules.ages import LATER_2026, NEWEST_2026, Ages
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import uuid_or_nothing
from pulumi_posthog.sandbox.rules.models import ADMIN, AccessControl, OrganizationMembership
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import basic_user
from pulumi_posthog.sandbox.rules.resource_types import (
    NOT_BY_OBJECT_RULES,
    PROJECT_LEVELS,
    RESOURCE_LEVELS,
    ResourceType,
    has_object_rules,
    types,
    with_type_rules,
)

READS = ("defaults", "roles", "members", "default_objects", "role_objects", "member_objects")
LATER: Ages = (LATER_2026, 2026)
NEWEST: Ages = (NEWEST_2026, 2026)
RULE_WRITES = {"default_rules": NEWEST, "member_rules": NEWEST, "role_rules": NEWEST, "object_rules": LATER}


class AccessSettingsView(RuleView):
    """`/api/projects/{id}/access_control_.../`."""

    ages = (2026, 2026)
    urls_of_age = {  # noqa: RUF012 - declared in the base class
        **{name: LATER for name in READS if name.endswith("objects")},
        **RULE_WRITES,
    }
    mapped_actions = {  # noqa: RUF012 - declared in the base class
        **dict.fromkeys(READS, (2026, "read")),
        **dict.fromkeys(RULE_WRITES, (2026, "write")),
    }

    def stored(self, resource: str, resource_id: str | None, **subject: Any) -> str | None:
        """The level of the one rule of a subject."""
        for row in self.rules.about(resource, resource_id):
            if (row.organization_member_id, row.role_id) == (subject.get("member"), subject.get("role")):
                return row.access_level
        return None

    @property
    def project_key(self) -> str:
        return str(self.project.pk)

    def defaults(self, request: Request, **_kwargs: Any) -> Response:
        return Response(
            {
                "available_project_levels": list(PROJECT_LEVELS),
                "available_resource_levels": list(RESOURCE_LEVELS),
                "can_edit": self.rules.edits_rules(self.who),
                "project_access_level": self.stored("project", self.project_key) or "admin",
                "resource_access_levels": {
                    name: {
                        "access_level": self.stored(name, None),
                        "minimum": type_.minimum,
                        "maximum": type_.maximum,
                    }
                    for name, type_ in with_type_rules().items()
                },
                "object_rule_resources": [
                    {
                        "resource": name,
                        "available_access_levels": list(type_.levels),
                        "minimum_access_level": type_.minimum,
                    }
                    for name, type_ in types().items()
                    if has_object_rules(name)
                ],
            }
        )

    def entry(self, own: str | None, effective: Access, inherited: str, type_: ResourceType | None) -> Any:
        return {
            "access_level": own,
            "effective_access_level": effective.level,
            "inherited_access": {"access_level": inherited},
            "minimum": "none" if type_ is None else type_.minimum,
            "maximum": "admin" if type_ is None else type_.maximum,
        }

    def roles(self, request: Request, **_kwargs: Any) -> Response:
        rows = Role.objects.filter(organization=self.organization).order_by("name")
        if sought := request.query_params.get("role_id"):
            rows = rows.filter(pk=uuid_or_nothing(sought))
        return Response(
            {
                "results": [
                    {
                        "role_id": str(role.pk),
                        "role_name": role.name,
                        **self.levels_of({"role": role.pk}, self.of_role),
                    }
                    for role in rows
                ]
            }
        )

    def of_role(self, resource: str, resource_id: str | None, own: str | None, default: str) -> Access:
        return Access(own or self.stored(resource, resource_id) or default)

    def members(self, request: Request | None = None, **_kwargs: Any) -> Any:
        rows = super().members()
        if request is None:
            return rows
        if sought := request.query_params.get("member_id"):
            rows = rows.filter(pk=uuid_or_nothing(sought))
        return Response({"results": [self.of_member(each) for each in rows]})

    def of_member(self, member: OrganizationMembership) -> dict[str, Any]:
        def effective(resource: str, resource_id: str | None, _own: str | None, _default: str) -> Access:
            if resource == "project":
                return self.rules.project_access(member)
            return self.rules.type_access(member, resource)

        return {
            "organization_membership_id": str(member.pk),
            "user": basic_user(member.user),
            "organization_level": member.level,
            "role_ids": sorted(str(each) for each in self.rules.roles_of(member)),
            **self.levels_of({"member": member.pk}, effective),
        }

    def levels_of(self, subject: dict[str, Any], effective: Any) -> dict[str, Any]:
        """The project and every type, of one subject."""
        own = self.stored("project", self.project_key, **subject)
        inherited = self.stored("project", self.project_key) or "admin"
        resources = {}
        for name, type_ in with_type_rules().items():
            mine = self.stored(name, None, **subject)
            resources[name] = self.entry(
                mine,
                effective(name, None, mine, type_.default),
                self.stored(name, None) or type_.default,
                type_,
            )
        project = effective("project", self.project_key, own, "admin")
        return {"project": self.entry(own, project, inherited, None), "resources": resources}

    # Objects that one subject has rules about.

    def default_objects(self, request: Request, **_kwargs: Any) -> Response:
        return self.objects_of(organization_member=None, role=None)

    def role_objects(self, request: Request, **_kwargs: Any) -> Response:
        id_ = self.asked(request, "role_id")
        if not Role.objects.filter(organization=self.organization, pk=id_).exists():
            raise NotFound
        return self.objects_of(role_id=id_)

    def member_objects(self, request: Request, **_kwargs: Any) -> Response:
        id_ = self.asked(request, "member_id")
        if not OrganizationMembership.objects.filter(organization=self.organization, pk=id_).exists():
            raise NotFound
        return self.objects_of(organization_member_id=id_)

    def asked(self, request: Request, name: str) -> Any:
        given = request.query_params.get(name)
        if not given:
            raise invalid(name, "This field is required.", "required")
        return uuid_or_nothing(given)

    def objects_of(self, **subject: Any) -> Response:
        rows = AccessControl.objects.filter(project=self.project, **subject).exclude(resource_id=None)
        things = {(thing.type, thing.key): thing for thing in objects_of(self.project.pk)}
        results = []
        for row in rows.exclude(resource="project").order_by("created_at"):
            thing = things.get((row.resource, str(row.resource_id)))
            results.append(
                {
                    "resource": row.resource,
                    "resource_id": row.resource_id,
                    "name": thing.name if thing else None,
                    "short_id": thing.short_id if thing else None,
                    "access_level": row.access_level,
                }
            )
        return Response({"results": results})

    # Writes.

    def object_rules(self, request: Request, **_kwargs: Any) -> Response:
        """As a PUT on the object; 400 for a type without such rules, 404 for what the caller cannot see."""
        sent = request.data if isinstance(request.data, dict) else {}
        name, key = str(sent.get("resource") or ""), str(sent.get("resource_id") or "")
        if not has_object_rules(name) or name in NOT_BY_OBJECT_RULES:
            raise invalid("resource", "There are no rules about single objects of this type.")
        thing = object_of(self.project.pk, name, key)
        if thing is None or thing.key != key:
            raise NotFound
        access = self.rules.object_access(self.who, name, key, thing.created_by_id)
        if access.level == "none":
            raise NotFound
        if not self.rules.edits_rules(self.who) and not (access.is_stored and access.level == "manager"):
            raise PermissionDenied("Must be a manager of it to modify its permissions.")
        return self.written(name, key, types()[name].levels, request.data)

    def default_rules(self, request: Request, **_kwargs: Any) -> Response:
        return self.rule(request, None)

    def member_rules(self, request: Request, **_kwargs: Any) -> Response:
        return self.rule(request, "organization_member")

    def role_rules(self, request: Request, **_kwargs: Any) -> Response:
        return self.rule(request, "role")

    def rule(self, request: Request, subject: str | None) -> Response:
        """Always 200, with what came of it."""
        if not self.rules.edits_rules(self.who):
            raise PermissionDenied("Must be admin to modify project permissions.")
        self.refuse_foreign_account()
        sent = dict(request.data) if isinstance(request.data, dict) else {}
        models = {"organization_member": OrganizationMembership, "role": Role}
        if subject is not None:
            rows: Any = models[subject].objects.filter(organization=self.organization)  # type: ignore[attr-defined]
            if not rows.filter(pk=uuid_or_nothing(sent.get(subject))).exists():
                raise NotFound
        values = self.checked({name: sent[name] for name in ("access_level", subject) if name in sent})
        name, key = str(sent.get("resource") or ""), sent.get("resource_id")
        if name == "project":
            outcome, row = self.write("project", self.project_key, PROJECT_LEVELS, values)
        elif key is None and name not in with_type_rules():
            raise invalid("resource", "There are no rules about this type.")
        elif name not in types():
            raise invalid("resource", "No such resource.")
        else:
            outcome, row = self.write(name, None if key is None else str(key), types()[name].levels, values)
        return Response({"outcome": outcome, "rule": represented_rule(row) if row else None})


class MemberProjectAccessView(RuleView):
    """`/api/organizations/{org}/members/project_access/`: effective levels, newest 2026."""

    scope_object = "organization_member"
    ages = NEWEST

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = super().members()
        if sought := request.query_params.get("member_id"):
            rows = rows.filter(pk=uuid_or_nothing(sought))
        if self.who.level < ADMIN:
            rows = rows.filter(user=self.caller)
        rules = [Rules(each) for each in living_projects().filter(organization=self.organization)]
        results = []
        for member in rows:
            projects = []
            for each in rules:
                found = each.project_access(member)
                projects.append(
                    {
                        "team_id": each.project.pk,
                        "team_name": each.project.name,
                        "access_level": found.level,
                        "resolved": found.is_stored,
                        "subject_id": str(member.pk) if found.source == "explicit_member" else None,
                    }
                )
            results.append({"organization_membership_id": str(member.pk), "projects": projects})
        return Response({"results": results})
