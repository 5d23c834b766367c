"""Evaluations through the verbs: exported, compared, found undeclared, and none where a server has none."""

from __future__ import annotations

import pytest

from cli.lab import DECLARED, Lab, declared

PROMPT = "Is the answer about what was asked?"
EVALUATION = {
    "name": "On topic",
    "enabled": True,
    "evaluation_type": "llm_judge",
    "evaluation_config": {"prompt": PROMPT},
    "output_type": "boolean",
    "output_config": {},
    "conditions": [{"id": "all", "rollout_percentage": 50, "properties": []}],
}
SHOP = DECLARED.replace(
    "    timezone: Europe/Paris\n",
    "    timezone: Europe/Paris\n    evaluations: {On topic: {enabled: true}}\n",
)


@pytest.fixture
def evaluation(lab: Lab) -> str:
    """The path of one in the Shop."""
    path = f"/api/environments/{lab.posthog.project('Shop')['id']}/evaluations/"
    return f"{path}{lab.call('POST', path, EVALUATION)['id']}/"


def test_an_export_has_it_and_changes_nothing(lab, evaluation):
    run = lab.run("export", "--host", lab.posthog.url, "--output", "exported.yaml")
    text = (lab.folder / "exported.yaml").read_text()

    assert run.status == 0, run.text
    assert declared(text)["projects"]["Shop"]["evaluations"] == {
        "On topic": {name: value for name, value in EVALUATION.items() if name != "name"}
    }
    assert lab.run("drift", "exported.yaml").status == 0


def test_drift_shows_what_was_switched_off_by_hand(lab, evaluation):
    lab.write(SHOP)
    assert lab.run("drift").status == 0
    lab.call("PATCH", evaluation, {"enabled": False})

    run = lab.run("drift", "--format", "json")

    assert run.status == 7
    (finding,) = run.json["findings"]
    assert finding["path"] == "projects.Shop.evaluations.On topic.enabled"
    assert (finding["live"], finding["declared"]) == (False, True)


def test_one_that_was_taken_away_by_hand_is_gone(lab, evaluation):
    lab.write(SHOP)
    lab.call("PATCH", evaluation, {"deleted": True})

    (finding,) = lab.run("drift", "--format", "json").json["findings"]

    assert (finding["status"], finding["path"]) == ("gone", "projects.Shop.evaluations.On topic")


def test_nobody_who_declares_none_asks_for_them(lab, evaluation):
    lab.posthog.count_anew()

    assert lab.run("drift").status == 0

    requests = lab.posthog.requests()
    assert not [path for path in requests["by_path"] if "evaluations" in path]


def test_one_that_nobody_declared_is_told_when_that_is_asked_for(lab, evaluation):
    run = lab.run("drift", "--undeclared", "--only", "evaluation", "--format", "json")

    assert [each["path"] for each in run.json["findings"]] == ["projects.Shop.evaluations.On topic"]


def test_a_server_without_evaluations_has_an_export_all_the_same(old_lab):
    run = old_lab.run("export", "--host", old_lab.posthog.url)

    assert run.status == 0, run.text
    assert "projects.Shop.evaluations: this server has no list of evaluation objects" in run.out
    assert "\n    evaluations:" not in run.out
