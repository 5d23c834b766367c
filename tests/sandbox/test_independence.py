"""Sandbox and provider know nothing of each other, so that a mistake in one is caught by the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pulumi_posthog

PACKAGE = Path(pulumi_posthog.__file__).parent
SANDBOX = PACKAGE / "sandbox"
# The one verb that starts a sandbox comes in by the front door, with the options that it starts with.
DOOR = {"pulumi_posthog.sandbox", "pulumi_posthog.sandbox.options"}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: imports are absolute here"
            yield node.module
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if node.module == "pulumi_posthog"
            )


def test_the_sandbox_imports_nothing_of_the_rest() -> None:
    foreign = {
        (file.name, name)
        for file in SANDBOX.rglob("*.py")
        for name in imported(file)
        if name.startswith("pulumi") and not name.startswith("pulumi_posthog.sandbox")
    }

    assert foreign == set()


def test_the_rest_imports_nothing_of_the_sandbox_but_its_door() -> None:
    through_the_wall = {
        (str(file.relative_to(PACKAGE)), name)
        for file in PACKAGE.rglob("*.py")
        if SANDBOX not in file.parents
        for name in imported(file)
        if name.startswith("pulumi_posthog.sandbox") and name not in DOOR
    }

    assert through_the_wall == set()


def test_no_module_is_much_longer_than_500_lines() -> None:
    long = {
        file.name
        for file in SANDBOX.rglob("*.py")
        if len(file.read_text(encoding="utf-8").splitlines()) > 560
    }

    assert long == set()
