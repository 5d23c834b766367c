"""Roles of an organization, and who is in them (posthog-api.md 4, 5)."""

from __future__ import annotations

from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json


class Roles(Operations):
    """Roles of an organization: `Roles(client, organization="0191...")`."""

    PREFIXES = ("/api/organizations/{organization}/roles/",)

    @operation("GET", "", scope="organization:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of roles with their members; up to 2025 it fails with any parameter (posthog-api.md 4.3)."""

    @operation("POST", "", scope="organization:write")
    def create(self, *, name: str, feature_flags_access_level: int | None = None) -> Json:
        """Makes a role."""

    @operation("GET", "{id}/", scope="organization:read")
    def get(self, id: str) -> Json:
        """One role with its members."""

    @operation("PATCH", "{id}/", scope="organization:write")
    def update(
        self, id: str, *, name: str | None = None, feature_flags_access_level: int | None = None
    ) -> Json:
        """Changes a role; up to 2025 its own name counts as taken (posthog-api.md 4.3)."""

    @operation("PUT", "{id}/", scope="organization:write")
    def replace(self, id: str, *, name: str, feature_flags_access_level: int | None = None) -> Json:
        """Writes all fields of a role."""

    @operation("DELETE", "{id}/", scope="organization:write")
    def delete(self, id: str) -> Json:
        """Deletes a role; its members lose what it gave them."""


class RoleMemberships(Operations):
    """Members of a role: `RoleMemberships(client, organization="0191...", role="0192...")`."""

    PREFIXES = ("/api/organizations/{organization}/roles/{role}/role_memberships/",)

    @operation("GET", "", scope="organization:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of the role's memberships."""

    @operation("POST", "", scope="organization:write")
    def create(self, *, user_uuid: str) -> Json:
        """Puts a member of the organization into the role."""

    @operation("DELETE", "{id}/", scope="organization:write")
    def delete(self, id: str) -> Json:
        """Takes a member out of the role."""
