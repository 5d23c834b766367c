"""Early access features on servers of every age, beside the flags that they open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.test_hog_functions import Stack
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.api.connection import KEY_VARIABLE
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.values.problem import ConfigError

HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
FLAGS = """\
    feature_flags:
      dark-mode:
        filters: {groups: [{rollout_percentage: SHARE}]}
      night:
        filters: {groups: [{rollout_percentage: 0}]}
"""
FEATURE = """\
    early_access_features:
      Dark mode:
        stage: STAGE
        feature_flag: FLAG
        description: Easy on the eyes
        documentation_url: https://acme.io/dark-mode
"""


def text(*, stage: str = "beta", flag: str = "dark-mode", share: int = 0) -> str:
    both = FEATURE + FLAGS
    return both.replace("STAGE", stage).replace("FLAG", flag).replace("SHARE", str(share))


class Web(Stack):
    """A stack, and the features and flags of its one project."""

    @property
    def path(self) -> str:
        return f"/api/projects/{self.posthog.project('Web')['id']}"

    def features(self) -> list[Any]:
        return list(self.posthog.all(f"{self.path}/early_access_feature/"))

    def flag(self, key: str) -> Any:
        flags = self.posthog.all(f"{self.path}/feature_flags/")
        return next(each for each in flags if each["key"] == key)

    def enrolment(self, key: str) -> Any:
        """What PostHog keeps in a flag for a feature; None: nothing."""
        filters = self.flag(key)["filters"]
        return filters.get("feature_enrollment") or filters.get("super_groups")


@pytest.fixture(params=["2026", "2026 later", "2025", "2024"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    age, _, later = request.param.partition(" ")
    sandbox: Sandbox = started("--age", age, *(["--later-2026"] if later else []))
    monkeypatch.setenv(KEY_VARIABLE, sandbox.key)
    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed={"early_access_feature": 1}))
    monkeypatch.chdir(tmp_path)
    begin_anew()
    yield Web(tmp_path, sandbox)
    begin_anew()


def test_it_is_made_after_its_flag_and_then_there_is_nothing_to_do(web):
    done = web.up(text(), head=HEAD)

    assert [name for _, (_, name) in done].index("Web/dark-mode") < [name for _, (_, name) in done].index(
        "Web/Dark mode"
    )
    (feature,) = web.features()
    assert (feature["feature_flag"]["key"], feature["stage"]) == ("dark-mode", "beta")
    assert web.enrolment("dark-mode")
    web.posthog.count_anew()
    assert web.differences(text(), head=HEAD) == []
    counts = web.posthog.requests()["by_path"]
    assert sum(number for request, number in counts.items() if "early_access_feature" in request) == 1
    assert web.up(text(), head=HEAD) == []
    assert web.posthog.writes() == {}


def test_a_rollout_of_its_flag_leaves_the_enrolment_alone(web):
    web.up(text(), head=HEAD)
    before = web.enrolment("dark-mode")

    assert web.up(text(share=25), head=HEAD) == [("update", ("feature_flag", "Web/dark-mode"))]

    assert web.enrolment("dark-mode") == before
    assert web.flag("dark-mode")["filters"]["groups"][0]["rollout_percentage"] == 25
    assert web.differences(text(share=25), head=HEAD) == []


def test_a_stage_that_was_changed_by_hand_is_one_patch_that_opens_the_flag_again(web):
    web.up(text(), head=HEAD)
    (feature,) = web.features()
    path = f"{web.path}/early_access_feature/{feature['id']}/"
    web.posthog.call("PATCH", path, {"stage": "archived"})
    assert not web.enrolment("dark-mode")

    assert web.differences(text(), head=HEAD) == ["update Web/Dark mode: ['stage']"]
    web.up(text(), head=HEAD)

    assert web.posthog.writes() == {f"PATCH {path}": 1}
    assert web.enrolment("dark-mode")
    assert web.differences(text(), head=HEAD) == []


def test_a_stage_and_the_rollout_of_its_flag_are_changed_in_one_run(web):
    web.up(text(stage="draft"), head=HEAD)

    web.up(text(stage="beta", share=25), head=HEAD)

    assert web.enrolment("dark-mode")
    assert web.differences(text(stage="beta", share=25), head=HEAD) == []


def test_another_flag_makes_another_feature_and_closes_the_flag_that_it_had(web):
    web.up(text(), head=HEAD)
    (before,) = web.features()

    web.up(text(flag="night"), head=HEAD)

    (after,) = web.features()
    assert (after["id"] == before["id"], after["feature_flag"]["key"]) == (False, "night")
    assert (bool(web.enrolment("dark-mode")), bool(web.enrolment("night"))) == (False, True)
    assert web.differences(text(flag="night"), head=HEAD) == []


def test_one_of_that_flag_is_taken_over_whatever_it_is_called(web):
    web.up(FLAGS.replace("SHARE", "0"), head=HEAD)
    body = {"name": "By hand", "stage": "alpha", "feature_flag_id": web.flag("dark-mode")["id"]}
    made = web.posthog.call("POST", f"{web.path}/early_access_feature/", body)

    web.up(text(), head=HEAD)

    (feature,) = web.features()
    assert (feature["id"], feature["name"], feature["stage"]) == (made["id"], "Dark mode", "beta")


def test_it_is_deleted_before_its_flag(web, monkeypatch):
    web.up(text(), head=HEAD)
    allowed = {"early_access_feature": 1, "feature_flag": 2}
    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed=allowed))

    web.up("    timezone: UTC\n", head=HEAD)

    assert web.features() == []
    assert list(web.posthog.all(f"{web.path}/feature_flags/")) == []


def test_two_of_one_flag_are_refused_before_anything_is_sent(web):
    twice = FEATURE + "      Night mode: {stage: draft, feature_flag: dark-mode}\n" + FLAGS

    web.posthog.count_anew()
    with pytest.raises(ConfigError) as refused:
        web.up(twice.replace("STAGE", "beta").replace("FLAG", "dark-mode").replace("SHARE", "0"), head=HEAD)

    (problem,) = map(str, refused.value.problems)
    assert "posthog.yaml:10:7: " in problem
    assert "Night mode" in problem
    assert web.posthog.writes() == {}


def test_what_posthog_refuses_is_told_with_the_object(web):
    variants = "{variants: [{key: a, rollout_percentage: 50}, {key: b, rollout_percentage: 50}]}"
    flags = FLAGS.replace("groups:", f"multivariate: {variants}, groups:", 1)
    whole = (FEATURE + flags).replace("STAGE", "beta").replace("FLAG", "dark-mode").replace("SHARE", "0")

    with pytest.raises(Exception, match="Multivariate feature flags are not supported"):
        web.up(whole, head=HEAD)

    assert web.features() == []


def test_it_is_exported_with_the_key_of_its_flag(web):
    web.up(text(), head=HEAD)

    exported = web.exported().files["posthog.yaml"]

    assert "feature_flag: dark-mode" in exported or "feature_flag: !ref feature_flag/dark-mode" in exported
    assert "super_groups" not in exported
    assert "feature_enrollment" not in exported
