"""Experiments on servers of every age: a flag that is declared beside them, their states, metrics and holdouts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import ENDS, HEAD, Web, every_age, web_of
from pulumi_posthog.drift.findings import findings
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.reconcile.requests import looks_of, writes_of
from pulumi_posthog.values.problem import ConfigError

EXPERIMENT = """\
    experiments:
      One-page checkout:
        feature_flag_key: new-checkout
        description: Fewer steps, more orders
        status: STATUS
        holdout: Global 5 percent
        metrics:
          - {kind: ExperimentMetric, metric_type: mean, name: Orders, source: {kind: EventsNode, event: order_paid}}
          - {kind: ExperimentMetric, metric_type: funnel, name: Way, series: [{kind: EventsNode, event: opened},
             {kind: ActionsNode, id: !ref action/Order placed}]}
        saved_metrics_ids: [{id: !ref experiment_saved_metric/Retention, metadata: {type: secondary}}]
        parameters: {minimum_detectable_effect: 20}
"""
REST = """\
    actions:
      Order placed: {steps: [{event: order_paid}]}
    experiment_holdouts:
      Global 5 percent: {filters: [{rollout_percentage: 5}]}
    experiment_saved_metrics:
      Retention:
        query: {kind: ExperimentMetric, metric_type: mean, source: {kind: ActionsNode, id: !ref action/Order placed}}
    feature_flags:
      new-checkout:
        filters:
          groups: [{rollout_percentage: 100}]
          multivariate:
            variants: [{key: control, rollout_percentage: 50}, {key: one-page, rollout_percentage: 50}]
"""


def text(status: str = "draft", **more: Any) -> str:
    own = "".join(f"        {key}: {value}\n" for key, value in more.items())
    return EXPERIMENT.replace("STATUS", status) + own + REST


@pytest.fixture(params=ENDS)
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch, experiment=1, feature_flag=1) as web:
        yield web


def one(web: Web) -> Any:
    (found,) = web.all("experiments")
    return web.posthog.get(f"{web.path}/experiments/{found['id']}/")


def flag(web: Web) -> Any:
    return web.one("feature_flags", "new-checkout", "key")


def variants(web: Web) -> list[tuple[str, int]]:
    return [
        (each["key"], each["rollout_percentage"]) for each in flag(web)["filters"]["multivariate"]["variants"]
    ]


HALVES = [("control", 50), ("one-page", 50)]


@every_age
def test_it_is_made_after_its_flag_which_keeps_its_variants_and_then_there_is_nothing_to_do(web):
    done = [name for _, (_, name) in web.run(text())]

    assert done[-1] == "Web/One-page checkout"
    assert variants(web) == HALVES
    there = one(web)
    assert (there["start_date"], there["feature_flag_key"]) == (None, "new-checkout")
    assert there["holdout_id"] == web.one("experiment_holdouts", "Global 5 percent")["id"]
    assert there["metrics"][1]["series"][1]["id"] == web.one("actions", "Order placed")["id"]
    web.posthog.count_anew()
    assert web.differs(text()) == []
    lists = web.asked("experiments")
    # Newer servers leave out the metrics from the list, and what is archived: one request each.
    assert lists.pop("GET /experiments/") == 2
    assert sum(lists.values()) <= 1
    assert web.run(text()) == []
    assert web.posthog.writes() == {}


@every_age
def test_it_is_started_stopped_and_put_away_with_a_conclusion(web):
    web.run(text())

    for status, more in (
        ("running", {}),
        ("stopped", {"conclusion": "won", "conclusion_comment": "More orders"}),
        ("archived", {"conclusion": "won", "conclusion_comment": "More orders"}),
    ):
        web.run(text(status, **more))
        assert web.differs(text(status, **more)) == [], status

    (there,) = web.posthog.all(f"{web.path}/experiments/?archived=true")
    assert (there["archived"], there["conclusion"]) == (True, "won")
    assert there["start_date"] < there["end_date"]
    assert variants(web) == HALVES


def test_one_that_is_declared_running_is_made_and_started(web):
    web.run(text("running"))

    assert one(web)["start_date"] is not None
    assert flag(web)["active"] is True
    assert web.differs(text("running")) == []


@every_age
def test_it_is_paused_and_goes_on_where_the_server_can(web):
    web.run(text("running"))
    if web.posthog.info["age"] < 2026:
        with pytest.raises(Exception, match=r"stays running.* needs a server of 2026"):
            web.run(text("paused"))
        return

    web.run(text("paused"))
    assert (flag(web)["active"], web.differs(text("paused"))) == (False, [])
    web.run(text("running"))

    assert (flag(web)["active"], web.differs(text("running"))) == (True, [])


REFUSED = [("draft", "stopped"), ("draft", "archived"), ("running", "draft")]


@pytest.mark.parametrize(("before", "after"), REFUSED)
def test_what_no_way_leads_to_is_refused_before_anything_is_sent(web, before, after):
    web.run(text(before))

    with pytest.raises(Exception, match=rf"status: {before} => {after}"):
        web.run(text(after))

    assert web.posthog.writes() == {}


def test_what_somebody_has_stopped_is_not_started_again_and_that_is_told(web):
    web.run(text("running"))
    web.by_hand("experiments", one(web)["id"], {"end_date": "2036-01-01T00:00:00Z"})

    with pytest.raises(Exception, match="is over, and is not started again"):
        web.run(text("running"))

    assert web.posthog.writes() == {}


def test_a_change_of_a_draft_leaves_the_variants_of_its_flag_alone(web):
    web.run(text())

    changed = (
        text()
        .replace("Fewer steps", "No steps")
        .replace("minimum_detectable_effect: 20", "minimum_detectable_effect: 5")
    )
    assert web.run(changed) == [("update", ("experiment", "Web/One-page checkout"))]

    assert variants(web) == HALVES
    assert one(web)["parameters"]["minimum_detectable_effect"] == 5
    assert web.differs(changed) == []


def test_what_a_run_reads_before_its_patch_is_in_the_estimate(web):
    if web.age != "2026 later":
        return  # older servers list experiments whole, which takes a request less
    web.run(text())
    web.run(text())
    before = web.posthog.requests()["total"]
    changed = text("running").replace("Fewer steps", "No steps")
    (change,) = web.plan(changed)

    web.run(changed)

    assert (writes_of(change), looks_of(change)) == (2, 3)
    assert web.posthog.requests()["total"] - before == 2 + 3


@every_age
def test_a_draft_and_the_variants_of_its_flag_are_changed_in_one_run(web):
    web.run(text())
    changed = text().replace("effect: 20", "effect: 5")
    changed = changed.replace("control, rollout_percentage: 50", "control, rollout_percentage: 90")
    changed = changed.replace("one-page, rollout_percentage: 50", "one-page, rollout_percentage: 10")

    web.run(changed)

    assert variants(web) == [("control", 90), ("one-page", 10)]
    assert one(web)["parameters"]["minimum_detectable_effect"] == 5
    assert web.differs(changed) == []


@every_age
def test_variants_that_somebody_changes_are_set_back_by_the_flag_and_by_nobody_else(web):
    web.run(text("running"))
    filters = flag(web)["filters"]
    other = [{"key": "control", "rollout_percentage": 90}, {"key": "one-page", "rollout_percentage": 10}]
    web.by_hand(
        "feature_flags", flag(web)["id"], {"filters": {**filters, "multivariate": {"variants": other}}}
    )

    assert web.differs(text("running")) == ["update Web/new-checkout: ['filters']"]
    assert web.run(text("running")) == [("update", ("feature_flag", "Web/new-checkout"))]

    assert variants(web) == HALVES
    assert web.differs(text("running")) == []


def test_a_metric_that_comes_first_leaves_the_others_their_results(web):
    web.run(text())
    before = {each["name"]: each.get("uuid") for each in one(web)["metrics"]}
    new = "          - {kind: ExperimentMetric, metric_type: mean, name: New, source: {kind: EventsNode, event: new}}\n"
    changed = text().replace("        metrics:\n", f"        metrics:\n{new}")

    web.run(changed)

    after = {each["name"]: each.get("uuid") for each in one(web)["metrics"]}
    assert {name: after[name] for name in before} == before
    assert web.differs(changed) == []


def test_a_holdout_that_changes_leaves_its_experiment_and_flag_without_a_difference(web):
    web.run(text())

    changed = text().replace("filters: [{rollout_percentage: 5}]", "filters: [{rollout_percentage: 7}]")
    assert web.run(changed) == [("update", ("experiment_holdout", "Web/Global 5 percent"))]

    assert web.differs(changed) == []


def test_it_is_deleted_and_its_flag_stays(web):
    web.run(text("running"))

    web.run(REST)

    assert web.all("experiments") == []
    assert variants(web) == HALVES


def test_another_flag_makes_another_experiment(web):
    web.run(text())
    before = one(web)["id"]
    other = text().replace("feature_flag_key: new-checkout", "feature_flag_key: other")

    web.run(other)

    after = one(web)
    assert (after["id"] == before, after["feature_flag_key"]) == (False, "other")
    assert web.differs(other) == []


def test_it_is_exported_with_names(web):
    web.run(text("running"))

    exported = web.exported().files["posthog.yaml"]

    for part in ("!ref action/Order placed", "!ref experiment_saved_metric/Retention", "status: running"):
        assert part in exported, exported
    assert "Global 5 percent" in exported


METRIC = "{kind: ExperimentMetric, metric_type: mean, name: A, source: {kind: EventsNode, event: a}}"
WRONG = {
    "conclusion: won": "has a conclusion and is not stopped",
    f"metrics: [{METRIC}, {METRIC}]": 'has two metrics "A"',
    "parameters: {feature_flag_variants: [{key: control, rollout_percentage: 100}]}": "has 1 variants",
    "end_date: 2026-01-01": "is not managed here",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_known_to_be_wrong_is_refused_at_its_line(web, wrong):
    if web.posthog.info["age"] != 2026:
        return  # nobody is asked
    web.posthog.count_anew()

    with pytest.raises(ConfigError) as refused:
        web.run(f"    experiments:\n      E: {{feature_flag_key: f, {wrong}}}\n")

    (problem,) = map(str, refused.value.problems)
    assert WRONG[wrong] in problem
    assert "posthog.yaml:5:" in problem
    assert web.posthog.requests()["total"] == 0


ALONE = """\
    experiments:
      Prices:
        feature_flag_key: prices
        status: STATUS
        parameters: {feature_flag_variants: [VARIANTS]}
"""


def alone(status: str = "draft", **shares: int) -> str:
    """An experiment that says its variants itself, about a flag that nobody declares."""
    own = ", ".join(f"{{key: {key}, rollout_percentage: {share}}}" for key, share in shares.items())
    return ALONE.replace("STATUS", status).replace("VARIANTS", own)


def shares_of(web: Web, key: str = "prices") -> dict[str, int]:
    variants = web.one("feature_flags", key, "key")["filters"]["multivariate"]["variants"]
    return {each["key"]: each["rollout_percentage"] for each in variants}


@every_age
def test_its_own_variants_are_those_of_the_flag_that_is_made_with_it_and_are_set_back(web):
    web.run(alone(control=60, low=40))

    assert (shares_of(web), web.differs(alone(control=60, low=40))) == ({"control": 60, "low": 40}, [])
    web.run(alone(control=50, low=25, high=25))
    assert shares_of(web) == {"control": 50, "low": 25, "high": 25}
    flag = web.one("feature_flags", "prices", "key")
    by_hand = [{"key": "control", "rollout_percentage": 10}, {"key": "low", "rollout_percentage": 90}]
    filters = {**flag["filters"], "multivariate": {"variants": by_hand}}
    web.by_hand("feature_flags", flag["id"], {"filters": filters})
    assert web.differs(alone(control=50, low=25, high=25)) == ["update Web/Prices: ['parameters']"]
    web.run(alone(control=50, low=25, high=25))

    assert shares_of(web) == {"control": 50, "low": 25, "high": 25}
    assert web.differs(alone(control=50, low=25, high=25)) == []


@every_age
def test_once_it_is_started_only_the_shares_of_its_variants_change(web):
    web.run(alone("running", control=60, low=40))

    web.run(alone("running", control=20, low=80))
    assert (shares_of(web), web.differs(alone("running", control=20, low=80))) == (
        {"control": 20, "low": 80},
        [],
    )

    with pytest.raises(
        Exception, match=r"has been started with the variants control 20, low 80, and keeps them"
    ):
        web.run(alone("running", control=20, high=80))
    held = alone("running", control=20, low=80).replace("prices\n", "prices\n        holdout: Some\n")
    holdout = "    experiment_holdouts:\n      Some: {filters: [{rollout_percentage: 5}]}\n"
    with pytest.raises(Exception, match=r"is running, and keeps its holdout until it is over"):
        web.run(held + holdout)

    assert shares_of(web) == {"control": 20, "low": 80}
    assert refused_by_drift(web, alone("running", control=20, high=80)) == {
        "`pulumi up` refuses that: this experiment has been started with the variants control 20, low 80, and keeps"
        " them; change how many people each gets, or declare another experiment"
    }


def refused_by_drift(web: Web, text: str) -> set[str | None]:
    """What `drift` says that a run would refuse."""
    live = web.live()
    try:
        observed = observe(web.load(text, head=HEAD), live)
        found = findings(observed, plan(observed.readable, observed.for_plan))
        return {each.hint for each in found if each.kind == "experiment"}
    finally:
        live.reader.close()


def test_a_change_of_a_draft_leaves_the_conditions_of_its_flag_alone(web):
    web.run(alone(control=60, low=40))
    flag = web.one("feature_flags", "prices", "key")
    staff = {"type": "person", "key": "plan", "operator": "exact", "value": ["pro"]}
    groups = [{"properties": [staff], "rollout_percentage": 30}, {"properties": [], "rollout_percentage": 5}]
    web.by_hand("feature_flags", flag["id"], {"filters": {**flag["filters"], "groups": groups}})

    web.run(alone(control=50, low=50))

    kept = web.one("feature_flags", "prices", "key")["filters"]["groups"]
    assert [(each["properties"], each["rollout_percentage"]) for each in kept] == [([staff], 30), ([], 5)]
    assert shares_of(web) == {"control": 50, "low": 50}


def test_a_flag_that_is_there_and_has_other_variants_is_left_alone_by_a_new_experiment(web):
    variants = [{"key": "control", "rollout_percentage": 10}, {"key": "low", "rollout_percentage": 90}]
    filters = {"groups": [{"rollout_percentage": 100}], "multivariate": {"variants": variants}}
    web.run(REST)
    web.posthog.call("POST", f"{web.path}/feature_flags/", {"key": "prices", "filters": filters})

    with pytest.raises(
        Exception, match=r'flag "prices" is there already, and its variants are control 10, low 90'
    ):
        web.run(REST.replace("    actions:", alone(control=60, low=40) + "    actions:"))
    assert (web.all("experiments"), shares_of(web)) == ([], {"control": 10, "low": 90})

    same = REST.replace("    actions:", alone(control=10, low=90) + "    actions:")
    web.run(same)
    assert (shares_of(web), web.differs(same)) == ({"control": 10, "low": 90}, [])


def test_variants_may_be_said_twice_and_not_in_two_ways(web):
    own = "{feature_flag_variants: [{key: control, rollout_percentage: 50}, {key: one-page, rollout_percentage: 50}]}"
    twice = text().replace("{minimum_detectable_effect: 20}", own)

    web.run(twice)
    assert (variants(web), web.differs(twice)) == (HALVES, [])
    moved = twice.replace("control, rollout_percentage: 50", "control, rollout_percentage: 90")
    moved = moved.replace("one-page, rollout_percentage: 50", "one-page, rollout_percentage: 10")
    web.run(moved)

    assert (variants(web), web.differs(moved)) == ([("control", 90), ("one-page", 10)], [])
