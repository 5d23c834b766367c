"""The file system: how the dashboards, insights and flags of a project are filed (posthog-api.md 7)."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class FileSystem(Operations):
    """Rows of a project's file system: `FileSystem(client, project=42)`."""

    PREFIXES = below_project("file_system")

    @operation("GET", "", scope="file_system:read", since=2025)
    def list(self, *, search: str | None = None, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of rows."""

    @operation("POST", "", scope="file_system:write", since=2025)
    def create(
        self,
        *,
        path: str,
        type: str | None = None,
        ref: str | None = None,
        href: str | None = None,
        meta: Mapping[str, Json] | None = None,
        shortcut: bool | None = None,
    ) -> Json:
        """Makes a row, and the folders above it; nothing keeps it from being the second of its path."""

    @operation("GET", "{id}/", scope="file_system:read", since=2025)
    def get(self, id: str) -> Json:
        """One row."""

    @operation("PATCH", "{id}/", scope="file_system:write", since=2025)
    def update(
        self,
        id: str,
        *,
        path: str | None = None,
        type: str | None = None,
        ref: str | None = None,
        href: str | None = None,
        meta: Mapping[str, Json] | None = None,
        shortcut: bool | None = None,
    ) -> Json:
        """Changes this row alone: what is in a folder stays behind under the old path."""

    @operation("DELETE", "{id}/", scope="file_system:write", answers=(200, 204), since=2025)
    def delete(self, id: str) -> Json:
        """Deletes a row; since 2026 with the object behind it, if it is its last row (posthog-api.md 7.8)."""

    # Without a scope of their own until 2025: there a personal API key gets 403. The reference lists the fields of a
    # row for all three; only these are read.
    @operation("POST", "{id}/count/", scope="file_system:read", answers=(200,), since=2025, scoped_since=2026)
    def count(self, id: str) -> Json:
        """How many rows are below a folder."""

    @operation("POST", "{id}/link/", scope="file_system:write", answers=(200,), since=2025, scoped_since=2026)
    def link(self, id: str, *, new_path: str) -> Json:
        """Makes a shortcut to a row."""

    @operation("POST", "{id}/move/", scope="file_system:write", answers=(200,), since=2025, scoped_since=2026)
    def move(self, id: str, *, new_path: str) -> Json:
        """Moves a row, a folder with all that is in it."""
