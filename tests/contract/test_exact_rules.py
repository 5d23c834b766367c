"""`mode: exact` of access rules: what a file leaves no place for is removed, and nothing else (posthog-api-access.md
3 and 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.organization import ID, Organization, Refusal
from pulumi_posthog import config
from pulumi_posthog.api import ApiError
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.access import picture
from pulumi_posthog.reconcile.access_of_file import applied
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.lockouts import verdict
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import Action, plan
from pulumi_posthog.stack.declarations import declarations
from pulumi_posthog.stack.resolution import resolved
from pulumi_posthog.values.problem import ConfigError

PEOPLE = {"ada@acme.io": 15, "bo@acme.io": 1, "cy@acme.io": 1, "dee@acme.io": 1}
WEB = """roles: {Analysts: {}}
projects:
  Web:
    access: {mode: exact, everyone: none, roles: {Analysts: admin}, members: {BO@acme.io: member}}
"""
FEW = Limits(number=10, share=1)
Load = Callable[[str], Configuration]


@pytest.fixture
def load(tmp_path) -> Load:
    def loaded(text: str) -> Configuration:
        file = tmp_path / "posthog.yaml"
        file.write_text(f"organization: {{host: 'https://eu.posthog.com', id: {ID}}}\n{text}")
        return config.load(file, environment={})

    return loaded


@pytest.fixture
def it() -> Organization:
    """An organization with rules for everyone, two roles and two people."""
    made = Organization(PEOPLE)
    analysts, sales = made.role("Analysts"), made.role("Sales")
    made.rule(1, "none")
    made.rule(1, "admin", role=analysts)
    made.rule(1, "member", role=sales)
    made.rule(1, "member", organization_member="m-bo@acme.io")
    made.rule(1, "admin", organization_member="m-cy@acme.io")
    made.rule(1, "viewer", "dashboard", role=sales)
    made.rule(1, "viewer", "insight", role=sales)
    return made


def gone(desired: Configuration) -> list[str]:
    return [entry.name for entry in desired.entries if entry.absent]


def test_rules_that_are_not_in_the_file_are_removed_and_named(it, load):
    said: list[str] = []

    wanted = resolved(load(WEB), it.live, said.append, FEW)

    assert gone(wanted) == ["Web/roles/Sales", "Web/members/cy@acme.io"]
    assert said == [
        'project access rule of "Web" is removed, because it is not in the file: roles Sales: member',
        'project access rule of "Web" is removed, because it is not in the file: members cy@acme.io: admin',
    ]
    assert it.sent == []


def test_without_the_word_nothing_is_removed(it, load):
    for mode in ("", "mode: additive, "):
        wanted = resolved(load(WEB.replace("mode: exact, ", mode)), it.live, lambda _: None, FEW)

        assert gone(wanted) == []


def test_a_preview_by_drift_says_the_same(it, load):
    observed = observe(load(WEB), it.live)

    changes = plan(observed.readable, observed.for_plan).changes

    assert [(each.action, each.name) for each in changes] == [
        (Action.DELETE, "Web/roles/Sales"),
        (Action.DELETE, "Web/members/cy@acme.io"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dashboard: {mode: exact}", ["Web/dashboard/roles/Sales"]),
        ("mode: exact", ["Web/dashboard/roles/Sales", "Web/insight/roles/Sales"]),
        ("mode: exact, dashboard: {roles: {Sales: viewer}}", ["Web/insight/roles/Sales"]),
        ("mode: exact, insight: {mode: additive}", ["Web/dashboard/roles/Sales"]),
        ("dashboard: {mode: additive}", []),
    ],
)
def test_it_is_said_of_one_type_or_of_all_of_which_one_may_say_otherwise(it, load, text, expected):
    desired = load(f"roles: {{Sales: {{}}}}\nprojects: {{Web: {{resource_access: {{{text}}}}}}}\n")

    assert gone(resolved(desired, it.live, lambda _: None, FEW)) == expected


def test_more_than_the_limits_allow_is_refused_with_who_loses_what(it, load):
    with pytest.raises(ConfigError) as caught:
        resolved(load(WEB), it.live, lambda _: None, Limits())

    (problem,) = caught.value.problems
    assert str(problem).partition("posthog.yaml:")[2] == (
        '5:14: 2 of 5 project access rules of "Web" would be removed, because they are not in the file: more than the'
        " limits allow: roles Sales: member; members cy@acme.io: admin\n"
        "  hint: if that is meant, say so: pulumi config set posthog:allowRemovals project_access_rule=2"
    )
    allowed = Limits(allowed={"project_access_rule": 2})
    assert len(gone(resolved(load(WEB), it.live, lambda _: None, allowed))) == 2


def test_one_rule_each_of_many_projects_is_many(it, load):
    text = "projects:\n"
    for number in range(2, 14):
        it.projects.append({"id": number, "uuid": f"p-{number}", "name": f"P{number}"})
        it.rule(number, "admin", organization_member="m-cy@acme.io")
        text += f"  P{number}: {{access: {{mode: exact}}}}\n"
    it.connect()

    with pytest.raises(ConfigError, match="12 of 12 project access rules would be removed"):
        resolved(load(text), it.live, lambda _: None, Limits())


@pytest.mark.parametrize("status", [500, 403, 404])
def test_rules_that_could_not_be_read_are_not_gone_and_the_run_ends(it, load, monkeypatch, status):
    answer = it._answer

    def refusing(method: str, path: str, body: Any) -> Any:
        if path.endswith("/access_controls/"):
            raise Refusal(status, "error", "no")
        return answer(method, path, body)

    monkeypatch.setattr(it, "_answer", refusing)
    monkeypatch.setattr("time.sleep", lambda _: None)

    with pytest.raises(ApiError):
        resolved(load(WEB), it.live, lambda _: None, FEW)
    observed = observe(load(WEB), it.live)
    assert plan(observed.readable, observed.for_plan).changes == ()
    assert it.sent == []


def test_a_rule_about_somebody_whom_the_key_does_not_see_is_left_alone(it, load):
    it.rule(1, "admin", organization_member="m-hidden")
    said: list[str] = []

    wanted = resolved(load(WEB), it.live, said.append, FEW)

    assert gone(wanted) == ["Web/roles/Sales", "Web/members/cy@acme.io"]
    assert said[-1] == (
        'a project access rule of "Web" is left alone: this key does not see whom it is about'
    )


def test_a_role_that_has_another_name_for_a_while_keeps_its_rule(it, load):
    it.roles[0]["name"] = "By hand"
    said: list[str] = []

    wanted = resolved(load(WEB), it.live, said.append, FEW)

    assert gone(wanted) == ["Web/members/cy@acme.io"]
    assert said[1:] == [
        f'project access rule of "Web" is left alone in this run, because role "Analysts" is not in PostHog by that'
        f" name, and it may be the same role: {row}"
        for row in ("roles By hand: admin", "roles Sales: member")
    ]


@pytest.mark.parametrize("word", ["previously: Analysts", "id: {id}"])
def test_a_role_that_is_renamed_in_the_file_keeps_its_rule(it, load, word):
    text = WEB.replace("Analysts: {}", f"Data: {{{{{word}}}}}".format(id=it.roles[0]["id"]))
    desired = load(text.replace("Analysts: admin", "Data: admin"))

    wanted = resolved(desired, it.live, lambda _: None, FEW)

    assert gone(wanted) == ["Web/roles/Sales", "Web/members/cy@acme.io"]


def test_a_project_that_is_renamed_in_the_file_has_its_rules_and_a_new_one_has_none(it, load):
    renamed = load(WEB.replace("  Web:\n", "  Shop:\n    previously: Web\n"))

    assert gone(resolved(renamed, it.live, lambda _: None, FEW)) == [
        "Shop/roles/Sales",
        "Shop/members/cy@acme.io",
    ]
    assert gone(resolved(load(WEB.replace("Web", "New")), it.live, lambda _: None, FEW)) == []


def test_grants_come_before_what_holds_for_everyone_and_other_rules_go_after_it(it, load):
    wanted = resolved(load(WEB), it.live, lambda _: None, FEW)

    after = {
        each.name: [name for kind, name in each.follows if kind == "project_access_rule"]
        for each in declarations(wanted)
        if each.key[0] == "project_access_rule"
    }

    granted = ["Web/roles/Analysts", "Web/members/BO@acme.io"]
    assert after == {
        **{each: [] for each in granted},
        "Web/everyone": granted,
        "Web/roles/Sales": [*granted, "Web/everyone"],
        "Web/members/cy@acme.io": [*granted, "Web/everyone"],
    }


def test_what_holds_for_everyone_is_removed_before_the_grants_that_go(it, load):
    text = WEB.replace("everyone: none, ", "")
    wanted = resolved(load(text), it.live, lambda _: None, FEW)

    after = {each.name: each.follows for each in declarations(wanted) if each.properties.get("__absent")}

    assert sorted(after) == ["Web/everyone", "Web/members/cy@acme.io", "Web/roles/Sales"]
    assert ("project_access_rule", "Web/everyone") in after["Web/roles/Sales"]
    assert ("project_access_rule", "Web/roles/Sales") not in after["Web/everyone"]


def test_the_owner_of_the_key_keeps_the_rule_by_which_the_rules_are_changed(load):
    it = Organization({"ada@acme.io": 1, "own@acme.io": 15})
    it.rule(1, "admin", organization_member="m-ada@acme.io")

    said = verdict(
        KINDS["project_access_rule"], {"project": "1"}, {"member": "ada@acme.io"}, it.live, Limits()
    )

    assert (said.refusal or "").startswith("ada@acme.io owns the key that this runs with, and may change")


def test_who_may_do_what_once_the_file_is_applied_knows_it(it, load):
    after = applied(picture(it.live), load(WEB))

    assert sorted(map(str, after.rules.values())) == sorted(
        [
            "everyone: none",
            "member BO@acme.io: member",
            "role Analysts: admin",
            "role Sales: viewer",
            "role Sales: viewer",
        ]
    )
