"""Views of the data warehouse, its sources and their tables (posthog-api-analytics.md 9 and 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class WarehouseSavedQueries(Operations):
    """Views of a project's data warehouse: `WarehouseSavedQueries(client, project=42)`."""

    PREFIXES = below_project("warehouse_saved_queries")

    @operation("GET", "", scope="warehouse_view:read", since=2025)
    def list(self, *, page: int | None = None, search: str | None = None) -> Json:
        """A page of at most 1000 views, the newest first; since 2026 without their queries."""

    def iterate(self, *, search: str | None = None) -> Iterator[Json]:
        """Views one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, search=search)

    @operation("POST", "", scope="warehouse_view:write", since=2025, answers=(200, 201))
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a view and runs its query once; one of that name is changed in its place."""

    @operation("GET", "{id}/", scope="warehouse_view:read", since=2025)
    def get(self, id: str) -> Json:
        """One view, with its query and `latest_history_id`."""

    @operation("PATCH", "{id}/", scope="warehouse_view:write", since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; with `query`, `edited_history_id` has to say which edit was read."""

    @operation("PUT", "{id}/", scope="warehouse_view:write", since=2025)
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields; with `query`, `edited_history_id` has to say which edit was read."""

    @operation("DELETE", "{id}/", scope="warehouse_view:write", since=2025)
    def delete(self, id: str) -> Json:
        """Deletes a view, the rows that are kept of it and the joins on it."""

    @operation(
        "POST",
        "{id}/materialize/",
        scope="warehouse_view:write",
        since=2025,
        scoped_since=2026,
        answers=(200,),
        shape=Shape.ANYTHING,
    )
    def materialize(self, id: str, *, sync_frequency: str | None = None) -> Json:
        """Keeps its rows from now on, calculated anew every day or as often as that says."""

    @operation(
        "POST",
        "{id}/revert_materialization/",
        scope="warehouse_view:write",
        since=2025,
        scoped_since=2026,
        answers=(200,),
        shape=Shape.ANYTHING,
    )
    def revert_materialization(self, id: str) -> Json:
        """Keeps its rows no longer."""

    @operation(
        "POST",
        "{id}/run/",
        scope="warehouse_view:write",
        since=2025,
        scoped_since=2026,
        answers=(200,),
        shape=Shape.ANYTHING,
    )
    def run(self, id: str) -> Json:
        """Calculates its rows now."""


class ExternalDataSources(Operations):
    """Sources of a project's data warehouse: `ExternalDataSources(client, project=42)`. Secrets are in no answer."""

    PREFIXES = below_project("external_data_sources")

    @operation("GET", "", scope="external_data_source:read", since=2025)
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of sources, the newest first, with their tables."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Sources one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="external_data_source:write", since=2025)
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Connects to a source and makes it; the answer is its id alone."""

    @operation("GET", "{id}/", scope="external_data_source:read", since=2025)
    def get(self, id: str) -> Json:
        """One source, with its tables and without its secrets."""

    @operation("PATCH", "{id}/", scope="external_data_source:write", since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes `job_inputs`: keys that are left out stay, secrets among them."""

    @operation("DELETE", "{id}/", scope="external_data_source:write", since=2025)
    def delete(self, id: str) -> Json:
        """Deletes a source with its tables, their rows and their schedules."""


class ExternalDataSchemas(Operations):
    """Tables of the sources of a project's data warehouse: `ExternalDataSchemas(client, project=42)`."""

    PREFIXES = below_project("external_data_schemas")

    @operation("GET", "", scope="external_data_schema:read", since=2025)
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of tables of all sources."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Tables one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("GET", "{id}/", scope="external_data_schema:read", since=2025)
    def get(self, id: str) -> Json:
        """One table."""

    @operation("PATCH", "{id}/", scope="external_data_schema:write", since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes whether it is fetched, how and how often."""
