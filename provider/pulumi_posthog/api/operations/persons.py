"""Persons: who the events are about (posthog-api.md 10.1)."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json

CHUNK: Final = 100  # persons in one bulk_delete: the reference says 1000 in one place and 100 in another
INSTEAD: Final = "ask for the same persons by a query"
BOTH: Final = ("csv", "json")

Filters = Sequence[Mapping[str, Json]]


class Persons(Operations):
    """Persons of a project: `Persons(client, project=42)`."""

    PREFIXES = below_project("persons")

    @operation("GET", "", scope="person:read", formats=BOTH)
    def list(
        self,
        *,
        distinct_id: str | None = None,
        email: str | None = None,
        search: str | None = None,
        properties: Filters | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Json:
        """A page of persons.

        `email` is compared exactly; `search` looks into e-mail addresses, and for exactly that distinct id.
        """

    def iterate(
        self,
        *,
        distinct_id: str | None = None,
        email: str | None = None,
        search: str | None = None,
        properties: Filters | None = None,
        page_size: int = 100,
    ) -> Iterator[Json]:
        """Persons one by one; pages are read as far as they are asked for."""
        return self._pages(
            self.list,
            distinct_id=distinct_id,
            email=email,
            search=search,
            properties=properties,
            limit=page_size,
        )

    @operation("GET", "{id}/", scope="person:read", formats=BOTH)
    def get(self, id: int | str) -> Json:
        """One person; newer servers take the uuid, too."""

    @operation("PATCH", "{id}/", scope="person:write", formats=BOTH)
    def update(self, id: int | str, *, properties: Mapping[str, Json]) -> Json:
        """Sets properties, later: listed ones change, none is removed."""

    @operation("PUT", "{id}/", scope="person:write", formats=BOTH)
    def replace(self, id: int | str, *, properties: Mapping[str, Json]) -> Json:
        """The same as `update`: no property is removed."""

    @operation("DELETE", "{id}/", scope="person:write", formats=BOTH)
    def delete(self, id: int | str, *, delete_events: bool | None = None) -> Json:
        """Deletes one person; the events, if asked for, are deleted within a week."""

    # The reference has all of them in the query, and what is known to work sends them in the body. Ids stay out of
    # the query: that is what servers log.
    @operation(
        "POST",
        "bulk_delete/",
        scope="person:write",
        answers=(200, 202),
        shape=Shape.ANYTHING,
        in_both=("delete_events",),
        repeatable=True,
        formats=BOTH,
    )
    def bulk_delete(
        self,
        *,
        ids: Sequence[int | str] | None = None,
        distinct_ids: Sequence[str] | None = None,
        delete_events: bool | None = None,
    ) -> Json:
        """Deletes up to 100 persons, by id or by distinct id; see `erase`."""

    def erase(
        self,
        *,
        ids: Sequence[int | str] = (),
        distinct_ids: Sequence[str] = (),
        delete_events: bool = False,
        progress: Callable[[int, int], object] = lambda _done, _total: None,
    ) -> builtins.list[Json]:
        """Deletes any number of persons, by id or by distinct id; PostHog's answer for each hundred.

        `progress` hears how many of how many were sent. Raises ValueError for both, or neither, and as
        `bulk_delete` does: then the hundreds before are deleted, and may be sent again.
        """
        if bool(ids) == bool(distinct_ids):
            raise ValueError("persons are erased either by id or by distinct id")
        answers = []
        for first in range(0, len(ids or distinct_ids), CHUNK):
            part = slice(first, first + CHUNK)
            answers.append(
                self.bulk_delete(
                    ids=[*ids[part]] or None,
                    distinct_ids=[*distinct_ids[part]] or None,
                    delete_events=delete_events or None,
                )
            )
            progress(min(first + CHUNK, len(ids or distinct_ids)), len(ids or distinct_ids))
        return answers

    @operation(
        "POST",
        "{id}/delete_property/",
        scope="person:write",
        answers=(200, 201),
        shape=Shape.ANYTHING,
        names={"unset": "$unset"},
        in_query=("unset",),
        repeatable=True,
        formats=BOTH,
    )
    def delete_property(self, id: int | str, *, unset: str) -> Json:
        """Takes one property away."""

    @operation(
        "POST",
        "{id}/update_property/",
        scope="person:write",
        answers=(200, 201),
        shape=Shape.ANYTHING,
        in_query=("key", "value"),
        repeatable=True,
        formats=BOTH,
    )
    def update_property(self, id: int | str, *, key: str, value: Json) -> Json:
        """Sets one property."""

    @operation(
        "POST", "{id}/split/", scope="person:write", answers=(200, 201), shape=Shape.ANYTHING, formats=BOTH
    )
    def split(self, id: int | str) -> Json:
        """Makes one person of each distinct id, later."""

    @operation("GET", "{id}/activity/", scope="activity_log:read", shape=Shape.PAGE, formats=BOTH)
    def activity(self, id: int | str, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with one person, a page of it."""

    @operation("GET", "activity/", scope="activity_log:read", shape=Shape.PAGE, formats=BOTH)
    def all_activity(self, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with persons, a page of it."""

    @operation("GET", "cohorts/", scope="person:read cohort:read", shape=Shape.PAGE, formats=BOTH)
    def cohorts(self, *, person_id: int | str) -> Json:
        """The cohorts that one person is in."""

    @operation("GET", "values/", scope="person:read", shape=Shape.ARRAY, formats=BOTH)
    def values(self, *, key: str, value: str | None = None) -> Json:
        """The values that persons have for a property, those with `value` in them."""

    @operation(
        "GET",
        "{id}/properties_timeline/",
        scope=None,
        instead="ask for the person's events by a query",
        formats=BOTH,
    )
    def properties_timeline(self, id: int | str) -> Json:
        """How the properties of one person changed."""

    @operation("GET", "funnel/", scope=None, instead=INSTEAD, formats=BOTH)
    def funnel(self) -> Json:
        """The persons of a funnel."""

    @operation("POST", "funnel/", scope=None, answers=(200,), instead=INSTEAD, formats=BOTH)
    def calculate_funnel(self, *, body: Mapping[str, Json] | None = None) -> Json:
        """The persons of a funnel that the body describes."""

    @operation("GET", "funnel/correlation/", scope=None, instead=INSTEAD, formats=BOTH)
    def funnel_correlation(self) -> Json:
        """The persons of a funnel's correlation."""

    @operation("POST", "funnel/correlation/", scope=None, answers=(200,), instead=INSTEAD, formats=BOTH)
    def calculate_funnel_correlation(self, *, body: Mapping[str, Json] | None = None) -> Json:
        """The persons of a correlation that the body describes."""

    @operation("GET", "lifecycle/", scope=None, instead=INSTEAD, formats=BOTH)
    def lifecycle(self) -> Json:
        """The persons of a lifecycle."""

    @operation("GET", "path/", scope=None, instead=INSTEAD, until=2025, formats=BOTH)
    def path(self) -> Json:
        """The persons of a user path."""

    @operation("POST", "path/", scope=None, answers=(200,), instead=INSTEAD, until=2025, formats=BOTH)
    def calculate_path(self, *, body: Mapping[str, Json] | None = None) -> Json:
        """The persons of a user path that the body describes."""

    @operation("GET", "retention/", scope=None, instead=INSTEAD, until=2025, formats=BOTH)
    def retention(self) -> Json:
        """The persons of a retention table."""

    @operation("GET", "stickiness/", scope=None, instead=INSTEAD, formats=BOTH)
    def stickiness(self) -> Json:
        """The persons of a stickiness chart."""

    @operation("GET", "trends/", scope=None, instead=INSTEAD, formats=BOTH)
    def trends(self) -> Json:
        """The persons of a trend."""
