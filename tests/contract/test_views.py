"""Views of the warehouse: made in the order of their SQL, and changed only over what was read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import Web, web_of
from pulumi_posthog.config import ConfigError

VIEWS = """\
    warehouse_saved_queries:
      spending:
        query: {kind: HogQLQuery, query: "select plan from paying group by plan -- not from nowhere"}
        sync_frequency: 6hour
      paying: {query: {kind: HogQLQuery, query: !text paying.sql}}
"""
REVENUE = """\
    insights:
      Revenue:
        query:
          kind: DataVisualizationNode
          source: {kind: HogQLQuery, query: select count() from `spending`}
"""
PAYING = "select 'pro' as plan\n"


@pytest.fixture(params=["2026 later", "2026", "2025"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    (tmp_path / "paying.sql").write_text(PAYING)
    with web_of(started, request.param, tmp_path, monkeypatch) as web:
        yield web


@pytest.fixture
def newest(started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    (tmp_path / "paying.sql").write_text(PAYING)
    with web_of(started, "2026 later", tmp_path, monkeypatch) as web:
        yield web


def view(web: Web, name: str) -> Any:
    """The view of that name, whole."""
    return web.posthog.get(
        f"{web.path}/warehouse_saved_queries/{web.one('warehouse_saved_queries', name)['id']}/"
    )


def edited_by_hand(web: Web, name: str, sql: str) -> None:
    live = view(web, name)
    body = {
        "query": {"kind": "HogQLQuery", "query": sql},
        "edited_history_id": live["latest_history_id"],
    }
    web.by_hand("warehouse_saved_queries", live["id"], body)


def test_they_are_made_in_the_order_in_which_their_sql_names_them_and_before_insights(web):
    made = [name for _, (_, name) in web.run(REVENUE + VIEWS)]

    assert made.index("Web/paying") < made.index("Web/spending") < made.index("Web/Revenue")
    spending = view(web, "spending")
    assert (spending["query"]["query"], spending["sync_frequency"]) == (
        "select plan from paying group by plan -- not from nowhere",
        "6hour",
    )
    web.posthog.count_anew()
    assert web.run(REVENUE + VIEWS) == []
    assert web.posthog.writes() == {}
    assert web.differs(REVENUE + VIEWS) == []


def test_what_somebody_changes_by_hand_is_seen_and_set_back(web):
    web.run(VIEWS)
    edited_by_hand(web, "paying", "select 2 as plan")

    assert web.differs(VIEWS) == ["update Web/paying: ['query']"]
    web.run(VIEWS)

    assert view(web, "paying")["query"]["query"].strip() == PAYING.strip()


def test_columns_and_runs_of_posthog_are_no_difference_and_rows_may_be_kept_no_longer(web):
    web.run(VIEWS)
    if web.age.startswith("2026"):
        id_ = view(web, "paying")["id"]
        web.posthog.call("POST", f"{web.path}/warehouse_saved_queries/{id_}/run/", {})
        assert web.differs(VIEWS) == []

    web.run(VIEWS.replace("sync_frequency: 6hour", "sync_frequency: never"))

    assert view(web, "spending")["sync_frequency"] is None


def test_a_query_that_somebody_has_changed_since_it_was_read_stays_and_who_it_was_is_told(web, monkeypatch):
    from pulumi_posthog.reconcile import locking

    web.run(VIEWS)
    sent = locking.patch

    def after_a_stranger(*given: Any) -> Any:
        monkeypatch.setattr(locking, "patch", sent)
        edited_by_hand(web, "paying", "select 3 as plan")
        return sent(*given)

    monkeypatch.setattr(locking, "patch", after_a_stranger)
    (web.folder / "paying.sql").write_text("select 4 as plan")

    with pytest.raises(
        Exception,
        match=r"ada@acme.io \(.*\) has changed `query` of this warehouse saved query since it was read: nothing was"
        r" sent\n.*run again",
    ):
        web.run(VIEWS)

    assert view(web, "paying")["query"]["query"] == "select 3 as plan"
    web.run(VIEWS)
    assert view(web, "paying")["query"]["query"] == "select 4 as plan"


def test_an_edit_of_something_else_meanwhile_is_no_obstacle(web, monkeypatch):
    from pulumi_posthog.reconcile import locking

    web.run(VIEWS)
    sent = locking.patch

    def after_a_stranger(*given: Any) -> Any:
        monkeypatch.setattr(locking, "patch", sent)
        web.by_hand(
            "warehouse_saved_queries", view(web, "paying")["id"], {"sync_frequency": "1hour"}
        )  # which servers of 2025 count as an edit
        return sent(*given)

    monkeypatch.setattr(locking, "patch", after_a_stranger)
    (web.folder / "paying.sql").write_text("select 4 as plan")
    web.run(VIEWS)

    assert view(web, "paying")["query"]["query"] == "select 4 as plan"
    assert view(web, "paying")["sync_frequency"] == "1hour"


def test_the_same_edit_by_somebody_else_is_as_good_as_ours(newest, monkeypatch):
    from pulumi_posthog.reconcile import locking

    newest.run(VIEWS)
    sent = locking.patch

    def after_a_stranger(*given: Any) -> Any:
        monkeypatch.setattr(locking, "patch", sent)
        edited_by_hand(newest, "paying", "select 4 as plan")
        return sent(*given)

    monkeypatch.setattr(locking, "patch", after_a_stranger)
    (newest.folder / "paying.sql").write_text("select 4 as plan")
    newest.run(VIEWS)

    assert newest.differs(VIEWS) == []


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("select * from a", "select 1", r':7:11: "a" in the SQL of .*"Web/a" makes a loop: Web/a -> Web/a'),
        (
            "select * from b",
            "select x from (select 1) join a using x",
            r':10:11: "a" in the SQL of .*"Web/b" makes a loop: Web/a -> Web/b -> Web/a',
        ),
    ],
)
def test_views_that_name_each_other_in_a_circle_are_refused_at_their_place(newest, first, second, told):
    text = f"""\
    warehouse_saved_queries:
      a:
        query:
          query: {first}
      b:
        query:
          query: {second}
"""
    with pytest.raises(ConfigError, match=told):
        newest.load(text, head="organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            "a: {query: {query: 'select {variables.plan}'}}",
            r"has \{variables.plan\} in its SQL, and a view has no",
        ),
        ("a: {query: {query: ' '}}", "has no SQL"),
        ("a-b: {query: {query: select 1}}", "made of letters, digits"),
        ("a: {query: {kind: TrendsQuery, query: select 1}}", "kind"),
        ("a: {query: {sql: select 1}}", "sql"),
        ("a: {query: {query: select 1}, sync_frequency: 2hour}", "sync_frequency"),
        ("a: {}", "query"),
    ],
)
def test_what_posthog_would_refuse_is_told_at_its_place(newest, entry, told):
    with pytest.raises(ConfigError, match=rf"posthog.yaml:\d+:\d+: .*{told}"):
        newest.load(
            f"    warehouse_saved_queries:\n      {entry}\n",
            head="organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n",
        )


def test_names_that_are_swapped_by_hand_are_set_back(newest):
    newest.run(VIEWS)
    ids = {name: view(newest, name)["id"] for name in ("paying", "spending")}
    for id_, name in ((ids["paying"], "third"), (ids["spending"], "paying"), (ids["paying"], "spending")):
        newest.by_hand("warehouse_saved_queries", id_, {"name": name})

    newest.run(VIEWS)

    assert {name: view(newest, name)["id"] for name in ids} == ids


def test_one_that_an_insight_still_names_is_not_deleted(newest):
    newest.run(VIEWS + REVENUE)
    without = "    warehouse_saved_queries: {paying: {query: {query: !text paying.sql}}}\n"

    with pytest.raises(
        Exception, match=r'"Web/spending" is no longer declared .*insight "Web/Revenue", in its SQL'
    ):
        newest.run(without + REVENUE)

    assert view(newest, "spending")["sync_frequency"] == "6hour"
    newest.run(without)
    assert [each["name"] for each in newest.all("warehouse_saved_queries")] == ["paying"]


def test_one_that_is_there_is_taken_over_and_not_written_over_blindly(newest):
    newest.run("    timezone: UTC\n")
    made = newest.posthog.call(
        "POST",
        f"{newest.path}/warehouse_saved_queries/",
        {"name": "paying", "query": {"kind": "HogQLQuery", "query": "select 0"}},
    )
    newest.posthog.count_anew()

    newest.run(VIEWS)

    assert view(newest, "paying")["id"] == made["id"]
    assert newest.posthog.writes()[f"PATCH {newest.path}/warehouse_saved_queries/{made['id']}/"] == 1


def test_what_people_have_made_becomes_a_file_that_changes_nothing(web):
    web.run(VIEWS + REVENUE)

    files = web.exported().files

    assert "warehouse_saved_queries:" in files["posthog.yaml"]
    assert "latest_history_id" not in files["posthog.yaml"]
    assert "columns" not in files["posthog.yaml"]


def test_they_cost_a_list_and_one_request_for_each_that_is_declared(newest):
    newest.run(VIEWS)
    newest.posthog.count_anew()

    newest.differs(VIEWS)

    ids = {view(newest, name)["id"] for name in ("paying", "spending")}
    newest.posthog.count_anew()
    newest.differs(VIEWS)
    assert newest.asked("warehouse_saved_queries") == {
        "GET /warehouse_saved_queries/": 1,
        **{f"GET /warehouse_saved_queries/{id_}/": 1 for id_ in ids},
    }
