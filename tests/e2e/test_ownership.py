"""What another stack manages is not taken over silently: `posthog:otherStates` says which stacks there are."""

from __future__ import annotations

import pytest

from harness.stack import Run, Stack

pytestmark = pytest.mark.e2e

ROLES = "roles:\n  Analysts: {}\n  Editors: {members: {mode: additive, items: [bo@acme.io]}}\n"


@pytest.fixture
def theirs(stack: Stack) -> Stack:
    """The folder and backend of both stacks; the first one, "test", manages two roles and a membership."""
    stack.begin("theirs", apply_roles)
    made = stack.pulumi("stack", "init", "ours")
    assert made.status == 0, made.text
    stack.posthog.count_anew()
    return stack


def apply_roles(stack: Stack) -> None:
    stack.write(ROLES)
    assert stack.up().status == 0


def assert_refused(stack: Stack, run: Run, *texts: str) -> None:
    assert run.status != 0, run.text
    assert "Traceback" not in run.text
    for text in texts:
        assert text in run.text, run.text
    assert stack.posthog.writes() == {}


@pytest.mark.parametrize("source", ["test", "theirs.json"], ids=["by its name", "by its exported state"])
def test_what_another_stack_manages_is_refused_until_it_is_allowed(theirs, source):
    exported = theirs.pulumi("stack", "export", "--stack", "test", "--file", "theirs.json")
    assert exported.status == 0, exported.text
    theirs.write("roles:\n  Analysts: {}\n")
    theirs.set("otherStates", source)

    for run in (theirs.preview(), theirs.up("--continue-on-error")):
        assert_refused(
            theirs,
            run,
            f'role "Analysts" is managed by another stack ({source})',
            'pulumi config set posthog:allowTakeovers "role/Analysts"',
        )

    theirs.set("allowTakeovers", "role/Analysts")
    run = theirs.up()
    assert run.status == 0, run.text
    assert 'role "Analysts" exists in PostHog already' in run.text


@pytest.mark.parametrize("source", [None, "ours"], ids=["by the backend", "by its name"])
def test_what_another_stack_has_taken_over_is_kept_by_the_one_that_had_it(theirs, source):
    theirs.write("roles:\n  Analysts: {}\n")
    theirs.set("otherStates", "test")
    theirs.set("allowTakeovers", "role/Analysts")
    taken = theirs.up()
    assert taken.status == 0, taken.text
    role = theirs.posthog.role("Analysts")["id"]
    assert theirs.pulumi("stack", "select", "test").status == 0
    if source:
        theirs.set("otherStates", source)
    theirs.write("roles:\n  Editors: {members: {mode: additive, items: [bo@acme.io]}}\n")
    theirs.posthog.count_anew()

    left = theirs.up()

    assert left.status == 0, left.text
    assert 'role "Analysts": kept, the stack' in left.text
    assert "ours manages it, too" in left.text
    assert theirs.posthog.writes() == {}
    assert theirs.pulumi("stack", "select", "ours").status == 0
    theirs.write("roles:\n  Analysts: {}\n")
    assert set(theirs.up().changes) == {"unchanged"}
    assert theirs.posthog.role("Analysts")["id"] == role


def test_a_stack_that_is_destroyed_leaves_what_another_one_manages(theirs):
    theirs.write("roles:\n  Analysts: {}\n")
    theirs.set("otherStates", "test")
    theirs.set("allowTakeovers", "role/Analysts")
    taken = theirs.up()
    assert taken.status == 0, taken.text
    theirs.environment["POSTHOG_ALLOW_DESTROY"] = "true"

    gone = theirs.pulumi("destroy", "--yes", "--skip-preview", "--stack", "test")

    assert gone.status == 0, gone.text
    assert theirs.posthog.role("Analysts") is not None
    assert theirs.posthog.role("Editors") is None


def test_an_exact_list_does_not_remove_a_member_that_another_stack_has_put_there(theirs):
    theirs.set("otherStates", "test")
    theirs.set("allowTakeovers", "role/Editors")
    theirs.write("roles:\n  Editors: {members: [cy@acme.io]}\n")

    assert_refused(theirs, theirs.preview(), "managed by another stack (test)")
    assert theirs.posthog.members("Editors") == ["bo@acme.io"]


def test_what_no_other_stack_manages_is_taken_over_as_ever(theirs):
    theirs.set("otherStates", "test")
    theirs.write("roles:\n  Engineering: {}\n")

    run = theirs.up()

    assert run.status == 0, run.text
    assert 'role "Engineering" exists in PostHog already' in run.text


def test_a_state_that_cannot_be_read_stops_the_run(theirs):
    theirs.set("otherStates", "nowhere")
    theirs.write("roles:\n  Analysts: {}\n")

    assert_refused(theirs, theirs.up(), "no stack named 'nowhere' found")
