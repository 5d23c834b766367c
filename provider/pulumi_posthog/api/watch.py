"""One thread that ends what takes too long. A thread for each took a third of the time of a small request."""

from __future__ import annotations

import math
import threading
import time
from typing import Protocol


class Ending(Protocol):
    """What can be ended from outside, by any thread."""

    def end(self) -> None:
        """Its time is over."""


class Watch:
    """Ends what has begun and did not end by itself in time. The thread is begun with the first of them."""

    def __init__(self) -> None:
        self._ends: dict[Ending, float] = {}
        self._changed = threading.Condition()
        self._next = math.inf  # when the thread looks again
        self._thread: threading.Thread | None = None

    def begin(self, what: Ending, seconds: float) -> None:
        """End it in so many seconds, unless it has ended by itself."""
        with self._changed:
            self._ends[what] = end = time.monotonic() + seconds
            if self._thread is None or not self._thread.is_alive():  # none after a fork
                self._next = math.inf
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif end < self._next:
                self._changed.notify()

    def end(self, what: Ending) -> None:
        """It has ended."""
        with self._changed:
            self._ends.pop(what, None)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._next = min(self._ends.values(), default=math.inf)
                # What ends meanwhile does not wake it, because what begins later is to end later, nearly always.
                self._changed.wait(min(max(0, self._next - time.monotonic()), threading.TIMEOUT_MAX))
                now = time.monotonic()
                late = [what for what, end in self._ends.items() if end <= now]
                for what in late:
                    del self._ends[what]
            for what in late:
                what.end()
