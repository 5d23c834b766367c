"""A question that several threads ask at once is asked one time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """Runs the first call for a key and hands its result, or its error, to everybody who asks meanwhile or later."""

    def __init__(self) -> None:
        self._results: dict[Any, Future[Any]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: Any, read: Callable[[], T]) -> T:
        with self._lock:
            future = self._results.get(key)
            mine = future is None
            if future is None:
                future = self._results[key] = Future()
        if mine:
            try:
                future.set_result(read())
            except BaseException as error:
                # A second question looks again: an error is not a result to keep.
                self.forget(key)
                future.set_exception(error)
        result: T = future.result()
        return result

    def forget(self, key: Any) -> None:
        """Have the next call for `key` read anew."""
        with self._lock:
            self._results.pop(key, None)

    def forget_all(self, which: Callable[[tuple[Any, ...]], bool]) -> None:
        """Have the next call for each such key read anew; `which` is asked of keys that are tuples."""
        with self._lock:
            for key in [each for each in self._results if isinstance(each, tuple) and which(each)]:
                del self._results[key]

    def known(self, key: Any) -> bool:
        """Whether `key` has been read, or is being read."""
        with self._lock:
            return key in self._results
