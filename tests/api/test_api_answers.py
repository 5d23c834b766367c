"""An answer that is not the object is a lost answer: what was written is looked for, and then decided."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pulumi_posthog.api import Connection, IncompleteRead, OutcomeUnknown, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.live import Live

ROLE = KINDS["role"]
NO_OBJECTS = {
    "nothing": httpx.Response(204),
    "ok": httpx.Response(201, json={"ok": True}),
    "a list": httpx.Response(200, json=[1, 2]),
    "a text": httpx.Response(200, json="done"),
    "null": httpx.Response(200, content=b"null"),
}


class Roles:
    """The roles of an organization, on a server that carries out what it is told and then answers something else."""

    def __init__(self, said: httpx.Response, *, carries_out: bool = True) -> None:
        self.said = said
        self.carries_out = carries_out
        self.rows: list[dict[str, Any]] = []
        self.writes: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/users/@me/":
            return httpx.Response(200, json={"organization": {"id": "o"}})
        if request.method == "GET":
            return httpx.Response(200, json={"results": self.rows, "count": len(self.rows), "next": None})
        self.writes.append(request.method)
        if self.carries_out and request.method == "POST":
            self.rows.append({"id": f"r{len(self.rows)}", "members": [], **json.loads(request.content)})
        elif self.carries_out and request.method == "PATCH":
            self.rows[0] |= json.loads(request.content)
        return httpx.Response(self.said.status_code, headers=self.said.headers, content=self.said.content)

    def applier(self) -> Applier:
        connection, pace = Connection("https://eu.posthog.com", "phx_x"), Pace(sleep=lambda _seconds: None)
        transport = httpx.MockTransport(self)
        live = Live(Reader(connection, pace=pace, transport=transport), "o")
        return Applier(live, Writer(connection, pace=pace, transport=transport))


@pytest.mark.parametrize("said", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_a_post_answered_without_the_object_has_made_it_once(said: httpx.Response):
    server = Roles(said)

    applied = server.applier().create(ROLE, {}, {"name": "Analysts"})

    assert (applied.found.id, server.writes) == ("r0", ["POST"])


@pytest.mark.parametrize("said", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_a_post_that_made_nothing_is_no_success(said: httpx.Response):
    server = Roles(said, carries_out=False)

    with pytest.raises(OutcomeUnknown, match="the answer is not the object"):
        server.applier().create(ROLE, {}, {"name": "Analysts"})


@pytest.mark.parametrize("said", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_after_a_patch_answered_without_the_object_it_is_read_again(said: httpx.Response):
    server = Roles(said)
    server.rows = [{"id": "r0", "name": "Readers", "members": []}]
    applier = server.applier()
    found = applier.live.object(ROLE, {}, "r0")
    assert found is not None

    applied = applier.update(ROLE, {}, found, {"name": "Analysts"})

    assert (applied.found.values["name"], applied.ignored, server.writes) == ("Analysts", (), ["PATCH"])


@pytest.mark.parametrize("row", [1, None, "x", [], {"name": "no id"}])
def test_a_list_of_what_are_no_objects_is_not_read_as_empty(row: object):
    server = Roles(NO_OBJECTS["nothing"])
    server.rows = [row]  # type: ignore[list-item]

    with pytest.raises(IncompleteRead, match="not the object"):
        server.applier().live.collection(ROLE, {})


@pytest.mark.parametrize("said", [v for k, v in NO_OBJECTS.items() if k != "nothing"])
def test_an_organization_that_is_no_object_is_not_known(said: httpx.Response):
    transport = httpx.MockTransport(lambda _request: said)
    pace = Pace(sleep=lambda _seconds: None)
    live = Live(Reader(Connection("https://eu.posthog.com", "phx_x"), pace=pace, transport=transport), "o")

    with pytest.raises(IncompleteRead, match="not the object"):
        live.organization()
