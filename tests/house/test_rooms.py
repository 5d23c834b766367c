"""Which room of the package may import which: read from the imports themselves, late ones and those for types too."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pulumi_posthog

PACKAGE = Path(pulumi_posthog.__file__).parent
NAME = "pulumi_posthog"
# room -> the rooms that it may import
ARROWS = {
    "values": "",
    "kinds": "values",
    "api": "values",
    "reconcile": "values kinds api",
    "capture": "values",
    "checks": "values kinds api reconcile",
    "erasures": "values kinds api reconcile",
    "config": "values kinds reconcile capture checks erasures",
    "stack": "values kinds api reconcile capture checks erasures config",
    "drift": "values kinds api reconcile erasures",
    "export": "values kinds api reconcile config",
    "report": "values reconcile checks drift",
    "cli": "values kinds api reconcile capture checks erasures config stack drift export report",
    "generate": "values kinds api reconcile capture checks erasures config stack drift export report cli",
}
SANDBOX_FROM_CLI = {"sandbox", "sandbox.options"}
AT_THE_TOP = {"__init__", "absent_persons_provider", "check_provider", "dynamic"}


def modules() -> Iterator[tuple[str, Path]]:
    """Our modules but for the sandbox's, without the package's name: "" is the face."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] != "sandbox" and "templates" not in parts:
            yield ".".join(part for part in parts if part != "__init__"), path


MODULES = dict(modules())


def imported(path: Path) -> set[str]:
    """The modules of ours that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            below = {name for name in inner if name.removeprefix(f"{NAME}.") in MODULES}
            found |= below | ({node.module} if inner - below else set())
    return {name.removeprefix(NAME).lstrip(".") for name in found if name.split(".")[0] == NAME}


@functools.cache
def imports() -> dict[str, set[str]]:
    """What each module imports; not read when the tests are only collected, by every worker."""
    return {name: imported(path) for name, path in MODULES.items()}


def room(module: str) -> str:
    """The room that a module stands in."""
    return module.split(".", maxsplit=1)[0]


def forbidden(module: str) -> set[str]:
    """The modules that `module` imports from rooms that its room must not know."""
    mine = room(module)
    allowed = {mine, *ARROWS[mine].split()}
    return {
        other
        for other in imports()[module]
        if room(other) not in allowed and not (mine == "cli" and other in SANDBOX_FROM_CLI)
    }


def test_every_module_stands_in_a_room():
    outside = {path.stem for path in PACKAGE.glob("*.py")}

    assert outside == AT_THE_TOP
    assert {room(name) for name in MODULES} - AT_THE_TOP - {""} == set(ARROWS)


@pytest.mark.parametrize("name", sorted(ARROWS))
def test_a_room_imports_only_those_that_it_may(name):
    found = {module: others for module in MODULES if room(module) == name and (others := forbidden(module))}

    assert not found


def test_rooms_stand_in_one_order():
    TopologicalSorter({name: others.split() for name, others in ARROWS.items()}).prepare()


def test_no_modules_import_each_other_in_a_circle():
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_room_says_what_it_is():
    for name in ARROWS:
        assert ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8")))


def test_the_provider_loads_no_schema_of_the_configuration_before_it_has_an_error_to_place():
    program = "import sys, pulumi_posthog.dynamic; sys.exit('jsonschema' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
