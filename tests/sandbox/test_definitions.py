"""posthog-api-analytics.md 7 and 8 as tables: definitions of events and of properties."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import a_key, without_feature
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    GET,
    NOT_FOUND,
    NOW,
    ONE,
    PATCH,
    POST,
    Call,
    Row,
    check,
    table,
    validation,
)

EVENTS = ONE + "event_definitions/"
EVENT = EVENTS + "{event}/"
PROPERTIES = ONE + "property_definitions/"
PROPERTY = PROPERTIES + "{property}/"
UNPAID = without_feature("ingestion_taxonomy")


def an_event(name: str = "signed_up", saves: str = "event", **properties: Any) -> Any:
    """Ingested, and under a name for placeholders; its properties under theirs."""

    def step(api: API) -> None:
        from pulumi_posthog.sandbox.families.definitions.models import EventDefinition, PropertyDefinition

        body = {"events": [{"event": name, "properties": properties}]}
        assert api.send(POST("/_sandbox/events", body)).status < 300
        api.names[saves] = str(EventDefinition.objects.get(name=name).pk)
        for each in properties:
            api.names["property"] = str(PropertyDefinition.objects.get(name=each, type="event").pk)

    return step


def a_property(type_: str = "event", name: str = "plan", saves: str = "property", **columns: Any) -> Any:
    def step(api: API) -> None:
        from pulumi_posthog.sandbox.families.definitions.models import PropertyDefinition

        row = PropertyDefinition.objects.create(
            project_id=api.names["project"], type=type_, name=name, **columns
        )
        api.names[saves] = str(row.pk)

    return step


def ada(api: API) -> None:
    from pulumi_posthog.sandbox.rules.models import User

    api.names["ada_number"] = User.objects.get(email="ada@acme.io").pk


def made(name: str = "planned", saves: str = "event", **rest: Any) -> Call:
    return POST(EVENTS, {"name": name, **rest}, saves=saves)


VERIFIED = PATCH(EVENT, {"verified": True})
OF_EVENTS = (
    Row(
        "what was ingested is there",
        GET(EVENTS + "?search=signed"),
        200,
        {
            "count": 1,
            "results": [
                {
                    "name": "signed_up",
                    "description": "",
                    "tags": [],
                    "verified": False,
                    "verified_at": None,
                    "verified_by": None,
                    "hidden": None,
                    "owner": None,
                    "default_columns": [],
                    "last_updated_at": None,
                }
            ],
        },
        [an_event()],
    ),
    Row("one", GET(EVENT), 200, {"name": "signed_up"}, [an_event()]),
    Row("not an id", GET(EVENTS + "7/"), 404, NOT_FOUND),
    Row(
        "one before it happens",
        made(),
        201,
        {"name": "planned", "created_at": None, "last_seen_at": None},
        ages=NOW,
    ),
    Row("which 2025 did not offer", made(), 405, ages=BEFORE),
    Row("once", made(), 400, validation("unique", "name"), [made()], NOW),
    Row("with its case", made("Planned"), 201, given=[made()], ages=NOW),
    Row("a name is needed", POST(EVENTS, {}), 400, validation("required", "name"), ages=NOW),
    Row("the longest name", made("x" * 401), 400, validation("max_length", "name"), ages=NOW),
    Row("it never changes", PATCH(EVENT, {"name": "x"}), 200, {"name": "signed_up"}, [an_event()]),
    Row(
        "a description",
        PATCH(EVENT, {"description": "d", "tags": [" A "]}),
        200,
        {"description": "d", "tags": ["a"], "updated_by": {"email": "ada@acme.io"}},
        [an_event()],
    ),
    Row("verified", VERIFIED, 200, {"verified": True, "verified_by": {"email": "ada@acme.io"}}, [an_event()]),
    Row(
        "and no more",
        PATCH(EVENT, {"verified": False}),
        200,
        {"verified": False, "verified_by": None, "verified_at": None},
        [an_event(), VERIFIED],
    ),
    Row(
        "hidden is not verified",
        PATCH(EVENT, {"hidden": True}),
        200,
        {"hidden": True, "verified": False},
        [an_event(), VERIFIED],
    ),
    Row(
        "verified is not hidden",
        VERIFIED,
        200,
        {"hidden": False, "verified": True},
        [an_event(), PATCH(EVENT, {"hidden": True})],
    ),
    Row(
        "never both",
        PATCH(EVENT, {"hidden": True, "verified": True}),
        400,
        validation("invalid_input", None),
        [an_event()],
    ),
    Row(
        "an owner",
        PATCH(EVENT, {"owner": "{ada_number}"}),
        200,
        {"owner": {"email": "ada@acme.io"}},
        [an_event(), ada],
    ),
    Row(
        "who is there", PATCH(EVENT, {"owner": 999}), 400, validation("does_not_exist", "owner"), [an_event()]
    ),
    Row(
        "nobody",
        PATCH(EVENT, {"owner": None}),
        200,
        {"owner": None},
        [an_event(), ada, PATCH(EVENT, {"owner": "{ada_number}"})],
    ),
    Row(
        "columns",
        PATCH(EVENT, {"default_columns": ["a"], "post_to_slack": True}),
        200,
        {"default_columns": ["a"], "post_to_slack": False},
        [an_event()],
    ),
    Row(
        "enforcement",
        PATCH(EVENT, {"enforcement_mode": "reject"}),
        200,
        {"enforcement_mode": "reject"},
        [an_event()],
        NOW,
    ),
    Row(
        "of two",
        PATCH(EVENT, {"enforcement_mode": "x"}),
        400,
        validation("invalid_choice", "enforcement_mode"),
        [an_event()],
        NOW,
    ),
    Row("deleted for good", DELETE(EVENT), 204, given=[an_event()]),
    Row("then it is not there", GET(EVENT), 404, NOT_FOUND, [an_event(), DELETE(EVENT)]),
    Row(
        "until it happens again: bare",
        GET(EVENTS + "?search=signed"),
        200,
        {"results": [{"description": ""}]},
        [an_event(), PATCH(EVENT, {"description": "d"}), DELETE(EVENT), an_event()],
    ),
    Row(
        "by names",
        GET(EVENTS + "?names=signed_up,other"),
        200,
        {"results": [{"name": "signed_up"}]},
        [an_event()],
        NOW,
    ),
    Row(
        "several times",
        GET(EVENTS + "?names=signed_up&names=planned"),
        200,
        {"count": 2},
        [an_event(), made(saves="x")],
        NOW,
    ),
    Row(
        "2025 does not look at it",
        GET(EVENTS + "?names=nothing&search=signed"),
        200,
        {"count": 1},
        [an_event()],
        BEFORE,
    ),
    Row(
        "by its name", GET(EVENTS + "by_name/?name=signed_up"), 200, {"name": "signed_up"}, [an_event()], NOW
    ),
    Row(
        "unknown",
        GET(EVENTS + "by_name/?name=x"),
        404,
        {"detail": "Event definition not found", "code": "<missing>"},
        ages=NOW,
    ),
    Row("no name", GET(EVENTS + "by_name/"), 400, {"code": "<missing>"}, ages=NOW),
    Row("verified ones", GET(EVENTS + "?verified=true"), 200, {"count": 1}, [an_event(), VERIFIED]),
    Row(
        "without hidden ones",
        GET(EVENTS + "?search=signed&exclude_hidden=true"),
        200,
        {"count": 0},
        [an_event(), PATCH(EVENT, {"hidden": True})],
    ),
    Row(
        "without some",
        GET(EVENTS + '?search=signed&excluded_properties=["signed_up"]'),
        200,
        {"count": 0},
        [an_event()],
    ),
    Row("own ones", GET(EVENTS + "?search=signed&event_type=event_custom"), 200, {"count": 1}, [an_event()]),
    Row(
        "PostHog's", GET(EVENTS + "?search=signed&event_type=event_posthog"), 200, {"count": 0}, [an_event()]
    ),
    Row("no other type", GET(EVENTS + "?event_type=x"), 400, validation("invalid_choice", "event_type")),
    Row(
        "by tags", GET(EVENTS + '?tags=["a"]'), 200, {"count": 1}, [an_event(), PATCH(EVENT, {"tags": ["a"]})]
    ),
    Row(
        "in an order",
        GET(EVENTS + "?search=order_&ordering=-name"),
        200,
        {"results": [{"name": "order_b"}, {"name": "order_a"}]},
        [an_event("order_a"), an_event("order_b")],
    ),
    Row("the count may be capped", GET(EVENTS), 200, {"count_is_capped": False}, ages=NOW),
    Row(
        "many are verified at once",
        POST(EVENTS + "bulk_update_verified/", {"ids": ["{event}"], "verified": True}),
        200,
        {"updated": ["{event}"]},
        [an_event()],
        NOW,
    ),
    Row(
        "without the paid taxonomy",
        GET(EVENT),
        200,
        {"name": "signed_up", "description": "<missing>", "tags": "<missing>", "verified": "<missing>"},
        [an_event(), UNPAID],
        BEFORE,
    ),
    Row(
        "a description is free now",
        PATCH(EVENT, {"description": "d", "verified": True}),
        200,
        {"description": "d", "verified": "<missing>"},
        [an_event(), UNPAID],
        NOW,
    ),
    Row("not below environments", GET("/api/environments/{project}/event_definitions/"), 404, NOT_FOUND),
    Row(
        "a scope to write",
        PATCH(EVENT, {}, key="{reader}"),
        403,
        DENIED,
        [an_event(), a_key("reader", scopes=["event_definition:read"])],
    ),
    Row("keys get no metrics", GET(EVENTS + "metrics/"), 404, NOT_FOUND),
)
OF_PROPERTIES = (
    Row(
        "what was ingested is there",
        GET(PROPERTIES + "?search=plan"),
        200,
        {
            "results": [
                {
                    "name": "plan",
                    "property_type": "String",
                    "is_numerical": False,
                    "description": "",
                    "tags": [],
                    "verified": False,
                    "hidden": None,
                }
            ]
        },
        [an_event(plan="paid")],
    ),
    Row(
        "a number",
        GET(PROPERTIES + "?properties=amount_x"),
        200,
        {"results": [{"property_type": "Numeric", "is_numerical": True}]},
        [an_event(amount_x=3)],
    ),
    Row(
        "only of events",
        GET(PROPERTIES + "?search=plan_x"),
        200,
        {"count": 0},
        [a_property("person", "plan_x")],
    ),
    Row(
        "of persons, and what is made up",
        GET(PROPERTIES + "?type=person&properties=plan_x,$virt_initial_channel_type"),
        200,
        {
            "count": 2,
            "results": [{"name": "plan_x"}, {"id": "$builtin_$virt_initial_channel_type", "virtual": True}],
        },
        [a_property("person", "plan_x")],
    ),
    Row(
        "which is not written",
        PATCH(PROPERTIES + "$builtin_$virt_initial_channel_type/", {"description": "d"}),
        404,
        NOT_FOUND,
    ),
    Row(
        "of groups with their index",
        GET(PROPERTIES + "?type=group&group_type_index=1&search=seats"),
        200,
        {"count": 1},
        [a_property("group", "seats", group_type_index=1), a_property("group", "seats", group_type_index=0)],
    ),
    Row("never without", GET(PROPERTIES + "?type=group"), 400, {"attr": "group_type_index"}),
    Row("of sessions", GET(PROPERTIES + "?type=session"), 200, {"count": 0}),
    Row("no other type", GET(PROPERTIES + "?type=x"), 400, validation("invalid_choice", "type")),
    Row(
        "some are never listed",
        GET(PROPERTIES + "?properties=$set,$group_0,distinct_id"),
        200,
        {"count": 0},
        [a_property(name="$set"), a_property(name="$group_0"), a_property(name="distinct_id")],
    ),
    Row(
        "verified first, then by name",
        GET(PROPERTIES + "?properties=a_a,b_b,c_c"),
        200,
        {"results": [{"name": "c_c"}, {"name": "a_a"}, {"name": "b_b"}]},
        [a_property(name="b_b"), a_property(name="c_c", verified=True), a_property(name="a_a")],
    ),
    Row("nobody makes one", POST(PROPERTIES, {"name": "x"}), 403, DENIED, ages=(2025, 2026)),
    Row("nor did", POST(PROPERTIES, {"name": "x"}), 405, ages=(2024,)),
    Row("one", GET(PROPERTY), 200, {"name": "plan"}, [a_property()]),
    Row(
        "its type",
        PATCH(PROPERTY, {"property_type": "Numeric"}),
        200,
        {"property_type": "Numeric", "is_numerical": True},
        [a_property()],
    ),
    Row(
        "of five",
        PATCH(PROPERTY, {"property_type": "Colour"}),
        400,
        validation("invalid_choice", "property_type"),
        [a_property()],
    ),
    Row("its name never changes", PATCH(PROPERTY, {"name": "x"}), 200, {"name": "plan"}, [a_property()]),
    Row(
        "what people say",
        PATCH(PROPERTY, {"description": "d", "tags": ["PII"], "verified": True}),
        200,
        {"description": "d", "tags": ["pii"], "verified": True},
        [a_property()],
    ),
    Row(
        "hidden is not verified",
        PATCH(PROPERTY, {"hidden": True}),
        200,
        {"hidden": True, "verified": False},
        [a_property(verified=True)],
    ),
    Row(
        "never both",
        PATCH(PROPERTY, {"hidden": True, "verified": True}),
        400,
        {"detail": "A property cannot be both hidden and verified"},
        [a_property()],
    ),
    Row(
        "is for payment",
        PATCH(PROPERTY, {"description": "d"}),
        402,
        {"code": "payment_required"},
        [a_property(), UNPAID],
    ),
    Row(
        "but the type",
        PATCH(PROPERTY, {"property_type": "Boolean"}),
        200,
        {"property_type": "Boolean", "description": "<missing>"},
        [a_property(), UNPAID],
    ),
    Row("deleted for good", DELETE(PROPERTY), 204, given=[a_property()]),
    Row(
        "without PostHog's",
        GET(PROPERTIES + "?properties=$x&exclude_core_properties=true"),
        200,
        {"count": 0},
        [a_property(name="$x")],
    ),
    Row(
        "about flags",
        GET(PROPERTIES + "?is_feature_flag=true"),
        200,
        {"count": 1},
        [a_property(name="$feature/x")],
    ),
    Row(
        "without some",
        GET(PROPERTIES + '?properties=a_a,b_b&excluded_properties=["a_a"]'),
        200,
        {"results": [{"name": "b_b"}]},
        [a_property(name="a_a"), a_property(name="b_b")],
    ),
    Row(
        "a scope to write",
        PATCH(PROPERTY, {}, key="{reader}"),
        403,
        DENIED,
        [a_property(), a_key("reader", scopes=["property_definition:read"])],
    ),
)


@table((*OF_EVENTS, *OF_PROPERTIES))
def test_definitions(api: API, row: Row) -> None:
    check(api, row)


def test_last_seen_first(api: API) -> None:
    body = {"events": [{"event": "new_x"}, {"event": "old_x", "seconds_ago": 90}]}
    api.send(POST("/_sandbox/events", body))
    api.send(made("never_x"))

    names = [each["name"] for each in api.results(EVENTS + "?search=_x")]

    assert names == ["new_x", "old_x", "never_x"]


def test_the_sample_has_definitions(api: API) -> None:
    from pulumi_posthog.sandbox.families.sample_data import begin
    from pulumi_posthog.sandbox.rules.models import Project

    begin(Project.objects.get(pk=api.names["project"]))

    assert "order placed" in {each["name"] for each in api.results(EVENTS)}
    assert "amount" in {each["name"] for each in api.results(PROPERTIES)}
    assert "plan" in {each["name"] for each in api.results(PROPERTIES + "?type=person")}


@pytest.mark.parametrize(
    ("scope", "url", "step"),
    [("EventDefinition", EVENT, an_event()), ("PropertyDefinition", PROPERTY, a_property())],
)
def test_what_was_done_is_logged(api: API, scope: str, url: str, step: Any) -> None:
    step(api)
    api.send(PATCH(url, {"description": "d"}))
    api.send(DELETE(url))

    found = api.results(f"{ONE}activity_log/?scope={scope}")

    assert [(each["activity"], [one["field"] for one in each["detail"]["changes"]]) for each in found] == [
        ("deleted", []),
        ("changed", ["description"]),
    ]
