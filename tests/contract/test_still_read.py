"""Views and sources that leave a file while SQL still reads them: what is declared is refused, the rest is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import HEAD, Web, web_of
from pulumi_posthog.reconcile import still_read
from pulumi_posthog.values.variables import KEY_VARIABLE

NOTHING = "    timezone: UTC\n"
VIEWS = """\
    warehouse_saved_queries:
      paying: {query: {query: select 1 as plan}}
      others: {query: {query: select 2 as plan}}
"""
OTHERS = "    warehouse_saved_queries: {others: {query: {query: select 2 as plan}}}\n"
SOURCE = """\
    external_data_sources:
      eu:
        source_type: Stripe
        job_inputs: {stripe_account_id: acct_1, stripe_secret_key: !env TOKEN}
        schemas: {Customer: {should_sync: true, sync_type: full_refresh}}
"""
READS = """\
    warehouse_saved_queries:
      buyers:
        query:
          query: select id from stripe.eu.Customer
"""
FAMILIES = ("insights", "warehouse_saved_queries", "insight_variables")


@pytest.fixture(params=["2026 later", "2025"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch, external_data_schema=9) as web:
        yield web


@pytest.fixture
def newest(started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, "2026 later", tmp_path, monkeypatch, external_data_schema=9) as web:
        yield web


def insight(web: Web, name: str | None, sql: str, **more: Any) -> Any:
    """Somebody saves an insight."""
    query = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": sql}}
    return web.posthog.call(
        "POST", f"{web.path}/insights/", {"name": name, "query": query, "saved": True, **more}
    )


def view(web: Web, name: str, sql: str) -> Any:
    """Somebody saves a view."""
    return web.posthog.call(
        "POST",
        f"{web.path}/warehouse_saved_queries/",
        {"name": name, "query": {"kind": "HogQLQuery", "query": sql}},
    )


def told(web: Web, text: str, capsys: pytest.CaptureFixture[str], **more: Any) -> list[str]:
    """What a preview warns of."""
    capsys.readouterr()
    web.run(text, preview=True, **more)
    assert web.posthog.writes() == {}
    return [line for line in capsys.readouterr().err.splitlines() if "SQL" in line or "known" in line]


def test_a_view_that_goes_names_the_undeclared_insights_and_views_that_read_it(web, capsys):
    web.run(VIEWS)
    unnamed = insight(web, None, "select * from (select plan from `paying`) where 1")
    insight(web, "Ours by hand", "select plan from paying p join others using plan")
    insight(web, "Another one", "select 'paying' as plan -- from paying")
    view(web, "by_hand", "select plan from paying")

    assert told(web, OTHERS, capsys) == [
        "the SQL of 1 warehouse saved query that nobody declares here names warehouse saved query"
        ' "paying", which is deleted, and fails from then on: "by_hand"',
        'the SQL of 2 insights that nobody declares here names warehouse saved query "paying", which is deleted, and'
        f' fails from then on: "{unnamed["id"]}", "Ours by hand"',
    ]


def test_a_view_that_gets_another_name_names_who_reads_it_by_the_former_one(newest, capsys):
    newest.run(VIEWS)
    insight(newest, "By hand", "select plan from paying")
    renamed = VIEWS.replace("paying: {", "customers: {previously: paying, ")

    assert told(newest, renamed, capsys) == [
        'the SQL of 1 insight that nobody declares here names warehouse saved query "paying", which gets the name'
        ' "customers", and fails from then on: "By hand"'
    ]
    newest.run(renamed)
    assert told(newest, renamed, capsys) == []


def test_what_is_declared_or_goes_in_the_same_run_is_not_named(newest, capsys):
    reads = """\
    insights:
      Old: {query: {kind: DataVisualizationNode, source: {kind: HogQLQuery, query: select plan from paying}}}
      New: {query: {kind: DataVisualizationNode, source: {kind: HogQLQuery, query: select plan from paying}}}
"""
    newest.run(VIEWS + reads)
    after = OTHERS + re.sub(r".* Old:.*\n", "", reads).replace("from paying", "from others")

    assert told(newest, after, capsys) == []
    assert told(newest, after.replace("New: {", "Newer: {previously: New, "), capsys) == []


def test_who_reads_is_looked_for_only_when_a_table_is_deleted(newest, capsys):
    newest.run(VIEWS)
    hands = [view(newest, f"by_hand_{number}", "select 1 as plan") for number in range(2)]
    insight(newest, "By hand", "select plan from paying")

    told(newest, VIEWS, capsys)
    assert [newest.asked(family) for family in FAMILIES if newest.asked(family)] == [
        newest.asked("warehouse_saved_queries")
    ]
    assert not {f"GET /warehouse_saved_queries/{each['id']}/" for each in hands} & {
        *newest.asked("warehouse_saved_queries")
    }

    told(newest, OTHERS, capsys)
    assert {family: sum(newest.asked(family).values()) for family in FAMILIES} == {
        "insights": 1,
        "warehouse_saved_queries": 1 + 2 + 2,  # the list, what the file and the state have, and those by hand
        "insight_variables": 1,
    }


def test_what_cannot_be_looked_at_is_said_and_never_taken_for_unused(newest, capsys, monkeypatch):
    newest.run(VIEWS)
    insight(newest, "By hand", "select plan from paying")
    scopes = ["organization:read", "project:read", "user:read", "warehouse_view:write", "batch_export:read"]
    key = newest.posthog.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]
    with monkeypatch.context() as scoped:
        scoped.setattr(newest.posthog, "key", key)
        scoped.setenv(KEY_VARIABLE, key)

        said = told(newest, OTHERS, capsys)

    start = "it is not known which {} still read warehouse saved query"
    assert [line.partition(' "')[0] for line in said] == [
        start.format("insight variables"),
        start.format("insights"),
    ]
    assert "insight:read" in said[1]


def test_of_more_views_than_are_read_one_by_one_it_is_said_that_nobody_looked(newest, capsys, monkeypatch):
    newest.run(VIEWS)
    for number in range(3):
        view(newest, f"by_hand_{number}", "select 1 as plan")
    monkeypatch.setattr(still_read, "READ_ALONE", 2)

    assert told(newest, OTHERS, capsys) == [
        'it is not known which warehouse saved queries still read warehouse saved query "paying", which is deleted:'
        " only 2 of 3 are read one by one"
    ]


@pytest.mark.parametrize("table", ["stripe.eu.Customer", "eu_stripe_customer"])
def test_a_source_that_goes_names_who_reads_its_tables(web, capsys, table):
    web.run(SOURCE)
    insight(web, "By hand", f"select id from {table}")  # noqa: S608 - a name of this test
    insight(web, "Another one", "select id from stripe.us.Customer")
    view(web, "by_hand", "select 1 as id")

    assert told(web, NOTHING, capsys) == [
        'the SQL of 1 insight that nobody declares here names tables of external data source "eu", which is deleted,'
        ' and fails from then on: "By hand"',
    ]


def test_a_source_whose_table_a_declared_view_reads_is_not_deleted(web):
    web.run(SOURCE + READS)

    for preview in (True, False):
        with pytest.raises(
            Exception,
            match=r'external data source "Web/eu" is no longer declared and would be deleted, but warehouse saved query'
            r' "Web/buyers", in its SQL at \S*posthog.yaml:7:\d+, reads its table "stripe.eu.Customer"\n'
            r"  hint: declare it again, take that table out",
        ):
            web.run(READS, preview=preview)
        assert web.posthog.writes() == {}

    assert len(web.all("external_data_sources")) == 1
    web.run(NOTHING)
    assert web.all("external_data_sources") == []


CHECKS = """\
    checks:
      buyers_come: {query: select count() from stripe.eu.Customer, expect: "> 0"}
      who_pays: {query: select count() from paying, expect: "> 0"}
"""


def test_what_a_health_check_reads_is_not_deleted_either(newest, monkeypatch):
    from pulumi_posthog.stack.declarations import guard_of
    from pulumi_posthog.stack.location import Location

    newest.run(SOURCE + VIEWS)
    asked = newest.load(OTHERS + CHECKS, head=HEAD)
    guard = guard_of(asked, Location(asked.host, asked.organization))
    referred = guard.properties["__referred"]
    monkeypatch.setattr("harness.engine.only_referred_to", lambda _desired: json.loads(referred))

    with pytest.raises(Exception, match="no longer declared") as refused:
        newest.run(OTHERS, preview=True)

    for what, who in (
        ('warehouse saved query "Web/paying"', r"who_pays\", in its SQL at \S*posthog.yaml:7:\d+,"),
        ('external data source "Web/eu"', r"buyers_come\", in its SQL at \S*posthog.yaml:6:\d+,"),
    ):
        pattern = rf'{what} is no longer declared and would be deleted, but health check "Web/{who}'
        assert re.search(pattern, str(refused.value)), refused.value


def test_a_program_without_a_guard_keeps_a_source_that_something_reads(newest):
    newest.engine.guarded = False
    newest.run(SOURCE + READS)

    with pytest.raises(
        Exception, match=r'this external data source is not deleted: "Web/buyers", which stays, names it'
    ):
        newest.run(READS)

    assert len(newest.all("external_data_sources")) == 1
