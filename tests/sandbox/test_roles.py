"""Sections 4 and 5 of the API page: roles and role memberships."""

from __future__ import annotations

import pytest

from sandbox.steps import a_key, in_both_organizations, without_feature
from sandbox.table import (
    ALL_AGES,
    API,
    DELETE,
    DENIED,
    FAILED,
    GET,
    NOT_FOUND,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

ROLES = "/api/organizations/{org}/roles/"
ROLE = ROLES + "{role}/"
MEMBERSHIPS = ROLE + "role_memberships/"
ANALYSTS = POST(ROLES, {"name": "Analysts"}, saves="analysts")
BO_JOINS = POST(MEMBERSHIPS, {"user_uuid": "{bo}"}, saves="membership")
TAKEN = validation("unique", "name", detail="There is already a role with this name.")
BO = a_key("bo_key", "bo@acme.io")


def the_current_organization_is_the_other(api: API) -> None:
    in_both_organizations(api)
    api.send(PATCH("/api/users/@me/", {"set_current_organization": "{other}"}))


READING = (
    Row(
        "a list embeds every membership",
        GET(ROLES),
        200,
        {
            "count": 1,
            "results": [
                {
                    "id": "{role}",
                    "name": "Engineering",
                    "members": [{"role_id": "{role}"}, {"role_id": "{role}"}],
                }
            ],
        },
    ),
    Row("a role by its id", GET(ROLE), 200, {"name": "Engineering", "created_by": None}),
    Row("an unknown id", GET(ROLES + "{nobody}/"), 404, NOT_FOUND),
    Row("an id that is none", GET(ROLES + "x/"), 404, NOT_FOUND),
    Row("members read roles", GET(ROLES, key="{bo_key}"), 200, given=[BO]),
    Row(
        "2024 has levels and flags",
        GET(ROLE),
        200,
        {"feature_flags_access_level": 37, "associated_flags": [], "is_default": "<missing>"},
        ages=(2024,),
    ),
    Row(
        "since 2025 there is the default role",
        GET(ROLE),
        200,
        {"feature_flags_access_level": "<missing>", "associated_flags": "<missing>", "is_default": False},
        ages=(2025, 2026),
    ),
    Row(
        "which the organization names",
        GET(ROLE),
        200,
        {"is_default": True},
        given=[PATCH("/api/organizations/{org}/", {"default_role_id": "{role}"})],
        ages=(2025, 2026),
    ),
    Row(
        "until 2025 a parameter of the list is a filter",
        GET(ROLES + "?name=Analysts"),
        200,
        {"count": 1},
        given=[ANALYSTS],
        ages=(2024, 2025),
    ),
    Row("and one that names no field fails", GET(ROLES + "?limit=10"), 500, FAILED, ages=(2024, 2025)),
    Row(
        "2026 ignores what it does not know",
        GET(ROLES + "?name=Analysts&limit=10"),
        200,
        {"count": 2},
        given=[ANALYSTS],
        ages=(2026,),
    ),
)

WRITING = (
    Row(
        "a role is made with a name",
        POST(ROLES, {"name": "Analysts"}),
        201,
        {"name": "Analysts", "members": [], "created_by": None},
    ),
    Row("a name is taken whatever its case", POST(ROLES, {"name": "ENGINEERING"}), 400, TAKEN),
    Row("a name is required", POST(ROLES, {}), 400, validation("required", "name")),
    Row(
        "a name has 200 characters at most",
        POST(ROLES, {"name": "x" * 201}),
        400,
        validation("max_length", "name"),
    ),
    Row("members make no roles", POST(ROLES, {"name": "Analysts"}, key="{bo_key}"), 403, DENIED, given=[BO]),
    Row("a role is renamed", PATCH(ROLE, {"name": "Builders"}), 200, {"id": "{role}", "name": "Builders"}),
    Row("not to a name that is taken", PATCH(ROLE, {"name": "analysts"}), 400, TAKEN, given=[ANALYSTS]),
    Row(
        "until 2025 its own name is taken too",
        PATCH(ROLE, {"name": "Engineering"}),
        400,
        TAKEN,
        ages=(2024, 2025),
    ),
    Row(
        "until 2025 its case cannot be changed",
        PATCH(ROLE, {"name": "ENGINEERING"}),
        400,
        TAKEN,
        ages=(2024, 2025),
    ),
    Row("2026 lets it keep its name", PATCH(ROLE, {"name": "Engineering"}), 200, ages=(2026,)),
    Row(
        "2026 changes its case",
        PATCH(ROLE, {"name": "ENGINEERING"}),
        200,
        {"name": "ENGINEERING"},
        ages=(2026,),
    ),
    Row("PUT needs the name", PUT(ROLE, {}), 400, validation("required", "name")),
    Row("PATCH needs nothing", PATCH(ROLE, {}), 200, {"name": "Engineering"}),
    Row(
        "2024 ignores the level of a new role",
        POST(ROLES, {"name": "Analysts", "feature_flags_access_level": 21}),
        201,
        {"feature_flags_access_level": 37},
        ages=(2024,),
    ),
    Row(
        "2024 gives it the organization's level",
        POST(ROLES, {"name": "Analysts"}),
        201,
        {"feature_flags_access_level": 21},
        given=[
            POST(
                "/api/organizations/{org}/resource_access/", {"resource": "feature flags", "access_level": 21}
            )
        ],
        ages=(2024,),
    ),
    Row(
        "2024 changes the level",
        PATCH(ROLE, {"feature_flags_access_level": 21}),
        200,
        {"feature_flags_access_level": 21},
        ages=(2024,),
    ),
    Row(
        "since 2025 it is dropped",
        PATCH(ROLE, {"feature_flags_access_level": 21}),
        200,
        {"feature_flags_access_level": "<missing>"},
        ages=(2025, 2026),
    ),
    Row("a role is deleted", DELETE(ROLE), 204),
    Row("with its memberships", GET(MEMBERSHIPS), 200, {"count": 0}, given=[DELETE(ROLE)]),
    Row(
        "roles need no feature of the plan",
        POST(ROLES, {"name": "Analysts"}),
        201,
        given=[without_feature("role_based_access")],
    ),
    Row(
        "until 2025 a role is made in the current organization",
        GET("/api/organizations/{other}/roles/"),
        200,
        {"count": 1},
        given=[the_current_organization_is_the_other, ANALYSTS],
        ages=(2024, 2025),
    ),
    Row(
        "2026 makes it in the organization of the URL",
        GET("/api/organizations/{other}/roles/"),
        200,
        {"count": 0},
        given=[the_current_organization_is_the_other, ANALYSTS],
        ages=(2026,),
    ),
    Row(
        "until 2025 names are compared with those of the current organization",
        POST(ROLES, {"name": "Engineering"}),
        201,
        given=[the_current_organization_is_the_other],
        ages=(2024, 2025),
    ),
    Row(
        "2026 compares with those of the URL",
        POST(ROLES, {"name": "Engineering"}),
        400,
        TAKEN,
        given=[the_current_organization_is_the_other],
        ages=(2026,),
    ),
)

JOINING = (
    Row(
        "memberships are listed",
        GET(MEMBERSHIPS),
        200,
        {
            "count": 2,
            "results": [
                {"role_id": "{role}", "organization_member": {"organization": "<missing>"}},
                {"role_id": "{role}", "organization_member": {"organization": "<missing>"}},
            ],
        },
    ),
    Row(
        "a member joins",
        POST(MEMBERSHIPS, {"user_uuid": "{bo}"}),
        201,
        {
            "role_id": "{role}",
            "user": {"uuid": "{bo}"},
            "organization_member": {"id": "{member_bo}", "level": 1},
            "user_uuid": "<missing>",
        },
    ),
    Row("user_uuid is required", POST(MEMBERSHIPS, {}), 400, validation("required", "user_uuid")),
    Row(
        "user_uuid is a UUID",
        POST(MEMBERSHIPS, {"user_uuid": "bo"}),
        400,
        validation("invalid_input", "user_uuid"),
    ),
    Row(
        "an unknown user",
        POST(MEMBERSHIPS, {"user_uuid": "{nobody}"}),
        400,
        validation("invalid_input", None, detail="User does not exist."),
    ),
    Row(
        "twice is 400 and not 409",
        POST(MEMBERSHIPS, {"user_uuid": "{ana}"}),
        400,
        validation("invalid_input", None, detail="User is already part of the role."),
    ),
    Row(
        "an unknown role is 400",
        POST(ROLES + "{nobody}/role_memberships/", {"user_uuid": "{bo}"}),
        400,
        validation("invalid_input", None, detail="Role does not exist."),
    ),
    Row(
        "a role of another organization is 400",
        POST("/api/organizations/{other}/roles/{role}/role_memberships/", {"user_uuid": "{bo}"}),
        400,
        validation("invalid_input", None, detail="Role does not exist."),
        given=[in_both_organizations],
    ),
    Row(
        "members let nobody join",
        POST(MEMBERSHIPS, {"user_uuid": "{cy}"}, key="{bo_key}"),
        403,
        DENIED,
        given=[BO],
    ),
    Row(
        "a user is in many roles",
        POST(ROLES + "{analysts}/role_memberships/", {"user_uuid": "{ana}"}),
        201,
        given=[ANALYSTS],
    ),
    Row("a membership is ended", DELETE(MEMBERSHIPS + "{membership}/"), 204, given=[BO_JOINS]),
    Row("which was not there", DELETE(MEMBERSHIPS + "{nobody}/"), 404, NOT_FOUND),
    Row(
        "not through another role",
        DELETE(ROLES + "{analysts}/role_memberships/{membership}/"),
        404,
        NOT_FOUND,
        given=[BO_JOINS, ANALYSTS],
    ),
    Row(
        "2026 reads one",
        GET(MEMBERSHIPS + "{membership}/"),
        200,
        {"id": "{membership}", "user": {"uuid": "{bo}"}},
        given=[BO_JOINS],
        ages=(2026,),
    ),
    Row("2025 does not", GET(MEMBERSHIPS + "{membership}/"), 403, DENIED, given=[BO_JOINS], ages=(2025,)),
    Row(
        "2024 says so to an unrestricted key",
        GET(MEMBERSHIPS + "{membership}/"),
        405,
        given=[BO_JOINS],
        ages=(2024,),
    ),
    Row(
        "nobody changes one",
        PATCH(MEMBERSHIPS + "{membership}/", {"user_uuid": "{cy}"}),
        403,
        DENIED,
        given=[BO_JOINS],
        ages=(2025, 2026),
    ),
)


@table((*READING, *WRITING, *JOINING))
def test_roles(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", ALL_AGES)
def test_who_is_inactive_cannot_join(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.rules.models import User

    User.objects.filter(email="bo@acme.io").update(is_active=False)

    assert api.send(POST(MEMBERSHIPS, {"user_uuid": "{bo}"})).error == (
        400,
        "validation_error",
        "invalid_input",
        None,
    )


@pytest.mark.parametrize("age", ALL_AGES)
def test_a_patch_keeps_the_moment_of_creation_and_the_members(api: API, age: int) -> None:
    before = api.get(ROLE)
    after = api.send(
        PATCH(ROLE, {"name": "Builders", "members": [], "created_at": "2001-01-01T00:00:00Z"})
    ).body

    assert after == {**before, "name": "Builders"}


@pytest.mark.parametrize("age", ALL_AGES)
def test_old_memberships_may_lack_their_member(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.families.roles import RoleMembership

    RoleMembership.objects.update(organization_member=None)

    found = api.results(MEMBERSHIPS)
    assert [each["organization_member"] for each in found] == [None, None]
    assert {each["user"]["email"] for each in found} == {"ada@acme.io", "ana@acme.io"}


@pytest.mark.parametrize("age", [2024, 2025])
def test_until_2025_roles_beyond_the_hundredth_cannot_be_reached(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.control import bulk

    bulk.make({"roles": 150})
    first = api.get(ROLES)

    assert (first["count"], len(first["results"])) == (151, 100)
    assert api.send(GET(first["next"].replace("http://localhost", ""))).status == 500
