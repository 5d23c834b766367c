"""Dashboards on servers of every age: what is on one and where, who says it, and what a deletion does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.pipeline_stack import Stack
from harness.release_stack import ENDS, every_age, web_of
from harness.run import begin_anew
from pulumi_posthog.drift.attribution import Attribution
from pulumi_posthog.drift.finding import Report
from pulumi_posthog.drift.findings import findings
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.report import rendered
from pulumi_posthog.values.picture import Box, Change, Picture
from pulumi_posthog.values.variables import KEY_VARIABLE

HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
INSIGHTS = """\
    insights:
      Signups: {query: {kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: signed_up}]}}}
      Orders: {query: {kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: ordered}]}}}
"""
GROWTH = """\
    dashboards:
      Growth:
        description: On Mondays
        tags: [Growth]
        pinned: true
        filters: {date_from: -30d}
        tiles:
          - {text: {body: "## Acquisition"}, layouts: {sm: {x: 0, y: 0, w: 12, h: 1}}}
          - {insight: Signups, layouts: {sm: {x: 0, y: 1, w: 6, h: 5}}, color: blue}
          - {insight: Orders, layouts: {sm: {x: 6, y: 1, w: 6, h: 5}}}
"""
LIST_ALONE = """\
    dashboards:
      Growth: {description: On Mondays, pinned: true}
"""


class Boards(Stack):
    """A stack, and the dashboards of its one project."""

    @property
    def project(self) -> str:
        return f"/api/projects/{self.posthog.project('Web')['id']}/"

    def board(self, name: str = "Growth") -> dict[str, Any]:
        """A dashboard, whole; asked for by its name."""
        listed = self.posthog.all(f"{self.project}dashboards/?limit=1000")
        (id_,) = (each["id"] for each in listed if each["name"] == name)
        return self.posthog.get(f"{self.project}dashboards/{id_}/")

    def tiles(self, name: str = "Growth") -> list[Any]:
        """What is on a dashboard: content, place and colour."""
        return [
            (
                (each["insight"] or {}).get("name") or (each["text"] or {}).get("body"),
                tuple((each["layouts"].get("sm") or {}).get(side) for side in "xywh"),
                each["color"] or None,
            )
            for each in self.board(name)["tiles"]
        ]

    def insight(self, name: str) -> dict[str, Any]:
        listed = self.posthog.all(f"{self.project}insights/?basic=true&limit=1000&order=id")
        (found,) = (each for each in listed if each["name"] == name)
        return found

    def change(self, body: Any, name: str = "Growth") -> None:
        """Changes a dashboard by hand."""
        self.posthog.call("PATCH", f"{self.project}dashboards/{self.board(name)['id']}/", body)

    def put(self, insight: str, *boards: str) -> None:
        """Puts an insight on these dashboards, and no others, by hand."""
        ids = [self.board(each)["id"] for each in boards]
        self.posthog.call(
            "PATCH", f"{self.project}insights/{self.insight(insight)['id']}/", {"dashboards": ids}
        )

    def requests(self) -> list[str]:
        """What was asked of dashboards and insights, without numbers."""
        return [
            each.replace(self.project, "/")
            for each in self.posthog.requests()["log"]
            if "/dashboards/" in each or "/insights/" in each
        ]


@pytest.fixture(params=ENDS)
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Boards]:
    with web_of(started, request.param, tmp_path, monkeypatch) as stack:
        boards = Boards(tmp_path, stack.posthog)
        boards.age = request.param
        yield boards


@every_age
def test_one_is_made_with_its_insights_and_texts_and_the_next_run_reads_it_once(web):
    made = web.up(INSIGHTS + GROWTH, head=HEAD)

    assert [name for _, (_, name) in made] == ["Web/Signups", "Web/Orders", "Web/Growth"]
    assert web.tiles() == [
        ("## Acquisition", (0, 0, 12, 1), None),
        ("Signups", (0, 1, 6, 5), "blue"),
        ("Orders", (6, 1, 6, 5), None),
    ]
    board = web.board()
    assert (board["filters"], board["pinned"], board["description"]) == (
        {"date_from": "-30d"},
        True,
        "On Mondays",
    )
    web.posthog.count_anew()
    assert web.up(INSIGHTS + GROWTH, head=HEAD) == []
    assert web.posthog.writes() == {}
    assert sum("/dashboards/" in each for each in web.requests()) == 2
    assert web.differences(INSIGHTS + GROWTH, head=HEAD) == []


@every_age
def test_an_insight_stays_on_the_dashboards_that_nobody_declares(web):
    web.up(INSIGHTS, head=HEAD)
    web.posthog.call("POST", f"{web.project}dashboards/", {"name": "By hand"})
    web.put("Signups", "By hand")

    web.up(INSIGHTS + GROWTH, head=HEAD)
    assert [name for name, *_ in web.tiles("By hand")] == ["Signups"]

    web.up(
        INSIGHTS + GROWTH.replace("          - {insight: Signups", "          # {insight: Signups"), head=HEAD
    )
    assert [name for name, *_ in web.tiles("By hand")] == ["Signups"]
    assert [name for name, *_ in web.tiles()] == ["## Acquisition", "Orders"]


def test_two_dashboards_of_one_run_share_an_insight(web):
    both = INSIGHTS + GROWTH + GROWTH.replace("    dashboards:\n", "").replace("Growth:", "Sales:")

    web.up(both, head=HEAD)

    assert web.tiles("Growth") == web.tiles("Sales")
    assert web.differences(both, head=HEAD) == []


@every_age
def test_what_somebody_drags_adds_or_takes_off_is_set_back_and_nothing_else_is_touched(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    before = web.tiles()
    text, signups, orders = web.board()["tiles"]
    place = {
        "sm": {"x": 0, "y": 9, "w": 12, "h": 3, "i": "1", "minW": 3},
        "xs": {"x": 0, "y": 0, "w": 1, "h": 2},
    }
    web.change(
        {
            "tiles": [
                {"id": signups["id"], "layouts": place, "color": "red"},
                {"id": orders["id"], "color": "green"},
                {"text": {"body": "A note"}, "layouts": {"sm": {"x": 0, "y": 20, "w": 3, "h": 1}}},
                {"id": text["id"], "deleted": True},
            ]
        }
    )

    assert web.differences(INSIGHTS + GROWTH, head=HEAD) == ["update Web/Growth: ['tiles']"]
    web.up(INSIGHTS + GROWTH, head=HEAD)

    # Of the second nobody says which colour it has.
    assert web.tiles() == [*before[:2], ("Orders", (6, 1, 6, 5), "green")]
    (now,) = (each for each in web.board()["tiles"] if each["id"] == signups["id"])
    assert now["layouts"]["xs"] == place["xs"]
    assert web.differences(INSIGHTS + GROWTH, head=HEAD) == []


def test_the_order_in_the_file_is_no_difference_and_a_text_is_changed_in_place(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    (text, *_) = web.board()["tiles"]
    head, tail = GROWTH[: GROWTH.index("          - ")], GROWTH[GROWTH.index("          - ") :]
    turned = head + "".join(reversed(tail.splitlines(keepends=True)))
    assert web.differences(INSIGHTS + turned, head=HEAD) == []

    web.up(INSIGHTS + GROWTH.replace("## Acquisition", "# Now"), head=HEAD)

    (now, *_) = web.board()["tiles"]
    assert (now["id"], now["text"]) == (text["id"], {"id": text["text"]["id"], "body": "# Now"})


@every_age
def test_filters_are_cleared_by_the_form_that_works(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    none = GROWTH.replace("{date_from: -30d}", "{}")

    assert web.differences(INSIGHTS + none, head=HEAD) == ["update Web/Growth: ['filters']"]
    web.up(INSIGHTS + none, head=HEAD)

    assert not any(web.board()["filters"].values())
    assert web.differences(INSIGHTS + none, head=HEAD) == []


def test_one_of_which_only_the_list_is_declared_needs_no_request_of_its_own(web):
    web.up(LIST_ALONE, head=HEAD)
    web.posthog.count_anew()

    assert web.up(LIST_ALONE, head=HEAD) == []

    assert sum("/dashboards/" in each for each in web.requests()) == 1


def test_one_that_was_deleted_by_hand_is_made_anew_and_brings_nothing_back(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    first = web.board()
    web.posthog.call("PATCH", f"{web.project}dashboards/{first['id']}/", {"deleted": True})

    web.up(INSIGHTS + GROWTH, head=HEAD)

    assert web.board()["id"] != first["id"]
    assert [name for name, *_ in web.tiles()] == ["## Acquisition", "Signups", "Orders"]


def test_an_insight_that_was_deleted_by_hand_comes_back_and_back_to_its_place(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    before = web.tiles()
    web.posthog.call("PATCH", f"{web.project}insights/{web.insight('Signups')['id']}/", {"deleted": True})

    web.up(INSIGHTS + GROWTH, head=HEAD)

    assert web.tiles() == before
    assert web.differences(INSIGHTS + GROWTH, head=HEAD) == []


def test_what_leaves_the_file_is_deleted_and_its_insights_stay(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)

    web.up(INSIGHTS, head=HEAD)

    assert "Growth" not in [each["name"] for each in web.posthog.all(f"{web.project}dashboards/?limit=1000")]
    assert web.insight("Signups")


@every_age
def test_what_people_have_made_becomes_a_file_that_changes_nothing(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    web.posthog.call("POST", f"{web.project}dashboards/", {"name": "By hand"})
    web.put("Orders", "Growth", "By hand")
    web.change({"tiles": [{"text": {"body": "Line one\n\n* two\n"}}]}, "By hand")

    text = web.exported().files["posthog.yaml"]

    assert "insight: !ref insight/Orders" in text


def test_the_one_that_posthog_made_is_no_part_of_an_export_until_somebody_puts_something_on_it(web):
    web.up(INSIGHTS, head=HEAD)
    assert web.posthog.project("Web")["primary_dashboard"] == web.board("My App Dashboard")["id"]
    assert "My App Dashboard" not in web.exported().files["posthog.yaml"]

    web.put("Orders", "My App Dashboard")

    text = web.exported().files["posthog.yaml"]
    assert "primary_dashboard: !ref dashboard/My App Dashboard" in text
    assert "      My App Dashboard:\n        tiles:" in text


newest = pytest.mark.parametrize("web", ["2026 later"], indirect=True)


@newest
def test_who_changed_one_is_told_and_of_its_tiles_nobody_is_accused(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    tile = web.board()["tiles"][0]
    web.change({"description": "By hand", "tiles": [{"id": tile["id"], "color": "red"}]})

    live = web.live()
    try:
        kind, scope = KINDS["dashboard"], {"project": str(web.posthog.project("Web")["id"])}
        found = live.object(kind, scope, str(web.board()["id"]))
        who = Attribution(live)
        named = {
            name: str(who.changed(found, scope["project"], kind.field(name)))
            for name in ("description", "tiles")
        }
    finally:
        live.reader.close()

    assert "ada@acme.io" in named["description"]
    assert "ada@acme.io" not in named["tiles"]


@pytest.mark.parametrize("web", ["2026 later", "2025"], indirect=True)
def test_who_put_an_insight_on_it_or_took_one_off_is_told_and_of_a_move_and_a_text_nobody_is(web):
    from pulumi_posthog.cli.comparing import _attributed

    more = (
        INSIGHTS
        + "      Refunds: {query: {kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: x}]}}}\n"
    )
    web.up(more + GROWTH, head=HEAD)
    web.posthog.call("POST", f"{web.project}dashboards/", {"name": "By hand"})
    web.put("Signups", "By hand")  # takes it off
    web.put("Refunds", "By hand")
    web.put("Refunds", "By hand", "Growth")
    web.put("Refunds", "Growth")  # is about another dashboard
    (orders,) = (each for each in web.board()["tiles"] if (each["insight"] or {}).get("name") == "Orders")
    moved = {"id": orders["id"], "layouts": {"sm": {"x": 0, "y": 9, "w": 6, "h": 5}}}
    web.change({"tiles": [moved, {"text": {"body": "By hand"}}]})

    live = web.live()
    try:
        observed = observe(web.load(more + GROWTH, head=HEAD), live)
        found = findings(observed, plan(observed.readable, observed.for_plan))
        who = Attribution(live)
        named = {each.path.partition(".tiles")[2]: _attributed(each, who).who for each in found}
    finally:
        live.reader.close()

    put, took = named.pop(".Refunds"), named.pop(".Signups")
    assert put is not None
    assert took is not None
    assert {put.name, took.name} == {"ada@acme.io (the owner of this key)"}
    assert put.when > took.when
    assert set(named) == {".By hand", ".Orders.layouts.sm.x", ".Orders.layouts.sm.y"}
    assert set(named.values()) == {None}


@newest
def test_what_was_dragged_is_a_picture_in_the_report(web):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    _, signups, _ = web.board()["tiles"]
    web.change({"tiles": [{"id": signups["id"], "layouts": {"sm": {"x": 0, "y": 9, "w": 12, "h": 3}}}]})

    live = web.live()
    try:
        observed = observe(web.load(INSIGHTS + GROWTH, head=HEAD), live)
    finally:
        live.reader.close()
    found = findings(observed, plan(observed.readable, observed.for_plan))

    text, orders = Box("## Acquisition", 0, 0, 12, 1), Box("Orders", 6, 1, 6, 5)
    assert {each.picture for each in found} == {
        Picture(
            12,
            (text, Box("Signups", 0, 9, 12, 3, Change.MOVED), orders),
            (text, Box("Signups", 0, 1, 6, 5, Change.MOVED), orders),
        )
    }
    assert rendered(Report(findings=found), "html").count("<figure>") == 2


@newest
def test_the_theme_of_its_colours_is_named(web):
    themes = "    data_color_themes: {Ours: {colors: ['#1d4aff']}}\n"
    themed = themes + LIST_ALONE.replace("pinned: true", "data_color_theme_id: Ours")

    web.up(themed, head=HEAD)

    (theme,) = (
        each["id"] for each in web.posthog.get(f"{web.project}data_color_themes/") if each["name"] == "Ours"
    )
    assert web.board()["data_color_theme_id"] == theme
    assert web.differences(themed, head=HEAD) == []


@newest
def test_a_quick_filter_that_there_is_not_is_posthogs_refusal_and_no_traceback(web):
    web.up(LIST_ALONE, head=HEAD)
    unknown = LIST_ALONE.replace("pinned: true", "quick_filter_ids: [0197f000-0000-0000-0000-000000000001]")

    with pytest.raises(Exception, match="Quick filters not found"):
        web.up(unknown, head=HEAD)


@newest
def test_its_row_in_the_tree_is_moved_and_exported_by_its_name(web):
    filed = (
        INSIGHTS
        + GROWTH
        + "    file_system: {Boards/Growth: {type: dashboard, ref: !ref dashboard/Growth}}\n"
    )
    web.up(filed, head=HEAD)

    assert web.differences(filed, head=HEAD) == []
    text = web.exported().files["posthog.yaml"]
    assert "Boards/Growth:" in text
    assert "ref: !ref dashboard/Growth" in text


@newest
def test_a_key_that_may_not_see_dashboards_is_told_and_nothing_is_taken_for_gone(web, monkeypatch):
    web.up(INSIGHTS + GROWTH, head=HEAD)
    scopes = ["organization:read", "project:write", "insight:write"]
    monkeypatch.setattr(
        web.posthog, "key", web.posthog.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]
    )
    monkeypatch.setenv(KEY_VARIABLE, web.posthog.key)
    begin_anew()

    with pytest.raises(Exception, match="dashboard:read"):
        web.up(INSIGHTS + GROWTH, head=HEAD)

    assert not web.posthog.writes()
