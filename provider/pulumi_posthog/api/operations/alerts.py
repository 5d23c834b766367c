"""Alerts about figures of insights, and subscriptions to insights and dashboards (posthog-api-analytics.md 4, 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class Alerts(Operations):
    """Alerts of a project: `Alerts(client, project=42)`."""

    PREFIXES = below_project("alerts")

    @operation("GET", "", scope="alert:read", scoped_since=2025)
    def list(
        self, *, insight: int | None = None, limit: int | None = None, offset: int | None = None
    ) -> Json:
        """A page of alerts, the newest first; without what came of the checks."""

    def iterate(self, *, insight: int | None = None, page_size: int = 1000) -> Iterator[Json]:
        """Alerts one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, insight=insight, limit=page_size)

    @operation("POST", "", scope="alert:write", scoped_since=2025)
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an alert. The insight and people are sent as ids, and answered as objects."""

    @operation("GET", "{id}/", scope="alert:read", scoped_since=2025)
    def get(self, id: str) -> Json:
        """One alert, with the last of its checks."""

    @operation("PATCH", "{id}/", scope="alert:write", scoped_since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; all of them are held against the insight as it is now."""

    @operation("PUT", "{id}/", scope="alert:write", scoped_since=2025)
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="alert:write", scoped_since=2025)
    def delete(self, id: str) -> Json:
        """Deletes it for good, and the hog functions that are told of it."""


class Subscriptions(Operations):
    """Subscriptions of a project: `Subscriptions(client, project=42)`. Without the plan feature PostHog refuses all."""

    PREFIXES = below_project("subscriptions")

    @operation("GET", "", scope="subscription:read")
    def list(
        self,
        *,
        insight: int | None = None,
        dashboard: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of subscriptions that are not deleted."""

    def iterate(self, *, page_size: int = 1000) -> Iterator[Json]:
        """Subscriptions one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="subscription:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a subscription, and sends it to everybody at once."""

    @operation("GET", "{id}/", scope="subscription:read")
    def get(self, id: int) -> Json:
        """One subscription, also one that is deleted."""

    @operation("PATCH", "{id}/", scope="subscription:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields, and sends it at once to addresses that are new; `deleted` deletes one and brings it back."""

    @operation("PUT", "{id}/", scope="subscription:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="subscription:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""
