"""What `import pulumi_posthog` gives: the names of `__all__`, whatever else of the package has been imported."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_posthog

MODULES = sorted(module.name for module in pkgutil.iter_modules(pulumi_posthog.__path__))


def test_no_module_right_below_the_package_is_called_like_a_public_name():
    # Importing a module sets it on its package, in place of what `__getattr__` would answer.
    assert {name.lower() for name in pulumi_posthog.__all__} & {name.lower() for name in MODULES} == set()


@pytest.mark.parametrize("reverse", [False, True], ids=["from A to Z", "from Z to A"])
def test_a_public_name_is_the_same_both_times_whatever_was_imported_between(reverse):
    script = f"""
import importlib
names = sorted({pulumi_posthog.__all__}, reverse={reverse})
first, second = {{}}, {{}}
for name in names:
    exec("from pulumi_posthog import " + name, first)
for module in {MODULES}:
    if module != "sandbox":
        importlib.import_module("pulumi_posthog." + module)
for name in names:
    exec("from pulumi_posthog import " + name, second)
    assert callable(first[name]) and first[name] is second[name], name
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_list_of_the_names_has_those_that_are_imported_late():
    assert set(pulumi_posthog.__all__) <= set(dir(pulumi_posthog))


def test_what_a_type_checker_sees_is_what_there_is():
    tree = ast.parse(Path(pulumi_posthog.__file__).read_text(encoding="utf-8"))
    checked = next(each for each in tree.body if isinstance(each, ast.If))
    names = {alias.name for each in checked.body if isinstance(each, ast.ImportFrom) for alias in each.names}

    assert names == set(pulumi_posthog.__all__)
