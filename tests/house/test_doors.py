"""What is tried with the real Pulumi is tried through both providers: at once, or by `make dynamic` as well."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from harness.stack import DOORS

E2E = Path(__file__).resolve().parents[1] / "e2e"


def choosing() -> frozenset[str]:
    """The files about the plugin itself, as `tests/e2e/conftest.py` names them."""
    for statement in ast.parse((E2E / "conftest.py").read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "CHOOSING":
            return frozenset(ast.literal_eval(statement.value))
    raise AssertionError("tests/e2e/conftest.py names no files that choose")


def chosen(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What `door` or `to` is, where the decorators of a test or a fixture say it."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        called = ast.unparse(decorator.func)
        if called == "pytest.fixture" and function.name == "door":
            yield from (keyword.value for keyword in decorator.keywords if keyword.arg == "params")
        if called == "pytest.mark.parametrize":
            names = ast.literal_eval(decorator.args[0])
            if {"door", "to"} & set([names] if isinstance(names, str) else names):
                yield decorator.args[1]


def test_no_test_with_the_real_pulumi_leaves_out_a_provider():
    leaving_out = {}
    for file in sorted(E2E.glob("test_*.py")):
        if file.name in choosing():
            continue
        for statement in ast.parse(file.read_text()).body:
            if isinstance(statement, ast.FunctionDef):
                for said in map(ast.unparse, chosen(statement)):
                    if said != "DOORS" and not all(f"{door.upper()}_DOOR" in said for door in DOORS):
                        leaving_out[statement.name] = said

    assert leaving_out == {}


def test_no_file_but_those_about_the_plugin_writes_a_provider_into_a_stack():
    writing = [
        f"{file.name}:{call.lineno}"
        for file in sorted(E2E.glob("test_*.py"))
        if file.name not in choosing()
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("Stack", "stack.through")
        for value in [*call.args, *(keyword.value for keyword in call.keywords)]
        if ast.unparse(value) in ("DYNAMIC_DOOR", "PLUGIN_DOOR")
    ]

    # Who makes the state of an earlier version, which is then taken over through each.
    assert [each.partition(":")[0] for each in writing] == ["test_old_state.py"], writing
