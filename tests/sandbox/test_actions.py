"""posthog-api-release.md 4 as tables: actions."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import a_key, without_feature
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    FAILED,
    GET,
    MODERN,
    NOW,
    ONE,
    PATCH,
    POST,
    PUT,
    Call,
    Row,
    check,
    table,
    validation,
)

ACTIONS = ONE + "actions/"
ACTION = ACTIONS + "{action}/"
UNSET: dict[str, Any] = {
    "event": None,
    "properties": None,
    "selector": None,
    "tag_name": None,
    "text": None,
    "text_matching": None,
    "href": None,
    "href_matching": None,
    "url": None,
    "url_matching": "contains",
}


def made(name: str | None = "Signed up", saves: str = "action", **rest: Any) -> Call:
    return POST(ACTIONS, {"name": name, **rest}, saves=saves)


def step(**keys: Any) -> Call:
    return made(steps=[keys])


def patched(**body: Any) -> Call:
    """With the name beside it, as until 2025 it has to be."""
    return PATCH(ACTION, {"name": "Signed up", **body})


GONE = patched(deleted=True)
TAKEN = validation("unique", "name")
LIFE = (
    Row(
        "an action",
        made(),
        201,
        {
            "name": "Signed up",
            "description": "",
            "tags": [],
            "steps": [],
            "post_to_slack": False,
            "slack_message_format": "",
            "pinned_at": None,
            "deleted": False,
            "is_calculating": False,
            "is_action": True,
            "bytecode_error": None,
            "creation_context": None,
            "team_id": "{project}",
        },
    ),
    Row("its name once", made(), 400, TAKEN, [made()]),
    Row("with its case", made("signed up"), 201, given=[made()]),
    Row(
        "the other one's id is told",
        made(),
        400,
        lambda api: {
            "detail": f"This project already has an action with this name, ID {api.names['action']}"
        },
        [made()],
    ),
    Row(
        "not renamed onto another", PATCH(ACTION, {"name": "Other"}), 400, TAKEN, [made(), made("Other", "o")]
    ),
    Row("its own is no other", patched(description="x"), 200, {"description": "x"}, [made()]),
    Row("a deleted one's name is free", made(), 201, given=[made(), GONE]),
    Row("the longest name", made("x" * 401), 400, validation("max_length", "name")),
    Row("no empty name", made(""), 400, validation("blank", "name"), ages=NOW),
    Row("there was one", made(""), 201, {"name": ""}, ages=BEFORE),
    Row("null is a name", made(None), 201, {"name": None}),
    Row("without a name it failed", POST(ACTIONS, {}), 500, FAILED, ages=BEFORE),
    Row("now it does not", POST(ACTIONS, {}), 201, {"name": None}, ages=NOW),
    Row("so did a change", PATCH(ACTION, {"description": "x"}), 500, FAILED, [made()], BEFORE),
    Row("and a deletion", PATCH(ACTION, {"deleted": True}), 500, FAILED, [made()], BEFORE),
    Row("and all of it", PUT(ACTION, {"description": "x"}), 500, FAILED, [made()], BEFORE),
    Row("a change does not", PATCH(ACTION, {"description": "x"}), 200, {"name": "Signed up"}, [made()], NOW),
    Row("nor a deletion", PATCH(ACTION, {"deleted": True}), 200, {"deleted": True}, [made()], NOW),
    Row("deleted by PATCH", GONE, 200, {"deleted": True}, [made()]),
    Row("DELETE is not offered", DELETE(ACTION), 405, "", [made()]),
    Row("a deleted one is read", GET(ACTION), 200, {"deleted": True}, [made(), GONE]),
    Row("and not listed", GET(ACTIONS), 200, {"results": []}, [made(), GONE]),
    Row("and restored", patched(deleted=False), 200, {"deleted": False}, [made(), GONE]),
    Row(
        "under its name when that is free",
        patched(deleted=False),
        400,
        TAKEN,
        [made(), GONE, made(saves="new")],
    ),
    Row(
        "or when nobody looks",
        PATCH(ACTION, {"deleted": False}),
        200,
        {"name": "Signed up", "deleted": False},
        [made(), GONE, made(saves="new")],
        NOW,
    ),
    Row("tags are small", made(tags=[" Growth "]), 201, {"tags": ["growth"]}),
    Row("null keeps them", patched(tags=None), 200, {"tags": ["x"]}, [made(tags=["x"])]),
    Row("nothing clears them", patched(tags=[]), 200, {"tags": []}, [made(tags=["x"])]),
    Row("they are for payment", made(tags=["x"]), 201, {"tags": []}, [without_feature("tagging")]),
    Row(
        "the longest message",
        made(slack_message_format="x" * 1201),
        400,
        validation("max_length", "slack_message_format"),
    ),
    Row("null unpins", patched(pinned_at=None), 200, {"pinned_at": None}, [made(pinned_at=True)]),
    Row("so does nothing", patched(pinned_at=""), 200, {"pinned_at": None}, [made(pinned_at=True)]),
    Row(
        "when it was calculated can be said",
        made(last_calculated_at="2020-01-01T00:00:00Z"),
        201,
        {"last_calculated_at": "2020-01-01T00:00:00.000000Z"},
    ),
    Row(
        "the list has no pages, the last calculated first",
        GET(ACTIONS + "?limit=1"),
        200,
        lambda api: {
            "results": [{"name": "Newer"}, {"name": "Old A"}, {"name": "Old B"}],
            "count": "<missing>",
            "next": "<missing>",
        },
        [
            made("Old B", last_calculated_at="2020-01-01T00:00:00Z"),
            made("Old A", last_calculated_at="2020-01-01T00:00:00Z"),
            made("Newer"),
        ],
    ),
    Row(
        "its row in the tree",
        GET(ONE + "file_system/?type=action"),
        200,
        {"results": [{"path": "Unfiled/Actions/Signed up"}]},
        [made()],
        MODERN,
    ),
    Row(
        "in a folder of choice",
        GET(ONE + "file_system/?type=action"),
        200,
        {"results": [{"path": "Shop/Signed up"}]},
        [made(_create_in_folder="Shop")],
        MODERN,
    ),
    Row(
        "a nameless one",
        GET(ONE + "file_system/?type=action"),
        200,
        {"results": [{"path": "Unfiled/Actions/Untitled"}]},
        [made(None)],
        MODERN,
    ),
    Row(
        "is deleted with it", GET(ONE + "file_system/?type=action"), 200, {"count": 0}, [made(), GONE], MODERN
    ),
    Row(
        "a key that reads",
        POST(ACTIONS, {"name": "x"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["action:read"])],
    ),
)

STEPS = (
    Row("steps have all keys", step(event="x"), 201, {"steps": [{**UNSET, "event": "x"}]}),
    Row(
        "a matching that is null stays it", step(url_matching=None), 201, {"steps": [{"url_matching": None}]}
    ),
    Row(
        "unknown keys are dropped",
        step(event="x", other=1),
        201,
        {"steps": [{"event": "x", "other": "<missing>"}]},
    ),
    *(
        Row(f"{name} is a word of three", step(**{name: "like"}), 400)
        for name in ("text_matching", "href_matching", "url_matching")
    ),
    *(
        Row(f"{name} may be {word}", step(**{name: word}), 201, {"steps": [{name: word}]})
        for name in ("text_matching", "href_matching", "url_matching")
        for word in ("contains", "regex", "exact")
    ),
    *(
        Row(f"{name} is trimmed", step(**{name: " a "}), 201, {"steps": [{name: "a"}]})
        for name in ("selector", "url")
    ),
    *(
        Row(f"{name} is not trimmed", step(**{name: " a "}), 201, {"steps": [{name: " a "}]}, ages=NOW)
        for name in ("event", "tag_name", "text", "href")
    ),
    Row(
        "conditions",
        step(event="x", properties=[{"type": "event", "key": "plan", "value": "free"}]),
        201,
        {"steps": [{"properties": [{"type": "event", "key": "plan", "value": "free"}]}]},
    ),
    Row("conditions are a list", step(event="x", properties={}), 400),
    Row("steps are a list", made(steps={}), 400),
    Row("of objects", made(steps=["x"]), 400),
    Row(
        "2026 has one more",
        step(selector="a"),
        201,
        lambda api: {"steps": [{"selector": "a", "selector_regex": '(^|;)a([-_a-zA-Z0-9.:"= ]*)'}]},
        ages=NOW,
    ),
    Row(
        "before, it has not", step(event="a"), 201, {"steps": [{"selector_regex": "<missing>"}]}, ages=BEFORE
    ),
    Row("which nobody sends", step(selector_regex="x"), 201, {"steps": [{"selector_regex": None}]}, ages=NOW),
    Row(
        "they are replaced",
        patched(steps=[{"event": "y"}]),
        200,
        {"steps": [{**UNSET, "event": "y"}]},
        [made(steps=[{"event": "x", "text": "t"}, {"event": "z"}])],
    ),
    Row("and stay", patched(description="x"), 200, {"steps": [{"event": "x"}]}, [step(event="x")]),
)

RULES = ONE + "actions/{action}/access_controls/"
BO = a_key("bo_key", "bo@acme.io")
BO_VIEWS = PUT(RULES, {"access_level": "viewer", "organization_member": "{member_bo}"})
RULED = (
    Row("one's own is managed", GET(ACTION), 200, {"user_access_level": "manager"}, [made()], MODERN),
    Row(
        "who may what is told",
        GET(ACTION, key="{bo_key}"),
        200,
        {"user_access_level": "viewer"},
        [BO, made(), BO_VIEWS],
        MODERN,
    ),
    Row(
        "a viewer changes nothing",
        PATCH(ACTION, {"name": "X"}, key="{bo_key}"),
        403,
        DENIED,
        [BO, made(), BO_VIEWS],
        MODERN,
    ),
    Row(
        "nobody is at none",
        PUT(RULES, {"access_level": "none", "organization_member": "{member_bo}"}),
        400,
        given=[made()],
        ages=MODERN,
    ),
)


@table((*LIFE, *STEPS, *RULED))
def test_actions(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_pinned_is_the_servers_time_and_only_once(api: API, age: int) -> None:
    first = api.send(made(pinned_at="2020-01-01T00:00:00Z")).body["pinned_at"]

    second = api.send(patched(pinned_at="2021-01-01T00:00:00Z")).body["pinned_at"]

    assert first > "2021"
    assert second == first


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_a_deletion_is_never_refused(api: API, age: int) -> None:
    api.send(made())
    leaf = {
        "type": "behavioral",
        "key": api.names["action"],
        "event_type": "actions",
        "value": "performed_event",
        "time_value": 30,
        "time_interval": "day",
    }
    filters = {"properties": {"type": "OR", "values": [{"type": "AND", "values": [leaf]}]}}
    cohort = api.send(POST(ONE + "cohorts/", {"name": "Did", "filters": filters})).body
    if age == 2026:
        named = [{"type": "cohort", "id": str(cohort["id"]), "name": "Did"}]
        assert api.results(ACTION + "references/") == named
        assert api.results(ACTIONS + "?include_reference_count=true")[0]["reference_count"] == 1

    assert api.send(GONE).status == 200

    kept = api.get(ONE + f"cohorts/{cohort['id']}/")["filters"]["properties"]["values"][0]["values"][0]
    assert kept["key"] == api.names["action"]


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (2025, ["updated", "updated", "updated", "created"]),
        (2026, ["updated", "deleted", "updated", "created"]),
    ],
)
def test_the_log_names_the_maker_whoever_it_was(api: API, age: int, expected: list[str]) -> None:
    a_key("other", "ana@acme.io")(api)
    api.send(made())
    for body in (
        {"name": "Joined"},
        {"name": "Joined", "deleted": True},
        {"name": "Joined", "deleted": False},
    ):
        assert api.send(PATCH(ACTION, body, key="{other}")).status == 200

    feed = api.results(ACTION + "activity/")

    assert [each["activity"] for each in feed] == expected
    assert {each["user"]["email"] for each in feed} == {"ada@acme.io"}
    assert [each["field"] for each in feed[2]["detail"]["changes"]] == ["name"]
