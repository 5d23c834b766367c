"""Things that go wrong on purpose: refused, lost, cut and disturbed answers, and somebody else's changes."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from pulumi_posthog.sandbox.control import second_actor
from pulumi_posthog.sandbox.options import SandboxError
from pulumi_posthog.sandbox.rules.errors import envelope
from pulumi_posthog.sandbox.rules.switches import SWITCHES

KINDS = {
    "rate-limited": "429 with Retry-After (retry_after=1); nothing is done",
    "error-before": "a 5xx (status=503) instead of the work",
    "error-after": "the work is done, the answer is a 5xx (status=503)",
    "reset-before": "the connection is reset, nothing is done",
    "reset-after": "the work is done, then the connection is reset without an answer",
    "cut": "the answer ends in its middle, although its length says otherwise",
    "html": "an HTML page of a proxy (status=502) instead of the work",
    "repeated-request": "a 400 whose words repeat the key, the query and the body that were sent; nothing is done",
    "ignored-field": "one field of the body (field=NAME) is dropped silently",
    "shuffled": "a list has another order on each page",
    "repeated-row": "each further page of a list begins with the last row of the page before",
    "short-page": "a page of a list lacks its last row, although the count has it",
    "second-actor": "after the answer somebody else changes something (do=WHAT)",
    "slow": "the answer takes longer (seconds=1)",
}
# Short forms: 429, 503, 503-after.
NUMBER = re.compile(r"(?P<status>429|5\d\d)(?P<after>-after)?")
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "*")


@dataclass
class Fault:
    """What goes wrong, for which requests, how often."""

    spec: str
    kind: str
    method: str
    path: re.Pattern[str]
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    seed: int = 0
    status: int = 503
    retry_after: int = 1
    seconds: float = 1.0
    dropped: str = ""
    do: str = ""
    fired: int = 0
    matched: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def strikes(self, request: HttpRequest) -> bool:
        """Whether it happens to this request; called once per request, under the lock."""
        if self.method not in {"*", request.method} or not self.path.search(request.path):
            return False
        self.matched += 1
        if self.matched <= self.after or (self.times is not None and self.fired >= self.times):
            return False
        if self.dice.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def as_json(self) -> dict[str, Any]:
        """The fault as it was written, how many requests it was about, and on how many it struck."""
        return {"spec": self.spec, "kind": self.kind, "matched": self.matched, "fired": self.fired}


NUMBERS: dict[str, Callable[[str], Any]] = {
    "times": int,
    "after": int,
    "probability": float,
    "seed": int,
    "status": int,
    "retry_after": int,
    "seconds": float,
}
TEXTS = {"field": "dropped", "do": "do"}


def parse(spec: str) -> Fault:
    """`KIND METHOD PATH_REGEX [name=value ...]`, such as `reset-after POST /roles/ times=1`."""
    parts = spec.split()
    if len(parts) < 3:
        raise SandboxError(f"a fault is written 'KIND METHOD PATH [times=1 ...]', not {spec!r}")
    kind, method, pattern, *rest = parts
    values: dict[str, Any] = {"status": 502} if kind == "html" else {}
    if number := NUMBER.fullmatch(kind):
        values["status"] = int(number["status"])
        kind = "rate-limited" if kind == "429" else "error-after" if number["after"] else "error-before"
    if kind not in KINDS:
        raise SandboxError(f"there is no fault {kind!r}; there are {', '.join(KINDS)}, 429, 503, 503-after")
    if method.upper() not in METHODS:
        raise SandboxError(f"a fault's method is one of {', '.join(METHODS)}, not {method!r}")
    try:
        path = re.compile(pattern)
    except re.error as error:
        raise SandboxError(f"the path of the fault {spec!r} is no regular expression: {error}") from error
    for item in rest:
        name, equals, text = item.partition("=")
        if not equals or (name not in NUMBERS and name not in TEXTS):
            raise SandboxError(f"a fault takes {', '.join((*NUMBERS, *TEXTS))}, not {item!r}")
        try:
            if name in NUMBERS:
                values[name] = NUMBERS[name](text)
            else:
                values[TEXTS[name]] = text
        except ValueError as error:
            raise SandboxError(f"{name} of the fault {spec!r} is a number, not {text!r}") from error
    fault = Fault(spec, kind, method.upper(), path, **values)
    if fault.kind == "ignored-field" and not fault.dropped:
        raise SandboxError(f"the fault {spec!r} needs field=NAME")
    if fault.kind == "second-actor" and fault.do not in second_actor.ACTS:
        raise SandboxError(f"the fault {spec!r} needs do=WHAT: {', '.join(second_actor.ACTS)}")
    fault.dice.seed(fault.seed)
    return fault


class Faults:
    """All that are on."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.all: list[Fault] = []

    def add(self, specs: list[str]) -> None:
        """Adds faults, each written as for `--fault`; adds none, and raises SandboxError, for one that is none."""
        added = [parse(spec) for spec in specs]
        with self.lock:
            self.all.extend(added)

    def clear(self) -> None:
        """Takes all of them away."""
        with self.lock:
            self.all.clear()

    def striking(self, request: HttpRequest) -> list[Fault]:
        """The faults that strike this request; each of them counts it."""
        if not self.all:
            return []
        with self.lock:
            return [fault for fault in self.all if fault.strikes(request)]

    def as_json(self) -> list[dict[str, Any]]:
        """All of them, as `Fault.as_json` has each."""
        with self.lock:
            return [fault.as_json() for fault in self.all]


FAULTS = Faults()


class ResetConnection(HttpResponse):
    """No answer at all: the server closes the socket instead."""

    resets_connection = True


class CauseFaults:
    """Stands outside everything but the counting, as a proxy would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if SWITCHES.latency_ms:
            time.sleep(SWITCHES.latency_ms / 1000)
        striking = FAULTS.striking(request)
        if not striking:
            return self.get_response(request)
        response = self.disturbed(request, striking)
        if isinstance(response, HttpResponse) and not response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response

    def disturbed(self, request: HttpRequest, striking: list[Fault]) -> HttpResponseBase:
        """The answer with what the faults make of it, or an answer of theirs in its place."""
        for fault in striking:
            instead = before(fault, request)
            if instead is not None:
                return instead
        request.META["sandbox.faults"] = frozenset(fault.kind for fault in striking)
        response = self.get_response(request)
        for fault in striking:
            response = after(fault, response)
        return response


def before(fault: Fault, request: HttpRequest) -> HttpResponseBase | None:
    """An answer instead of the work, or None to go on."""
    if fault.kind == "slow":
        time.sleep(fault.seconds)
    elif fault.kind == "rate-limited":
        response = envelope(
            429,
            "throttled_error",
            "throttled",
            f"Request was throttled. Expected available in {fault.retry_after} seconds.",
        )
        response["Retry-After"] = str(fault.retry_after)
        return response
    elif fault.kind == "error-before":
        return broken(fault.status)
    elif fault.kind == "reset-before":
        return ResetConnection()
    elif fault.kind == "html":
        return HttpResponse(
            f"<html>\r\n<head><title>{fault.status} Bad Gateway</title></head>\r\n"
            f"<body>\r\n<center><h1>{fault.status} Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n",
            status=fault.status,
        )
    elif fault.kind == "repeated-request":
        sent = [request.headers.get("Authorization", ""), *map(str, request.POST.values())]
        sent += [request.get_full_path(), *map(str, request.GET.values())]
        sent.append(request.body.decode("utf-8", errors="replace"))
        return envelope(400, "validation_error", "invalid_input", f"Cannot make sense of: {' '.join(sent)}")
    elif fault.kind == "ignored-field":
        second_actor.drop_field(request, fault.dropped)
    return None


def after(fault: Fault, response: HttpResponseBase) -> HttpResponseBase:
    """What becomes of the answer."""
    if fault.kind == "error-after":
        return broken(fault.status)
    if fault.kind == "reset-after":
        return ResetConnection()
    if fault.kind == "cut" and isinstance(response, HttpResponse):
        response["Content-Length"] = str(len(response.content))
        response.content = response.content[: len(response.content) // 2]
    elif fault.kind == "second-actor":
        second_actor.act(fault.do)
    return response


def broken(status: int) -> HttpResponseBase:
    """As PostHog itself says it (1.6)."""
    return envelope(status, "server_error", "error", "A server error occurred.")
