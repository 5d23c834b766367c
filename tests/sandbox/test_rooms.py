"""Which room of the sandbox may import which: read from the imports, late ones and those for types too."""

from __future__ import annotations

import ast
import functools
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from pulumi_posthog import sandbox

FOLDER = Path(sandbox.__file__).parent
NAME = sandbox.__name__
# room -> the rooms that it may import
ARROWS = {
    "rules": "options",
    "hogql": "",
    "families": "rules hogql options",
    "control": "families rules options",
    "server": "control families rules options",
}
AT_THE_TOP = {"__init__", "__main__", "options"}
MODULES = {
    ".".join(part for part in path.relative_to(FOLDER).with_suffix("").parts if part != "__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
}


def imported(path: Path) -> set[str]:
    """The modules of the sandbox that a module imports, without the sandbox's own name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            below = {name for name in inner if name.removeprefix(f"{NAME}.") in MODULES}
            found |= below | ({node.module} if inner - below else set())
    return {name.removeprefix(NAME).lstrip(".") for name in found if f"{name}.".startswith(f"{NAME}.")}


@functools.cache
def imports() -> dict[str, set[str]]:
    """What each module imports; not read when the tests are only collected, by every worker."""
    return {name: imported(path) for name, path in MODULES.items()}


def room(module: str) -> str:
    """The room that a module stands in."""
    return module.split(".", maxsplit=1)[0]


def test_every_module_stands_in_a_room() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == AT_THE_TOP
    assert {room(name) for name in MODULES} - AT_THE_TOP - {""} == set(ARROWS)


@pytest.mark.parametrize("name", sorted(ARROWS))
def test_a_room_imports_only_those_that_it_may(name: str) -> None:
    allowed = {name, *ARROWS[name].split()}

    found = {
        module: others
        for module in MODULES
        if room(module) == name
        and (others := {each for each in imports()[module] if room(each) not in allowed})
    }

    assert not found


def test_no_modules_import_each_other_in_a_circle() -> None:
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_room_says_what_it_is() -> None:
    for name in ARROWS:
        assert ast.get_docstring(ast.parse((FOLDER / name / "__init__.py").read_text(encoding="utf-8")))
