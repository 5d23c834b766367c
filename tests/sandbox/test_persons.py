"""Section 10.1 of the API page: persons."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import a_key
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    GET,
    MODERN,
    NOT_FOUND,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

PERSONS = "/api/projects/{project}/persons/"


def somebody(name: str, *distinct_ids: str, **properties: Any) -> Any:
    """A person under a name for placeholders."""

    def step(api: API) -> None:
        from pulumi_posthog.sandbox.families.sample_data import make_person
        from pulumi_posthog.sandbox.rules.models import Project

        made = make_person(
            Project.objects.get(pk=api.names["project"]), list(distinct_ids or (name,)), properties
        )
        api.names[name] = made.pk
        api.names[f"{name}_uuid"] = str(made.uuid)

    return step


def nobody(api: API) -> None:
    """The sample's persons are not wanted."""
    from pulumi_posthog.sandbox.families.event_store import Person

    Person.objects.all().delete()


ZOE = somebody(
    "zoe", "zoe", "0b6f3c1e-6f0e-4c63-9a3c-6a0c5a2ac0de", email="zoe@example.com", plan="paid", age=30
)
YAN = somebody("yan", email="yan@example.com", plan="free", age=3)
BOTH = [nobody, ZOE, YAN]


def named(*names: str) -> dict[str, Any]:
    return {"results": [{"name": f"{name}@example.com"} for name in names]}


READ = (
    Row(
        "the seed has some",
        GET(PERSONS),
        200,
        lambda _api: {"count": 8, "next": None, "previous": None},
    ),
    Row(
        "a person has names, properties and two ids",
        GET(PERSONS + "?email=zoe@example.com"),
        200,
        {
            "count": 1,
            "results": [
                {
                    "id": "{zoe}",
                    "uuid": "{zoe_uuid}",
                    "name": "zoe@example.com",
                    "distinct_ids": ["zoe", "0b6f3c1e-6f0e-4c63-9a3c-6a0c5a2ac0de"],
                    "properties": {"email": "zoe@example.com", "plan": "paid", "age": 30},
                }
            ],
        },
        given=[ZOE],
    ),
    Row(
        "under the environment, too",
        GET("/api/environments/{project}/persons/"),
        200,
        {"count": 8},
        ages=MODERN,
    ),
    Row("there were no environments in 2024", GET("/api/environments/{project}/persons/"), 404, ages=(2024,)),
    Row("by number", GET(PERSONS + "{zoe}/"), 200, {"uuid": "{zoe_uuid}"}, given=[ZOE]),
    Row("by uuid", GET(PERSONS + "{zoe_uuid}/"), 200, {"id": "{zoe}"}, given=[ZOE]),
    Row("unknown number", GET(PERSONS + "424242/"), 404, NOT_FOUND),
    Row("unknown uuid", GET(PERSONS + "{nobody}/"), 404, NOT_FOUND),
    Row(
        "a distinct id is no id",
        GET(PERSONS + "zoe-not/"),
        400,
        validation("invalid_input", None),
        ages=MODERN,
    ),
    Row("a distinct id was not found in 2024", GET(PERSONS + "zoe-not/"), 404, NOT_FOUND, ages=(2024,)),
    Row("by distinct id", GET(PERSONS + "?distinct_id=zoe"), 200, named("zoe"), given=BOTH),
    Row(
        "an e-mail is compared exactly", GET(PERSONS + "?email=oe@example.com"), 200, {"count": 0}, given=BOTH
    ),
    Row("a search finds parts of e-mails", GET(PERSONS + "?search=OE@EX"), 200, named("zoe"), given=BOTH),
    Row("a search finds whole distinct ids", GET(PERSONS + "?search=yan"), 200, named("yan"), given=BOTH),
    Row(
        "a page of one",
        GET(PERSONS + "?limit=1&offset=1"),
        200,
        {
            "count": 2,
            "next": None,
            "previous": "http://localhost/api/projects/{project}/persons/?limit=1",
            "results": [{"name": "zoe@example.com"}],
        },
        given=BOTH,
    ),
    Row(
        "by a property",
        GET(PERSONS + '?properties=[{"key":"plan","value":"paid","type":"person"}]'),
        200,
        named("zoe"),
        given=BOTH,
    ),
    Row(
        "by several properties",
        GET(
            PERSONS
            + '?properties=[{"key":"age","value":2,"operator":"gt"},{"key":"plan","value":"paid","operator":"is_not"}]'
        ),
        200,
        named("yan"),
        given=BOTH,
    ),
    Row(
        "properties that are no JSON", GET(PERSONS + "?properties=[x"), 400, validation("invalid_input", None)
    ),
    Row(
        "an operator that the sandbox does not know is no answer",
        GET(PERSONS + '?properties=[{"key":"plan","value":"x","operator":"is_cleaned_path_exact"}]'),
        400,
        validation("invalid_input", "properties"),
    ),
    Row(
        "the values of a property",
        GET(PERSONS + "values/?key=plan"),
        200,
        lambda _api: [{"name": "paid", "count": 1}, {"name": "free", "count": 1}],
        given=BOTH,
    ),
    Row(
        "nobody is in a cohort", GET(PERSONS + "cohorts/?person_id={zoe}"), 200, {"results": []}, given=[ZOE]
    ),
    Row("cohorts of nobody", GET(PERSONS + "cohorts/"), 400, validation("required", "person_id")),
    Row("no key, no persons", GET(PERSONS, key=None), 401),
    Row("an unknown format", GET(PERSONS + "?format=xml"), 404),
)


@table(READ)
def test_persons_are_read(api: API, row: Row) -> None:
    check(api, row)


WRITE = (
    Row(
        "PATCH changes what it names",
        PATCH(PERSONS + "{zoe}/", {"properties": {"plan": "free"}}),
        200,
        {"properties": {"email": "zoe@example.com", "plan": "free", "age": 30}},
        given=[ZOE],
    ),
    Row(
        "PUT removes nothing either",
        PUT(PERSONS + "{zoe}/", {"properties": {"city": "Bonn"}}),
        200,
        {"properties": {"email": "zoe@example.com", "plan": "paid", "age": 30, "city": "Bonn"}},
        given=[ZOE],
    ),
    Row(
        "PATCH without properties",
        PATCH(PERSONS + "{zoe}/", {"name": "x"}),
        400,
        validation("required", "properties"),
        given=[ZOE],
    ),
    Row(
        "update_property",
        POST(PERSONS + "{zoe}/update_property/?key=plan&value=free"),
        200,
        given=[ZOE],
    ),
    Row("update_property of nothing", POST(PERSONS + "{zoe}/update_property/"), 400, given=[ZOE]),
    Row(
        "delete_property (2024)",
        POST(PERSONS + "{zoe}/delete_property/?$unset=plan"),
        200,
        {"success": True},
        given=[ZOE],
        ages=(2024,),
    ),
    Row(
        "delete_property",
        POST(PERSONS + "{zoe}/delete_property/", {"$unset": "plan"}),
        201,
        {"success": True},
        given=[ZOE],
        ages=MODERN,
    ),
    Row("split", POST(PERSONS + "{zoe}/split/"), 201, {"success": True}, given=[ZOE]),
    Row("DELETE", DELETE(PERSONS + "{zoe}/"), 204, given=[ZOE]),
    Row("DELETE by uuid", DELETE(PERSONS + "{zoe_uuid}/"), 204, given=[ZOE]),
    Row("DELETE twice", DELETE(PERSONS + "{zoe}/"), 404, NOT_FOUND, given=[ZOE, DELETE(PERSONS + "{zoe}/")]),
    Row(
        "POST is not how persons come",
        POST(PERSONS, {"properties": {}}, key="{modern}"),
        403,
        DENIED,
        given=[a_key("modern", scopes=["*"])],
    ),
    Row(
        "many at once, by number and by uuid",
        POST(PERSONS + "bulk_delete/", {"ids": ["{zoe_uuid}", "{yan}"]}),
        200,
        given=BOTH,
        ages=(2024, 2025),
    ),
    Row(
        "many at once, by distinct id; the newest says how many there were",
        POST(PERSONS + "bulk_delete/", {"distinct_ids": ["zoe", "yan", "who"], "delete_events": True}),
        202,
        {
            "persons_found": 2,
            "persons_deleted": 2,
            "events_queued_for_deletion": True,
            "recordings_queued_for_deletion": False,
            "deletion_errors": [],
        },
        given=BOTH,
        ages=(2026,),
    ),
    Row(
        "the query works as the body does",
        POST(PERSONS + "bulk_delete/?ids=[{zoe}]"),
        202,
        {"persons_found": 1},
        given=BOTH,
        ages=(2026,),
    ),
    Row("nobody named", POST(PERSONS + "bulk_delete/", {}), 400, validation("invalid_input", None)),
    Row(
        "more than a thousand",
        POST(PERSONS + "bulk_delete/", {"ids": [str(each) for each in range(1001)]}),
        400,
        validation("invalid_input", None),
    ),
    Row(
        "not a list",
        POST(PERSONS + "bulk_delete/", {"ids": {"a": 1}}),
        400,
        validation("not_a_list", "ids"),
    ),
)


@table(WRITE)
def test_persons_are_changed_and_deleted(api: API, row: Row) -> None:
    check(api, row)


SCOPES = (
    ("GET", PERSONS, "person:read"),
    ("GET", PERSONS + "{zoe}/", "person:read"),
    ("PATCH", PERSONS + "{zoe}/", "person:write"),
    ("DELETE", PERSONS + "{zoe}/", "person:write"),
    ("POST", PERSONS + "bulk_delete/", "person:write"),
    ("POST", PERSONS + "{zoe}/delete_property/", "person:write"),
    ("POST", PERSONS + "{zoe}/update_property/", "person:write"),
    ("POST", PERSONS + "{zoe}/split/", "person:write"),
    ("GET", PERSONS + "activity/", "activity_log:read"),
    ("GET", PERSONS + "{zoe}/activity/", "activity_log:read"),
    ("GET", PERSONS + "values/", "person:read"),
)


@pytest.mark.parametrize(("method", "path", "scope"), SCOPES)
@pytest.mark.parametrize("age", MODERN)
def test_each_operation_asks_for_its_scope(api: API, age: int, method: str, path: str, scope: str) -> None:
    from sandbox.table import Call

    ZOE(api)
    a_key("without", scopes=["project:write"])(api)

    answer = api.send(Call(method, path, {} if method != "GET" else None, key="{without}"))

    assert answer.error == (403, "authentication_error", "permission_denied", None)
    assert scope in answer.body["detail"]


def test_cohorts_of_a_person_need_two_scopes(api: API) -> None:
    ZOE(api)
    a_key("half", scopes=["person:read"])(api)
    a_key("whole", scopes=["person:read", "cohort:read"])(api)

    path = PERSONS + "cohorts/?person_id={zoe}"

    assert "cohort:read" in api.send(GET(path, key="{half}")).body["detail"]
    assert api.send(GET(path, key="{whole}")).status == 200


@pytest.mark.parametrize("age", MODERN)
def test_the_timeline_is_not_for_keys(api: API, age: int) -> None:
    ZOE(api)

    assert api.send(GET(PERSONS + "{zoe}/properties_timeline/")).status == 403


def test_a_deleted_person_is_really_gone_and_its_events_wait_for_the_weekly_run(api: API) -> None:
    kim = api.results(PERSONS + "?email=kim@example.org")[0]
    theirs = "/api/projects/{project}/events/?distinct_id=kim&limit=1000"
    events = len(api.results(theirs))
    assert events > 0

    assert api.send(DELETE(PERSONS + f"{kim['id']}/?delete_events=true")).status == 204

    assert api.get(PERSONS + "?email=kim@example.org")["count"] == 0
    assert len(api.results(theirs)) == events
    queued = api.get("/_sandbox/event_deletions")["event_deletions"]
    assert [(each["person"], each["done"]) for each in queued] == [(kim["uuid"], False)]

    gone = api.send(POST("/_sandbox/event_deletions")).body["events_deleted"]

    assert gone >= events
    assert api.results(theirs) == []
    assert [each["done"] for each in api.get("/_sandbox/event_deletions")["event_deletions"]] == [True]


def test_without_delete_events_nothing_is_queued(api: API) -> None:
    ZOE(api)

    api.send(DELETE(PERSONS + "{zoe}/"))

    assert api.get("/_sandbox/event_deletions") == {"event_deletions": []}


def test_a_split_leaves_one_name_with_each(api: API) -> None:
    ZOE(api)

    api.send(POST(PERSONS + "{zoe}/split/", {"main_distinct_id": "zoe"}))

    found = {
        name: api.results(PERSONS + f"?distinct_id={name}")[0]["distinct_ids"]
        for name in ("zoe", "0b6f3c1e-6f0e-4c63-9a3c-6a0c5a2ac0de")
    }
    assert found == {name: [name] for name in found}


def test_what_happened_to_a_person_is_in_its_feed(api: API) -> None:
    ZOE(api)
    api.send(PATCH(PERSONS + "{zoe}/", {"properties": {"plan": "free"}}))
    api.send(DELETE(PERSONS + "{zoe}/"))

    feed = api.get(PERSONS + "{zoe}/activity/")

    assert [each["activity"] for each in feed["results"]] == ["deleted", "updated"]
    assert api.get(PERSONS + "activity/")["total_count"] == 2
    assert "zoe@example.com" not in str(feed)


def test_a_table_of_persons(api: API) -> None:
    nobody(api)
    ZOE(api)

    answer = api.send(GET(PERSONS + "?format=csv"))

    header, line = answer.body.splitlines()
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert header == (
        "id,name,distinct_ids.0,distinct_ids.1,properties.email,properties.plan,properties.age,created_at,uuid"
    )
    assert line.split(",")[1] == "zoe@example.com"


def test_persons_of_another_project_are_not_seen(api: API) -> None:
    other = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"})).body["id"]
    kim = api.results(PERSONS + "?email=kim@example.org")[0]

    assert api.get(f"/api/projects/{other}/persons/")["count"] == 0
    assert api.send(GET(f"/api/projects/{other}/persons/{kim['id']}/")).status == 404
