"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.sandbox import Sandbox
from harness.stack import Stack


@pytest.fixture
def posthog() -> Iterator[Sandbox]:
    """A sandbox of its own, of the newest server age, with the seeded organization."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def stack(tmp_path: Path, posthog: Sandbox) -> Stack:
    """An empty Pulumi stack beside that sandbox."""
    return Stack(tmp_path / "stack", posthog, SNOWFLAKE_PASSWORD="hush-hush-very-secret")


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
