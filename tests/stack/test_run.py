"""What a run knows belongs to it alone: a door makes one, and nothing is left of it in the process."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pulumi_posthog
from pulumi_posthog.api import GaveUp
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.handlers.configuration import configure
from pulumi_posthog.stack.handlers.guard import GuardHandler
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.run import SAME_ERROR, Run
from pulumi_posthog.values.variables import KEY_VARIABLE

HERE = Location("http://127.0.0.1:1", "0190c9b4-0000-7000-8000-000000000001").as_property
STACK = Path(pulumi_posthog.__file__).parent / "stack"


def test_two_runs_of_one_process_know_nothing_of_each_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(KEY_VARIABLE, "phx_test")
    one, other = Run(), Run()

    configure(one, {"maxRemovals": "7", "otherStates": "acme/prod", "checks": "never"}.get)
    GuardHandler(one).check({}, {"__managed": '{"role": {"": {"A": "A"}}}', "__file": "posthog.yaml"})
    one.once("the key is wrong")

    assert (one.settings.limits.number, one.settings.checks, one.settings.other_stacks) == (
        7,
        "never",
        ("acme/prod",),
    )
    assert (one.guard_consulted, one.file is not None, one.once("the key is wrong")) == (
        True,
        True,
        SAME_ERROR,
    )
    assert (other.settings.limits, other.settings.checks, other.settings.other_stacks) == (
        Limits(),
        "changed",
        (),
    )
    assert (other.guard_consulted, other.file, other.once("the key is wrong")) == (
        False,
        None,
        "the key is wrong",
    )
    assert one.view(HERE) is one.view(HERE) is not other.view(HERE)
    one.close()
    other.close()


def test_a_run_that_is_over_asks_nothing_more_of_an_organization_that_it_first_sees_then(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv(KEY_VARIABLE, "phx_test")
    run = Run()

    run.stop()

    with pytest.raises(GaveUp, match="stopped"):
        run.view(HERE).live.reader.get("/api/x/")
    run.close()


def test_only_the_dynamic_door_finds_a_run_by_its_process():
    """No other module makes one when it is imported, and no class has one."""
    made = [
        path.relative_to(STACK).as_posix()
        for path in sorted(STACK.rglob("*.py"))
        for node in _outside_of_functions(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Run"
    ]

    assert made == ["dynamic/process.py"]


def _outside_of_functions(tree: ast.AST) -> list[ast.AST]:
    found = []
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            found += [node, *_outside_of_functions(node)]
    return found
