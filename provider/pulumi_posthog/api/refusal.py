"""An answer of PostHog that is no success -> the error that says why."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite
from typing import Any, Final
from urllib.parse import urlsplit

from pulumi_posthog.api.errors import (
    HINTS,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotOffered,
    PaymentRequired,
    Refused,
    ServerFailed,
    Throttled,
    Unauthorized,
)
from pulumi_posthog.values.bounds import FOREIGN_WORDS, LONGEST_SECRET

LONGEST_QUOTE: Final = 500  # characters of PostHog's or a proxy's words in one message


BY_STATUS: Final[Mapping[int, type[Refused]]] = {
    400: Invalid,
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
    405: NotOffered,
    409: Conflict,
    415: Invalid,
    422: Invalid,
    429: Throttled,
}


# The one text that means something no status or code says; its case changed over the years (posthog-api.md
# 1.2).
UNMAPPED: Final = "does not support personal api key access"


@dataclass(frozen=True)
class Words:
    """What the body of an error answer says.

    `ours` tells PostHog's JSON from anybody else's page; `name` is how a message calls the body's author.
    """

    ours: bool
    name: str = "PostHog"
    code: str | None = None
    attr: str | None = None
    detail: str | None = None


def refusal(
    method: str,
    path: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    mask: Callable[[str], str] = str,
    hints: Mapping[type[Refused], str] = HINTS,
) -> Refused:
    """The error that an answer with a status of 300 or more is (posthog-api.md 1.2, 1.5, 1.6).

    `headers` must find lower-case names; `mask` takes the secrets out of a text. Never raises.
    """
    words = words_of(body, headers.get("content-type", ""), mask, status)
    if status == 405 and not body.strip():
        words = Words(
            ours=True
        )  # so PostHog itself answers where something is never deleted (posthog-api.md 10.4)
    kind = refused_as(status, words)
    hint = hints.get(kind)
    if 300 <= status < 400:
        target = urlsplit(headers.get("location", ""))
        host = f"{target.scheme}://{target.hostname}" if target.scheme and target.hostname else "another path"
        problem = f"answered {said(status)} to {mask(one_line(host))}, and the key is not sent there"
        hint = "set `host` to the address that answers without a redirect"
    else:
        problem = f"{words.name} answered {said(status)}"
        if words.code and words.code.casefold() not in GENERIC_CODES:
            problem += f" {words.code}"
        if words.attr:
            problem += f", field {words.attr}"
        if words.detail:
            problem += f': "{words.detail}"'
        if not words.ours and status < 500:
            hint = "that is not PostHog's API: check `host`, and any proxy on the way"
    return kind(
        problem,
        method=method,
        path=path,
        hint=hint,
        status=status,
        code=words.code,
        attr=words.attr,
        detail=words.detail,
        retry_after=seconds_until(headers.get("retry-after"), headers.get("date")),
    )


GENERIC_CODES: Final = frozenset(
    {"error", "not_found", "permission_denied", "throttled", "method_not_allowed"}
)


def refused_as(status: int, words: Words) -> type[Refused]:
    """The class of a refusal."""
    if status >= 500:
        return ServerFailed
    if status == 403 and UNMAPPED in (words.detail or "").casefold():
        return NotOffered
    if status in (404, 405, 409) and not words.ours:
        return Refused  # "gone" and "not offered" lead to decisions: only PostHog itself may say them
    return BY_STATUS.get(status, Refused)


def said(status: int) -> str:
    """A status as people read it: "404 Not Found"."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def words_of(body: bytes, content_type: str, mask: Callable[[str], str], status: int) -> Words:
    """What an error's body says: an envelope, a bare `{"detail"}` or `{"error"}`, HTML, or plain text.

    With 400, a bare `{"message"}` is PostHog's, too: it says so of sources (posthog-api-analytics.md 11). With any
    other status it is rather a proxy's, and says nothing about what PostHog has.
    """
    text = body.decode("utf-8", errors="replace").strip()
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return foreign_words(text, content_type, mask)
    if not isinstance(answer, dict):
        return Words(ours=False, name="the server", detail=quoted(text, mask))

    def field(name: str) -> str | None:
        value = answer.get(name)
        if value is None or value == "":
            return None
        return quoted(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), mask)

    query = query_status(body)
    if query is not None:
        answer = {"detail": query.get("error_message") or "the query failed, without a reason"}
    bare = "message" if status == 400 and answer.keys() == {"message"} else "error"
    detail = field("detail") or field(bare)
    if detail is None:
        return Words(ours=False, name="the server", detail=quoted(text, mask) if answer else None)
    return Words(ours=True, code=field("code"), attr=field("attr"), detail=detail)


def query_status(body: bytes) -> Mapping[str, Any] | None:
    """The `query_status` of a query that failed; None for all other bodies (posthog-api.md 10.2)."""
    if b'"query_status"' not in body:
        return None
    try:
        status = json.loads(body)["query_status"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return status if isinstance(status, dict) else None


def foreign_words(text: str, content_type: str, mask: Callable[[str], str]) -> Words:
    """What somebody other than PostHog's API says: the title of a page, or the beginning of a text."""
    if looks_like_html(text, content_type):
        named = quoted(html.unescape(title_of(text)), mask)
        return Words(ours=False, name="a web page, most likely from a proxy,", detail=named or None)
    return Words(ours=False, name="the server", detail=quoted(text, mask) or None)


def title_of(page: str) -> str:
    """The title of a web page, "" without one; looked for at its beginning, from left to right and once."""
    beginning = page[:FOREIGN_WORDS]
    lower = beginning.lower()
    if len(lower) != len(beginning):  # a few letters are two in lower case
        lower = beginning
    tag = lower.find("<title")
    start = lower.find(">", tag) + 1 if tag >= 0 else 0
    end = lower.find("</title", start) if start else -1
    return beginning[start:end] if end >= 0 else ""


def looks_like_html(text: str, content_type: str) -> bool:
    """Whether a body is a web page, by what it is declared to be or by how it begins."""
    return "html" in content_type.casefold() or text.lstrip()[:15].casefold().startswith(
        ("<!doctype", "<html")
    )


def quoted(text: str, mask: Callable[[str], str]) -> str:
    """Foreign text, fit for our messages: without secrets, on one line, of at most `LONGEST_QUOTE` characters."""
    # Masked before it is cut: half a secret would not be recognised. So of what is too long to be masked as a whole,
    # the end is not quoted, where half of one may stand.
    whole = len(text) <= FOREIGN_WORDS
    masked = mask(text if whole else text[:FOREIGN_WORDS])
    line = one_line(masked if whole else masked[: FOREIGN_WORDS - LONGEST_SECRET])
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "…"


def one_line(text: str) -> str:
    """`text` on one line and without control characters, which could drive a terminal."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def seconds_until(retry_after: str | None, date: str | None = None) -> float | None:
    """The header `Retry-After`, seconds or an HTTP date, as seconds from the answer; None without sense in it.

    An HTTP date is counted from the answer's own `date`, because this machine's clock may be an hour off; only
    without one from the time that it is here.
    """
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        then = moment(retry_after)
        if then is None:
            return None
        seconds = (then - (moment(date) or datetime.now(UTC))).total_seconds()
    return max(seconds, 0.0) if isfinite(seconds) else None


def moment(date: str | None) -> datetime | None:
    """An HTTP date as a time; None without sense in it."""
    try:
        found = parsedate_to_datetime(date or "")
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
