"""Answers that are meant to hang us, to fill the memory, or to be taken for what they are not: none does."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pulumi_posthog.api import BadSurroundings, Connection, IncompleteRead, Pace, Reader, Unreachable, Writer
from pulumi_posthog.api.paging import follow, read_all
from pulumi_posthog.api.refusal import refusal, title_of
from pulumi_posthog.values import bounds
from pulumi_posthog.values.masking import Mask

KEY = "phx_do_not_show_me"
PATH = "/api/organizations/1/roles/"


def answered(response: httpx.Response) -> Writer:
    pace = Pace(sleep=lambda _seconds: None)
    transport = httpx.MockTransport(lambda _request: response)
    return Writer(Connection("https://eu.posthog.com", KEY), pace=pace, transport=transport)


class Pieces(httpx.SyncByteStream):
    """A body that comes piece by piece, and counts what was taken of it."""

    def __init__(self, piece: bytes, number: int) -> None:
        self.taken = 0
        self._pieces = itertools.repeat(piece, number)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.taken += len(piece)
            yield piece


def test_an_answer_that_unpacks_to_gigabytes_is_given_up_at_the_bound():
    bomb = gzip.compress(b"[" + b" " * 400_000_000)
    stream = Pieces(bomb[: 64 * 1024], 1)
    stream._pieces = (bomb[at : at + 16_384] for at in range(0, len(bomb), 16_384))  # as from a network
    response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    tracemalloc.start()
    with answered(response) as client, pytest.raises(IncompleteRead, match="larger than 64 MB"):
        client.get(PATH)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 3 * bounds.ANSWER_BYTES
    assert stream.taken < len(bomb) / 2


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "x-unknown"])
def test_an_answer_packed_as_nobody_asked_is_not_unpacked(encoding: str):
    response = httpx.Response(200, headers={"Content-Encoding": encoding}, stream=Pieces(b"x", 1))

    with answered(response) as client, pytest.raises(IncompleteRead, match="not asked for"):
        client.get(PATH)


def test_of_an_endless_error_page_only_the_beginning_is_read():
    stream = Pieces(b"<title" * 1_000, 1_000_000)

    with answered(httpx.Response(403, stream=stream)) as client, pytest.raises(Exception, match="403"):
        client.get(PATH)

    assert stream.taken < 2 * bounds.ERROR_BYTES


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<html><TITLE lang=en>Bad gateway</TITLE>", "Bad gateway"),
        ("<title" * 50_000, ""),
        ("<title>" * 50_000, ""),
        ("<title>one</title><title>two</title>", "one"),
        ("<p>none</p>", ""),
        ("İ<title>Sorry</title>", "Sorry"),
    ],
    ids=["plain", "never closed", "never ended", "two", "none", "a letter that grows"],
)
def test_the_title_of_a_page_is_found_in_one_pass(page: str, title: str):
    started = time.process_time()

    assert title_of(page) == title

    assert time.process_time() - started < 0.5


def test_an_error_page_of_many_tags_is_said_in_no_time():
    page = b"<!doctype html>" + b"<title" * 47_000
    started = time.process_time()

    error = refusal("GET", PATH, 502, {"content-type": "text/html"}, page)

    assert time.process_time() - started < 1
    assert "a web page" in str(error)


def test_half_a_secret_at_the_end_of_what_is_looked_at_is_not_quoted():
    secret = "s" + "3cret-" * 100
    text = " " * (bounds.FOREIGN_WORDS - len(secret) // 2) + secret

    error = refusal("GET", PATH, 502, {}, text.encode(), mask=Mask(secret))

    assert "3cret" not in str(error)


@contextmanager
def dripping(head: bytes, drop: bytes) -> Iterator[str]:
    """A server that answers a byte now and then, for ever."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip(connection: socket.socket) -> None:
        try:
            connection.recv(65_536)
            connection.sendall(head)
            while not over.wait(0.02):
                connection.sendall(drop)
        except OSError:
            pass
        finally:
            connection.close()

    def serve() -> None:
        try:
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()
        except OSError:
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    ],
    ids=["body", "error", "headers"],
)
def test_an_answer_that_comes_byte_by_byte_ends_after_its_time(head: bytes, drop: bytes):
    pace = Pace(sleep=lambda _seconds: None)

    with (
        dripping(head, drop) as host,
        Reader(Connection(host, KEY), pace=pace, timeout=5, longest=0.3) as client,
        pytest.raises(Unreachable, match=r"did not answer in full within 0\.3 s"),
    ):
        client.get(PATH)

    assert pace.sent == {"GET": 3}


def endless(*, count: int | None = None, same: bool = False):
    numbers = itertools.count(1)

    def page(_query: object) -> dict[str, object]:
        number = next(numbers)
        if number > 20_000:
            raise AssertionError("it never ends")
        item = {"id": 1 if same else number}
        return {"results": [item], "count": count, "next": f"https://x/?cursor={number}"}

    return page


@pytest.mark.parametrize("count", [None, 3])
@pytest.mark.parametrize("same", [False, True])
def test_a_list_whose_next_is_always_new_ends(count: int | None, same: bool):
    with pytest.raises(IncompleteRead, match=r"or no end|does not add up"):
        read_all(endless(count=count, same=same), path=PATH)


def test_a_feed_whose_next_is_always_new_ends():
    with pytest.raises(IncompleteRead, match="or no end"):
        list(follow(endless(), path=PATH))


def test_a_list_that_counts_billions_is_not_begun():
    def page(_query: object) -> dict[str, object]:
        return {"results": [{"id": 1}], "count": 10**12, "next": "https://x/?offset=1"}

    with pytest.raises(IncompleteRead, match="no more than 1,000,000"):
        read_all(page, path=PATH)


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, "1" * 100_000, '{"a":' * 50_000, '"\\ud800"', "{}" * 5, "NaN"],
    ids=["deep", "digits", "deep objects", "half a pair", "twice", "NaN"],
)
def test_json_of_any_form_is_no_traceback(body: str):
    with answered(httpx.Response(200, content=body.encode())) as client, pytest.raises(IncompleteRead):
        client.get_object(PATH)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALL_PROXY", "socks5://proxy.example:1080", "it names a SOCKS proxy"),
        ("HTTPS_PROXY", "gopher://proxy.example", "it is not the address of a proxy"),
        ("https_proxy", "http://user:hush@proxy.example:port", "it is not the address of a proxy"),
        ("NO_PROXY", "localhost,fd00::/8", '"fd00::/8" is neither a name nor an address'),
        ("SSL_CERT_FILE", "/does/not/exist.pem", "No such file"),
    ],
)
def test_what_the_http_library_refuses_of_the_environment_is_one_line(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
):
    for each in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(each, raising=False)
        monkeypatch.delenv(each.lower(), raising=False)
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSurroundings) as failed:
        Reader(Connection("https://eu.posthog.com", KEY), pace=Pace())

    assert str(failed.value).startswith(f"the environment variable {name} cannot be used: {words}")
    assert "hush" not in str(failed.value)
    assert "\n" not in str(failed.value)


def test_the_bounds_are_numbers_with_a_reason():
    text = Path(bounds.__file__).read_text(encoding="utf-8")

    lines = [line for line in text.splitlines() if ": Final = " in line and not line.startswith("ENCODINGS")]
    told = [line for line in lines if "  # " in line or line.startswith("MEGABYTE")]

    assert lines == told
