"""Section 3 of the API page: projects and environments, but for the single settings."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import (
    a_key,
    another_organization,
    changed_organization,
    in_both_organizations,
    switched,
    with_feature,
    without_feature,
)
from sandbox.table import (
    ALL_AGES,
    API,
    DELETE,
    DENIED,
    GET,
    NOT_FOUND,
    ONE,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

ORG = "/api/organizations/{org}/projects/"
ENVIRONMENT = "/api/environments/{project}/"
SECOND = POST(ORG, {"name": "Second"}, saves="second")
BO = a_key("bo_key", "bo@acme.io")
ANA = a_key("ana_key", "ana@acme.io")

READING = (
    Row(
        "a list has basic items without settings",
        GET(ORG),
        200,
        {
            "count": 1,
            "results": [
                {
                    "id": "{project}",
                    "organization": "{org}",
                    "name": "Default project",
                    "timezone": "UTC",
                    "is_demo": False,
                    "app_urls": "<missing>",
                }
            ],
        },
    ),
    Row(
        "project_id came with 2025",
        GET(ORG),
        200,
        {"results": [{"project_id": "{project}"}]},
        ages=(2025, 2026),
    ),
    Row(
        "/api/projects/ spans all organizations",
        GET("/api/projects/"),
        200,
        {"count": 2},
        given=[in_both_organizations],
    ),
    Row("but for those of others", GET("/api/projects/"), 200, {"count": 1}, given=[another_organization]),
    Row(
        "a key for one project lists that one",
        GET("/api/projects/", key="{limited}"),
        200,
        {"count": 1, "results": [{"id": "{second}"}]},
        given=[SECOND, a_key("limited", scopes=["*"], projects=["{second}"])],
    ),
    Row(
        "2026 can search",
        GET(ORG + "?search=sec"),
        200,
        {"count": 1, "results": [{"name": "Second"}]},
        given=[SECOND],
        ages=(2026,),
    ),
    Row(
        "before 2026 a search finds everything",
        GET(ORG + "?search=sec"),
        200,
        {"count": 2},
        given=[SECOND],
        ages=(2024, 2025),
    ),
    Row(
        "one project through its organization",
        GET(ORG + "{project}/"),
        200,
        {
            "id": "{project}",
            "timezone": "UTC",
            "app_urls": [],
            "data_attributes": ["data-attr"],
            "effective_membership_level": 15,
        },
    ),
    Row("one project by itself", GET(ONE), 200, {"id": "{project}", "name": "Default project"}),
    Row("the current one", GET("/api/projects/@current/"), 200, {"id": "{project}"}),
    Row("the current one of an organization", GET(ORG + "@current/"), 200, {"id": "{project}"}),
    Row("an unknown number", GET("/api/projects/999/"), 404, NOT_FOUND),
    Row(
        "a project of another organization is not in this one",
        GET(ORG + "{their_project}/"),
        404,
        NOT_FOUND,
        given=[in_both_organizations],
    ),
    Row(
        "a project of strangers is refused",
        GET("/api/projects/{their_project}/"),
        403,
        DENIED,
        given=[another_organization],
    ),
    Row(
        "what is no number is 400 on the detail route",
        GET("/api/projects/web/"),
        400,
        {"type": "validation_error"},
    ),
    Row(
        "what is no number is 404 on a nested route",
        GET("/api/projects/web/plugin_configs/"),
        404,
        {**NOT_FOUND, "detail": "Project not found."},
    ),
    Row(
        "a number that no column could hold is 404 on a nested route",
        GET("/api/projects/99999999999999999999/plugin_configs/"),
        404,
        {**NOT_FOUND, "detail": "Project not found."},
    ),
    Row(
        "the environment has the id of its project",
        GET(ENVIRONMENT),
        200,
        {"id": "{project}", "project_id": "{project}"},
        ages=(2025, 2026),
    ),
    Row("environments are listed", GET("/api/environments/"), 200, {"count": 1}, ages=(2025, 2026)),
    Row(
        "environments of a project",
        GET(ONE + "environments/"),
        200,
        {"count": 1, "results": [{"id": "{project}"}]},
        ages=(2025, 2026),
    ),
    Row(
        "one environment of a project",
        GET(ONE + "environments/{project}/"),
        200,
        {"id": "{project}"},
        ages=(2025, 2026),
    ),
    Row(
        "not of another project",
        GET("/api/projects/{second}/environments/{project}/"),
        404,
        NOT_FOUND,
        given=[SECOND],
        ages=(2025, 2026),
    ),
)

CREATING = (
    Row(
        "with a name",
        POST(ORG, {"name": "  Web "}),
        201,
        {"name": "Web", "timezone": "UTC", "organization": "{org}"},
    ),
    Row(
        "with a name and a time zone",
        POST(ORG, {"name": "Web", "timezone": "Europe/Berlin"}),
        201,
        {"name": "Web", "timezone": "Europe/Berlin"},
    ),
    Row("nothing is required", POST(ORG, {}), 201, {"name": "Default project"}, ages=(2024, 2025)),
    Row(
        "2026 numbers a default name that is taken",
        POST(ORG, {}),
        201,
        {"name": "Default project 2"},
        ages=(2026,),
    ),
    Row(
        "/api/projects/ makes it in the current organization",
        POST("/api/projects/", {"name": "Web"}),
        201,
        {"organization": "{org}"},
    ),
    Row(
        "the key owner's current project becomes the new one",
        GET("/api/projects/@current/"),
        200,
        {"id": "{second}"},
        given=[SECOND],
    ),
    Row(
        "so @current of the user changes too",
        GET("/api/users/@me/"),
        200,
        {"team": {"id": "{second}"}},
        given=[SECOND],
    ),
    Row(
        "test_account_filters are replaced by a cohort",
        POST(ORG, {"name": "Web", "test_account_filters": []}),
        201,
        {"test_account_filters": [{"type": "cohort", "key": "id"}]},
        ages=(2026,),
    ),
    Row(
        "test_account_filters are replaced by the domain of the creator",
        POST(ORG, {"name": "Web", "test_account_filters": []}),
        201,
        {
            "test_account_filters": [
                {"key": "email", "value": "@acme.io", "operator": "not_icontains", "type": "person"}
            ]
        },
        ages=(2024, 2025),
    ),
    Row(
        "primary_dashboard cannot be sent",
        POST(ORG, {"name": "Web", "primary_dashboard": "{dashboard}"}),
        400,
        validation("invalid_input", "primary_dashboard"),
    ),
    Row(
        "analytics sub-configs are dropped",
        POST(ORG, {"name": "Web", "revenue_analytics_config": {"base_currency": "EUR"}}),
        201,
        {"revenue_analytics_config": {"base_currency": "USD"}},
        ages=(2026,),
    ),
    Row(
        "other settings are taken",
        POST(ORG, {"name": "Web", "surveys_opt_in": True, "app_urls": ["https://acme.io"]}),
        201,
        {"surveys_opt_in": True, "app_urls": ["https://acme.io"]},
    ),
    Row(
        "extra_settings are filled in",
        POST(ORG, {"name": "Web"}),
        201,
        {"extra_settings": {"recorder_script": "posthog-recorder"}},
    ),
    Row(
        "2026 takes anonymize_ips from the organization",
        POST(ORG, {"name": "Web"}),
        201,
        {"anonymize_ips": True},
        given=[changed_organization(default_anonymize_ips=True)],
        ages=(2026,),
    ),
    Row(
        "a duplicate name is a conflict since 2026",
        POST(ORG, {"name": "DEFAULT project "}),
        409,
        {"type": "server_error", "code": "conflict", "attr": None},
        ages=(2026,),
    ),
    Row(
        "a duplicate name was allowed before",
        POST(ORG, {"name": "Default project"}),
        201,
        {"name": "Default project"},
        ages=(2024, 2025),
    ),
    Row(
        "a project that is being deleted does not block its name",
        POST(ORG, {"name": "Second"}),
        201,
        given=[SECOND, DELETE(ORG + "{second}/")],
        ages=(2026,),
    ),
    Row("members make no projects", POST(ORG, {"name": "Web"}, key="{bo_key}"), 403, DENIED, given=[BO]),
    Row(
        "unless a newer organization lets them",
        POST(ORG, {"name": "Web"}, key="{bo_key}"),
        201,
        given=[BO, changed_organization(members_can_create_projects=True)],
        ages=(2026,),
    ),
    Row(
        "without the feature there is one project",
        POST(ORG, {"name": "Web"}),
        403,
        DENIED,
        given=[without_feature("organizations_projects")],
    ),
    Row(
        "with it as many as it says",
        POST(ORG, {"name": "Web"}),
        403,
        DENIED,
        given=[SECOND, with_feature("organizations_projects", limit=2)],
    ),
    Row(
        "there is one demo project",
        POST(ORG, {"name": "Web", "is_demo": True}),
        403,
        DENIED,
        given=[POST(ORG, {"name": "Demo", "is_demo": True})],
    ),
    Row(
        "a bad field is refused",
        POST(ORG, {"name": "Web", "timezone": "Berlin"}),
        400,
        validation("invalid_choice", "timezone"),
    ),
    Row(
        "environments are not made by themselves",
        POST("/api/environments/", {"name": "X"}),
        400,
        validation("invalid_input", None),
        ages=(2025, 2026),
    ),
    Row(
        "a second environment is refused",
        POST(ONE + "environments/", {"name": "X"}),
        403,
        DENIED,
        ages=(2025, 2026),
    ),
)

UPDATING = (
    Row(
        "PATCH changes what is given and answers everything",
        PATCH(ONE, {"timezone": "Europe/Berlin"}),
        200,
        {"timezone": "Europe/Berlin", "name": "Default project"},
    ),
    Row("through the organization as well", PATCH(ORG + "{project}/", {"name": "Web"}), 200, {"name": "Web"}),
    Row("the name is not null", PATCH(ONE, {"name": None}), 400, validation("null", "name")),
    Row(
        "the name has 200 characters at most",
        PATCH(ONE, {"name": "x" * 201}),
        400,
        validation("max_length", "name"),
    ),
    Row(
        "2026 refuses a name that is taken", PATCH(ONE, {"name": "SECOND"}), 409, given=[SECOND], ages=(2026,)
    ),
    Row(
        "its own name in another case is free",
        PATCH(ONE, {"name": "default PROJECT"}),
        200,
        {"name": "default PROJECT"},
    ),
    Row(
        "2026 renames the environment along",
        GET(ENVIRONMENT),
        200,
        {"name": "Web"},
        given=[PATCH(ONE, {"name": "Web"})],
        ages=(2026,),
    ),
    Row(
        "2025 leaves its name to the environment",
        GET(ENVIRONMENT),
        200,
        {"name": "Default project"},
        given=[PATCH(ONE, {"name": "Web"})],
        ages=(2025,),
    ),
    Row(
        "renaming the environment leaves the project",
        GET(ONE),
        200,
        {"name": "Default project"},
        given=[PATCH(ENVIRONMENT, {"name": "Web"})],
        ages=(2025, 2026),
    ),
    Row(
        "product_description belongs to the project",
        PATCH(ONE, {"product_description": "Shop"}),
        200,
        {"product_description": "Shop"},
    ),
    Row(
        "not to the environment",
        PATCH(ENVIRONMENT, {"product_description": "Shop"}),
        200,
        {"product_description": "<missing>"},
        ages=(2025, 2026),
    ),
    Row(
        "on 2025 some settings are dropped by the project URL",
        PATCH(ONE, {"base_currency": "EUR"}),
        200,
        {"base_currency": "<missing>"},
        ages=(2025,),
    ),
    Row(
        "which the environment takes",
        PATCH(ENVIRONMENT, {"base_currency": "EUR"}),
        200,
        {"base_currency": "EUR"},
        ages=(2025, 2026),
    ),
    Row(
        "else the project URL takes all",
        PATCH(ONE, {"base_currency": "EUR"}),
        200,
        {"base_currency": "EUR"},
        ages=(2024, 2026),
    ),
    Row(
        "PUT is a PATCH for JSON",
        PUT(ONE, {"timezone": "Europe/Berlin"}),
        200,
        {"timezone": "Europe/Berlin", "name": "Default project"},
    ),
    Row(
        "PUT at the limit of projects is refused",
        PUT(ONE, {"timezone": "Europe/Berlin"}),
        403,
        DENIED,
        given=[with_feature("organizations_projects", limit=1)],
    ),
    Row(
        "PATCH at the limit is not",
        PATCH(ONE, {"timezone": "Europe/Berlin"}),
        200,
        given=[with_feature("organizations_projects", limit=1)],
    ),
    Row(
        "PUT of an environment resets the currency",
        PUT(ENVIRONMENT, {"timezone": "Europe/Berlin"}),
        200,
        {"base_currency": "USD"},
        given=[PATCH(ENVIRONMENT, {"base_currency": "EUR"})],
        ages=(2025, 2026),
    ),
    Row(
        "PUT of a form makes absent booleans false",
        PUT(ONE, form={"name": "Web"}),
        200,
        {"session_recording_opt_in": False},
        given=[PATCH(ONE, {"session_recording_opt_in": True})],
    ),
    Row(
        "PATCH of a form does not",
        PATCH(ONE, form={"name": "Web"}),
        200,
        {"session_recording_opt_in": True},
        given=[PATCH(ONE, {"session_recording_opt_in": True})],
    ),
    Row(
        "members changed settings until 2025",
        PATCH(ONE, {"timezone": "Europe/Berlin"}, key="{bo_key}"),
        200,
        {"timezone": "Europe/Berlin"},
        given=[BO],
        ages=(2024, 2025),
    ),
    Row(
        "2026 names the fields that are for admins",
        PATCH(ONE, {"timezone": "Europe/Berlin", "name": "X", "surveys_opt_in": True}, key="{bo_key}"),
        403,
        {**DENIED, "detail": "You must be a project admin to change these fields: name, timezone"},
        given=[BO],
        ages=(2026,),
    ),
    Row(
        "the rest is for everybody",
        PATCH(ONE, {"surveys_opt_in": True}, key="{bo_key}"),
        200,
        {"surveys_opt_in": True},
        given=[BO],
    ),
)

DELETING = (
    Row("a project is deleted", DELETE(ONE), 204),
    Row(
        "only by its admins",
        DELETE(ONE, key="{bo_key}"),
        403,
        {**DENIED, "detail": "You don't have sufficient permissions in the project."},
        given=[BO],
    ),
    Row("before 2026 it is gone at once", GET(ONE), 404, NOT_FOUND, given=[DELETE(ONE)], ages=(2024, 2025)),
    Row(
        "since 2026 it is pending",
        GET(ONE),
        200,
        {"is_pending_deletion": True},
        given=[DELETE(ONE)],
        ages=(2026,),
    ),
    Row(
        "what is in it stays readable so long",
        GET(ONE + "plugin_configs/"),
        200,
        given=[DELETE(ONE)],
        ages=(2026,),
    ),
    Row(
        "a second deletion is refused",
        DELETE(ONE),
        400,
        validation("invalid_input", None),
        given=[DELETE(ONE)],
        ages=(2026,),
    ),
    Row(
        "in the end it is gone",
        GET(ONE),
        404,
        NOT_FOUND,
        given=[DELETE(ONE), switched(deletion_seconds=0)],
        ages=(2026,),
    ),
    Row(
        "from the lists too",
        GET(ORG),
        200,
        {"count": 0},
        given=[DELETE(ONE), switched(deletion_seconds=0)],
        ages=(2026,),
    ),
    Row("nothing is pending to begin with", GET(ONE), 200, {"is_pending_deletion": False}, ages=(2026,)),
)

ACTIONS = (
    Row(
        "a token is reset by an unrestricted key",
        PATCH(ONE + "reset_token/"),
        200,
        {"id": "{project}"},
        ages=(2024,),
    ),
    Row("no other key resets a token", PATCH(ONE + "reset_token/"), 403, DENIED, ages=(2025, 2026)),
    Row("nor turns secret tokens", PATCH(ONE + "rotate_secret_token/"), 403, DENIED, ages=(2025, 2026)),
    Row(
        "demo data",
        GET(ONE + "is_generating_demo_data/"),
        200,
        {"is_generating_demo_data": False},
        ages=(2024,),
    ),
    Row("demo data are not for keys", GET(ONE + "is_generating_demo_data/"), 403, DENIED, ages=(2025, 2026)),
    Row(
        "the feed of a project",
        GET(ONE + "activity/"),
        200,
        {"total_count": 0, "results": [], "next": None},
        ages=(2024,),
    ),
    Row("the feed is not for keys", GET(ORG + "{project}/activity/"), 403, DENIED, ages=(2025, 2026)),
    Row(
        "moving to another organization is not for keys",
        POST(ONE + "change_organization/", {"organization_id": "{org}"}),
        403,
        DENIED,
        ages=(2025, 2026),
    ),
)


@table((*READING, *CREATING, *UPDATING, *DELETING, *ACTIONS))
def test_projects(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", ALL_AGES)
def test_creating_makes_a_dashboard_that_becomes_the_primary_one(api: API, age: int) -> None:
    made = api.send(SECOND).body

    from pulumi_posthog.sandbox.families.file_system.models import FileSystem
    from pulumi_posthog.sandbox.families.objects import ProjectObject

    dashboard = ProjectObject.objects.get(pk=made["primary_dashboard"])
    assert (dashboard.project_id, dashboard.type) == (made["id"], "dashboard")
    assert (
        FileSystem.objects.get(project_id=made["id"], type="dashboard").path
        == "Unfiled/Dashboards/My App Dashboard"
    )


@pytest.mark.parametrize("age", ALL_AGES)
def test_a_patch_keeps_the_moment_of_creation_and_the_tokens(api: API, age: int) -> None:
    before = api.get(ONE)
    after = api.send(
        PATCH(ONE, {"name": "Web", "created_at": "2001-01-01T00:00:00Z", "api_token": "x", "id": 7})
    ).body

    kept = ("id", "uuid", "created_at", "api_token", "organization")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize("age", ALL_AGES)
def test_what_is_secret_or_only_in_answers_is_there(api: API, age: int) -> None:
    answer = api.get(ONE)

    expected: set[str] = {
        "api_token",
        "live_events_token",
        "effective_membership_level",
        "updated_at",
        "ingested_event",
    }
    if age >= 2025:
        expected |= {"secret_api_token", "secret_api_token_backup", "user_access_level", "product_intents"}
    if age >= 2026:
        expected |= {"is_pending_deletion", "managed_viewsets"}
    assert expected <= answer.keys()
    assert answer["api_token"].startswith("phc_")


def test_moments_have_microseconds_and_a_z(api: API) -> None:
    import re

    answer: dict[str, Any] = api.get(ONE)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", answer["created_at"])
