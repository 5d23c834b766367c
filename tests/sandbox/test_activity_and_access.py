"""Sections 8 and 9 of the API page: the activity log and access controls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.steps import a_key, an_object, with_feature, without_feature
from sandbox.table import (
    ALL_AGES,
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

LOG = ONE + "activity_log/"
BERLIN = PATCH(ONE, {"timezone": "Europe/Berlin"})

FEED = (
    Row(
        "nothing happened to begin with",
        GET(LOG),
        200,
        {"results": [], "next": None, "previous": None, "count": "<missing>"},
    ),
    Row(
        "a changed setting says who, what and how",
        GET(LOG + "?scopes=Team,Project&item_id={project}"),
        200,
        {
            "results": [
                {
                    "scope": "Team",
                    "activity": "updated",
                    "item_id": "{project_text}",
                    "is_system": False,
                    "was_impersonated": False,
                    "team_id": "{project}",
                    "organization_id": "{org}",
                    "user": {"uuid": "{ada}", "email": "ada@acme.io"},
                    "detail": {
                        "name": "Default project",
                        "changes": [
                            {
                                "type": "Team",
                                "action": "changed",
                                "field": "timezone",
                                "before": "UTC",
                                "after": "Europe/Berlin",
                            }
                        ],
                    },
                }
            ]
        },
        given=[BERLIN],
    ),
    Row(
        "an update without changes is not logged",
        GET(LOG),
        200,
        {"results": []},
        given=[PATCH(ONE, {"timezone": "UTC"})],
    ),
    Row(
        "foreign keys are logged with _id",
        GET(LOG),
        200,
        {"results": [{"detail": {"changes": [{"field": "primary_dashboard_id", "after": "{dashboard}"}]}}]},
        given=[PATCH(ONE, {"primary_dashboard": "{dashboard}"})],
    ),
    Row(
        "a new project is logged twice",
        GET("/api/projects/{second}/activity_log/"),
        200,
        {"results": [{"scope": "Team", "activity": "created"}, {"scope": "Project", "activity": "created"}]},
        given=[POST(ORG + "projects/", {"name": "Second"}, saves="second")],
    ),
    Row(
        "the newest is first",
        GET(LOG),
        200,
        {
            "results": [
                {"detail": {"changes": [{"after": "Europe/Rome"}]}},
                {"detail": {"changes": [{"after": "Europe/Berlin"}]}},
            ]
        },
        given=[BERLIN, PATCH(ONE, {"timezone": "Europe/Rome"})],
    ),
    Row(
        "2026 can turn it round",
        GET(LOG + "?ordering=created_at&page_size=1"),
        200,
        {"results": [{"detail": {"changes": [{"after": "Europe/Berlin"}]}}]},
        given=[BERLIN, PATCH(ONE, {"timezone": "Europe/Rome"})],
        ages=(2026,),
    ),
    Row(
        "pages have numbers if one asks for one",
        GET(LOG + "?page=2&page_size=1"),
        200,
        {"count": 2, "next": None, "results": [{"detail": {"changes": [{"after": "Europe/Berlin"}]}}]},
        given=[BERLIN, PATCH(ONE, {"timezone": "Europe/Rome"})],
    ),
    Row("one scope", GET(LOG + "?scope=PluginConfig"), 200, {"results": []}, given=[BERLIN]),
    Row(
        "members are logged",
        GET(LOG + "?scope=OrganizationMembership"),
        200,
        {
            "results": [
                {
                    "activity": "updated",
                    "item_id": "{member_bo}",
                    "detail": {"changes": [{"field": "level", "before": 1, "after": 8}]},
                }
            ]
        },
        given=[PATCH(ORG + "members/{bo}/", {"level": 8})],
        ages=MODERN,
    ),
    Row(
        "2026 is thought to log roles",
        GET(LOG + "?scope=Role"),
        200,
        {"results": [{"activity": "updated", "item_id": "{role}"}]},
        given=[PATCH(ORG + "roles/{role}/", {"name": "X"})],
        ages=(2026,),
    ),
    Row(
        "before nobody did",
        GET(LOG + "?scope=Role"),
        200,
        {"results": []},
        given=[PATCH(ORG + "roles/{role}/", {"name": "X"})],
        ages=(2024, 2025),
    ),
    Row(
        "memberships are not logged",
        GET(LOG),
        200,
        {"results": []},
        given=[POST(ORG + "roles/{role}/role_memberships/", {"user_uuid": "{bo}"})],
    ),
    Row(
        "rows of the tree are not logged",
        GET(LOG),
        200,
        {"results": []},
        given=[POST(ONE + "file_system/", {"path": "x", "type": "folder"})],
        ages=MODERN,
    ),
    Row(
        "the log has a scope of its own",
        GET(LOG, key="{key}"),
        403,
        {**DENIED, "detail": "API key missing required scope 'activity_log:read'"},
        given=[a_key("key", scopes=["project:write"])],
    ),
    Row(
        "2026 wants audit logs in the plan",
        GET(LOG),
        402,
        {"type": "server_error", "code": "payment_required"},
        given=[without_feature("audit_logs")],
        ages=(2026,),
    ),
    Row(
        "the feed of one project counts",
        GET(ONE + "activity/?limit=1"),
        200,
        {
            "total_count": 2,
            "results": [{"user": {"first_name": "Ada", "email": "ada@acme.io"}}],
            "previous": None,
        },
        given=[BERLIN, PATCH(ONE, {"timezone": "Europe/Rome"})],
        ages=(2024,),
    ),
)

RULES = ONE + "access_controls/"
RESOURCES = ONE + "resource_access_controls/"
BO_SEES_NOTHING = PUT(RULES, {"access_level": "none", "organization_member": "{member_bo}"})
NOBODY_SEES = PUT(RULES, {"access_level": "none"})
BO = a_key("bo_key", "bo@acme.io")


def a_rule(api: API) -> dict[str, Any]:
    """The whole of it, but for the two moments, which are what they are."""
    (rule,) = api.get(RULES)["access_controls"]
    return {
        "access_level": "none",
        "resource": "project",
        "resource_id": str(api.names["project"]),
        "organization_member": None,
        "role": None,
        "created_by": None,
        "created_at": rule["created_at"],
        "updated_at": rule["updated_at"],
    }


def test_a_rule_has_these_keys_and_no_others(api: API) -> None:
    api.send(NOBODY_SEES)

    (rule,) = api.get(RULES)["access_controls"]

    assert rule == a_rule(api)


ACCESS = (
    Row(
        "there are no rules to begin with",
        GET(RULES),
        200,
        {
            "access_controls": [],
            "available_access_levels": ["none", "member", "admin"],
            "default_access_level": "admin",
            "user_access_level": "admin",
            "user_can_edit_access_levels": True,
        },
    ),
    Row(
        "a rule for a member",
        BO_SEES_NOTHING,
        200,
        {"access_level": "none", "organization_member": "{member_bo}", "role": None, "resource": "project"},
    ),
    Row(
        "a rule for a role",
        PUT(RULES, {"access_level": "admin", "role": "{role}"}),
        200,
        {"access_level": "admin", "role": "{role}"},
    ),
    Row(
        "a rule for everybody",
        NOBODY_SEES,
        200,
        {"access_level": "none", "organization_member": None, "role": None},
    ),
    Row(
        "is listed; the built-in default stays what it is",
        GET(RULES),
        200,
        {"default_access_level": "admin", "access_controls": [{"access_level": "none"}]},
        given=[NOBODY_SEES],
    ),
    Row(
        "the same again replaces it",
        GET(RULES),
        200,
        {"access_controls": [{"access_level": "admin"}]},
        given=[BO_SEES_NOTHING, PUT(RULES, {"access_level": "admin", "organization_member": "{member_bo}"})],
    ),
    Row(
        "null removes it",
        PUT(RULES, {"access_level": None, "organization_member": "{member_bo}"}),
        204,
        given=[BO_SEES_NOTHING],
    ),
    Row(
        "so that it is gone",
        GET(RULES),
        200,
        {"access_controls": []},
        given=[BO_SEES_NOTHING, PUT(RULES, {"access_level": None, "organization_member": "{member_bo}"})],
    ),
    Row(
        "none stays",
        GET(RULES),
        200,
        {"access_controls": [{"access_level": "none"}]},
        given=[BO_SEES_NOTHING],
    ),
    Row(
        "member and role together are refused",
        PUT(RULES, {"access_level": "none", "organization_member": "{member_bo}", "role": "{role}"}),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "an unknown level is refused",
        PUT(RULES, {"access_level": "viewer"}),
        400,
        validation("invalid_input", "access_level"),
    ),
    Row("the level is required", PUT(RULES, {}), 400, validation("required", "access_level")),
    Row(
        "members change nothing",
        PUT(RULES, {"access_level": "none"}, key="{bo_key}"),
        403,
        DENIED,
        given=[BO],
    ),
    Row(
        "whom a rule closes the project to is refused",
        GET(ONE, key="{bo_key}"),
        403,
        DENIED,
        given=[BO, BO_SEES_NOTHING],
    ),
    Row(
        "and does not see it in the list",
        GET("/api/projects/", key="{bo_key}"),
        200,
        {"count": 0},
        given=[BO, BO_SEES_NOTHING],
    ),
    Row(
        "a rule for a role opens what is closed to all",
        GET(ONE, key="{bo_key}"),
        200,
        {"effective_membership_level": 1},
        given=[
            BO,
            NOBODY_SEES,
            POST(ORG + "roles/{role}/role_memberships/", {"user_uuid": "{bo}"}),
            PUT(RULES, {"access_level": "member", "role": "{role}"}),
        ],
    ),
    Row("admins of the organization see all", GET(ONE), 200, given=[NOBODY_SEES]),
    Row(
        "a rule makes a member admin of a project",
        DELETE(ONE, key="{bo_key}"),
        204,
        given=[BO, PUT(RULES, {"access_level": "admin", "organization_member": "{member_bo}"})],
    ),
    Row(
        "rules go with their role",
        GET(RULES),
        200,
        {"access_controls": []},
        given=[PUT(RULES, {"access_level": "admin", "role": "{role}"}), DELETE(ORG + "roles/{role}/")],
    ),
    Row(
        "rules of a project that is being deleted can be read",
        GET(RULES),
        200,
        {"access_controls": [{"access_level": "none"}]},
        given=[BO_SEES_NOTHING, DELETE(ONE)],
        ages=(2026,),
    ),
    Row(
        "without the feature rules are stored",
        BO_SEES_NOTHING,
        200,
        given=[without_feature("access_control")],
    ),
    Row(
        "without the feature for roles theirs are refused since mid 2026",
        PUT(RULES, {"access_level": "admin", "role": "{role}"}),
        403,
        DENIED,
        given=[without_feature("role_based_access")],
        ages=(2026,),
    ),
    Row(
        "before they were stored",
        PUT(RULES, {"access_level": "admin", "role": "{role}"}),
        200,
        given=[without_feature("role_based_access")],
        ages=(2025,),
    ),
    Row(
        "without the feature rules have no effect",
        GET(ONE, key="{bo_key}"),
        200,
        given=[BO, BO_SEES_NOTHING, without_feature("access_control")],
    ),
    Row(
        "rules have a scope of their own",
        GET(RULES, key="{key}"),
        403,
        DENIED,
        given=[a_key("key", scopes=["project:write"])],
    ),
    Row(
        "a rule for a kind of resource",
        PUT(RESOURCES, {"access_level": "viewer", "resource": "dashboard"}),
        200,
        {"resource": "dashboard", "resource_id": None, "access_level": "viewer"},
    ),
    Row(
        "fails without the resource",
        PUT(RESOURCES, {"access_level": "viewer"}),
        500,
        FAILED,
    ),
    Row(
        "such rules are listed",
        GET(RESOURCES),
        200,
        {"access_controls": [{"resource": "dashboard"}]},
        given=[PUT(RESOURCES, {"access_level": "viewer", "resource": "dashboard"})],
    ),
    Row(
        "a rule for one object",
        PUT(ONE + "dashboards/{dashboard}/access_controls/", {"access_level": "viewer"}),
        200,
        {"resource": "dashboard", "access_level": "viewer"},
    ),
    Row("an object that is not there", GET(ONE + "dashboards/99999/access_controls/"), 404, NOT_FOUND),
)
ACCESS_MODERN = tuple(replace(row, ages=tuple(age for age in row.ages if age in MODERN)) for row in ACCESS)

FLAG = an_object("flag", "feature_flag", "new-checkout")
FLAG_ROLES = ONE + "feature_flags/{flag}/role_access/"
DEFAULTS = ORG + "resource_access/"
VIEW_FLAGS = POST(DEFAULTS, {"resource": "feature flags", "access_level": 21}, saves="default")

OLD_ACCESS = (
    Row(
        "an organization's default",
        VIEW_FLAGS,
        201,
        {"resource": "feature flags", "access_level": 21},
        ages=(2024,),
    ),
    Row(
        "is changed",
        PATCH(DEFAULTS + "{default}/", {"access_level": 37}),
        200,
        {"access_level": 37},
        given=[VIEW_FLAGS],
        ages=(2024,),
    ),
    Row("is deleted", DELETE(DEFAULTS + "{default}/"), 204, given=[VIEW_FLAGS], ages=(2024,)),
    Row("is listed", GET(DEFAULTS), 200, {"count": 1}, given=[VIEW_FLAGS], ages=(2024,)),
    Row("is gone since 2025", GET(DEFAULTS), 404, NOT_FOUND, ages=MODERN),
    Row(
        "a role may edit a flag",
        POST(FLAG_ROLES, {"role_id": "{role}"}),
        201,
        {"role": {"id": "{role}"}},
        given=[FLAG],
        ages=(2024,),
    ),
    Row(
        "the role has the flag then",
        GET(ORG + "roles/{role}/"),
        200,
        {"associated_flags": [{"key": "new-checkout"}]},
        given=[FLAG, POST(FLAG_ROLES, {"role_id": "{role}"})],
        ages=(2024,),
    ),
    Row(
        "until that is taken away",
        DELETE(FLAG_ROLES + "{access}/"),
        204,
        given=[FLAG, POST(FLAG_ROLES, {"role_id": "{role}"}, saves="access")],
        ages=(2024,),
    ),
    Row(
        "a private project is closed to members",
        GET(ONE, key="{bo_key}"),
        403,
        DENIED,
        given=[BO, PATCH(ONE, {"access_control": True})],
        ages=(2024,),
    ),
    Row("there were no access controls", GET(RULES), 404, NOT_FOUND, ages=(2024,)),
)


@table((*FEED, *ACCESS_MODERN, *OLD_ACCESS))
def test_activity_and_access(api: API, row: Row) -> None:
    api.names["project_text"] = str(api.names["project"])
    check(api, row)


@pytest.mark.parametrize("age", ALL_AGES)
def test_a_cursor_leads_through_all_entries(api: API, age: int) -> None:
    zones = ["Europe/Berlin", "Europe/Rome", "Europe/Paris", "Europe/Madrid", "UTC"]
    for zone in zones:
        api.send(PATCH(ONE, {"timezone": zone}))

    found: list[Any] = []
    url: str | None = LOG + "?page_size=2"
    while url:
        page = api.get(url)
        found += [entry["detail"]["changes"][0]["after"] for entry in page["results"]]
        url = page["next"].replace("http://localhost", "") if page["next"] else None

    assert found == zones[::-1]


@pytest.mark.parametrize("age", ALL_AGES)
def test_tokens_are_masked_in_the_log(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.rules.activity import changes

    assert changes("Team", {"api_token": "phc_old"}, {"api_token": "phc_new"}) == [
        {"type": "Team", "action": "changed", "field": "api_token", "before": "masked", "after": "masked"}
    ]


def test_a_changed_feature_of_the_plan_is_seen_at_once(api: API) -> None:
    with_feature("organizations_projects", limit=1)(api)

    features = api.get(ORG)["available_product_features"]
    assert {"key": "organizations_projects", "name": "organizations_projects", "limit": 1} in features
