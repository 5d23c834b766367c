"""Alerts on servers that give keys access to them: what is sent, what fits an insight, and what is lost with one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import HEAD, Web, web_of
from pulumi_posthog.drift.attribution import Attribution
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.losses import losses, refusal_of_losses

INSIGHT = """\
    insights:
      Weekly signups:
        query:
          kind: InsightVizNode
          source: {kind: TrendsQuery, interval: week, series: [{event: signed_up, math: dau}]}
"""
ALERT = """\
    alerts:
      Signups collapsed:
        insight: Weekly signups
        condition: {type: relative_decrease}
        threshold: {configuration: {type: percentage, bounds: {upper: 30%}}}
        config: {type: TrendsAlertConfig, series_index: 0}
        subscribed_users: [ana@acme.io]
"""
TOLD = """\
    hog_functions:
      Tell Slack:
        type: internal_destination
        hog: return event
        enabled: true
        filters:
          events: [{id: $insight_alert_firing, name: $insight_alert_firing, type: events, order: 0}]
          properties:
            - {key: alert_id, type: event, operator: exact, value: !ref alert/Signups collapsed}
"""
WHOLE = INSIGHT + ALERT


class Charts(Web):
    """A stack, and the alerts of its one project."""

    def listed(self, family: str = "alerts") -> str:
        return f"{self.path}/{family}/"

    def alerts(self) -> dict[str, Any]:
        return {each["name"]: each for each in self.posthog.all(self.listed())}

    def insight(self, name: str = "Weekly signups") -> dict[str, Any]:
        listed = self.posthog.all(f"{self.listed('insights')}?basic=true&limit=1000")
        return next(each for each in listed if each["name"] == name)

    def alert(self, **fields: Any) -> dict[str, Any]:
        """An alert that somebody makes by hand."""
        whole = {
            "insight": fields.get("insight") or self.insight()["id"],
            "subscribed_users": [],
            "threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 100}}},
            "condition": {"type": "absolute_value"},
            "config": {"type": "TrendsAlertConfig", "series_index": 0},
        }
        return self.posthog.call("POST", self.listed(), {**whole, **fields})


@pytest.fixture(params=["2026 later", "2025"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Charts]:
    with web_of(started, request.param, tmp_path, monkeypatch, of=Charts) as charts:
        yield charts


def test_ids_are_sent_and_objects_answered_and_a_percentage_is_what_people_write(web):
    assert web.up(WHOLE, head=HEAD) == [
        ("create", ("insight", "Web/Weekly signups")),
        ("create", ("alert", "Web/Signups collapsed")),
    ]

    alert = web.alerts()["Signups collapsed"]
    assert alert["insight"]["id"] == web.insight()["id"]
    assert [each["email"] for each in alert["subscribed_users"]] == ["ana@acme.io"]
    assert alert["threshold"]["configuration"] == {"type": "percentage", "bounds": {"upper": 0.3}}
    web.posthog.count_anew()
    assert web.differences(WHOLE, head=HEAD) == []
    assert web.posthog.requests()["by_path"][f"GET {web.listed()}"] == 1
    assert web.up(WHOLE.replace("30%", "30.0 %"), head=HEAD) == []
    assert web.posthog.writes() == {}


def test_a_change_by_hand_is_one_patch_of_that_alone_and_keeps_the_threshold(web):
    web.up(WHOLE, head=HEAD)
    before = web.alerts()["Signups collapsed"]
    by_hand = {
        "threshold": {"name": "Ours", "configuration": {"type": "percentage", "bounds": {"upper": 0.333}}},
        "subscribed_users": [],
    }
    web.posthog.call("PATCH", f"{web.listed()}{before['id']}/", by_hand)

    assert web.differences(WHOLE, head=HEAD) == [
        "update Web/Signups collapsed: ['threshold', 'subscribed_users']"
    ]
    assert web.up(WHOLE, head=HEAD) == [("update", ("alert", "Web/Signups collapsed"))]

    after = web.alerts()["Signups collapsed"]
    assert web.posthog.writes() == {f"PATCH {web.listed()}{before['id']}/": 1}
    assert after["threshold"] == {**before["threshold"], "name": "Ours"}
    assert web.differences(WHOLE, head=HEAD) == []


def test_who_changed_one_is_told(web):
    web.up(WHOLE, head=HEAD)
    found = web.alerts()["Signups collapsed"]
    web.posthog.call(
        "PATCH", f"{web.listed()}{found['id']}/", {"enabled": False, "calculation_interval": "weekly"}
    )

    live = web.live()
    try:
        kind, project = KINDS["alert"], str(web.posthog.project("Web")["id"])
        now = live.object(kind, {"project": project}, found["id"])
        who = Attribution(live)
        named = {
            name: str(who.changed(now, project, kind.field(name)))
            for name in ("enabled", "calculation_interval", "condition")
        }
    finally:
        live.reader.close()

    assert "ada@acme.io" in named["enabled"]
    assert "ada@acme.io" in named["calculation_interval"]
    assert "ada@acme.io" not in named["condition"]


def test_the_one_of_the_same_insight_is_taken_over_and_of_two_a_file_says_which(web):
    web.up(INSIGHT, head=HEAD)
    first = web.alert(name="Signups collapsed")

    assert web.up(WHOLE, head=HEAD) == [("create", ("alert", "Web/Signups collapsed"))]
    assert [*web.alerts()] == ["Signups collapsed"]
    assert web.alerts()["Signups collapsed"]["id"] == first["id"]

    web.engine.state.pop(("alert", "Web/Signups collapsed"))
    second = web.alert(name="Signups collapsed")
    with pytest.raises(Exception, match=r"add `id: ...` to say which one is meant"):
        web.up(WHOLE, head=HEAD)
    assert web.posthog.writes() == {}
    chosen = WHOLE.replace("        insight: Weekly", f"        id: {second['id']}\n        insight: Weekly")
    web.up(chosen, head=HEAD)
    assert web.differences(chosen, head=HEAD) == []


def test_one_of_another_insight_is_another_alert_and_can_be_moved_by_its_id(web):
    other = INSIGHT.replace("Weekly signups", "Monthly signups")
    web.up(other, head=HEAD)
    there = web.alert(name="Signups collapsed", insight=web.insight("Monthly signups")["id"])

    web.up(other + INSIGHT.partition("\n")[2] + ALERT, head=HEAD)

    assert len(web.posthog.all(web.listed())) == 2
    moved = ALERT.replace("        insight", f"        id: {there['id']}\n        insight")
    web.engine.state.pop(("alert", "Web/Signups collapsed"))
    web.up(other + INSIGHT.partition("\n")[2] + moved, head=HEAD)
    answer = web.posthog.call("GET", f"{web.listed()}{there['id']}/")
    assert answer["insight"]["id"] == web.insight()["id"]


MISFITS = {
    "a series that there is not": (
        WHOLE.replace("series_index: 0", "series_index: 1"),
        'posthog.yaml:14:43: alert "Web/Signups collapsed" is about the series with the index 1, and its insight has'
        " 1 series\n  hint: the first one has the index 0",
    ),
    "a change of what has no course of time": (
        WHOLE.replace("math: dau}]}", "math: dau}], trendsFilter: {display: BoldNumber}}"),
        'posthog.yaml:12:21: alert "Web/Signups collapsed" has the condition relative_decrease, and its insight is'
        " drawn as BoldNumber, without a course of time\n"
        "  hint: write `type: absolute_value`, or draw the insight as a line",
    ),
    "a query that is not watched": (
        WHOLE.replace(
            "source: {kind: TrendsQuery, interval: week, series: [{event: signed_up, math: dau}]}",
            "source: {kind: RetentionQuery, retentionFilter: {period: Week}}",
        ),
        'posthog.yaml:11:9: alert "Web/Signups collapsed" is about an insight with a RetentionQuery, of which PostHog'
        " watches none\n  hint: an alert is about one with a TrendsQuery, HogQLQuery, FunnelsQuery",
    ),
    "a config of another query": (
        WHOLE.replace("type: TrendsAlertConfig, series_index: 0", "type: HogQLAlertConfig"),
        'posthog.yaml:14:18: alert "Web/Signups collapsed" has a HogQLAlertConfig, and its insight a TrendsQuery\n'
        "  hint: write `type: TrendsAlertConfig`",
    ),
}


@pytest.mark.parametrize(("text", "problem"), MISFITS.values(), ids=MISFITS)
def test_an_alert_that_its_insight_contradicts_is_refused_before_anything_is_sent(web, text, problem):
    if web.age == "2025":
        pytest.skip("the same there: nothing is asked of the server")

    assert web.problems(text, head=HEAD) == [problem]


def test_an_alert_is_held_against_an_insight_that_nobody_declares_as_it_is_now(web):
    web.up(INSIGHT, head=HEAD)
    text = HEAD + ALERT
    web.engine.state.clear()
    web.engine.guard = {}
    wrong = ALERT.replace("series_index: 0", "series_index: 2")

    (problem,) = web.problems(wrong, head=HEAD)
    assert "is about the series with the index 2, and its insight has 1 series" in problem
    web.up(ALERT, head=HEAD)

    by_hand = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"event": "a"}]}}
    drawn = {**by_hand["source"], "trendsFilter": {"display": "WorldMap"}}
    insight = web.insight()
    web.posthog.call(
        "PATCH", f"{web.listed('insights')}{insight['id']}/", {"query": {**by_hand, "source": drawn}}
    )

    (note,) = web.notes(ALERT)
    assert note.startswith(
        'alert "Web/Signups collapsed" has the condition relative_decrease, and its insight is drawn as WorldMap,'
        " without a course of time, so PostHog refuses every change of it: posthog.yaml:7:21"
    )
    assert web.up(ALERT, head=HEAD) == []  # it is as it is declared
    assert web.problems(ALERT + "        enabled: false\n", head=HEAD)
    assert text


def test_a_hog_function_is_told_of_the_alert_that_it_names(web):
    web.up(WHOLE + TOLD, head=HEAD)

    functions = {each["name"]: each for each in web.posthog.all(f"{web.listed('hog_functions')}?full=true")}
    (told,) = functions["Tell Slack"]["filters"]["properties"]
    assert told["value"] == web.alerts()["Signups collapsed"]["id"]
    assert web.differences(WHOLE + TOLD, head=HEAD) == []
    text = web.exported().files["posthog.yaml"]
    assert "insight: !ref insight/Weekly signups" in text
    assert "upper: 30%" in text
    assert "value: !ref alert/Signups collapsed" in text
    assert "subscribed_users: [ana@acme.io]" in text
    assert "name: ''" not in text
    assert 'name: ""' not in text


def test_what_is_told_of_an_alert_and_what_goes_with_its_insight_is_counted_once(web):
    web.up(WHOLE, head=HEAD)
    alert = web.alerts()["Signups collapsed"]
    told = {"events": [{"id": "$insight_alert_firing", "type": "events"}]}
    told["properties"] = [{"key": "alert_id", "type": "event", "operator": "exact", "value": alert["id"]}]
    function = {"name": "By hand", "type": "internal_destination", "hog": "return event", "filters": told}
    web.posthog.call("POST", web.listed("hog_functions"), function)
    web.alert(name="By hand")
    gone = {"insight": ["Web/Weekly signups"], "alert": ["Web/Signups collapsed"]}
    live = web.live()
    try:
        both = losses(gone, {}, live)
        alone = losses({"insight": gone["insight"]}, {}, live)
    finally:
        live.reader.close()

    assert sorted(map(str, both)) == [
        '1 alert is lost with insight "Weekly signups"',
        '1 hog function is lost with alert "Signups collapsed"',
    ]
    assert {str(each): each.names for each in alone} == {
        '2 alerts are lost with insight "Weekly signups"': ("By hand", "Signups collapsed"),
        '1 hog function is lost with alert "Signups collapsed"': ("By hand",),
    }
    removed = {"alert": ({"Web": gone["alert"]}, 1)}
    assert "posthog:allowRemovals alert=2" in (refusal_of_losses(both, Limits(), removed) or "")
    with pytest.raises(Exception, match=r"posthog:allowRemovals alert=2"):
        web.up("    timezone: UTC\n", head=HEAD)


def test_what_goes_is_found_by_the_ids_of_the_state_whatever_the_project_is_called_by_now(web):
    web.up(INSIGHT, head=HEAD)
    for name in ("Signups fall", "Signups rise"):
        web.alert(name=name)
    project = web.posthog.project("Web")
    renamed = HEAD.replace("Web:", "Site: {previously: Web, timezone: UTC}")
    web.posthog.call("PATCH", f"/api/projects/{project['id']}/", {"name": "Shop"})

    with pytest.raises(Exception, match=r'2 alerts are lost with insight "Weekly signups"'):
        web.up("", head=renamed)

    assert web.posthog.writes() == {}


def test_fields_of_newer_servers(web):
    more = (
        ALERT + '        schedule_restriction: {blocked_windows: [{start: "23:00", end: "06:00"}]}\n'
        "        investigation_agent_enabled: true\n"
        "        calculation_interval: weekly\n        skip_weekend: true\n"
    )
    if web.age == "2025":
        assert web.up(INSIGHT + more, head=HEAD)
        return
    web.up(INSIGHT + more, head=HEAD)

    assert web.differences(INSIGHT + more, head=HEAD) == []
    exported = web.exported().files["posthog.yaml"]
    assert "investigation_agent_enabled: true" in exported
    cleared = INSIGHT + ALERT + "        schedule_restriction: null\n"
    assert web.up(cleared, head=HEAD) == [("update", ("alert", "Web/Signups collapsed"))]
    assert web.alerts()["Signups collapsed"]["schedule_restriction"] is None
    assert KINDS["alert"].field("schedule_restriction").since == 2026
