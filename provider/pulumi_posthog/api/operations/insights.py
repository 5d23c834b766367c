"""Insights: saved queries (posthog-api-analytics.md 2), and the trend that old servers calculate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class Insights(Operations):
    """Insights of a project: `Insights(client, project=42)`. What PostHog counts in the budget of analytics."""

    PREFIXES = below_project("insights")

    @operation("GET", "", scope="insight:read")
    def list(
        self,
        *,
        basic: bool | None = None,
        saved: bool | None = None,
        short_id: str | None = None,
        search: str | None = None,
        insight: str | None = None,
        order: str | None = None,
        include_dashboards: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of insights; `basic` leaves out results, and without `order` they are in no order."""

    def iterate(self, *, saved: bool | None = None, page_size: int = 1000) -> Iterator[Json]:
        """Insights one by one, without results; pages are read as far as they are asked for."""
        return self._pages(self.list, basic=True, saved=saved, order="id", limit=page_size)

    @operation("POST", "", scope="insight:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an insight; up to 2025 it is not saved unless the body says so."""

    @operation("GET", "{id}/", scope="insight:read")
    def get(self, id: int, *, basic: bool | None = None) -> Json:
        """One insight that is not deleted; nothing is calculated."""

    @operation("PATCH", "{id}/", scope="insight:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; `deleted` deletes one, and its alerts for good, and brings it back without them."""

    @operation("PUT", "{id}/", scope="insight:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="insight:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""

    @operation("GET", "trend/", scope="insight:read", until=2025, formats=("csv", "json"))
    def trend(self) -> Json:
        """A trend."""

    # The reference lists the fields of an insight here; what is read is what to calculate.
    @operation(
        "POST",
        "trend/",
        scope="insight:read",
        answers=(200,),
        until=2025,
        repeatable=True,
        formats=("csv", "json"),
    )
    def calculate_trend(self, *, body: Mapping[str, Json]) -> Json:
        """A trend that the body describes; it changes nothing: a Reader may ask for it."""
