"""What a run says of flags: what they do to people, what PostHog would do to them, what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.release_stack import HEAD, Web, web_of
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.program import resolved

FLAG = "      checkout: {filters: {groups: [{rollout_percentage: 50}]}MORE}\n"


def flags(*more: str, **fields: str) -> str:
    own = "".join(f", {name}: {value}" for name, value in fields.items())
    return "    feature_flags:\n" + FLAG.replace("MORE", own) + "".join(more)


@pytest.fixture
def web(started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, "2026 later", tmp_path, monkeypatch) as web:
        yield web


def test_that_a_minimal_flag_is_on_for_everybody_is_said_in_the_preview(web, capsys):
    web.run(flags())
    capsys.readouterr()

    web.run(flags("      everybody: {}\n"), preview=True)

    said = capsys.readouterr().err
    assert said.count("declares no `filters`: it is on for everybody") == 1
    assert "checkout" not in said


def test_a_flag_that_needs_one_that_is_not_there_is_refused_before_anything_is_sent(web):
    needs = "{type: flag, key: !ref feature_flag/chekout, operator: flag_evaluates_to, value: true}"
    web.run(flags())
    web.posthog.count_anew()

    with pytest.raises(Exception, match=r'(?s)no feature flag "chekout".*did you mean "checkout"'):
        web.run(flags(f"      new: {{filters: {{groups: [{{properties: [{needs}]}}]}}}}\n"))

    assert web.posthog.writes() == {}


def test_who_changed_it_in_between_is_told_and_nothing_is_undone(web, monkeypatch):
    web.run(flags())
    flag = web.one("feature_flags", "checkout", "key")
    listed = Live.object

    def changed_meanwhile(self, kind, scope, id_, *more, **named):
        found = listed(self, kind, scope, id_, *more, **named)
        if kind.name == "feature_flag" and not done:
            done.append(id_)
            body = {"filters": {"groups": [{"rollout_percentage": 1}]}}
            web.by_hand("feature_flags", id_, body)
        return found

    done: list[str] = []
    monkeypatch.setattr(Live, "object", changed_meanwhile)

    with pytest.raises(Exception, match=r"was updated by \S+@acme\.io since"):
        web.run(flags().replace("rollout_percentage: 50", "rollout_percentage: 75"))

    assert done == [str(flag["id"])]
    now = web.one("feature_flags", "checkout", "key")
    assert now["filters"]["groups"][0]["rollout_percentage"] == 1


def test_another_key_makes_another_flag_within_the_limits(web, monkeypatch):
    web.run(flags("      one: {}\n", "      two: {}\n", "      three: {}\n"))
    renamed = flags("      uno: {}\n", "      due: {}\n", "      tre: {}\n")
    ids = {each["key"]: each["id"] for each in web.all("feature_flags")}

    with pytest.raises(Exception, match="allowRemovals"):
        web.run(renamed)
    assert {each["key"]: each["id"] for each in web.all("feature_flags")} == ids

    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed={"feature_flag": 3}))
    web.run(renamed)

    now = {each["key"]: each["id"] for each in web.all("feature_flags")}
    assert {*now} == {"checkout", "uno", "due", "tre"}
    assert not {*now.values()} & {ids["one"], ids["two"], ids["three"]}


def test_a_key_that_a_deleted_flag_has_had_is_taken_and_a_deleted_flag_that_is_declared_comes_back(web):
    web.run(flags())
    id_ = web.one("feature_flags", "checkout", "key")["id"]
    web.by_hand("feature_flags", id_, {"deleted": True})

    web.run(flags())

    assert web.one("feature_flags", "checkout", "key")["id"] == id_
    assert web.differs(flags()) == []


def test_that_a_new_flag_gets_the_key_of_one_that_was_deleted_is_told_in_the_preview(web, capsys):
    web.run(flags("      one: {}\n"))
    id_ = web.one("feature_flags", "one", "key")["id"]
    web.run(flags())
    capsys.readouterr()

    web.run(flags("      one: {}\n", "      two: {}\n"), preview=True)
    said = capsys.readouterr().err
    web.run(flags("      one: {}\n", "      two: {}\n"))

    assert said.count('feature flag "one" has the key of one that ada@acme.io deleted on ') == 1
    assert '"two" has the key' not in said
    assert web.one("feature_flags", "one", "key")["id"] != id_


def test_that_tags_are_lost_without_the_plan_is_told_once(web, monkeypatch, capsys):
    organization = Live.organization
    monkeypatch.setattr(
        Live, "organization", lambda self: {**organization(self), "available_product_features": []}
    )

    web.run(flags(tags="[payments]"))

    assert capsys.readouterr().err.count("tags needs the plan feature tagging, which this organization") == 1


def test_a_kill_switch_takes_two_lists_and_one_patch_however_many_flags_there_are(web):
    many = [
        f"      f{number}: {{filters: {{groups: [{{rollout_percentage: 1}}]}}}}\n" for number in range(40)
    ]
    web.run(flags(*many))
    live = web.live()
    web.posthog.count_anew()

    desired = resolved(web.load(flags(*many, active="false"), head=HEAD), live, say=lambda _: None)
    outcome = web.engine.up(desired, chosen=frozenset({("feature_flag", "Web/checkout")}))
    live.reader.close()
    total, asked, writes = web.posthog.requests()["total"], web.asked("feature_flags"), web.posthog.writes()

    assert (outcome.errors, outcome.operations) == ([], [("update", ("feature_flag", "Web/checkout"))])
    assert web.one("feature_flags", "checkout", "key")["active"] is False
    # The program and the provider read the organization, each for itself.
    assert (total, list(writes.values())) == (5, [1])
    assert sum(asked.values()) == 3


def test_what_no_file_can_declare_is_left_out_of_an_export_and_the_rest_plans_to_nothing(web):
    web.run(flags())
    half = [{"key": "a", "rollout_percentage": 45}, {"key": "b", "rollout_percentage": 45}]
    filters = {"groups": [{"rollout_percentage": 100}], "multivariate": {"variants": half}}
    web.posthog.call("POST", f"{web.path}/feature_flags/", {"key": "half", "filters": filters})

    exported = web.exported()

    (told,) = exported.left_out
    assert "half: has variants for 90 per cent of its people, and they must come to 100" in told
    assert "\n      half:" not in exported.files["posthog.yaml"]
    assert "checkout" in exported.files["posthog.yaml"]
