"""What an alert of the file and of PostHog differ in, and what is wrong with one (posthog-api-analytics.md 4)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.alert import watched
from pulumi_posthog.kinds.alert_rules import misfits
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.limits import Limits

ALERT = KINDS["alert"]


def threshold(kind: str = "percentage", **bounds: Any) -> dict[str, Any]:
    return {"configuration": {"type": kind, "bounds": bounds}}


def fields(condition: str = "relative_decrease", **more: Any) -> dict[str, Any]:
    return {"condition": {"type": condition}, "threshold": threshold(upper="30%"), **more}


def body_of(value: dict[str, Any]) -> Any:
    return ALERT.field("threshold").wire(value)["configuration"]["bounds"]


def live(**answer: Any) -> dict[str, Any]:
    return ALERT.values({"id": "a", **answer})


@pytest.mark.parametrize(
    ("written", "fraction"),
    [
        ("30%", 0.3),
        ("33.3 %", 0.333),
        ("7%", 0.07),
        ("100%", 1),
        ("-5%", -0.05),
        ("250%", 2.5),
        ("0.1%", 0.001),
    ],
)
def test_a_percentage_is_a_fraction_on_the_wire_and_reads_back_as_it_is_written(written, fraction):
    assert body_of(threshold(upper=written)) == {"upper": fraction}

    there = live(threshold={"id": "t", **threshold(upper=fraction, lower=None)})
    assert differences(ALERT, {"threshold": threshold(upper=written)}, there) == ()
    assert there["threshold"]["configuration"]["bounds"]["upper"] == written.replace(" ", "")


def test_of_a_funnels_rate_a_percentage_is_a_number_from_0_to_100():
    rate = threshold("absolute", lower="40%")

    assert body_of(rate) == {"lower": 40}
    assert differences(ALERT, {"threshold": rate}, live(threshold=threshold("absolute", lower=40))) == ()


def test_people_windows_and_what_is_not_said_are_compared_by_what_they_mean():
    there = live(
        insight={"id": 7},
        subscribed_users=[{"id": 2, "email": "bo@acme.io"}, {"id": 1, "email": "ana@acme.io"}],
        schedule_restriction={
            "blocked_windows": [{"start": "00:00", "end": "06:00"}, {"start": "22:00", "end": "24:00"}]
        },
        config={"type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": None},
        detector_config={"type": "zscore", "threshold": 3, "window": 30},
        skip_weekend=None,
    )

    declared = {
        "insight": 7,
        "subscribed_users": ["ana@acme.io", "bo@acme.io"],
        "schedule_restriction": {"blocked_windows": [{"start": "22:00", "end": "6:00"}]},
        "config": {"type": "TrendsAlertConfig", "series_index": 0},
        "detector_config": {"type": "zscore", "threshold": 3},
        "skip_weekend": False,
    }
    assert differences(ALERT, declared, there) == ()
    other = {**declared, "detector_config": {"type": "zscore", "threshold": 2}}
    assert [each.field.name for each in differences(ALERT, other, there)] == ["detector_config"]


@pytest.mark.parametrize(
    ("values", "places"),
    [
        (fields(), []),
        (fields("absolute_value"), ["threshold.configuration.type"]),
        (fields(threshold=threshold(upper=0.3)), ["threshold.configuration.bounds.upper"]),
        (fields(threshold=threshold(upper=30)), ["threshold.configuration.bounds.upper"]),
        (
            fields(
                threshold=threshold("absolute", upper="30%"),
                config={"type": "TrendsAlertConfig", "series_index": 0},
            ),
            ["threshold.configuration.bounds.upper"],
        ),
        (
            fields(
                "absolute_value",
                threshold=threshold("absolute", lower="30%"),
                config={"type": "FunnelsAlertConfig", "metric": "conversion_from_start"},
            ),
            [],
        ),
        (fields(threshold=threshold(lower="30%", upper="20%")), ["threshold.configuration.bounds"]),
        (
            fields(
                "relative_increase",
                threshold=threshold(lower="5%"),
                config={"type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": True},
            ),
            ["config.check_ongoing_interval"],
        ),
        (
            fields(
                threshold=threshold(lower="5%"),
                config={"type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": True},
            ),
            [],
        ),
        (fields(config={"type": "TrendsAlertConfig"}), ["config"]),
        (fields(config={"series_index": 0}), ["config"]),
        (fields(config={"type": "TrendAlertConfig", "series_index": 0}), ["config.type"]),
        (fields(config={"type": "TrendsAlertConfig", "series_index": 0, "column": "a"}), ["config.column"]),
        (fields(config={"type": "MetricsAlertConfig", "metric_key": "a"}), []),
    ],
)
def test_what_posthog_refuses_whatever_the_insight_is_has_its_place(values, places):
    assert [place for place, _, _ in ALERT.checked(values)] == places


@pytest.mark.parametrize(
    ("windows", "count"),
    [
        ([("22:00", "07:00")], 0),
        ([("22:00", "22:15")], 1),
        ([("22:00", "22:00")], 1),
        ([("25:00", "07:00")], 1),
        ([("22:00", "07:75")], 1),
        ([("00:00", "12:00"), ("12:00", "24:00")], 1),
    ],
)
def test_windows_that_there_cannot_be_are_told(windows, count):
    blocked = [{"start": start, "end": end} for start, end in windows]

    assert len([*ALERT.checked({"schedule_restriction": {"blocked_windows": blocked}})]) == count


def test_an_alert_without_bounds_is_told_and_not_refused():
    silent = {**fields(), "threshold": {"configuration": {"type": "absolute", "bounds": {}}}}

    assert [*ALERT.checked(silent)] == []
    assert [*ALERT.noted(silent)] == [
        "has neither a lower nor an upper bound: it never fires, and servers since mid-2026 refuse it"
    ]
    assert [*ALERT.noted({**silent, "detector_config": {"type": "zscore"}})] == []


def trends(**source: Any) -> dict[str, Any]:
    series = [{"event": "a"}, {"event": "b"}]
    return {
        "query": {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": series, **source}}
    }


def of(index: int, condition: str = "relative_decrease") -> dict[str, Any]:
    return {"condition": {"type": condition}, "config": {"type": "TrendsAlertConfig", "series_index": index}}


@pytest.mark.parametrize(
    ("values", "insight", "places"),
    [
        (of(1), trends(), []),
        (of(2), trends(), ["config.series_index"]),
        (of(1), trends(trendsFilter={"formula": "A/B"}), ["config.series_index"]),
        (of(1), trends(trendsFilter={"formulaNodes": [{"formula": "A"}, {"formula": "B"}]}), []),
        (of(0), trends(trendsFilter={"display": "ActionsPie"}), ["condition.type"]),
        (of(0, "absolute_value"), trends(trendsFilter={"display": "ActionsPie"}), []),
        (of(0), {"query": trends()["query"]["source"]}, []),
        (of(0), {"query": None}, ["insight"]),
        (of(0), {"query": None, "filters": {"events": []}}, []),
        (of(0), {"query": {"kind": "InsightVizNode", "source": {"kind": "PathsQuery"}}}, ["insight"]),
        (
            of(0),
            {"query": {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery"}}},
            ["config.type"],
        ),
        ({"config": {"type": "MetricsAlertConfig"}}, {"query": {"kind": "MetricsQuery"}}, []),
    ],
)
def test_what_posthog_refuses_because_of_the_insight_has_its_place(values, insight, places):
    assert [place for place, _, _ in misfits(values, insight)] == places


def test_which_alerts_a_function_is_told_of():
    properties = [
        {"key": "alert_id", "value": "a"},
        {"key": "alert_id", "value": ["b", "c"]},
        {"key": "plan"},
    ]

    assert watched({"filters": {"properties": properties}}) == ["a", "b", "c"]
    assert watched({"filters": None}) == watched({"filters": {"properties": "x"}}) == []


def test_removals_of_alerts_can_be_allowed_by_their_kind():
    assert Limits.from_settings({"allowRemovals": "alert=12"}, KINDS).allowed == {"alert": 12}
