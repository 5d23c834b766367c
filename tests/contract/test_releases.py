"""What holds for everything that a team releases: in which folder of PostHog's tree a new one is put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.release_stack import HEAD, Web, web_of
from pulumi_posthog.stack.program import resolved

QUERY = "{kind: InsightVizNode, source: {kind: TrendsQuery, series: [{kind: EventsNode, event: paid}]}}"
ALL = f"""\
    actions:
      An action: {{FOLDER steps: [{{event: paid}}]}}
    cohorts:
      A cohort: {{FOLDER description: Some}}
    insights:
      An insight: {{FOLDER query: {QUERY}}}
    feature_flags:
      a-flag: {{FOLDER filters: {{groups: [{{rollout_percentage: 50}}]}}}}
      a-split: {{FOLDER filters: {{groups: [{{}}], multivariate: {{variants: [
        {{key: control, rollout_percentage: 50}}, {{key: b, rollout_percentage: 50}}]}}}}}}
    experiments:
      An experiment: {{FOLDER feature_flag_key: a-split}}
    early_access_features:
      A feature: {{FOLDER feature_flag: a-flag, stage: draft}}
    surveys:
      A survey: {{FOLDER type: popover, questions: [{{type: open, question: Why}}]}}
"""
# The name of each, and its type in PostHog's tree (1.4).
TYPES = {
    "An action": "action",
    "A cohort": "cohort",
    "An insight": "insight",
    "a-flag": "feature_flag",
    "a-split": "feature_flag",
    "An experiment": "experiment",
    "A feature": "early_access_feature",
    "A survey": "survey",
}


def filed(path: str) -> str:
    """All of them, each in this folder when it is new."""
    return ALL.replace("FOLDER", f"folder: {path},")


@pytest.fixture(params=["2025", "2026 later"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch) as web:
        yield web


def rows_of(web: Web) -> dict[str, tuple[str, str]]:
    """Where each of them is in PostHog's tree: its name -> its type and its folder."""
    rows = web.posthog.all(f"{web.path}/file_system/?limit=1000")
    found = {each["path"].rpartition("/")[2]: each for each in rows}
    return {name: (found[name]["type"], found[name]["path"].rpartition("/")[0]) for name in TYPES}


def test_each_is_put_into_its_folder_when_it_is_new_and_moved_later_by_the_tree_alone(web):
    web.run(filed("Growth/Autumn"))

    assert rows_of(web) == {name: (type_, "Growth/Autumn") for name, type_ in TYPES.items()}
    assert web.differs(filed("Growth/Autumn")) == []

    # Another folder in the file is for the next new one; where one is now, the tree says.
    assert web.run(filed("Growth/Winter")) == []
    (row,) = (
        each
        for each in web.posthog.all(f"{web.path}/file_system/?limit=1000")
        if each["path"].endswith("/a-flag")
    )
    moved = f"    file_system:\n      Moved/a-flag: {{type: feature_flag, ref: '{row['ref']}'}}\n"
    web.run(filed("Growth/Autumn") + moved)

    assert rows_of(web) == {
        name: (type_, "Moved" if name == "a-flag" else "Growth/Autumn") for name, type_ in TYPES.items()
    }
    assert web.differs(filed("Growth/Autumn") + moved) == []


# As a program gives them: ids, and names that nothing of Pulumi's follows.
OF_ACTION = """\
    cohorts:
      New:
        filters: {properties: {type: OR, values: [{type: AND, values: [{type: behavioral, key: ID, event_type: actions,
          value: performed_event, time_value: 30, time_interval: day}]}]}}
"""
ACTION = "    actions:\n      Signed up: {steps: [{event: signed_up}]}\n"
SPLIT = """\
    feature_flags:
      a-split: {filters: {groups: [{}], multivariate: {variants: [
        {key: control, rollout_percentage: 50}, {key: b, rollout_percentage: 50}]}}}
"""
TRIAL = "    experiments:\n      Trial: {feature_flag_key: a-split}\n"


def test_what_another_resource_names_by_its_id_is_not_deleted(web):
    web.run(ACTION)
    (action,) = web.all("actions")
    user = OF_ACTION.replace("ID", str(action["id"]))
    web.run(ACTION + user)

    with pytest.raises(Exception, match=r'this action is not deleted: "Web/New", which stays, names it'):
        web.run(user)

    assert web.posthog.writes() == {}
    web.run("    timezone: UTC\n")
    assert (web.all("actions"), [each["name"] for each in web.all("cohorts") if each["name"] == "New"]) == (
        [],
        [],
    )


def test_a_flag_whose_experiment_stays_is_not_deleted(web):
    web.run(SPLIT + TRIAL)

    with pytest.raises(
        Exception, match=r'this feature flag is not deleted: "Web/Trial", which stays, names it'
    ):
        web.run(TRIAL)

    assert web.posthog.writes() == {}
    assert [each["key"] for each in web.all("feature_flags")] == ["a-split"]


BEFORE = """\
    feature_flags:
      a-split: {filters: {groups: [{}], multivariate: {variants: [
        {key: control, rollout_percentage: 50}, {key: b, rollout_percentage: 50}]}}}
    experiments:
      Trial: {feature_flag_key: a-split}
"""
SHARES = [{"key": "control", "rollout_percentage": 50}, {"key": "b", "rollout_percentage": 40}]
OTHERS = [{"key": "control", "rollout_percentage": 20}, {"key": "b", "rollout_percentage": 80}]
NONE = {"filters": {"groups": [{}]}}
SAID_BY_PROGRAMS = [
    ("a-split", NONE, 'feature flag "a-split" is declared, and its variants are none'),
    (
        "a-split",
        {"filters": {"groups": [{}], "multivariate": {"variants": SHARES}}},
        "has variants for 90 per cent of its people",
    ),
    (
        "Trial",
        {"parameters": {"feature_flag_variants": OTHERS}},
        "has the variants control 20, b 80, and its flag is declared with control 50, b 50",
    ),
]


@pytest.mark.parametrize(
    ("name", "fields", "said"), SAID_BY_PROGRAMS, ids=["no flag for it", "alone", "beside its flag"]
)
def test_what_a_program_says_is_looked_at_before_anything_is_sent(web, name, fields, said):
    web.run("    timezone: UTC\n")
    live = web.live()
    desired = resolved(web.load(BEFORE, head=HEAD), live, say=lambda _: None)
    live.reader.close()
    entries = tuple(
        replace(each, fields={**each.fields, **fields}) if each.name == f"Web/{name}" else each
        for each in desired.entries
    )
    web.posthog.count_anew()

    with pytest.raises(Exception, match=said):
        web.engine.up(replace(desired, entries=entries), preview=True)

    assert web.posthog.writes() == {}
