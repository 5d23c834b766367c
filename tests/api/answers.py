"""A PostHog in the process that answers from a list."""

from __future__ import annotations

from typing import Any

import httpx

KEY = "phx_do_not_show_me"


class App:
    """Answers one request after another from a list; the last answer is repeated. An exception is raised."""

    def __init__(self, *answers: httpx.Response | type[Exception]) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, type):
            raise answer("lost")
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]


def ok(body: Any = None) -> httpx.Response:
    return httpx.Response(200, json={"id": 1} if body is None else body)


def no(status: int, detail: str = "No.", code: str = "some_code", **headers: str) -> httpx.Response:
    body = {"type": "t", "code": code, "detail": detail, "attr": None}
    return httpx.Response(
        status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def call(client: Any, method: str) -> Any:
    body = () if method in ("GET", "DELETE") else ({"name": "x"},)
    return getattr(client, method.lower())("/api/x/1/", *body)
