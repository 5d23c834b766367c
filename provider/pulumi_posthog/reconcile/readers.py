"""Threads that read side by side."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from pulumi_posthog.reconcile.live import Live

READERS = 8  # requests under way at the same time


@contextlib.contextmanager
def readers(live: Live) -> Iterator[ThreadPoolExecutor]:
    """`READERS` threads to read with; whatever ends the work early does not wait for their answers."""
    pool = ThreadPoolExecutor(READERS)
    try:
        yield pool
    except BaseException:
        # They may be sitting out a rate limit, or waiting for a server that does not answer.
        live.reader.pace.stop()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
