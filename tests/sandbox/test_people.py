"""posthog-api-access.md 1 and 2 as tables: members and invites."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.steps import (
    a_key,
    another_organization,
    changed_organization,
    switched,
    without_feature,
)
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    FAILED,
    GET,
    MODERN,
    NOT_FOUND,
    ONE,
    ORG,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

MEMBERS = ORG + "members/"
INVITES = ORG + "invites/"
RULES = ONE + "access_controls/"
TYPES = ONE + "resource_access_controls/"
BOARD = ONE + "dashboards/{dashboard}/access_controls/"
BO = a_key("bo_key", "bo@acme.io")
ANA = a_key("ana_key", "ana@acme.io")
EVE = {"target_email": "eve@acme.io"}

LEVELS = (
    Row("who is below admin edits nobody", PATCH(MEMBERS + "{cy}/", {}, key="{bo_key}"), 403, DENIED, [BO]),
    Row(
        "an admin does not edit an owner", PATCH(MEMBERS + "{ada}/", {}, key="{ana_key}"), 403, DENIED, [ANA]
    ),
    Row("nobody their own, not even to what it is", PATCH(MEMBERS + "@me/", {"level": 15}), 403, DENIED),
    Row(
        "only owners make owners",
        PATCH(MEMBERS + "{bo}/", {"level": 15}, key="{ana_key}"),
        403,
        DENIED,
        [ANA],
    ),
    Row("an owner makes another", PATCH(MEMBERS + "{bo}/", {"level": 15}), 200, {"level": 15}),
    Row("an empty change is one", PATCH(MEMBERS + "{bo}/", {}), 200, {"level": 1}),
    Row("one's own empty change, too", PATCH(MEMBERS + "@me/", {}), 200, {"level": 15}),
    Row(
        "no level at all is refused",
        PATCH(MEMBERS + "{bo}/", {"level": None}),
        400,
        validation("null", "level"),
    ),
    Row("PUT is the same", PUT(MEMBERS + "{bo}/", {"level": 8}), 200, {"level": 8}),
    Row("an owner is never removed", DELETE(MEMBERS + "@me/"), 400, validation("invalid_input", None)),
    Row("nor by another", DELETE(MEMBERS + "{bo}/"), 400, given=[PATCH(MEMBERS + "{bo}/", {"level": 15})]),
    Row("an admin removes no owner", DELETE(MEMBERS + "{ada}/", key="{ana_key}"), 403, DENIED, [ANA]),
    Row("nobody by that id", DELETE(MEMBERS + "{nobody}/"), 404, NOT_FOUND),
    Row("what is no uuid fails", DELETE(MEMBERS + "bo/"), 500, FAILED),
    Row("there is no GET of one", GET(MEMBERS + "{bo}/"), 403, DENIED, ages=MODERN),
    Row("there is no POST", POST(MEMBERS, EVE), 403, DENIED, ages=MODERN),
    Row(
        "rules are removed with the member",
        GET(RULES),
        200,
        {"access_controls": []},
        [
            PUT(RULES, {"access_level": "none", "organization_member": "{member_bo}"}),
            DELETE(MEMBERS + "{bo}/"),
        ],
        MODERN,
    ),
    Row(
        "the log says whose level it was",
        GET(ONE + "activity_log/?scope=OrganizationMembership"),
        200,
        {
            "results": [
                {
                    "activity": "deleted",
                    "detail": {"context": {"user_email": "bo@acme.io", "level": "member"}},
                }
            ]
        },
        [DELETE(MEMBERS + "{bo}/")],
        MODERN,
    ),
    Row(
        "by any field once",
        GET(MEMBERS + "?order=level&limit=1"),
        200,
        {"results": [{"level": 1}]},
        (),
        (2024, 2025),
    ),
    Row("an unknown one is ignored now", GET(MEMBERS + "?order=colour"), 200, {"count": 5}, (), (2026,)),
    Row("too long a search", GET(MEMBERS + "?search=" + "x" * 201), 400, ages=(2026,)),
)

INVITED = (
    Row(
        "an invite as it is answered",
        POST(INVITES, EVE),
        201,
        {
            "target_email": "eve@acme.io",
            "first_name": "",
            "level": 1,
            "message": None,
            "private_project_access": [],
            "is_expired": False,
            "emailing_attempt_made": True,
            "created_by": {"uuid": "{ada}"},
            "send_email": "<missing>",
        },
    ),
    Row("the address is required", POST(INVITES, {}), 400, validation("required", "target_email")),
    Row("and one", POST(INVITES, {"target_email": "eve"}), 400, validation("invalid_input", "target_email")),
    Row("not null", POST(INVITES, {"target_email": None}), 400, validation("null", "target_email")),
    Row("small letters", POST(INVITES, {"target_email": "Eve@Acme.io"}), 201, EVE, (), MODERN),
    Row(
        "once only behind the @",
        POST(INVITES, {"target_email": "Eve@Acme.io"}),
        201,
        {"target_email": "Eve@acme.io"},
        (),
        (2024,),
    ),
    Row(
        "not above one's own level", POST(INVITES, {**EVE, "level": 15}, key="{ana_key}"), 403, DENIED, [ANA]
    ),
    Row("members may invite", POST(INVITES, EVE, key="{bo_key}"), 201, given=[BO]),
    Row(
        "unless the organization forbids it",
        POST(INVITES, EVE, key="{bo_key}"),
        403,
        DENIED,
        [BO, changed_organization(members_can_invite=False)],
        MODERN,
    ),
    Row(
        "which is for payment",
        POST(INVITES, EVE, key="{bo_key}"),
        201,
        given=[
            BO,
            changed_organization(members_can_invite=False),
            without_feature("organization_invite_settings"),
        ],
        ages=MODERN,
    ),
    Row("one address, one invite", GET(INVITES), 200, {"count": 1}, [POST(INVITES, EVE)] * 2, MODERN),
    Row("they piled up in 2024", GET(INVITES), 200, {"count": 2}, [POST(INVITES, EVE)] * 2, (2024,)),
    Row(
        "another invite can keep what the older ones gave",
        POST(INVITES, {**EVE, "combine_pending_invites": True}),
        201,
        {"level": 8, "private_project_access": [{"id": "{project}", "level": "admin"}]},
        [
            POST(
                INVITES,
                {**EVE, "level": 8, "private_project_access": [{"id": "{project}", "level": "admin"}]},
            )
        ],
        MODERN,
    ),
    Row(
        "empty access is null",
        POST(INVITES, {**EVE, "private_project_access": []}),
        201,
        {"private_project_access": None},
    ),
    Row(
        "access to what is not there",
        POST(INVITES, {**EVE, "private_project_access": [{"id": 99999, "level": "member"}]}),
        400,
        validation("invalid_input", "private_project_access"),
    ),
    Row(
        "access to another's project",
        POST(INVITES, {**EVE, "private_project_access": [{"id": "{their_project}", "level": "member"}]}),
        400,
        validation("invalid_input", "private_project_access"),
        [another_organization],
    ),
    Row(
        "an expired one is still listed",
        GET(INVITES),
        200,
        {"results": [{"is_expired": True}]},
        [POST(INVITES, EVE), switched(invite_seconds=0)],
    ),
    Row(
        "many at once are an array",
        POST(INVITES + "bulk/", [EVE, {"target_email": "f@x.io"}]),
        201,
        lambda api: api.get(INVITES)["results"][::-1],
    ),
    Row("no array", POST(INVITES + "bulk/", EVE), 400, validation("invalid_input", None)),
    Row(
        "21 are too many",
        POST(INVITES + "bulk/", [{"target_email": f"a{number}@x.io"} for number in range(21)]),
        400,
        validation("max_length", None),
    ),
    Row("what cannot be of one: GET", GET(INVITES + "{nobody}/"), 403, DENIED, ages=MODERN),
    Row("nor PATCH", PATCH(INVITES + "{nobody}/", {"level": 1}), 403, DENIED, ages=MODERN),
    Row("a key that only reads may invite in 2025", POST(INVITES, EVE, key="{key}"), 201, None, (), (2025,)),
    Row("a key that only reads may not", POST(INVITES, EVE, key="{key}"), 403, DENIED, (), (2024, 2026)),
    Row(
        "the log has it without a word about what it replaced",
        GET(ONE + "activity_log/?scope=OrganizationInvite"),
        200,
        {"results": [{"activity": "created"}, {"activity": "created"}]},
        [POST(INVITES, EVE)] * 2,
    ),
)
READ_ONLY = a_key("key", scopes=["organization_member:read"])
INVITED = tuple(
    replace(row, has={}, given=[READ_ONLY])
    if row.has is None
    else replace(row, given=[READ_ONLY])
    if row.call.key == "{key}"
    else row
    for row in INVITED
)


@table((*LEVELS, *INVITED))
def test_people(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", MODERN)
def test_no_mail_is_sent_twice_unless_one_is_invited_again(api: API, age: int) -> None:
    api.send(POST(INVITES, EVE))
    api.send(POST(INVITES, EVE))
    api.send(POST(INVITES, {"target_email": "quiet@acme.io", "send_email": False}))
    switched(sends_mail=False)(api)
    api.send(POST(INVITES, {"target_email": "nomail@acme.io"}))

    assert [each["to"] for each in api.get("/_sandbox/mails")["results"]] == ["eve@acme.io"] * 2
    assert api.send(DELETE("/_sandbox/mails")).body["count"] == 0


def test_who_accepts_is_a_member_with_level_role_and_projects(api: API) -> None:
    api.send(PATCH(ORG, {"default_role_id": "{role}"}))
    access = [{"id": api.names["project"], "level": "member"}]
    api.send(POST(INVITES, {**EVE, "level": 8, "private_project_access": access}))

    made = api.send(POST("/_sandbox/invites/accept", {"email": "EVE@acme.io"})).body

    (member,) = api.results(MEMBERS + "?email=eve@acme.io")
    assert (member["id"], member["level"]) == (made["id"], 8)
    (one,) = api.get(RULES)["access_controls"]
    assert (one["organization_member"], one["access_level"]) == (made["id"], "member")
    roles = api.results(ORG + "roles/{role}/role_memberships/")
    assert made["user"] in {each["user"]["uuid"] for each in roles}
    assert api.get(INVITES)["count"] == 0
    logged = api.results(ONE + "activity_log/?scope=OrganizationInvite")
    assert [each["activity"] for each in logged] == ["deleted", "created"]


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([], "nobody has invited 'eve@acme.io'"),
        ([POST(INVITES, EVE), switched(invite_seconds=0)], "the invite of eve@acme.io has expired"),
    ],
)
def test_what_cannot_be_accepted_is_said(api: API, steps: list[Any], error: str) -> None:
    for step in steps:
        api.send(step) if not callable(step) else step(api)

    answer = api.send(POST("/_sandbox/invites/accept", {"email": "eve@acme.io"}))

    assert (answer.status, answer.body) == (400, {"error": error})


def test_invites_made_before_one_that_fails_stay(api: API) -> None:
    answer = api.send(POST(INVITES + "bulk/", [EVE, {"target_email": "ana@acme.io"}]))

    assert answer.error == (400, "validation_error", "invalid_input", None)
    assert [each["target_email"] for each in api.results(INVITES)] == ["eve@acme.io"]
