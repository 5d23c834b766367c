"""Definitions of events and properties (posthog-api-analytics.md 7, 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json


class EventDefinitions(Operations):
    """Definitions of a project's events: `EventDefinitions(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/event_definitions/",)

    @operation("GET", "", scope="event_definition:read")
    def list(
        self,
        *,
        names: str | None = None,
        search: str | None = None,
        event_type: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of definitions, last seen first; `names` are exact, with commas, and old servers pass over them."""

    def iterate(self, *, search: str | None = None, page_size: int = 1000) -> Iterator[Json]:
        """Definitions one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, search=search, limit=page_size)

    @operation("POST", "", scope="event_definition:write", since=2026)
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a definition of an event that has not come in."""

    @operation("GET", "{id}/", scope="event_definition:read")
    def get(self, id: str) -> Json:
        """One definition."""

    @operation("PATCH", "{id}/", scope="event_definition:write")
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; the name is fixed."""

    @operation("DELETE", "{id}/", scope="event_definition:write")
    def delete(self, id: str) -> Json:
        """Deletes a definition for good; the next event makes a bare one."""


class PropertyDefinitions(Operations):
    """Definitions of a project's properties: `PropertyDefinitions(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/property_definitions/",)

    @operation("GET", "", scope="property_definition:read")
    def list(
        self,
        *,
        type: str | None = None,
        group_type_index: int | None = None,
        properties: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of definitions of one `type`; without it, those of events. Groups need their index."""

    def iterate(
        self, *, type: str | None = None, group_type_index: int | None = None, page_size: int = 1000
    ) -> Iterator[Json]:
        """Definitions of one type one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, type=type, group_type_index=group_type_index, limit=page_size)

    @operation("GET", "{id}/", scope="property_definition:read")
    def get(self, id: str) -> Json:
        """One definition."""

    @operation("PATCH", "{id}/", scope="property_definition:write")
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; the name is fixed."""

    @operation("DELETE", "{id}/", scope="property_definition:write")
    def delete(self, id: str) -> Json:
        """Deletes a definition for good; the next event makes a bare one."""
