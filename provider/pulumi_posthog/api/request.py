"""A request of ours: what it carries, whether two of it are as good as one, and how often it is tried."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tenacity import RetryCallState
from tenacity.stop import stop_base

from pulumi_posthog.api.errors import ApiError
from pulumi_posthog.api.httpx_alone import httpx
from pulumi_posthog.api.paging import Json

TRIES: Final = 5  # attempts of one request
TRIES_WITHOUT_ANSWER: Final = 3  # each takes a minute


# To ask and to cancel a query, and to have a trend calculated: scope query:read or insight:read (posthog-api.md 10).
READS: Final = (
    ("POST", re.compile(r"/api/(?:projects|environments)/[^/]+/query/")),
    ("DELETE", re.compile(r"/api/(?:projects|environments)/[^/]+/query/[^/]+/")),
    ("POST", re.compile(r"/api/(?:projects|environments)/[^/]+/insights/trend/")),
)


# What PostHog counts apart from all else (posthog-api.md 1.8).
BUDGETS: Final = {
    "queries": re.compile(r"/api/(?:projects|environments)/[^/]+/query/"),
    "analytics": re.compile(r"/api/(?:projects|environments)/[^/]+/(?:events|insights)/"),
}


# Part -> file name, content, media type; a part without a file name is a plain field.
Files = Mapping[str, tuple[str | None, bytes, str]]


class TryAgain(Exception):
    """A failure that may be gone at the next attempt."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(str(error))
        self.error = error

    @property
    def timed_out(self) -> bool:
        """Whether there was no answer for as long as we wait."""
        return isinstance(self.__cause__, httpx.ReadTimeout)


class StopRetrying(stop_base):
    """After five tries, or three without an answer. One for each request, as it counts them."""

    def __init__(self) -> None:
        self._unanswered = 0

    def __call__(self, retry_state: RetryCallState) -> bool:
        """Whether this try was the last."""
        failure = retry_state.outcome.exception() if retry_state.outcome else None
        self._unanswered += isinstance(failure, TryAgain) and failure.timed_out
        return retry_state.attempt_number >= TRIES or self._unanswered >= TRIES_WITHOUT_ANSWER


@dataclass(frozen=True)
class Request:
    """A request of ours, and how often and how long it may be tried.

    `content` is what httpx takes as params, json, data, files and headers. `repeatable` says that two of it are as
    good as one; `keep` gets a good answer as it comes, if there is one. `deadline` is on the clock of the pace.
    """

    method: str
    path: str
    content: Mapping[str, Any]
    repeatable: bool = False
    keep: Callable[[httpx.Response], None] | None = None
    deadline: float | None = None

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET" and not only_reads(self.method, self.path)

    @property
    def text(self) -> str:
        """What it asks for: two requests with the same text ask for the same."""
        content = {name: self.content.get(name) for name in ("params", "json")}
        return f"{self.method} {self.path} {json.dumps(content, sort_keys=True, default=str)}"

    @property
    def may_be_sent_again(self) -> bool:
        """Whether it may be, after an attempt whose answer was lost."""
        return self.repeatable or self.method != "POST" or not self.writes

    @property
    def budget(self) -> str | None:
        """The budget of its own that PostHog counts it in, None for that of all requests (posthog-api.md 1.8)."""
        return budget_of(self.path)


def budget_of(path: str) -> str | None:
    """The budget of a path; it may have a placeholder in place of the project's id."""
    return next((name for name, pattern in BUDGETS.items() if pattern.match(path)), None)


def only_reads(method: str, path: str) -> bool:
    """Whether a request, with a path as PostHog has it, is one of those that are no GET and change nothing."""
    return any(method == known and pattern.fullmatch(path) for known, pattern in READS)


def query(params: Mapping[str, Json]) -> dict[str, str]:
    """Parameters as a query carries them, without those that are None."""
    return {name: form_value(value) for name, value in params.items() if value is not None}


def encoded(body: Mapping[str, Json], *, form: bool, files: Files | None) -> dict[str, Any]:
    """What httpx sends: a body as `json`, as a form (`data`), or in parts with `files` (posthog-api.md 1.1, 6.3)."""
    if form or files:
        return {
            "data": {name: form_value(value) for name, value in body.items()},
            "files": dict(files) if files else None,
        }
    return {"json": dict(body)}


def form_value(value: Json) -> str:
    """A value as a form carries it: objects and lists as JSON text, an empty text for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
