"""What is wrong only together with what is declared beside it, and what of a wrong form is told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_posthog import config
from pulumi_posthog.values.problem import ConfigError

HEAD = "organization: {host: https://eu.posthog.com, id: 0190a0a0-0000-4000-8000-000000000000}\nprojects:\n  Web:\n"
FLAGS = """\
    feature_flags:
      plain: {filters: {groups: [{rollout_percentage: 50}]}}
      bare: {name: All else is left to people}
      off: {active: false, filters: {groups: [{rollout_percentage: 50}]}}
      companies: {filters: {groups: [{}], aggregation_group_type_index: 0}}
      split: {filters: {groups: [{}], multivariate: {variants: [
        {key: control, rollout_percentage: 50}, {key: test, rollout_percentage: 50}]}}}
"""
NEEDS = "{type: flag, key: !ref feature_flag/off, operator: flag_evaluates_to, value: true}"
OTHER = "[{key: control, rollout_percentage: 10}, {key: test, rollout_percentage: 90}]"
SAME = "[{key: test, rollout_percentage: 50}, {key: control, rollout_percentage: 50, name: As it was}]"


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "posthog.yaml").write_text(HEAD + text)
    try:
        config.load(tmp_path / "posthog.yaml", environment={}, offline=True)
    except ConfigError as error:
        return [f"{each.where and each.where.line}: {each.message}" for each in error.problems]
    return []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            f"experiments: {{E: {{feature_flag_key: split, parameters: {{feature_flag_variants: {OTHER}}}}}}}",
            "has the variants control 10, test 90, and its flag is declared with control 50, test 50",
        ),
        ("early_access_features: {F: {feature_flag: companies, stage: beta}}", "opens a flag for groups"),
    ],
)
def test_what_contradicts_a_declared_flag_is_refused_where_it_is_said(tmp_path: Path, entry: str, said: str):
    (problem,) = problems(tmp_path, f"{FLAGS}    {entry}\n")

    assert problem.startswith("11: ")
    assert said in problem


def test_a_flag_that_is_on_cannot_need_one_that_is_declared_off(tmp_path: Path):
    needy = f"      needy: {{filters: {{groups: [{{properties: [{NEEDS}]}}]}}MORE}}\n"

    assert problems(tmp_path, FLAGS + needy.replace("MORE", "")) == [
        '11: feature flag "Web/needy" is on and needs the flag "off", which is declared off'
    ]
    assert problems(tmp_path, FLAGS + needy.replace("MORE", ", active: false")) == []


@pytest.mark.parametrize(
    "entry",
    [
        "experiments: {E: {feature_flag_key: bare}}",
        "experiments: {E: {feature_flag_key: elsewhere}}",
        "experiments: {E: {feature_flag_key: split}}",
        f"experiments: {{E: {{feature_flag_key: split, parameters: {{feature_flag_variants: {SAME}}}}}}}",
        "experiments: {E: {feature_flag_key: plain}}",
        "early_access_features: {F: {feature_flag: plain, stage: beta}}",
        "surveys: {S: {type: api, linked_flag: split, conditions: {linkedFlagVariant: test}}}",
    ],
)
def test_what_goes_together_is_taken(tmp_path: Path, entry: str):
    assert problems(tmp_path, f"{FLAGS}    {entry}\n") == []


def test_a_wrong_form_is_told_as_such_and_what_is_right_is_looked_at_all_the_same(tmp_path: Path):
    text = """\
    feature_flags:
      a: {filters: {groups: 5}}
      b: {filters: {groups: [5], multivariate: {variants: [{key: 1}]}}}
      c: {filters: {groups: [{properties: [5]}], payloads: 5, multivariate: 4}}
      d: {filters: {groups: []}}
    surveys:
      s: {type: popover, questions: [5], conditions: 4}
    experiments:
      e: {feature_flag_key: f, metrics: [4], saved_metrics_ids: 3, parameters: {feature_flag_variants: [4]}}
    cohorts:
      q: {filters: {properties: {type: OR, values: [3]}}}
    actions:
      t: {steps: [7]}
    early_access_features:
      g: {feature_flag: 4, stage: beta, assignee: 3, documentation_url: 5}
"""

    found = problems(tmp_path, text)

    assert [each for each in found if " must be " not in each and " lacks " not in each] == [
        '8: feature flag "Web/d" has no condition, so it is on for nobody'
    ]
    assert {each.partition(":")[0] for each in found} == {"5", "6", "7", "8", "10", "12", "14", "16", "18"}
