"""posthog-api-access.md 3 as tables: access rules of projects, types and objects, and how they resolve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.steps import (
    EARLIER,
    NEWEST,
    a_key,
    an_object,
    another_organization,
    changed_organization,
    switched,
    without_feature,
)
from sandbox.table import (
    ALL_AGES,
    API,
    DENIED,
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


def level_of(type_: str, **levels: str) -> list[Any]:
    return [
        PUT(TYPES, {"resource": type_, "access_level": level, **who(name)}) for name, level in levels.items()
    ]


def who(name: str) -> dict[str, str]:
    return {"everyone": {}, "role": {"role": "{role}"}, "bo": {"organization_member": "{member_bo}"}}[name]


def rule(url: str, name: str, level: str) -> Any:
    return PUT(url, {"access_level": level, **who(name)})


BO_IN_ROLE = POST(ORG + "roles/{role}/role_memberships/", {"user_uuid": "{bo}"})
BO_IS_ADMIN = rule(RULES, "bo", "admin")

ACCESS = (
    Row(
        "what GET of a project has",
        GET(RULES, key="{bo_key}"),
        200,
        {"default_access_level": "admin", "user_access_level": "admin", "user_can_edit_access_levels": False},
        [BO],
    ),
    Row(
        "limits came with 2026",
        GET(RULES),
        200,
        {"minimum_access_level": "none", "maximum_access_level": "admin"},
        (),
        (2026,),
    ),
    Row("there were none", GET(RULES), 200, {"minimum_access_level": "<missing>"}, (), (2025,)),
    Row(
        "what GET of types has",
        GET(TYPES),
        200,
        {
            "available_access_levels": ["none", "viewer", "editor", "manager"],
            "default_access_level": "editor",
            "user_access_level": "manager",
            "user_can_edit_access_levels": True,
        },
    ),
    Row(
        "what is inherited, of an object",
        GET(BOARD),
        200,
        {"inherited_access": {"access_level": "manager"}},
        (),
        (2026,),
    ),
    Row("of a project nothing is", GET(RULES), 200, {"inherited_access": None}, (), (2026,)),
    Row("of types there is no word", GET(TYPES), 200, {"inherited_access": "<missing>"}, (), (2026,)),
    Row("nor before the summer", GET(RULES), 200, {"inherited_access": "<missing>"}, [EARLIER], (2026,)),
    Row("removing what is not there", rule(RULES, "bo", None), 204),
    Row("an empty level", PUT(RULES, {"access_level": ""}), 400, validation("blank", "access_level")),
    Row(
        "an action is never closed",
        PUT(TYPES, {"resource": "action", "access_level": "none"}),
        400,
        validation("invalid_input", "access_level"),
    ),
    Row(
        "the log is never edited",
        PUT(TYPES, {"resource": "activity_log", "access_level": "editor"}),
        400,
        validation("invalid_input", "access_level"),
        (),
        (2026,),
    ),
    Row(
        "no such noun",
        PUT(TYPES, {"resource": "wombat", "access_level": "viewer"}),
        400,
        validation("invalid_input", "resource"),
    ),
    Row("a noun without effect", PUT(TYPES, {"resource": "cohort", "access_level": "viewer"}), 200),
    Row(
        "not a uuid",
        PUT(RULES, {"access_level": "none", "role": "x"}),
        400,
        validation("invalid_input", "role"),
    ),
    Row(
        "a uuid of nobody",
        PUT(RULES, {"access_level": "none", "role": "{nobody}"}),
        400,
        validation("does_not_exist", "role"),
    ),
    Row(
        "foreign roles were taken",
        PUT(RULES, {"access_level": "none", "role": "{their_role}"}),
        200,
        ages=(2025,),
    ),
    Row(
        "they are not any more",
        PUT(RULES, {"access_level": "none", "role": "{their_role}"}),
        400,
        validation("invalid_input", None),
        (),
        (2026,),
    ),
    Row(
        "rules of roles without the plan stay",
        rule(RULES, "role", None),
        403,
        DENIED,
        [without_feature("role_based_access")],
        (2026,),
    ),
    Row(
        "an object by the endpoint of types",
        PUT(TYPES, {"resource": "dashboard", "resource_id": "{dashboard}", "access_level": "viewer"}),
        403,
        DENIED,
        (),
        (2026,),
    ),
    Row(
        "was written once",
        PUT(TYPES, {"resource": "dashboard", "resource_id": "7", "access_level": "viewer"}),
        200,
        {"resource_id": "7"},
        (),
        (2025,),
    ),
    Row(
        "types below an object",
        PUT(ONE + "dashboards/{dashboard}/resource_access_controls/", {"access_level": "viewer"}),
        400,
    ),
    Row("the older name", GET(ONE + "global_access_controls/"), 200),
    Row("PATCH is not offered", PATCH(RULES, {}), 403, DENIED),
    Row("a plain member edits no types", level_of("dashboard", bo="viewer")[0], 403, DENIED),
    Row("nor an object", rule(BOARD, "bo", "viewer"), 403, DENIED),
    Row("an admin of the project does", rule(BOARD, "bo", "viewer"), 200, given=[BO_IS_ADMIN]),
    Row(
        "of everybody by a stored rule, too",
        rule(BOARD, "bo", "viewer"),
        200,
        given=[rule(RULES, "everyone", "admin")],
    ),
    Row("a stored manager does", rule(BOARD, "bo", "viewer"), 200, given=[rule(BOARD, "bo", "manager")]),
    Row(
        "who demotes themselves is out",
        rule(RULES, "bo", "admin"),
        403,
        DENIED,
        [BO_IS_ADMIN, replace(rule(RULES, "bo", "member"), key="{bo_key}")],
    ),
    Row(
        "only one account writes",
        rule(RULES, "bo", "none"),
        403,
        DENIED,
        [NEWEST, lambda api: managed_by("ana@acme.io")],
        (2026,),
    ),
    Row("no types in 2024", GET(TYPES), 404, NOT_FOUND, (), (2024,)),
    Row(
        "who has access, and why",
        GET(ONE + "users_with_access/"),
        200,
        {
            "total_count": 4,
            "users": [
                {
                    "access_source": "organization_admin",
                    "access_level": "admin",
                    "organization_membership_level": "owner",
                },
                {"user_id": "{ana}"},
                {
                    "organization_membership_id": "{member_bo}",
                    "access_source": "explicit_member",
                    "access_level": "member",
                },
                {"access_source": "default", "access_level": "admin"},
            ],
        },
        [
            rule(RULES, "bo", "member"),
            PUT(RULES, {"access_level": "none", "organization_member": "{member_cy}"}),
        ],
    ),
)
BY_BO = {
    "a plain member edits no types",
    "nor an object",
    "an admin of the project does",
    "of everybody by a stored rule, too",
    "a stored manager does",
    "who demotes themselves is out",
}


def prepared(row: Row) -> Row:
    """With a foreign role, and by a plain member where the sentence is about one."""
    row = replace(
        row, given=[BO, a_foreign_role, *row.given], ages=row.ages if row.ages != ALL_AGES else MODERN
    )
    return replace(row, call=replace(row.call, key="{bo_key}")) if row.says in BY_BO else row


def a_foreign_role(api: API) -> None:
    from pulumi_posthog.sandbox.families.roles import Role

    another_organization(api)
    api.names["their_role"] = str(Role.objects.create(organization_id=api.names["other"], name="Theirs").pk)


def managed_by(email: str) -> None:
    from pulumi_posthog.sandbox.rules.models import Project, User

    Project.objects.update(managing_account=User.objects.get(email=email))


RESOLUTION = (
    # rules -> what Bo may do with the dashboard, in the legacy resolution and in that of the nearest rule (3.6)
    ("nothing is stored", [], "editor", "editor"),
    ("the type for everybody", level_of("dashboard", everyone="viewer"), "viewer", "viewer"),
    ("a member rule raises it", level_of("dashboard", everyone="viewer", bo="editor"), "editor", "editor"),
    (
        "a member rule lowers it only in the newest",
        level_of("dashboard", everyone="editor", bo="viewer"),
        "editor",
        "viewer",
    ),
    ("the object, closed", [rule(BOARD, "everyone", "none")], "none", "none"),
    (
        "any rule of the type opens it again",
        [rule(BOARD, "everyone", "none"), *level_of("dashboard", everyone="viewer")],
        "viewer",
        "none",
    ),
    (
        "the object's own rule",
        [rule(BOARD, "bo", "viewer"), *level_of("dashboard", everyone="editor")],
        "viewer",
        "viewer",
    ),
    (
        "member and role: the highest, or the member's",
        [BO_IN_ROLE, rule(BOARD, "bo", "viewer"), rule(BOARD, "role", "manager")],
        "manager",
        "viewer",
    ),
)


@pytest.mark.parametrize("nearest", [False, True])
@pytest.mark.parametrize(
    ("says", "rules", "legacy", "newest"), RESOLUTION, ids=[row[0] for row in RESOLUTION]
)
def test_rules_resolve(
    api: API, says: str, rules: list[Any], legacy: str, newest: str, nearest: bool
) -> None:
    BO(api)
    switched(newest_2026=nearest)(api)
    changed_organization(uses_most_specific_access_resolution=nearest)(api)
    for each in rules:
        assert api.send(each).status < 300

    assert api.get(BOARD, key="{bo_key}")["user_access_level"] == (newest if nearest else legacy)


@table([prepared(row) for row in ACCESS])
def test_access(api: API, row: Row) -> None:
    check(api, row)


def test_a_thousand_objects_of_a_type_can_have_rules(api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_posthog.sandbox.families.access_controls.MOST_OBJECTS", 1)
    an_object("other", "dashboard", "Other")(api)
    assert api.send(rule(BOARD, "bo", "viewer")).status == 200

    assert api.send(rule(BOARD, "everyone", "viewer")).status == 200
    refused = api.send(rule(ONE + "dashboards/{other}/access_controls/", "bo", "viewer"))

    assert refused.error == (400, "validation_error", "invalid_input", None)


def setting(name: str) -> str:
    return f"{ONE}access_control_{name}/"


VIEWER = {"resource": "dashboard", "access_level": "viewer"}
SETTINGS = (
    Row(
        "the defaults",
        GET(setting("defaults")),
        200,
        {
            "project_access_level": "admin",
            "can_edit": True,
            "resource_access_levels": {
                "dashboard": {"access_level": "viewer", "minimum": "none", "maximum": "manager"}
            },
        },
        level_of("dashboard", everyone="viewer"),
    ),
    Row(
        "of a role",
        GET(setting("roles") + "?role_id={role}"),
        200,
        {
            "results": [
                {
                    "role_id": "{role}",
                    "resources": {
                        "dashboard": {"access_level": "editor", "effective_access_level": "editor"}
                    },
                }
            ]
        },
        level_of("dashboard", role="editor"),
    ),
    Row(
        "of a member",
        GET(setting("members") + "?member_id={member_bo}"),
        200,
        {
            "results": [
                {
                    "organization_membership_id": "{member_bo}",
                    "project": {"access_level": "none", "effective_access_level": "none"},
                }
            ]
        },
        [rule(RULES, "bo", "none")],
    ),
    Row(
        "objects of a member",
        GET(setting("member_objects") + "?member_id={member_bo}"),
        200,
        {"results": [{"resource": "dashboard", "name": "KPIs", "access_level": "viewer"}]},
        [rule(BOARD, "bo", "viewer")],
    ),
    Row("of whom is required", GET(setting("role_objects")), 400),
    Row("of nobody", GET(setting("role_objects") + "?role_id={nobody}"), 404),
    Row("not before the summer", GET(setting("default_objects")), 404, NOT_FOUND, [EARLIER]),
    Row(
        "an object by its key",
        PUT(setting("object_rules"), {**VIEWER, "resource_id": "{dashboard}"}),
        200,
        {"resource": "dashboard"},
    ),
    Row(
        "a type without such",
        PUT(setting("object_rules"), {**VIEWER, "resource": "logs", "resource_id": "1"}),
        400,
    ),
    Row("an object that is not there", PUT(setting("object_rules"), {**VIEWER, "resource_id": "99999"}), 404),
    Row(
        "what came of it: created",
        PUT(setting("default_rules"), VIEWER),
        200,
        {"outcome": "created", "rule": VIEWER},
        [NEWEST],
    ),
    Row(
        "updated",
        PUT(setting("default_rules"), VIEWER),
        200,
        {"outcome": "updated"},
        [NEWEST, *level_of("dashboard", everyone="editor")],
    ),
    Row(
        "nothing",
        PUT(setting("member_rules"), {**VIEWER, "organization_member": "{member_bo}"}),
        200,
        {"outcome": "noop"},
        [NEWEST, *level_of("dashboard", bo="viewer")],
    ),
    Row(
        "cleared",
        PUT(setting("role_rules"), {**VIEWER, "access_level": None, "role": "{role}"}),
        200,
        {"outcome": "cleared", "rule": None},
        [NEWEST, *level_of("dashboard", role="viewer")],
    ),
    Row(
        "of nobody's role",
        PUT(setting("role_rules"), {**VIEWER, "role": "{nobody}"}),
        404,
        NOT_FOUND,
        [NEWEST],
    ),
    Row("these are for the newest", PUT(setting("default_rules"), VIEWER), 404, NOT_FOUND),
    Row(
        "projects of a member",
        GET(MEMBERS + "project_access/?member_id={member_bo}"),
        200,
        {"results": [{"projects": [{"team_id": "{project}", "access_level": "none", "resolved": True}]}]},
        [NEWEST, rule(RULES, "bo", "none")],
    ),
)


@table(tuple(replace(row, ages=(2026,)) for row in SETTINGS))
def test_access_settings(api: API, row: Row) -> None:
    check(api, row)


def test_the_settings_page_came_with_2026(api: API) -> None:
    switched(age=2025)(api)

    assert api.send(GET(setting("defaults"))).status == 404
