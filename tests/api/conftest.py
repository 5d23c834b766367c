"""A clock that only sleep moves, clients of small fake servers, and a real socket that misbehaves."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from api.answers import KEY
from pulumi_posthog.api import Connection, Pace, Writer


@dataclass
class Clock:
    """Time in seconds, moved by `sleep` alone."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    """The lines that the client said to its user."""
    return []


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock=clock, sleep=clock.sleep)


@pytest.fixture
def connect(pace: Pace, said: list[str]) -> Iterator[Callable[..., Writer]]:
    """Makes clients of a fake server, which is a function from request to answer."""
    with contextlib.ExitStack() as clients:

        def connect(
            app: Callable[[httpx.Request], httpx.Response],
            *,
            kind: type = Writer,
            host: str = "https://eu.posthog.com",
            key: str = KEY,
        ) -> Writer:
            client = kind(
                Connection(host, key), pace=pace, notify=said.append, transport=httpx.MockTransport(app)
            )
            return clients.enter_context(client)

        yield connect


def json_answer(body: str, status: str = "200 OK") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode()


class Scripted:
    """A real server on this machine that treats one connection after another as its script says.

    An entry is bytes to answer before closing, "reset", "silence", or "slow", which is answered after `go_on`. The last
    entry is repeated.
    """

    def __init__(self, script: list[bytes | str]) -> None:
        self.requests: list[str] = []
        self.received = b""
        self._script = script
        self._over = threading.Event()
        self._may_answer = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def go_on(self) -> None:
        """Answers what is "slow"."""
        self._may_answer.set()

    def close(self) -> None:
        self._over.set()
        self._may_answer.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        silenced = []
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                connection, _ = self._socket.accept()
                what = self._script[min(len(self.requests), len(self._script) - 1)]
                self._read(connection)
                if what == "silence":
                    silenced.append(connection)
                    continue
                if what == "slow":
                    self._may_answer.wait()
                    what = json_answer('{"id": 1}')
                if what == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif isinstance(what, bytes):
                    connection.sendall(what)
                connection.close()
        for connection in silenced:
            connection.close()

    def _read(self, connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received and (more := connection.recv(65_536)):
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        while len(body) < length and (more := connection.recv(65_536)):
            body += more
        self.received += received
        self.requests.append(head.split(b" HTTP")[0].decode(errors="replace"))


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    """Starts real servers that misbehave as told."""
    with contextlib.ExitStack() as servers:

        def scripted(*script: bytes | str) -> Scripted:
            return servers.enter_context(contextlib.closing(Scripted(list(script))))

        yield scripted
