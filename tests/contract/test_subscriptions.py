"""Subscriptions on servers of two ages: each is sent once, what is secret stays so, and what people undo is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import HEAD, Web, web_of
from pulumi_posthog.api import OutcomeUnknown
from pulumi_posthog.drift.attribution import Attribution
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.observe import observe

CHARTS = """\
    insights:
      Weekly signups:
        query:
          kind: InsightVizNode
          source: {kind: TrendsQuery, interval: week, series: [{event: signed_up, math: dau}]}
    dashboards:
      Growth:
        tiles: [{insight: Weekly signups}]
"""
MONDAY = """\
    subscriptions:
      Monday growth mail:
        insight: Weekly signups
        target_type: email
        target_emails: [bob@example.com, ann@example.com]
        frequency: weekly
        byweekday: [monday]
        start_date: 2026-01-05T09:00:00+01:00
"""
HOOK = """\
      To the wall:
        dashboard: Growth
        dashboard_export_insights: [Weekly signups]
        target_type: webhook
        target_value: !env HOOK
        frequency: daily
        start_date: 2026-01-05
"""
URL = "https://hooks.example.com/T0PS3CRET/b0x"
WHOLE = CHARTS + MONDAY


class Charts(Web):
    """A stack, and the subscriptions of its one project."""

    def listed(self, family: str = "subscriptions") -> str:
        return f"{self.path}/{family}/"

    def subscriptions(self) -> dict[str, Any]:
        return {each["title"]: each for each in self.posthog.all(self.listed())}

    def patch(self, title: str, **fields: Any) -> None:
        self.posthog.call("PATCH", f"{self.listed()}{self.subscriptions()[title]['id']}/", fields)


@pytest.fixture(params=["2026 later", "2025"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Charts]:
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    with web_of(started, request.param, tmp_path, monkeypatch, of=Charts) as charts:
        charts.environment["HOOK"] = URL
        yield charts


def test_addresses_are_one_text_on_the_wire_and_instants_are_compared(web):
    web.up(WHOLE, head=HEAD)

    there = web.subscriptions()["Monday growth mail"]
    assert sorted(there["target_value"].split(",")) == ["ann@example.com", "bob@example.com"]
    assert there["start_date"] == "2026-01-05T08:00:00Z"
    web.posthog.count_anew()
    otherwise = WHOLE.replace("09:00:00+01:00", "08:00:00Z").replace(
        "[bob@example.com, ann@example.com]", "[ann@example.com, bob@example.com]"
    )
    assert web.differences(otherwise, head=HEAD) == []
    assert web.posthog.requests()["by_path"][f"GET {web.listed()}"] == 1
    assert web.up(otherwise, head=HEAD) == []
    assert web.posthog.writes() == {}


def test_one_whose_post_was_lost_is_never_sent_again_in_the_same_run(web):
    web.up(CHARTS, head=HEAD)
    web.posthog.call("POST", "/_sandbox/faults", {"spec": "reset-before POST /subscriptions/ times=1"})

    with pytest.raises(OutcomeUnknown):
        web.up(WHOLE, head=HEAD)

    (fired,) = web.posthog.get("/_sandbox/faults")["faults"]
    assert fired["fired"] == 1
    assert web.subscriptions() == {}
    assert KINDS["subscription"].posted_once
    web.up(WHOLE, head=HEAD)  # somebody asks for it again
    assert [*web.subscriptions()] == ["Monday growth mail"]


@pytest.mark.parametrize("fault", ["reset-after", "502-after"])
def test_one_that_was_made_before_its_answer_was_lost_is_kept_and_mailed_once(web, fault):
    web.up(CHARTS, head=HEAD)
    web.posthog.call("POST", "/_sandbox/faults", {"spec": f"{fault} POST /subscriptions/ times=1"})

    web.up(WHOLE, head=HEAD)

    assert web.posthog.writes() == {f"POST {web.listed()}": 1}
    assert len(web.posthog.all(web.listed())) == 1


def test_it_is_taken_over_and_not_mailed_and_of_two_a_file_says_which(web):
    web.up(WHOLE, head=HEAD)
    first = web.subscriptions()["Monday growth mail"]
    web.engine.state.pop(("subscription", "Web/Monday growth mail"))

    web.up(WHOLE, head=HEAD)
    assert web.posthog.writes() == {}

    web.engine.state.pop(("subscription", "Web/Monday growth mail"))
    twin = {
        key: first[key]
        for key in ("insight", "target_type", "target_value", "frequency", "start_date", "title")
    }
    web.posthog.call("POST", web.listed(), twin)
    with pytest.raises(Exception, match=r"add `id: ...` to say which one is meant"):
        web.up(WHOLE, head=HEAD)
    assert web.posthog.writes() == {}
    chosen = WHOLE.replace("        insight: Weekly", f"        id: {first['id']}\n        insight: Weekly")
    web.up(chosen, head=HEAD)
    assert web.posthog.writes() == {}


def test_somebody_who_unsubscribed_is_a_difference_and_that_they_would_be_mailed_is_said(web):
    web.up(WHOLE, head=HEAD)
    web.patch("Monday growth mail", target_value="bob@example.com")

    (change,) = web.plan(WHOLE)
    (difference,) = change.differences
    assert (difference.live, difference.desired) == (
        ["bob@example.com"],
        ["bob@example.com", "ann@example.com"],
    )
    said = difference.field.side_effect(difference.live, difference.desired)
    assert said.startswith("is sent at once to ann@example.com: PostHog removes everybody who unsubscribes")
    assert difference.field.side_effect(difference.desired, difference.live) is None


def test_who_changed_one_is_told_where_the_server_has_a_log_of_them(web):
    web.up(WHOLE, head=HEAD)
    web.patch("Monday growth mail", frequency="daily", byweekday=None)

    live = web.live()
    try:
        kind, project = KINDS["subscription"], str(web.posthog.project("Web")["id"])
        found = live.object(kind, {"project": project}, str(web.subscriptions()["Monday growth mail"]["id"]))
        who = Attribution(live).changed(found, project, kind.field("frequency"))
    finally:
        live.reader.close()

    assert ("ada@acme.io" in str(who)) is (web.age == "2026 later"), who


def test_one_that_was_deleted_comes_back_with_its_id_and_is_not_mailed_anew(web):
    web.up(WHOLE, head=HEAD)
    id_ = web.subscriptions()["Monday growth mail"]["id"]
    web.patch("Monday growth mail", deleted=True)

    web.up(WHOLE, head=HEAD)

    assert web.subscriptions()["Monday growth mail"]["id"] == id_
    assert web.posthog.writes() == {f"PATCH {web.listed()}{id_}/": 1}
    web.up(CHARTS, head=HEAD)
    assert web.subscriptions() == {}
    assert web.posthog.writes() == {f"PATCH {web.listed()}{id_}/": 1}


def test_a_url_is_shown_nowhere_and_exported_as_a_variable(web, capsys):
    hook = (
        HOOK
        if web.age == "2026 later"
        else HOOK.replace("        dashboard_export_insights: [Weekly signups]\n", "")
    )
    web.up(WHOLE + hook, head=HEAD)

    there = web.subscriptions()["To the wall"]
    assert there["target_value"] == URL
    assert web.differences(WHOLE + hook, head=HEAD) == []
    web.patch("To the wall", target_value="https://hooks.example.com/0THERS3CRET")
    (change,) = web.plan(WHOLE + hook)
    assert [each.field.name for each in change.differences] == ["target_value"]
    assert web.up(WHOLE + hook, head=HEAD) == [("update", ("subscription", "Web/To the wall"))]
    live = web.live()
    try:
        from pulumi_posthog.export import export

        text = export(live).files["posthog.yaml"]
    finally:
        live.reader.close()
    assert "target_value: !env" in text
    assert "target_emails: [ann@example.com, bob@example.com]" in text
    assert "insight: !ref insight/Weekly signups" in text
    if web.age == "2026 later":
        assert text.partition("dashboard_export_insights:")[2].split("\n")[1].strip() == (
            "- !ref insight/Weekly signups"
        )
    said = capsys.readouterr()
    for secret in ("T0PS3CRET", "0THERS3CRET"):
        assert secret not in text + said.out + said.err
    state = repr([each.inputs for each in web.engine.state.values()])
    assert URL in state  # as what Pulumi encrypts
    assert KINDS["subscription"].by_name["target_value"].secret


def test_another_subject_makes_it_anew_and_another_insight_does_not(web):
    web.up(WHOLE, head=HEAD)
    id_ = web.subscriptions()["Monday growth mail"]["id"]
    export = "dashboard_export_insights: [Weekly signups]" if web.age == "2026 later" else "interval: 1"
    of_dashboard = MONDAY.replace("insight: Weekly signups", f"dashboard: Growth\n        {export}")

    assert [operation for operation, _ in web.up(CHARTS + of_dashboard, head=HEAD)] in (
        ["replace"],
        ["create-replacement", "delete-replaced"],
        ["create", "delete"],
    )

    assert web.subscriptions()["Monday growth mail"]["id"] != id_


def test_an_insight_that_is_not_on_its_dashboard_is_refused_before_anything_is_sent(web):
    if web.age == "2025":
        pytest.skip("the field is not known there")
    off = CHARTS.replace("tiles: [{insight: Weekly signups}]", "tiles: []")

    assert web.problems(off + MONDAY + HOOK, head=HEAD) == [
        'posthog.yaml:22:37: subscription "Web/To the wall" sends the insight Weekly signups, which is not on its'
        " dashboard\n  hint: give it a tile there, or take it out"
    ]


def test_without_the_plan_nothing_is_taken_for_gone(web):
    web.up(WHOLE, head=HEAD)
    web.posthog.call("POST", "/_sandbox/faults", {"spec": "error-before GET /subscriptions/ status=402"})

    live = web.live()
    try:
        observed = observe(web.load(WHOLE, head=HEAD), live)
    finally:
        live.reader.close()

    (error,) = observed.unread.values()
    assert "the plan of this organization does not include it" in str(error)
    web.posthog.call("DELETE", "/_sandbox/faults")
