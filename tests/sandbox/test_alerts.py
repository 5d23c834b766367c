"""posthog-api-analytics.md 4 as tables: alerts."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.charts import ALERTS, FUNNEL, INSIGHT, INSIGHTS, PATHS, another_project, insight, sql, trends
from sandbox.steps import EARLIER, NEWEST, a_key, switched, with_feature
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    GET,
    MODERN,
    NOT_FOUND,
    NOW,
    ONE,
    PATCH,
    POST,
    PUT,
    Call,
    Row,
    check,
    table,
    validation,
)

ALERT = ALERTS + "{alert}/"
BOUNDS = {"configuration": {"type": "absolute", "bounds": {"lower": 100}}}
BODY: dict[str, Any] = {
    "insight": "{insight}",
    "name": "Collapsed",
    "subscribed_users": [],
    "threshold": BOUNDS,
    "condition": {"type": "absolute_value"},
    "config": {"type": "TrendsAlertConfig", "series_index": 0},
}
BEYOND = switched(alerts_beyond_trends=True)
PLAN = with_feature("alerts", limit=None)
INVALID = validation("invalid_input", None)


def made(saves: str = "alert", **rest: Any) -> Call:
    return POST(ALERTS, {**BODY, **rest}, saves=saves)


def bounded(type_: str = "absolute", **bounds: Any) -> dict[str, Any]:
    return {"configuration": {"type": type_, "bounds": bounds}}


def relative(**rest: Any) -> Call:
    return made(condition={"type": "relative_decrease"}, **rest)


def numbers(api: API) -> None:
    from pulumi_posthog.sandbox.rules.models import User

    api.names["ada_number"] = User.objects.get(email="ada@acme.io").pk


def set_state(api: API) -> None:
    from pulumi_posthog.sandbox.families.alert_objects import Alert

    Alert.objects.filter(pk=api.names["alert"]).update(state="Firing")


FIRING = [insight(), made(), set_state]


TWO = trends(series=[{"kind": "EventsNode", "event": "a"}, {"kind": "EventsNode", "event": "b"}])
OF_THE_SECOND = made(config={"type": "TrendsAlertConfig", "series_index": 1})
ROWS = (
    Row(
        "one that an insight's new query makes invalid is disabled by the newest servers",
        GET(ALERT),
        200,
        {"enabled": False},
        [NEWEST, insight(query=TWO), OF_THE_SECOND, PATCH(INSIGHT, {"query": trends()})],
        NOW,
    ),
    Row(
        "before, it stays as it is",
        GET(ALERT),
        200,
        {"enabled": True},
        [insight(query=TWO), OF_THE_SECOND, PATCH(INSIGHT, {"query": trends()})],
    ),
    Row(
        "one that still fits stays enabled",
        GET(ALERT),
        200,
        {"enabled": True},
        [NEWEST, insight(query=TWO), made(), PATCH(INSIGHT, {"query": trends()})],
        NOW,
    ),
    Row("a type that is no text", made(config={"type": []}), 400, INVALID),
    Row(
        "a display that is no text",
        relative(),
        201,
        {"enabled": True},
        [insight(query=trends(trendsFilter={"display": []}))],
    ),
    Row(
        "an alert",
        made(),
        201,
        {
            "name": "Collapsed",
            "insight": {"id": "{insight}", "name": "Signups", "result": "<missing>"},
            "subscribed_users": [],
            "threshold": {"name": "", "configuration": {"type": "absolute", "bounds": {"lower": 100}}},
            "condition": {"type": "absolute_value"},
            "calculation_interval": "daily",
            "enabled": True,
            "skip_weekend": False,
            "snoozed_until": None,
            "state": "Not firing",
            "checks": "<missing>",
        },
    ),
    Row(
        "people by number, told as people",
        made(subscribed_users=["{ada_number}"]),
        201,
        {"subscribed_users": [{"email": "ada@acme.io"}]},
        [numbers],
    ),
    Row(
        "of the organization",
        made(subscribed_users=[999]),
        400,
        validation("invalid_input", "subscribed_users"),
    ),
    Row(
        "they are needed",
        POST(ALERTS, {key: value for key, value in BODY.items() if key != "subscribed_users"}),
        400,
        validation("required", "subscribed_users"),
    ),
    Row(
        "a threshold is needed",
        POST(ALERTS, {key: value for key, value in BODY.items() if key != "threshold"}),
        400,
        validation("required", "threshold"),
    ),
    Row(
        "an insight is needed",
        POST(ALERTS, {key: value for key, value in BODY.items() if key != "insight"}),
        400,
        validation("required", "insight"),
    ),
    Row("that exists", made(insight=999), 400, validation("does_not_exist", "insight")),
    Row(
        "of the project",
        POST("/api/projects/{second}/alerts/", BODY),
        400,
        {"attr": "insight", "detail": "This insight does not belong to your team."},
        [another_project],
    ),
    Row("the longest name", made(name="x" * 256), 400, validation("max_length", "name")),
    Row("one has its checks", GET(ALERT), 200, {"checks": [], "checks_total": 0}, [made()]),
    Row("a list", GET(ALERTS), 200, {"count": 1, "results": [{"name": "Collapsed"}]}, [made()]),
    Row(
        "PATCH does not tell them",
        PATCH(ALERT, {"name": "x"}),
        200,
        {"name": "x", "checks": "<missing>"},
        [made()],
    ),
    Row("PUT wants all of it", PUT(ALERT, {"name": "x"}), 400, {"code": "required"}, [made()]),
    Row("of one insight", GET(ALERTS + "?insight={insight}"), 200, {"count": 1}, [made()]),
    Row("of another", GET(ALERTS + "?insight=999"), 200, {"count": 0}, [made()]),
    Row("of nobody", GET(ALERTS + "?created_by={nobody}"), 200, {"count": 0}, [made()], NOW),
    Row("no id", GET(ALERTS + "?created_by=7"), 400, validation("invalid_input", "created_by"), ages=NOW),
    Row(
        "a search", GET(ALERTS + "?search=COLL"), 200, {"count": 1}, [made(), made(name="x", saves="x")], NOW
    ),
    Row("deleted for good", DELETE(ALERT), 204, given=[made()]),
    Row("then it is not there", GET(ALERT), 404, NOT_FOUND, [made(), DELETE(ALERT)]),
    Row(
        "five without the plan",
        made(),
        400,
        validation("invalid_input", "alert"),
        [made(saves=f"a{each}") for each in range(5)],
    ),
    Row("as many as the plan has", made(), 201, given=[PLAN, *(made(saves=f"a{each}") for each in range(5))]),
    Row(
        "an interval is not null",
        made(calculation_interval=None),
        400,
        validation("null", "calculation_interval"),
    ),
    Row(
        "of four",
        made(calculation_interval="yearly"),
        400,
        validation("invalid_choice", "calculation_interval"),
    ),
    Row(
        "shorter ones are for higher plans",
        made(calculation_interval="every_15_minutes"),
        400,
        validation("invalid_input", "calculation_interval"),
        ages=NOW,
    ),
    Row("which have them", made(calculation_interval="every_15_minutes"), 201, given=[PLAN], ages=NOW),
    Row(
        "not earlier",
        made(calculation_interval="every_15_minutes"),
        400,
        validation("invalid_choice", "calculation_interval"),
        [PLAN, EARLIER],
        NOW,
    ),
    Row(
        "nor in 2025",
        made(calculation_interval="every_15_minutes"),
        400,
        validation("invalid_choice", "calculation_interval"),
        [PLAN],
        (2025,),
    ),
    Row(
        "the newest are quicker", made(calculation_interval="real_time"), 201, given=[PLAN, NEWEST], ages=NOW
    ),
    Row(
        "a threshold in place",
        PATCH(ALERT, {"threshold": bounded(upper=5)}),
        200,
        lambda api: {"threshold": {"id": api.names["threshold"], "configuration": {"bounds": {"upper": 5}}}},
        [
            POST(ALERTS, BODY, saves="alert"),
            lambda api: api.names.update(threshold=api.get(ALERT)["threshold"]["id"]),
        ],
    ),
    Row("nothing detaches it", PATCH(ALERT, {"threshold": {}}), 200, {"threshold": None}, [made()]),
    Row(
        "a new one resets the state",
        PATCH(ALERT, {"threshold": bounded(lower=5)}),
        200,
        {"state": "Not firing"},
        FIRING,
    ),
    Row("another name does not", PATCH(ALERT, {"name": "x"}), 200, {"state": "Firing"}, FIRING),
    Row("snoozed", PATCH(ALERT, {"snoozed_until": "2h"}), 200, {"state": "Snoozed"}, [made()]),
    Row(
        "and no more",
        PATCH(ALERT, {"snoozed_until": None}),
        200,
        {"state": "Not firing", "snoozed_until": None},
        [made(), PATCH(ALERT, {"snoozed_until": "2h"})],
    ),
    Row(
        "not until some time",
        PATCH(ALERT, {"snoozed_until": "soon"}),
        400,
        validation("invalid_input", "snoozed_until"),
        [made()],
    ),
    Row(
        "a detector with all of its values",
        made(detector_config={"type": "zscore", "window": 7}),
        201,
        {"detector_config": {"type": "zscore", "window": 7, "threshold": 0.95, "preprocessing": None}},
        ages=NOW,
    ),
    Row(
        "2025 has none",
        made(detector_config={"type": "zscore"}),
        201,
        {"detector_config": "<missing>"},
        ages=(2025,),
    ),
    Row(
        "quiet hours in order",
        made(
            schedule_restriction={
                "blocked_windows": [
                    {"start": "12:00", "end": "13:00"},
                    {"start": "01:00", "end": "02:00"},
                    {"start": "02:00", "end": "03:00"},
                ]
            }
        ),
        201,
        {
            "schedule_restriction": {
                "blocked_windows": [{"start": "01:00", "end": "03:00"}, {"start": "12:00", "end": "13:00"}]
            }
        },
        ages=NOW,
    ),
    Row(
        "over midnight",
        made(schedule_restriction={"blocked_windows": [{"start": "22:00", "end": "06:00"}]}),
        201,
        {"schedule_restriction": {"blocked_windows": [{"start": "22:00", "end": "06:00"}]}},
        ages=NOW,
    ),
    Row(
        "none are null",
        made(schedule_restriction={"blocked_windows": []}),
        201,
        {"schedule_restriction": None},
        ages=NOW,
    ),
    Row(
        "not too short",
        made(schedule_restriction={"blocked_windows": [{"start": "01:00", "end": "01:29"}]}),
        400,
        validation("invalid_input", "schedule_restriction"),
        ages=NOW,
    ),
    Row(
        "not the whole day",
        made(
            schedule_restriction={
                "blocked_windows": [{"start": "00:00", "end": "12:00"}, {"start": "12:00", "end": "00:00"}]
            }
        ),
        400,
        validation("invalid_input", "schedule_restriction"),
        ages=NOW,
    ),
    Row(
        "an agent",
        made(investigation_agent_enabled=True),
        201,
        {
            "investigation_agent_enabled": True,
            "investigation_gates_notifications": False,
            "investigation_inconclusive_action": "notify",
        },
        ages=NOW,
    ),
    # What is held against the insight.
    Row(
        "not of paths",
        made(),
        400,
        {"attr": "insight", "detail": "Alerts are not supported for this insight."},
        [insight(query=PATHS)],
    ),
    Row(
        "not without a query",
        made(),
        400,
        {"attr": "insight", "detail": "Insight has no valid query."},
        [insight(query=None)],
    ),
    Row(
        "not of SQL",
        made(),
        400,
        {"detail": "SQL insight alerts are not enabled for your account."},
        [insight(query=sql())],
        NOW,
    ),
    Row(
        "unless the account may",
        made(config={"type": "HogQLAlertConfig", "evaluation": "last_row"}),
        201,
        given=[BEYOND, insight(query=sql())],
        ages=NOW,
    ),
    Row(
        "of funnels, too",
        made(config={"type": "FunnelsAlertConfig", "metric": "conversion_from_start", "funnel_step": None}),
        201,
        given=[BEYOND, insight(query=FUNNEL)],
        ages=NOW,
    ),
    Row("never before", made(), 400, {"attr": "insight"}, [BEYOND, insight(query=sql())], (2025,)),
    Row("a type is needed", made(config={}), 400, INVALID),
    Row("that is known", made(config={"type": "x"}), 400, INVALID),
    Row("with known keys", made(config={**BODY["config"], "colour": 1}), 400, INVALID),
    Row("a condition is needed", made(condition=None), 400, INVALID),
    Row(
        "a series that is there", made(config={"type": "TrendsAlertConfig", "series_index": 1}), 400, INVALID
    ),
    Row(
        "or a formula",
        made(config={"type": "TrendsAlertConfig", "series_index": 1}),
        201,
        given=[insight(query=trends(trendsFilter={"formulas": ["A", "A*2"]}))],
    ),
    Row(
        "relative only over time",
        relative(),
        400,
        INVALID,
        [insight(query=trends(trendsFilter={"display": "BoldNumber"}))],
    ),
    Row("a percentage of it", relative(threshold=bounded("percentage", upper=0.3)), 201),
    Row("is never absolute", made(threshold=bounded("percentage", upper=0.3)), 400, INVALID),
    Row(
        "an interval that goes on needs an upper one",
        made(config={**BODY["config"], "check_ongoing_interval": True}),
        400,
        INVALID,
    ),
    Row(
        "lower is lower",
        made(threshold=bounded(lower=2, upper=1)),
        400,
        {"detail": "Lower threshold must be less than upper threshold"},
    ),
    Row(
        "one of them",
        made(threshold=bounded()),
        400,
        {"detail": "At least one threshold bound (lower or upper) must be provided."},
        ages=NOW,
    ),
    Row("earlier none", made(threshold=bounded()), 201, given=[EARLIER], ages=NOW),
    Row("nor in 2025", made(threshold=bounded()), 201, ages=(2025,)),
    Row("numbers", made(threshold=bounded(lower="1")), 400, INVALID),
    Row("of two types", made(threshold=bounded("relative", lower=1)), 400, INVALID),
    Row(
        "looked at in every change",
        PATCH(ALERT, {"enabled": False}),
        400,
        INVALID,
        [
            insight(query=trends(series=[{"event": "a"}, {"event": "b"}])),
            made(config={"type": "TrendsAlertConfig", "series_index": 1}),
            PATCH(INSIGHT, {"query": trends()}),
        ],
    ),
    Row(
        "a scope to write",
        POST(ALERTS, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["alert:read"])],
    ),
    Row(
        "both scopes to simulate",
        POST(ALERTS + "simulate/", {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["alert:read"])],
        NOW,
    ),
)


def with_an_insight(row: Row) -> Row:
    """Where the row does not make its own; keys could not before 2025."""
    has_one = any(isinstance(step, Call) and step.path == INSIGHTS for step in row.given)
    given = row.given if has_one else [insight(), *row.given]
    ages = tuple(each for each in row.ages if each in MODERN)
    return Row(row.says, row.call, row.status, row.has, given, ages)


@table(with_an_insight(row) for row in ROWS)
def test_alerts(api: API, row: Row) -> None:
    check(api, row)


@table([Row("keys could not", GET(ALERTS, key="{any}"), 403, DENIED, [a_key("any", scopes=["*"])], (2024,))])
def test_2024(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize(("age", "is_there"), [(2025, True), (2026, False)])
def test_functions_go_with_the_alert_that_calls_them(api: API, age: int, is_there: bool) -> None:
    from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction

    api.send(insight())
    api.send(made())
    called = {"key": "alert_id", "type": "event", "operator": "exact", "value": [api.names["alert"]]}
    function = HogFunction.objects.create(project_id=api.names["project"], filters={"properties": [called]})

    api.send(DELETE(ALERT))

    function.refresh_from_db()
    assert function.deleted is not is_there


def test_what_was_done_is_logged(api: API) -> None:
    api.send(insight())
    api.send(made())
    api.send(PATCH(ALERT, {"enabled": False}))
    api.send(DELETE(ALERT))

    found = api.results(f"{ONE}activity_log/?scope=AlertConfiguration")

    assert [each["activity"] for each in found] == ["deleted", "updated", "created"]
    assert found[0]["item_id"] == api.names["alert"]
