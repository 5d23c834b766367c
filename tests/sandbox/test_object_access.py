"""posthog-api-access.md 3 for single objects: every type that the sandbox has, and what its rules keep people from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.charts import ALERTS, BOARD, INSIGHT, TREE, board, insight
from sandbox.steps import NEWEST, a_key, without_feature
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
)

BO = a_key("bo_key", "bo@acme.io")
METRIC = {"kind": "ExperimentMetric", "metric_type": "mean", "source": {"kind": "EventsNode", "event": "x"}}
VIEW = {"name": "paying", "query": {"kind": "HogQLQuery", "query": "select 1"}}
JUDGE = {
    "name": "Polite",
    "evaluation_type": "llm_judge",
    "evaluation_config": {"prompt": "Is it?"},
    "output_type": "boolean",
}
SOURCE = {"source_type": "Stripe", "payload": {"schemas": [{"name": "Customer"}]}}
SURVEY = {"name": "NPS", "type": "popover", "questions": [{"type": "open", "question": "How?"}]}
EXPERIMENT = {"name": "Button", "feature_flag_key": "button"}
# collection -> the body of a new one
BODIES: dict[str, dict[str, Any]] = {
    "actions": {"name": "Ordered", "steps": [{"event": "ordered"}]},
    "dashboards": {"name": "Growth"},
    "early_access_feature": {"name": "Dark mode", "stage": "draft"},
    "evaluations": JUDGE,
    "experiments": EXPERIMENT,
    "experiment_saved_metrics": {"name": "Orders", "query": METRIC},
    "external_data_sources": SOURCE,
    "feature_flags": {"key": "checkout", "filters": {"groups": [{"properties": []}]}},
    "insights": {"name": "Signups", "saved": True},
    "surveys": SURVEY,
    "warehouse_saved_queries": VIEW,
}
TYPES = {
    "actions": "action",
    "dashboards": "dashboard",
    "early_access_feature": "early_access_feature",
    "evaluations": "evaluation",
    "experiments": "experiment",
    "experiment_saved_metrics": "experiment_saved_metric",
    "external_data_sources": "external_data_source",
    "feature_flags": "feature_flag",
    "insights": "insight",
    "surveys": "survey",
    "warehouse_saved_queries": "warehouse_view",
}


def made(collection: str) -> Call:
    return POST(f"{ONE}{collection}/", BODIES[collection], saves="thing")


def by_bo(call: Call) -> Call:
    return replace(call, key="{bo_key}")


def rule(path: str, level: str | None, **who: str) -> Call:
    return PUT(f"{path}access_controls/", {"access_level": level, **who})


@pytest.mark.parametrize("collection", BODIES)
def test_one_object_of_every_type_has_rules_that_are_kept(api: API, collection: str) -> None:
    BO(api)
    one = f"{ONE}{collection}/{{thing}}/"
    assert api.send(made(collection)).status == 201
    lowest = "viewer" if collection == "actions" else "none"

    stored = api.send(rule(one, "viewer", organization_member="{member_bo}"))
    shown = api.get(f"{one}access_controls/", key="{bo_key}")
    read, changed = api.send(by_bo(GET(one))), api.send(by_bo(PATCH(one, {})))
    api.send(rule(one, lowest, organization_member="{member_bo}"))
    after = api.send(by_bo(GET(one)))

    assert stored.status == 200
    assert (stored.body["resource"], stored.body["resource_id"]) == (
        TYPES[collection],
        str(api.names["thing"]),
    )
    assert (shown["user_access_level"], shown["default_access_level"]) == ("viewer", "editor")
    assert shown["access_controls"] == [stored.body]
    assert (read.status, changed.status) == (200, 403)
    assert after.status == (200 if collection == "actions" else 403)


NOT_LISTED = [collection for collection in BODIES if collection != "actions"]


@pytest.mark.parametrize("collection", NOT_LISTED)
def test_a_list_leaves_out_what_the_caller_may_not_see(api: API, collection: str) -> None:
    BO(api)
    api.send(made(collection))
    mine = api.names["thing"]
    api.send(rule(f"{ONE}{collection}/{{thing}}/", "none", organization_member="{member_bo}"))

    listed = api.results(f"{ONE}{collection}/?limit=100", key="{bo_key}")

    assert mine not in [each["id"] for each in listed]
    assert mine in [each["id"] for each in api.results(f"{ONE}{collection}/?limit=100")]


CLIENT_OF_2025 = [each for each in BODIES if each not in {"evaluations", "external_data_sources"}]


@pytest.mark.parametrize("age", [2025])
@pytest.mark.parametrize("collection", CLIENT_OF_2025)
def test_the_client_of_2025_has_these_urls(api: API, collection: str) -> None:
    api.send(made(collection))

    stored = api.send(rule(f"{ONE}{collection}/{{thing}}/", "viewer"))

    assert (stored.status, stored.body["resource"]) == (200, TYPES[collection])


def type_rule(type_: str, level: str, **who: str) -> Call:
    return PUT(f"{ONE}resource_access_controls/", {"resource": type_, "access_level": level, **who})


ON_BOARD = insight(dashboards=["{board}"])
AN_ALERT = POST(
    ALERTS,
    {
        "name": "Few",
        "insight": "{insight}",
        "subscribed_users": [],
        "condition": {"type": "absolute_value"},
        "config": {"type": "TrendsAlertConfig", "series_index": 0},
        "threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 1}}},
    },
    saves="alert",
)


def the_row(name: str, type_: str) -> Any:
    """The row of the tree that stands for something."""

    def step(api: API) -> None:
        ref = api.names[name]
        if type_ == "insight":
            ref = api.get(f"{ONE}insights/{ref}/")["short_id"]
        (row,) = api.results(f"{TREE}?type={type_}&ref={ref}")
        api.names |= {"row": row["id"], "ref": ref}

    return step


def text_id(api: API) -> None:
    """As rules tell it."""
    api.names["board"] = str(api.names["board"])


def shortened(api: API) -> None:
    api.names["short"] = api.get(f"{ONE}insights/{{short}}/")["short_id"]


FOR_BO = {"organization_member": "{member_bo}"}
ROWS = (
    Row(
        "a child takes the rules about its parent's type",
        by_bo(PATCH(ONE + "experiment_holdouts/{holdout}/", {"name": "Five"})),
        403,
        DENIED,
        [
            POST(
                ONE + "experiment_holdouts/",
                {"name": "Ten", "filters": [{"properties": [], "rollout_percentage": 10}]},
                saves="holdout",
            ),
            type_rule("experiment", "viewer"),
        ],
        NOW,
    ),
    Row(
        "a view takes those about the warehouse",
        by_bo(POST(ONE + "warehouse_saved_queries/", VIEW)),
        403,
        DENIED,
        [type_rule("warehouse_objects", "viewer")],
        NOW,
    ),
    Row(
        "a view that is there is not changed by a POST either",
        by_bo(POST(ONE + "warehouse_saved_queries/", VIEW)),
        403,
        DENIED,
        [
            made("warehouse_saved_queries"),
            rule(ONE + "warehouse_saved_queries/{thing}/", "viewer", **FOR_BO),
        ],
        NOW,
    ),
    Row(
        "an insight is not put on a dashboard that its author may only see",
        by_bo(PATCH(INSIGHT, {"dashboards": ["{board}"]})),
        403,
        DENIED,
        [board(), insight(), rule(BOARD, "viewer", **FOR_BO)],
        MODERN,
    ),
    Row(
        "without the paid feature rules are stored and keep nobody away",
        by_bo(PATCH(BOARD, {"name": "Mine"})),
        200,
        {"name": "Mine"},
        [board(), rule(BOARD, "viewer", **FOR_BO), without_feature("access_control")],
        MODERN,
    ),
    Row(
        "a row of the tree is not there for who may not see its object",
        by_bo(GET(TREE + "{row}/")),
        404,
        NOT_FOUND,
        [board(), the_row("board", "dashboard"), rule(BOARD, "none", **FOR_BO)],
        MODERN,
    ),
    Row(
        "nor is it listed",
        by_bo(GET(TREE + "?ref={board}")),
        200,
        {"count": 0},
        [board(), rule(BOARD, "none", **FOR_BO)],
        MODERN,
    ),
    Row(
        "who may only see it does not delete it through the tree",
        by_bo(DELETE(TREE + "{row}/")),
        403,
        DENIED,
        [board(), the_row("board", "dashboard"), rule(BOARD, "viewer", **FOR_BO)],
        NOW,
    ),
    Row(
        "a dashboard that is deleted through the tree takes its tiles along",
        GET(INSIGHT + "?include_dashboards=true"),
        200,
        {"dashboards": [], "dashboard_tiles": [{"deleted": True}]},
        [board(), ON_BOARD, the_row("board", "dashboard"), DELETE(TREE + "{row}/")],
        NOW,
    ),
    Row(
        "an undone deletion brings them back",
        GET(INSIGHT + "?include_dashboards=true"),
        200,
        {"dashboards": ["{board}"]},
        [
            board(),
            ON_BOARD,
            the_row("board", "dashboard"),
            DELETE(TREE + "{row}/"),
            POST(TREE + "undo_delete/", {"items": [{"type": "dashboard", "ref": "{board}"}]}),
        ],
        NOW,
    ),
    Row(
        "an insight that is deleted through the tree takes its alerts along",
        GET(ALERTS + "{alert}/"),
        404,
        NOT_FOUND,
        [insight(), AN_ALERT, the_row("insight", "insight"), DELETE(TREE + "{row}/")],
        NOW,
    ),
    Row(
        "the log tells of it",
        GET(ONE + "activity_log/?scope=Dashboard&item_id={board}"),
        200,
        {"results": [{"activity": "deleted"}, {"activity": "created"}]},
        [board(), the_row("board", "dashboard"), DELETE(TREE + "{row}/")],
        NOW,
    ),
    Row(
        "rules of a deleted object stay",
        GET(ONE + "access_control_default_objects/"),
        200,
        {"results": [{"resource_id": "{board}", "access_level": "viewer"}]},
        [board(), rule(BOARD, "viewer"), PATCH(BOARD, {"deleted": True}), text_id],
        NOW,
    ),
    Row(
        "the newest servers drop them",
        GET(ONE + "access_control_default_objects/"),
        200,
        {"results": []},
        [NEWEST, board(), rule(BOARD, "viewer"), PATCH(BOARD, {"deleted": True})],
        NOW,
    ),
    Row(
        "of a view, too",
        GET(ONE + "access_control_default_objects/"),
        200,
        {"results": []},
        [
            NEWEST,
            made("warehouse_saved_queries"),
            rule(ONE + "warehouse_saved_queries/{thing}/", "viewer"),
            DELETE(ONE + "warehouse_saved_queries/{thing}/"),
        ],
        NOW,
    ),
    Row(
        "rules about one object by its type and key",
        PUT(
            ONE + "access_control_object_rules/",
            {"resource": "evaluation", "resource_id": "{thing}", "access_level": "viewer"},
        ),
        200,
        {"resource": "evaluation", "resource_id": "{thing}"},
        [made("evaluations")],
        NOW,
    ),
    Row(
        "what has them is listed with its name",
        GET(ONE + "access_control_default_objects/"),
        200,
        {"results": [{"resource": "evaluation", "name": "Polite", "access_level": "viewer"}]},
        [made("evaluations"), rule(ONE + "evaluations/{thing}/", "viewer")],
        NOW,
    ),
    Row(
        "evaluations had none in 2025",
        GET(ONE + "evaluations/{nobody}/access_controls/"),
        404,
        NOT_FOUND,
        ages=(2025,),
    ),
    Row(
        "an insight is called by its short id since 2026",
        GET(ONE + "insights/{short}/access_controls/"),
        200,
        {"default_access_level": "editor"},
        [insight("short"), shortened],
        NOW,
    ),
    Row(
        "before, it was not",
        GET(ONE + "insights/{short}/access_controls/"),
        404,
        NOT_FOUND,
        [insight("short"), shortened],
        (2025,),
    ),
)


@table([replace(row, given=[BO, *row.given]) for row in ROWS])
def test_object_access(api: API, row: Row) -> None:
    check(api, row)
