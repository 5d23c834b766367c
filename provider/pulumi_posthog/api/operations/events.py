"""Events, and the trends that older servers calculate from them (posthog-api.md 10.3, 10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class Events(Operations):
    """Events of a project: `Events(client, project=42)`. PostHog would rather be asked by a query."""

    PREFIXES = below_project("events")

    @operation("GET", "", scope="query:read", formats=("csv", "json"))
    def list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        distinct_id: str | None = None,
        event: str | None = None,
        person_id: int | str | None = None,
        properties: Sequence[Mapping[str, Json]] | None = None,
        select: Sequence[str] | None = None,
        where: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of events, the newest first; without `after`, those of one day."""

    def iterate(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        distinct_id: str | None = None,
        event: str | None = None,
        person_id: int | str | None = None,
        properties: Sequence[Mapping[str, Json]] | None = None,
        page_size: int = 100,
    ) -> Iterator[Json]:
        """Events one by one, the newest first; pages are read as far as they are asked for."""
        return self._pages(
            self.list,
            after=after,
            before=before,
            distinct_id=distinct_id,
            event=event,
            person_id=person_id,
            properties=properties,
            limit=page_size,
        )

    @operation("GET", "{id}/", scope="query:read", formats=("csv", "json"))
    def get(self, id: str) -> Json:
        """One event, by its uuid."""

    @operation("GET", "values/", scope="query:read", shape=Shape.ARRAY, formats=("csv", "json"))
    def values(self, *, key: str) -> Json:
        """The values that events have for a property."""
