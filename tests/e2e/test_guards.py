"""What a guard looked after counts as removed also where that guard is gone: from the state, or from the program."""

from __future__ import annotations

import json

import pytest

from harness.half_moved import exported
from harness.six_roles import NAMES, apply_six, there, write
from harness.stack import Stack, type_of

pytestmark = pytest.mark.e2e

ALSO = [f"Also {number}" for number in range(6)]
ALL = [*NAMES, *ALSO]
GUARD = f"urn:pulumi:test::tried::{type_of('Guard')}"


def program(stack: Stack, block: list[str] | None, *, file: bool = True) -> None:
    """A program: with the file, and with a guarded block of these roles; without one for None."""
    lines = ["import pulumi_posthog as posthog", ""]
    if file:
        lines += ["posthog.deploy('posthog.yaml')"]
    if block is not None:
        lines += ["with posthog.guarded():"] + [
            f"    posthog.Role({name!r}, name={name!r})" for name in block
        ]
    (stack.folder / "__main__.py").write_text("\n".join(lines) + "\n")


def without_guard(stack: Stack) -> None:
    """What somebody does who edits an exported state, and imports it: the guard is not in it any more."""
    state = exported(stack)
    urn = f"{GUARD}::guard"
    kept = [each for each in state["deployment"]["resources"] if each["urn"] != urn]
    assert len(kept) == len(state["deployment"]["resources"]) - 1
    for each in kept:
        each["dependencies"] = [other for other in each.get("dependencies", []) if other != urn]
        for property_, others in (each.get("propertyDependencies") or {}).items():
            each["propertyDependencies"][property_] = [other for other in others or [] if other != urn]
    state["deployment"]["resources"] = kept
    (stack.folder / "edited.json").write_text(json.dumps(state))
    done = stack.pulumi("stack", "import", "--file", "edited.json")
    assert done.status == 0, done.text


@pytest.fixture
def six(stack: Stack) -> Stack:
    """A file with six roles, applied."""
    stack.begin("six", apply_six)
    return stack


@pytest.fixture
def twelve(stack: Stack) -> Stack:
    """A file with six roles and a block with six more, applied."""
    stack.begin("twelve", apply_twelve)
    return stack


def apply_twelve(stack: Stack) -> None:
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)
    write(stack, NAMES)
    program(stack, ALSO)
    run = stack.up()
    assert run.status == 0, run.text


def test_a_guard_taken_out_of_the_state_still_counts(six):
    without_guard(six)
    write(six, NAMES[:1])

    for run in (six.preview(), six.up(), six.up("--continue-on-error"), six.up("--refresh=false")):
        assert run.status != 0, run.text
        assert "5 of 6 roles would be removed or replaced" in run.text
        assert six.posthog.writes() == {}
    assert there(six, ALL) == set(NAMES)

    six.set("allowRemovals", "role=5")
    allowed = six.up()
    assert allowed.status == 0, allowed.text
    assert there(six, ALL) == set(NAMES[:1])


def test_a_state_without_its_guard_gets_one_again(six):
    without_guard(six)

    run = six.up()

    assert run.status == 0, run.text
    assert run.changes == {"created": 1, "unchanged": run.changes["unchanged"]}
    assert six.posthog.writes() == {}
    write(six, NAMES[:1])
    assert "5 of 6 roles would be removed or replaced" in six.up().text
    assert there(six, ALL) == set(NAMES)


def test_a_guard_by_another_name_still_counts(six):
    renamed = six.pulumi("state", "rename", f"{GUARD}::guard", "another", "--yes")
    assert renamed.status == 0, renamed.text
    write(six, NAMES[:1])

    run = six.up()

    assert run.status != 0, run.text
    assert "5 of 6 roles would be removed or replaced" in run.text
    assert there(six, ALL) == set(NAMES)


LEFT = "no guard has counted them in this run: what looked after them"


def test_a_block_that_left_a_program_still_counts(twelve):
    program(twelve, None)

    for run in (twelve.up(), twelve.up("--continue-on-error"), twelve.up("--refresh=false")):
        assert run.status != 0, run.text
        assert "6 of 12 roles would be removed or replaced" in run.text
        assert LEFT in run.text
        assert twelve.posthog.writes() == {}
    assert there(twelve, ALL) == {*NAMES, *ALSO}

    twelve.set("allowRemovals", "role=6")
    allowed = twelve.up()
    assert allowed.status == 0, allowed.text
    assert "that nothing needs any more" not in allowed.text
    assert there(twelve, ALL) == set(NAMES)


def test_a_file_that_left_a_program_still_counts(twelve):
    program(twelve, ALSO, file=False)

    run = twelve.up()

    assert run.status != 0, run.text
    assert "6 of 12 roles would be removed or replaced" in run.text
    assert LEFT in run.text
    assert there(twelve, ALL) == {*NAMES, *ALSO}


def test_who_loses_a_role_of_a_block_that_left_a_program_counts_too(six):
    program(six, ALSO[:1])
    made = six.up()
    assert made.status == 0, made.text
    organization = f"/api/organizations/{six.posthog.organization}"
    role = next(each["id"] for each in six.posthog.all(f"{organization}/roles/") if each["name"] == ALSO[0])
    people = six.posthog.all(f"{organization}/members/")[:3]
    for person in people:
        body = {"user_uuid": person["user"]["uuid"]}
        six.posthog.call("POST", f"{organization}/roles/{role}/role_memberships/", body)
    six.posthog.count_anew()
    program(six, None)

    run = six.up()

    assert run.status != 0, run.text
    assert f'3 people lose role "{ALSO[0]}"' in run.text
    assert LEFT in run.text
    assert six.posthog.writes() == {}


def test_what_moves_from_a_block_to_the_file_is_kept(twelve):
    """The block leaves the program, and the file declares what was in it: nothing leaves."""
    write(twelve, [*NAMES, *ALSO])
    program(twelve, None)

    run = twelve.up()

    assert run.status == 0, run.text
    assert twelve.posthog.writes() == {}
    assert there(twelve, ALL) == {*NAMES, *ALSO}


def test_what_comes_from_another_stack_counts(six):
    """Somebody moves the roles of another stack into this one, whose file does not declare them."""
    assert six.pulumi("stack", "init", "other").status == 0
    write(six, ALSO)
    assert six.up().status == 0
    roles = [urn for urn, each in six.state().items() if each["type"] == type_of("Role")]
    moved = six.pulumi("state", "move", "--yes", "--source", "other", "--dest", "test", *roles)
    assert moved.status == 0, moved.text
    assert six.pulumi("stack", "select", "test").status == 0
    write(six, NAMES)
    six.posthog.count_anew()

    for run in (six.preview(), six.up()):
        assert run.status != 0, run.text
        assert "6 of 12 roles would be removed" in run.text
    assert six.posthog.writes() == {}
    assert there(six, ALL) == {*NAMES, *ALSO}

    write(six, [*NAMES, *ALSO])
    declared = six.up()
    assert declared.status == 0, declared.text
    assert six.posthog.writes() == {}
