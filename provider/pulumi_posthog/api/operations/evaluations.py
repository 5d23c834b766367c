"""Evaluations of what language models answer (posthog-api.md 10.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class Evaluations(Operations):
    """Evaluations of a project: `Evaluations(client, project=42)`."""

    PREFIXES = below_project("evaluations")

    @operation("GET", "", scope="evaluation:read", since=2025)
    def list(
        self,
        *,
        enabled: bool | None = None,
        id__in: str | None = None,
        search: str | None = None,
        order_by: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of evaluations; deleted ones are not in it."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Evaluations one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="evaluation:write", since=2025)
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an evaluation."""

    @operation("GET", "{id}/", scope="evaluation:read", since=2025)
    def get(self, id: str) -> Json:
        """One evaluation."""

    @operation("PATCH", "{id}/", scope="evaluation:write", since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; `deleted: true` deletes an evaluation."""

    @operation("PUT", "{id}/", scope="evaluation:write", since=2025)
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="evaluation:write", answers=(405,), since=2025)
    def delete(self, id: str) -> Json:
        """Documented, and always answered with 405: use `update` with `deleted: true`."""
