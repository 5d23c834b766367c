"""What `import pulumi_posthog` gives: the names of `__all__`, whatever else of the package has been imported."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

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
