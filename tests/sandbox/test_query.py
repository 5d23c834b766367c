"""Section 10.2 of the API page: queries, blocking and in the background."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sandbox.steps import a_key, switched
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    GET,
    NOT_FOUND,
    POST,
    Call,
    Row,
    check,
    table,
    validation,
)

QUERY = "/api/projects/{project}/query/"
COUNT = {
    "kind": "HogQLQuery",
    "query": "select count() from events where timestamp > now() - interval 1 hour",
}
ONE = {"kind": "HogQLQuery", "query": "select 1 as one"}
WRONG = {"kind": "HogQLQuery", "query": "select nowhere from events"}
SLOW = switched(query_seconds=3600)


def ask(query: dict[str, Any], **rest: Any) -> Call:
    return POST(QUERY, {"query": query, **rest})


ROWS = (
    Row(
        "a query is answered",
        ask(ONE),
        200,
        {
            "results": [[1]],
            "columns": ["one"],
            "types": [["one", "Int64"]],
            "limit": 100,
            "offset": 0,
            "hasMore": False,
            "is_cached": False,
            "query_status": None,
            "error": None,
            "timezone": "UTC",
        },
    ),
    Row("twelve events an hour", ask(COUNT), 200, {"results": [[12]]}),
    Row(
        "under the environment, too",
        POST("/api/environments/{project}/query/", {"query": ONE}),
        200,
        {"results": [[1]]},
        ages=(2025, 2026),
    ),
    Row("as a text of JSON", POST(QUERY, {"query": '{"kind": "HogQLQuery", "query": "select 1"}'}), 200),
    Row("without a query", POST(QUERY, {}), 400, validation("required", "query")),
    Row("without a kind", POST(QUERY, {"query": {}}), 400, validation("invalid_input", "query")),
    Row("a query of broken JSON", POST(QUERY, {"query": "{"}), 400, validation("invalid_input", "query")),
    Row("a mistake in HogQL", ask(WRONG), 400, validation("invalid_input", None)),
    Row(
        "a kind that the sandbox does not know",
        ask({"kind": "FunnelsQuery", "series": []}),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "a refresh that there is not", ask(ONE, refresh="soon"), 400, validation("invalid_choice", "refresh")
    ),
    *(
        Row(f"refresh {refresh}", ask(ONE, refresh=refresh), 200, {"results": [[1]]})
        for refresh in ("blocking", "force_blocking", "force_cache")
    ),
    *(
        Row(
            f"refresh {refresh} answers with a status",
            ask(ONE, refresh=refresh, client_query_id="mine"),
            202,
            {"query_status": {"id": "mine", "complete": False, "error": False, "query_async": True}},
        )
        for refresh in ("async", "lazy_async", "force_async")
    ),
    Row(
        "the old way to say async",
        POST(QUERY, {"query": ONE, "async": True}),
        202,
        {"query_status": {"complete": False}},
        given=[SLOW],
    ),
    Row(
        "something slow runs",
        ask(ONE, refresh="async", client_query_id="mine"),
        202,
        {
            "query_status": {
                "id": "mine",
                "complete": False,
                "error": False,
                "results": None,
                "end_time": None,
            }
        },
        given=[SLOW],
    ),
    Row(
        "and goes on running",
        GET(QUERY + "mine/"),
        202,
        {"query_status": {"complete": False}},
        given=[SLOW, ask(ONE, refresh="async", client_query_id="mine")],
    ),
    Row(
        "until somebody cancels it",
        DELETE(QUERY + "mine/"),
        204,
        given=[SLOW, ask(ONE, refresh="async", client_query_id="mine")],
        ages=(2024, 2025),
    ),
    Row(
        "the newest say more",
        DELETE(QUERY + "mine/"),
        200,
        {"message": "Query task cancelled"},
        given=[SLOW, ask(ONE, refresh="async", client_query_id="mine")],
        ages=(2026,),
    ),
    Row(
        "a cancelled query has failed",
        GET(QUERY + "mine/"),
        400,
        {"query_status": {"complete": True, "error": True, "error_message": "Query was cancelled"}},
        given=[SLOW, ask(ONE, refresh="async", client_query_id="mine"), DELETE(QUERY + "mine/")],
    ),
    Row(
        "what is done has results",
        GET(QUERY + "mine/"),
        200,
        {"query_status": {"complete": True, "results": {"results": [[1]], "columns": ["one"]}}},
        given=[ask(ONE, refresh="async", client_query_id="mine")],
    ),
    Row(
        "a mistake in the background",
        GET(QUERY + "mine/"),
        400,
        {
            "query_status": {
                "error": True,
                "error_message": "Unable to resolve field: nowhere",
                "results": None,
            }
        },
        given=[ask(WRONG, refresh="async", client_query_id="mine")],
    ),
    Row("unknown", GET(QUERY + "nobodys/"), 404, NOT_FOUND),
    Row("cancelling the unknown", DELETE(QUERY + "nobodys/"), 404, NOT_FOUND),
    Row(
        "reading is enough to ask",
        POST(QUERY, {"query": ONE}, key="{reader}"),
        200,
        given=[a_key("reader", scopes=["query:read"])],
    ),
    Row(
        "but it has to be that",
        POST(QUERY, {"query": ONE}, key="{reader}"),
        403,
        DENIED,
        given=[a_key("reader", scopes=["project:write"])],
        ages=(2025, 2026),
    ),
    Row("chat is not for keys", POST(QUERY + "chat/", {}), 403, DENIED, ages=(2025,)),
    Row("chat is gone", POST(QUERY + "chat/", {}), 404, NOT_FOUND, ages=(2026,)),
    Row(
        "blocking does not wait for ever",
        ask(ONE),
        504,
        {"type": "server_error", "attr": None},
        given=[switched(query_seconds=9, query_timeout_seconds=0.01)],
    ),
    Row(
        "* of events would be guessed",
        ask({"kind": "EventsQuery", "select": ["*"]}),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "a column is one expression",
        ask({"kind": "EventsQuery", "select": ["1 from persons --"]}),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "a trend with a breakdown",
        ask(
            {
                "kind": "TrendsQuery",
                "series": [{"kind": "EventsNode", "event": "$pageview"}],
                "breakdownFilter": {"breakdown": "$browser"},
            }
        ),
        400,
        validation("invalid_input", None),
    ),
)


@table(ROWS)
def test_queries(api: API, row: Row) -> None:
    check(api, row)


def test_events_by_name(api: API) -> None:
    node = {"kind": "EventsQuery", "select": ["event", "count()"], "event": "$pageview", "orderBy": ["event"]}
    found = api.send(ask({**node, "select": ["event", "distinct_id"], "limit": 3})).body

    assert found["columns"] == ["event", "distinct_id"]
    assert [row[0] for row in found["results"]] == ["$pageview"] * 3
    assert found["hasMore"] is True


def test_a_trend_counts_days(api: API) -> None:
    series = [
        {"kind": "EventsNode", "event": "$pageview"},
        {"kind": "EventsNode", "math": "dau", "custom_name": "People"},
    ]

    views, people = api.send(ask({"kind": "TrendsQuery", "series": series})).body["results"]

    counted = api.send(
        ask({"kind": "HogQLQuery", "query": "select count() from events where event = '$pageview'"})
    ).body["results"]
    assert len(views["days"]) == len(views["data"]) == 8
    assert [[views["count"]]] == counted
    assert (views["label"], people["label"]) == ("$pageview", "People")
    assert views["data"][0] == 0
    assert people["data"][-2] == 8  # yesterday: today may have begun this minute


def test_no_more_than_so_many_at_once(api: API) -> None:
    switched(query_concurrency=1, query_seconds=3600)(api)
    api.send(ask(ONE, refresh="async", client_query_id="first"))

    answer = api.send(ask(ONE))

    assert answer.error == (429, "throttled_error", "throttled", None)
    assert "Retry-After" not in answer.headers
    assert api.send(ask(ONE, refresh="async")).status == 429
    api.send(DELETE(QUERY + "first/"))
    switched(query_seconds=0)(api)
    assert api.send(ask(ONE)).status == 200


def test_a_query_in_the_background_ends(api: API) -> None:
    switched(query_seconds=0.05)(api)
    api.send(ask(ONE, refresh="async", client_query_id="mine"))

    deadline = time.monotonic() + 20
    while (answer := api.send(GET(QUERY + "mine/"))).status == 202 and time.monotonic() < deadline:
        time.sleep(0.02)

    assert answer.status == 200
    assert answer.body["query_status"]["results"]["results"] == [[1]]


@pytest.mark.parametrize("age", [2025, 2026])
def test_each_project_knows_its_own_queries(api: API, age: int) -> None:
    other = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"})).body["id"]
    api.send(ask(ONE, refresh="async", client_query_id="mine"))

    assert api.send(GET(f"/api/projects/{other}/query/mine/")).status == 404
    assert api.send(POST(f"/api/projects/{other}/query/", {"query": COUNT})).body["results"] == [[0]]


def test_questions_have_rate_limits_of_their_own(api: API) -> None:
    switched(rate_limits=["1/min", "2/hour:analytics", "3/hour:hogql"])(api)
    events = "/api/projects/{project}/events/?limit=1"

    assert [api.send(ask(ONE)).status for _ in range(4)] == [200, 200, 200, 429]
    assert [api.send(GET(events)).status for _ in range(2)] == [200, 200]
    limited = api.send(ask({"kind": "EventsQuery", "select": ["event"]}))
    assert (limited.status, "Retry-After" in limited.headers) == (429, True)
    assert [api.send(GET("/api/projects/{project}/persons/")).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("text", ["1/min:", "1/min:queries", "1:hogql", "x/min"])
def test_a_rate_limit_that_cannot_be_read(api: API, text: str) -> None:
    from sandbox.table import PATCH

    assert api.send(PATCH("/_sandbox/settings", {"rate_limits": [text]})).status == 400


@pytest.mark.parametrize(
    ("refresh", "counted", "status"),
    [
        ("blocking", 1, 200),
        ("async", 1, 200),
        ("lazy_async", 1, 200),
        ("force_cache", 1, 200),
        ("force_blocking", 2, 200),
        ("force_async", None, 202),
    ],
)
def test_a_fresh_answer_is_given_again_unless_another_is_forced(
    api: API, refresh: str, counted: int | None, status: int
) -> None:
    switched(query_cache_seconds=600)(api)
    count = {"kind": "HogQLQuery", "query": "select count() from events where event = 'mine'"}
    event = POST("/_sandbox/events", {"events": [{"event": "mine"}]})
    api.send(event)
    first = api.send(ask(count)).body
    api.send(event)

    second = api.send(ask(count, refresh=refresh))

    assert (first["results"], first["is_cached"]) == ([[1]], False)
    assert second.status == status
    if counted is not None:
        assert (second.body["results"], second.body["is_cached"]) == ([[counted]], counted == 1)


def test_nothing_is_kept_unless_it_is_said_for_how_long(api: API) -> None:
    count = {"kind": "HogQLQuery", "query": "select count() from events where event = 'mine'"}
    api.send(ask(count))
    api.send(POST("/_sandbox/events", {"events": [{"event": "mine"}]}))

    assert api.send(ask(count)).body["results"] == [[1]]
