"""Telling waits and reads that nobody wants them any more."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


class Stop:
    """Tells all that wait, and all that is under way and may be broken off, that nobody wants it any more."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._ends: list[Callable[[], object]] = []

    def is_set(self) -> bool:
        """Whether it has been told."""
        return self._event.is_set()

    def wait(self, seconds: float) -> object:
        """Sleep, until it is told at most."""
        return self._event.wait(seconds)

    def set(self) -> None:
        """Tell it, for good."""
        with self._lock:
            self._event.set()
            ends = list(self._ends)
        for end in ends:
            end()

    @contextlib.contextmanager
    def breaking_off(self, end: Callable[[], object]) -> Iterator[None]:
        """Has `end` called once it is told, from the thread that tells it, while the block is under way."""
        with self._lock:
            told = self._event.is_set()
            self._ends.append(end)
        try:
            if told:
                end()
            yield
        finally:
            with self._lock:
                self._ends.remove(end)
