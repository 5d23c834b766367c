"""How many requests came, of which kind: the proof that a second `pulumi up` only reads."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEPT = 1000
ID = re.compile(r"@\w+|[0-9]+|[0-9a-fA-F-]{36}")


class Requests:
    """Methods, paths and statuses; never query strings, bodies or headers, which can hold secrets."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_method: Counter[str] = Counter()
        self.by_path: Counter[str] = Counter()
        self.by_status: Counter[str] = Counter()
        self.last: deque[str] = deque(maxlen=KEPT)
        self.times = (0.0, 0.0)  # of the first answer and the last one
        self.under_way: Counter[str] = Counter()
        self.at_once: dict[str, int] = {}  # "GET projects" -> the most of them that were under way at a time

    @contextmanager
    def being_answered(self, method: str, path: str) -> Iterator[None]:
        """While a request is under way."""
        names = [part for part in path.split("/") if part and not ID.fullmatch(part)]
        family = f"{method} {names[-1]}"
        with self.lock:
            self.under_way[family] += 1
            self.at_once[family] = max(self.at_once.get(family, 0), self.under_way[family])
        try:
            yield
        finally:
            with self.lock:
                self.under_way[family] -= 1

    def count(self, method: str, path: str, status: object) -> None:
        """Counts a request by its answer."""
        now = time.monotonic()
        with self.lock:
            self.times = (self.times[0] if self.by_method else now, now)
            self.by_method[method] += 1
            self.by_path[f"{method} {path}"] += 1
            self.by_status[str(status)] += 1
            self.last.append(f"{method} {path} {status}")

    def forget(self) -> None:
        """Begins to count anew."""
        with self.lock:
            self.by_method.clear()
            self.by_path.clear()
            self.by_status.clear()
            self.last.clear()
            self.at_once.clear()
            self.times = (0.0, 0.0)

    def as_json(self) -> dict[str, Any]:
        """What was counted: `total`, and by method, by path, by status and by how many were there at once.

        `seconds` are those from the first request to the last, and `log` has the last ones.
        """
        with self.lock:
            return {
                "total": self.by_method.total(),
                "by_method": dict(self.by_method),
                "by_path": dict(sorted(self.by_path.items())),
                "by_status": dict(sorted(self.by_status.items())),
                "at_once": dict(sorted(self.at_once.items())),
                "seconds": round(self.times[1] - self.times[0], 3),
                "log": list(self.last),
            }


REQUESTS = Requests()


class CountRequests:
    """Counts what goes to the API, however it ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        method = request.method or ""
        with REQUESTS.being_answered(method, request.path):
            response = self.get_response(request)
        status = "reset" if getattr(response, "resets_connection", False) else response.status_code
        REQUESTS.count(method, request.path, status)
        return response
