"""What the tests with the real command line may use beside the fixtures of all tests."""

import sys
from pathlib import Path

import pytest

from harness.stack import DOOR, PLUGIN_DOOR

# Files about the plugin itself, or about moves from one provider to the other.
CHOOSING = {"test_languages.py", "test_package.py", "test_plugin.py"}

sys.path.append(
    str(Path(__file__).resolve().parent.parent.parent)
)  # `benchmarks` knows a process's descendants


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests go through another provider than usual, leave out those that choose: they would do the same."""
    if DOOR == PLUGIN_DOOR:
        return
    same = [item for item in items if chooses(item)]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if item not in same]


def chooses(item: pytest.Item) -> bool:
    """Whether a test of this folder says itself through which provider it goes."""
    here = item.path.parent == Path(__file__).parent
    case = getattr(item, "callspec", None)
    return here and (item.path.name in CHOOSING or bool(case and {"door", "to"} & case.params.keys()))
