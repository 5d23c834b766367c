"""Batch exports: every field is made, read back without a difference, and changed by one request (4)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from contract.generations import EXPORTS, NOTHING, ends
from harness.generations import Generation
from harness.pipeline_stack import Stack
from pulumi_posthog.api import Refused
from pulumi_posthog.kinds import KINDS

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


def export_entry(type_: str, config_: str, more: str = "", *, key: str = "Copy") -> str:
    return f"      {key}: {{type: {type_}, interval: day, config: {config_}{more}}}"


def made_and_nothing_to_do(stack: Stack, posthog: Generation, text: str, *keys: str) -> None:
    made = [("create", ("batch_export", f"Web/{key}")) for key in keys or ("Copy",)]
    assert stack.up(text, head=EXPORTS) == made
    assert stack.up(text, head=EXPORTS) == []
    assert posthog.bodies == []
    assert stack.differences(text, head=EXPORTS) == []
    stack.exported()


def test_an_export_of_each_type_with_its_credentials_beside_it(stack, posthog):
    # In later 2026 the others need an integration.
    types = ("HTTP", "NoOp") if posthog.name == "later 2026" else tuple(INLINE)

    text = "\n".join(export_entry(type_, INLINE[type_], key=type_) for type_ in types)

    made_and_nothing_to_do(stack, posthog, text, *types)


def test_numbers_that_a_server_answers_as_text_are_no_difference_and_a_real_one_is(stack, posthog, patches):
    """posthog-api-cdp.md 4.5, types: a GET of 2025-01 to 2026-06 shows numbers and booleans as text."""
    if posthog.name == "later 2026":
        pytest.skip("it answers the declared types")
    text = export_entry("Postgres", INLINE["Postgres"])
    made_and_nothing_to_do(stack, posthog, text)
    shown = posthog.exports()[0]["destination"]["config"]
    assert (shown["port"], shown["has_self_signed_cert"]) == ("5433", "True")
    assert "port: 5433" in stack.exported().files["posthog.yaml"]

    posthog.change_export(destination={"type": "Postgres", "config": {"port": 5434}})
    assert stack.differences(text, head=EXPORTS) == ["update Web/Copy: ['config']"]
    stack.up(text, head=EXPORTS)

    (body,) = patches
    assert body["destination"]["config"]["port"] == 5433
    assert stack.differences(text, head=EXPORTS) == []


@ends
def test_where_the_organization_has_no_list_of_exports_each_project_is_asked(stack, posthog):
    text = copy_of(GIVEN)
    stack.up(text, head=EXPORTS)
    above = f"/api/organizations/{posthog.organization}/batch_exports/"
    posthog.call("POST", "/_sandbox/faults", {"spec": f"error-before GET {above} status=404"})

    assert stack.up(text, head=EXPORTS) == []
    asked = {
        path: number for path, number in posthog.requests()["by_path"].items() if "batch_exports" in path
    }
    assert asked == {f"GET {above}": 1, f"GET /api/projects/{posthog.project_id()}/batch_exports/": 1}
    posthog.call("DELETE", "/_sandbox/faults")


@ends
def test_an_export_that_is_paused_is_exported_as_such(stack, posthog):
    made_and_nothing_to_do(stack, posthog, copy_of(GIVEN))
    assert "paused" not in stack.exported().files["posthog.yaml"]
    (export,) = posthog.exports()
    path = f"/api/projects/{posthog.project_id()}/batch_exports/{export['id']}/"

    posthog.call("POST", f"{path}pause/")

    assert "        paused: true\n" in stack.exported().files["posthog.yaml"]
    posthog.call("POST", f"{path}unpause/")
    assert "paused" not in stack.exported().files["posthog.yaml"]


def test_an_export_of_each_type_with_an_integration(stack, posthog):
    if posthog.name == "2025":
        pytest.skip("its credentials are in its own config")
    types = [type_ for type_ in WITH_INTEGRATION if posthog.name == "later 2026" or type_ not in INLINE]
    for type_ in types:
        posthog.integration(WITH_INTEGRATION[type_][0])

    text = "\n".join(
        export_entry(type_, config_, f", integration: {kind}/Acme", key=type_)
        for type_, (kind, config_) in WITH_INTEGRATION.items()
        if type_ in types
    )

    made_and_nothing_to_do(stack, posthog, text, *types)


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
    "hogql_query": "test_a_query_is_changed_by_a_patch_and_another_model_makes_it_anew",
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


@ends
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


@ends
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


@ends
def test_another_destination_makes_it_anew_and_what_leaves_the_file_is_deleted(stack, posthog):
    text = copy_of(GIVEN)
    stack.up(text, head=EXPORTS)
    (before,) = posthog.exports()

    other = export_entry("NoOp", "{}")
    assert stack.up(other, head=EXPORTS) == [("replace", ("batch_export", "Web/Copy"))]

    assert posthog.exports()[0]["id"] != before["id"]
    stack.up(NOTHING, head=EXPORTS)
    assert posthog.exports() == []


QUERY = "        type: NoOp\n        interval: day\n        config: {}\n"
MODEL = f"      Copy:\n{QUERY}        model: hogql\n        hogql_query: select event from events\n"  # noqa: S608


def test_a_query_where_posthog_has_not_switched_it_on_is_told_in_its_words(stack, posthog):
    with pytest.raises(Refused) as refused:
        stack.up(MODEL, head=EXPORTS)

    assert ("HogQL batch exports are not enabled" if posthog.name == "later 2026" else "model") in str(
        refused.value
    )
    assert posthog.exports() == []


def test_a_query_is_changed_by_a_patch_and_another_model_makes_it_anew(stack, posthog, patches):
    if posthog.name != "later 2026":
        pytest.skip("no server before it exports a query")
    events = f"      Copy:\n{QUERY}"
    stack.up(events, head=EXPORTS)
    # PostHog has switched it on, and somebody has made one on its page.
    posthog.stored("batchexport", "name", "Copy", model="hogql", hogql_query="select event from events")

    assert stack.differences(MODEL, head=EXPORTS) == []
    stack.up(MODEL, head=EXPORTS)
    assert "hogql_query: select event from events" in stack.exported().files["posthog.yaml"]
    patches.clear()
    stack.up(MODEL.replace("select event", "select uuid"), head=EXPORTS)

    assert patches == [{"hogql_query": "select uuid from events"}]
    assert stack.up(MODEL.replace("select event", "select uuid"), head=EXPORTS) == []
    assert stack.up(events + "        model: events\n", head=EXPORTS) == [
        ("replace", ("batch_export", "Web/Copy"))
    ]
    assert [each["model"] for each in posthog.exports()] == ["events"]
