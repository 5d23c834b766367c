"""What every test may ask for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from harness.sandbox import Sandbox
from harness.stack import DOOR, Stack, heed_interrupts

# Those that take longest: each worker begins with one, so that nobody waits for it at the end.
LONG = (
    "e2e/test_secrets.py::test_no_secret_is_in_anything_that_a_full_run_writes",
    "e2e/test_incidents.py::test_a_half_read_list_was_taken_for_the_whole",
    "model/test_keeping.py::test_what_is_still_declared_is_there_after_every_run",
    "model/test_convergence.py::test_repeated_ups_converge_whatever_happens",
    "e2e/test_rate_limits.py::test_a_run_of_more_than_a_minute_allows_waits_says_so_and_is_never_refused",
    "model/test_convergence.py::test_no_run_loses_more_than_the_rails_allow_whatever_happens",
    "model/test_convergence.py::test_with_the_real_command_line_too",
    "budgets/test_memory.py::test_five_thousand_live_objects_fit_into_the_providers_budget",
    "docs/test_tour.py::test_the_tour_goes_as_it_says",
    "tools/test_tools_up.py::test_the_story_holds_and_one_that_was_killed_half_way_does_not_trouble_it",
    "e2e/test_package.py::test_a_newcomer_without_this_repository_gets_from_the_wheel_to_an_applied_change",
    "e2e/test_erasures.py::test_they_are_named_nowhere_even_when_posthog_repeats_what_it_was_asked",
    "sandbox/test_wrong_shapes.py::test_no_shape_of_a_request_makes_it_fail",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal what takes longest among the workers, each of which begins with as many tests of the list as the others."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1:
        return
    long = [item for item in items if item.nodeid.partition("[")[0].removeprefix("tests/") in LONG]
    long.sort(key=lambda item: LONG.index(item.nodeid.partition("[")[0].removeprefix("tests/")))
    others = iter([item for item in items if item not in long])
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(dealt)) // (workers - worker)  # as xdist divides them
        begins = long[worker::workers]
        dealt += [*begins, *islice(others, max(share - len(begins), 0))]
    items[:] = [*dealt, *others]


def pytest_configure() -> None:
    """Before the workers start, which inherit it."""
    heed_interrupts()
    keep_what_is_compiled()
    if "PYTEST_XDIST_WORKER" in os.environ:
        gc.disable()  # while 17,000 tests are collected nothing becomes garbage: a fifth of that time


def pytest_collection_finish() -> None:
    """From now on there is garbage, and what was collected is none of it."""
    gc.freeze()
    gc.enable()


def keep_what_is_compiled() -> None:
    """Have Python keep compiled modules, even where the environment tells it not to.

    A test of `pulumi` starts Python three times. Compiling our modules each time took a sixth of its CPU time.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """One sandbox process for all tests of a worker: starting one takes longer than most tests."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[..., Sandbox]]:
    """Options -> the sandbox that was started with them, as after its start; one process for all tests of a worker.

    Whoever asks for it again has it reset, so a fixture of a module asks once and leaves its objects behind.
    """
    running: dict[tuple[str, ...], Sandbox] = {}

    def with_options(*options: str) -> Sandbox:
        if options not in running:
            running[options] = Sandbox(*options)
        sandbox = running[options]
        sandbox.call("POST", "/_sandbox/reset")
        return sandbox

    yield with_options
    for sandbox in running.values():
        sandbox.stop()


@pytest.fixture
def posthog(running: Sandbox) -> Sandbox:
    """A sandbox as after its start: of the newest server age, with the seeded organization, without faults."""
    running.call("POST", "/_sandbox/reset")
    return running


@pytest.fixture
def legacy_destinations(posthog: Sandbox) -> None:
    """That sandbox lets destinations and site apps be created, which PostHog itself stopped in 2025."""
    posthog.allow_legacy_destinations()


@pytest.fixture
def door() -> str:
    """Through which of our two providers a stack goes; a file whose tests go through both has a fixture of its own."""
    return DOOR


@pytest.fixture
def stack(tmp_path: Path, posthog: Sandbox, door: str) -> Stack:
    """An empty Pulumi stack beside that sandbox."""
    return Stack(tmp_path / "stack", posthog, door=door, SNOWFLAKE_PASSWORD="hush-hush-very-secret")


@pytest.fixture
def lone_stack(tmp_path: Path, door: str) -> Iterator[Stack]:
    """A stack with a sandbox of its own, for runs that are killed: what they leave behind goes on writing."""
    with Sandbox() as sandbox:
        yield Stack(tmp_path / "lone", sandbox, door=door, real=True)


@pytest.fixture
def sandboxes() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes with options, and stops them."""
    started: list[Sandbox] = []

    def start(*options: str) -> Sandbox:
        started.append(Sandbox(*options))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.stop()
