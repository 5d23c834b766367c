"""Hog functions and the templates that they are made from (posthog-api-cdp.md 2, 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json


class HogFunctions(Operations):
    """Hog functions of a project, destinations and transformations among them: `HogFunctions(client, project=42)`."""

    PREFIXES = below_project("hog_functions")

    @operation("GET", "", scope="hog_function:read", scoped_since=2025)
    def list(
        self,
        *,
        type: str | None = None,
        enabled: bool | None = None,
        full: bool | None = None,
        search: str | None = None,
        filters: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of functions, of all types or of those in `type`; with `full` newer servers leave no field out."""

    def iterate(self, *, type: str | None = None, full: bool = True, page_size: int = 100) -> Iterator[Json]:
        """Functions one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, type=type, full=full, limit=page_size)

    @operation("POST", "", scope="hog_function:write", scoped_since=2025)
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a function from `template_id`, or from its own `hog`; its `type` is not the template's."""

    @operation("GET", "{id}/", scope="hog_function:read", scoped_since=2025)
    def get(self, id: str) -> Json:
        """One function."""

    @operation("PATCH", "{id}/", scope="hog_function:write", scoped_since=2025)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields, each as a whole except secrets; `deleted` removes a function and brings it back."""

    @operation("PUT", "{id}/", scope="hog_function:write", scoped_since=2025)
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes fields; what is not given stays."""

    @operation("DELETE", "{id}/", scope=None, instead="`update` with `deleted: true`")
    def delete(self, id: str) -> Json:
        """Works on no server."""

    @operation("PATCH", "rearrange/", scope="hog_function:write", scoped_since=2026, shape=Shape.ARRAY)
    def rearrange(self, *, orders: Mapping[str, int]) -> Json:
        """Gives transformations their places, by id; older servers: `update` with `execution_order`."""


class HogFunctionTemplates(Operations):
    """What hog functions are made from: `HogFunctionTemplates(client, project=42)`."""

    PREFIXES = below_project("hog_function_templates")

    @operation("GET", "", scope="hog_function:read", scoped_since=2025)
    def list(
        self,
        *,
        type: str | None = None,
        types: str | None = None,
        template_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of templates, of destinations alone unless `types` says others; deprecated ones are not in it."""

    @operation("GET", "{id}/", scope="hog_function:read", scoped_since=2025)
    def get(self, id: str) -> Json:
        """One template, such as `template-webhook`."""
