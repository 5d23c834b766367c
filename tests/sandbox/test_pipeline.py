"""Section 6 of the API page: destinations, transformations and site apps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sandbox.steps import another_organization, changed_organization, switched
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
    Call,
    Row,
    check,
    table,
    validation,
)

pytestmark = pytest.mark.usefixtures("legacy_destinations")

MASK = "**************** POSTHOG SECRET FIELD ****************"
ALL = "/api/projects/{project}/plugin_configs/"
DESTINATIONS = "/api/projects/{project}/pipeline_destination_configs/"
TRANSFORMATIONS = "/api/projects/{project}/pipeline_transformation_configs/"
SITE_APPS = "/api/projects/{project}/pipeline_frontend_apps_configs/"
IMPORTS = "/api/projects/{project}/pipeline_import_apps_configs/"
ONE = DESTINATIONS + "{config}/"


def made(plugin: str = "snowflake", url: str = DESTINATIONS, saves: str = "config", **fields: Any) -> Call:
    """A config of a plugin, made by a form."""
    if "config" in fields:
        fields["config"] = json.dumps(fields["config"])
    return POST(url, form={"plugin": f"{{{plugin}}}", "order": 1, **fields}, saves=saves)


def changed(method: str = "PATCH", url: str = ONE, **fields: Any) -> Call:
    if "config" in fields:
        fields["config"] = json.dumps(fields["config"])
    return Call(method, url, form=fields)


ORDERS = made(name="Orders", enabled="true", config={"account": "acme", "password": "hush"})
NO_LEGACY = switched(legacy_destinations=False)


def a_plugin_of_strangers(api: API) -> None:
    another_organization(api)
    from pulumi_posthog.sandbox.families.plugins import Plugin

    api.names["theirs"] = Plugin.objects.create(organization_id=api.names["other"], name="Theirs").pk


MAKING = (
    Row(
        "a config is made by a form",
        ORDERS,
        201,
        {
            "plugin": "{snowflake}",
            "name": "Orders",
            "enabled": True,
            "order": 1,
            "config": {"account": "acme", "password": MASK},
            "team_id": "{project}",
            "error": None,
            "deleted": None,
            "plugin_info": {"name": "Snowflake Export"},
        },
    ),
    Row(
        "or multipart",
        POST(DESTINATIONS, multipart={"plugin": "{snowflake}", "order": 1, "config": '{"account": "acme"}'}),
        201,
        {"config": {"account": "acme"}},
    ),
    Row(
        "a config in JSON is not read",
        POST(DESTINATIONS, {"plugin": "{snowflake}", "order": 1, "config": {"account": "acme"}}),
        201,
        {"config": {"account": "<missing>"}},
    ),
    Row(
        "bad JSON in the form fails",
        POST(DESTINATIONS, form={"plugin": "{snowflake}", "order": 1, "config": "{"}),
        500,
        FAILED,
    ),
    Row("the plugin is required", POST(DESTINATIONS, {"order": 1}), 400, validation("required", "plugin")),
    Row(
        "the order is required",
        POST(DESTINATIONS, {"plugin": "{snowflake}"}),
        400,
        validation("required", "order"),
    ),
    Row(
        "an unknown plugin",
        POST(DESTINATIONS, {"plugin": 999, "order": 1}),
        400,
        validation("does_not_exist", "plugin"),
    ),
    Row(
        "a name has 400 characters at most",
        made(name="x" * 401, saves=""),
        400,
        validation("max_length", "name"),
    ),
    Row(
        "a description has 1000",
        made(description="x" * 1001, saves=""),
        400,
        validation("max_length", "description"),
    ),
    Row("an absent boolean of a form is false", made(), 201, {"enabled": False}),
    Row(
        "without a name it has the plugin's",
        made(),
        201,
        {"name": "Snowflake Export", "description": "Export events to Snowflake."},
    ),
    Row("one plugin may have several configs", GET(DESTINATIONS), 200, {"count": 2}, given=[made(), made()]),
    Row(
        "without access to configs it is refused",
        made(saves=""),
        400,
        validation("invalid_input", None),
        given=[changed_organization(plugins_access_level=0)],
    ),
    Row(
        "a plugin of strangers is not there",
        POST(DESTINATIONS, {"plugin": "{theirs}", "order": 1}),
        400,
        validation("does_not_exist", "plugin"),
        given=[a_plugin_of_strangers],
    ),
    Row(
        "environments take them too",
        made(url="/api/environments/{project}/pipeline_destination_configs/"),
        201,
        ages=(2025, 2026),
    ),
    Row(
        "an instance that stopped makes a hog function where there is a template",
        made("customerio", name="Mails", saves=""),
        201,
        {"id": None, "name": "Mails", "plugin": "{customerio}"},
        given=[NO_LEGACY],
        ages=(2025, 2026),
    ),
    Row(
        "and lists nothing",
        GET(DESTINATIONS),
        200,
        {"count": 0},
        given=[NO_LEGACY, made("customerio", saves="")],
        ages=(2025, 2026),
    ),
    Row(
        "and refuses without one",
        made(saves=""),
        400,
        validation("invalid_input", None),
        given=[NO_LEGACY],
        ages=(2025, 2026),
    ),
    Row(
        "2024 made the row in any case",
        made(),
        201,
        {"plugin": "{snowflake}"},
        given=[NO_LEGACY],
        ages=(2024,),
    ),
    Row(
        "existing rows can still be changed there",
        changed(name="X"),
        200,
        {"name": "X"},
        given=[ORDERS, NO_LEGACY],
    ),
)

READING = (
    Row(
        "lists are ordered and without the plugin",
        GET(DESTINATIONS),
        200,
        {"results": [{"name": "First", "plugin_info": None}, {"name": "Last", "plugin_info": None}]},
        given=[made(name="Last", order=5), made(name="First", order=2)],
    ),
    Row(
        "one has its plugin",
        GET(ONE),
        200,
        {"plugin_info": {"url": "https://github.com/PostHog/snowflake-export-plugin"}},
        given=[ORDERS],
    ),
    Row(
        "the rate of delivery is gone in 2026",
        GET(ONE),
        200,
        {"delivery_rate_24h": "<missing>"},
        given=[ORDERS],
        ages=(2026,),
    ),
    Row("before it was empty", GET(ONE), 200, {"delivery_rate_24h": None}, given=[ORDERS], ages=(2024, 2025)),
    Row(
        "a transformation is not among the destinations",
        GET(DESTINATIONS),
        200,
        {"count": 0},
        given=[made("geoip")],
    ),
    Row("although it was posted there", GET(TRANSFORMATIONS), 200, {"count": 1}, given=[made("geoip")]),
    Row("a site app is among site apps", GET(SITE_APPS), 200, {"count": 1}, given=[made("bar", SITE_APPS)]),
    Row(
        "an import is none of these",
        GET(IMPORTS),
        200,
        {"count": 0},
        given=[made("bar"), made(), made("geoip")],
    ),
    Row("all are among all", GET(ALL), 200, {"count": 3}, given=[made("bar"), made(), made("geoip")]),
    Row("one of another family is not found", GET(SITE_APPS + "{config}/"), 404, NOT_FOUND, given=[ORDERS]),
    Row("an unknown one", GET(DESTINATIONS + "999/"), 404, NOT_FOUND),
    Row(
        "the source of a site app is not for keys",
        GET(SITE_APPS + "{config}/frontend/"),
        403,
        DENIED,
        given=[made("bar")],
        ages=(2025, 2026),
    ),
    Row(
        "but for an unrestricted one",
        GET(SITE_APPS + "{config}/frontend/"),
        200,
        given=[made("bar")],
        ages=(2024,),
    ),
    Row("jobs were there in 2024", POST(ONE + "job/", {}), 200, given=[ORDERS], ages=(2024,)),
    Row("jobs are gone", POST(ONE + "job/", {}), 404, NOT_FOUND, given=[ORDERS], ages=(2025, 2026)),
    Row(
        "migration is not for keys",
        POST(ONE + "migrate/", {}),
        403,
        DENIED,
        given=[ORDERS],
        ages=(2025, 2026),
    ),
)

CHANGING = (
    Row(
        "the whole config is replaced",
        changed(config={"database": "db"}),
        200,
        {"config": {"database": "db", "account": "<missing>"}},
        given=[ORDERS],
    ),
    Row(
        "but an absent secret stays",
        changed(config={"database": "db"}),
        200,
        {"config": {"password": MASK}},
        given=[ORDERS],
    ),
    Row(
        "and a null one",
        changed(config={"password": None}),
        200,
        {"config": {"password": MASK}},
        given=[ORDERS],
    ),
    Row(
        "an empty text clears a secret",
        changed(config={"password": ""}),
        200,
        {"config": {"password": "<missing>"}},
        given=[ORDERS],
    ),
    Row(
        "a config in JSON is ignored",
        PATCH(ONE, {"config": {"account": "x"}, "name": "X"}),
        200,
        {"name": "X", "config": {"account": "acme"}},
        given=[ORDERS],
    ),
    Row(
        "a PATCH without a config keeps it",
        changed(name="X"),
        200,
        {"config": {"account": "acme"}},
        given=[ORDERS],
    ),
    Row("a PATCH keeps absent booleans", changed(name="X"), 200, {"enabled": True}, given=[ORDERS]),
    Row(
        "a PUT does not",
        changed("PUT", plugin="{snowflake}", order=1),
        200,
        {"enabled": False},
        given=[ORDERS],
    ),
    Row(
        "a PUT needs the order",
        PUT(ONE, {"plugin": "{snowflake}"}),
        400,
        validation("required", "order"),
        given=[ORDERS],
    ),
    Row(
        "the plugin is written once",
        changed(plugin="{customerio}"),
        200,
        {"plugin": "{snowflake}"},
        given=[ORDERS],
    ),
    Row(
        "defaults of the schema are not filled in",
        changed(config={"account": "a"}),
        200,
        {"config": {"stageToUse": "<missing>"}},
        given=[ORDERS],
    ),
    Row("DELETE disables", DELETE(ONE), 204, given=[ORDERS]),
    Row(
        "and leaves it in the list",
        GET(DESTINATIONS),
        200,
        {"results": [{"id": "{config}", "enabled": False, "deleted": None}]},
        given=[ORDERS, DELETE(ONE)],
    ),
    Row("DELETE does not ask for the family", DELETE(SITE_APPS + "{config}/"), 204, given=[ORDERS]),
    Row("DELETE of an unknown one fails", DELETE(DESTINATIONS + "999/"), 500, FAILED),
    Row(
        "deleted disables too",
        PATCH(ONE, {"deleted": True}),
        200,
        {"deleted": True, "enabled": False},
        given=[ORDERS],
    ),
    Row("and hides", GET(DESTINATIONS), 200, {"count": 0}, given=[ORDERS, PATCH(ONE, {"deleted": True})]),
    Row(
        "but not from who knows the id",
        GET(ONE),
        200,
        {"deleted": True},
        given=[ORDERS, PATCH(ONE, {"deleted": True})],
    ),
    Row(
        "deleted can be taken back",
        PATCH(ONE, {"deleted": False}),
        200,
        {"deleted": False, "enabled": False},
        given=[ORDERS, PATCH(ONE, {"deleted": True})],
    ),
    Row(
        "rearranging is not for keys",
        PATCH(DESTINATIONS + "rearrange/", {"orders": {"{config}": 7}}),
        403,
        DENIED,
        given=[ORDERS],
        ages=(2025, 2026),
    ),
)


@table((*MAKING, *READING, *CHANGING))
def test_pipeline(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", ALL_AGES)
def test_the_mask_sent_back_becomes_the_secret(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.families.plugins import PluginConfig

    api.send(ORDERS)
    api.send(changed(config={"account": "acme", "password": MASK}))

    assert PluginConfig.objects.get().config == {"account": "acme", "password": MASK}


def test_rearranging_answers_all_enabled_configs_of_the_project(api: API) -> None:
    from pulumi_posthog.sandbox.rules.switches import SWITCHES

    SWITCHES.age = 2024
    api.send(ORDERS)
    api.send(made("bar", SITE_APPS, saves="app", enabled="true", order=3))
    api.send(made(saves="off", order=4))
    config, app, off = (str(api.names[name]) for name in ("config", "app", "off"))

    answer = api.send(PATCH(DESTINATIONS + "rearrange/", {"orders": {config: 9, app: 2, off: 1, "999": 5}}))

    assert [(str(each["id"]), each["order"]) for each in answer.body] == [(app, 2), (config, 9)]
    assert api.get(ALL + off + "/")["order"] == 4


@pytest.mark.parametrize("age", ALL_AGES)
def test_an_enabled_site_app_turns_on_inject_web_apps_of_its_project(api: API, age: int) -> None:
    def injects() -> Any:
        return api.get("/api/projects/{project}/")["inject_web_apps"]

    before = injects()
    api.send(made("bar", SITE_APPS, enabled="true"))
    during = injects()
    api.send(DELETE(SITE_APPS + "{config}/"))

    assert (before, during, injects()) == (None, True, False)


@pytest.mark.parametrize("age", ALL_AGES)
def test_files_answer_inside_the_config_and_can_be_removed(api: API, age: int) -> None:
    api.send(ORDERS)
    key_file = SimpleUploadedFile("key.json", b"{}", content_type="application/json")
    added = api.send(Call("PATCH", ONE, multipart={"add_attachment[keyFile]": key_file})).body["config"][
        "keyFile"
    ]
    removed = api.send(Call("PATCH", ONE, multipart={"remove_attachment[keyFile]": "true"})).body["config"]

    assert {**added, "uid": 0} == {
        "uid": 0,
        "saved": True,
        "size": 2,
        "name": "key.json",
        "type": "application/json",
    }
    assert "keyFile" not in removed


@pytest.mark.parametrize("age", ALL_AGES)
def test_a_file_for_a_secret_is_masked(api: API, age: int) -> None:
    api.send(ORDERS)
    key_file = SimpleUploadedFile("key.json", b"{}", content_type="application/json")

    answer = api.send(Call("PATCH", ONE, multipart={"add_attachment[password]": key_file})).body["config"][
        "password"
    ]

    assert (answer["uid"], answer["size"], answer["name"]) == (-1, -1, MASK)


def log_of(api: API) -> list[tuple[str, str]]:
    entries = api.results("/api/projects/{project}/activity_log/?item_id={config}")
    return [(each["scope"], each["activity"]) for each in reversed(entries)]


@pytest.mark.parametrize("age", ALL_AGES)
def test_enabling_and_config_are_logged_names_and_orders_are_not(api: API, age: int) -> None:
    api.send(ORDERS)
    api.send(changed(name="X", order=4, description="Y"))
    api.send(changed(config={"account": "other"}))
    api.send(DELETE(ONE))

    assert log_of(api) == [
        ("PluginConfig", "enabled"),
        ("PluginConfig", "config_updated"),
        ("PluginConfig", "config_updated"),
        ("PluginConfig", "disabled"),
    ]


@pytest.mark.parametrize("age", ALL_AGES)
def test_no_secret_reaches_the_log(api: API, age: int) -> None:
    api.send(ORDERS)
    api.send(changed(config={"account": "acme", "password": "other-hush"}))

    assert "hush" not in json.dumps(api.get("/api/projects/{project}/activity_log/"))
