"""No file has more than 500 lines but data: what is longer is several things, and somebody has to find one of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pulumi_posthog

MOST = 500  # lines
PACKAGE = Path(pulumi_posthog.__file__).parent
TESTS = Path(__file__).resolve().parents[1]
# Files of the package that are longer, and why.
LONGER = {
    "kinds/project.py": "all settings of a project, one after another; nothing in it decides",
    "cli/templates/requirements.lock": "written by `make lock`",
    "sandbox/families/projects/timezones.txt": "the names that PostHog's reference lists",
}
GENERATED = "stack/typed"  # a file for each kind, as long as the kind has fields


def lines(text: str) -> int:
    return len(text.splitlines())


def lines_of_code(text: str) -> int:
    """Without what the names of a module are given at its top: tables of cases, examples, lists."""
    data = [node for node in ast.parse(text).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return lines(text) - sum((node.end_lineno or 0) - node.lineno + 1 for node in data)


def test_no_file_of_the_package_is_longer_but_those_that_are_data():
    longer = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not path.relative_to(PACKAGE).as_posix().startswith(GENERATED)
        and lines(path.read_text(encoding="utf-8")) > MOST
    }

    assert longer == LONGER.keys()


@pytest.mark.parametrize("name", [name for name in LONGER if name.endswith(".py")])
def test_a_longer_file_is_data_for_the_greatest_part(name):
    text = (PACKAGE / name).read_text(encoding="utf-8")

    assert lines_of_code(text) < lines(text) / 5


def test_no_file_of_tests_has_more_beside_its_tables():
    paths = [path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts]

    assert {
        path.relative_to(TESTS).as_posix(): code
        for path in paths
        if (code := lines_of_code(path.read_text(encoding="utf-8"))) > MOST
    } == {}


def test_a_table_is_none_of_the_lines_and_what_decides_is():
    assert lines_of_code('A = (\n    1,\n    2,\n)\n\n\ndef f():\n    return "a"\n') == 4
