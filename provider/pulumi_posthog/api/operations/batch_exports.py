"""Batch exports, and the integrations that have their credentials (posthog-api-cdp.md 1, 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class BatchExports(Operations):
    """Batch exports of a project: `BatchExports(client, project=42)`."""

    PREFIXES = below_project("batch_exports")

    @operation("GET", "", scope="batch_export:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of exports, the newest first; secrets are not in it."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Exports one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="batch_export:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an export."""

    @operation("GET", "{id}/", scope="batch_export:read")
    def get(self, id: str) -> Json:
        """One export."""

    @operation("PATCH", "{id}/", scope="batch_export:write")
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; `config` is merged, and a `destination` needs its `type` and its `config`."""

    @operation("PUT", "{id}/", scope="batch_export:write")
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields, secrets among them; `config` is merged all the same."""

    @operation("DELETE", "{id}/", scope="batch_export:write")
    def delete(self, id: str) -> Json:
        """Removes an export, and cancels what it is doing."""

    @operation("POST", "{id}/pause/", scope="batch_export:write", answers=(200,), repeatable=True)
    def pause(self, id: str) -> Json:
        """Stops it, and keeps since when, so that `unpause` can catch up."""

    @operation("POST", "{id}/unpause/", scope="batch_export:write", answers=(200,), repeatable=True)
    def unpause(self, id: str, *, backfill: bool | None = None) -> Json:
        """Starts it again; with `backfill`, with what it has missed."""


class OrganizationBatchExports(Operations):
    """The batch exports of all projects: `OrganizationBatchExports(client, organization="0191...")`."""

    PREFIXES = ("/api/organizations/{organization}/batch_exports/",)

    @operation("GET", "", scope="batch_export:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of exports; `team_id` says in which project each is."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Exports one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)


class Integrations(Operations):
    """Integrations of a project, which are made on PostHog's page alone: `Integrations(client, project=42)`."""

    PREFIXES = below_project("integrations")

    @operation("GET", "", scope="integration:read", since=2025)
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of integrations: `kind`, `display_name`, and no credentials."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Integrations one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)
