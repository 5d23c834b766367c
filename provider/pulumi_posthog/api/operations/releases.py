"""What flags are released to and with: cohorts, actions, early access, surveys (posthog-api-release.md 3, 4, 6, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json


class Cohorts(Operations):
    """Sets of persons: `Cohorts(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/cohorts/",)

    @operation("GET", "", scope="cohort:read")
    def list(
        self,
        *,
        type: str | None = None,
        created_by_id: int | None = None,
        search: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of cohorts, whole; those that are deleted are left out."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Cohorts one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="cohort:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a cohort, and calculates who is in it."""

    @operation("GET", "{id}/", scope="cohort:read")
    def get(self, id: int) -> Json:
        """One cohort; one that is deleted, too, with `deleted: true`."""

    @operation("PATCH", "{id}/", scope="cohort:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields, and calculates who is in it anew. `deleted` deletes a cohort and brings it back."""

    @operation("PUT", "{id}/", scope="cohort:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes fields, and calculates who is in it anew."""

    @operation("DELETE", "{id}/", scope="cohort:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""

    @operation("PATCH", "{id}/add_persons_to_static_cohort/", scope="cohort:write")
    def add_persons(self, id: int, *, person_ids: Sequence[str]) -> Json:
        """Puts up to 1,000 persons, by their uuids, into a static cohort."""

    @operation("PATCH", "{id}/remove_person_from_static_cohort/", scope="cohort:write")
    def remove_person(self, id: int, *, person_id: str) -> Json:
        """Takes one person out of a static cohort."""

    @operation("GET", "{id}/used_in/", scope="cohort:read", since=2026)
    def used_in(self, id: int) -> Json:
        """Flags, insights and cohorts that a cohort is used in, at most 100 of each."""

    @operation("GET", "{id}/activity/", scope="activity_log:read", shape=Shape.PAGE)
    def activity(self, id: int, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with one cohort, a page of it."""

    @operation("GET", "activity/", scope="activity_log:read", shape=Shape.PAGE)
    def all_activity(self, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with cohorts, a page of it."""


class Actions(Operations):
    """Events and clicks that mean the same: `Actions(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/actions/",)

    @operation("GET", "", scope="action:read")
    def list(self) -> Json:
        """All actions, whole, under `results`: there are no pages."""

    @operation("POST", "", scope="action:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes an action; its `name` is needed."""

    @operation("GET", "{id}/", scope="action:read")
    def get(self, id: int) -> Json:
        """One action; one that is deleted, too, with `deleted: true`."""

    @operation("PATCH", "{id}/", scope="action:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; servers up to 2025 need `name` in each. `deleted` deletes an action and brings it back."""

    @operation("PUT", "{id}/", scope="action:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes fields, of which `name` has to be one."""

    @operation("DELETE", "{id}/", scope="action:write", answers=(405,))
    def delete(self, id: int) -> Json:
        """Always answered with 405: use `update` with `deleted: true`."""

    @operation("GET", "{id}/references/", scope="action:read", since=2026)
    def references(self, id: int) -> Json:
        """What an action is used in."""

    @operation("GET", "{id}/activity/", scope="activity_log:read", shape=Shape.PAGE)
    def activity(self, id: int, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with one action, a page of it; the user is always who made it."""

    @operation("GET", "activity/", scope="activity_log:read", shape=Shape.PAGE)
    def all_activity(self, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with actions, a page of it; the user is always who made each."""


class EarlyAccessFeatures(Operations):
    """What people may switch on for themselves: `EarlyAccessFeatures(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/early_access_feature/",)

    @operation("GET", "", scope="early_access_feature:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of features, whole, in no order."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Features one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="early_access_feature:write feature_flag:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a feature; without `feature_flag_id`, a flag for nobody, too."""

    @operation("GET", "{id}/", scope="early_access_feature:read")
    def get(self, id: str) -> Json:
        """One feature."""

    @operation("PATCH", "{id}/", scope="early_access_feature:write feature_flag:write")
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; `stage` opens and closes the flag to those who ask for it."""

    @operation("PUT", "{id}/", scope="early_access_feature:write feature_flag:write")
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes fields, of which `name` and `stage` have to be two."""

    @operation("DELETE", "{id}/", scope="early_access_feature:write feature_flag:write", answers=(204,))
    def delete(self, id: str) -> Json:
        """Deletes a feature for good; its flag stays."""


class Surveys(Operations):
    """What people are asked: `Surveys(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/surveys/",)

    @operation("GET", "", scope="survey:read")
    def list(self, *, search: str | None = None, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of surveys, whole, those that are put away among them."""

    def iterate(self, *, page_size: int = 100) -> Iterator[Json]:
        """Surveys one by one; pages are read as far as they are asked for."""
        return self._pages(self.list, limit=page_size)

    @operation("POST", "", scope="survey:write feature_flag:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a survey, and a hidden flag or two for it. The answer lacks fields: get it afterwards."""

    @operation("GET", "{id}/", scope="survey:read")
    def get(self, id: str) -> Json:
        """One survey."""

    @operation("PATCH", "{id}/", scope="survey:write feature_flag:write")
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; send `conditions` along, or its actions are lost. The answer lacks fields."""

    @operation("DELETE", "{id}/", scope="survey:write feature_flag:write", answers=(204,))
    def delete(self, id: str) -> Json:
        """Deletes a survey for good, with the flag that its people are chosen by, whosever that is."""

    @operation("GET", "{id}/activity/", scope="activity_log:read", shape=Shape.PAGE)
    def activity(self, id: str, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with one survey, a page of it."""

    @operation("GET", "activity/", scope="activity_log:read", shape=Shape.PAGE)
    def all_activity(self, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with surveys, a page of it."""
