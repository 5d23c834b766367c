"""What all families have in common: ages, parents in the URL, scopes, one transaction per write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed, NotFound
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from pulumi_posthog.sandbox.rules.access import project_level
from pulumi_posthog.sandbox.rules.ages import ALWAYS, Ages, within
from pulumi_posthog.sandbox.rules.errors import endpoint_not_found
from pulumi_posthog.sandbox.rules.membership import as_uuid, membership_of
from pulumi_posthog.sandbox.rules.models import (
    Organization,
    OrganizationMembership,
    PersonalAPIKey,
    Project,
    User,
)
from pulumi_posthog.sandbox.rules.permissions import (
    SAFE_METHODS,
    KeyRestriction,
    KeyScopes,
    MemberOfOrganization,
    MemberOfProject,
)
from pulumi_posthog.sandbox.rules.projects import is_living, living_projects
from pulumi_posthog.sandbox.rules.row import row_of
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.throttling import KeyThrottle
from pulumi_posthog.sandbox.rules.writing import writing

READ_ACTIONS = ("list", "retrieve")
WRITE_ACTIONS = ("create", "update", "partial_update", "destroy")


class PostHogView(GenericViewSet[Any]):
    """A family of endpoints under an organization, under a project, or under neither."""

    scope_object: ClassVar[str]
    """The noun of its scopes (1.3)."""
    ages: ClassVar[Ages] = ALWAYS
    """From which age to which it is served; else 404."""
    urls_of_age: ClassVar[Mapping[str, Ages]] = {}
    """The same for single actions that have a URL of their own."""
    methods_of_age: ClassVar[Mapping[str, Ages]] = {}
    """The same for methods of a shared URL: not offered is 405, or 403 for keys (1.5)."""
    mapped_actions: ClassVar[Mapping[str, tuple[int, str]]] = {}
    """Further actions that keys may call: since which age, with which scopes (1.5)."""
    keeps_what_was_done: bool = False
    """A failing request that has done half of it leaves that behind; set by the action."""
    reads_only: ClassVar[bool] = False
    """Its POSTs only ask: they need not wait for who writes, nor keep them waiting."""
    exempt_from_key_restriction: ClassVar[bool] = False
    further_permissions: ClassVar[Sequence[type[BasePermission]]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        action = str(self.action_map.get(str(request.method).lower()))
        served = within(self.ages) and within(self.urls_of_age.get(action, ALWAYS))
        # Environments came with 2025 (0.1).
        if not served or (SWITCHES.age < 2025 and request.path.startswith("/api/environments")):
            return endpoint_not_found(request)
        if request.method in SAFE_METHODS or self.reads_only:
            return super().dispatch(request, *args, **kwargs)
        with writing():
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= 400 and not self.keeps_what_was_done:
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.action_is_offered:
            raise MethodNotAllowed(str(request.method))

    @property
    def action_is_offered(self) -> bool:
        """Whether the running age serves the action's method at that URL."""
        return within(self.methods_of_age.get(self.action, ALWAYS))

    def needed_scopes(self) -> list[str] | None:
        """The scopes that the action asks of a key; None when keys cannot call it at all (1.5)."""
        action = self.action
        if action is None or not self.action_is_offered:
            return None
        if action in self.mapped_actions:
            since, scope = self.mapped_actions[action]
            if SWITCHES.age < since:
                return None
            return [each if ":" in each else f"{self.scope_object}:{each}" for each in scope.split()]
        if action in READ_ACTIONS:
            return [f"{self.scope_object}:read"]
        if action in WRITE_ACTIONS:
            return [f"{self.scope_object}:write"]
        return None

    def get_permissions(self) -> list[Any]:
        classes: list[type[BasePermission]] = [
            IsAuthenticated,
            KeyScopes,
            KeyRestriction,
            MemberOfOrganization,
            MemberOfProject,
            *self.further_permissions,
        ]
        return [each() for each in classes]

    def get_throttles(self) -> list[BaseThrottle]:
        return [KeyThrottle(rate) for rate in SWITCHES.rate_limits if rate.bucket == self.rate_bucket]

    @property
    def rate_bucket(self) -> str:
        """Which rate limits count the request (1.8)."""
        return ""

    @property
    def caller(self) -> User:
        user: Any = self.request.user
        assert isinstance(user, User)  # noqa: S101 - for the type checker
        return user

    @property
    def key(self) -> PersonalAPIKey:
        key = self.request.auth
        assert isinstance(key, PersonalAPIKey)  # noqa: S101 - for the type checker
        return key

    @property
    def is_organization_based(self) -> bool:
        return "organization_id" in self.kwargs or self.is_project_based

    @property
    def lists_projects(self) -> bool:
        """Whether a key that is limited to projects may read this list, cut down to those (1.2)."""
        return False

    @property
    def is_project_based(self) -> bool:
        return "project_id" in self.kwargs

    @cached_property
    def organization(self) -> Organization:
        """404 `Organization not found.` for what is neither `@current` nor a known uuid (2.2)."""
        given = self.kwargs.get("organization_id")
        if given is None:
            return self.project.organization
        current = self.caller.current_organization
        if given == "@current":
            if current is None:
                raise NotFound("Organization not found.")
            return current
        id_ = as_uuid(given)
        if current is not None and current.pk == id_:
            return current  # it came with the caller
        found = row_of(Organization, id=id_) if id_ else None
        if found is None:
            raise NotFound("Organization not found.")
        return found

    @cached_property
    def membership(self) -> OrganizationMembership | None:
        """The caller's membership of the organization of the URL; None where there is none."""
        return membership_of(self.caller, self.organization)

    @property
    def membership_that_decides(self) -> OrganizationMembership | None:
        """Whose level counts for writes; some families ask the wrong organization in old ages (4.3)."""
        return self.membership

    @cached_property
    def project(self) -> Project:
        """404 `Project not found.` for what is neither `@current` nor a known number (3.2)."""
        given = str(self.kwargs["project_id"])
        if given == "@current":
            current = self.caller.current_project
            if current is None or not living_projects().filter(pk=current.pk).exists():
                raise NotFound("Project not found.")
            return current
        # A longer number would not fit into a column.
        is_number = given.isascii() and given.isdigit() and len(given) <= 18
        found = row_of(Project, id=int(given)) if is_number else None
        if (
            found is None
            or not is_living(found)
            or ("organization_id" in self.kwargs and found.organization_id != self.organization.pk)
        ):
            raise NotFound("Project not found.")
        own = self.caller.current_organization
        if own is not None and own.pk == found.organization_id:
            found.organization = own  # it came with the caller
        return found

    @cached_property
    def project_level(self) -> int | None:
        """The caller's level in the project of the URL; None where there is none."""
        return project_level(self.membership, self.project)

    def page(self, rows: QuerySet[Any] | Sequence[Any]) -> list[Any]:
        """The rows that the caller asked for."""
        return self.paginate_queryset(rows) or []

    def page_response(self, items: list[Any]) -> Response:
        return self.get_paginated_response(items)

    def get_queryset(self) -> QuerySet[Any]:
        """Only the OpenAPI generator asks; the actions say themselves what they read."""
        return Project.objects.none()
