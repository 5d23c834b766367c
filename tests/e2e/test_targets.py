"""What a run that is about chosen resources only may delete: the engine asks nothing about all others.

Each test is named after what happened.
"""

from __future__ import annotations

import pytest

from harness.stack import DOORS

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
