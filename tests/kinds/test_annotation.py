"""What an annotation of the file and of PostHog differ in, and what is wrong with one (posthog-api-analytics.md 6)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds.annotation import ANNOTATION, checked
from pulumi_posthog.kinds.tree import possible_keys
from pulumi_posthog.reconcile.differences import differences

DAY = "2026-04-12"


def live(**answer: Any) -> dict[str, Any]:
    return ANNOTATION.values(
        {"id": 1, "content": "Outage", "date_marker": f"{DAY}T00:00:00Z", "scope": "project", **answer}
    )


@pytest.mark.parametrize("when", [DAY, f"{DAY}T00:00:00Z", f"{DAY}T02:00:00+02:00", f"{DAY} 00:00:00.000"])
def test_one_point_in_time_is_no_difference_however_it_is_written(when: str):
    assert differences(ANNOTATION, {"date_marker": when}, live()) == ()
    assert ANNOTATION.natural_key({"date_marker": when, "content": "Outage"}) == ANNOTATION.natural_key(
        live()
    )


def test_another_point_in_time_is_a_difference():
    assert differences(ANNOTATION, {"date_marker": f"{DAY}T00:00:01Z"}, live())


def test_a_day_is_sent_as_the_point_in_time_at_which_it_begins():
    wire = ANNOTATION.field("date_marker").wire

    assert wire
    assert wire(DAY) == f"{DAY}T00:00:00+00:00"


def test_a_new_one_says_that_it_is_about_the_project_unless_it_is_about_something_else():
    to_api = ANNOTATION.to_api

    assert to_api
    assert to_api({"content": "Outage"}, {}) == {"content": "Outage", "scope": "project"}
    assert to_api({"scope": "organization"}, {}) == {"scope": "organization"}
    assert to_api({"content": "Outage"}, live()) == {"content": "Outage"}


def test_a_blank_emoji_is_none():
    assert differences(ANNOTATION, {"emoji": None}, live(emoji="")) == ()


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"date_marker": DAY}, []),
        ({"date_marker": "yesterday"}, ["date_marker"]),
        ({"scope": "organization"}, []),
        ({"scope": "dashboard_item"}, ["scope"]),
        ({"scope": "dashboard_item", "dashboard_item": 3}, []),
        ({"dashboard_item": 3}, ["dashboard_item"]),
        ({"scope": "dashboard", "dashboard_item": 3}, ["dashboard_item", "scope"]),
        ({"scope": "dashboard", "dashboard_id": 3}, []),
        ({"scope": "organization", "dashboard_id": None}, []),
    ],
)
def test_what_posthog_refuses_or_shows_nowhere_is_told_with_its_place(
    fields: dict[str, Any], places: list[str]
):
    assert sorted(place for place, _, _ in checked(fields)) == places


def test_in_a_file_a_long_text_has_its_beginning_for_a_key_and_one_that_is_there_twice_says_when():
    values = live(content="Released\n\nWith new prices.")

    assert [*possible_keys(ANNOTATION, "Released\n\nWith new prices.", values)] == [
        "Released",
        "Released (project, 2026-04-12T00:00:00+00:00)",
    ]
    assert next(possible_keys(ANNOTATION, "a" * 90, values)) == f"{'a' * 80}…"
