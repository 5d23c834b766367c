"""Section 4 of the page about pipelines: batch exports."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import EARLIER, a_key, switched
from sandbox.table import (
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

ALL = "/api/projects/{project}/batch_exports/"
ONE = ALL + "{export}/"
POSTGRES = {"user": "u", "password": "s3cret", "host": "db.acme.io", "database": "d", "port": 5432}
INLINE: dict[str, Any] = {
    "name": "Copy",
    "interval": "hour",
    "destination": {"type": "Postgres", "config": {**POSTGRES, "has_self_signed_cert": True}},
}
BUCKET = {"bucket_name": "acme", "region": "eu-central-1", "prefix": "events/"}


def an_integration(kind: str) -> Any:
    """Under the name `integration`."""

    def step(api: API) -> None:
        from pulumi_posthog.sandbox.families.integrations import Integration

        made = Integration.objects.create(project_id=api.names["project"], kind=kind, display_name="Acme")
        api.names["integration"] = made.pk

    return step


def make(destination: Any, **more: Any) -> Call:
    return POST(ALL, {"name": "Copy", "interval": "hour", "destination": destination, **more}, saves="export")


def config(type_: str, sent: dict[str, Any], **more: Any) -> Call:
    return make({"type": type_, "config": sent}, **more)


def with_integration(type_: str, sent: dict[str, Any], **more: Any) -> Call:
    return make({"type": type_, "config": sent, "integration": "{integration}"}, **more)


def change(sent: dict[str, Any], type_: str = "Postgres") -> Call:
    return PATCH(ONE, {"destination": {"type": type_, "config": sent}})


def wrong(under: str, detail: str) -> dict[str, Any]:
    attr = f"destination__{under}" if under else "destination"
    return validation("invalid_input", attr, detail=detail)


COPY = POST(ALL, INLINE, saves="export")
NOOP = config("NoOp", {})
S3 = with_integration("AwsS3", BUCKET)
OLD = (2024, 2025)
SHOWN = {"host": "db.acme.io", "database": "d", "user": "<missing>", "password": "<missing>"}

CREATE = (
    Row(
        "with credentials inline, of which none is answered",
        COPY,
        201,
        {
            "name": "Copy",
            "model": "events",
            "paused": False,
            "interval": "hour",
            "filters": None,
            "latest_runs": [],
            "team_id": "{project}",
            "destination": {
                "type": "Postgres",
                "config": {**SHOWN, "port": 5432, "has_self_signed_cert": True},
            },
        },
        ages=OLD,
    ),
    Row("and still in the first half of 2026", COPY, 201, {"timezone": "UTC"}, given=[EARLIER], ages=(2026,)),
    *(
        Row(
            f"where an integration may have those of {type_}, too",
            with_integration(type_, sent),
            201,
            {"destination": {"type": type_, "config": sent, "integration": "{integration}"}},
            [EARLIER, an_integration(kind)],
            (2026,),
        )
        for type_, kind, sent in (
            ("Snowflake", "snowflake", {"database": "d", "warehouse": "w", "schema": "s"}),
            ("Postgres", "postgresql", {"database": "d"}),
            ("Redshift", "aws-redshift", {"database": "d"}),
            ("BigQuery", "google-cloud-service-account", {"dataset_id": "d"}),
            ("AwsS3", "aws-s3", BUCKET),
        )
    ),
    Row(
        "of the right kind",
        with_integration("Snowflake", {"database": "d", "warehouse": "w", "schema": "s"}),
        400,
        given=[EARLIER, an_integration("slack")],
        ages=(2026,),
    ),
    Row(
        "then an integration is needed",
        config("AwsS3", BUCKET),
        400,
        wrong("", "Integration is required for AwsS3 batch exports"),
        ages=(2026,),
    ),
    Row(
        "of the right kind",
        S3,
        400,
        validation("invalid_input", "destination"),
        given=[an_integration("slack")],
        ages=(2026,),
    ),
    Row(
        "which is answered",
        S3,
        201,
        {"destination": {"type": "AwsS3", "config": BUCKET, "integration": "{integration}"}},
        given=[an_integration("aws-s3")],
        ages=(2026,),
    ),
    Row(
        "an integration that is not there",
        make({"type": "AwsS3", "config": BUCKET, "integration": 999}),
        400,
        validation("does_not_exist", "destination__integration"),
        ages=(2026,),
    ),
    Row(
        "S3 is history",
        config("S3", BUCKET),
        400,
        validation("invalid_choice", "destination__type"),
        ages=(2026,),
    ),
    Row("it was not", config("S3", BUCKET), 201, given=[EARLIER], ages=(2026,)),
    Row(
        "credentials are unknown where an integration has them",
        with_integration("Postgres", POSTGRES),
        400,
        wrong("non_field_errors", "Configuration has unknown field/s: 'host', 'password', 'port', 'user'"),
        given=[an_integration("postgresql")],
        ages=(2026,),
    ),
    Row(
        "unknown keys",
        config("Postgres", {**POSTGRES, "b": 1, "a": 1}),
        400,
        wrong("non_field_errors", "Configuration has unknown field/s: 'a', 'b'"),
        ages=OLD,
    ),
    Row(
        "a missing one",
        config("Postgres", {key: value for key, value in POSTGRES.items() if key != "host"}),
        400,
        wrong("non_field_errors", "Configuration missing required field: 'host'"),
        ages=OLD,
    ),
    Row(
        "a wrong type",
        config("Postgres", {**POSTGRES, "host": 7}),
        400,
        wrong("non_field_errors", "Configuration has invalid type: got 'int', expected 'str'"),
        ages=OLD,
    ),
    Row("defaults are not stored", COPY, 201, {"destination": {"config": {"schema": "<missing>"}}}, ages=OLD),
    Row("a name is needed", POST(ALL, {"interval": "hour"}), 400, validation("required", "name")),
    Row(
        "a destination, too",
        POST(ALL, {"name": "x", "interval": "hour"}),
        400,
        validation("required", "destination"),
    ),
    Row(
        "and an interval that there is",
        config("NoOp", {}, interval="year"),
        400,
        validation("invalid_choice", "interval"),
    ),
    Row("some are behind a flag", config("NoOp", {}, interval="every 5 minutes"), 403, DENIED),
    Row(
        "a model that there is not", config("NoOp", {}, model="x"), 400, validation("invalid_choice", "model")
    ),
    Row("HogQL is behind a flag", config("NoOp", {}, model="hogql"), 403, DENIED, ages=(2026,)),
    Row(
        "or unknown", config("NoOp", {}, model="hogql"), 400, validation("invalid_choice", "model"), ages=OLD
    ),
    Row(
        "sessions are behind a flag in 2025", config("NoOp", {}, model="sessions"), 403, DENIED, ages=(2025,)
    ),
    Row(
        "a timezone of its own",
        config("NoOp", {}, timezone="Europe/Berlin"),
        201,
        {"timezone": "Europe/Berlin"},
        ages=(2026,),
    ),
    Row("null is UTC", config("NoOp", {}, timezone=None), 201, {"timezone": "UTC"}, ages=(2026,)),
    Row(
        "a timezone that there is not",
        config("NoOp", {}, timezone="Mars"),
        400,
        validation("invalid_choice", "timezone"),
        ages=(2026,),
    ),
    Row(
        "a day has an hour",
        config("NoOp", {}, interval="day", offset_hour=3),
        201,
        {"offset_hour": 3, "offset_day": None},
        ages=(2026,),
    ),
    Row("which is 0 without one", config("NoOp", {}, interval="day"), 201, {"offset_hour": 0}, ages=(2026,)),
    Row(
        "and no day",
        config("NoOp", {}, interval="day", offset_day=3),
        400,
        validation("invalid_input", "offset_day"),
        ages=(2026,),
    ),
    Row(
        "a week has both",
        config("NoOp", {}, interval="week", offset_day=0, offset_hour=3),
        201,
        {"offset_hour": 3, "offset_day": 0},
        ages=(2026,),
    ),
    Row(
        "or none",
        config("NoOp", {}, interval="week", offset_hour=3),
        400,
        validation("invalid_input", "offset_day"),
        ages=(2026,),
    ),
    Row(
        "filters have a type",
        config("NoOp", {}, filters=[{"key": "k", "type": "colour"}]),
        400,
        validation("invalid_input", "filters"),
        ages=(2026,),
    ),
    Row(
        "and are of events",
        config("NoOp", {}, model="persons", filters=[{"key": "k", "type": "person"}]),
        400,
        validation("invalid_input", "filters"),
        ages=(2026,),
    ),
    Row(
        "a query is written only",
        config("NoOp", {}, hogql_query="select 1"),
        201,
        {"hogql_query": "<missing>", "schema": {"hogql_query": "select 1"}},
        ages=OLD,
    ),
    Row(
        "later it is answered",
        config("NoOp", {}, hogql_query="select 1"),
        201,
        {"hogql_query": "select 1"},
        ages=(2026,),
    ),
    Row(
        "compressions go with formats",
        config("S3", {**BUCKET, "file_format": "Parquet", "compression": "x"}),
        400,
        validation("invalid_input", "destination"),
        ages=OLD,
    ),
    Row(
        "the credential that is chosen is needed",
        config(
            "Snowflake",
            {
                "account": "a",
                "user": "u",
                "database": "d",
                "warehouse": "w",
                "schema": "s",
                "authentication_type": "keypair",
                "password": "p",
            },
        ),
        400,
        validation("invalid_input", "destination"),
        ages=OLD,
    ),
    Row(
        "HTTP goes to PostHog itself",
        config("HTTP", {"url": "https://acme.io", "token": "t"}),
        400,
        validation("invalid_input", "destination"),
        ages=(2026,),
    ),
    Row(
        "or anywhere",
        config("HTTP", {"url": "https://acme.io", "token": "t"}),
        201,
        {"destination": {"config": {"url": "https://acme.io", "token": "<missing>"}}},
        ages=OLD,
    ),
    Row(
        "Azure came in 2026",
        config("AzureBlob", {"container_name": "c"}),
        400,
        validation("invalid_choice", "destination__type"),
        ages=OLD,
    ),
    Row("Databricks is behind a flag", config("Databricks", {}), 403, DENIED, ages=(2025,)),
)


@table(CREATE)
def test_create(api: API, row: Row) -> None:
    check(api, row)


UPDATE = (
    Row(
        "config is merged, and secrets stay",
        change({"database": "e"}),
        200,
        {"destination": {"config": {"host": "db.acme.io", "database": "e"}}},
        given=[COPY],
        ages=OLD,
    ),
    Row(
        "a null where there is none",
        change({"database": None}),
        400,
        wrong("non_field_errors", "Configuration has invalid type: got 'NoneType', expected 'str'"),
        given=[COPY],
        ages=OLD,
    ),
    Row(
        "type and config come together",
        PATCH(ONE, {"destination": {"type": "Postgres"}}),
        500,
        FAILED,
        given=[COPY],
        ages=OLD,
    ),
    Row(
        "the type changes in place until 2025",
        change(BUCKET, "S3"),
        200,
        {"destination": {"type": "S3", "config": {"host": "db.acme.io", **BUCKET}}},
        given=[COPY],
        ages=OLD,
    ),
    Row(
        "and not in 2026",
        change({"arg": "x"}, "NoOp"),
        400,
        wrong("", "Cannot change destination type from AwsS3 to NoOp."),
        given=[an_integration("aws-s3"), S3],
        ages=(2026,),
    ),
    Row(
        "older ones keep their inline credentials",
        change({"password": "new"}),
        200,
        {"destination": {"config": {"host": "db.acme.io"}}},
        given=[EARLIER, COPY, switched(later_2026=True)],
        ages=(2026,),
    ),
    Row(
        "GET shows numbers and booleans as text",
        GET(ONE),
        200,
        {"destination": {"config": {"port": "5432", "has_self_signed_cert": "True"}}},
        given=[COPY],
        ages=(2025,),
    ),
    Row(
        "in the first half of 2026, too",
        GET(ONE),
        200,
        {"destination": {"config": {"port": "5432", "has_self_signed_cert": "True"}}},
        given=[EARLIER, COPY],
        ages=(2026,),
    ),
    Row(
        "but not the answer of a PATCH",
        change({"port": 5433}),
        200,
        {"destination": {"config": {"port": 5433}}},
        given=[COPY],
        ages=(2025,),
    ),
    Row("nor 2024", GET(ONE), 200, {"destination": {"config": {"port": 5432}}}, given=[COPY], ages=(2024,)),
    Row(
        "nor later",
        GET(ONE),
        200,
        {"destination": {"config": {"max_file_size_mb": 7}}},
        given=[an_integration("aws-s3"), with_integration("AwsS3", {**BUCKET, "max_file_size_mb": 7})],
        ages=(2026,),
    ),
    Row(
        "PUT needs all of it",
        PUT(ONE, {"name": "x"}),
        400,
        validation("required", "destination"),
        given=[COPY],
        ages=OLD,
    ),
    Row(
        "secrets included",
        PUT(ONE, {**INLINE, "destination": {"type": "Postgres", "config": {"host": "h", "database": "d"}}}),
        400,
        wrong("non_field_errors", "Configuration missing required field: 'user'"),
        given=[COPY],
        ages=OLD,
    ),
    Row(
        "paused by a PATCH",
        PATCH(ONE, {"paused": True}),
        200,
        {"paused": True, "last_paused_at": None},
        given=[NOOP],
    ),
    Row("or by its action", POST(ONE + "pause/", {}), 200, {"paused": True}, given=[NOOP]),
    Row(
        "which may come twice",
        POST(ONE + "pause/", {}),
        200,
        {"paused": True},
        given=[NOOP, POST(ONE + "pause/", {})],
    ),
    Row(
        "and back", POST(ONE + "unpause/", {}), 200, {"paused": False}, given=[NOOP, POST(ONE + "pause/", {})]
    ),
    Row(
        "an hour has no offsets",
        PATCH(ONE, {"interval": "hour"}),
        200,
        {"offset_hour": None},
        given=[config("NoOp", {}, interval="day", offset_hour=3)],
        ages=(2026,),
    ),
    Row(
        "other changes of the interval keep them",
        PATCH(ONE, {"interval": "week"}),
        200,
        {"offset_hour": 3, "offset_day": 0},
        given=[config("NoOp", {}, interval="day", offset_hour=3)],
        ages=(2026,),
    ),
    Row(
        "an offset alone",
        PATCH(ONE, {"offset_hour": 4}),
        500,
        FAILED,
        given=[config("NoOp", {}, interval="day")],
        ages=(2026,),
    ),
    Row(
        "nothing becomes HogQL",
        PATCH(ONE, {"model": "hogql"}),
        400,
        validation("invalid_input", "model"),
        given=[NOOP],
        ages=(2026,),
    ),
    Row("deleted", DELETE(ONE), 204, "", given=[NOOP]),
    Row("is gone", GET(ONE), 404, NOT_FOUND, given=[NOOP, DELETE(ONE)]),
    Row("and does not come back", PATCH(ONE, {"deleted": False}), 404, NOT_FOUND, given=[NOOP, DELETE(ONE)]),
    Row("is not in the list", GET(ALL), 200, {"count": 0}, given=[NOOP, DELETE(ONE)]),
    Row("names are not unique", NOOP, 201, given=[NOOP]),
    Row(
        "runs are a page of a cursor",
        GET(ONE + "runs/"),
        200,
        {"next": None, "results": [], "count": "<missing>"},
        given=[NOOP],
    ),
    Row(
        "reading has a scope",
        GET(ALL, key="{other}"),
        403,
        DENIED,
        given=[a_key("other", scopes=["hog_function:write"])],
    ),
    Row("writing another", NOOP, 201, given=[]),
    Row(
        "that a reader lacks",
        PATCH(ONE, {"name": "x"}, key="{reader}"),
        403,
        DENIED,
        given=[NOOP, a_key("reader", scopes=["batch_export:read"])],
    ),
    Row(
        "one list for the organization",
        GET("/api/organizations/{org}/batch_exports/"),
        200,
        {"count": 1, "results": [{"name": "Copy", "team_id": "{project}"}]},
        given=[NOOP],
    ),
    Row("that makes none", POST("/api/organizations/{org}/batch_exports/", {}), 500, FAILED),
    Row(
        "not for keys of some projects",
        GET("/api/organizations/{org}/batch_exports/", key="{limited}"),
        403,
        DENIED,
        given=[a_key("limited", scopes=["*"], projects=["{project}"])],
    ),
)


@table(UPDATE)
def test_update(api: API, row: Row) -> None:
    check(api, row)


def logged(api: API) -> list[tuple[str, list[str]]]:
    found = api.get("/api/projects/{project}/activity_log/?scope=BatchExport&item_id={export}")["results"]
    return [(each["activity"], [c["field"] for c in each["detail"]["changes"]]) for each in reversed(found)]


def test_the_activity_log_calls_paused_enabled_and_says_nothing_of_the_config(api: API) -> None:
    EARLIER(api)
    api.send(COPY)
    api.send(change({"database": "e"}))
    api.send(POST(ONE + "pause/", {}))
    api.send(PATCH(ONE, {"name": "Other"}))
    api.send(DELETE(ONE))

    assert logged(api) == [
        ("created", []),
        ("updated", ["enabled", "last_paused_at"]),
        ("updated", ["name"]),
        ("updated", ["deleted"]),
    ]
    entry = api.get("/api/projects/{project}/activity_log/?scope=BatchExport")["results"][0]
    assert entry["detail"]["context"] == {"destination_type": "Postgres", "interval": "hour"}


@pytest.mark.parametrize("age", [2025])
def test_creations_are_not_logged_before_2026(api: API, age: int) -> None:
    api.send(COPY)
    api.send(PATCH(ONE, {"name": "Other"}))

    assert logged(api) == [("updated", ["name"])]


def test_a_secret_stays_when_it_is_not_sent_and_is_rotated_when_it_is(api: API) -> None:
    from pulumi_posthog.sandbox.families.batch_export_models import BatchExport

    EARLIER(api)
    api.send(COPY)
    api.send(change({"database": "e"}))
    assert BatchExport.objects.get().config["password"] == "s3cret"

    api.send(change({"password": "new"}))
    assert BatchExport.objects.get().config["password"] == "new"
    assert "new" not in str(api.get(ONE))
