"""What a client sends, and what it makes of the answers."""

from __future__ import annotations

import dataclasses
import json
import logging
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from api.answers import KEY, App, call, no, ok
from pulumi_posthog.api import (
    ApiError,
    Connection,
    Forbidden,
    GaveUp,
    Invalid,
    NotFound,
    Reader,
    Refused,
    Unauthorized,
    WriteRefused,
)

# Connections


@pytest.mark.parametrize(
    "host",
    [
        "https://eu.posthog.com",
        "https://posthog.example:8443",
        "http://localhost:8000",
        "http://127.0.0.1:8010/",
        "http://[::1]:8010",
    ],
)
def test_a_host_is_https_or_this_machine(host: str):
    assert Connection(host, KEY).host == host.rstrip("/")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "eu.posthog.com",
        "http://eu.posthog.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "ftp://eu.posthog.com",
        "https://",
        "https://user@eu.posthog.com",
        "https://eu.posthog.com?x=1",
        "https://eu.posthog.com:port",
        "https://[::1",
        "https://posthog.example/prefix",
        "http://posthog.localhost",
        "https://us.i.posthog.com",
        "https://app.posthog.com/",
        KEY,
    ],
)
def test_any_other_host_is_refused_with_an_example(host: str):
    with pytest.raises(ValueError, match="https") as refused:
        Connection(host, KEY)

    assert KEY not in str(refused.value)


@pytest.mark.parametrize("key", ["", "  ", "phx_a b", "phx_a\nb", "phx_ä"])
def test_a_key_that_no_header_may_have_is_refused_and_not_shown(key: str):
    with pytest.raises(ValueError, match="personal API key") as refused:
        Connection("https://eu.posthog.com", key)

    assert "phx" not in str(refused.value)


def test_a_key_may_come_with_the_end_of_its_line():
    assert Connection("https://eu.posthog.com", f"{KEY}\n").key == KEY


def test_a_connection_does_not_show_its_key_and_cannot_be_pickled():
    connection = Connection("https://eu.posthog.com", KEY)

    assert repr(connection) == "Connection(host='https://eu.posthog.com', key=<hidden>)"
    assert KEY not in f"{connection} {[connection]!r}"
    with pytest.raises(TypeError, match="not to be pickled"):
        pickle.dumps(connection)
    assert dataclasses.replace(connection, user_agent="x").key == KEY


# What is sent


def test_the_key_travels_in_the_header_and_nowhere_else(connect):
    app = App(ok())

    assert connect(app).get("/api/x/", search="a b", limit=3, full=True, nothing=None) == {"id": 1}

    request = app.requests[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["user-agent"].startswith("pulumi-posthog/")
    assert str(request.url) == "https://eu.posthog.com/api/x/?search=a+b&limit=3&full=true"


def test_a_path_keeps_its_own_query(connect):
    app = App(ok())

    connect(app).get("/api/x/?a=1")

    assert app.requests[0].url.query == b"a=1"


@pytest.mark.parametrize("path", ["api/x/", "//evil.example/api/", "https://evil.example/api/", ""])
def test_a_path_cannot_lead_to_another_host(connect, path: str):
    app = App(ok())

    with pytest.raises(ValueError, match="one slash"):
        connect(app).get(path)
    assert app.requests == []


def test_a_body_is_json_unless_said_otherwise(connect):
    app = App(ok())

    connect(app).post("/api/x/", {"name": "Ü", "order": 1, "on": True, "none": None})

    assert app.requests[0].headers["content-type"] == "application/json"
    assert json.loads(app.requests[0].content) == {"name": "Ü", "order": 1, "on": True, "none": None}


def test_a_form_carries_objects_as_json_text_and_null_as_nothing(connect):
    app = App(ok())

    connect(app).patch(
        "/api/x/1/",
        {"config": {"a": [1, None]}, "on": True, "off": False, "name": None, "order": 2},
        form=True,
    )

    request = app.requests[0]
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(httpx.QueryParams(request.content.decode())) == {
        "config": '{"a": [1, null]}',
        "on": "true",
        "off": "false",
        "name": "",
        "order": "2",
    }


def test_files_travel_in_parts_and_again_in_a_second_attempt(connect):
    app = App(no(502), ok())

    connect(app).put(
        "/api/x/1/", {"on": True}, files={"add_attachment[key]": ("key.json", b"{}", "text/json")}
    )

    first, second = (request.content for request in app.requests)
    assert b'name="add_attachment[key]"; filename="key.json"' in first
    assert b'name="on"\r\n\r\ntrue' in first
    assert len(first) == len(second)


def test_an_empty_answer_to_a_write_is_none(connect):
    assert connect(App(httpx.Response(204))).delete("/api/x/1/") is None
    assert connect(App(httpx.Response(200))).post("/api/x/job/", {}) is None


def test_cookies_are_not_kept(connect):
    answer = httpx.Response(200, json={}, headers={"set-cookie": "sessionid=abc; Path=/; Secure"})
    app = App(answer)
    client = connect(app)

    client.get("/api/x/")
    client.get("/api/x/")

    assert "cookie" not in app.requests[1].headers


# Readers


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_a_reader_can_send_nothing_but_get(connect, method: str):
    app = App(ok())
    reader = connect(app, kind=Reader)

    with pytest.raises(WriteRefused, match="this client only reads"):
        reader._send(method, "/api/x/")
    with pytest.raises(WriteRefused), reader._clients.lent() as client:
        client.request(method, "/api/x/")
    assert app.requests == []
    assert not hasattr(reader, "post")


def test_the_key_does_not_go_to_another_host_even_from_within(connect):
    app = App(ok())

    with (
        connect(app)._clients.lent() as client,
        pytest.raises(WriteRefused, match="not sent to another host"),
    ):
        client.get("https://us.posthog.com/api/x/")
    assert app.requests == []


def test_a_redirect_is_not_followed(connect):
    app = App(httpx.Response(308, headers={"location": "https://us.posthog.com/api/x/1/"}))

    for method in ("GET", "POST", "DELETE"):
        with pytest.raises(Refused, match=r"308 Permanent Redirect to https://us\.posthog\.com"):
            call(connect(app), method)
    assert app.methods == ["GET", "POST", "DELETE"]


# Lists


def test_a_list_is_read_under_its_own_path_whatever_host_its_links_name(connect):
    def app(request: httpx.Request) -> httpx.Response:
        assert (request.url.host, request.url.path) == ("eu.posthog.com", "/api/roles/")
        offset = int(request.url.params.get("offset", 0))
        following = "http://10.0.0.1:8000/api/other/?limit=2&offset=2" if offset == 0 else None
        rows = [{"id": offset}, {"id": offset + 1}]
        return httpx.Response(200, json={"count": 4, "next": following, "results": rows})

    assert connect(app).list_all("/api/roles/", page_size=2) == [{"id": number} for number in range(4)]


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (403, Forbidden), (404, NotFound)])
def test_a_refused_list_is_no_empty_list(connect, status: int, error: type[ApiError]):
    with pytest.raises(error):
        connect(App(no(status))).list_all("/api/roles/")


def test_a_list_read_again_is_said(connect, said):
    half = httpx.Response(200, json={"count": 2, "next": None, "results": [{"id": 1}]})
    whole = httpx.Response(200, json={"count": 1, "next": None, "results": [{"id": 1}]})

    assert connect(App(half, whole)).list_all("/api/roles/") == [{"id": 1}]
    assert said == [
        "GET /api/roles/: the list is inconsistent (PostHog counts 2 objects and gave 1): reading it again"
    ]


def test_a_feed_is_iterated(connect):
    page = httpx.Response(200, json={"next": "https://x/?cursor=b", "results": [{"id": 1}]})
    app = App(page, httpx.Response(200, json={"next": None, "results": [{"id": 2}]}))

    assert list(connect(app).iterate("/api/activity_log/", scope="Role")) == [{"id": 1}, {"id": 2}]
    assert [request.url.query for request in app.requests] == [b"scope=Role", b"cursor=b"]


def test_ctrl_c_in_the_middle_of_a_list_does_not_sit_out_a_rate_limit(connect, pace):
    def app(_request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    client = connect(app)
    with pytest.raises(KeyboardInterrupt):
        client.list_all("/api/roles/")
    with pytest.raises(GaveUp, match="stopped"):
        client.get("/api/roles/")


# Secrets


def spoken(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield f"{error} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "answer", [no(401, f"no such key {KEY}"), no(500, KEY), httpx.Response(502, html=f"<title>{KEY}</title>")]
)
def test_the_key_is_in_no_error_no_notice_and_no_log(
    connect: Callable[..., Any], said: list[str], caplog: pytest.LogCaptureFixture, answer: httpx.Response
):
    caplog.set_level(logging.DEBUG)

    with pytest.raises(ApiError) as refused:
        connect(App(answer)).get(f"/api/{KEY}/", token=KEY)

    told = " ".join([*spoken(refused.value), *said])
    assert KEY not in told
    assert "Bearer" not in caplog.text


def test_a_registered_secret_is_in_no_error_either(connect):
    client = connect(App(no(400, 'password "hunter22" is too short')))
    client.hide("hunter22")

    with pytest.raises(Invalid, match='password "<hidden>" is too short'):
        client.post("/api/x/", {"password": "hunter22"})


def test_a_project_token_is_recognised(connect):
    with pytest.raises(Unauthorized, match="a personal API key begins with phx_"):
        connect(App(no(401)), key="phc_something").get("/api/x/")
