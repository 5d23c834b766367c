"""A contract as a table: each row is a sentence, a request, and what must come back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

ALL_AGES = (2024, 2025, 2026)
BEFORE, MODERN, NOW = (2024, 2025), (2025, 2026), (2026,)
ONE = "/api/projects/{project}/"
ORG = "/api/organizations/{org}/"
KEY = "phx_of_the_owner"
ANY = object()


@dataclass(frozen=True)
class Call:
    """A request; `saves` keeps the answer's id (or another field) for later placeholders."""

    method: str
    path: str
    json: Any = None
    form: Mapping[str, Any] | None = None
    multipart: Mapping[str, Any] | None = None
    raw: tuple[str, str] | None = None
    key: str | None = KEY
    saves: str = ""
    saved_field: str = "id"


def GET(path: str, **rest: Any) -> Call:  # noqa: N802 - reads as the method it is
    return Call("GET", path, **rest)


def POST(path: str, json: Any = None, **rest: Any) -> Call:  # noqa: N802
    return Call("POST", path, json, **rest)


def PATCH(path: str, json: Any = None, **rest: Any) -> Call:  # noqa: N802
    return Call("PATCH", path, json, **rest)


def PUT(path: str, json: Any = None, **rest: Any) -> Call:  # noqa: N802
    return Call("PUT", path, json, **rest)


def DELETE(path: str, **rest: Any) -> Call:  # noqa: N802
    return Call("DELETE", path, **rest)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def error(self) -> tuple[Any, ...]:
        """Status, code and attr: what a client may look at."""
        return (self.status, self.body["type"], self.body["code"], self.body["attr"])


@dataclass
class API:
    """The sandbox inside this process, and names for what is in it."""

    client: Client
    names: dict[str, Any] = field(default_factory=dict)

    def fill_in(self, value: Any) -> Any:
        """Placeholders `{name}` in texts, wherever they are."""
        if isinstance(value, str):
            if (whole := re.fullmatch(r"\{(\w+)\}", value)) and whole[1] in self.names:
                return self.names[whole[1]]
            return re.sub(r"\{(\w+)\}", lambda found: str(self.names.get(found[1], found[0])), value)
        if isinstance(value, dict):
            return {name: self.fill_in(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill_in(each) for each in value]
        return value

    def send(self, call: Call) -> Answer:
        headers = {"Authorization": f"Bearer {self.fill_in(call.key)}"} if call.key else {}
        path = self.fill_in(call.path)
        options: dict[str, Any] = {"headers": headers}
        if call.raw is not None:
            options |= {"content_type": call.raw[0], "data": call.raw[1]}
        elif call.form is not None:
            pairs = self.fill_in(dict(call.form))
            from urllib.parse import urlencode

            options |= {"content_type": "application/x-www-form-urlencoded", "data": urlencode(pairs)}
        elif call.multipart is not None:
            from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

            options |= {
                "content_type": MULTIPART_CONTENT,
                "data": encode_multipart(BOUNDARY, self.fill_in(dict(call.multipart))),
            }
        elif call.json is not None:
            options |= {"content_type": "application/json", "data": json.dumps(self.fill_in(call.json))}
        response = self.client.generic(call.method, path, **options)
        text = response.content.decode()
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        answer = Answer(
            response.status_code, json.loads(text) if is_json and text else text, response.headers
        )
        if call.saves and answer.status < 300:
            self.names[call.saves] = answer.body[call.saved_field]
        return answer

    def get(self, path: str, **rest: Any) -> Any:
        return self.send(GET(path, **rest)).body

    def results(self, path: str, **rest: Any) -> list[Any]:
        found = self.get(path, **rest)["results"]
        assert isinstance(found, list)
        return found


@dataclass(frozen=True)
class Row:
    """One promise."""

    says: str
    call: Call
    status: int
    has: Any = ANY
    given: Sequence[Call | Callable[[API], Any]] = ()
    ages: tuple[int, ...] = ALL_AGES


def table(rows: Iterable[Row]) -> Any:
    """Parametrizes a test over the rows and the ages in which each holds."""
    cases = [pytest.param(age, row, id=f"{age}: {row.says}") for row in rows for age in row.ages]
    return pytest.mark.parametrize(("age", "row"), cases)


def check(api: API, row: Row) -> None:
    """Given, when, then."""
    for step in row.given:
        if isinstance(step, Call):
            before = api.send(step)
            assert before.status < 300, f"{step.method} {step.path}: {before.status} {before.body}"
        else:
            step(api)

    answer = api.send(row.call)

    assert answer.status == row.status, answer.body
    if row.has is not ANY:
        expected = row.has(api) if callable(row.has) else api.fill_in(row.has)
        assert part(answer.body, expected) == expected


def part(actual: Any, expected: Any) -> Any:
    """What of the answer the row speaks about: the named fields of objects, the whole of all else."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {
            name: part(actual[name], value) if name in actual else "<missing>"
            for name, value in expected.items()
        }
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [part(one, other) for one, other in zip(actual, expected, strict=True)]
    return actual


def validation(code: str, attr: str | None, **more: Any) -> dict[str, Any]:
    """A 400 in the envelope (1.6)."""
    return {"type": "validation_error", "code": code, "attr": attr, **more}


UNTIED = validation("invalid_input", None)
"""A refusal that names no field."""
DENIED = {"type": "authentication_error", "code": "permission_denied", "attr": None}
NOT_FOUND = {"type": "invalid_request", "code": "not_found", "attr": None}
NOT_OFFERED = {"type": "invalid_request", "code": "method_not_allowed", "attr": None}
FAILED = {
    "type": "server_error",
    "code": "error",
    "detail": "A server error occurred.",
    "attr": None,
}
