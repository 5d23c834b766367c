"""A kind that no PostHog has, with a life in five states, and a server of one project that has such objects.

The server refuses each move that is not the next one, as PostHog's experiments do (posthog-api-release.md 5.6).
"""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import httpx  # noqa: TID251 - it answers in place of PostHog

from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.words import NOW, Lifecycle, Move
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.caps import Moves
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.reused import Deleted

ID = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
HOST = "https://eu.posthog.com"
PATH = "/api/projects/1/trials/"
SCOPE = {"project": "1"}
STATES = ("draft", "running", "paused", "stopped", "archived")


def state(answer: dict[str, Any]) -> str | None:
    """The state of a trial as the server answers it; a list of old servers leaves the dates out."""
    if "start_date" not in answer:
        return None
    if answer.get("frozen"):
        return "frozen"  # what newer servers have beside the states of the kind
    if answer["archived"]:
        return "archived"
    if answer["end_date"]:
        return "stopped"
    if answer["start_date"]:
        return "running" if answer["active"] else "paused"
    return "draft"


TRIAL = Kind(
    name="trial",
    resource="Trial",
    section="projects.*.trials",
    doc="A trial.",
    collection="/api/projects/{project}/trials/",
    parent="project",
    natural_keys=(("name",),),
    read_scope="trial:read",
    write_scope="trial:write",
    deletion=Deletion.DELETE,
    lifecycle=Lifecycle(
        field="status",
        state=state,
        moves=(
            Move(before="draft", after="running", fields={"start_date": NOW}),
            Move(before="running", after="paused", action="pause", since=2026, first=True),
            Move(before="paused", after="running", action="resume", since=2026),
            Move(before="running", after="stopped", action="end", fields={"conclusion": "won"}),
            Move(before="paused", after="stopped", action="end", fields={"conclusion": "won"}),
            Move(before="stopped", after="archived", fields={"archived": True}),
            Move(before="archived", after="stopped", fields={"archived": False}, first=True),
        ),
        refused={
            ("draft", "stopped"): ("would run for a moment, and people would see it", "let it run first"),
            ("draft", "archived"): ("would run for a moment, and people would see it", "let it run first"),
        },
    ),
    fields=(
        Field(name="project", required=True, refers_to="project", replace_on_changes=True),
        Field(name="name", from_key=True),
        Field(name="goal", default=""),
        Field(name="owner", on_create=False),
        Field(name="status", choices=STATES, default="draft", type=Type.STRING),
    ),
)


class Refusal(Exception):
    """What the server answers instead."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail


class Trials:
    """The server. `asked` are the writes that it was sent, without the times in them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.sent: list[tuple[str, str, Any]] = []
        self.asked: Counter[str] = Counter()
        self.lose_answers_of: set[str] = (
            set()
        )  # the ends of paths: the request is carried out, its answer is lost
        self.refuse: set[str] = set()  # the same: it answers 403
        self.unknown: set[str] = set()  # the same: it has no such action
        self.deaf_to: set[str] = set()  # fields that it takes and passes over
        self.connect()

    def connect(self) -> None:
        """Look at it anew, as another run would."""
        connection, pace = Connection(HOST, "phx_key"), Pace(per_minute=100_000, per_hour=10_000_000)
        transport = httpx.MockTransport(self)
        self.live = Live(Reader(connection, pace=pace, transport=transport), ID)
        self.applier = Applier(self.live, Writer(connection, pace=pace, transport=transport))
        self.view = SimpleNamespace(
            live=self.live,
            applier=self.applier,
            moves=Moves(),
            deleted=Deleted(self.live),
            mark_changed=lambda *_: None,
            close=lambda: None,
        )

    def has(self, name: str, status: str, **fields: Any) -> str:
        """Somebody made a trial and brought it to a state; its id."""
        began, ended = status != "draft", status in ("stopped", "archived")
        row = {
            "id": len(self.rows) + 1,
            "name": name,
            "goal": "",
            "owner": "",
            "start_date": "2026-01-01T00:00:00Z" if began else None,
            "end_date": "2026-02-01T00:00:00Z" if ended else None,
            "archived": status == "archived",
            "active": status == "running",
            "frozen": status == "frozen",
            **fields,
        }
        self.rows.append(row)
        return str(row["id"])

    def answered(self, name: str, status: str) -> dict[str, Any]:
        """A trial in a state, as it is answered."""
        self.has(name, status)
        return self.rows[-1]

    def status(self, name: str) -> str | None:
        """The state of a trial."""
        return state(next(each for each in self.rows if each["name"] == name))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, method = request.url.path.removeprefix(PATH), request.method
        body = json.loads(request.content) if request.content else None
        self.asked[f"{method} {path}"] += 1
        if method != "GET":
            self.sent.append((method, path, body))
        try:
            answer = self._answer(method, path.strip("/").split("/"), body)
        except Refusal as refusal:
            words = {"type": "x", "code": "invalid_input", "detail": refusal.detail, "attr": None}
            return httpx.Response(refusal.status, json=words)
        if any(path.endswith(end) for end in self.lose_answers_of) and method != "GET":
            self.lose_answers_of = set()
            raise httpx.ReadError("the connection was reset")
        return httpx.Response(200, json=answer)

    def _answer(self, method: str, parts: list[str], body: Any) -> Any:
        if parts == [""]:
            if method == "GET":
                return {"count": len(self.rows), "next": None, "previous": None, "results": self.rows}
            self.has(body["name"], "draft", goal=body.get("goal", ""))
            return self.rows[-1]
        row = next((each for each in self.rows if str(each["id"]) == parts[0]), None)
        if row is None:
            raise Refusal(404, "Not found.")
        if method == "PATCH":
            if any(name in self.refuse for name in body):
                raise Refusal(403, "You may not do that.")
            row |= {name: value for name, value in body.items() if name not in self.deaf_to}
            row["active"] = row["active"] or (
                bool(body.get("start_date")) and "start_date" not in self.deaf_to
            )
            return row
        if len(parts) == 2:
            return self._act(parts[1], row, body)
        return row

    def _act(self, action: str, row: dict[str, Any], body: Any) -> Any:
        if action in self.unknown:
            raise Refusal(404, "Not found.")
        if action in self.refuse:
            raise Refusal(403, "You may not do that.")
        now, wanted = state(row), {"pause": ("running",), "resume": ("paused",), "end": ("running", "paused")}
        if now not in wanted[action]:
            raise Refusal(400, f"It is {now}.")
        row |= {"active": action == "resume"}
        row |= {"end_date": "2026-03-01T00:00:00Z", **body} if action == "end" else {}
        return {"paused": not row["active"], "active": row["active"], "end_date": row["end_date"]}
