"""The engine's calls that one process serves, and how they end when the run does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pulumi_posthog.stack.handlers.call import Call, serving
from pulumi_posthog.stack.run import Run

MOMENT: Final = 2.0  # seconds to call off what PostHog does for us; after five Pulumi kills the process
LOOK: Final = 0.02  # seconds between two looks


class UnderWay:
    """The calls that are served now."""

    def __init__(self) -> None:
        self._calls: dict[int, Call] = {}
        self._lock = threading.Lock()

    @contextmanager
    def serving(self, call: Call) -> Iterator[None]:
        """Make a call known to all that is decided in the block, and one of these."""
        with self._lock:
            self._calls[id(call)] = call
        try:
            with serving(call):
                yield
        finally:
            with self._lock:
                del self._calls[id(call)]

    def finish(self, run: Run) -> None:
        """Have what PostHog does for them called off, then wake whoever waits; takes MOMENT at most."""
        for call in self._now():
            call.over()
        end = time.monotonic() + MOMENT
        while time.monotonic() < end and any(call.when_over for call in self._now()):
            time.sleep(LOOK)
        # Not before: once stopped, nothing more is sent.
        run.stop()

    def wait(self, seconds: float) -> None:
        """Until none is left, so long at most."""
        end = time.monotonic() + seconds
        while self._now() and time.monotonic() < end:
            time.sleep(LOOK)

    def _now(self) -> list[Call]:
        with self._lock:
            return list(self._calls.values())
