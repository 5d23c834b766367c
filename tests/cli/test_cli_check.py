"""`pulumi-posthog check`: what it asks, what it says in each format, and what its status means."""

from __future__ import annotations

import json
import signal
import time
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from cli.lab import Lab
from harness.waiting import eventually

FORMATS = ("text", "json", "junit", "markdown", "github")
COUNT = "select count() from events"
ORDERS = "select count() from events where event = 'nobody sends this'"


def checks(lab: Lab, *rows: str, project: str = "Web") -> None:
    """A configuration with these checks."""
    lab.write(f"projects:\n  {project}:\n    checks:\n" + "".join(f"      {row}\n" for row in rows))


def arrive(lab: Lab, event: str = "order", number: int = 1) -> None:
    """Events that are new."""
    row = {"event": event, "distinct_id": "a", "seconds_ago": 5}
    project = lab.posthog.project("Web")["id"]
    lab.call("POST", "/_sandbox/events", {"project": project, "events": [row] * number})


def switch(lab: Lab, **settings: Any) -> None:
    """Have the sandbox behave otherwise, until the next reset."""
    lab.call("PATCH", "/_sandbox/settings", settings)


def sent(lab: Lab, method: str) -> int:
    """How many requests of that method there were since the counts began."""
    return sum(
        count for path, count in lab.posthog.requests()["by_path"].items() if path.startswith(f"{method} ")
    )


GOOD = f'alive: {{query: {COUNT}, expect: ">= 0"}}'
FAILS = f'orders: {{query: "{ORDERS}", expect: "> 0", description: Nobody orders.}}'
BROKEN = 'broken: {query: select nonsense( from events, expect: "> 0"}'
SHAPE = 'shape: {query: "select event, timestamp from events", expect: "> 0"}'


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ((GOOD,), 0),
        ((GOOD, FAILS), 7),
        ((GOOD, BROKEN), 4),
        ((FAILS, SHAPE), 4),
    ],
    ids=["all hold", "one does not", "one cannot be read", "one has another form"],
)
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_says_all_of_it_and_the_status_the_worst(lab: Lab, form: str, rows, status: int):
    checks(lab, *rows)

    run = lab.run("check", "--format", form)

    assert run.status == status, run.text
    assert run.err == ""
    for row in rows:
        name = row.partition(":")[0]
        assert name in run.out or (form == "github" and row is GOOD)
    if FAILS in rows:
        assert ('"seen": "0"' if form == "json" else "0, expected") in run.out
        assert "Nobody orders." in run.out
    if form == "json":
        assert run.json["exit_code"] == status
        assert len(run.json["checks"]) == len(rows)
    if form == "junit":
        suite = Xml.fromstring(run.out)  # noqa: S314 - our own
        assert suite.get("tests") == str(len(rows))
        assert suite.get("failures") == str(int(FAILS in rows))
        assert suite.get("errors") == str(int(BROKEN in rows) + int(SHAPE in rows))


def test_a_check_that_fails_is_told_with_value_place_and_time(lab: Lab):
    checks(lab, GOOD, FAILS.replace("description", "within: 2s, every: 1s, description"))

    run = lab.run("check", "--format", "json")

    assert run.status == 7
    found = run.json["checks"][1]
    assert (found["path"], found["state"]) == ("projects.Web.checks.orders", "does_not_hold")
    assert (found["seen"], found["expected"]) == ("0", "> 0")
    assert found["attempts"] > 1
    assert found["seconds"] >= 2
    assert found["where"] == {"file": "posthog.yaml", "line": 9, "column": 7}
    assert "projects.Web.checks.orders  posthog.yaml:9" in lab.run("check").out
    github = lab.run("check", "--format", "github").out
    assert github.startswith('::error title=pulumi-posthog,file=posthog.yaml,line=9,col=7::check "orders"')


def test_a_check_is_asked_again_until_it_holds(lab: Lab):
    checks(
        lab,
        'orders: {query: "select count() from events where event = \'late\'", expect: "> 0", within: 60s, every: 1s}',
    )
    lab.posthog.count_anew()
    with lab.start("check", "--format", "json") as process:
        # Whoever asks a second time has had the first answer.
        assert eventually(lambda: sent(lab, "POST") >= 2)
        arrive(lab, "late")
        out, _ = process.communicate(timeout=60)

    (found,) = json.loads(out)["checks"]
    assert (process.returncode, found["state"], found["seen"]) == (0, "holds", "1")
    assert 1 < found["attempts"] < 20


def test_of_the_data_the_value_is_told_and_no_row(lab: Lab):
    arrive(lab, "very private thing")
    checks(lab, "one: {query: \"select event from events where event like 'very%'\", expect: rows == 0}")

    for form in FORMATS:
        run = lab.run("check", "--format", form)
        assert "1 row" in run.out
        assert "private" not in run.out


def test_only_those_that_are_named_are_asked(lab: Lab):
    checks(lab, GOOD, FAILS)

    assert lab.run("check", "--only", "alive").status == 0
    assert lab.run("check", "--only", "Web/orders").status == 7
    wrong = lab.run("check", "--only", "alife")
    assert wrong.status == 2
    assert 'there is no check "alife"' in wrong.err


def test_a_query_that_posthog_cannot_read_is_quoted_at_its_place(lab: Lab):
    checks(lab, BROKEN)

    run = lab.run("check", "--format", "json")

    (found,) = run.json["checks"]
    assert (run.status, found["state"]) == (4, "could_not_be_run")
    assert "the query is at posthog.yaml:8:23" in found["hint"]
    assert found["problem"]
    assert "web page" not in found["problem"]


@pytest.mark.parametrize(
    ("query", "expect", "problem"),
    [
        ("select 1, 2", "> 0", "2 columns"),
        ("select event from events limit 2", "== 'a'", "2 rows"),
        ("select 1 as one", "two > 0", 'no column "two"'),
        ("select 'many'", "> 0", "the value is a text"),
    ],
)
def test_an_answer_of_another_form_could_not_be_checked(lab: Lab, query: str, expect: str, problem: str):
    arrive(lab, number=3)
    checks(lab, f'odd: {{query: "{query}", expect: "{expect}", within: 10m}}')

    run = lab.run("check")

    assert run.status == 4
    assert problem in run.out


def test_a_query_that_never_ends_is_cancelled_and_given_up(lab: Lab):
    switch(lab, query_seconds=600)
    checks(
        lab,
        f"slow: {{query: {COUNT}, expect: '> 0', timeout: 1s, within: 10m}}",
        GOOD.replace("query", "timeout: 1s, query"),
    )
    lab.posthog.count_anew()

    run = lab.run("check")

    assert run.status == 9
    assert "did not end within 1 s and was cancelled" in run.out
    assert sent(lab, "DELETE") == 2


def test_ctrl_c_cancels_what_runs_and_tells_what_has_ended(lab: Lab):
    switch(lab, query_seconds=600)
    checks(lab, f"slow: {{query: {COUNT}, expect: '> 0'}}", 'quick: {events: {last: 1h}, expect: ">= 0"}')
    lab.posthog.count_anew()
    with lab.start("check", "--format", "json") as process:
        assert eventually(lambda: sent(lab, "POST"))
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    states = {each["name"]: each["state"] for each in json.loads(out)["checks"]}
    assert (process.returncode, states) == (8, {"Web/slow": "cancelled", "Web/quick": "holds"}), err
    assert sent(lab, "DELETE") == 1


def test_a_project_that_is_not_there_yet_could_not_be_checked(lab: Lab):
    checks(lab, GOOD, project="Nowhere")

    run = lab.run("check")

    assert run.status == 4
    assert 'PostHog has no project "Nowhere"' in run.out


def test_a_key_without_the_scope_is_told_so(lab: Lab):
    checks(lab, GOOD)

    run = lab.run("check", POSTHOG_PERSONAL_API_KEY=lab.key_without("nothing"))

    assert run.status == 3
    assert "query:read" in run.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_that_cannot_begin_says_so_in_every_format(lab: Lab, form: str):
    checks(lab, GOOD)

    run = lab.run("check", "--format", form, POSTHOG_PERSONAL_API_KEY="")

    assert run.status == 3
    assert "there is no PostHog API key" in run.err
    assert "nothing could be checked" in run.out or "there is no PostHog API key" in run.out


def test_without_checks_nothing_is_asked(lab: Lab):
    lab.posthog.count_anew()

    run = lab.run("check", POSTHOG_PERSONAL_API_KEY="")

    assert (run.status, run.out) == (0, "check: no health checks are declared\n")
    assert lab.posthog.requests()["total"] == 0


def test_every_file_that_was_asked_for_is_written(lab: Lab):
    checks(lab, GOOD)

    run = lab.run("check", "--output", "a.json", "--output", "b.md", "--output", "c.xml", "--output", "d.txt")

    assert run.status == 0
    assert json.loads((lab.folder / "a.json").read_text())["exit_code"] == 0
    assert "### check: 1 holds" in (lab.folder / "b.md").read_text()
    assert Xml.parse(lab.folder / "c.xml").getroot().get("tests") == "1"  # noqa: S314 - our own
    assert (lab.folder / "d.txt").read_text().startswith("check: 1 holds")


def test_a_query_from_the_environment_that_is_not_set_is_told(lab: Lab):
    checks(lab, "alive: {query: !env NO_SUCH, expect: '> 0'}")

    run = lab.run("check")

    assert run.status == 4
    assert "its query is !env NO_SUCH, which is not set" in run.out


def test_all_run_side_by_side(lab: Lab):
    checks(lab, *(f"n{n}: {{query: {COUNT}, expect: '>= 0'}}" for n in range(12)))
    switch(lab, latency_ms=300)
    lab.posthog.count_anew()

    run = lab.run("check")

    assert run.status == 0
    # One after the other, it would be one; a busy machine may not begin all twelve within the latency.
    assert lab.posthog.requests()["at_once"]["POST query"] >= 4


def test_the_check_of_a_destination_and_an_old_server(lab_of_any_age: Lab):
    lab = lab_of_any_age
    lab.write(
        """\
projects:
  Web:
    checks:
      arriving: {events: {last: 1h}, expect: "between 0 and 1000"}
    pipeline_destinations:
      Orders to Snowflake:
        plugin: https://github.com/PostHog/snowflake-export-plugin
        check: {query: select count() from events, expect: ">= 0"}
"""
    )

    run = lab.run("check", "--format", "json")

    assert run.status == 0, run.text
    assert [each["path"] for each in run.json["checks"]] == [
        "projects.Web.checks.arriving",
        "projects.Web.pipeline_destinations.Orders to Snowflake.check",
    ]


# -- what the other verbs say of checks ----------------------------------------------------------------------------


def test_doctor_names_the_scope_and_tries_it(lab: Lab):
    checks(lab, GOOD)

    run = lab.run("doctor", "--format", "json")

    found = {each["name"]: each for each in run.json["checks"]}
    assert "query:read" in found["scopes needed"]["said"]
    assert found["query:read"]["outcome"] == "passed"
    lacking = lab.run("doctor", POSTHOG_PERSONAL_API_KEY=lab.key_without("nothing"))
    assert "add query:read to the key" in lacking.out
    lab.write("projects: {Web: {}}\n")
    assert "query:read" not in lab.run("doctor").out


def test_an_estimate_counts_the_checks_that_a_change_sets_off(lab: Lab):
    checks(lab, GOOD, FAILS)
    assert lab.run("estimate", "--format", "json").json["checks"] == 0
    lab.write(
        "projects:\n"
        "  Web: {timezone: Asia/Tokyo, checks: {a: {query: q, expect: '> 0'}}}\n"
        "  Shop: {timezone: Europe/Paris, checks: {a: {query: q, expect: '> 0'}}}\n"
    )

    found = lab.run("estimate", "--format", "json").json

    assert (found["checks"], found["writes"]) == (1, 1)
    assert found["up"]["requests"] == found["reads"] + 2
    assert "1 health check," in lab.run("estimate").out
    assert lab.run("estimate", "--offline", "--format", "json").json["checks"] == 2


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("projects.checks", "by names of your own"),
        ("projects.Web.checks.alive.expect", "errors < 5 and total > 100"),
        ("projects.checks.within", "asked once"),
        ("projects.checks.events", "last"),
        ("projects.pipeline_destinations.check", "query:read"),
        ("projects.pipeline_destinations.Orders.check.timeout", "5m"),
    ],
)
def test_explain_knows_checks(lab: Lab, path: str, said: str):
    run = lab.run("explain", path)

    assert run.status == 0
    assert said in run.out


def test_drift_asks_no_check(lab: Lab):
    checks(lab, GOOD, FAILS)
    lab.posthog.count_anew()

    run = lab.run("drift", "--only", "project")

    assert run.status == 0
    assert sent(lab, "POST") == 0
