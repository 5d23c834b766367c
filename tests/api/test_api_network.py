"""The same promises over real sockets: resets, cut bodies, pages of proxies, silence."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any

import pytest

from pulumi_posthog.api import (
    Connection,
    GaveUp,
    IncompleteRead,
    OutcomeUnknown,
    Pace,
    ServerFailed,
    Unreachable,
    Writer,
)

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{"id": 1}'
CUT = OK.replace(b"Length: 9", b"Length: 90")
CUT_CHUNKS = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"id": 1}\r\n'
CUT_OPEN = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"id": 1'
NOTHING = b""
GARBAGE = b"220 smtp.example.com ESMTP\r\n\r\n"
BAD_ZIP = OK.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html><title>502 Bad Gateway</title>"

TROUBLE = {
    "reset": "reset",
    "closed": NOTHING,
    "cut": CUT,
    "cut chunks": CUT_CHUNKS,
    "cut without a length": CUT_OPEN,
    "not HTTP": GARBAGE,
    "not gzip": BAD_ZIP,
    "page of a proxy": BAD_GATEWAY,
    "silence": "silence",
}


def writer(host: str, pace: Pace, timeout: float = 0.2) -> Writer:
    return Writer(Connection(host, "phx_do_not_show_me"), pace=pace, timeout=timeout)


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_a_get_survives_trouble_on_the_way(scripted, pace, trouble: Any):
    server = scripted(trouble, OK)

    with writer(server.host, pace) as client:
        assert client.get("/api/x/") == {"id": 1}
    assert server.requests == ["GET /api/x/"] * 2


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_a_post_in_trouble_is_never_sent_twice(scripted, pace, trouble: Any):
    server = scripted(trouble, OK)

    with writer(server.host, pace) as client, pytest.raises(OutcomeUnknown):
        client.post("/api/x/", {"name": "x"})
    assert server.requests == ["POST /api/x/"]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("reset", Unreachable),
        (CUT_OPEN, IncompleteRead),
        (BAD_ZIP, IncompleteRead),
        (BAD_GATEWAY, ServerFailed),
    ],
)
def test_trouble_that_stays_has_a_name(scripted, pace, trouble: Any, error: type[Exception]):
    server = scripted(trouble)

    with writer(server.host, pace) as client, pytest.raises(error) as failed:
        client.get("/api/x/", secret="s")
    assert len(server.requests) == 5
    assert str(failed.value).startswith("GET /api/x/: ")


def waited_for(scripted: Any, path: str) -> None:
    """Until the server has got the request."""
    for _ in range(1_000):
        if scripted.requests and scripted.requests[-1].endswith(path):
            return
        sleep(0.01)
    raise AssertionError(scripted.requests)


def test_after_ctrl_c_no_read_waits_for_its_answer(scripted):
    server, pace = scripted(OK, "silence"), Pace()

    with writer(server.host, pace, timeout=60) as client, ThreadPoolExecutor(1) as thread:
        assert client.get("/api/first/") == {"id": 1}
        reading = thread.submit(client.get, "/api/second/")
        waited_for(server, "/api/second/")
        pace.stop()

        with pytest.raises(GaveUp, match="stopped while waiting for the answer"):
            reading.result(5)
    assert server.requests == ["GET /api/first/", "GET /api/second/"]


def test_after_ctrl_c_a_write_gets_its_answer(scripted):
    server, pace = scripted("slow"), Pace()

    with writer(server.host, pace, timeout=60) as client, ThreadPoolExecutor(1) as thread:
        writing = thread.submit(client.post, "/api/x/", {})
        waited_for(server, "/api/x/")
        pace.stop()
        server.go_on()

        assert writing.result(5) == {"id": 1}


def test_a_read_that_begins_while_all_is_stopped_is_dropped_too(scripted):
    server, pace = scripted("silence"), Pace()
    pace.take = lambda *_: 0.0  # type: ignore[method-assign]  # its turn came just before

    with writer(server.host, pace, timeout=60) as client, ThreadPoolExecutor(1) as thread:
        pace.stop()

        with pytest.raises(GaveUp, match="stopped while waiting for the answer"):
            thread.submit(client.get, "/api/x/").result(5)


def test_nobody_listening_is_unreachable_also_for_a_post(pace, clock):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with (
        writer(f"http://127.0.0.1:{port}", pace) as client,
        pytest.raises(Unreachable, match="cannot be reached"),
    ):
        client.post("/api/x/", {})
    assert pace.sent == {"POST": 5}


def test_a_server_that_speaks_no_tls_gets_no_request(scripted, pace):
    server = scripted(b"not TLS")

    with writer(server.host.replace("http:", "https:"), pace) as client, pytest.raises(Unreachable):
        client.post("/api/x/", {})
    assert not any("api" in request for request in server.requests)


def test_plain_http_to_this_machine_does_not_pass_through_a_proxy(scripted, pace, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server = scripted(OK)

    with writer(server.host, pace) as client:
        assert client.get("/api/x/") == {"id": 1}


def test_a_proxy_that_refuses_has_seen_neither_the_request_nor_the_key(scripted, pace, monkeypatch):
    proxy = scripted(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    monkeypatch.setenv("HTTPS_PROXY", proxy.host)
    monkeypatch.setenv("https_proxy", proxy.host)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with writer("https://eu.posthog.com", pace) as client, pytest.raises(Unreachable, match="407"):
        client.post("/api/x/", {})
    assert proxy.requests == ["CONNECT eu.posthog.com:443"] * 5
    assert b"phx_" not in proxy.received


class Pages(BaseHTTPRequestHandler):
    """A list of 5,000 objects over connections that stay open."""

    protocol_version = "HTTP/1.1"
    connections: set[Any]

    def do_GET(self) -> None:
        self.connections.add(self.client_address)
        query = dict(pair.split("=") for pair in self.path.partition("?")[2].split("&") if pair)
        limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
        rows = ",".join(f'{{"id": {number}}}' for number in range(offset, min(offset + limit, 5_000)))
        following = (
            "null" if offset + limit >= 5_000 else f'"http://inner/?limit={limit}&offset={offset + limit}"'
        )
        body = f'{{"count": 5000, "next": {following}, "results": [{rows}]}}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def test_sixteen_threads_read_through_one_client_over_few_connections(clock):
    Pages.connections = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = Thread(target=server.serve_forever)
    thread.start()
    pace = Pace(per_minute=100_000, per_hour=100_000, clock=clock, sleep=clock.sleep)
    try:
        with (
            writer(f"http://127.0.0.1:{server.server_address[1]}", pace, timeout=30) as client,
            ThreadPoolExecutor(16) as threads,
        ):
            lists = list(threads.map(lambda _: client.list_all("/api/x/"), range(16)))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert all(rows == [{"id": number} for number in range(5_000)] for rows in lists)
    assert pace.sent == {"GET": 16 * 6}
    assert len(Pages.connections) <= 16
