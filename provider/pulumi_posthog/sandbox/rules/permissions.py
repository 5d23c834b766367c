"""What a key may do: its scopes, its restriction, its user's level (1.2, 1.3, 1.5)."""

from __future__ import annotations

from typing import Protocol, cast

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    Organization,
    OrganizationMembership,
    PersonalAPIKey,
    Project,
)
from pulumi_posthog.sandbox.rules.switches import SWITCHES


class Asked(Protocol):
    """What permissions ask of a view."""

    @property
    def exempt_from_key_restriction(self) -> bool: ...
    @property
    def is_organization_based(self) -> bool: ...
    @property
    def is_project_based(self) -> bool: ...
    @property
    def lists_projects(self) -> bool: ...
    @property
    def organization(self) -> Organization: ...
    @property
    def project(self) -> Project: ...
    @property
    def project_level(self) -> int | None: ...
    @property
    def membership(self) -> OrganizationMembership | None: ...
    @property
    def membership_that_decides(self) -> OrganizationMembership | None: ...
    def needed_scopes(self) -> list[str] | None: ...


SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def posthog_view(view: APIView) -> Asked:
    """The same view, typed."""
    return cast("Asked", view)


class KeyScopes(BasePermission):
    """A key reaches an action through one of its scopes, or not at all."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = request.auth
        if not isinstance(key, PersonalAPIKey):
            return False
        asked = posthog_view(view)
        if key.scopes is None and SWITCHES.age == 2024:
            return True  # made before there were scopes: unrestricted until 2024 (1.2)
        needed = asked.needed_scopes()
        if needed is None:
            raise PermissionDenied(
                "This action does not support personal API key access"
                if SWITCHES.age >= 2026
                else "This action does not support Personal API Key access"
            )
        granted = key.scopes if key.scopes is not None else ["*"]
        for scope in needed:
            if not scope_is_granted(scope, granted):
                raise PermissionDenied(f"API key missing required scope '{scope}'")
        return True


def scope_is_granted(scope: str, granted: list[str]) -> bool:
    """`x:write` satisfies `x:read`; `*` satisfies everything (1.2)."""
    if "*" in granted or scope in granted:
        return True
    noun, _, access = scope.partition(":")
    return access == "read" and f"{noun}:write" in granted


class KeyRestriction(BasePermission):
    """A key may be limited to some organizations or to some projects (1.2)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = request.auth
        asked = posthog_view(view)
        if not isinstance(key, PersonalAPIKey) or asked.exempt_from_key_restriction:
            return True
        if key.scoped_teams:
            if not asked.is_project_based and not asked.lists_projects:
                raise PermissionDenied(
                    "API keys with scoped projects are only supported on project-based endpoints."
                )
            if asked.is_project_based and asked.project.pk not in key.scoped_teams:
                raise PermissionDenied(
                    f"API key does not have access to the requested project: ID {asked.project.pk}."
                )
        if key.scoped_organizations and asked.is_organization_based:
            organization = str(asked.organization.pk)
            if organization not in key.scoped_organizations:
                raise PermissionDenied(
                    f"API key does not have access to the requested organization: ID {organization}."
                )
        return True


class MemberOfOrganization(BasePermission):
    """The key's user is in the organization, and the organization lets members use keys (1.2, 2.2)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        asked = posthog_view(view)
        if not asked.is_organization_based:
            return True
        membership = asked.membership
        if membership is None:
            raise PermissionDenied("You do not have access to this organization.")
        organization = asked.organization
        asks = SWITCHES.age >= 2025
        if asks and not organization.members_can_use_personal_api_keys and membership.level < ADMIN:
            raise PermissionDenied(
                f"Organization {organization.name} does not allow using personal API keys."
            )
        return True


class MemberOfProject(BasePermission):
    """The project is not closed to the key's user (9)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        asked = posthog_view(view)
        if asked.is_project_based and asked.project_level is None:
            raise PermissionDenied("You don't have access to the project.")
        return True


class ProjectAdminWrites(BasePermission):
    """Members read, admins of the project write (posthog-api-access.md 7)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method not in SAFE_METHODS and (posthog_view(view).project_level or 0) < ADMIN:
            raise PermissionDenied("You don't have sufficient permissions in the project.")
        return True


class AdminWrites(BasePermission):
    """Members read, admins of the organization write (4.1, 5)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return True
        membership = posthog_view(view).membership_that_decides
        if membership is None or membership.level < ADMIN:
            raise PermissionDenied("Your organization access level is insufficient.")
        return True
