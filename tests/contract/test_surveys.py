"""Surveys on servers of every age: their states, their own flags, what a PATCH would lose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import ENDS, Web, every_age, web_of
from pulumi_posthog.api import server_clock
from pulumi_posthog.reconcile.requests import looks_of, writes_of
from pulumi_posthog.values.problem import ConfigError

SURVEY = """\
    surveys:
      NPS autumn:
        type: popover
        status: STATUS
        description: Once a quarter
        questions:
          - {type: rating, question: How likely are you to recommend us?, display: number, scale: 10,
             lowerBoundLabel: Not likely, upperBoundLabel: Very likely}
          - {type: open, question: What should we improve?, optional: true}
        conditions: {url: /app, urlMatchType: icontains, actions: {values: [{id: !ref action/Order placed}]}}
        linked_flag: new-checkout
        targeting_flag_filters:
          groups: [{properties: [{type: cohort, key: id, operator: in, value: !ref cohort/Pro}]}]
"""
REST = """\
    actions:
      Order placed: {steps: [{event: order_paid}]}
    cohorts:
      Pro:
        filters: {properties: {type: OR, values: [{type: AND, values: [
          {type: person, key: plan, operator: exact, value: [pro]}]}]}}
    feature_flags:
      new-checkout: {filters: {groups: [{rollout_percentage: 50}]}}
"""


def text(status: str = "draft", **more: Any) -> str:
    return SURVEY.replace("STATUS", status) + "".join(f"        {k}: {v}\n" for k, v in more.items()) + REST


@pytest.fixture(params=ENDS)
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch, survey=1, feature_flag=1) as web:
        yield web


def one(web: Web) -> Any:
    (found,) = web.all("surveys")
    return web.posthog.get(f"{web.path}/surveys/{found['id']}/")


@every_age
def test_it_is_made_last_as_a_draft_and_then_there_is_nothing_to_do(web):
    done = [name for _, (_, name) in web.run(text())]

    assert done[-1] == "Web/NPS autumn"
    there = one(web)
    assert (there["start_date"], there["archived"]) == (None, False)
    assert there["linked_flag_id"] == web.one("feature_flags", "new-checkout", "key")["id"]
    (condition,) = there["targeting_flag"]["filters"]["groups"][0]["properties"]
    assert condition["value"] == web.one("cohorts", "Pro")["id"]
    web.posthog.count_anew()
    assert web.differs(text()) == []
    assert web.asked("surveys") == {"GET /surveys/": 1}
    assert web.run(text()) == []
    assert web.posthog.writes() == {}


@every_age
def test_it_is_started_stopped_resumed_and_put_away_by_dates_alone(web):
    states = ("running", "stopped", "running", "archived", "running")
    web.run(text())
    began = None

    for status in states:
        web.run(text(status))

        there = one(web)
        assert {each.split()[0] for each in web.posthog.writes()} == {"PATCH"}
        assert there["archived"] is (status == "archived")
        assert (there["end_date"] is None) is (status == "running")
        began = began or there["start_date"]
        assert there["start_date"] == began
        assert web.differs(text(status)) == []


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=-1)], ids=["ahead", "behind"])
def test_it_is_stopped_at_posthogs_time_where_the_clock_here_is_another(web, monkeypatch, off):
    web.run(text("running"))
    monkeypatch.setattr(server_clock, "here", lambda: datetime.now(UTC) + off)

    web.run(text("stopped"))

    ended = datetime.fromisoformat(one(web)["end_date"])
    assert abs(ended - datetime.now(UTC)) < timedelta(minutes=10)


def test_one_that_is_declared_running_is_made_as_a_draft_so_that_its_own_flag_is_on(web):
    web.run(text("running"))

    there = one(web)
    assert there["start_date"] is not None
    assert there["targeting_flag"]["active"] is True
    assert web.differs(text("running")) == []


def test_one_that_posthog_has_stopped_at_its_limit_is_told_and_goes_on_with_another_limit(web, capsys):
    web.run(text("running", responses_limit=1))
    web.posthog.call("POST", "/_sandbox/surveys/end", {"name": "NPS autumn"})
    ended = one(web)["end_date"]
    capsys.readouterr()

    assert web.run(text("running", responses_limit=1)) == []

    assert one(web)["end_date"] == ended is not None
    said = "is stopped, and stays so: PostHog stops it after 1 answers (`responses_limit`)"
    assert said in capsys.readouterr().err
    assert web.notes(text("running", responses_limit=1)) == [f'survey "Web/NPS autumn" {said}. {GO_ON}']

    web.run(text("running", responses_limit=2))

    assert (one(web)["end_date"], one(web)["responses_limit"]) == (None, 2)
    assert web.notes(text("running", responses_limit=2)) == []


GO_ON = "Declare another limit to continue it, or `status: stopped`"


def test_the_insight_that_it_belongs_to_is_sent_and_where_posthog_shows_it_compared(web):
    query = "{kind: InsightVizNode, source: {kind: TrendsQuery, series: [{kind: EventsNode, event: paid}]}}"
    insights = f"    insights:\n      Orders: {{query: {query}}}\n      Visits: {{query: {query}}}\n"
    web.run(text(linked_insight="Orders") + insights)
    orders, visits = (web.one("insights", name)["id"] for name in ("Orders", "Visits"))
    shown = "linked_insight_id" in one(web)
    assert web.differs(text(linked_insight="Orders") + insights) == []
    assert not shown or one(web)["linked_insight_id"] == orders

    done = web.run(text(linked_insight="Visits") + insights)

    assert shown is (web.age == "2026 later")
    assert done == ([("update", ("survey", "Web/NPS autumn"))] if shown else [])
    assert not shown or one(web)["linked_insight_id"] == visits


@pytest.mark.parametrize(("before", "after"), [("draft", "stopped"), ("running", "draft")])
def test_what_no_way_leads_to_is_refused_before_anything_is_sent(web, before, after):
    web.run(text(before))

    with pytest.raises(Exception, match=rf"status: {before} => {after}"):
        web.run(text(after))

    assert web.posthog.writes() == {}


@every_age
def test_a_change_of_something_else_keeps_the_actions_and_what_has_been_answered(web):
    web.run(text("running"))
    before = one(web)

    changed = text("running").replace("Once a quarter", "Twice a year")
    assert web.run(changed) == [("update", ("survey", "Web/NPS autumn"))]

    after = one(web)
    assert [each["id"] for each in after["conditions"]["actions"]["values"]] == [
        web.one("actions", "Order placed")["id"]
    ]
    assert [each["id"] for each in after["questions"]] == [each["id"] for each in before["questions"]]
    assert web.differs(changed) == []


def test_what_a_run_reads_after_its_writes_is_in_the_estimate(web):
    web.run(text())
    web.run(text())
    before = web.posthog.requests()["total"]
    changed = text("archived").replace("Once a quarter", "Twice a year")
    (change,) = web.plan(changed)

    web.run(changed)

    assert (writes_of(change), looks_of(change)) == (2, 2)
    assert web.posthog.requests()["total"] - before == 2 + 2


def test_a_question_that_comes_between_leaves_the_others_their_answers(web):
    web.run(text())
    first, last = one(web)["questions"]
    between = "          - {type: open, question: Why?}\n          - {type: open, question: What should"

    web.run(text().replace("          - {type: open, question: What should", between))

    ids = [each["id"] for each in one(web)["questions"]]
    assert (ids[0], ids[2]) == (first["id"], last["id"])
    assert ids[1] not in (first["id"], last["id"])


@every_age
def test_its_targeting_is_changed_and_removed_with_its_own_flag(web):
    web.run(text())
    whole = text()
    half = whole.replace("value: !ref cohort/Pro}]}]", "value: !ref cohort/Pro}], rollout_percentage: 50}]")
    web.run(half)
    assert one(web)["targeting_flag"]["filters"]["groups"][0]["rollout_percentage"] == 50
    begin = whole.index("        targeting_flag_filters:")
    without = (
        f"{whole[:begin]}        targeting_flag_filters: null\n{whole[whole.index('    actions:', begin) :]}"
    )

    web.run(without)

    assert one(web)["targeting_flag"] is None
    assert web.differs(without) == []


def test_a_flag_that_somebody_has_attached_is_neither_changed_nor_deleted(web):
    web.run(text() + "      vip: {filters: {groups: [{rollout_percentage: 10}]}}\n")
    vip = web.one("feature_flags", "vip", "key")
    web.by_hand("surveys", one(web)["id"], {"targeting_flag_id": vip["id"], "remove_targeting_flag": False})
    assert one(web)["targeting_flag"]["key"] == "vip"

    for declared in (text("running"), REST):
        with pytest.raises(Exception, match='"vip", which is not its own'):
            web.run(declared + "      vip: {filters: {groups: [{rollout_percentage: 10}]}}\n")

    assert one(web)["start_date"] is None
    assert web.posthog.get(f"{web.path}/feature_flags/{vip['id']}/")["filters"] == vip["filters"]


def test_it_is_deleted_with_its_own_flags_and_the_linked_one_stays(web):
    web.run(text())

    web.run(REST)

    assert web.all("surveys") == []
    assert web.one("feature_flags", "new-checkout", "key")


# PostHog forgets the actions when somebody changes something else without its `conditions`.
TOLD = "update Web/NPS autumn: ['description', 'status', 'conditions']"


def test_a_change_by_hand_is_told_and_healed(web):
    web.run(text("running"))
    web.by_hand("surveys", one(web)["id"], {"end_date": "2036-01-01T00:00:00Z", "description": "By hand"})

    assert web.differs(text("running")) == [TOLD]
    web.run(text("running"))

    assert web.differs(text("running")) == []


def test_it_is_exported_with_names_and_without_what_posthog_keeps(web):
    web.run(text("running"))

    exported = web.exported().files["posthog.yaml"]

    assert "survey-targeting" not in exported
    for part in ("!ref action/Order placed", "!ref cohort/Pro", "status: running", "linked_flag: "):
        assert part in exported, exported


WRONG = {
    "iteration_count: 3": "has `iteration_count` and no `iteration_frequency_days`",
    "targeting_flag_filters: {groups: [{rollout_percentage: 100}]}": "is for everybody",
    "conditions: {linkedFlagVariant: test}": "has no `linked_flag`",
    "questions: [{type: open, question: A, branching: {type: end}}], appearance: {shuffleQuestions: true}": "shuffles",
    "archived: true": "is not managed here",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_known_to_be_wrong_is_refused_at_its_line(web, wrong):
    if web.posthog.info["age"] != 2026:
        return  # nobody is asked
    web.posthog.count_anew()

    with pytest.raises(ConfigError) as refused:
        web.run(f"    surveys:\n      NPS: {{type: popover, {wrong}}}\n")

    (problem,) = map(str, refused.value.problems)
    assert WRONG[wrong] in problem
    assert "posthog.yaml:5:" in problem
    assert web.posthog.requests()["total"] == 0
