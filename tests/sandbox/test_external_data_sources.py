"""posthog-api-analytics.md 11 as tables: sources of the warehouse."""

from __future__ import annotations

from typing import Any

from sandbox.steps import a_key
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    GET,
    MODERN,
    NOT_FOUND,
    ONE,
    PATCH,
    POST,
    Call,
    Row,
    check,
    table,
    validation,
)

ALL = ONE + "external_data_sources/"
ITS = ALL + "{source}/"
TABLES = ONE + "external_data_schemas/"
TABLE = TABLES + "{table}/"
PAYLOAD = {
    "stripe_secret_key": "sk_live",
    "account": "acct",
    "schemas": [{"name": "Customer", "should_sync": True, "sync_type": "full_refresh"}],
}


def made(prefix: Any = None, saves: str = "source", **rest: Any) -> Call:
    return POST(ALL, {"source_type": "Stripe", "prefix": prefix, "payload": PAYLOAD, **rest}, saves=saves)


def the_table(api: API) -> None:
    api.names["table"] = api.get(ITS)["schemas"][0]["id"]


def bare(message: str) -> dict[str, Any]:
    return {"message": message, "code": "<missing>"}


ROWS = (
    Row("a source answers its id and nothing else", made(), 201, {"source_type": "<missing>"}),
    Row(
        "one",
        GET(ITS),
        200,
        {
            "source_type": "Stripe",
            "prefix": None,
            "access_method": "warehouse",
            "created_by": "ada@acme.io",
            "schemas": [{"name": "Customer", "should_sync": True, "sync_type": "full_refresh"}],
        },
        [made()],
    ),
    Row(
        "its secrets are not told",
        GET(ITS),
        200,
        lambda _api: {"job_inputs": {"account": "acct", "stripe_secret_key": "<missing>"}},
        [made()],
    ),
    Row(
        "a second one needs a prefix",
        made(),
        400,
        bare("Source type already exists. Prefix is required"),
        [made()],
    ),
    Row("of its own", made("eu"), 400, bare("Prefix already exists"), [made("eu")]),
    Row("and is there", made("eu"), 201, given=[made()]),
    Row("a type is needed", made(source_type=None), 400, {"code": "<missing>"}),
    Row("tables are needed", made(payload={}), 400, bare("Schemas not given")),
    Row("with names", made(payload={"schemas": [1]}), 400, bare("Schemas given do not exist in source")),
    Row(
        "inputs are merged",
        PATCH(ITS, {"job_inputs": {"region": "eu"}}),
        200,
        {"job_inputs": {"account": "acct", "region": "eu"}},
        [made()],
    ),
    Row("a prefix stays", PATCH(ITS, {"prefix": "x"}), 200, {"prefix": None}, [made()]),
    Row(
        "so does the way in",
        PATCH(ITS, {"access_method": "direct"}),
        400,
        validation("invalid_input", "access_method"),
        [made()],
    ),
    Row("deleted", DELETE(ITS), 204, given=[made()]),
    Row("then it is not there", GET(ITS), 404, NOT_FOUND, [made(), DELETE(ITS)]),
    Row("nor its tables", GET(TABLES), 200, {"count": 0}, [made(), DELETE(ITS)]),
    Row("and its place is free", made(), 201, given=[made(), DELETE(ITS)]),
    Row("tables", GET(TABLES), 200, {"results": [{"name": "Customer"}]}, [made()]),
    Row(
        "are switched off",
        PATCH(TABLE, {"should_sync": False}),
        200,
        {"should_sync": False, "name": "Customer"},
        [made(), the_table],
    ),
    Row("fetched anew", POST(ITS + "reload/"), 201, given=[made()]),
    Row("looked for anew", POST(ITS + "refresh_schemas/"), 200, given=[made()]),
    Row(
        "a scope to write",
        POST(ALL, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["external_data_source:read"])],
    ),
    Row(
        "tables have their own",
        PATCH(TABLE, {}, key="{other}"),
        403,
        DENIED,
        [made(), the_table, a_key("other", scopes=["external_data_source:write"])],
    ),
)


@table(Row(row.says, row.call, row.status, row.has, row.given, MODERN) for row in ROWS)
def test_sources(api: API, row: Row) -> None:
    check(api, row)


def test_secrets_are_kept_and_in_no_log(api: API) -> None:
    from pulumi_posthog.sandbox.families.external_data_sources import ExternalDataSource

    api.send(made())
    api.send(PATCH(ITS, {"job_inputs": {"account": "other"}}))

    assert ExternalDataSource.objects.get().job_inputs == {"stripe_secret_key": "sk_live", "account": "other"}
    (updated, _created) = api.results(f"{ONE}activity_log/?scope=ExternalDataSource")
    (change,) = updated["detail"]["changes"]
    assert (change["field"], change["before"], change["after"]) == ("configuration", "masked", "masked")


def test_a_switch_of_a_table_is_logged_under_another_name(api: API) -> None:
    api.send(made())
    the_table(api)
    api.send(PATCH(TABLE, {"should_sync": False}))

    (entry,) = api.results(f"{ONE}activity_log/?scope=ExternalDataSchema")

    assert [each["field"] for each in entry["detail"]["changes"]] == ["enabled"]


def test_a_secret_at_any_depth_is_not_told_and_is_kept_by_what_is_sent_beside_it(api: API) -> None:
    from pulumi_posthog.sandbox.families.external_data_sources import ExternalDataSource

    tunnel = {"host": "bastion", "auth": {"type": "password", "user": "ro", "password": "pw"}}
    api.send(made(payload={**PAYLOAD, "ssh_tunnel": tunnel}))
    changed = {"host": "other", "auth": {"type": "password", "user": "ro"}}
    api.send(PATCH(ITS, {"job_inputs": {"ssh_tunnel": changed}}))

    assert api.get(ITS)["job_inputs"]["ssh_tunnel"] == changed
    assert ExternalDataSource.objects.get().job_inputs["ssh_tunnel"]["auth"]["password"] == "pw"
