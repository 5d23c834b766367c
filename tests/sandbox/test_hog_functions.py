"""Section 2 of the page about pipelines: hog functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.steps import EARLIER, a_key, switched
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    FAILED,
    GET,
    KEY,
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

ALL = "/api/projects/{project}/hog_functions/"
ONE = ALL + "{function}/"
KEYS = (2025, 2026)
URL = {"url": {"value": "https://hooks.acme.io"}}
HOOK: dict[str, Any] = {
    "name": "Hook",
    "type": "destination",
    "template_id": "template-webhook",
    "inputs": URL,
}
SECRET_SCHEMA = [{"key": "token", "type": "string", "secret": True}]
OWN: dict[str, Any] = {"name": "Own", "type": "destination", "hog": "return event"}


def make(body: Any, saves: str = "function") -> Call:
    return POST(ALL, body, saves=saves)


def own(**more: Any) -> Call:
    return make({**OWN, **more})


def with_secret(**more: Any) -> Call:
    return own(inputs_schema=SECRET_SCHEMA, inputs={"token": {"value": "s3cret"}}, **more)


def wrong(attr: str | None, detail: str | None = None, code: str = "invalid_input") -> dict[str, Any]:
    return validation(code, attr, **({"detail": detail} if detail else {}))


A_HOOK = make(HOOK)
COMPILED = {"source": "events", "bytecode": ["_H", 1, 32, "sandbox"]}

CREATE = (
    Row(
        "before March 2025 no key could call it",
        GET(ALL),
        403,
        DENIED,
        ages=(2024,),
    ),
    Row(
        "the smallest body, and its defaults",
        POST(ALL, {"hog": "  return event\n"}),
        201,
        {
            "type": "destination",
            "name": None,
            "description": "",
            "enabled": False,
            "deleted": "<missing>",
            "hog": "return event",
            "inputs_schema": [],
            "inputs": {},
            "filters": COMPILED,
            "mappings": None,
            "masking": None,
            "template": None,
            "template_id": "<missing>",
            "execution_order": None,
            "status": {"state": 0, "tokens": 0},
            "created_by": {"uuid": "{ada}"},
        },
        ages=KEYS,
    ),
    Row(
        "from a template come code, schema, icon, description and name, and not the type",
        POST(ALL, {"template_id": "template-geoip"}),
        201,
        {"type": "destination", "name": "GeoIP", "hog": "return event", "template": {"id": "template-geoip"}},
        ages=KEYS,
    ),
    Row(
        "what is sent wins over the template",
        POST(ALL, {**HOOK, "hog": "print(1)", "inputs_schema": [], "description": ""}),
        201,
        {"hog": "print(1)", "description": "HTTP Webhook, as PostHog delivers it.", "name": "Hook"},
        ages=KEYS,
    ),
    Row(
        "inputs get an order and bytecode, those without a value are null",
        A_HOOK,
        201,
        {
            "inputs": {
                "url": {"value": "https://hooks.acme.io", "bytecode": COMPILED["bytecode"]},
                "headers": None,
            }
        },
        ages=KEYS,
    ),
    Row(
        "keys outside the schema are dropped",
        make({**HOOK, "inputs": {**URL, "colour": {"value": "red"}}}),
        201,
        {"inputs": {"colour": "<missing>"}},
        ages=KEYS,
    ),
    Row(
        "an unknown template",
        POST(ALL, {"template_id": "template-nothing"}),
        400,
        wrong("template_id", "No template found for id 'template-nothing'"),
        ages=KEYS,
    ),
    Row(
        "a deprecated template may be used",
        make({**HOOK, "template_id": "template-old-webhook"}),
        201,
        ages=KEYS,
    ),
    Row(
        "a hidden one may not, later in 2026",
        make({**HOOK, "template_id": "template-not-for-all"}),
        400,
        wrong("template_id"),
        ages=(2026,),
    ),
    Row(
        "before, it may",
        make({**HOOK, "template_id": "template-not-for-all"}),
        201,
        given=[EARLIER],
        ages=(2026,),
    ),
    Row("neither code nor template", POST(ALL, {"name": "x"}), 400, wrong("hog", "Required."), ages=KEYS),
    Row("an unknown type", own(type="colour"), 400, wrong("type", code="invalid_choice"), ages=KEYS),
    Row("no type at all is a destination", own(type=None), 201, {"type": None}, ages=KEYS),
    Row(
        "logs of transformations came late in 2026",
        own(type="transformation_log"),
        400,
        wrong("type", code="invalid_choice"),
        given=[EARLIER],
        ages=(2026,),
    ),
    Row("and are there then", own(type="transformation_log"), 201, {"execution_order": 1}, ages=(2026,)),
    Row(
        "one that others make is not made here",
        own(type="warehouse_source_webhook"),
        400,
        wrong("type", code="invalid_choice"),
        ages=KEYS,
    ),
    Row("a description is a text", own(description=None), 400, wrong("description", code="null"), ages=KEYS),
    Row("a name may be null", own(name=None), 201, {"name": None}, ages=KEYS),
    Row("a name has its length", own(name="x" * 401), 400, wrong("name", code="max_length"), ages=KEYS),
    Row("code has its length", own(hog="x" * 102_401), 400, wrong("hog"), ages=KEYS),
    Row("code that does not compile", own(hog="fn("), 400, wrong("hog", "Hog code has errors."), ages=KEYS),
    Row(
        "code of a site",
        own(type="site_app", hog="function ("),
        400,
        wrong("hog", "Error in TypeScript code"),
        ages=KEYS,
    ),
    Row(
        "a site has transpiled code instead",
        own(type="site_app", hog="export function onLoad() {}"),
        201,
        {"bytecode": None, "filters": {"source": "events", "bytecode": None}},
        ages=KEYS,
    ),
    Row("a reserved call, later in 2026", own(hog="sendEmail(1)"), 400, wrong("hog"), ages=(2026,)),
    Row("before, it is a call", own(hog="sendEmail(1)"), 201, given=[EARLIER], ages=(2026,)),
    Row(
        "a form, in 2025",
        POST(ALL, form={"hog": "return event"}),
        500,
        FAILED,
        ages=(2025,),
    ),
    Row(
        "one that is deleted from the start is nowhere",
        GET(ONE),
        404,
        NOT_FOUND,
        given=[own(deleted=True)],
        ages=KEYS,
    ),
    Row(
        "later in 2026 it has a version and no draft",
        A_HOOK,
        201,
        {"draft": None, "version": 1},
        ages=(2026,),
    ),
    Row("not before", A_HOOK, 201, {"draft": "<missing>"}, given=[EARLIER], ages=(2026,)),
)


@table(CREATE)
def test_create(api: API, row: Row) -> None:
    check(api, row)


def typed(type_: str, value: Any, **item: Any) -> Call:
    schema = [{"key": "k", "type": type_, **item}]
    return own(inputs_schema=schema, inputs={"k": {"value": value}})


INPUTS = (
    Row(
        "a required one is missing, and its code is not `required`",
        make({**HOOK, "inputs": {}}),
        400,
        wrong("inputs__url", "This field is required."),
        ages=KEYS,
    ),
    Row(
        "an empty text is missing, too",
        make({**HOOK, "inputs": {"url": {"value": ""}}}),
        400,
        wrong("inputs__url", "This field is required."),
        ages=KEYS,
    ),
    Row("not a text", typed("string", 7), 400, wrong("inputs__k", "Value must be a string."), ages=KEYS),
    Row("not a number", typed("number", "7"), 400, wrong("inputs__k", "Value must be a number."), ages=KEYS),
    Row(
        "not a dictionary",
        typed("dictionary", [1]),
        400,
        wrong("inputs__k", "Value must be a dictionary."),
        ages=KEYS,
    ),
    Row(
        "not an integration",
        typed("integration", "slack"),
        400,
        wrong("inputs__k", "Value must be an Integration ID."),
        ages=KEYS,
    ),
    Row(
        "not a boolean",
        typed("boolean", "yes"),
        400,
        wrong("inputs__k", "Value must be a boolean."),
        ages=(2025,),
    ),
    Row("or a template of one", typed("boolean", "{event.x}"), 201, ages=(2026,)),
    Row(
        "unless there are no templates",
        typed("boolean", "{event.x}", templating=False),
        400,
        wrong("inputs__k", "Value must be a boolean."),
        ages=(2026,),
    ),
    Row(
        "what is false skips the checks", typed("string", 0), 201, {"inputs": {"k": {"value": 0}}}, ages=KEYS
    ),
    Row(
        "a choice is not looked up",
        typed("choice", "any", choices=[{"label": "A", "value": "a"}]),
        201,
        ages=KEYS,
    ),
    Row(
        "a template that does not parse",
        typed("string", "{event.x"),
        400,
        wrong("inputs__k"),
        ages=KEYS,
    ),
    Row("a quote in a text is only a text", typed("string", "it's {event.x}"), 201, ages=KEYS),
    Row(
        "a transformation has no person",
        make(
            {
                **OWN,
                "type": "transformation",
                "inputs_schema": [{"key": "k", "type": "string"}],
                "inputs": {"k": {"value": "{person.name}"}},
            }
        ),
        400,
        wrong("inputs__k"),
        ages=(2026,),
    ),
    Row(
        "an order by what names what",
        own(
            inputs_schema=[{"key": "a", "type": "string"}, {"key": "b", "type": "string"}],
            inputs={"a": {"value": "{inputs.b}"}, "b": {"value": "x"}},
        ),
        201,
        {"inputs": {"a": {"order": 1}, "b": {"order": 0}}},
        ages=KEYS,
    ),
    Row(
        "a circle",
        own(
            inputs_schema=[{"key": "a", "type": "string"}, {"key": "b", "type": "string"}],
            inputs={"a": {"value": "{inputs.b}"}, "b": {"value": "{inputs.a}"}},
        ),
        400,
        wrong("inputs"),
        ages=KEYS,
    ),
    Row(
        "the schema says the language",
        own(inputs_schema=[{"key": "k", "type": "string", "templating": True}], inputs={"k": {"value": "x"}}),
        201,
        {"inputs": {"k": {"templating": "hog"}}},
        ages=(2026,),
    ),
    Row(
        "a schema gets its booleans",
        own(inputs_schema=[{"key": "k", "type": "string", "colour": 1}]),
        201,
        {
            "inputs_schema": [
                {"key": "k", "required": False, "secret": False, "hidden": False, "colour": "<missing>"}
            ]
        },
        ages=KEYS,
    ),
    Row(
        "a type of an input that there is not",
        own(inputs_schema=[{"key": "k", "type": "colour"}]),
        400,
        wrong("inputs_schema__0__type", code="invalid_choice"),
        ages=KEYS,
    ),
    Row("types of 2026", typed("integration_multi", [1]), 201, ages=(2026,)),
    Row(
        "are none in 2025",
        typed("integration_multi", [1]),
        400,
        wrong("inputs_schema__0__type", code="invalid_choice"),
        ages=(2025,),
    ),
)


@table(INPUTS)
def test_inputs(api: API, row: Row) -> None:
    check(api, row)


def sent(token: Any, schema: Any = SECRET_SCHEMA) -> Call:
    return PATCH(ONE, {"inputs": {} if token == "absent" else {"token": token}, "inputs_schema": schema})


REQUIRED = [{**SECRET_SCHEMA[0], "required": True}]
KEPT = {"inputs": {"token": {"secret": True}}}
UNSET = {"inputs": {"token": "<missing>"}}
EMPTY = own(inputs_schema=SECRET_SCHEMA)
SECRETS = (
    Row("is never answered", with_secret(), 201, {"inputs": {"token": {"secret": True}}}, ages=KEYS),
    Row("absent keeps", sent("absent"), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row("null keeps", sent(None), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row("{} keeps", sent({}), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row("no inputs at all keep", PATCH(ONE, {"name": "x"}), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row("absent without a stored one is unset", sent("absent"), 200, UNSET, given=[EMPTY], ages=KEYS),
    Row(
        "or missing",
        sent("absent", REQUIRED),
        400,
        wrong("inputs__token", "This field is required."),
        given=[EMPTY],
        ages=KEYS,
    ),
    Row("the mask keeps", sent({"secret": True}), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row(
        "the mask without a stored one is dropped",
        sent({"secret": True}),
        200,
        UNSET,
        given=[EARLIER, EMPTY],
        ages=KEYS,
    ),
    Row(
        "or refused, later in 2026",
        sent({"secret": True}),
        400,
        wrong("inputs__token"),
        given=[EMPTY],
        ages=(2026,),
    ),
    Row("a value replaces", sent({"value": "new"}), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row(
        "asterisks are refused, later in 2026",
        sent({"value": "********"}),
        400,
        wrong("inputs__token"),
        given=[with_secret()],
        ages=(2026,),
    ),
    Row(
        "with the mask beside them they keep",
        sent({"value": "********", "secret": True}),
        200,
        KEPT,
        given=[with_secret()],
        ages=(2026,),
    ),
    Row("an empty text is one", sent({"value": ""}), 200, KEPT, given=[with_secret()], ages=KEYS),
    Row(
        "but not where one is required",
        sent({"value": ""}, REQUIRED),
        400,
        wrong("inputs__token", "This field is required."),
        given=[with_secret()],
        ages=KEYS,
    ),
    Row(
        "a schema without the key, then with it again, unsets it",
        PATCH(ONE, {"inputs_schema": SECRET_SCHEMA}),
        200,
        UNSET,
        given=[with_secret(), PATCH(ONE, {"inputs_schema": []})],
        ages=KEYS,
    ),
    Row(
        "one that is no secret any more is lost",
        PATCH(ONE, {"inputs_schema": [{"key": "token", "type": "string"}]}),
        200,
        {"inputs": {"token": None}},
        given=[with_secret()],
        ages=KEYS,
    ),
)


@table(SECRETS)
def test_a_secret(api: API, row: Row) -> None:
    check(api, row)


def stored_secret(api: API) -> Any:
    from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction

    return HogFunction.objects.get(pk=api.names["function"]).encrypted_inputs["token"]["value"]


@pytest.mark.parametrize(
    ("token", "earlier", "later"),
    [
        ({"value": "new"}, "new", "new"),
        ({"secret": True, "value": "new"}, "s3cret", "new"),
        ({"value": "********"}, "********", None),
        ({"secret": True}, "s3cret", "s3cret"),
    ],
)
def test_what_is_stored_of_a_secret(api: API, token: Any, earlier: str, later: str | None) -> None:
    api.send(with_secret())
    if later is not None:
        api.send(sent(token))
        assert stored_secret(api) == later

    EARLIER(api)
    api.send(with_secret())
    api.send(sent(token))

    assert stored_secret(api) == earlier


EVENTS = {"events": [{"id": "$pageview", "name": "$pageview", "type": "events", "order": 0}]}
FILTERS = (
    Row("null is empty", own(filters=None), 201, {"filters": COMPILED}, ages=KEYS),
    Row(
        "unknown keys are dropped",
        own(filters={"colour": 1}),
        201,
        {"filters": {"colour": "<missing>"}},
        ages=KEYS,
    ),
    Row(
        "items are kept as they are", own(filters=EVENTS), 201, {"filters": {**COMPILED, **EVENTS}}, ages=KEYS
    ),
    Row(
        "what a source has no use for is dropped",
        own(filters={"source": "person-updates", **EVENTS}),
        201,
        {"filters": {"source": "person-updates", "events": "<missing>"}},
        ages=KEYS,
    ),
    Row(
        "sources of 2026",
        own(filters={"source": "data-warehouse-table", "data_warehouse": [{"table_name": "t"}]}),
        400,
        wrong("filters__source", code="invalid_choice"),
        ages=(2025,),
    ),
    Row(
        "an action that there is not",
        own(filters={"actions": [{"id": "7", "type": "actions"}]}),
        400,
        wrong("filters__non_field_errors"),
        given=[EARLIER],
        ages=KEYS,
    ),
    Row(
        "later in 2026 only for what is enabled",
        own(filters={"actions": [{"id": "7", "type": "actions"}]}),
        201,
        {"filters": {"bytecode": None}},
        ages=(2026,),
    ),
    Row(
        "which this is",
        own(enabled=True, filters={"actions": [{"id": "7", "type": "actions"}]}),
        400,
        wrong("filters__non_field_errors"),
        ages=(2026,),
    ),
    Row(
        "the cohort of the project's test filters cannot be compiled",
        own(enabled=True, filters={"filter_test_accounts": True}),
        400,
        wrong("filters__non_field_errors"),
        given=[
            PATCH(
                "/api/projects/{project}/",
                {"test_account_filters": [{"key": "id", "type": "cohort", "value": 1, "operator": "not_in"}]},
            )
        ],
        ages=(2026,),
    ),
    Row(
        "internal destinations have a source of their own, later in 2026",
        own(
            type="internal_destination",
            filters={"events": [{"id": "$insight_alert_firing", "type": "events"}]},
        ),
        201,
        {"filters": {"source": "internal-events"}},
        ages=(2026,),
    ),
    Row(
        "and name an event",
        own(type="internal_destination", filters={}),
        400,
        wrong("filters__non_field_errors"),
        ages=(2026,),
    ),
)


@table(FILTERS)
def test_filters(api: API, row: Row) -> None:
    check(api, row)


MAPPING = {
    "name": "Order",
    "inputs_schema": [{"key": "k", "type": "string", "required": True}],
    "inputs": {"k": {"value": "x"}},
    "filters": {"events": [{"id": "Order", "type": "events"}]},
}
MAPPINGS = (
    Row(
        "take the events out of the filters",
        own(mappings=[MAPPING], filters=EVENTS),
        201,
        {
            "filters": {"events": "<missing>"},
            "mappings": [{"name": "Order", "inputs": {"k": {"value": "x"}}}],
        },
        ages=KEYS,
    ),
    Row("none is null on create", own(mappings=[]), 201, {"mappings": None}, ages=KEYS),
    Row(
        "only of destinations",
        own(type="transformation", mappings=[MAPPING]),
        400,
        wrong("mappings", "Mappings are only allowed for destinations."),
        ages=KEYS,
    ),
    Row(
        "a required input of one",
        own(mappings=[{**MAPPING, "inputs": {}}]),
        400,
        wrong("mappings__0__inputs__k", "This field is required."),
        ages=KEYS,
    ),
    Row(
        "inputs need a schema",
        own(mappings=[{"inputs": {"k": {"value": "x"}}}]),
        400,
        wrong("mappings__0__inputs", "Missing inputs_schema."),
        ages=KEYS,
    ),
    Row(
        "stay when they are not sent",
        PATCH(ONE, {"name": "x"}),
        200,
        {"mappings": [{"name": "Order"}]},
        given=[own(mappings=[MAPPING])],
        ages=KEYS,
    ),
    Row(
        "but for a mistake of some servers",
        PATCH(ONE, {"name": "x"}),
        200,
        {"mappings": None},
        given=[own(mappings=[MAPPING]), switched(patch_clears_mappings=True)],
        ages=(2026,),
    ),
    Row(
        "null clears",
        PATCH(ONE, {"mappings": None}),
        200,
        {"mappings": None},
        given=[own(mappings=[MAPPING])],
        ages=KEYS,
    ),
)


@table(MAPPINGS)
def test_mappings(api: API, row: Row) -> None:
    check(api, row)


DELETED = [A_HOOK, PATCH(ONE, {"deleted": True})]
UPDATE = (
    Row("the type stays", PATCH(ONE, {"type": "site_app"}), 400, wrong("type"), given=[A_HOOK], ages=KEYS),
    Row(
        "the template stays, without a word",
        PATCH(ONE, {"template_id": "template-slack"}),
        200,
        {"template": {"id": "template-webhook"}},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "code is not emptied",
        PATCH(ONE, {"hog": " "}),
        400,
        wrong("hog", code="blank"),
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "inputs are not null",
        PATCH(ONE, {"inputs": None}),
        400,
        wrong("inputs", code="null"),
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "nor is a schema",
        PATCH(ONE, {"inputs_schema": None}),
        400,
        wrong("inputs_schema", code="null"),
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "inputs are replaced as a whole",
        PATCH(ONE, {"inputs": {**URL, "debug": {"value": True}}}),
        200,
        {"inputs": {"headers": None, "debug": {"value": True}}},
        given=[make({**HOOK, "inputs": {**URL, "headers": {"value": {"a": "b"}}}})],
        ages=KEYS,
    ),
    Row(
        "what is stored is checked anew, whatever is sent",
        PATCH(ONE, {"name": "x"}),
        400,
        wrong("inputs__url"),
        given=[A_HOOK, lambda api: change_row(api, inputs={})],
        ages=KEYS,
    ),
    Row(
        "a template that is gone lets nothing through, not even a deletion",
        PATCH(ONE, {"deleted": True}),
        400,
        wrong("template_id"),
        given=[A_HOOK, lambda api: change_row(api, template_id="template-gone")],
        ages=KEYS,
    ),
    Row(
        "nested defaults are not filled in",
        PATCH(ONE, {"filters": EVENTS}),
        200,
        {"filters": {**EVENTS, "source": "<missing>"}},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "but GET shows them",
        GET(ONE),
        200,
        {"filters": {**EVENTS, "source": "events"}},
        given=[A_HOOK, PATCH(ONE, {"filters": EVENTS})],
        ages=KEYS,
    ),
    Row(
        "masking gets bytecode",
        PATCH(ONE, {"masking": {"ttl": 60, "hash": "{event.uuid}"}}),
        200,
        {"masking": {"ttl": 60, "hash": "{event.uuid}", "bytecode": COMPILED["bytecode"]}},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "its time has limits",
        PATCH(ONE, {"masking": {"ttl": 59, "hash": "x"}}),
        400,
        wrong("masking__ttl", code="min_value"),
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "and others",
        PATCH(ONE, {"masking": {"ttl": 86401, "hash": "x"}}),
        400,
        wrong("masking__ttl", code="max_value"),
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "masking without a hash", PATCH(ONE, {"masking": {"ttl": 60}}), 500, FAILED, given=[A_HOOK], ages=KEYS
    ),
    Row(
        "a schema without a type",
        PATCH(ONE, {"inputs_schema": [{"key": "k"}]}),
        500,
        FAILED,
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "null clears masking",
        PATCH(ONE, {"masking": None}),
        200,
        {"masking": None},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "PUT needs nothing",
        PUT(ONE, {"name": "x"}),
        200,
        {"name": "x", "template": {"id": "template-webhook"}},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "PUT is strict inside",
        PUT(ONE, {"masking": {"ttl": 60}}),
        400,
        wrong("masking__hash", code="required"),
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "deleting is a PATCH",
        PATCH(ONE, {"deleted": True}),
        200,
        {"deleted": "<missing>", "name": "Hook"},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row("then it is nowhere", GET(ONE), 404, NOT_FOUND, given=DELETED, ages=KEYS),
    Row("nor for another PATCH", PATCH(ONE, {"name": "x"}), 404, NOT_FOUND, given=DELETED, ages=KEYS),
    Row(
        "nor for one that only looks like it",
        PATCH(ONE, {"deleted": "false"}),
        404,
        NOT_FOUND,
        given=DELETED,
        ages=KEYS,
    ),
    Row("nor for PUT", PUT(ONE, {"deleted": False}), 404, NOT_FOUND, given=DELETED, ages=KEYS),
    Row(
        "and comes back as it was",
        PATCH(ONE, {"deleted": False}),
        200,
        {"id": "{function}", "inputs": {"url": {"value": "https://hooks.acme.io"}}},
        given=DELETED,
        ages=KEYS,
    ),
    Row("DELETE is 405 without a body", DELETE(ONE), 405, "", given=[A_HOOK], ages=(2025,)),
    Row("or 403", DELETE(ONE), 403, DENIED, given=[A_HOOK], ages=(2026,)),
    Row("unknown", GET(ALL + "{nobody}/"), 404, NOT_FOUND, ages=KEYS),
    Row("not an id", GET(ALL + "7/"), 404, NOT_FOUND, ages=KEYS),
    Row(
        "below environments, too",
        GET("/api/environments/{project}/hog_functions/{function}/"),
        200,
        {"name": "Hook"},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "reading needs a scope",
        GET(ONE, key="{other}"),
        403,
        DENIED,
        given=[A_HOOK, a_key("other", scopes=["plugin:write"])],
        ages=KEYS,
    ),
    Row(
        "writing another",
        PATCH(ONE, {"name": "x"}, key="{reader}"),
        403,
        DENIED,
        given=[A_HOOK, a_key("reader", scopes=["hog_function:read"])],
        ages=KEYS,
    ),
    Row(
        "a managed alert belongs to the alert",
        PATCH(ONE, {"name": "x"}),
        400,
        wrong("filters"),
        given=[A_HOOK, lambda api: change_row(api, is_managed=True)],
        ages=(2026,),
    ),
    Row(
        "the watcher switched it off",
        GET(ONE),
        200,
        {"enabled": True, "status": {"state": 3}},
        given=[own(enabled=True), lambda api: change_row(api, state=3)],
        ages=KEYS,
    ),
    Row(
        "a PATCH that leaves it on lets it try again",
        PATCH(ONE, {"name": "x"}),
        200,
        {"status": {"state": 2}},
        given=[own(enabled=True), lambda api: change_row(api, state=3)],
        ages=KEYS,
    ),
    Row(
        "one that changed since it was read",
        PATCH(ONE, {"name": "x", "base_updated_at": "2020-01-01T00:00:00Z"}),
        409,
        {"type": "server_error", "code": "stale_update", "attr": None},
        given=[A_HOOK],
        ages=(2026,),
    ),
    Row(
        "nobody asked in the first half",
        PATCH(ONE, {"name": "x", "base_updated_at": "2020-01-01T00:00:00Z"}),
        200,
        given=[EARLIER, A_HOOK],
        ages=(2026,),
    ),
    Row(
        "one of a hidden template is not enabled",
        PATCH(ONE, {"enabled": True}),
        400,
        wrong("enabled"),
        given=[A_HOOK, lambda api: change_row(api, template_id="template-not-for-all")],
        ages=(2026,),
    ),
    Row(
        "but it is edited",
        PATCH(ONE, {"name": "x"}),
        200,
        {"name": "x"},
        given=[A_HOOK, lambda api: change_row(api, template_id="template-not-for-all")],
        ages=(2026,),
    ),
    Row(
        "integration keys of a schema come back",
        PATCH(
            ONE,
            {
                "inputs_schema": [{"key": "slack_workspace", "type": "integration"}],
                "inputs": {"slack_workspace": {"value": 1}},
            },
        ),
        200,
        {"inputs_schema": [{"integration": "slack"}]},
        given=[
            make(
                {
                    "template_id": "template-slack",
                    "inputs": {"slack_workspace": {"value": 1}, "channel": {"value": "C1"}},
                }
            )
        ],
        ages=(2026,),
    ),
)


def change_row(api: API, **columns: Any) -> None:
    """What no API call does."""
    from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction

    HogFunction.objects.filter(pk=api.names["function"]).update(**columns)


@table(UPDATE)
def test_update(api: API, row: Row) -> None:
    check(api, row)


def transformation(name: str, **more: Any) -> Call:
    return make({"type": "transformation", "name": name, "hog": "return event", **more}, saves=name)


def twenty(api: API) -> None:
    """With GeoIP, which every project has."""
    for number in range(19):
        assert api.send(transformation(f"t{number}", enabled=True)).status == 201


def names(*wanted: str) -> dict[str, Any]:
    return {"results": [{"name": name} for name in wanted]}


TRANSFORMATIONS = (
    Row(
        "a new project has one",
        GET(ALL + "?type=transformation"),
        200,
        {
            "count": 1,
            "results": [
                {"name": "GeoIP", "enabled": True, "execution_order": 1, "template": {"id": "template-geoip"}}
            ],
        },
        ages=KEYS,
    ),
    Row("the next one gets the next place", transformation("a"), 201, {"execution_order": 2}, ages=KEYS),
    Row(
        "or the one that is sent, taken or not",
        transformation("a", execution_order=1),
        201,
        {"execution_order": 1},
        ages=KEYS,
    ),
    Row(
        "a place has limits",
        transformation("a", execution_order=32768),
        400,
        wrong("execution_order", code="max_value"),
        ages=KEYS,
    ),
    Row(
        "enabling moves to the end",
        PATCH(ALL + "{a}/", {"enabled": True}),
        200,
        {"execution_order": 4},
        given=[transformation("a"), transformation("b")],
        ages=KEYS,
    ),
    Row(
        "unless a place is sent",
        PATCH(ALL + "{a}/", {"enabled": True, "execution_order": 2}),
        200,
        {"execution_order": 2},
        given=[transformation("a"), transformation("b")],
        ages=KEYS,
    ),
    Row(
        "restoring always does",
        PATCH(ALL + "{a}/", {"deleted": False, "execution_order": 2}),
        200,
        {"execution_order": 4},
        given=[
            transformation("a"),
            transformation("b"),
            transformation("c", execution_order=3),
            PATCH(ALL + "{a}/", {"deleted": True}),
        ],
        ages=KEYS,
    ),
    Row(
        "the 21st is too many",
        transformation("more", enabled=True),
        400,
        wrong("type"),
        given=[twenty],
        ages=KEYS,
    ),
    Row("but not while it is disabled", transformation("more"), 201, given=[twenty], ages=KEYS),
    Row(
        "nor may it be enabled",
        PATCH(ALL + "{more}/", {"enabled": True}),
        400,
        wrong("type"),
        given=[twenty, transformation("more")],
        ages=KEYS,
    ),
    Row(
        "the list is in their order",
        GET(ALL + "?type=transformation"),
        200,
        names("b", "GeoIP", "a"),
        given=[transformation("a"), transformation("b", execution_order=0)],
        ages=KEYS,
    ),
    Row(
        "rearrange is unmapped at first", PATCH(ALL + "rearrange/", {"orders": {}}), 403, DENIED, ages=(2025,)
    ),
    Row(
        "nothing to rearrange",
        PATCH(ALL + "rearrange/", {"orders": {}}),
        400,
        wrong(None, "No orders provided"),
        ages=(2026,),
    ),
    Row(
        "unknown in an order",
        PATCH(ALL + "rearrange/", {"orders": {"00000000-0000-4000-8000-000000000000": 1}}),
        400,
        wrong(None),
        ages=(2026,),
    ),
)


@table(TRANSFORMATIONS)
def test_transformations(api: API, row: Row) -> None:
    check(api, row)


def test_rearranging_answers_all_of_the_type_in_their_new_order(api: API) -> None:
    a = api.send(transformation("a")).body["id"]
    b = api.send(transformation("b")).body["id"]

    answer = api.send(PATCH(ALL + "rearrange/", {"orders": {a: 7, b: 0}}))

    assert [(each["name"], each["execution_order"]) for each in answer.body] == [
        ("b", 0),
        ("GeoIP", 1),
        ("a", 7),
    ]


LIST = (
    Row(
        "is abbreviated",
        GET(ALL + "?type=destination"),
        200,
        {
            "results": [
                {
                    "name": "Hook",
                    "inputs": "<missing>",
                    "inputs_schema": "<missing>",
                    "mappings": "<missing>",
                    "masking": "<missing>",
                    "bytecode": "<missing>",
                    "template": {"id": "template-webhook"},
                }
            ]
        },
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row(
        "and has no other form in 2025",
        GET(ALL + "?type=destination&full=true"),
        200,
        {"results": [{"inputs": "<missing>"}]},
        given=[A_HOOK],
        ages=(2025,),
    ),
    Row(
        "whole in 2026",
        GET(ALL + "?type=destination&full=true"),
        200,
        {"results": [{"inputs": {"url": {"value": "https://hooks.acme.io"}}, "mappings": None}]},
        given=[A_HOOK],
        ages=(2026,),
    ),
    Row(
        "filters stand there as they are stored",
        GET(ALL + "?type=destination"),
        200,
        {"results": [{"filters": {"source": "<missing>"}}]},
        given=[A_HOOK, PATCH(ONE, {"filters": EVENTS})],
        ages=KEYS,
    ),
    Row("all types without `type`", GET(ALL), 200, names("GeoIP", "Hook"), given=[A_HOOK], ages=KEYS),
    Row(
        "several types",
        GET(ALL + "?type=destination,transformation"),
        200,
        {"count": 2},
        given=[A_HOOK],
        ages=KEYS,
    ),
    Row("enabled ones", GET(ALL + "?enabled=true"), 200, names("GeoIP"), given=[A_HOOK], ages=KEYS),
    Row("a value that is neither", GET(ALL + "?enabled=yes"), 200, {"count": 2}, given=[A_HOOK], ages=KEYS),
    Row("one by its id", GET(ALL + "?id={function}"), 200, names("Hook"), given=[A_HOOK], ages=KEYS),
    Row("not an id", GET(ALL + "?id=7"), 400, wrong("id"), ages=KEYS),
    Row("by a search", GET(ALL + "?search=hoo"), 200, names("Hook"), given=[A_HOOK], ages=KEYS),
    Row(
        "that says how",
        GET(ALL + "?search=hoo"),
        200,
        {"results": [{"search_match_type": "exact"}]},
        given=[A_HOOK],
        ages=(2026,),
    ),
    Row("that is too long", GET(ALL + "?search=" + "x" * 201), 400, wrong("search"), ages=(2026,)),
    Row(
        "by their filters",
        GET(ALL + '?filters={"events":[{"id":"$pageview"}]}'),
        200,
        names("Hook"),
        given=[make({**HOOK, "filters": EVENTS})],
        ages=KEYS,
    ),
    Row("filters that are no JSON", GET(ALL + "?filters=x"), 400, wrong("filters"), ages=KEYS),
    Row("deleted ones are not there", GET(ALL), 200, names("GeoIP"), given=DELETED, ages=KEYS),
    Row(
        "fields of the later form",
        GET(ALL + "?type=destination"),
        200,
        {"results": [{"draft_updated_at": None}]},
        given=[A_HOOK],
        ages=(2026,),
    ),
    Row(
        "not before",
        GET(ALL + "?type=destination"),
        200,
        {"results": [{"draft_updated_at": "<missing>"}]},
        given=[EARLIER, A_HOOK],
        ages=(2026,),
    ),
    Row("what does not belong to reconcilers is unmapped", GET(ALL + "icons/"), 403, DENIED, ages=KEYS),
    Row(
        "functions with a mask for a secret",
        GET(ALL + "masked_secrets/"),
        200,
        [{"name": "Own"}],
        given=[EARLIER, with_secret(), sent({"value": "********"}), switched(later_2026=True)],
        ages=(2026,),
    ),
)


@table(LIST)
def test_the_list(api: API, row: Row) -> None:
    check(api, row)


def entries(api: API) -> list[dict[str, Any]]:
    found = api.get("/api/projects/{project}/activity_log/?scope=HogFunction&item_id={function}")
    return list(found["results"])


def test_the_activity_log_says_who_changed_what(api: API) -> None:
    api.send(with_secret())
    api.send(PATCH(ONE, {"name": "Other", "execution_order": 3}))
    api.send(PATCH(ONE, {"inputs": {"token": {"value": "new"}}}))
    api.send(PATCH(ONE, {"deleted": True}))

    found = [
        (
            each["activity"],
            each["detail"]["type"],
            {c["field"]: c["after"] for c in each["detail"]["changes"]},
        )
        for each in reversed(entries(api))
    ]

    assert found == [
        ("created", "destination", {}),
        ("updated", "destination", {"name": "Other", "priority": 3}),
        ("updated", "destination", {"encrypted_inputs": "masked", "version": 2}),
        ("updated", "destination", {"deleted": True}),
    ]
    assert "s3cret" not in str(entries(api))
    assert {each["user"]["uuid"] for each in entries(api)} == {api.names["ada"]}


@pytest.mark.parametrize("age", [2025, 2026])
def test_a_function_has_a_row_in_the_tree(api: API, age: int) -> None:
    api.send(make({**HOOK, "name": "A/B", "_create_in_folder": "Marketing/Hooks"}))
    rows = "/api/projects/{project}/file_system/?type=hog_function/destination"

    assert [each["path"] for each in api.get(rows)["results"]] == ["Marketing/Hooks/A\\/B"]

    api.send(PATCH(ONE, {"deleted": True}))
    assert api.get(rows)["count"] == 0

    api.send(PATCH(ONE, {"deleted": False}))
    assert [each["path"] for each in api.get(rows)["results"]] == ["Unfiled/Destinations/A\\/B"]


def test_deleting_the_last_row_in_the_tree_deletes_the_function(api: API) -> None:
    api.send(A_HOOK)
    row = api.get("/api/projects/{project}/file_system/?type=hog_function/destination")["results"][0]

    api.send(DELETE(f"/api/projects/{{project}}/file_system/{row['id']}/"))

    assert api.send(GET(ONE)).status == 404


def test_site_apps_decide_a_setting_of_their_project(api: API) -> None:
    api.send(own(type="site_app", hog="export function onLoad() {}", enabled=True))
    assert api.get("/api/projects/{project}/")["inject_web_apps"] is True

    api.send(PATCH(ONE, {"enabled": False}))
    assert api.get("/api/projects/{project}/")["inject_web_apps"] is False


def test_saving_a_project_touches_functions_that_leave_its_test_accounts_out(api: API) -> None:
    api.send(PATCH("/api/projects/{project}/", {"test_account_filters": []}))
    made = api.send(own(filters={"filter_test_accounts": True})).body

    api.send(PATCH("/api/projects/{project}/", {"timezone": "Europe/Berlin"}))

    assert api.get(ONE)["updated_at"] > made["updated_at"]


def as_agent(api: API, method: str, path: str, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {KEY}", "x-posthog-client": "mcp"}
    return api.client.generic(
        method, api.fill_in(path), json.dumps(body), content_type="application/json", headers=headers
    ).json()


def test_an_agent_changes_only_a_draft_until_it_is_published(api: API) -> None:
    api.send(own(enabled=True))

    answer = as_agent(api, "PATCH", ONE, {"hog": "print(2)"})

    assert (answer["hog"], answer["draft"]) == ("return event", {"hog": "print(2)"})
    assert api.send(POST(ONE + "publish/", {})).body["hog"] == "print(2)"
    assert api.get(ONE)["draft"] is None


def test_nothing_with_an_open_draft_is_enabled_before_it_is_discarded(api: API) -> None:
    api.send(own(enabled=True))
    as_agent(api, "PATCH", ONE, {"hog": "print(2)"})
    api.send(PATCH(ONE, {"enabled": False}))

    assert api.send(PATCH(ONE, {"enabled": True})).error == (
        400,
        "validation_error",
        "invalid_input",
        "enabled",
    )

    assert api.send(POST(ONE + "discard_draft/", {})).body["draft"] is None
    assert api.send(PATCH(ONE, {"enabled": True})).status == 200


def test_an_agent_makes_none_that_is_enabled(api: API) -> None:
    answer = as_agent(api, "POST", ALL, {"hog": "return event", "enabled": True})

    assert (answer["code"], answer["attr"]) == ("invalid_input", "enabled")
