"""The tests that take longest are begun first; a list that names what is no more would leave them to the end."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def conftest():
    spec = importlib.util.spec_from_file_location("the_order", TESTS / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_of_the_longest_is_there(conftest):
    for name in conftest.LONG:
        file, _, function = name.partition("::")
        assert f"\ndef {function}(" in (TESTS / file).read_text(), name


def test_each_worker_begins_with_as_many_of_them_and_no_test_is_lost(conftest, monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    long = [f"tests/{name}" for name in conftest.LONG[:4]]
    names = [*(f"tests/a.py::test_{number}" for number in range(7)), *reversed(long)]
    items = [SimpleNamespace(nodeid=name) for name in names]

    conftest.pytest_collection_modifyitems(items)

    order = [item.nodeid for item in items]
    assert order[:5] == [long[0], long[2], *names[:3]]
    assert order[5:] == [long[1], long[3], *names[3:7]]


def test_a_single_process_keeps_the_order_of_the_files(conftest, monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "1")
    items = [SimpleNamespace(nodeid=f"tests/{name}") for name in reversed(conftest.LONG)]
    before = list(items)

    conftest.pytest_collection_modifyitems(items)

    assert items == before
