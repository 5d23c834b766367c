"""Insights on servers of every age: what a query becomes, what is found by name, and what a deletion costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.pipeline_stack import Stack
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.losses import Loss, losses, refusal_of_losses
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.values.variables import KEY_VARIABLE

HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
EMPTY = "    timezone: UTC\n"
SIGNUPS = """\
    insights:
      Weekly signups:
        description: New accounts per week
        tags: [Growth, weekly]
        query:
          kind: InsightVizNode
          source:
            kind: TrendsQuery
            interval: week
            series: [{event: signed_up, math: dau}]
"""
REVENUE = """\
      Revenue by plan:
        query: {kind: DataVisualizationNode, source: {kind: HogQLQuery, query: !text revenue.sql}}
"""
RETENTION = """\
      Who comes back:
        query: {kind: InsightVizNode, source: {kind: RetentionQuery, retentionFilter: {period: Week}}}
"""
SQL = "select plan, count()\nfrom events\ngroup by plan\n"
NAMED = """\
    actions:
      Signed up: {steps: [{event: user_signed_up}]}
    cohorts:
      Employees:
        filters: {properties: {type: OR, values: [{type: AND, values: [
          {type: person, key: email, operator: icontains, value: "@acme.io"}]}]}}
    insights:
      Signups of others:
        query:
          kind: InsightVizNode
          source:
            kind: TrendsQuery
            series: [{kind: ActionsNode, id: !ref action/Signed up}]
            properties: [{type: cohort, key: id, operator: not_in, value: !ref cohort/Employees}]
"""
ALERT = {
    "subscribed_users": [],
    "threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 100}}},
    "condition": {"type": "absolute_value"},
    "config": {"type": "TrendsAlertConfig", "series_index": 0},
}
BY_HAND = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"event": "left"}]}}


class Charts(Stack):
    """A stack, and the insights of its one project."""

    age = ""

    @property
    def path(self) -> str:
        return f"/api/projects/{self.posthog.project('Web')['id']}/insights/"

    def insights(self) -> dict[str, Any]:
        listed = self.posthog.all(f"{self.path}?basic=true&saved=true&order=id&limit=1000")
        return {each["name"]: each for each in listed if each["name"]}

    def losses(self, *names: str) -> tuple[Loss, ...]:
        """What goes along when the resources of these names do."""
        live = self.live()
        try:
            return losses({"insight": names}, {}, live)
        finally:
            live.reader.close()

    def make(self, **fields: Any) -> dict[str, Any]:
        return self.posthog.call("POST", self.path, {"saved": True, "query": BY_HAND, **fields})


@pytest.fixture(params=["2026", "2025", "2024"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Charts]:
    sandbox: Sandbox = started("--age", request.param)
    monkeypatch.setenv(KEY_VARIABLE, sandbox.key)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "revenue.sql").write_text(SQL)
    begin_anew()
    charts = Charts(tmp_path, sandbox)
    charts.age = request.param
    yield charts
    begin_anew()


def test_they_are_made_saved_and_read_with_one_list_that_calculates_nothing(web):
    whole = SIGNUPS + REVENUE + RETENTION

    assert [name for _, (_, name) in web.up(whole, head=HEAD)] == [
        "Web/Weekly signups",
        "Web/Revenue by plan",
        "Web/Who comes back",
    ]

    there = web.insights()
    assert {"Weekly signups", "Revenue by plan", "Who comes back"} <= {*there}
    assert there["Revenue by plan"]["query"]["source"]["query"] == SQL
    web.posthog.count_anew()
    assert web.differences(whole, head=HEAD) == []
    asked = [each for each in web.posthog.requests()["log"] if "/insights/" in each]
    assert len(asked) == 1
    assert asked[0].startswith(f"GET {web.path}")
    assert web.up(whole, head=HEAD) == []
    assert web.posthog.writes() == {}


def test_a_change_by_hand_is_one_patch_of_that_insight_with_the_query_alone(web):
    web.up(SIGNUPS + REVENUE, head=HEAD)
    id_ = web.insights()["Weekly signups"]["id"]
    web.posthog.call("PATCH", f"{web.path}{id_}/", {"query": BY_HAND})

    assert web.differences(SIGNUPS + REVENUE, head=HEAD) == ["update Web/Weekly signups: ['query']"]
    web.up(SIGNUPS + REVENUE, head=HEAD)

    assert web.posthog.writes() == {f"PATCH {web.path}{id_}/": 1}
    assert web.differences(SIGNUPS + REVENUE, head=HEAD) == []


def test_a_key_that_left_the_file_leaves_the_query(web):
    web.up(SIGNUPS, head=HEAD)
    shorter = SIGNUPS.replace("            interval: week\n", "")

    assert web.differences(shorter, head=HEAD) == ["update Web/Weekly signups: ['query']"]
    web.up(shorter, head=HEAD)

    assert "interval" not in web.insights()["Weekly signups"]["query"]["source"]
    assert web.differences(shorter, head=HEAD) == []


def test_actions_and_cohorts_are_named_wherever_they_stand(web):
    web.up(NAMED, head=HEAD)

    source = web.insights()["Signups of others"]["query"]["source"]
    below = web.path.removesuffix("insights/")
    (action,) = web.posthog.get(f"{below}actions/")["results"]
    cohorts = {each["name"]: each["id"] for each in web.posthog.all(f"{below}cohorts/")}
    assert source["series"][0]["id"] == action["id"]
    assert source["properties"][0]["value"] == cohorts["Employees"]
    assert web.differences(NAMED, head=HEAD) == []


def test_one_that_was_deleted_by_hand_comes_back_with_its_id_and_one_that_left_the_file_is_deleted(web):
    web.up(SIGNUPS + REVENUE, head=HEAD)
    id_ = web.insights()["Revenue by plan"]["id"]
    web.posthog.call("PATCH", f"{web.path}{id_}/", {"deleted": True})

    web.up(SIGNUPS + REVENUE, head=HEAD)
    assert web.insights()["Revenue by plan"]["id"] == id_

    web.up(SIGNUPS, head=HEAD)
    assert "Revenue by plan" not in web.insights()
    assert web.insights()["Weekly signups"]


def test_one_that_somebody_takes_out_of_the_list_is_not_taken_for_gone(web):
    web.up(SIGNUPS, head=HEAD)
    id_ = web.insights()["Weekly signups"]["id"]
    web.posthog.call("PATCH", f"{web.path}{id_}/", {"saved": False})

    assert web.up(SIGNUPS, head=HEAD) == []
    assert web.posthog.writes() == {}
    web.up(SIGNUPS.replace("New accounts", "Accounts"), head=HEAD)
    assert web.posthog.writes() == {f"PATCH {web.path}{id_}/": 1}


def test_of_two_with_one_name_none_is_taken_over_until_either_of_its_ids_says_which(web):
    web.up(EMPTY, head=HEAD)
    twins = [web.make(name="Weekly signups") for _ in range(2)]
    web.posthog.count_anew()

    with pytest.raises(Exception, match=rf"ids {twins[0]['id']}, {twins[1]['id']}\): add `id: \.\.\.`"):
        web.up(SIGNUPS, head=HEAD)
    assert web.posthog.writes() == {}

    chosen = SIGNUPS.replace("description", f"id: {twins[1]['short_id']}\n        description")
    web.up(chosen, head=HEAD)
    assert web.posthog.writes() == {f"PATCH {web.path}{twins[1]['id']}/": 1}
    assert web.differences(chosen, head=HEAD) == []
    assert web.up(chosen, head=HEAD) == []
    by_number = SIGNUPS.replace("description", f"id: {twins[1]['id']}\n        description")
    assert web.up(by_number, head=HEAD) == []


def test_a_query_that_posthog_cannot_read_is_told_with_its_place_and_nothing_is_made(web):
    bad = SIGNUPS.replace("math: dau", "math: dau, colour: red")
    web.up(EMPTY, head=HEAD)

    if web.age != "2024":  # the first to check what is in a query are servers of 2025
        with pytest.raises(Exception, match="parse_error"):
            web.up(bad, head=HEAD)
        assert "Weekly signups" not in web.insights()

    with pytest.raises(config.ConfigError) as error:
        web.up(SIGNUPS.replace("TrendsQuery", "TrendQuery"), head=HEAD)
    assert 'posthog.yaml:11:13: insight "Web/Weekly signups" has a `query` of the kind TrendQuery' in str(
        error.value
    )


def test_what_people_have_made_becomes_a_file_that_changes_nothing(web):
    web.up(NAMED, head=HEAD)
    web.make(name="# 50% off: 'quoted'", description=None, tags=["b", "A"])
    web.make(
        name="Table", query={"kind": "DataTableNode", "source": {"kind": "EventsQuery", "select": ["*"]}}
    )
    web.make(name="Twin")
    web.make(name="Twin")
    untitled = web.make(name=None)

    exported = web.exported()

    text = exported.files["posthog.yaml"]
    assert "!ref action/Signed up" in text
    assert "!ref cohort/Employees" in text
    assert "version:" not in text
    assert f"projects.Web.insights: id {untitled['id']} has no name" in exported.left_out
    assert any("Twin" in row and "rename one of the two" in row for row in exported.left_out)


def test_alerts_that_would_go_with_an_insight_are_told_and_two_of_them_keep_it_until_it_is_said(web):
    web.up(SIGNUPS + REVENUE, head=HEAD)
    id_ = web.insights()["Weekly signups"]["id"]
    if web.age == "2024":  # alerts are for nobody's key there
        assert web.losses("Web/Weekly signups") == ()
        return
    alerts = web.path.replace("insights", "alerts")
    for name in ("Signups fall", "Signups rise"):
        web.posthog.call("POST", alerts, {**ALERT, "name": name, "insight": id_})

    (found,) = web.losses("Web/Weekly signups", "Web/Revenue by plan")

    assert str(found) == '2 alerts are lost with insight "Weekly signups"'
    assert found.names == ("Signups fall", "Signups rise")
    assert "posthog:allowRemovals alert=2" in (refusal_of_losses([found], Limits()) or "")


def test_a_key_that_may_not_look_at_alerts_is_told_that_nobody_can_tell(web, monkeypatch):
    if web.age == "2024":
        pytest.skip("keys have no scopes there")
    web.up(SIGNUPS, head=HEAD)
    scopes = ["organization:read", "project:read", "insight:read"]
    monkeypatch.setattr(
        web.posthog, "key", web.posthog.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]
    )

    (found,) = web.losses("Web/Weekly signups")

    assert str(found).startswith(
        'it is not known which alerts would be deleted with the insight "Weekly signups": '
    )
    assert found.names == ()


def test_more_alerts_than_the_limits_allow_do_not_go_unless_it_is_said():
    kind = KINDS["insight"]
    loss = Loss(kind.taken_along[0], kind, "Weekly signups", tuple(f"Alert {number}" for number in range(12)))

    assert "pulumi config set posthog:allowRemovals alert=12" in (refusal_of_losses([loss], Limits()) or "")
    allowed = Limits.from_settings({"allowRemovals": "alert=12"}, KINDS)
    assert refusal_of_losses([loss], allowed) is None


def test_every_request_for_insights_counts_in_the_budget_of_analytics(web):
    web.up(SIGNUPS, head=HEAD)
    live = web.live()
    try:
        observe(web.load(SIGNUPS, head=HEAD), live)
        pace = live.reader.pace
        assert pace.of("analytics")._minute.count(pace.now()) == 1
    finally:
        live.reader.close()
    assert KINDS["insight"].list_parameters["basic"] == "true"
