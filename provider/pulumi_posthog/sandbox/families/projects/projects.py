"""Projects and their environments, which share an id (3)."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.hog_functions.models import refresh_filters
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.projects.changes import (
    check,
    check_admin_only,
    check_limit,
    check_name,
    create_project,
    merged,
)
from pulumi_posthog.sandbox.families.projects.settings import SETTINGS, Surface, serializer_class
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.access import project_level
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.columns import project_token, random_text
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid, membership_of
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    ActivityLog,
    Organization,
    OrganizationMembership,
    Project,
    User,
)
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import basic_project, moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

GLOBAL_DATA_THEME = 1
LONGEST_ID = 18  # digits: a number of more does not fit into the column


def represented_project(project: Project, level: int | None, surface: Surface) -> dict[str, Any]:
    """The full object: what can be written, and what only comes in answers (3.4)."""
    item: dict[str, Any] = {
        "id": project.pk,
        "uuid": str(project.uuid),
        "organization": str(project.organization_id),
        "name": project.name if surface == "project" else project.environment_name,
        "api_token": project.api_token,
        "created_at": moment(project.created_at),
        "updated_at": moment(project.updated_at),
        "ingested_event": project.ingested_event,
        "effective_membership_level": level,
        "has_group_types": False,
        "default_modifiers": {"personsOnEventsMode": "person_id_override_properties_on_events"},
        "person_on_events_querying_enabled": True,
        "live_events_token": live_events_token(project),
    }
    if surface == "project":
        item["product_description"] = project.product_description
    for setting in SETTINGS:
        if setting.exists(surface):
            item[setting.name] = project.settings.get(setting.name, setting.default)
    item["test_account_filters"] = with_cohort_names(project, item["test_account_filters"])
    if "default_data_theme" in item and project.organization.feature("data_color_themes") is None:
        item["default_data_theme"] = GLOBAL_DATA_THEME
    if SWITCHES.age >= 2025:
        item.update(
            {
                "project_id": project.pk,
                "group_types": [],
                "product_intents": [],
                "secret_api_token": project.secret_api_token,
                "secret_api_token_backup": None,
                "user_access_level": "admin" if (level or 0) >= ADMIN else "member",
            }
        )
    if SWITCHES.age >= 2026:
        item.update(
            {
                "is_pending_deletion": project.deletion_began_at is not None,
                "managed_viewsets": {},
                "available_setup_task_ids": [],
                "event_retention_months": None,
                "events_retention_enforced": False,
            }
        )
    return item


def with_cohort_names(project: Project, document: Any) -> Any:
    """Every condition of type `cohort`, at any depth, answers the cohort's name beside its id.

    Nobody sends the key, it is never stored, and an unknown cohort has none (posthog-api-release.md 2.6, 8.1).
    """
    if isinstance(document, list):
        return [with_cohort_names(project, item) for item in document]
    if not isinstance(document, dict):
        return document
    shown = {key: with_cohort_names(project, value) for key, value in document.items()}
    if document.get("type") == "cohort":
        shown.pop("cohort_name", None)
        name = cohort_name(project, document.get("value"))
        if name is not None:
            shown["cohort_name"] = name
    return shown


def cohort_name(project: Project, id_: Any) -> str | None:
    """The name of one of the project's cohorts; None when it has no such one."""
    if not str(id_).isdecimal() or len(str(id_)) > LONGEST_ID:
        return None
    found = ProjectObject.objects.filter(project=project, type="cohort", deleted=False, pk=int(id_)).first()
    return found.name if found else None


def live_events_token(project: Project) -> str:
    """Another one every day."""
    day = timezone.now().date().isoformat()
    claims = json.dumps({"team_id": project.pk, "day": day}).encode()
    signature = hashlib.sha256(claims + project.api_token.encode()).digest()
    return ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256"}', claims, signature)
    )


class ProjectView(PostHogView):
    """`/api/organizations/{org}/projects/` and `/api/projects/`."""

    scope_object = "project"
    surface: ClassVar[Surface] = "project"
    urls_of_age = {  # noqa: RUF012
        "rotate_secret_token": (2025, 2026),
        "delete_secret_token_backup": (2025, 2026),
        "change_organization": (2025, 2026),
    }

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        return serializer_class(SWITCHES.age, self.surface)

    @cached_property
    def project(self) -> Project:
        # A detail route says 400 where a nested one says 404 (3.2).
        given = str(self.kwargs["project_id"])
        if given != "@current" and not (given.isascii() and given.isdigit()):
            raise invalid("id", f"Invalid project ID: {given}")
        return super().project

    @cached_property
    def organization(self) -> Organization:
        """`/api/projects/` POSTs to the owner's current organization (3.2)."""
        if self.is_project_based or "organization_id" in self.kwargs:
            return super().organization
        current = self.caller.current_organization
        if current is None:
            raise NotFound("Organization not found.")
        return current

    @property
    def is_organization_based(self) -> bool:
        return super().is_organization_based or self.action == "create"

    @property
    def lists_projects(self) -> bool:
        return self.action == "list"

    def visible(self) -> QuerySet[Project]:
        """Of one organization, or of all that the key reaches."""
        rows = living_projects()
        if "organization_id" in self.kwargs:
            rows = rows.filter(organization=self.organization)
        else:
            rows = rows.filter(organization__memberships__user=self.caller)
            if self.key.scoped_organizations:
                rows = rows.filter(organization_id__in=self.key.scoped_organizations)
        if self.key.scoped_teams:
            rows = rows.filter(pk__in=self.key.scoped_teams)
        if SWITCHES.age >= 2026 and self.request.query_params.get("search"):
            rows = rows.filter(Q(name__icontains=self.request.query_params["search"]))
        return rows.select_related("organization").order_by("heap_position")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows: Any = self.visible()
        closed = self.closed_projects(rows)
        if closed:
            rows = rows.exclude(pk__in=closed)
        return self.page_response([self.basic(row) for row in self.page(rows)])

    def closed_projects(self, rows: QuerySet[Project]) -> set[int]:
        """Projects of which the caller may not even know; admins know all, which saves asking."""
        memberships = {
            each.organization_id: each
            for each in OrganizationMembership.objects.select_related("organization").filter(user=self.caller)
        }
        if all(each.level >= ADMIN for each in memberships.values()):
            return set()
        return {row.pk for row in rows if project_level(memberships.get(row.organization_id), row) is None}

    def basic(self, project: Project) -> dict[str, Any]:
        return basic_project(project)

    def answer(self, project: Project, status: int = 200) -> Response:
        """The project as an answer has it, for the caller."""
        level = project_level(membership_of(self.caller, project.organization), project)
        return Response(represented_project(project, level, self.surface), status=status)

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return self.answer(self.project)

    def may_create(self) -> OrganizationMembership:
        """The caller's membership; 403 where that may make no project."""
        own = membership_of(self.caller, self.organization)
        by_members = SWITCHES.age >= 2026 and self.organization.members_can_create_projects
        if own is None or (own.level < ADMIN and not by_members):
            raise PermissionDenied("Your organization access level is insufficient.")
        return own

    def create(self, request: Request, **_kwargs: Any) -> Response:
        own = self.may_create()
        check_limit(self.organization)
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if values.get("primary_dashboard") is not None:
            raise invalid("primary_dashboard", "Primary dashboard cannot be set on project creation.")
        if values.get("is_demo"):
            check_limit(self.organization, is_demo=True)
        check(values, self.organization, None, own)
        if values.get("name"):
            check_name(values["name"], self.organization, None)
        made = create_project(self.organization, values, self.caller)
        for scope in ("Project", "Team"):
            self.log(scope, "created", made, [])
        return self.answer(made, 201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        project = self.project
        if not partial:
            # The limit check takes `update` for a create (3.6).
            check_limit(project.organization)
        given = self.get_serializer(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if not partial and self.surface == "environment":
            values.setdefault("base_currency", "USD")
        check_admin_only(values, self.project_level)
        own = self.membership
        assert own is not None  # noqa: S101 - the permissions saw to it
        check(values, project.organization, project, own)
        self.change(project, values)
        return self.answer(project)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def change(self, project: Project, values: dict[str, Any]) -> None:
        """Store and log."""
        before = copy.deepcopy(project)
        settings = dict(project.settings)
        for name, value in values.items():
            if name == "name":
                self.rename(project, value)
            elif name == "product_description":
                project.product_description = value
            else:
                settings[name] = merged(name, settings.get(name), value)
        project.settings = settings
        project.save()
        log_project_change(before, project, self.caller)
        refresh_filters(project)

    def rename(self, project: Project, name: str) -> None:
        """2026 renames the environment along with its project (3.4)."""
        check_name(name, project.organization, project)
        project.name = name
        if SWITCHES.age >= 2026:
            project.environment_name = name

    def require_admin(self) -> None:
        """403 for who is no admin of the project."""
        if (self.project_level or 0) < ADMIN:
            raise PermissionDenied("You don't have sufficient permissions in the project.")

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        self.require_admin()
        project = self.project
        if project.deletion_began_at is not None:
            raise ValidationError("This project is already being deleted.")
        for scope in ("Project", "Team"):
            self.log(scope, "deleted", project, [])
        if SWITCHES.age >= 2026:
            project.deletion_began_at = timezone.now()
            project.save()
        else:
            project.delete()
        return Response(status=204)

    def reset_token(self, request: Request, **_kwargs: Any) -> Response:
        self.require_admin()
        project = self.project
        before, project.api_token = project.api_token, project_token()
        project.save()
        self.log(
            "Team",
            "updated",
            project,
            activity.changes("Team", {"api_token": before}, {"api_token": project.api_token}),
        )
        return self.answer(project)

    def rotate_secret_token(self, request: Request, **_kwargs: Any) -> Response:
        self.require_admin()
        self.project.secret_api_token = random_text("phs_")
        self.project.save()
        return self.answer(self.project)

    def delete_secret_token_backup(self, request: Request, **_kwargs: Any) -> Response:
        self.require_admin()
        return self.answer(self.project)

    def activity(self, request: Request, **_kwargs: Any) -> Response:
        rows = ActivityLog.objects.filter(team_id=self.project.pk, scope="Team", item_id=str(self.project.pk))
        return activity.object_feed(request, rows)

    def is_generating_demo_data(self, request: Request, **_kwargs: Any) -> Response:
        until = self.project.demo_data_until
        return Response({"is_generating_demo_data": until is not None and timezone.now() < until})

    def change_organization(self, request: Request, **_kwargs: Any) -> Response:
        wanted = as_uuid(dict(request.data).get("organization_id"))
        target = Organization.objects.filter(pk=wanted).first() if wanted else None
        own = membership_of(self.caller, target) if target else None
        if target is None or own is None:
            raise invalid("organization_id", "Organization not found.", "does_not_exist")
        if own.level < ADMIN or self.membership is None or self.membership.level < ADMIN:
            raise PermissionDenied("You must be an admin of both organizations.")
        self.project.organization = target
        self.project.save()
        return self.answer(self.project)

    def log(self, scope: str, what: str, project: Project, changes: Changes) -> None:
        activity.log(
            scope=scope,
            activity=what,
            item_id=project.pk,
            name=project.name,
            user=self.caller,
            project=project,
            changes=changes,
        )


def log_project_change(before: Project, after: Project, user: User | None) -> None:
    """The project's own columns and those of its environment have a scope each (8.3)."""
    for scope, columns in (("Project", project_columns), ("Team", environment_columns)):
        activity.log(
            scope=scope,
            activity="updated",
            item_id=after.pk,
            name=after.name,
            user=user,
            project=after,
            changes=activity.changes(scope, columns(before), columns(after)),
        )


def project_columns(project: Project) -> dict[str, Any]:
    return {"name": project.name, "product_description": project.product_description}


def environment_columns(project: Project) -> dict[str, Any]:
    return as_columns({**project.settings, "name": project.environment_name})


def as_columns(settings: dict[str, Any]) -> dict[str, Any]:
    """Foreign keys are logged under their column, with `_id` (8.3)."""
    return {f"{name}_id" if name == "primary_dashboard" else name: value for name, value in settings.items()}


class EnvironmentView(ProjectView):
    """`/api/environments/{id}/`: the same id, all the settings, a name of its own (3.2)."""

    surface: ClassVar[Surface] = "environment"
    ages = (2025, 2026)

    def basic(self, project: Project) -> dict[str, Any]:
        return {**basic_project(project), "name": project.environment_name}

    def create(self, request: Request, **_kwargs: Any) -> Response:
        raise ValidationError("Environments must be created under a specific project.")

    def rename(self, project: Project, name: str) -> None:
        """Only the environment (3.4)."""
        project.environment_name = name


class EnvironmentOfProjectView(EnvironmentView):
    """`/api/projects/{pid}/environments/{id}/`: the same under its project (3.2)."""

    @cached_property
    def project(self) -> Project:
        found = super().project
        if self.kwargs["parent_id"] not in {"@current", str(found.pk)}:
            raise NotFound
        return found


class NestedEnvironmentView(PostHogView):
    """`/api/projects/{pid}/environments/`: there is one, and a second is 403 (3.2)."""

    scope_object = "project"
    ages = (2025, 2026)

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        return serializer_class(SWITCHES.age, "environment")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = Project.objects.filter(pk=self.project.pk)
        return self.page_response(
            [{**basic_project(row), "name": row.environment_name} for row in self.page(rows)]
        )

    def create(self, request: Request, **_kwargs: Any) -> Response:
        raise PermissionDenied(
            "You have reached the maximum limit of allowed environments for your current plan. "
            "Upgrade your plan to be able to create and manage more environments."
        )
