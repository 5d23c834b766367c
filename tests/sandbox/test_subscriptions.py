"""posthog-api-analytics.md 5 as tables: subscriptions."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.charts import board, insight
from sandbox.steps import a_key, without_feature
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    GET,
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

ALL = ONE + "subscriptions/"
ITS = ALL + "{subscription}/"
BODY: dict[str, Any] = {
    "insight": "{insight}",
    "target_type": "email",
    "target_value": "ann@example.com,bob@example.com",
    "frequency": "weekly",
    "start_date": "2026-01-05T08:00:00Z",
    "title": "Monday",
}
INVALID = validation("invalid_input", None)


def made(saves: str = "subscription", **rest: Any) -> Call:
    body = {**BODY, **rest}
    return POST(ALL, {name: value for name, value in body.items() if value != "<unsaid>"}, saves=saves)


def of_dashboard(**rest: Any) -> Call:
    return made(insight=None, dashboard="{board}", **rest)


def slack(api: API) -> None:
    from pulumi_posthog.sandbox.families.integrations import Integration

    api.names["slack"] = Integration.objects.create(project_id=api.names["project"], kind="slack").pk


GONE = PATCH(ITS, {"deleted": True})
ON_BOARD = [board(), insight(dashboards=["{board}"])]
ROWS = (
    Row(
        "in an order since 2026",
        GET(ALL + "?ordering=title"),
        200,
        {"results": [{"title": "Friday"}, {"title": "Monday"}]},
        [made(), made(title="Friday")],
        NOW,
    ),
    Row(
        "an order that is none",
        GET(ALL + "?ordering=colour"),
        400,
        validation("invalid_choice", "ordering"),
        ages=NOW,
    ),
    Row("a search since 2026", GET(ALL + "?search=frid"), 200, {"count": 0}, [made()], NOW),
    Row("before, nobody searched", GET(ALL + "?search=frid"), 200, {"count": 1}, [made()], BEFORE),
    Row(
        "a subscription",
        made(),
        201,
        {
            "insight": "{insight}",
            "dashboard": None,
            "resource_name": "Signups",
            "target_type": "email",
            "frequency": "weekly",
            "interval": 1,
            "byweekday": None,
            "start_date": "2026-01-05T08:00:00Z",
            "until_date": None,
            "title": "Monday",
            "summary": "sent every week",
            "deleted": False,
            "created_by": {"email": "ada@acme.io"},
        },
    ),
    *(
        Row(f"{name} is needed", made(**{name: "<unsaid>"}), 400, validation("required", name))
        for name in ("target_type", "target_value", "frequency", "start_date")
    ),
    Row("four frequencies", made(frequency="hourly"), 400, validation("invalid_choice", "frequency")),
    Row("three targets", made(target_type="fax"), 400, validation("invalid_choice", "target_type")),
    Row("seven days", made(byweekday=["someday"]), 400, {"code": "invalid_choice"}),
    Row("on days", made(byweekday=["monday"], bysetpos=1), 201, {"byweekday": ["monday"], "bysetpos": 1}),
    Row("the longest title", made(title="x" * 101), 400, validation("max_length", "title")),
    Row("of one thing", made(insight=None), 400, INVALID, ages=NOW),
    Row("2025 took none", made(insight=None), 201, {"insight": None}, ages=BEFORE),
    Row("not of two", made(dashboard="{board}"), 400, INVALID, ON_BOARD),
    Row("that is there", made(insight=999), 400, validation("does_not_exist", "insight")),
    Row("an invitation is not told", made(invite_message="Hi"), 201, {"invite_message": None}),
    Row("in UTC", made(start_date="2026-01-05T09:00:00+01:00"), 201, {"start_date": "2026-01-05T08:00:00Z"}),
    Row("on", made(), 201, {"enabled": True, "content_type": "insight"}, ages=NOW),
    Row(
        "2025 knows no switch",
        made(),
        201,
        {"enabled": "<missing>", "integration_id": "<missing>"},
        ages=BEFORE,
    ),
    Row(
        "Slack needs its integration",
        made(target_type="slack", target_value="C0|#x"),
        400,
        validation("invalid_input", "integration_id"),
        ages=NOW,
    ),
    Row(
        "that is there, too",
        made(target_type="slack", target_value="C0|#x", integration_id=999),
        400,
        validation("invalid_input", "integration_id"),
        ages=NOW,
    ),
    Row(
        "with it",
        made(target_type="slack", target_value="C0|#x", integration_id="{slack}"),
        201,
        {"integration_id": "{slack}"},
        [slack],
        NOW,
    ),
    Row(
        "no private address",
        made(target_type="webhook", target_value="http://127.0.0.1/x"),
        400,
        validation("invalid_input", "target_value"),
        ages=NOW,
    ),
    Row("2025 took them", made(target_type="webhook", target_value="http://127.0.0.1/x"), 201, ages=BEFORE),
    Row("a schedule that is over", made(until_date="2026-01-06T00:00:00Z"), 400, INVALID, ages=NOW),
    Row(
        "of a dashboard with its insights",
        of_dashboard(dashboard_export_insights=["{insight}"]),
        201,
        {"dashboard": "{board}", "content_type": "dashboard", "dashboard_export_insights": ["{insight}"]},
        ON_BOARD,
        NOW,
    ),
    Row(
        "never without",
        of_dashboard(),
        400,
        validation("invalid_input", "dashboard_export_insights"),
        ON_BOARD,
        NOW,
    ),
    Row(
        "nor with none",
        of_dashboard(dashboard_export_insights=[]),
        400,
        validation("invalid_input", "dashboard_export_insights"),
        ON_BOARD,
        NOW,
    ),
    Row(
        "nor with others",
        of_dashboard(dashboard_export_insights=[999]),
        400,
        validation("invalid_input", "dashboard_export_insights"),
        ON_BOARD,
        NOW,
    ),
    Row(
        "2025 has all of it",
        of_dashboard(),
        201,
        {"dashboard_export_insights": "<missing>"},
        ON_BOARD,
        BEFORE,
    ),
    Row(
        "PATCH changes what it names",
        PATCH(ITS, {"interval": 2}),
        200,
        {"interval": 2, "title": "Monday", "summary": "sent every 2 weeks"},
        [made()],
    ),
    Row("PUT wants all of it", PUT(ITS, {"title": "x"}), 400, {"code": "required"}, [made()]),
    Row("DELETE is not offered", DELETE(ITS), 405, "", [made()]),
    Row("deleted by PATCH", GONE, 200, {"deleted": True}, [made()]),
    Row("then it is not listed", GET(ALL), 200, {"count": 0}, [made(), GONE]),
    Row(
        "unless they are asked for",
        GET(ALL + "?deleted=true"),
        200,
        {"count": 1},
        [made(), GONE, made(saves="x")],
    ),
    Row("but read", GET(ITS), 200, {"deleted": True}, [made(), GONE]),
    Row("and restored", PATCH(ITS, {"deleted": False}), 200, {"deleted": False}, [made(), GONE]),
    Row("of one insight", GET(ALL + "?insight={insight}"), 200, {"count": 1}, [made()]),
    Row("of another", GET(ALL + "?insight=999"), 200, {"count": 0}, [made()]),
    Row(
        "the newest first",
        GET(ALL),
        200,
        {"results": [{"title": "b"}, {"title": "a"}]},
        [made(title="a"), made(title="b")],
        NOW,
    ),
    Row("for payment", made(), 402, {"code": "payment_required"}, [without_feature("subscriptions")]),
    Row("lists, too", GET(ALL), 402, {"code": "payment_required"}, [without_feature("subscriptions")]),
    Row("unknown", GET(ALL + "999/"), 404, NOT_FOUND),
    Row(
        "a scope to write",
        POST(ALL, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["subscription:read"])],
    ),
)


@table(
    Row(
        row.says,
        row.call,
        row.status,
        row.has,
        row.given if row.given[:2] == ON_BOARD else [insight(), *row.given],
        row.ages,
    )
    for row in ROWS
)
def test_subscriptions(api: API, row: Row) -> None:
    check(api, row)


def sent(api: API) -> list[str]:
    return [each["target"] for each in reversed(api.results(ITS + "deliveries/"))]


def test_it_is_sent_when_it_is_made_and_to_who_is_added(api: API) -> None:
    api.send(insight())
    api.send(made())
    assert sent(api) == ["ann@example.com", "bob@example.com"]

    api.send(PATCH(ITS, {"title": "x", "target_value": BODY["target_value"]}))
    assert sent(api) == ["ann@example.com", "bob@example.com"]

    api.send(PATCH(ITS, {"target_value": "ann@example.com,cy@example.com"}))
    assert sent(api)[2:] == ["cy@example.com"]

    assert api.send(POST(ITS + "test-delivery/")).status == 202
    assert sent(api)[3:] == ["ann@example.com", "cy@example.com"]


def test_who_wants_no_more_is_taken_out_and_with_the_last_it_is_deleted(api: API) -> None:
    from pulumi_posthog.sandbox.families.subscriptions import Subscription, unsubscribe

    api.send(insight())
    api.send(made())

    unsubscribe(Subscription.objects.get(), "ann@example.com")
    assert api.get(ITS)["target_value"] == "bob@example.com"

    unsubscribe(Subscription.objects.get(), "bob@example.com")
    assert (api.get(ITS)["target_value"], api.get(ITS)["deleted"]) == ("", True)


@pytest.mark.parametrize(("age", "found"), [(2025, []), (2026, ["updated", "created"])])
def test_2026_logs_what_was_done(api: API, age: int, found: list[str]) -> None:
    api.send(insight())
    api.send(made())
    api.send(PATCH(ITS, {"title": "x"}))

    assert [each["activity"] for each in api.results(f"{ONE}activity_log/?scope=Subscription")] == found
