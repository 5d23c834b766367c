"""Section 2 of the API page: the user, organizations, members, invites, plugins."""

from __future__ import annotations

import pytest

from sandbox.steps import a_key, another_organization, changed_organization, switched
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
    Row,
    check,
    table,
    validation,
)


def hide_the_members(api: API) -> None:
    changed_organization(members_can_see_org_members=False)(api)


USERS = (
    Row(
        "the user of the key, with the current organization and project",
        GET("/api/users/@me/"),
        200,
        {
            "email": "ada@acme.io",
            "uuid": "{ada}",
            "is_staff": False,
            "organization": {"id": "{org}", "membership_level": 15},
            "team": {"id": "{project}", "name": "Default project"},
            "organizations": [{"id": "{org}", "name": "Acme", "slug": "acme", "membership_level": 15}],
        },
    ),
    Row("no other user can be read", GET("/api/users/{ana}/"), 403, DENIED),
    Row(
        "the current project can be set",
        PATCH("/api/users/@me/", {"set_current_team": "{second}"}),
        200,
        {"team": {"id": "{second}"}},
        given=[
            POST("/api/organizations/{org}/projects/", {"name": "Second"}, saves="second"),
            PATCH("/api/users/@me/", {"set_current_team": "{project}"}),
        ],
    ),
    Row(
        "not to a project of others",
        PATCH("/api/users/@me/", {"set_current_team": "{their_project}"}),
        400,
        validation("does_not_exist", "set_current_team"),
        given=[another_organization],
    ),
    Row(
        "not to an organization of others",
        PATCH("/api/users/@me/", {"set_current_organization": "{other}"}),
        400,
        validation("does_not_exist", "set_current_organization"),
        given=[another_organization],
    ),
)

ORGANIZATIONS = (
    Row(
        "one's own are listed",
        GET("/api/organizations/"),
        200,
        {"count": 1, "results": [{"id": "{org}"}]},
        given=[another_organization],
    ),
    Row("@current is the user's", GET("/api/organizations/@current/"), 200, {"id": "{org}", "name": "Acme"}),
    Row(
        "by its uuid",
        GET("/api/organizations/{org}/"),
        200,
        {
            "slug": "acme",
            "membership_level": 15,
            "plugins_access_level": 9,
            "member_count": 5,
            "projects": [{"id": "{project}", "organization_id": "{org}", "name": "Default project"}],
            "teams": [{"id": "{project}", "timezone": "UTC"}],
        },
    ),
    Row(
        "not by its slug",
        GET("/api/organizations/acme/"),
        404,
        {**NOT_FOUND, "detail": "Organization not found."},
    ),
    Row(
        "not by an unknown uuid",
        GET("/api/organizations/{nobody}/"),
        404,
        {**NOT_FOUND, "detail": "Organization not found."},
    ),
    Row(
        "who is no member is refused",
        GET("/api/organizations/{other}/"),
        403,
        DENIED,
        given=[another_organization],
    ),
    Row(
        "who is no member reads none of its families",
        GET("/api/organizations/{other}/roles/"),
        403,
        DENIED,
        given=[another_organization],
    ),
    Row(
        "a name has 64 characters at most",
        PATCH("/api/organizations/{org}/", {"name": "x" * 65}),
        400,
        validation("max_length", "name"),
    ),
    Row(
        "the default role can be set",
        PATCH("/api/organizations/{org}/", {"default_role_id": "{role}"}),
        200,
        {"default_role_id": "{role}"},
        ages=(2025, 2026),
    ),
    Row(
        "a role that is not there makes the server fail",
        PATCH("/api/organizations/{org}/", {"default_role_id": "{nobody}"}),
        500,
        FAILED,
        ages=(2025, 2026),
    ),
    Row(
        "the newest servers look",
        PATCH("/api/organizations/{org}/", {"default_role_id": "{nobody}"}),
        400,
        validation("does_not_exist", "default_role_id"),
        given=[switched(newest_2026=True)],
        ages=(2026,),
    ),
    Row(
        "members change nothing",
        PATCH("/api/organizations/{org}/", {"name": "X"}, key="{bo_key}"),
        403,
        DENIED,
        given=[a_key("bo_key", "bo@acme.io")],
    ),
    Row(
        "only owners delete",
        DELETE("/api/organizations/{org}/", key="{ana_key}"),
        403,
        DENIED,
        given=[a_key("ana_key", "ana@acme.io")],
    ),
)

MEMBERS = (
    Row(
        "members have a user, a level and an id of their own",
        GET("/api/organizations/{org}/members/?email=ana@acme.io"),
        200,
        {
            "count": 1,
            "results": [
                {
                    "id": "{member_ana}",
                    "level": 8,
                    "user": {"uuid": "{ana}", "email": "ana@acme.io", "first_name": "Ana"},
                }
            ],
        },
    ),
    Row(
        "last_login came with 2025",
        GET("/api/organizations/{org}/members/?email=ana@acme.io"),
        200,
        {"results": [{"last_login": None}]},
        ages=(2025, 2026),
    ),
    Row(
        "there was no last_login in 2024",
        GET("/api/organizations/{org}/members/?email=ana@acme.io"),
        200,
        {"results": [{"last_login": "<missing>"}]},
        ages=(2024,),
    ),
    Row(
        "an address is compared with its case",
        GET("/api/organizations/{org}/members/?email=Ana@acme.io"),
        200,
        {"count": 0},
    ),
    Row(
        "a search looks into names and addresses",
        GET("/api/organizations/{org}/members/?search=an"),
        200,
        {"count": 1},
        ages=(2026,),
    ),
    Row(
        "who was there first",
        GET("/api/organizations/{org}/members/?order=joined_at&limit=1"),
        200,
        {"count": 5, "results": [{"user": {"email": "ada@acme.io"}}]},
    ),
    Row(
        "an admin changes a level",
        PATCH("/api/organizations/{org}/members/{bo}/", {"level": 8}),
        200,
        {"level": 8},
    ),
    Row("not one's own", PATCH("/api/organizations/{org}/members/{ada}/", {"level": 1}), 403, DENIED),
    Row(
        "not above one's own",
        PATCH("/api/organizations/{org}/members/{bo}/", {"level": 15}, key="{ana_key}"),
        403,
        DENIED,
        given=[a_key("ana_key", "ana@acme.io")],
    ),
    Row(
        "levels are 1, 8 and 15",
        PATCH("/api/organizations/{org}/members/{bo}/", {"level": 5}),
        400,
        validation("invalid_choice", "level"),
    ),
    Row("a member is removed", DELETE("/api/organizations/{org}/members/{bo}/"), 204),
    Row(
        "members remove nobody else",
        DELETE("/api/organizations/{org}/members/{cy}/", key="{bo_key}"),
        403,
        DENIED,
        given=[a_key("bo_key", "bo@acme.io")],
    ),
    Row(
        "members may leave",
        DELETE("/api/organizations/{org}/members/{bo}/", key="{bo_key}"),
        204,
        given=[a_key("bo_key", "bo@acme.io")],
    ),
    Row(
        "who was removed is in no role any more",
        GET("/api/organizations/{org}/roles/{role}/role_memberships/"),
        200,
        {"count": 1, "results": [{"user": {"uuid": "{ada}"}}]},
        given=[DELETE("/api/organizations/{org}/members/{ana}/")],
    ),
    Row(
        "2026 can hide the members from those who are no admins",
        GET("/api/organizations/{org}/members/", key="{bo_key}"),
        200,
        {"count": 1},
        given=[hide_the_members, a_key("bo_key", "bo@acme.io")],
        ages=(2026,),
    ),
    Row(
        "roles hide them too then",
        GET("/api/organizations/{org}/roles/{role}/", key="{bo_key}"),
        200,
        {"members": [], "created_by": None},
        given=[hide_the_members, a_key("bo_key", "bo@acme.io")],
        ages=(2026,),
    ),
    Row(
        "admins see all",
        GET("/api/organizations/{org}/members/"),
        200,
        {"count": 5},
        given=[hide_the_members],
    ),
    Row(
        "the reader of members needs its scope",
        GET("/api/organizations/{org}/members/", key="{key}"),
        403,
        {**DENIED, "detail": "API key missing required scope 'organization_member:read'"},
        given=[a_key("key", scopes=["organization:write"])],
    ),
)

INVITES = (
    Row("nobody is invited to begin with", GET("/api/organizations/{org}/invites/"), 200, {"count": 0}),
    Row(
        "an invite is pending",
        GET("/api/organizations/{org}/invites/"),
        200,
        {
            "count": 1,
            "results": [{"target_email": "eve@acme.io", "level": 1, "created_by": {"uuid": "{ada}"}}],
        },
        given=[POST("/api/organizations/{org}/invites/", {"target_email": "eve@acme.io"})],
    ),
    Row(
        "members cannot be invited again",
        POST("/api/organizations/{org}/invites/", {"target_email": "ANA@acme.io"}),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "an invite can be taken back",
        DELETE("/api/organizations/{org}/invites/{invite}/"),
        204,
        given=[POST("/api/organizations/{org}/invites/", {"target_email": "eve@acme.io"}, saves="invite")],
    ),
)


PLUGINS = (
    Row(
        "installed plugins with their schema",
        GET("/api/organizations/{org}/plugins/{snowflake}/"),
        200,
        {
            "id": "{snowflake}",
            "name": "Snowflake Export",
            "url": "https://github.com/PostHog/snowflake-export-plugin",
            "capabilities": {"methods": ["onEvent"]},
            "organization_id": "{org}",
            "is_global": False,
        },
    ),
    Row("all of them", GET("/api/organizations/{org}/plugins/"), 200, {"count": 5}),
    Row(
        "those that can be destinations",
        GET("/api/organizations/{org}/pipeline_destinations/"),
        200,
        {"count": 3},
    ),
    Row(
        "those that can be transformations",
        GET("/api/organizations/{org}/pipeline_transformations/"),
        200,
        {"count": 1, "results": [{"name": "GeoIP"}]},
    ),
    Row(
        "those that can be site apps",
        GET("/api/organizations/{org}/pipeline_frontend_apps/"),
        200,
        {"count": 1, "results": [{"name": "Notification Bar"}]},
    ),
    Row("those that can import", GET("/api/organizations/{org}/pipeline_import_apps/"), 200, {"count": 0}),
    Row(
        "a second install of a URL is refused",
        POST(
            "/api/organizations/{org}/plugins/", {"url": "https://github.com/PostHog/snowflake-export-plugin"}
        ),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "without access to plugins the list is refused",
        GET("/api/organizations/{org}/plugins/"),
        403,
        DENIED,
        given=[changed_organization(plugins_access_level=0)],
    ),
    Row(
        "with access to configs only nothing is installed",
        POST("/api/organizations/{org}/plugins/", {"url": "https://example.com/x"}),
        403,
        DENIED,
        given=[changed_organization(plugins_access_level=3)],
    ),
    Row(
        "with access to configs only the list is read",
        GET("/api/organizations/{org}/plugins/"),
        200,
        {"count": 5},
        given=[changed_organization(plugins_access_level=3)],
    ),
)


@table((*USERS, *ORGANIZATIONS, *MEMBERS, *INVITES, *PLUGINS))
def test_organizations(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", ALL_AGES[1:])
def test_who_joins_gets_the_default_role(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save
    from pulumi_posthog.sandbox.rules.models import OrganizationMembership, User

    api.send(PATCH("/api/organizations/{org}/", {"default_role_id": "{role}"}))
    eve = User.objects.create(email="eve@acme.io")
    save(OrganizationMembership(organization_id=api.names["org"], user=eve), None)

    members = api.results("/api/organizations/{org}/roles/{role}/role_memberships/")
    assert "eve@acme.io" in {each["user"]["email"] for each in members}
