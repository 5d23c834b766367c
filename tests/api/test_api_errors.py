"""What the errors say, from PostHog's answers (posthog-api.md 1.2, 1.5, 1.6)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_posthog.api import (
    ApiError,
    Conflict,
    Forbidden,
    GaveUp,
    IncompleteRead,
    Invalid,
    Mask,
    NotFound,
    NotOffered,
    OutcomeUnknown,
    PaymentRequired,
    Refused,
    ServerFailed,
    Throttled,
    Unauthorized,
    Unreachable,
    WriteRefused,
)
from pulumi_posthog.api.refusal import refusal, seconds_until

KEY = "phx_do_not_show_me"


def refused(status: int, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Refused:
    content = raw if raw is not None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal("GET", "/api/x/", status, named, content, mask=Mask(KEY))


def envelope(code: str, detail: str, attr: str | None = None) -> dict[str, Any]:
    return {"type": "some_error", "code": code, "detail": detail, "attr": attr}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (402, PaymentRequired),
        (403, Forbidden),
        (404, NotFound),
        (405, NotOffered),
        (409, Conflict),
        (415, Invalid),
        (418, Refused),
        (422, Invalid),
        (429, Throttled),
        (500, ServerFailed),
        (503, ServerFailed),
        (599, ServerFailed),
    ],
)
def test_each_status_has_its_class(status: int, kind: type[Refused]):
    error = refused(status, envelope("some_code", "Some reason."))

    assert type(error) is kind
    assert (error.status, error.code, error.detail) == (status, "some_code", "Some reason.")


def test_every_error_is_an_api_error():
    for kind in (Unreachable, OutcomeUnknown, IncompleteRead, GaveUp, WriteRefused, Refused):
        assert issubclass(kind, ApiError)


def test_an_error_says_what_was_attempted_what_posthog_said_and_what_to_do():
    error = refused(401, envelope("authentication_failed", "Personal API key is invalid."))

    assert str(error) == (
        'GET /api/x/: PostHog answered 401 Unauthorized authentication_failed: "Personal API key is '
        'invalid."; check that the personal API key is complete, not revoked, and made on this very host'
    )
    assert (error.method, error.path) == ("GET", "/api/x/")


def test_a_validation_error_names_its_field():
    error = refused(400, envelope("unique", "There is already a role with this name.", "name"))

    assert str(error) == (
        "GET /api/x/: PostHog answered 400 Bad Request unique, field name: "
        '"There is already a role with this name."'
    )
    assert (error.code, error.attr) == ("unique", "name")


def test_a_missing_scope_is_named():
    error = refused(403, envelope("permission_denied", "API key missing required scope 'project:write'"))

    assert type(error) is Forbidden
    assert "'project:write'" in str(error)
    assert "give the key that scope" in str(error)


@pytest.mark.parametrize("words", ["Personal API Key access", "personal API key access"])
def test_an_action_without_a_scope_is_not_offered_however_posthog_writes_it(words: str):
    error = refused(403, envelope("permission_denied", f"This action does not support {words}"))

    assert type(error) is NotOffered
    assert isinstance(error, Forbidden)


def test_the_message_of_a_gateway_is_not_taken_for_posthogs():
    error = refused(404, {"message": "Not Found"})

    assert not isinstance(error, NotFound)
    assert error.hint == "that is not PostHog's API: check `host`, and any proxy on the way"


@pytest.mark.parametrize("field", ["detail", "error", "message"])
def test_a_bare_body_is_understood(field: str):
    error = refused(400, {field: "Cannot move a folder into itself"})

    assert type(error) is Invalid
    assert error.detail == "Cannot move a folder into itself"
    assert (error.code, error.attr) == (None, None)


def test_a_detail_that_is_no_text_is_quoted_as_json():
    assert refused(400, {"detail": {"name": ["too long"]}}).detail == '{"name": ["too long"]}'


def test_the_page_of_a_proxy_is_named_as_such():
    error = refused(
        502, raw=b"<html><head><title>502 Bad\n Gateway</title></head>...", content_type="text/html"
    )

    assert type(error) is ServerFailed
    assert str(error).startswith(
        'GET /api/x/: a web page, most likely from a proxy, answered 502 Bad Gateway: "502 Bad Gateway"'
    )


@pytest.mark.parametrize(
    "raw", [b"<!DOCTYPE html><title>Not found</title>", b"default backend - 404", b"", b"[]", b"{}", b"null"]
)
def test_a_404_that_posthog_did_not_say_does_not_prove_anything_gone(raw: bytes):
    error = refused(404, raw=raw)

    assert type(error) is Refused
    assert "check `host`" in str(error)


def test_a_redirect_names_the_host_it_leads_to():
    error = refused(301, raw=b"", location="https://us.posthog.com/api/x/?secret=1")

    assert type(error) is Refused
    assert str(error) == (
        "GET /api/x/: answered 301 Moved Permanently to https://us.posthog.com, and the key is not "
        "sent there; set `host` to the address that answers without a redirect"
    )


@pytest.mark.parametrize("secret", [KEY, 'pass"word\\ &<x>/ü'])
@pytest.mark.parametrize(
    "spelt",
    [
        lambda secret: json.dumps(envelope("invalid_input", f"not allowed: {secret}", secret)).encode(),
        lambda secret: json.dumps({"detail": json.dumps({"config": secret})}).encode(),
        lambda secret: f"<html><title>{secret.replace('&', '&amp;').replace('<', '&lt;')}</title>".encode(),
        lambda secret: f"cannot find {secret} here".encode(),
        lambda secret: ("x" * 490 + secret).encode(),
    ],
)
def test_no_secret_comes_back_in_an_error(secret: str, spelt: Any):
    error = refusal("GET", "/api/x/", 400, {}, spelt(secret), mask=Mask(KEY, secret))

    told = " ".join([str(error), repr(error), *map(str, vars(error).values())])
    assert secret not in told
    assert secret[:8] not in told


def test_a_message_cannot_drive_a_terminal():
    assert refused(400, {"detail": "a\x1b[31mred\r\n\tline"}).detail == "a[31mred line"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("59", 59.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_seconds(header: str, seconds: float | None):
    assert seconds_until(header) == seconds
    assert refused(429, {}, retry_after=header).retry_after == seconds


def test_retry_after_is_read_as_a_date():
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)

    assert seconds_until(in_a_minute) == pytest.approx(60, abs=5)
    assert seconds_until("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@given(
    status=st.integers(300, 599),
    body=st.binary(max_size=300)
    | st.text(max_size=100).map(lambda text: json.dumps({"detail": text}).encode()),
    header=st.text(max_size=40),
)
def test_no_answer_breaks_the_reading_of_errors(status: int, body: bytes, header: str):
    headers = {"retry-after": header, "content-type": header, "location": header}
    error = refusal("GET", "/api/x/", status, headers, body)

    assert error.status == status
    assert str(error).isprintable()


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_retry_after_as_a_date_counts_from_the_answers_own_date(hours: int):
    answered = datetime.now(UTC) + timedelta(hours=hours)
    again = answered + timedelta(seconds=2)

    seconds = seconds_until(format_datetime(again, usegmt=True), format_datetime(answered, usegmt=True))

    assert seconds == 2


def test_a_date_without_sense_is_none():
    assert seconds_until("Mon, 99 Foo 99999 99:99:99 GMT", "also none") is None
