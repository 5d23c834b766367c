"""What a cohort of the file and of PostHog differ in (posthog-api-release.md 3)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds.cohort import COHORT, checked
from pulumi_posthog.reconcile.differences import differences


def criteria(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"type": "AND", "values": [{"type": "OR", "values": [*leaves]}]}}


def test_what_the_server_writes_into_each_leaf_is_no_difference():
    leaf = {"type": "behavioral", "key": "paid", "value": "performed_event", "time_value": "30"}
    answered = {
        **leaf,
        "time_value": 30,
        "negation": False,
        "operator": None,
        "bytecode": ["_H", 1],
        "bytecode_error": None,
        "conditionHash": "abc",
    }

    live = COHORT.values({"id": 1, "name": "Payers", "filters": criteria(answered)})

    assert differences(COHORT, {"name": "Payers", "filters": criteria(leaf)}, live) == ()
    assert differences(COHORT, {"name": "Payers", "filters": criteria({**leaf, "key": "left"})}, live)


@pytest.mark.parametrize("filters", [None, {}, {"properties": {"type": "OR", "values": []}}])
def test_filters_that_the_server_made_up_are_none(filters: Any):
    live = COHORT.values({"id": 1, "name": "Launch", "filters": filters})

    assert differences(COHORT, {"name": "Launch", "filters": {}}, live) == ()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"query": {"kind": "HogQLQuery"}, "filters": criteria(), "is_static": True}, 1),
        ({"query": {"kind": "HogQLQuery"}}, 1),
        ({"query": {"kind": "HogQLQuery"}, "is_static": True}, 0),
        ({"filters": criteria()}, 0),
    ],
)
def test_a_query_is_for_static_ones_and_stands_alone(fields: dict[str, Any], wrong: int):
    assert len([*checked(fields)]) == wrong


def test_an_export_leaves_out_the_one_that_posthog_makes_in_each_project():
    own = {"name": "Internal / Test users", "filters": {}}

    assert COHORT.in_a_file(own) is None
    assert COHORT.in_a_file(own, with_defaults=True) == own
    assert COHORT.in_a_file({"name": "Employees", "filters": {}}) == {"name": "Employees", "filters": {}}
