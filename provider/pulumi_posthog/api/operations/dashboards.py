"""Dashboards and the variables of insights (posthog-api-analytics.md 3 and 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class Dashboards(Operations):
    """Dashboards of a project: `Dashboards(client, project=42)`. An insight says on which of them it is."""

    PREFIXES = below_project("dashboards")

    @operation("GET", "", scope="dashboard:read")
    def list(
        self,
        *,
        search: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of dashboards without their tiles, filters, variables and colours; pinned ones first."""

    def iterate(self, *, page_size: int = 1000) -> Iterator[Json]:
        """Dashboards one by one, without their tiles; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="dashboard:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a dashboard; `tiles` and `variables` in the body are dropped."""

    @operation("GET", "{id}/", scope="dashboard:read")
    def get(self, id: int) -> Json:
        """One dashboard that is not deleted, whole; nothing is calculated."""

    @operation("PATCH", "{id}/", scope="dashboard:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields, and the tiles that are listed; `deleted: false` brings every tile back that it ever had."""

    @operation("PUT", "{id}/", scope="dashboard:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="dashboard:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""


class InsightVariables(Operations):
    """Variables that SQL of a project's insights has: `InsightVariables(client, project=42)`."""

    PREFIXES = below_project("insight_variables")

    @operation("GET", "", scope="insight_variable:read", since=2025)
    def list(self, *, page: int | None = None) -> Json:
        """A page of at most 500 variables, in no order."""

    @operation("POST", "", scope="insight_variable:write", since=2025)
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a variable; its code name is made from its name, once."""

    @operation("GET", "{id}/", scope="insight_variable:read", since=2025)
    def get(self, id: str) -> Json:
        """One variable."""

    @operation("PATCH", "{id}/", scope="insight_variable:write", since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; the code name stays."""

    @operation("PUT", "{id}/", scope="insight_variable:write", since=2025)
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="insight_variable:write", since=2025)
    def delete(self, id: str) -> Json:
        """Deletes a variable for good; queries that have it fail from then on."""
