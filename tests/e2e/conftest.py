"""What the tests with the real command line may use beside the fixtures of all tests."""

import os
import sys
import zlib
from pathlib import Path

import pytest

from harness.stack import DOOR, PLUGIN_DOOR, SIDE_BY_SIDE

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


@pytest.fixture(autouse=True)
def as_in_ci_or_by_hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run Pulumi in every second test as our workflows do, which have it compare resources side by side.

    Its name says which, so that it is the same each time. A test through both doors does so through one of them, and
    `make dynamic` has it the other way round. What the environment says already is so in all tests.
    """
    case = getattr(request.node, "callspec", None)
    door = (case.params if case else {}).get("door", DOOR)
    by_name = zlib.crc32(request.function.__name__.encode()) % 2 == 0
    if by_name == (door == PLUGIN_DOOR) and not SIDE_BY_SIDE.keys() & os.environ.keys():
        for name, value in SIDE_BY_SIDE.items():
            monkeypatch.setenv(name, value)


def chooses(item: pytest.Item) -> bool:
    """Whether a test of this folder says itself through which provider it goes."""
    here = item.path.parent == Path(__file__).parent
    case = getattr(item, "callspec", None)
    return here and (item.path.name in CHOOSING or bool(case and {"door", "to"} & case.params.keys()))
