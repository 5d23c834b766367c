"""Feature flags, and the changes that PostHog makes to them later on (posthog-api-release.md 2.1, 2.12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json


class FeatureFlags(Operations):
    """Flags of a project; those of surveys are in no list: `FeatureFlags(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/feature_flags/",)

    @operation("GET", "", scope="feature_flag:read")
    def list(
        self,
        *,
        active: str | None = None,
        archived: str | None = None,
        created_by_id: int | None = None,
        search: str | None = None,
        type: str | None = None,
        evaluation_runtime: str | None = None,
        tags: str | None = None,
        order: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of flags; the newest servers have archived ones in a list of their own, with `archived: "true"`."""

    def iterate(self, *, archived: str | None = None, page_size: int = 100) -> Iterator[Json]:
        """Flags one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, archived=archived, limit=page_size)

    @operation("POST", "", scope="feature_flag:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a flag, which is on for everybody unless its `filters` say otherwise."""

    @operation("GET", "{id}/", scope="feature_flag:read")
    def get(self, id: int) -> Json:
        """One flag; one that is deleted, too, with `deleted: true`."""

    @operation("PATCH", "{id}/", scope="feature_flag:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; send `filters` complete. `deleted` deletes a flag and brings it back."""

    @operation("PUT", "{id}/", scope="feature_flag:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes fields, of which `key` has to be one."""

    @operation("DELETE", "{id}/", scope="feature_flag:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""

    @operation("GET", "{id}/status/", scope="feature_flag:read")
    def status(self, id: int) -> Json:
        """Whether a flag is still of use, and why PostHog thinks so."""

    @operation("GET", "{id}/dependent_flags/", scope="feature_flag:read", since=2025, shape=Shape.ARRAY)
    def dependent_flags(self, id: int) -> Json:
        """The flags that depend on one: their ids, keys and names."""

    @operation(
        "POST", "{id}/enable/", scope="feature_flag:write", answers=(200,), since=2026, repeatable=True
    )
    def enable(self, id: int) -> Json:
        """Switches a flag on."""

    @operation(
        "POST", "{id}/disable/", scope="feature_flag:write", answers=(200,), since=2026, repeatable=True
    )
    def disable(self, id: int) -> Json:
        """Switches a flag off, for everybody."""

    @operation(
        "POST", "{id}/archive/", scope="feature_flag:write", answers=(200,), since=2026, repeatable=True
    )
    def archive(self, id: int) -> Json:
        """Puts a flag away that is off."""

    @operation(
        "POST", "{id}/unarchive/", scope="feature_flag:write", answers=(200,), since=2026, repeatable=True
    )
    def unarchive(self, id: int) -> Json:
        """Takes a flag out again; it stays off."""

    @operation("POST", "bulk_delete/", scope="feature_flag:write", answers=(200,), since=2026)
    def bulk_delete(self, *, ids: Sequence[int]) -> Json:
        """Deletes several; the answer says which, and why others were not."""

    @operation("GET", "{id}/activity/", scope="activity_log:read", shape=Shape.PAGE)
    def activity(self, id: int, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with one flag, a page of it."""

    @operation("GET", "activity/", scope="activity_log:read", shape=Shape.PAGE)
    def all_activity(self, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with flags, a page of it."""


class ScheduledChanges(Operations):
    """What PostHog will do to flags by itself: `ScheduledChanges(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/scheduled_changes/",)

    @operation("GET", "", scope="feature_flag:read")
    def list(
        self,
        *,
        model_name: str | None = None,
        record_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of changes, those that are over among them."""

    def iterate(self, *, record_id: str | None = None, page_size: int = 100) -> Iterator[Json]:
        """Changes one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, record_id=record_id, limit=page_size)

    @operation("POST", "", scope="feature_flag:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Schedules a change of a flag: `record_id` has its id as a text."""

    @operation("GET", "{id}/", scope="feature_flag:read")
    def get(self, id: int) -> Json:
        """One change."""

    @operation("PATCH", "{id}/", scope="feature_flag:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields of one that is not over."""

    @operation("DELETE", "{id}/", scope="feature_flag:write", answers=(204,))
    def delete(self, id: int) -> Json:
        """Takes a change back."""
