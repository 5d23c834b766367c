"""Rate limits are counted per personal API key (1.8)."""

from __future__ import annotations

import threading
import time
from collections import deque

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from pulumi_posthog.sandbox.rules.models import PersonalAPIKey
from pulumi_posthog.sandbox.rules.rates import Rate

LOCK = threading.Lock()
HISTORY: dict[tuple[int, Rate], deque[float]] = {}


class KeyThrottle(BaseThrottle):
    """One bucket. A call that is rejected is not added to its history."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.seconds_left = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, PersonalAPIKey):
            return True
        now = time.monotonic()
        with LOCK:
            calls = HISTORY.setdefault((request.auth.pk, self.rate), deque())
            while calls and calls[0] <= now - self.rate.seconds:
                calls.popleft()
            if len(calls) >= self.rate.count:
                self.seconds_left = max(calls[0] + self.rate.seconds - now, 0.001)
                return False
            calls.append(now)
            return True

    def wait(self) -> float:
        return self.seconds_left


def forget() -> None:
    """All buckets are full again."""
    with LOCK:
        HISTORY.clear()
