"""`checks:` in the file -> health checks; what is wrong with them is told at its place."""

import pytest

from pulumi_posthog.checks.condition import condition
from pulumi_posthog.checks.declared import Check, Events, Query
from pulumi_posthog.values.problem import Position

QUERY = "select count() from events"


def at(line, column):
    return Position("posthog.yaml", line, column)


def one(load, body, **options):
    (check,) = load(f"projects: {{Web: {{checks: {{alive: {{{body}}}}}}}}}\n", **options).checks
    return check


def test_the_checks_of_a_project_and_of_a_destination(load):
    desired = load(
        f"""\
projects:
  Web:
    checks:
      events_last_hour:
        query: {QUERY}
        expect: "> 0"
        within: 10m
      old server: {{events: {{event: order, last: 1h}}, expect: "> 5", every: 30s, description: Orders stopped.}}
    pipeline_destinations:
      Orders: {{plugin: Snowflake, check: {{query: select 1, expect: == 1, timeout: 1m}}}}
"""
    )

    assert desired.checks == (
        Check(name="Web/events_last_hour", key="events_last_hour", subject=("project", "Web"), project="Web",
              ask=Query(QUERY), expect=condition("> 0"), within=600, where=at(7, 7), asked_at=at(8, 16)),
        Check(name="Web/old server", key="old server", subject=("project", "Web"), project="Web",
              ask=Events("order", 3600), expect=condition("> 5"), every=30, description="Orders stopped.",
              where=at(11, 7), asked_at=at(11, 28)),
        Check(name="Web/Orders", key=None, subject=("pipeline_destination", "Web/Orders"), project="Web",
              ask=Query("select 1"), expect=condition("== 1"), timeout=60,
              where=at(13, 35), asked_at=at(13, 50)),
    )  # fmt: skip
    assert [entry.name for entry in desired.entries] == ["Web", "Web/Orders"]
    assert "check" not in desired.entries[1].fields


@pytest.mark.parametrize(
    ("within", "interval"), [("0s", 5), ("20s", 5), ("90s", 9), ("10m", 60), ("5m", 30), ("2h", 60)]
)
def test_ten_attempts_but_no_more_than_posthog_allows(load, within, interval):
    assert one(load, f"query: q, expect: '> 0', within: {within}").interval == interval


def test_names_of_a_renamed_project_are_kept(load):
    desired = load("projects: {New: {previously: Old, checks: {alive: {query: q, expect: '> 0'}}}}\n")

    assert desired.checks[0].previously == ("Old/alive",)


def test_a_query_may_come_from_the_environment(load):
    assert one(load, "query: !env ZONE, expect: '> 0'").ask == Query("Europe/Berlin")
    assert one(load, "query: !env NONE_SUCH, expect: '> 0'", offline=True).lacking == "!env NONE_SUCH"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            "query: q, expect: '= 0'",
            '53: check "alive" of project "Web" expects "= 0", which has no operator "="',
        ),
        ("query: q, expect: 5", '53: checks.alive.expect of project "Web" must be text, not 5'),
        ("query: q", '27: checks.alive of project "Web" lacks "expect"'),
        ("expect: '> 0'", '27: check "alive" of project "Web" asks nothing'),
        (
            "query: q, events: {last: 1h}, expect: '> 0'",
            '53: check "alive" of project "Web" asks by `query` and by `events`',
        ),
        ("query: '  ', expect: '> 0'", '42: check "alive" of project "Web" has an empty query'),
        (
            "query: !secret password, expect: '> 0'",
            '42: checks.alive.query of project "Web" is not a secret to PostHog',
        ),
        (
            "query: q, expect: !env ZONE",
            '53: check "alive" of project "Web" takes its condition from somewhere else',
        ),
        (
            "query: q, expect: '> 0', within: soon",
            'checks.alive.within of project "Web" must be a duration such as',
        ),
        ("query: q, expect: '> 0', within: 90", 'checks.alive.within of project "Web" must be text, not 90'),
        (
            "query: q, expect: '> 0', within: 25h",
            'check "alive" of project "Web" has within 25h: the most is 24h',
        ),
        (
            "query: q, expect: '> 0', every: 0s",
            'check "alive" of project "Web" has every 0s: the least is 1s',
        ),
        ("query: q, expect: '> 0', colour: red", 'checks.alive of project "Web" has no key "colour"'),
        ("events: {event: a}, expect: '> 0'", 'checks.alive.events of project "Web" lacks "last"'),
        (
            "events: {last: 1h}, expect: '> 5000'",
            "compares with more than 1,000, and `events` counts no further",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(load, body, problem):
    problems = load.problems(f"projects: {{Web: {{checks: {{alive: {{{body}}}}}}}}}\n")

    assert len(problems) == 1
    assert problem in problems[0]
    assert problems[0].startswith("posthog.yaml:4:")


def test_an_operator_that_yaml_takes_for_its_own_is_told(load):
    (problem,) = load.problems("projects:\n  Web:\n    checks:\n      a: \n        expect: > 0\n")

    assert "posthog.yaml:8" in problem
    assert "put a text that begins with > in quotes" in problem


def test_a_name_with_a_slash_would_be_another_object_s(load):
    (problem,) = load.problems("projects: {Web: {checks: {a/b: {query: q, expect: '> 0'}}}}\n")

    assert "must be a name without a /" in problem


def test_a_project_that_is_to_go_has_no_checks(load):
    (problem,) = load.problems("projects: {Web: {state: absent, checks: {a: {query: q, expect: '> 0'}}}}\n")

    assert '`state: absent` and "checks"' in problem
