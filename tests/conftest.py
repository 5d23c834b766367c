"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.sandbox import Sandbox
from harness.stack import DOOR, Stack, heed_interrupts


def pytest_configure() -> None:
    """Before the workers start, which inherit it."""
    heed_interrupts()
    keep_what_is_compiled()


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
        sandbox.count_anew()
        return sandbox

    yield with_options
    for sandbox in running.values():
        sandbox.stop()


@pytest.fixture
def posthog(running: Sandbox) -> Sandbox:
    """A sandbox as after its start: of the newest server age, with the seeded organization, without faults."""
    running.call("POST", "/_sandbox/reset")
    running.count_anew()
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
def lone_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack with a sandbox of its own, for runs that are killed: what they leave behind goes on writing."""
    with Sandbox() as sandbox:
        yield Stack(tmp_path / "lone", sandbox)


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
