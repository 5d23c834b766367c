"""Early access features on servers of every age, beside the flags that they open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import ENDS, Web, every_age, web_of
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.values.problem import ConfigError

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


def enrolment(web: Web, key: str) -> Any:
    """What PostHog keeps in a flag for a feature; None: nothing."""
    filters = web.one("feature_flags", key, "key")["filters"]
    return filters.get("feature_enrollment") or filters.get("super_groups")


@pytest.fixture(params=ENDS)
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch, early_access_feature=1) as web:
        yield web


@every_age
def test_it_is_made_after_its_flag_and_then_there_is_nothing_to_do(web):
    done = web.run(text())

    assert [name for _, (_, name) in done].index("Web/dark-mode") < [name for _, (_, name) in done].index(
        "Web/Dark mode"
    )
    (feature,) = web.all("early_access_feature")
    assert (feature["feature_flag"]["key"], feature["stage"]) == ("dark-mode", "beta")
    assert enrolment(web, "dark-mode")
    web.posthog.count_anew()
    assert web.differs(text()) == []
    assert web.asked("early_access_feature") == {"GET /early_access_feature/": 1}
    assert web.run(text()) == []
    assert web.posthog.writes() == {}


def test_a_rollout_of_its_flag_leaves_the_enrolment_alone(web):
    web.run(text())
    before = enrolment(web, "dark-mode")

    assert web.run(text(share=25)) == [("update", ("feature_flag", "Web/dark-mode"))]

    assert enrolment(web, "dark-mode") == before
    assert web.one("feature_flags", "dark-mode", "key")["filters"]["groups"][0]["rollout_percentage"] == 25
    assert web.differs(text(share=25)) == []


@every_age
def test_a_stage_that_was_changed_by_hand_is_one_patch_that_opens_the_flag_again(web):
    web.run(text())
    (feature,) = web.all("early_access_feature")
    path = f"{web.path}/early_access_feature/{feature['id']}/"
    web.posthog.call("PATCH", path, {"stage": "archived"})
    assert not enrolment(web, "dark-mode")

    assert web.differs(text()) == ["update Web/Dark mode: ['stage']"]
    web.run(text())

    assert web.posthog.writes() == {f"PATCH {path}": 1}
    assert enrolment(web, "dark-mode")
    assert web.differs(text()) == []


def test_a_stage_and_the_rollout_of_its_flag_are_changed_in_one_run(web):
    web.run(text(stage="draft"))

    web.run(text(stage="beta", share=25))

    assert enrolment(web, "dark-mode")
    assert web.differs(text(stage="beta", share=25)) == []


def test_another_flag_makes_another_feature_and_closes_the_flag_that_it_had(web):
    web.run(text())
    (before,) = web.all("early_access_feature")

    web.run(text(flag="night"))

    (after,) = web.all("early_access_feature")
    assert (after["id"] == before["id"], after["feature_flag"]["key"]) == (False, "night")
    assert (bool(enrolment(web, "dark-mode")), bool(enrolment(web, "night"))) == (False, True)
    assert web.differs(text(flag="night")) == []


def test_one_of_that_flag_is_taken_over_whatever_it_is_called(web):
    web.run(FLAGS.replace("SHARE", "0"))
    body = {
        "name": "By hand",
        "stage": "alpha",
        "feature_flag_id": web.one("feature_flags", "dark-mode", "key")["id"],
    }
    made = web.posthog.call("POST", f"{web.path}/early_access_feature/", body)

    web.run(text())

    (feature,) = web.all("early_access_feature")
    assert (feature["id"], feature["name"], feature["stage"]) == (made["id"], "Dark mode", "beta")


@every_age
def test_it_is_deleted_before_its_flag(web, monkeypatch):
    web.run(text())
    allowed = {"early_access_feature": 1, "feature_flag": 2}
    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed=allowed))

    web.run("    timezone: UTC\n")

    assert web.all("early_access_feature") == []
    assert list(web.posthog.all(f"{web.path}/feature_flags/")) == []


def test_two_of_one_flag_are_refused_before_anything_is_sent(web):
    twice = FEATURE + "      Night mode: {stage: draft, feature_flag: dark-mode}\n" + FLAGS

    web.posthog.count_anew()
    with pytest.raises(ConfigError) as refused:
        web.run(twice.replace("STAGE", "beta").replace("FLAG", "dark-mode").replace("SHARE", "0"))

    (problem,) = map(str, refused.value.problems)
    assert "posthog.yaml:10:7: " in problem
    assert "Night mode" in problem
    assert web.posthog.writes() == {}


def test_what_posthog_refuses_is_told_with_the_object(web):
    variants = "{variants: [{key: a, rollout_percentage: 50}, {key: b, rollout_percentage: 50}]}"
    flags = FLAGS.replace("groups:", f"multivariate: {variants}, groups:", 1)
    whole = (FEATURE + flags).replace("STAGE", "beta").replace("FLAG", "dark-mode").replace("SHARE", "0")

    with pytest.raises(Exception, match="Multivariate feature flags are not supported"):
        web.run(whole)

    assert web.all("early_access_feature") == []


def test_it_is_exported_with_the_key_of_its_flag(web):
    web.run(text())

    exported = web.exported().files["posthog.yaml"]

    assert "feature_flag: dark-mode" in exported or "feature_flag: !ref feature_flag/dark-mode" in exported
    assert "super_groups" not in exported
    assert "feature_enrollment" not in exported
