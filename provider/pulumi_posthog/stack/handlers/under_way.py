"""The engine's calls that one process serves, and how they end when the run does."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

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
    def serving(self, call: Call, context: Any = None) -> Iterator[None]:
        """Make a call known to all that is decided in the block, and one of these.

        It is one until the block is over and its answer is sent, which its gRPC `context` tells, where it has one.
        """
        left = {"decision", "answer"}

        def over(part: str) -> None:
            with self._lock:
                left.discard(part)
                if not left:
                    self._calls.pop(id(call), None)

        with self._lock:
            self._calls[id(call)] = call
        if context is None or not context.add_callback(functools.partial(over, "answer")):
            over("answer")
        if context is not None:
            context.add_callback(call.over)
        try:
            with serving(call):
                yield
        finally:
            over("decision")

    def finish(self, run: Run) -> None:
        """Have what PostHog does for them called off, then wake all that waits; takes MOMENT (seconds) at most."""
        for call in self.now():
            call.over()
        end = time.monotonic() + MOMENT
        while time.monotonic() < end and any(call.when_over for call in self.now()):
            time.sleep(LOOK)
        # Not before: once stopped, nothing more is sent.
        run.stop()

    def wait(self, seconds: float) -> None:
        """Until none is left, so long at most."""
        end = time.monotonic() + seconds
        while self.now() and time.monotonic() < end:
            time.sleep(LOOK)

    def now(self) -> list[Call]:
        """The calls, in the order in which they came."""
        with self._lock:
            return list(self._calls.values())
