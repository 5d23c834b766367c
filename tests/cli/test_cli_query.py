"""`pulumi-posthog query`."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

from cli.lab import COMMAND, Lab, on_a_terminal
from harness.waiting import eventually

FORMATS = ("table", "csv", "json")


def test_a_query_is_answered_with_its_columns(shop: Lab):
    run = shop.run(
        "query",
        "select event, count() as number from events group by event",
        "--project",
        "Shop",
        "--format",
        "csv",
    )

    assert (run.status, run.out) == (0, "event,number\norder placed,3\n")


def test_a_query_may_come_from_stdin_and_be_a_node(shop: Lab):
    node = {"kind": "HogQLQuery", "query": "select count() from events"}
    done = subprocess.run(
        [str(COMMAND), "query", "-", "--project", "Shop", "--format", "json"],
        cwd=shop.folder,
        env=shop.environment,
        input=json.dumps(node),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["rows"] == [[3]]


def test_a_query_that_posthog_does_not_understand_is_quoted(shop: Lab):
    run = shop.run("query", "selct 1", "--project", "Shop")

    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: PostHog ")
    assert "hint: correct the query" in run.err


@pytest.mark.parametrize("text", ["", "{", '{"query": "select 1"}'])
def test_a_query_that_is_none_is_not_sent(shop: Lab, text: str):
    run = shop.run("query", text, "--project", "Shop")

    assert (run.status, run.out) == (2, "")
    assert shop.posthog.requests()["total"] == 0


def test_rows_may_be_fewer_than_posthog_answers(shop: Lab):
    run = shop.run(
        "query", "select distinct_id from events", "--project", "Shop", "--limit", "2", "--format", "json"
    )

    assert (len(run.json["rows"]), run.json["more"]) == (2, True)
    assert "2 rows, and there is more: --limit gets more" in run.err


def test_a_query_that_takes_too_long_is_cancelled(shop: Lab):
    shop.call("PATCH", "/_sandbox/settings", {"query_seconds": 600, "query_timeout_seconds": 600})

    run = shop.run("query", "select 1", "--project", "Shop", "--max-wait", "1s")

    assert (run.status, run.out) == (9, "")
    assert "did not end within 1 s and was cancelled" in run.err
    assert [path for path in shop.posthog.writes() if path.startswith("DELETE")] != []


@pytest.mark.parametrize("form", FORMATS)
def test_ctrl_c_cancels_the_query(shop: Lab, form: str):
    shop.call("PATCH", "/_sandbox/settings", {"query_seconds": 600, "query_timeout_seconds": 600})
    process = shop.start("query", "select 1", "--project", "Shop", "--format", form)
    # The second one asks whether it has ended.
    assert eventually(lambda: sum("/query/" in path for path in shop.posthog.requests()["by_path"]) >= 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 8
    assert "cancelled" in err
    assert (json.loads(out)["exit_code"] if form == "json" else out) in (8, "")
    assert [path for path in shop.posthog.writes() if path.startswith("DELETE")] != []


def test_a_query_on_stdin_that_is_no_text_is_said(shop: Lab):
    done = subprocess.run(
        [str(COMMAND), "query", "-", "--project", "Shop"],
        cwd=shop.folder,
        env=shop.environment,
        input=b"\xff\xfe",
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (2, b"error: the query on stdin is not UTF-8 text\n")


def test_two_queries_at_once_wait_for_each_other_where_only_one_may_run(shop: Lab):
    shop.call("PATCH", "/_sandbox/settings", {"query_seconds": 2, "query_concurrency": 1})
    ask = ("query", "select count() from events", "--project", "Shop", "--format", "csv")

    with shop.start(*ask) as first, shop.start(*ask) as second:
        outputs = [process.communicate(timeout=60)[0] for process in (first, second)]

    assert outputs == ["count()\n3\n"] * 2
    assert shop.posthog.requests()["by_status"]["429"] >= 1


def test_a_node_that_is_no_table_shows_its_objects(shop: Lab):
    shop.call("PATCH", shop.project("Shop"), {"timezone": "UTC"})
    node = {
        "kind": "TrendsQuery",
        "series": [{"kind": "EventsNode", "event": "order placed"}],
        "dateRange": {"date_from": "-1d"},
    }

    run = shop.run("query", json.dumps(node), "--project", "Shop", "--format", "csv")

    assert run.status == 0, run.err
    assert "count" in run.out.splitlines()[0].split(",")


def test_a_terminal_shows_that_it_is_waited_for(shop: Lab):
    shop.call("PATCH", "/_sandbox/settings", {"query_seconds": 1})

    shown = on_a_terminal(shop, "query", "select count() as number from events", "--project", "Shop")

    assert "asking PostHog: " in shown
    assert "number" in shown
