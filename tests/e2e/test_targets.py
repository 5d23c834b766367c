"""What a run that is about chosen resources only may delete: the engine asks nothing about all others.

Each test is named after what happened.
"""

from __future__ import annotations

import pytest

from harness.drivers import RealPulumi
from harness.model import Model
from harness.stack import DOORS, Stack
from harness.world import Disturbance

pytestmark = pytest.mark.e2e


@pytest.fixture(params=DOORS)
def door(request):
    return request.param


@pytest.fixture
def program(stack, door):
    """A stack whose program declares what it is given."""
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)

    def write(*lines):
        (stack.folder / "__main__.py").write_text("\n".join(("import pulumi_posthog as posthog", *lines)))

    stack.program = write
    return stack


def urn(stack, name):
    return next(each for each in stack.state() if each.endswith(f"::{name}"))


def test_a_program_called_a_role_otherwise_and_the_new_name_was_no_target(program):
    stack = program
    stack.program("posthog.Role('alpha', name='Alpha')", "posthog.Role('ops', name='Ops')")
    assert stack.up().status == 0
    role, alpha, ops = stack.posthog.role("Alpha"), urn(stack, "alpha"), urn(stack, "ops")
    stack.program("posthog.Role('data', name='Alpha')", "posthog.Role('ops', name='Ops')")

    for options in (
        (f"--target={alpha}",),
        ("--refresh=false", f"--target={alpha}"),
        (f"--target={alpha}", f"--target={ops}", "--continue-on-error"),
    ):
        run = stack.up(*options)

        assert run.status != 0, run.text
        assert 'role "data" is new and left out of it (--target), and "alpha"' in run.text
        assert "Traceback" not in run.text
        assert stack.posthog.role("Alpha") == role

    run = stack.up()
    assert run.status == 0, run.text
    assert 'role "alpha": kept, it is managed as "data" now' in run.text
    assert stack.posthog.role("Alpha") == role


def test_a_program_without_a_guard_was_destroyed(program):
    stack = program
    stack.program("posthog.Role('alpha', name='Alpha')", "posthog.Role('ops', name='Ops')")
    assert stack.up().status == 0

    refused = stack.destroy()

    assert refused.status != 0
    assert "POSTHOG_ALLOW_DESTROY=true pulumi destroy" in refused.text
    assert stack.posthog.role("Alpha")

    stack.environment["POSTHOG_ALLOW_DESTROY"] = "true"
    assert stack.destroy().status == 0
    assert stack.posthog.role("Alpha") is None


def test_of_a_file_the_guard_and_the_old_name_were_targets(stack: Stack):
    stack.write("roles:\n  Alpha: {}\n  Ops: {}\n")
    assert stack.up().status == 0
    role = stack.posthog.role("Alpha")
    stack.posthog.call(
        "PATCH", f"/api/organizations/{stack.posthog.organization}/roles/{role['id']}/", {"name": "Data"}
    )
    stack.write("roles:\n  Data: {}\n  Ops: {}\n")
    stack.set("allowRemovals", "role=1")

    alone = stack.up(f"--target={urn(stack, 'Alpha')}")
    both = stack.up(f"--target={urn(stack, 'Alpha')}", f"--target={urn(stack, 'guard')}")

    assert (alone.status, both.status) == (1, 1)
    assert "no program has declared anything" in alone.text
    assert 'this run has not asked about "' in both.text, both.text
    assert stack.posthog.role("Data")["id"] == role["id"]


SIX = ("Analysts", "Builders", "Core", "Data", "Editors", "Finance")


def test_removals_were_left_out_one_after_the_other_and_then_all_were_to_be_done_at_once(stack: Stack):
    def write(names):
        stack.write("roles:\n" + "".join(f"  {name}: {{}}\n" for name in names))

    write(SIX)
    assert stack.up().status == 0
    write(SIX[:5])
    assert stack.up(f"--target={urn(stack, 'guard')}").status == 1  # Pulumi ends it when the guard was asked
    write(SIX[:4])
    assert stack.up(f"--exclude={urn(stack, 'Data')}", f"--exclude={urn(stack, 'Editors')}").status == 1
    write(SIX[:2])

    for run in (stack.up("--refresh=false"), stack.up()):
        refused = "4 of 6 roles would be removed"
        assert (run.status, refused in run.text) == (1, True), run.text
    drift = stack.command("drift", "--stack", "test")
    assert (drift.status, "4 of 6 would be removed" in drift.text) == (5, True), drift.text
    assert all(stack.posthog.role(name) for name in SIX)


def role(name):
    return ("role", name, None, (("name", name),))


@pytest.mark.parametrize("killed_after", [True, False], ids=["the engine alone", "with its provider"])
def test_a_run_that_renamed_a_role_was_killed_and_then_the_file_was_another(lone_stack, killed_after):
    stack = lone_stack
    driver = RealPulumi(stack)
    driver.up(Model((role("Alpha"), role("Ops"))))
    id_ = stack.posthog.role("Alpha")["id"]
    renamed = Model((role("Data"), role("Ops")), previously={("role", "Data"): ("Alpha",)})

    driver.disturbed(renamed, Disturbance(killed_at=4, killed_after=killed_after))
    run = driver.up(Model((role("Alpha"), role("Ops"), role("Lab"))))

    kept = stack.posthog.role("Alpha") or stack.posthog.role("Data")
    assert kept["id"] == id_, run
    assert not run.errors or "previously: Data" in str(run.errors)
