"""Section 4.1 of the page about pipelines: runs and backfills of batch exports, and tests of the connection."""

from __future__ import annotations

from sandbox.steps import a_key, switched
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    GET,
    NOT_FOUND,
    NOW,
    PATCH,
    POST,
    UNTIED,
    Call,
    Row,
    check,
    table,
    validation,
)

ALL = "/api/projects/{project}/batch_exports/"
ONE = ALL + "{export}/"
RUNS = ONE + "runs/"
RUN = RUNS + "{run}/"
BACKFILLS = ONE + "backfills/"
BACKFILL = BACKFILLS + "{backfill}/"
END = "2026-01-02T00:00:00Z"
EXPORT = POST(
    ALL,
    {"name": "Copy", "interval": "hour", "destination": {"type": "NoOp", "config": {}}},
    saves="export",
)


def backfilled(start: str = "2026-01-01T00:00:00Z", end: str = END) -> Call:
    return POST(BACKFILLS, {"start_at": start, "end_at": end}, saves="backfill", saved_field="backfill_id")


def its_run(api: API) -> None:
    """Of the backfill: under the name `run`."""
    api.names["run"] = api.results(RUNS)[0]["id"]


def finished(api: API) -> None:
    assert api.send(POST("/_sandbox/batch_exports/finish")).body == {"completed": 1}


GIVEN = [EXPORT, backfilled(), its_run]
TOO_MANY = {"type": "server_error", "code": "too_many_concurrent_backfills", "attr": None}
FULL = [EXPORT, backfilled(), backfilled(), backfilled()]
ROWS = (
    Row("nothing ran yet", GET(RUNS), 200, {"next": None, "results": []}, [EXPORT]),
    Row("a backfill is begun", backfilled(), 200, given=[EXPORT], ages=BEFORE),
    Row("and made, by now", backfilled(), 201, given=[EXPORT], ages=NOW),
    Row(
        "from when",
        POST(BACKFILLS, {"end_at": "2026-01-01T00:00:00Z"}),
        400,
        validation("required", "start_at"),
        [EXPORT],
    ),
    Row("is a time", backfilled("then"), 400, validation("invalid_input", "start_at"), [EXPORT]),
    Row("before its end", backfilled("2026-01-03T00:00:00Z"), 400, UNTIED, [EXPORT]),
    Row(
        "it can be read",
        GET(BACKFILL),
        200,
        {"id": "{backfill}", "status": "Running", "start_at": "2026-01-01T00:00:00.000000Z"},
        GIVEN,
    ),
    Row("and listed", GET(BACKFILLS), 200, {"count": "<missing>", "results": [{"id": "{backfill}"}]}, GIVEN),
    Row("its run", GET(RUN), 200, {"status": "Running", "backfill": "{backfill}"}, GIVEN),
    Row("is the latest", GET(ONE), 200, {"latest_runs": [{"id": "{run}"}]}, GIVEN),
    Row("of the last seven days", GET(RUNS + "?before=2026-01-01T00:00:00Z"), 200, {"results": []}, GIVEN),
    Row("or others", GET(RUNS + "?after=2026-01-01T00:00:00Z"), 200, {"results": [{"id": "{run}"}]}, GIVEN),
    Row("from a time on", GET(RUNS + "?after=x"), 400, validation("invalid_input", "after"), GIVEN),
    Row("a run that there is", GET(RUNS + "{nobody}/"), 404, NOT_FOUND, GIVEN),
    Row("a backfill that there is", GET(BACKFILLS + "{nobody}/"), 404, NOT_FOUND, GIVEN),
    Row("a run is cancelled", POST(RUN + "cancel/"), 200, {"cancelled": True}, GIVEN),
    Row("while it runs", POST(RUN + "cancel/"), 400, UNTIED, [*GIVEN, POST(RUN + "cancel/")]),
    Row("not when it is complete", POST(RUN + "cancel/"), 400, UNTIED, [*GIVEN, finished]),
    Row("a run is done again", POST(RUN + "retry/"), 200, given=[*GIVEN, finished], ages=BEFORE),
    Row("by a backfill", POST(RUN + "retry/"), 201, given=[*GIVEN, finished], ages=NOW),
    Row("a backfill is cancelled", POST(BACKFILL + "cancel/"), 200, given=GIVEN),
    Row("with its run", GET(RUN), 200, {"status": "Cancelled"}, [*GIVEN, POST(BACKFILL + "cancel/")]),
    Row("while it runs, too", POST(BACKFILL + "cancel/"), 400, UNTIED, [*GIVEN, finished]),
    Row("only so many at once", backfilled(), 429, TOO_MANY, FULL, NOW),
    Row(
        "as many as one likes, before", backfilled(), 201, given=[switched(later_2026=False), *FULL], ages=NOW
    ),
    Row(
        "what was missed during a pause",
        GET(BACKFILLS),
        200,
        {"results": [{"status": "Running"}]},
        [EXPORT, POST(ONE + "pause/"), POST(ONE + "unpause/", {"backfill": True})],
    ),
    Row(
        "but not if a PATCH paused it",
        GET(BACKFILLS),
        200,
        {"results": []},
        [EXPORT, PATCH(ONE, {"paused": True}), POST(ONE + "unpause/", {"backfill": True})],
    ),
    Row("of a deleted export", GET(RUNS), 404, NOT_FOUND, [*GIVEN, DELETE(ONE)]),
    *(
        Row(
            f"who reads may not {what}",
            POST(path, {}, key="{key}"),
            403,
            DENIED,
            [*GIVEN, a_key("key", scopes=["batch_export:read"])],
        )
        for what, path in (
            ("begin", BACKFILLS),
            ("retry", RUN + "retry/"),
            ("cancel", RUN + "cancel/"),
            ("cancel a backfill", BACKFILL + "cancel/"),
        )
    ),
    Row(
        "a connection is tried",
        POST(ONE + "run_test_step/", {"step": 0}),
        200,
        {"status": "Passed"},
        [EXPORT],
        NOW,
    ),
    Row(
        "step by step",
        POST(ONE + "run_test_step/", {"step": 9}),
        400,
        validation("invalid_input", "step"),
        [EXPORT],
        NOW,
    ),
    Row("of a new one", POST(ALL + "run_test_step_new/", {"step": 1}), 200, {"status": "Passed"}, ages=NOW),
    Row("these are the steps", GET(ALL + "test/"), 200, ages=NOW),
    *(
        Row("keys could not try", call, 403, DENIED, [EXPORT], (2025,))
        for call in (
            GET(ALL + "test/"),
            POST(ALL + "run_test_step_new/", {}),
            POST(ONE + "run_test_step/", {}),
        )
    ),
    Row("keys read no logs", GET(ONE + "logs/"), 403, DENIED, [EXPORT], (2025, 2026)),
)


@table(ROWS)
def test_runs_and_backfills(api: API, row: Row) -> None:
    check(api, row)


def test_a_deletion_cancels_what_runs(api: API) -> None:
    from pulumi_posthog.sandbox.families.batch_export_runs import BatchExportBackfill, BatchExportRun

    for step in (EXPORT, backfilled(), DELETE(ONE)):
        assert api.send(step).status < 300

    assert [each.status for each in BatchExportRun.objects.all()] == ["Cancelled"]
    assert [each.status for each in BatchExportBackfill.objects.all()] == ["Cancelled"]
