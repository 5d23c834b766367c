"""What follows from the list of families: pages, changes by hand, seeds, many at once; and what is served of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.steps import switched
from sandbox.table import API, GET, POST, Row, check, table, validation

FAMILIES = (
    "invites",
    "domains",
    "proxy_records",
    "data_color_themes",
    "groups_types",
    "project_secret_api_keys",
    "actions",
    "cohorts",
    "feature_flags",
    "experiment_saved_metrics",
    "experiment_holdouts",
    "experiments",
    "early_access_feature",
    "surveys",
    "scheduled_changes",
    "evaluations",
    "integrations",
    "hog_functions",
    "batch_exports",
    "insight_variables",
    "dashboards",
    "insights",
    "alerts",
    "subscriptions",
    "annotations",
    "event_definitions",
    "property_definitions",
    "warehouse_saved_queries",
    "external_data_sources",
    "external_data_schemas",
)
PAGES = {"annotations": 1000, "insight_variables": 500, "warehouse_saved_queries": 1000}
TEMPLATES = "/api/projects/{project}/hog_function_templates/"
SEED = """
projects:
  Web:
    integrations:
      Acme: {kind: slack}
    hog_functions:
      Orders:
        type: destination
        template: template-webhook
        inputs: {url: "https://hooks.acme.io", headers: {value: {authorization: !env HOOK}}}
      GeoIP: {type: transformation, enabled: false}
    batch_exports:
      Copy:
        interval: hour
        destination: {type: AwsS3, integration: aws-s3/Lake, config: {bucket_name: b, region: eu, prefix: p}}
"""


def forget_the_seed() -> None:
    """An empty database."""
    from pulumi_posthog.sandbox.rules.models import Organization, User

    Organization.objects.all().delete()
    User.objects.all().delete()


def test_the_catalog_has_these_families(api: API) -> None:
    from pulumi_posthog.sandbox.families.catalog import FAMILIES as CATALOG

    assert tuple(family.name for family in CATALOG) == FAMILIES


def items(answer: Any) -> list[Any]:
    """Of a page, or of the array that some lists are."""
    found = answer if isinstance(answer, list) else answer["results"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_many_of_each_are_made_at_once(api: API, name: str) -> None:
    from pulumi_posthog.sandbox.families.catalog import FAMILIES as CATALOG

    family = next(each for each in CATALOG if each.name == name)
    url = f"/api/{family.parent}s/{{{'org' if family.parent == 'organization' else 'project'}}}/{name}/"
    before = items(api.get(url))

    assert api.send(POST("/_sandbox/bulk", {name: 150})).body == {name: 150}

    after = api.get(url + "?limit=1000")
    assert len(items(after)) == len(before) + 150
    if "retrieve" in family.methods:
        one = items(after)[50]["id"]
        assert api.get(f"{url}{one}/")["id"] == one
    if isinstance(after, dict) and "count" in after:
        assert len(api.get(url)["results"]) == min(PAGES.get(name, 100), len(items(after)))


def test_a_seed_has_what_the_families_have(api: API, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_posthog.sandbox.control.seed_file import seed_from
    from pulumi_posthog.sandbox.rules.models import Project

    monkeypatch.setenv("HOOK", "token")
    path = tmp_path / "posthog.yaml"
    path.write_text(SEED)
    forget_the_seed()
    organization = seed_from(path)
    project = Project.objects.get(organization=organization)

    functions = {each.name: each for each in project.hog_functions.all()}
    assert {name: (each.type, each.enabled) for name, each in functions.items()} == {
        "GeoIP": ("transformation", False),
        "Orders": ("destination", True),
    }
    assert functions["Orders"].inputs["headers"]["value"] == {"authorization": "token"}
    assert [(each.type, each.integration.display_name) for each in project.batch_exports.all()] == [
        ("AwsS3", "Lake")
    ]
    assert sorted(each.kind for each in project.integrations.all()) == ["aws-s3", "slack"]


def test_what_a_seed_cannot_have_is_said(api: API, tmp_path: Path) -> None:
    from pulumi_posthog.sandbox.control.seed_file import seed_from
    from pulumi_posthog.sandbox.options import SandboxError

    forget_the_seed()
    path = tmp_path / "posthog.yaml"
    path.write_text(
        "organization: {name: Umbrella}\nprojects: {Web: {hog_functions: {Orders: {template: template-webhook}}}}"
    )

    with pytest.raises(SandboxError, match=r"projects\.Web\.hog_functions\.Orders: .*This field is required"):
        seed_from(path)


def test_a_change_by_hand_is_in_the_activity_log_under_another_name(api: API) -> None:
    from pulumi_posthog.sandbox.control import by_hand
    from pulumi_posthog.sandbox.control.second_actor import second_actor
    from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction

    function = HogFunction.objects.get()
    function.enabled = False
    by_hand.save(function, second_actor())
    by_hand.delete(function, second_actor())

    found = api.results("/api/projects/{project}/activity_log/?scope=HogFunction")
    assert [(each["activity"], each["user"]["email"]) for each in found] == [
        ("deleted", "ana@acme.io"),
        ("updated", "ana@acme.io"),
    ]
    assert api.get("/api/projects/{project}/file_system/?type=hog_function/transformation")["count"] == 0


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer["results"]]


def test_templates_are_listed_by_type_and_deprecated_ones_only_by_their_id(api: API) -> None:
    destinations = ids(api.get(TEMPLATES))
    both = ids(api.get(TEMPLATES + "?types=transformation,site_app&limit=1000"))

    assert "template-webhook" in destinations
    assert not {"template-geoip", "template-old-webhook"} & set(destinations)
    assert {"template-geoip", "template-notification-bar"} < set(both)


TEMPLATE_ROWS = (
    Row("one", GET(TEMPLATES + "template-webhook/"), 200, {"id": "template-webhook", "code_language": "hog"}),
    Row("its code is not called hog", GET(TEMPLATES + "template-webhook/"), 200, {"hog": "<missing>"}),
    Row("a deprecated one", GET(TEMPLATES + "template-old-webhook/"), 200, {"status": "deprecated"}),
    Row("unknown", GET(TEMPLATES + "template-nothing/"), 404),
    Row(
        "of one type",
        GET(TEMPLATES + "?type=site_app"),
        200,
        {"results": [{"id": "template-notification-bar"}]},
    ),
    Row("keys are not looked at in 2025", GET(TEMPLATES, key=None), 200, ages=(2025,)),
    Row("but in 2026", GET(TEMPLATES, key=None), 401, ages=(2026,)),
    Row("by its id", GET(TEMPLATES + "?template_id=template-slack"), 200, {"count": 1}, ages=(2026,)),
    Row("everybody may read", GET("/api/public_hog_function_templates/", key=None), 200),
    Row("but hidden ones", GET("/api/public_hog_function_templates/template-not-for-all/", key=None), 404),
    Row("which are here", GET(TEMPLATES + "template-not-for-all/"), 200, {"status": "hidden"}),
    Row(
        "one with secrets",
        GET(TEMPLATES + "template-customerio/"),
        200,
        {"inputs_schema": [{"secret": True}] * 2 + [{"secret": False}]},
    ),
    Row("none in 2024", GET(TEMPLATES), 404, ages=(2024,)),
)


@table(
    tuple(
        row
        if row.ages != (2024, 2025, 2026)
        else Row(row.says, row.call, row.status, row.has, ages=(2025, 2026))
        for row in TEMPLATE_ROWS
    )
)
def test_templates(api: API, row: Row) -> None:
    check(api, row)


def test_integrations_are_read_and_never_made_with_a_key(api: API) -> None:
    api.send(POST("/_sandbox/bulk", {"integrations": 1}))
    everything = "/api/projects/{project}/integrations/"

    (one,) = api.results(everything)

    assert (one["kind"], one["display_name"]) == ("slack", "Workspace 00001")
    assert isinstance(one["id"], int)
    assert api.get(f"{everything}?kind=hubspot")["count"] == 0
    assert api.get(f"{everything}{one['id']}/")["kind"] == "slack"
    assert api.send(POST(everything, {"kind": "slack"})).status in {403, 405}


def test_the_later_form_of_2026_is_a_switch(api: API) -> None:
    assert "version" in api.results("/api/projects/{project}/hog_functions/?full=true")[0]

    switched(later_2026=False)(api)

    assert "version" not in api.results("/api/projects/{project}/hog_functions/?full=true")[0]
    refused = api.send(POST("/api/projects/{project}/hog_functions/", {"type": "transformation_log"}))
    assert {key: refused.body[key] for key in ("type", "code", "attr")} == validation(
        "invalid_choice", "type"
    )
