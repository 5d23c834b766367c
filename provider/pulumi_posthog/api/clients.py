"""HTTP clients, each lent to one thread at a time, as many as PostHog may be asked by at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from pulumi_posthog.api.httpx_alone import httpx

CONNECTIONS: Final = 16  # open at the same time


class Clients:
    """HTTP clients, each lent to one thread at a time, and each with one connection that stays open.

    httpx allows threads to share a client, but its pool may close a connection under another thread's request
    (encode/httpcore 1110), and with HTTP/2 it mixes up their streams (encode/httpx 3072): each time the
    answer to a POST would be lost for nothing.
    """

    def __init__(self, new: Callable[[], httpx.Client]) -> None:
        self._new = new
        self._idle: list[httpx.Client] = []
        self._places = threading.BoundedSemaphore(CONNECTIONS)

    @contextmanager
    def lent(self) -> Iterator[httpx.Client]:
        """Lends a client, the last used first: its connection is the most likely to be still open."""
        with self._places:
            try:
                client = self._idle.pop()
            except IndexError:
                client = self._new()
            try:
                yield client
            finally:
                self._idle.append(client)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()
