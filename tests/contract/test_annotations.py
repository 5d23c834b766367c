"""Annotations on servers of every age: instants, those of the whole organization, what is deleted and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.pipeline_stack import Stack
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.values.variables import KEY_VARIABLE

HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
SHIPPED = """\
    annotations:
      Prices changed: {date_marker: 2026-03-01T10:00:00+01:00, creation_type: GIT}
      Tracking fixed: {date_marker: 2026-04-20}
"""
OUTAGE = "      Outage EU: {date_marker: 2026-04-12T06:30:00.250Z, scope: organization}\n"
SHOP = "  Shop:\n    timezone: UTC\n"
SHOP_TOO = "  Shop:\n    annotations:\n"


class Charts(Stack):
    """A stack, and the annotations that a project shows."""

    def path(self, project: str = "Web") -> str:
        return f"/api/projects/{self.posthog.project(project)['id']}/annotations/"

    def shown(self, project: str = "Web") -> dict[str, Any]:
        return {each["content"]: each for each in self.posthog.all(self.path(project))}


@pytest.fixture(params=["2026", "2025", "2024"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Charts]:
    sandbox: Sandbox = started("--age", request.param)
    monkeypatch.setenv(KEY_VARIABLE, sandbox.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    yield Charts(tmp_path, sandbox)
    begin_anew()


def test_points_in_time_are_made_once_however_they_are_written_and_read_with_one_list(web):
    assert web.up(SHIPPED, head=HEAD) == [
        ("create", ("annotation", "Web/Prices changed")),
        ("create", ("annotation", "Web/Tracking fixed")),
    ]

    there = web.shown()
    assert {text: (each["scope"], each["creation_type"]) for text, each in there.items()} == {
        "Prices changed": ("project", "GIT"),
        "Tracking fixed": ("project", "USR"),
    }
    assert there["Tracking fixed"]["date_marker"] == "2026-04-20T00:00:00Z"
    written_otherwise = SHIPPED.replace("10:00:00+01:00", "09:00:00Z")
    web.posthog.count_anew()
    assert web.differences(written_otherwise, head=HEAD) == []
    assert web.posthog.requests()["by_path"][f"GET {web.path()}"] == 1
    assert web.up(written_otherwise, head=HEAD) == []
    assert web.posthog.writes() == {}


def test_a_change_by_hand_is_one_patch_and_a_changed_text_keeps_the_annotation(web):
    web.up(SHIPPED, head=HEAD)
    id_ = web.shown()["Tracking fixed"]["id"]
    web.posthog.call("PATCH", f"{web.path()}{id_}/", {"date_marker": "2026-04-21T00:00:00Z"})

    assert web.up(SHIPPED, head=HEAD) == [("update", ("annotation", "Web/Tracking fixed"))]
    assert web.posthog.writes() == {f"PATCH {web.path()}{id_}/": 1}
    reworded = SHIPPED.replace("2026-04-20}", '2026-04-20, content: "Tracking fixed, at last"}')
    web.up(reworded, head=HEAD)

    assert web.shown()["Tracking fixed, at last"]["id"] == id_
    assert web.differences(reworded, head=HEAD) == []


def test_one_that_was_deleted_by_hand_comes_back_with_its_id_and_one_that_left_the_file_is_deleted(web):
    web.up(SHIPPED, head=HEAD)
    id_ = web.shown()["Tracking fixed"]["id"]
    web.posthog.call("PATCH", f"{web.path()}{id_}/", {"deleted": True})

    web.up(SHIPPED, head=HEAD)
    assert web.shown()["Tracking fixed"]["id"] == id_

    first, _, _ = SHIPPED.partition("      Tracking")
    web.up(first, head=HEAD)
    assert [*web.shown()] == ["Prices changed"]


def test_one_of_the_organization_is_made_once_told_once_and_written_into_a_file_once(web):
    web.up(SHIPPED + OUTAGE + SHOP, head=HEAD)
    id_ = web.shown()["Outage EU"]["id"]
    assert web.shown("Shop")["Outage EU"]["id"] == id_

    assert web.differences(SHIPPED + OUTAGE + SHOP, head=HEAD) == []
    assert web.exported().files["posthog.yaml"].count("Outage EU") == 1

    live = web.live()
    both = f"{SHIPPED}{SHOP_TOO}      Price test: {{date_marker: 2026-05-01}}\n"
    undeclared = observe(web.load(both, head=HEAD), live, undeclared=True).undeclared
    live.reader.close()
    assert [each.found.id for each in undeclared if each.found.kind.name == "annotation"] == [str(id_)]


def test_one_of_the_organization_that_is_declared_in_two_projects_is_refused_and_nothing_is_written(web):
    web.up(SHIPPED + SHOP, head=HEAD)
    web.posthog.count_anew()

    with pytest.raises(config.ConfigError) as error:
        web.up(SHIPPED + OUTAGE + SHOP_TOO + OUTAGE, head=HEAD)

    assert "declare it in one of them" in str(error.value)
    assert web.posthog.writes() == {}


def test_one_of_the_organization_that_moves_to_another_project_of_the_file_is_kept_and_nothing_is_sent(web):
    web.up(SHIPPED + OUTAGE + SHOP, head=HEAD)
    id_ = web.shown()["Outage EU"]["id"]
    moved = SHIPPED + SHOP_TOO + OUTAGE

    web.up(moved, head=HEAD)

    assert web.posthog.writes() == {}
    assert web.shown("Shop")["Outage EU"]["id"] == id_
    assert web.differences(moved, head=HEAD) == []


def test_of_two_that_say_the_same_the_older_one_is_taken_over(web):
    web.up("    timezone: UTC\n", head=HEAD)
    body = {"content": "Prices changed", "date_marker": "2026-03-01T09:00:00Z", "scope": "project"}
    first, _ = (web.posthog.call("POST", web.path(), body)["id"] for _ in range(2))

    web.up(SHIPPED, head=HEAD)

    assert web.posthog.writes() == {f"PATCH {web.path()}{first}/": 1, f"POST {web.path()}": 1}
    assert len(web.posthog.all(web.path())) == 3


def test_what_people_have_written_becomes_a_file_that_changes_nothing(web):
    web.up("    timezone: UTC\n", head=HEAD)
    for content, when in (
        ("Released\n\nWith new prices: see the page", "2026-03-01T09:00:00Z"),
        ("Released", "2026-04-01T09:00:00Z"),
        ("# 50% off; 'quoted' \"twice\"", "2026-05-01T09:00:00.000001Z"),
        (None, "2026-06-01T09:00:00Z"),
    ):
        web.posthog.call("POST", web.path(), {"content": content, "date_marker": when, "scope": "project"})

    exported = web.exported()

    assert [row for row in exported.left_out if "annotations" in row] == [
        f"projects.Web.annotations: id {max(each['id'] for each in web.shown().values())} has no content"
    ]
    assert exported.files["posthog.yaml"].count("date_marker") == 3


def test_one_about_an_insight_that_no_name_stands_for_is_left_out_of_a_file_and_told(web):
    web.up("    timezone: UTC\n", head=HEAD)
    insights = web.path().replace("annotations", "insights")
    ids = {
        name: [web.posthog.call("POST", insights, {"name": name, "saved": True})["id"] for _ in range(count)]
        for name, count in (("Signups", 1), ("Twin", 2))
    }
    for content, id_ in (("Tracking fixed", ids["Signups"][0]), ("Which one?", ids["Twin"][0])):
        about = {"scope": "dashboard_item", "dashboard_item": id_, "date_marker": "2026-03-01T09:00:00Z"}
        web.posthog.call("POST", web.path(), {"content": content, **about})

    exported = web.exported()

    assert "dashboard_item: !ref insight/Signups" in exported.files["posthog.yaml"]
    assert [row for row in exported.left_out if "annotations" in row] == [
        f"projects.Web.annotations.Which one?: its dashboard_item {ids['Twin'][0]} has no unique name"
    ]
