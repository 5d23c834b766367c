"""Actions on starred items that a browser session may call and a key may not (7.10, 1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.table import API, POST

STARS = "/api/projects/{project}/file_system_shortcut/"


@pytest.fixture
def session(api: API, monkeypatch: pytest.MonkeyPatch) -> API:
    """Scopes are asked of keys only."""
    from pulumi_posthog.sandbox.rules.permissions import KeyScopes

    monkeypatch.setattr(KeyScopes, "has_permission", lambda *_: True)
    return api


def star(session: API, path: str) -> str:
    return str(session.send(POST(STARS, {"path": path})).body["id"])


def paths(body: Any) -> list[str]:
    return [row["path"] for row in body]


def test_the_new_order_is_answered_and_those_left_out_keep_their_place(session: API) -> None:
    a, b, _ = (star(session, path) for path in "ABC")

    answer = session.send(POST(STARS + "reorder/", {"ordered_ids": [b, a]}))

    assert (answer.status, paths(answer.body)) == (200, ["B", "A", "C"])
    assert paths(session.results(STARS)) == ["B", "A", "C"]


def test_many_are_made_and_deleted_at_once_and_none_twice(session: API) -> None:
    a, _ = (star(session, path) for path in "AB")
    added = [{"path": "B", "type": ""}, {"path": "C"}, {"path": "C"}]

    answer = session.send(POST(STARS + "bulk_update/", {"add": added, "remove_ids": [a]}))

    assert (answer.status, paths(answer.body)) == (200, ["B", "C"])


@pytest.mark.parametrize(("action", "name"), [("reorder", "ordered_ids"), ("bulk_update", "remove_ids")])
def test_one_that_is_not_there_refuses_all(session: API, action: str, name: str) -> None:
    a, nobody = star(session, "A"), session.names["nobody"]

    answer = session.send(POST(f"{STARS}{action}/", {name: [a, nobody]}))

    assert (answer.status, answer.body) == (
        400,
        {"detail": "Unknown shortcut ids", "unknown_ids": [nobody]},
    )
    assert paths(session.results(STARS)) == ["A"]
