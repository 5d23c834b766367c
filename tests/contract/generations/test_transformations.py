"""Transformations: their order, and the caps of those that are enabled."""

from __future__ import annotations

import pytest

from contract.generations import FUNCTIONS, GEOIP, ends, many
from harness.generations import Generation


def order(posthog: Generation) -> list[str]:
    rows = [each for each in posthog.functions() if each["type"] == "transformation"]
    return [each["name"] for each in sorted(rows, key=lambda each: each["execution_order"])]


@ends
def test_transformations_have_the_order_of_the_file_and_the_one_of_a_new_project_is_adopted(stack, posthog):
    geoip = posthog.function("GeoIP", "transformation")["id"]

    stack.up(GEOIP + many(2), head=FUNCTIONS)

    assert order(posthog) == ["GeoIP", "T0", "T1"]
    assert posthog.function("GeoIP", "transformation")["id"] == geoip
    stack.up(many(2) + GEOIP, head=FUNCTIONS)
    assert order(posthog) == ["T0", "T1", "GeoIP"]
    assert stack.up(many(2) + GEOIP, head=FUNCTIONS) == []


@ends
def test_a_transformation_that_is_enabled_again_keeps_its_place(stack, posthog):
    stack.up(GEOIP + many(3, off=1), head=FUNCTIONS)
    stack.up(GEOIP + many(3), head=FUNCTIONS)

    assert order(posthog) == ["GeoIP", "T0", "T1", "T2"]
    assert stack.up(GEOIP + many(3), head=FUNCTIONS) == []


def test_twenty_transformations_change_places_under_the_cap_and_the_21st_is_refused_before_anything_is_sent(
    stack, posthog
):
    stack.up(GEOIP + many(20, off=1), head=FUNCTIONS)

    swapped = many(19) + '      T19: {type: transformation, enabled: false, hog: "return event"}\n'
    stack.up(GEOIP + swapped, head=FUNCTIONS)

    assert [each["name"] for each in posthog.functions() if not each["enabled"]] == ["T19"]
    assert stack.up(GEOIP + swapped, head=FUNCTIONS) == []
    (problem,) = stack.problems(GEOIP + many(20), head=FUNCTIONS)
    assert "a project has at most 20 enabled transformations, and 21 are declared" in problem


def test_five_transformations_of_logs_change_places_under_their_own_cap_and_the_sixth_is_refused(
    stack, posthog
):
    if posthog.name != "later 2026":
        pytest.skip("older servers have no transformations of logs")
    five = many(5).replace("type: transformation", "type: transformation_log").replace("T", "L")
    off = '      L4: {type: transformation_log, enabled: false, hog: "return event"}\n'
    instead = '      L5: {type: transformation_log, enabled: true, hog: "return event"}\n'
    stack.up(five, head=FUNCTIONS)
    swapped = "".join(five.splitlines(keepends=True)[:4]) + off + instead

    stack.up(swapped, head=FUNCTIONS)

    logs = {each["name"]: each["enabled"] for each in posthog.functions() if "log" in each["type"]}
    assert logs == {"L0": True, "L1": True, "L2": True, "L3": True, "L4": False, "L5": True}
    assert stack.up(swapped, head=FUNCTIONS) == []
    (problem,) = stack.problems(five + instead, head=FUNCTIONS)
    assert "a project has at most 5 enabled transformations of logs, and 6 are declared" in problem


@ends
def test_a_transformation_that_was_deleted_by_hand_comes_back_in_its_place(stack, posthog):
    stack.up(GEOIP + many(3), head=FUNCTIONS)
    before = posthog.function("T0", "transformation")
    posthog.change(before, deleted=True)

    stack.up(GEOIP + many(3), head=FUNCTIONS)

    assert posthog.function("T0", "transformation")["id"] == before["id"]
    assert order(posthog) == ["GeoIP", "T0", "T1", "T2"]
    assert stack.up(GEOIP + many(3), head=FUNCTIONS) == []
