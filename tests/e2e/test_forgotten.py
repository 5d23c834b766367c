"""What the state has forgotten cannot be deleted, so it is no removal; where nobody looked, everything counts."""

from __future__ import annotations

import pytest

from harness.six_roles import NAMES, apply_six, there, write
from harness.stack import Run, Stack, type_of

pytestmark = pytest.mark.e2e

ODD = "Odd::name"
ALL = [*NAMES, ODD]
GUARD = f"urn:pulumi:test::tried::{type_of('Guard')}::guard"


def urn(name: str) -> str:
    return f"urn:pulumi:test::tried::{type_of('Role')}::{name}"


@pytest.fixture
def six(stack: Stack) -> Stack:
    stack.begin("six", apply_six)
    return stack


def assert_refused(stack: Stack, run: Run) -> None:
    assert run.status != 0, run.text
    assert stack.posthog.writes() == {}
    assert there(stack, ALL) >= set(NAMES)


def test_entries_that_the_state_forgot_may_leave_the_file(six):
    for name in NAMES[:4]:
        done = six.pulumi("state", "delete", urn(name), "--yes")
        assert done.status == 0, done.text
    write(six, NAMES[4:])

    # Without a look at the state's objects, all that the guard remembers counts.
    assert_refused(six, six.preview("--refresh=false"))

    run = six.up()
    assert run.status == 0, run.text
    assert six.posthog.writes() == {}
    assert there(six, ALL) == set(NAMES)
    # What is left is guarded as ever, and the state's own names are not forgotten.
    write(six, [ODD])
    assert "2 of 2 roles would be removed" in six.preview().text


def test_what_somebody_deleted_by_hand_may_leave_the_file_in_any_number(six):
    organization = f"/api/organizations/{six.posthog.organization}"
    for name in NAMES[:4]:
        six.posthog.call("DELETE", f"{organization}/roles/{six.posthog.role(name)['id']}/")
    write(six, NAMES[4:])

    run = six.up()

    assert run.status == 0, run.text
    assert there(six, ALL) == set(NAMES[4:])


@pytest.mark.parametrize(
    "targets",
    [[GUARD], [GUARD, urn(NAMES[5])]],
    ids=["the guard", "the guard and a role"],
)
def test_a_run_that_looks_at_chosen_resources_deletes_no_others(six, targets):
    write(six, NAMES[5:])

    run = six.up(*(part for target in targets for part in ("--target", target)), "--target-dependents")

    assert there(six, ALL) == set(NAMES), run.text
    assert six.posthog.writes() == {}


def test_a_name_with_colons_counts_as_any_other(stack):
    write(stack, [*NAMES[:2], ODD, f"{ODD}::too"])
    assert stack.up().status == 0
    write(stack, NAMES[:2])

    assert "2 of 4 roles would be removed" in stack.preview().text
