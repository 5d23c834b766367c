"""`members:` in a file: short and long, exact or not, and what is wrong with it, at its place."""

from __future__ import annotations

import pytest

from pulumi_posthog.kinds import KINDS

MEMBER = KINDS["organization_member"]


def declared(load, text: str) -> list[tuple[str, bool, dict]]:
    return [(each.name, each.absent, dict(each.fields)) for each in load(text).entries]


def test_a_level_may_stand_alone_and_absent_puts_somebody_out(load):
    text = """members:
  ana@acme.io: admin
  bo@acme.io: {level: member, projects: {Web: admin}, reinvite: 2026-12}
  cy@acme.io: absent
  dee@acme.io: {state: absent}
"""
    assert declared(load, text) == [
        ("ana@acme.io", False, {"email": "ana@acme.io", "level": "admin"}),
        (
            "bo@acme.io",
            False,
            {"email": "bo@acme.io", "level": "member", "projects": {"Web": "admin"}, "reinvite": "2026-12"},
        ),
        ("cy@acme.io", True, {"email": "cy@acme.io"}),
        ("dee@acme.io", True, {"email": "dee@acme.io"}),
    ]


@pytest.mark.parametrize(("mode", "exact"), [("exact", True), ("additive", False)])
def test_only_these_is_a_word_of_its_own(load, mode, exact):
    desired = load(f"members: {{mode: {mode}, items: {{ana@acme.io: admin}}}}\n")

    assert [each.name for each in desired.entries] == ["ana@acme.io"]
    assert bool(desired.exact) is exact


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "ana@acme.io: boss",
            '5:16: organization member "ana@acme.io" must be one of "member", "admin", "owner", "absent", not "boss"',
        ),
        ("ana: member", '5:3: organization member "ana" must be an e-mail address'),
        ("ana@acme.io: {projects: {}}", '5:16: organization member "ana@acme.io" lacks "level"'),
        (
            "ana@acme.io: {level: member, projects: {Web: boss}}",
            '5:43: organization member "ana@acme.io" opens project "Web" with a level that there is not',
        ),
        ("ana@acme.io: {level: member, level_of: 1}", 'has no field "level_of"'),
        (
            "ana@acme.io: {level: member, standing: joined}",
            '"standing" of organization member "ana@acme.io" is set',
        ),
        ("ana@acme.io: {state: absent, level: member}", "has `state: absent` and"),
        (
            "ana@acme.io: member\n  ANA@acme.io: admin",
            '6:3: organization member "ANA@acme.io" is the same to PostHog as organization member "ana@acme.io"',
        ),
        ("mode: exact", '5:3: "mode" of organization members needs "items" beside it'),
        ("items: {}", '5:3: "items" of organization members needs "mode" beside it'),
        ("mode: some\n  items: {}", 'must be one of "exact", "additive"'),
    ],
)
def test_what_is_wrong_is_told_at_its_place(load, text, problem):
    assert any(problem in str(each) for each in load.problems(f"members:\n  {text}\n"))


def test_somebody_who_is_to_leave_is_in_no_role_and_no_rule(load):
    problems = load.problems(
        """members: {bo@acme.io: absent}
roles: {A: {members: [Bo@acme.io]}, B: {members: {mode: additive, items: [bo@acme.io]}}}
projects: {Web: {access: {members: {bo@acme.io: admin}}}}
"""
    )

    assert [str(each).partition("\n")[0] for each in problems] == [
        'posthog.yaml:5:23: "Bo@acme.io" is absent by posthog.yaml:4:11, and is in role "A" here',
        'posthog.yaml:5:75: "bo@acme.io" is absent by posthog.yaml:4:11, and is in role "B" here',
        'posthog.yaml:6:37: "bo@acme.io" is absent by posthog.yaml:4:11, and is in project "Web" here',
    ]
