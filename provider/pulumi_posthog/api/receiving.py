"""An answer as it comes in, within bounds of size and time, whatever its sender does."""

from __future__ import annotations

import contextlib
import socket
import weakref
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from pulumi_posthog.api.httpx_alone import httpx
from pulumi_posthog.api.watch import Watch
from pulumi_posthog.values.bounds import ANSWER_BYTES, DOWNLOAD_BYTES, ENCODINGS, ERROR_BYTES, MEGABYTE

# httpcore's names for what it hands a new connection over in.
CONNECTED: Final = ("connection.connect_tcp.complete", ".start_tls.complete")
WATCH: Final = Watch()


class TooLarge(Exception):
    """An answer is larger than any that is read, or packed in a way that has no bounds."""


class TookTooLong(httpx.ReadTimeout):
    """An answer was not there as a whole after so many seconds, although a byte of it came now and then."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no whole answer within {seconds:g} s")
        self.seconds = seconds


class Dropped(Exception):
    """An exchange was ended before its answer was there, because it is not needed any more."""


class Deadline:
    """Ends an exchange that takes longer than `seconds` in all, its headers included, or that is dropped.

    The timeouts of httpx begin anew with each byte. So the connection is shut by `Watch`, and what httpx makes of
    that becomes TookTooLong. It is called by httpx as its `trace`, which shows it new connections.
    """

    _streams: ClassVar[weakref.WeakKeyDictionary[httpx.Client, Any]] = weakref.WeakKeyDictionary()

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._stream: Any = None
        self._over = False
        self._dropped = False

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Note the connection at work."""
        if event.endswith(CONNECTED):
            self._stream = info["return_value"]
            if self._over:
                self._shut()

    @contextlib.contextmanager
    def of(self, client: httpx.Client) -> Iterator[None]:
        """Holds for what the client does meanwhile; it has one connection, which may stay open for the next.

        Raises TookTooLong, Dropped.
        """
        self._stream = self._streams.get(client)
        WATCH.begin(self, self.seconds)
        try:
            yield
        except (httpx.TransportError, httpx.DecodingError) as error:
            if self._dropped:
                raise Dropped from error
            if self._over:
                raise TookTooLong(self.seconds) from error
            raise
        finally:
            WATCH.end(self)
            if self._stream is not None:
                self._streams[client] = self._stream

    def drop(self) -> None:
        """End it now. A connection that is being made is ended as soon as it is there."""
        self._dropped = True
        self.end()

    def end(self) -> None:
        """Its time is over."""
        self._over = True
        self._shut()

    def _shut(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            # The plain socket's own way: that of TLS forgets the keys under the thread that reads.
            socket.socket.shutdown(self._stream.get_extra_info("socket"), socket.SHUT_RDWR)


def received(response: httpx.Response) -> None:
    """Read an answer whole; of an error as much as may be quoted. Raises TooLarge, and what httpx does."""
    content = b"".join(kept(response, ANSWER_BYTES)) if response.is_success else _beginning(response)
    response._content = content  # what `response.read()` does, which knows no bounds


def kept(response: httpx.Response, most: int = DOWNLOAD_BYTES) -> Iterator[bytes]:
    """An answer piece by piece, unpacked; raises TooLarge if it has more than `most` bytes, or a forbidden encoding."""
    _check_encoding(response)
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > most:
            raise TooLarge(f"the answer is larger than {most // MEGABYTE:,} MB")
        yield piece


def _beginning(response: httpx.Response) -> bytes:
    try:
        _check_encoding(response)
    except TooLarge:
        return b""
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece[: ERROR_BYTES - size])
        size += len(piece)
        if size >= ERROR_BYTES:
            break
    return b"".join(pieces)


def _check_encoding(response: httpx.Response) -> None:
    encoding = response.headers.get("content-encoding", "").strip().casefold()
    if encoding not in ENCODINGS:
        raise TooLarge("the answer is packed in a way that was not asked for")
