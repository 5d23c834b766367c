"""Annotations: points in time that charts mark (posthog-api-analytics.md 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json


class Annotations(Operations):
    """Annotations of a project, and those of its organization: `Annotations(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/annotations/",)

    @operation("GET", "", scope="annotation:read")
    def list(
        self,
        *,
        scope: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of annotations, the latest first; those of the organization are in every project's."""

    def iterate(self, *, scope: str | None = None, page_size: int = 1000) -> Iterator[Json]:
        """Annotations one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, scope=scope, limit=page_size)

    @operation("POST", "", scope="annotation:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an annotation; without a `scope` it is taken to be about an insight."""

    @operation("GET", "{id}/", scope="annotation:read")
    def get(self, id: int) -> Json:
        """One annotation that is not deleted."""

    @operation("PATCH", "{id}/", scope="annotation:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; `deleted` deletes one and brings it back. One of the organization moves to this project."""

    @operation("PUT", "{id}/", scope="annotation:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields."""

    @operation("DELETE", "{id}/", scope="annotation:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""
