"""The sandbox's page: everything under PostHog's names, and drift made by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from sandbox.charts import BOARD, board, insight
from sandbox.table import API, ONE


@pytest.fixture
def page(api: API) -> Iterator[Client]:
    """Somebody who is logged in."""
    from django.test.utils import setup_test_environment, teardown_test_environment

    # So that answers tell which form they showed.
    setup_test_environment()
    client = Client(SERVER_NAME="localhost")
    assert client.login(username="admin", password="admin")
    yield client
    teardown_test_environment()


def test_the_page_asks_for_a_login(api: API) -> None:
    response = Client(SERVER_NAME="localhost").get("/admin/")

    assert (response.status_code, response.headers["Location"]) == (302, "/admin/login/?next=/admin/")


def test_the_root_leads_to_the_page(api: API) -> None:
    assert Client(SERVER_NAME="localhost").get("/").headers["Location"] == "/admin/"


def test_what_people_come_to_change_stands_first_and_the_rest_by_name(page: Client) -> None:
    (app,) = page.get("/admin/").context["app_list"]

    names = [model["object_name"] for model in app["models"]]
    assert names[:4] == ["Project", "Role", "RoleMembership", "OrganizationMembership"]
    rest = [model["name"] for model in app["models"][7:]]
    assert rest == sorted(rest)
    assert b"`" not in page.get("/admin/").content.partition(b'<div id="content"')[2]


@pytest.mark.parametrize(
    "name",
    [
        "Organizations",
        "Organization members",
        "Organization invites",
        "Users",
        "Personal API keys",
        "Projects",
        "Roles",
        "Role memberships",
        "Plugins",
        "Pipeline configs (destinations, transformations, site apps)",
        "File system rows",
        "Access controls",
        "Activity log",
        "Dashboards, insights, flags, ...",
        "Persons",
        "Events",
        "Evaluations",
        "Exports",
        "Queued deletions of events",
        "Ingestion of sample events",
    ],
)
def test_everything_is_there_under_its_name(page: Client, name: str) -> None:
    import html

    assert html.escape(name) in page.get("/admin/").content.decode()


def models() -> list[str]:
    return [
        "accesscontrol",
        "activitylog",
        "alert",
        "annotation",
        "dashboard",
        "dashboardtext",
        "dashboardtile",
        "evaluation",
        "event",
        "eventdefinition",
        "eventdeletion",
        "exportedasset",
        "externaldataschema",
        "externaldatasource",
        "featureflagroleaccess",
        "filesystem",
        "filesystemshortcut",
        "hogfunction",
        "ingestion",
        "insight",
        "insightvariable",
        "organization",
        "organizationinvite",
        "organizationmembership",
        "organizationresourceaccess",
        "person",
        "personalapikey",
        "plugin",
        "pluginattachment",
        "pluginconfig",
        "project",
        "projectobject",
        "propertydefinition",
        "role",
        "rolemembership",
        "savedquery",
        "subscription",
        "user",
    ]


@pytest.mark.parametrize("model", models())
def test_every_list_and_form_opens(page: Client, model: str) -> None:
    from django.apps import apps

    assert page.get(f"/admin/sandbox/{model}/").status_code == 200
    if model not in {"personalapikey", "activitylog"}:
        assert page.get(f"/admin/sandbox/{model}/add/").status_code == 200
    first = apps.get_model("sandbox", model)._default_manager.first()
    if first is not None:
        assert page.get(f"/admin/sandbox/{model}/{first.pk}/change/").status_code == 200


def form_of(page: Client, url: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    fields = page.get(url).context["adminform"].form
    sent = {}
    for bound in fields:
        value = bound.value()
        if value is True:
            sent[bound.html_name] = "on"
        elif value not in (None, False):
            sent[bound.html_name] = str(value)
    return sent


def save(page: Client, url: str, **changes: str) -> None:
    sent = {name: value for name, value in {**form_of(page, url), **changes}.items() if value != "off"}
    response = page.post(url, sent)
    errors = response.context["adminform"].form.errors if response.context else None
    assert response.status_code == 302, errors


def test_a_form_sent_back_as_it_was_changes_nothing(page: Client, api: API) -> None:
    before = api.get(ONE)
    save(page, f"/admin/sandbox/project/{api.names['project']}/change/")

    assert {**api.get(ONE), "updated_at": 0} == {**before, "updated_at": 0}
    assert api.results(ONE + "activity_log/") == []


def test_a_setting_changed_by_hand_is_drift_with_a_name_in_the_log(page: Client, api: API) -> None:
    url = f"/admin/sandbox/project/{api.names['project']}/change/"
    save(page, url, timezone="Europe/Berlin", anonymize_ips="on", app_urls='["https://acme.io"]')

    project = api.get(ONE)
    assert (project["timezone"], project["anonymize_ips"]) == ("Europe/Berlin", True)
    assert project["app_urls"] == ["https://acme.io"]
    entry = api.results(ONE + "activity_log/")[0]
    assert entry["user"]["email"] == "ana@acme.io"
    assert {change["field"] for change in entry["detail"]["changes"]} == {
        "timezone",
        "anonymize_ips",
        "app_urls",
    }


def test_a_role_renamed_by_hand(page: Client, api: API) -> None:
    save(page, f"/admin/sandbox/role/{api.names['role']}/change/", name="Builders")

    assert api.get("/api/organizations/{org}/roles/{role}/")["name"] == "Builders"
    entry = api.results(ONE + "activity_log/?scope=Role")[0]
    assert entry["detail"]["changes"] == [
        {"type": "Role", "action": "changed", "field": "name", "before": "Engineering", "after": "Builders"}
    ]


def test_a_member_added_to_a_role_by_hand(page: Client, api: API) -> None:
    from pulumi_posthog.sandbox.rules.models import User

    bo = User.objects.get(email="bo@acme.io")
    save(page, "/admin/sandbox/rolemembership/add/", role=api.names["role"], user=str(bo.pk))

    members = api.get("/api/organizations/{org}/roles/{role}/")["members"]
    assert {each["user"]["email"] for each in members} == {"ada@acme.io", "ana@acme.io", "bo@acme.io"}
    assert all(each["organization_member"] for each in members)


def test_a_project_made_by_hand_has_what_projects_have(page: Client, api: API) -> None:
    save(
        page,
        "/admin/sandbox/project/add/",
        organization=api.names["org"],
        name="By hand",
        environment_name="By hand",
    )

    made = next(each for each in api.results("/api/projects/") if each["name"] == "By hand")
    project = api.get(f"/api/projects/{made['id']}/")
    assert project["primary_dashboard"] is not None
    assert api.get("/api/projects/")["count"] == 2


def test_a_dashboard_made_by_hand_is_filed(page: Client, api: API) -> None:
    save(
        page,
        "/admin/sandbox/projectobject/add/",
        project=str(api.names["project"]),
        type="dashboard",
        name="By hand",
    )

    assert api.get(ONE + "file_system/?path=Unfiled/Dashboards/By%20hand")["count"] == 1


def test_a_tile_shows_where_it_stands_and_is_moved_by_hand(page: Client, api: API) -> None:
    from pulumi_posthog.sandbox.families.chart_objects import DashboardTile

    api.send(board())
    api.send(insight(dashboards=["{board}"]))
    tile = DashboardTile.objects.get(dashboard=api.names["board"])
    listed = page.get("/admin/sandbox/dashboardtile/").content.decode()
    url = f"/admin/sandbox/dashboardtile/{tile.pk}/change/"
    moved = '{"sm": {"x": 6, "y": 9, "w": 6, "h": 5}}'

    page.post(
        url, {"dashboard": tile.dashboard_id, "insight": tile.insight_id, "layouts": moved, "color": ""}
    )

    assert "insight Signups" in listed
    assert "dashboard Growth" in listed
    assert api.get(BOARD)["tiles"][0]["layouts"]["sm"] == {"x": 6, "y": 9, "w": 6, "h": 5}


def test_a_role_deleted_by_hand(page: Client, api: API) -> None:
    response = page.post(f"/admin/sandbox/role/{api.names['role']}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert api.get("/api/organizations/{org}/roles/")["count"] == 0


def test_its_style_sheets_are_served(api: API) -> None:
    response = Client(SERVER_NAME="localhost").get("/static/admin/css/base.css")

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/css")
    response.close()


def test_a_person_is_made_by_hand(page: Client, api: API) -> None:
    form = {
        "project": api.names["project"],
        "properties": '{"email": "new@example.com"}',
        "is_identified": "on",
        "created_at_0": "2026-01-01",
        "created_at_1": "10:00:00",
        "distinct_id_rows-TOTAL_FORMS": "1",
        "distinct_id_rows-INITIAL_FORMS": "0",
        "distinct_id_rows-0-distinct_id": "newcomer",
    }

    response = page.post("/admin/sandbox/person/add/", form)

    assert response.status_code == 302
    found = api.results("/api/projects/{project}/persons/?distinct_id=newcomer")
    assert [each["name"] for each in found] == ["new@example.com"]


def test_events_are_there_when_somebody_looks(page: Client, api: API) -> None:
    text = page.get("/admin/sandbox/event/").content.decode()

    assert "$pageview" in text
    assert api.get("/_sandbox/events")["projects"]["1"]["events"] > 800


def test_an_evaluation_is_switched_off_by_hand(page: Client, api: API) -> None:
    from pulumi_posthog.sandbox.families.evaluations import Evaluation
    from pulumi_posthog.sandbox.rules.models import Project

    made = Evaluation.objects.create(
        project=Project.objects.get(pk=api.names["project"]),
        name="Polite",
        enabled=True,
        evaluation_config={"prompt": "x"},
    )
    form = {
        "project": api.names["project"],
        "name": "Polite",
        "evaluation_type": "llm_judge",
        "evaluation_config": '{"prompt": "x"}',
        "output_type": "boolean",
        "output_config": "{}",
        "conditions": "[]",
    }

    assert page.post(f"/admin/sandbox/evaluation/{made.pk}/change/", form).status_code == 302

    assert api.get(f"/api/projects/{{project}}/evaluations/{made.pk}/")["enabled"] is False
