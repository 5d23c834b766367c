"""Things that go wrong on purpose."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pulumi_posthog.sandbox.switches import SWITCHES


class CauseFaults:
    """Stands outside everything but the counting, as a proxy would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/") and SWITCHES.latency_ms:
            time.sleep(SWITCHES.latency_ms / 1000)
        return self.get_response(request)


def list_is_shuffled(_request: Request) -> bool:
    """Whether each page of this list has an order of its own."""
    return False


def disturbed_page(_request: Request, page: list[Any] | None, _offset: int) -> list[Any] | None:
    """The page as the faults leave it."""
    return page
