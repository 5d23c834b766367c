"""Hog functions and batch exports against the sandbox in each generation in which PostHog's rules differ.

Every field is made, read back without a difference, and changed by one PATCH (posthog-api-cdp.md 2, 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.engine import urn_of
from harness.generations import GENERATIONS, Generation
from harness.pipeline_stack import Stack
from harness.run import begin_anew
from pulumi_posthog import config
from pulumi_posthog.api import Writer
from pulumi_posthog.api.connection import KEY_VARIABLE
from pulumi_posthog.api.errors import Invalid
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.stack.places import with_place

PROJECT = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
FUNCTIONS = f"{PROJECT}    hog_functions:\n"
EXPORTS = f"{PROJECT}    batch_exports:\n"
ENVIRONMENT = {"TOKEN": "t0ken-t0ken", "SITE": "s1te-s1te-s1te", "USER_NAME": "exporter-user"}
NOTHING = "      {}"


@pytest.fixture(scope="module", params=GENERATIONS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with Generation(request.param, tmp_path_factory.mktemp("posthog")) as posthog:
        yield posthog


@pytest.fixture
def posthog(server: Generation) -> Generation:
    server.call("POST", "/_sandbox/reset")
    server.call("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Web"})
    return server


@pytest.fixture
def stack(tmp_path: Path, posthog: Generation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    stack = Stack(tmp_path, posthog)
    stack.environment = dict(ENVIRONMENT)
    yield stack
    begin_anew()


@pytest.fixture
def patches(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The bodies of all PATCH requests."""
    sent: list[Mapping[str, Any]] = []
    patch = Writer.patch
    monkeypatch.setattr(
        Writer,
        "patch",
        lambda self, path, body, **more: (sent.append(body), patch(self, path, body, **more))[1],
    )
    return sent


OWN = {
    "description": "All of them",
    "enabled": "false",
    "hog": "return inputs.url",
    "inputs_schema": "[{key: url, type: string, required: true}, {key: size, type: number}]",
    "inputs": "{url: https://a.io}",
    "filters": "{events: [{id: paid, name: paid, type: events, order: 0}]}",
    "masking": '{ttl: 60, hash: "{event.uuid}"}',
    "icon_url": "/static/a.png",
}
MAPPED = {
    **{name: value for name, value in OWN.items() if name != "filters"},
    "mappings": "[{name: Paid, filters: {events: [{id: paid, name: paid, type: events, order: 0}]},"
    " inputs_schema: [{key: a, type: string}], inputs: {a: x}}]",
}
ORDERED = {"type": "transformation", "enabled": "true", "hog": "return event", "execution_order": "4"}
TEMPLATED = {
    "template": "template-webhook",
    "inputs": "{url: https://a.io, headers: {authorization: !env TOKEN}}",
}
# How it is made; then, one after another: the field, another value, and the fields of the one PATCH.
STORIES: dict[str, tuple[Mapping[str, str], list[tuple[str, str, set[str]]]]] = {
    "own code": (
        OWN,
        [
            ("name", "Sales", {"name"}),
            ("description", "Some of them", {"description"}),
            ("enabled", "true", {"enabled"}),
            ("hog", "return inputs.size", {"hog"}),
            (
                "inputs_schema",
                "[{key: url, type: string, required: true, label: To}, {key: size, type: number}]",
                {"inputs_schema"},
            ),
            ("inputs", "{url: https://b.io, size: 3}", {"inputs"}),
            (
                "filters",
                "{events: [{id: $pageview, name: $pageview, type: events, order: 0}],"
                " properties: [{key: plan, value: [paid], operator: exact, type: event}]}",
                {"filters"},
            ),
            ("masking", '{ttl: 3600, hash: "{event.uuid}", threshold: 2}', {"masking"}),
            ("masking", "null", {"masking"}),
            ("icon_url", "/static/b.png", {"icon_url"}),
        ],
    ),
    "mappings": (
        MAPPED,
        [
            (
                "mappings",
                "[{name: Sold, filters: {events: [{id: sold, name: sold, type: events, order: 0}]}}]",
                {"mappings"},
            ),
            ("description", "Others", {"description", "mappings"}),
            ("mappings", "[]", {"mappings"}),
        ],
    ),
    "transformation": (
        ORDERED,
        [("execution_order", "9", {"execution_order"}), ("enabled", "false", {"enabled"})],
    ),
    "template": (
        TEMPLATED,
        [
            ("inputs", "{url: https://b.io, headers: {authorization: !env TOKEN}, method: PUT}", {"inputs"}),
            ("enabled", "true", {"enabled"}),
        ],
    ),
}
REPLACED = {"type": "source_webhook", "template": "template-slack"}


def entry(fields: Mapping[str, str]) -> str:
    return "      Orders:\n" + "".join(f"        {name}: {value}\n" for name, value in fields.items())


def test_every_field_of_a_hog_function_is_tried():
    every = {field.name for field in KINDS["hog_function"].writable}
    changed = {field for _, changes in STORIES.values() for field, _, _ in changes}

    assert changed | REPLACED.keys() == every


@pytest.mark.parametrize(("given", "changes"), STORIES.values(), ids=STORIES)
def test_each_field_is_made_read_back_and_changed_by_one_patch(stack, posthog, patches, given, changes):
    assert stack.up(entry(given), head=FUNCTIONS) == [("create", ("hog_function", "Web/Orders"))]
    assert stack.differences(entry(given), head=FUNCTIONS) == []
    patches.clear()
    fields = dict(given)
    for field, other, _ in changes:
        fields[field] = other
        assert stack.up(entry(fields), head=FUNCTIONS) == [("update", ("hog_function", "Web/Orders"))], field
        assert stack.differences(entry(fields), head=FUNCTIONS) == [], field

    assert [set(each) for each in patches] == [body for _, _, body in changes]
    assert stack.up(entry(fields), head=FUNCTIONS) == []
    assert posthog.bodies == []


TYPES = {
    "destination": "return event",
    "site_destination": "export function onLoad() {}",
    "internal_destination": "return event",
    "source_webhook": "return event",
    "site_app": "export function onLoad() {}",
    "transformation": "return event",
}


@pytest.mark.parametrize("type_", TYPES)
def test_a_function_of_each_type_is_made_and_then_there_is_nothing_to_do(stack, posthog, type_):
    events = "{events: [{id: $error_tracking_issue_created, type: events}]}"
    filters = f", filters: {events}" if type_ == "internal_destination" else ""
    text = f'      Mine: {{type: {type_}, enabled: true, hog: "{TYPES[type_]}"{filters}}}'

    stack.up(text, head=FUNCTIONS)

    assert stack.up(text, head=FUNCTIONS) == []
    assert stack.differences(text, head=FUNCTIONS) == []
    assert posthog.function("Mine", type_)["enabled"] is True


SECRETS = """
      Mails: {template: template-customerio, inputs: {site_id: !env SITE, token: !env TOKEN}}
"""


def test_a_secret_is_sent_once_and_again_when_it_becomes_another(stack, posthog, patches):
    stack.up(SECRETS, head=FUNCTIONS)
    assert stack.up(SECRETS, head=FUNCTIONS) == []
    stack.environment["TOKEN"] = "another-another"

    assert stack.up(SECRETS, head=FUNCTIONS) == [("update", ("hog_function", "Web/Mails"))]

    (body,) = patches
    assert body["inputs"]["token"] == {"value": "another-another"}
    assert "site_id" not in body["inputs"]  # it is kept; a mask is never sent
    assert posthog.function("Mails")["inputs"]["token"] == {"secret": True}
    assert stack.up(SECRETS, head=FUNCTIONS) == []


def test_what_is_no_longer_declared_is_deleted_and_what_was_deleted_by_hand_comes_back_with_its_id(
    stack, posthog
):
    stack.up(SECRETS, head=FUNCTIONS)
    made = posthog.function("Mails")
    posthog.change(made, deleted=True)

    assert stack.up(SECRETS, head=FUNCTIONS) == [("update", ("hog_function", "Web/Mails"))]

    assert posthog.function("Mails")["id"] == made["id"]
    assert stack.up(SECRETS, head=FUNCTIONS) == []
    stack.up(NOTHING, head=FUNCTIONS)
    assert [each["name"] for each in posthog.functions()] == ["GeoIP"]


def test_another_type_makes_it_anew(stack, posthog):
    text = '      Mine: {hog: "return event"}'
    stack.up(text, head=FUNCTIONS)
    before = posthog.function("Mine")

    changed = text.replace("{hog", "{type: source_webhook, hog")
    assert stack.up(changed, head=FUNCTIONS) == [("replace", ("hog_function", "Web/Mine"))]

    assert posthog.function("Mine", "source_webhook")["id"] != before["id"]
    assert stack.up(changed, head=FUNCTIONS) == []


GEOIP = "      GeoIP: {type: transformation, template: template-geoip, enabled: true}\n"


def many(number: int, *, off: int = 0) -> str:
    return "".join(
        f'      T{place}: {{type: transformation, enabled: {str(place >= off).lower()}, hog: "return event"}}\n'
        for place in range(number)
    )


def order(posthog: Generation) -> list[str]:
    rows = [each for each in posthog.functions() if each["type"] == "transformation"]
    return [each["name"] for each in sorted(rows, key=lambda each: each["execution_order"])]


def test_transformations_have_the_order_of_the_file_and_the_one_of_a_new_project_is_adopted(stack, posthog):
    geoip = posthog.function("GeoIP", "transformation")["id"]

    stack.up(GEOIP + many(2), head=FUNCTIONS)

    assert order(posthog) == ["GeoIP", "T0", "T1"]
    assert posthog.function("GeoIP", "transformation")["id"] == geoip
    stack.up(many(2) + GEOIP, head=FUNCTIONS)
    assert order(posthog) == ["T0", "T1", "GeoIP"]
    assert stack.up(many(2) + GEOIP, head=FUNCTIONS) == []


def undeclared(stack: Stack, text: str) -> list[str]:
    live = stack.live()
    try:
        observed = observe(stack.load(text, head=FUNCTIONS), live, undeclared=True, kinds=["hog_function"])
    finally:
        live.reader.close()
    return [str(each.found.values["name"]) for each in observed.undeclared]


def test_what_posthog_makes_in_each_project_need_not_be_said_until_somebody_changes_it(stack, posthog):
    assert undeclared(stack, NOTHING) == []
    assert "hog_functions" not in stack.exported().files["posthog.yaml"]

    posthog.change(posthog.function("GeoIP", "transformation"), enabled=False)

    assert undeclared(stack, NOTHING) == ["GeoIP"]
    assert "      GeoIP:\n" in stack.exported().files["posthog.yaml"]


def test_a_transformation_that_is_enabled_again_keeps_its_place(stack, posthog):
    stack.up(GEOIP + many(3, off=1), head=FUNCTIONS)
    stack.up(GEOIP + many(3), head=FUNCTIONS)

    assert order(posthog) == ["GeoIP", "T0", "T1", "T2"]
    assert stack.up(GEOIP + many(3), head=FUNCTIONS) == []


def test_twenty_transformations_change_places_under_the_cap_and_the_21st_is_refused_before_anything_is_sent(
    stack, posthog
):
    stack.up(GEOIP + many(20, off=1), head=FUNCTIONS)

    swapped = many(19) + '      T19: {type: transformation, enabled: false, hog: "return event"}\n'
    stack.up(GEOIP + swapped, head=FUNCTIONS)

    assert [each["name"] for each in posthog.functions() if not each["enabled"]] == ["T19"]
    assert stack.up(GEOIP + swapped, head=FUNCTIONS) == []
    (problem,) = stack.problems(GEOIP + many(20), head=FUNCTIONS)
    assert "a project has at most 20 enabled transformations, and 21 are declared" in problem


def test_code_that_does_not_compile_is_told_in_posthogs_words_with_its_place(stack, posthog):
    with pytest.raises(Invalid) as refused:
        stack.up('      Mine: {hog: "return )"}', head=FUNCTIONS)

    urn = urn_of("hog_function", "Web/Mine")
    declared = config.load(stack.folder / "posthog.yaml", environment={}, offline=True)
    assert with_place(refused.value, urn, lambda: declared).startswith(
        'posthog.yaml:5:14: hog function "Web/Mine": POST /api/projects/'
    )
    assert 'field hog: "Hog code has errors."' in str(refused.value)
    assert [each["name"] for each in posthog.functions()] == ["GeoIP"]


def test_a_lost_answer_makes_no_twin(stack, posthog, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    text = '      Mine: {hog: "return event"}'
    posthog.call("POST", "/_sandbox/faults", {"spec": "error-after POST /hog_functions/ times=1"})

    stack.up(text, head=FUNCTIONS)

    assert [each["name"] for each in posthog.functions()].count("Mine") == 1
    assert stack.up(text, head=FUNCTIONS) == []


def test_functions_are_exported_as_a_file_that_changes_nothing(stack, posthog):
    posthog.integration("slack")
    slack = "      Chat: {template: template-slack, inputs: {slack_workspace: slack/Acme, channel: C1}}\n"
    stack.up(entry(OWN) + SECRETS + GEOIP + many(2) + slack, head=FUNCTIONS)

    text = stack.exported().files["posthog.yaml"]

    assert "slack_workspace: !ref integration/slack/Acme" in text
    assert "token: !env" in text
    assert "t0ken" not in text


def test_an_integration_that_is_not_there_is_told_with_its_place_before_anything_is_sent(stack):
    text = "      Chat: {template: template-slack, inputs: {slack_workspace: slack/Acme, channel: C1}}"

    (problem,) = stack.problems(text, head=FUNCTIONS)

    assert problem.startswith('posthog.yaml:5:49: there is no integration "slack/Acme"')


# -- batch exports ---------------------------------------------------------------------------------------------

BUCKET = "bucket_name: acme, region: eu-central-1, prefix: events/"
INLINE = {
    "S3": f"{{{BUCKET}, aws_access_key_id: !env USER_NAME, aws_secret_access_key: !env TOKEN}}",
    "Snowflake": "{account: acme, user: !env USER_NAME, password: !env TOKEN, database: d, warehouse: w, schema: s}",
    "Postgres": "{host: db.acme.io, port: 5433, database: d, user: !env USER_NAME, password: !env TOKEN,"
    " has_self_signed_cert: true}",
    "Redshift": "{host: db.acme.io, port: 5439, database: d, user: !env USER_NAME, password: !env TOKEN}",
    "BigQuery": "{project_id: p, dataset_id: d, private_key: !env TOKEN, private_key_id: !env TOKEN,"
    " token_uri: !env SITE, client_email: !env USER_NAME, use_json_type: true}",
    "HTTP": "{url: https://us.i.posthog.com/batch/, token: !env TOKEN}",
    "NoOp": "{}",
}
WITH_INTEGRATION = {
    "AwsS3": ("aws-s3", f"{{{BUCKET}, file_format: Parquet, max_file_size_mb: 100}}"),
    "S3Compatible": ("s3-compatible", f"{{{BUCKET}, use_virtual_style_addressing: true}}"),
    "Snowflake": ("snowflake", "{database: d, warehouse: w, schema: s}"),
    "Postgres": ("postgresql", "{database: d, schema: s, table_name: t}"),
    "Redshift": ("aws-redshift", "{database: d, table_name: t}"),
    "BigQuery": ("google-cloud-service-account", "{dataset_id: d, use_json_type: true}"),
    "AzureBlob": ("azure-blob", "{container_name: c, max_file_size_mb: 5}"),
    "Databricks": (
        "databricks",
        "{http_path: h, catalog: c, schema: s, table_name: t, use_variant_type: true}",
    ),
}


def export_entry(type_: str, config_: str, more: str = "") -> str:
    return f"      Copy: {{type: {type_}, interval: day, config: {config_}{more}}}"


def made_and_nothing_to_do(stack: Stack, posthog: Generation, text: str) -> None:
    assert stack.up(text, head=EXPORTS) == [("create", ("batch_export", "Web/Copy"))]
    assert stack.up(text, head=EXPORTS) == []
    assert posthog.bodies == []
    assert stack.differences(text, head=EXPORTS) == []
    stack.exported()


@pytest.mark.parametrize("type_", INLINE)
def test_an_export_with_its_credentials_beside_it(stack, posthog, type_):
    if posthog.name == "later 2026" and type_ not in ("HTTP", "NoOp"):
        pytest.skip("then an integration is needed")

    made_and_nothing_to_do(stack, posthog, export_entry(type_, INLINE[type_]))


@pytest.mark.parametrize("type_", WITH_INTEGRATION)
def test_an_export_with_an_integration(stack, posthog, type_):
    if posthog.name == "2025" or (posthog.name == "2026" and type_ in INLINE):
        pytest.skip("its credentials are in its own config")
    kind, config_ = WITH_INTEGRATION[type_]
    posthog.integration(kind)

    made_and_nothing_to_do(stack, posthog, export_entry(type_, config_, f", integration: {kind}/Acme"))


GIVEN = {"interval": "day", "config": "{url: https://us.i.posthog.com/batch/, token: !env TOKEN}"}
# One after another: what changes, and the fields of the one PATCH; none where an action does it.
EXPORT_CHANGES: list[tuple[Mapping[str, str], set[str]]] = [
    ({"name": "Other"}, {"name"}),
    ({"config": "{url: https://eu.i.posthog.com/batch/, token: !env TOKEN}"}, {"destination"}),
    ({"model": "persons"}, {"model"}),
    ({"model": "events"}, {"model"}),
    ({"paused": "true"}, set()),
    ({"paused": "false"}, {"paused"}),
    ({"filters": "[{key: $browser, value: [Chrome], operator: exact, type: event}]"}, {"filters"}),
    ({"start_at": "2026-01-31T02:00:00+02:00"}, {"start_at"}),
    ({"end_at": "2027-01-31T02:00:00Z"}, {"end_at"}),
    ({"timezone": "Europe/Berlin"}, {"timezone"}),
    ({"offset_hour": "3"}, {"interval", "offset_hour"}),
    ({"interval": "week", "offset_day": "2"}, {"interval", "offset_day", "offset_hour"}),
]
TRIED_ELSEWHERE = {
    "type": "test_another_destination_makes_it_anew_and_what_leaves_the_file_is_deleted",
    "integration": "test_another_integration_is_a_patch",
    "hogql_query": "test_batch_exports.py: no server has it without a flag",
}


def copy_of(fields: Mapping[str, str]) -> str:
    return "      Copy:\n        type: HTTP\n" + "".join(
        f"        {name}: {value}\n" for name, value in fields.items()
    )


def test_every_field_of_a_batch_export_is_tried():
    every = {field.name for field in KINDS["batch_export"].writable}
    changed = {field for fields, _ in EXPORT_CHANGES for field in fields}

    assert changed | TRIED_ELSEWHERE.keys() == every


def test_each_field_of_an_export_is_changed_by_one_patch(stack, posthog, patches):
    made_and_nothing_to_do(stack, posthog, copy_of(GIVEN))
    patches.clear()
    age = 2025 if posthog.name == "2025" else 2026
    changes = [
        (fields, body)
        for fields, body in EXPORT_CHANGES
        if all(KINDS["batch_export"].field(name).since <= age for name in fields)
    ]
    fields = dict(GIVEN)
    for more, _ in changes:
        fields |= more
        assert stack.up(copy_of(fields), head=EXPORTS) == [("update", ("batch_export", "Web/Copy"))], more
        assert stack.differences(copy_of(fields), head=EXPORTS) == [], more

    assert [set(each) for each in patches] == [body for _, body in changes if body]
    assert stack.up(copy_of(fields), head=EXPORTS) == []
    assert posthog.bodies == []


def test_an_export_that_is_paused_knows_since_when_and_what_changes_with_it_comes_afterwards(stack, posthog):
    made_and_nothing_to_do(stack, posthog, copy_of(GIVEN))

    stack.up(copy_of({**GIVEN, "paused": "true", "model": "persons"}), head=EXPORTS)

    (export,) = posthog.exports()
    path = f"/api/projects/{posthog.project_id()}/batch_exports/{export['id']}/"
    assert posthog.bodies == [f"PATCH {path}", f"POST {path}pause/"]
    assert (export["paused"], export["model"], export["last_paused_at"] is not None) == (
        True,
        "persons",
        True,
    )


def test_an_export_that_is_new_is_paused_from_the_beginning(stack, posthog):
    made_and_nothing_to_do(stack, posthog, copy_of({**GIVEN, "paused": "true"}))

    (export,) = posthog.exports()
    assert export["paused"] is True


def test_another_integration_is_a_patch(stack, posthog, patches):
    if posthog.name == "2025":
        pytest.skip("there is no export with an integration")
    posthog.integration("aws-s3")
    other = posthog.integration("aws-s3", "Other")
    text = export_entry("AwsS3", f"{{{BUCKET}}}", ", integration: aws-s3/Acme")
    made_and_nothing_to_do(stack, posthog, text)

    stack.up(text.replace("aws-s3/Acme", "aws-s3/Other"), head=EXPORTS)

    (body,) = patches
    assert body["destination"]["type"] == "AwsS3"
    assert posthog.exports()[0]["destination"]["integration"] == other
    assert stack.up(text.replace("aws-s3/Acme", "aws-s3/Other"), head=EXPORTS) == []


def test_a_secret_of_an_export_is_sent_once_and_again_when_it_becomes_another(stack, posthog, patches):
    text = copy_of(GIVEN)
    made_and_nothing_to_do(stack, posthog, text)
    stack.environment["TOKEN"] = "another-another"

    assert stack.up(text, head=EXPORTS) == [("update", ("batch_export", "Web/Copy"))]

    (body,) = patches
    assert body["destination"]["config"]["token"] == "another-another"
    assert stack.up(text, head=EXPORTS) == []


def test_another_destination_makes_it_anew_and_what_leaves_the_file_is_deleted(stack, posthog):
    text = copy_of(GIVEN)
    stack.up(text, head=EXPORTS)
    (before,) = posthog.exports()

    other = export_entry("NoOp", "{}")
    assert stack.up(other, head=EXPORTS) == [("replace", ("batch_export", "Web/Copy"))]

    assert posthog.exports()[0]["id"] != before["id"]
    stack.up(NOTHING, head=EXPORTS)
    assert posthog.exports() == []


@pytest.mark.parametrize("at_once", [True, False], ids=["made in this run", "made before"])
def test_the_row_of_a_function_in_the_file_system_is_named_by_the_function(stack, posthog, at_once):
    functions = '      Orders: {hog: "return event"}\n'
    text = f"""{functions}\
    file_system:
      Sales: {{type: folder}}
      Sales/Orders: {{type: hog_function/destination, ref: !ref hog_function/Orders}}
"""
    if not at_once:
        stack.up(functions, head=FUNCTIONS)

    stack.up(text, head=FUNCTIONS)

    rows = posthog.all(f"/api/projects/{posthog.project_id()}/file_system/?limit=100")
    assert [row["path"] for row in rows if row["ref"] == posthog.function("Orders")["id"]] == ["Sales/Orders"]
    assert stack.up(text, head=FUNCTIONS) == []
    assert stack.differences(text, head=FUNCTIONS) == []
