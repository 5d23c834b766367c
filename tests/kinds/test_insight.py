"""What an insight of the file and of PostHog differ in, and what is wrong with one (posthog-api-analytics.md 2)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from pulumi_posthog.kinds.insight import INSIGHT, checked, noted, remark, side_effect
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.values.reference import with_names

SERIES = {"event": "signed_up", "math": "dau"}
SQL = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}}


def trends(**more: Any) -> dict[str, Any]:
    return {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [SERIES], **more}}


def live(query: Any, **more: Any) -> dict[str, Any]:
    return INSIGHT.values({"id": 1, "name": "Weekly signups", "query": query, **more})


def changed(declared: Any, answered: Any) -> bool:
    return bool(differences(INSIGHT, {"query": declared}, live(answered)))


def test_what_the_server_puts_into_a_query_is_no_difference():
    answered = trends(
        series=[{"kind": "EventsNode", **SERIES, "properties": None}],
        version=2,
        trendsFilter={},
        breakdownFilter={"breakdown": None},
        response=None,
    )

    assert not changed(trends(), answered)
    assert not changed(answered, trends())


@pytest.mark.parametrize(
    "answered",
    [
        trends(interval="week"),
        trends(series=[{**SERIES, "math": "total"}]),
        trends(series=[SERIES, SERIES]),
        trends(series=[{"kind": "ActionsNode", "id": 7}]),
        {**trends(), "kind": "DataTableNode"},
        None,
        {},
    ],
)
def test_what_somebody_changed_in_a_query_is_a_difference_also_what_the_file_does_not_say(answered: Any):
    assert changed(trends(), answered)


def test_a_value_of_sql_is_the_users_own_whatever_it_is_called():
    declared = {"kind": "HogQLQuery", "query": "select {version}", "values": {"version": "3"}}

    assert INSIGHT.field("query").own({**declared, "version": 1, "response": {}}) == declared
    assert changed(declared, {**declared, "values": {"version": "2"}})
    assert not changed(declared, {**declared, "version": 2})


def test_a_variable_is_known_by_its_code_name():
    declared, answered = (
        {**SQL, "source": {**SQL["source"], "variables": variables}}
        for variables in (
            {"country": {"code_name": "country", "value": "DE"}},
            {"0191": {"variableId": "0191", "code_name": "country", "value": "DE"}},
        )
    )

    assert not changed(declared, answered)
    declared["source"]["variables"]["country"]["value"] = "FR"
    assert changed(declared, answered)


def test_a_new_one_is_saved_and_an_old_one_stays_as_it_is():
    to_api = INSIGHT.to_api

    assert to_api
    assert to_api({"name": "Weekly signups"}, {}) == {"name": "Weekly signups", "saved": True}
    assert to_api({"name": "Weekly signups"}, live(SQL)) == {"name": "Weekly signups"}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (trends(), None),
        (SQL, None),
        (SQL["source"], None),
        ({"kind": "HogQuery", "code": "return 1"}, None),
        ({"kind": "CalendarHeatmapNode"}, None),
        (None, None),
        ({"source": SQL["source"]}, "query"),
        ({"kind": "InsightVisNode", "source": SQL["source"]}, "query.kind"),
        ({"kind": "InsightVizNode"}, "query"),
        ({"kind": "InsightVizNode", "source": {"series": []}}, "query.source"),
        ({"kind": "InsightVizNode", "source": {"kind": "TrendQuery"}}, "query.source.kind"),
    ],
)
def test_a_query_that_posthog_would_refuse_is_told_with_its_place(query: Any, place: str | None):
    assert [each[0] for each in checked({"query": query})] == ([place] if place else [])


def test_what_surprises_people_is_told():
    assert [*noted({"query": trends()})] == []
    assert "write {kind: InsightVizNode, source: ...}" in next(noted({"query": trends()["source"]}))
    assert [*noted({})] == ["declares no `query`, so it shows nothing"]
    assert "is not saved" in (remark({"saved": False}) or "")
    assert remark({"saved": True}) is None


def test_a_query_that_becomes_one_of_another_kind_may_cost_its_alerts():
    assert side_effect(trends(), trends(interval="week")) is None
    assert side_effect(None, SQL) is None
    assert side_effect(trends(), SQL) == (
        "becomes DataVisualizationNode of HogQLQuery, and was InsightVizNode of TrendsQuery: PostHog deletes its"
        " alerts, without a word, where the new query can have none"
    )


def test_ids_are_found_at_any_depth_of_a_query():
    series = [{"kind": "ActionsNode", "id": 7, "properties": [{"type": "cohort", "key": "id", "value": 3}]}]
    group = {"type": "AND", "values": [{"type": "OR", "values": [{"type": "cohort", "value": 3}]}]}
    query: Any = trends(series=series, properties=group)
    for place in INSIGHT.field("query").ids:
        query = with_names(query, place.path, partial("{}/{}".format, place.names), place.where)

    assert query["source"]["series"] == [
        {
            "kind": "ActionsNode",
            "id": "action/7",
            "properties": [{"type": "cohort", "key": "id", "value": "cohort/3"}],
        }
    ]
    assert query["source"]["properties"]["values"][0]["values"] == [{"type": "cohort", "value": "cohort/3"}]


def test_one_is_known_by_either_of_its_ids():
    from pulumi_posthog.reconcile.collection import Collection

    listed = Collection(INSIGHT, [{"id": 12, "short_id": "AbC12dEf", "name": "A"}, {"id": 13, "name": "B"}])

    assert listed.get("AbC12dEf") is listed.get("12")
    assert listed.get("AbC") is None
