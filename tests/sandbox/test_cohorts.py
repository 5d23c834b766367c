"""posthog-api-release.md 3 as tables: cohorts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.steps import a_key, switched
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    GET,
    MODERN,
    NOT_FOUND,
    NOW,
    ONE,
    PATCH,
    POST,
    UNTIED,
    Call,
    Row,
    check,
    table,
    validation,
)

COHORTS = ONE + "cohorts/"
COHORT = COHORTS + "{cohort}/"
FLAGS = ONE + "feature_flags/"
PAID: dict[str, Any] = {"type": "person", "key": "plan", "operator": "exact", "value": ["paid"]}
BOUGHT: dict[str, Any] = {
    "type": "behavioral",
    "key": "bought",
    "event_type": "events",
    "value": "performed_event",
    "time_value": 30,
    "time_interval": "day",
}
BAD = validation("invalid_input", "filters")


def of(*leaves: Any, type_: str = "OR") -> dict[str, Any]:
    """A group of one group, as the editor wants it."""
    return {"properties": {"type": "OR", "values": [{"type": type_, "values": list(leaves)}]}}


def within(id_: Any) -> dict[str, Any]:
    return {"type": "cohort", "key": "id", "value": id_}


def made(name: str | None = "Beta", saves: str = "cohort", **rest: Any) -> Call:
    return POST(COHORTS, {"name": name, **rest}, saves=saves)


def filtered(*leaves: Any, saves: str = "cohort", **rest: Any) -> Call:
    return made(saves=saves, filters=of(*leaves), **rest)


STATIC = made(is_static=True)
GONE = PATCH(COHORT, {"deleted": True})
EMPTY = {"properties": {"type": "OR", "values": []}}


def flag(id_: str = "{cohort}", **rest: Any) -> Call:
    condition = {"type": "cohort", "key": "id", "value": id_, "operator": "in"}
    groups = [{"properties": [condition], "rollout_percentage": 100}]
    return POST(FLAGS, {"key": "checkout", "filters": {"groups": groups}, **rest}, saves="flag")


LIFE = (
    Row(
        "a cohort",
        made(),
        201,
        {
            "name": "Beta",
            "description": "",
            "is_static": False,
            "filters": EMPTY,
            "query": None,
            "groups": [],
            "deleted": False,
            "count": None,
            "last_calculation": None,
            "errors_calculating": 0,
            "last_error_message": None,
            "version": None,
            "last_backfill_person_properties_at": None,
            "experiment_set": [],
            "is_calculating": True,
        },
    ),
    Row("nothing is required", POST(COHORTS, {}), 201, {"name": None}),
    Row("names are not unique", made(), 201, given=[made()]),
    Row("the longest name", made("x" * 401), 400, validation("max_length", "name")),
    Row("no empty name", made(""), 400, validation("blank", "name")),
    Row("an empty description", made(description=""), 201),
    Row(
        "the longest description", made(description="x" * 1001), 400, validation("max_length", "description")
    ),
    Row("a word for its type", made(cohort_type="other"), 400, validation("invalid_choice", "cohort_type")),
    Row("2026 has one more", made(cohort_type="realtime"), 201, {"cohort_type": "person_property"}, ages=NOW),
    Row(
        "which there was not",
        made(cohort_type="realtime"),
        400,
        validation("invalid_choice", "cohort_type"),
        ages=BEFORE,
    ),
    Row("its type is kept", made(cohort_type="behavioral"), 201, {"cohort_type": "behavioral"}, ages=BEFORE),
    Row("or computed", filtered(BOUGHT), 201, {"cohort_type": "behavioral"}, ages=NOW),
    Row("static ones have theirs", STATIC, 201, {"cohort_type": "static", "is_calculating": False}, ages=NOW),
    Row("deleted by PATCH", GONE, 200, {"deleted": True}, [made()]),
    Row("DELETE is not offered", DELETE(COHORT), 405, "", [made()]),
    Row("a deleted one is read", GET(COHORT), 200, {"deleted": True}, [made(), GONE]),
    Row("and not listed", GET(COHORTS + "?search=Beta"), 200, {"count": 0}, [made(), GONE]),
    Row("and restored", PATCH(COHORT, {"deleted": False}), 200, {"deleted": False}, [made(), GONE]),
    Row(
        "lists are complete, the newest first",
        GET(COHORTS + "?search=Beta"),
        200,
        {"count": 2, "next": None, "results": [{"name": "Beta 2", "filters": EMPTY}, {"name": "Beta 1"}]},
        [made("Beta 1"), made("Beta 2")],
    ),
    Row(
        "in pages",
        GET(COHORTS + "?search=Beta&limit=1&offset=1"),
        200,
        {"count": 2, "results": [{"name": "Beta 1"}]},
        [made("Beta 1"), made("Beta 2")],
    ),
    Row("static ones", GET(COHORTS + "?type=static"), 200, {"count": 1}, [STATIC, made()]),
    Row("dynamic ones", GET(COHORTS + "?type=dynamic&search=B"), 200, {"count": 1}, [STATIC, made()]),
    Row("by their maker", GET(COHORTS + "?created_by_id=99999"), 200, {"count": 0}, [made()]),
    Row(
        "without those about events",
        GET(COHORTS + "?hide_behavioral_cohorts=true&search=Beta"),
        200,
        {"count": 1, "results": [{"filters": EMPTY}]},
        [filtered(BOUGHT), filtered(within("{cohort}"), saves="outer"), made()],
    ),
    Row(
        "what is sought has a length",
        GET(COHORTS + "?search=" + "x" * 201),
        400,
        validation("max_length", "search"),
        ages=NOW,
    ),
    Row(
        "the few fields",
        GET(COHORTS + "?basic=true&type=static"),
        200,
        lambda api: {"results": [{"name": "Beta", "filters": "<missing>"}]},
        [STATIC],
        NOW,
    ),
    Row(
        "its row in the tree",
        GET(ONE + "file_system/?type=cohort&search=Beta"),
        200,
        {"results": [{"path": "Unfiled/Cohorts/Beta"}]},
        [made()],
        MODERN,
    ),
    Row(
        "in a folder of choice",
        GET(ONE + "file_system/?type=cohort&search=Beta"),
        200,
        {"results": [{"path": "Shop/Beta"}]},
        [made(_create_in_folder="Shop")],
        MODERN,
    ),
    Row(
        "is deleted with it",
        GET(ONE + "file_system/?type=cohort&search=Beta"),
        200,
        {"count": 0},
        [made(), GONE],
        MODERN,
    ),
    Row(
        "a key that reads",
        POST(COHORTS, {"name": "x"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["cohort:read"])],
    ),
    Row(
        "persons need two scopes",
        GET(COHORT + "persons/", key="{key}"),
        403,
        DENIED,
        [STATIC, a_key("key", scopes=["cohort:write"])],
    ),
    Row("no rules are about one", GET(COHORT + "access_controls/"), 404, given=[made()]),
)

QUERY = {"kind": "HogQLQuery", "query": "select person_id from events"}
CRITERIA = (
    Row("a query makes a static one", made(is_static=True, query=QUERY), 201, {"query": QUERY}),
    Row(
        "of a known kind",
        made(is_static=True, query={"kind": "X"}),
        400,
        validation("invalid_input", "query"),
    ),
    Row("no dynamic one", made(query=QUERY), 400, UNTIED),
    Row("never both", made(is_static=True, query=QUERY, filters=of(PAID)), 400, UNTIED),
    Row(
        "criteria of a static one stay",
        PATCH(COHORT, {"filters": of(PAID)}),
        400,
        UNTIED,
        [STATIC],
        NOW,
    ),
    Row("they are replaced", PATCH(COHORT, {"filters": of(PAID)}), 200, given=[STATIC], ages=BEFORE),
    Row("the same may be sent", PATCH(COHORT, {"filters": EMPTY}), 200, given=[STATIC], ages=NOW),
    Row("static ones were not checked", made(is_static=True, filters={"x": 1}), 201, ages=BEFORE),
    Row("they are now", made(is_static=True, filters={"x": 1}), 400, BAD, ages=NOW),
    Row("an unknown cohort on a create", filtered(within(99999)), 201),
    Row("but not later", PATCH(COHORT, {"filters": of(within(99999))}), 400, UNTIED, [made()]),
    Row("not itself", PATCH(COHORT, {"filters": of(within("{cohort}"))}), 400, UNTIED, [made()]),
    Row(
        "no loop",
        PATCH(COHORT, {"filters": of(within("{outer}"))}),
        400,
        UNTIED,
        [made(), filtered(within("{cohort}"), saves="outer")],
    ),
    Row(
        "no events where flags ask",
        PATCH(COHORT, {"filters": of(BOUGHT)}),
        400,
        validation("behavioral_cohort_found", "filters"),
        [filtered(PAID), flag()],
    ),
    Row(
        "nor inside of what flags ask",
        PATCH(COHORT, {"filters": of(BOUGHT)}),
        400,
        validation("behavioral_cohort_found", "filters"),
        [filtered(PAID), filtered(within("{cohort}"), saves="outer"), flag("{outer}")],
    ),
    Row(
        "flags that are off do not mind",
        PATCH(COHORT, {"filters": of(BOUGHT)}),
        200,
        given=[filtered(PAID), flag(active=False)],
    ),
)


def deletion_of(says: str, given: list[Any], ages: tuple[int, ...], refused: bool) -> Row:
    return Row(says, GONE, 400 if refused else 200, UNTIED if refused else {"deleted": True}, given, ages)


TESTS = PATCH(ONE, {"test_account_filters": [{**within("{cohort}"), "operator": "not_in"}]})
OUTER = filtered(within("{cohort}"), saves="outer")
DELETIONS = (
    deletion_of("an active flag keeps it", [made(), flag()], (2024, 2025, 2026), refused=True),
    deletion_of("one that is off does not", [made(), flag(active=False)], (2024, 2025, 2026), refused=False),
    deletion_of(
        "nor a deleted one",
        [made(), flag(), PATCH(FLAGS + "{flag}/", {"deleted": True})],
        (2024, 2025, 2026),
        refused=False,
    ),
    deletion_of("the filter of test accounts keeps it", [made(), TESTS], NOW, refused=True),
    deletion_of("it did not", [made(), TESTS], BEFORE, refused=False),
    deletion_of("another cohort keeps it", [made(), OUTER], NOW, refused=True),
    deletion_of("nor did that", [made(), OUTER], BEFORE, refused=False),
    deletion_of(
        "a deleted one does not",
        [made(), OUTER, PATCH(COHORTS + "{outer}/", {"deleted": True})],
        NOW,
        refused=False,
    ),
)

WRONG: tuple[tuple[str, Any], ...] = (
    ("no properties", {}),
    ("a list", []),
    ("properties without values", {"properties": {"type": "OR"}}),
    ("another key beside", {"properties": {"type": "OR", "values": []}, "x": 1}),
    ("another key of a group", {"properties": {"type": "OR", "values": [], "x": 1}}),
    ("another word than AND or OR", {"properties": {"type": "XOR", "values": []}}),
    ("values that are no list", {"properties": {"type": "OR", "values": {}}}),
    ("a value that is no object", {"properties": {"type": "OR", "values": [1]}}),
    ("an unknown type", of({**PAID, "type": "event"})),
    ("another key of a leaf", of({**PAID, "x": 1})),
    ("no operator", of({"type": "person", "key": "plan", "value": 1})),
    ("no value", of({"type": "person", "key": "plan", "operator": "exact"})),
    ("a cohort by name", of({"type": "cohort", "key": "id", "value": "Beta"})),
    ("another key than id", of({"type": "cohort", "key": "name", "value": 1})),
    ("an event without a word", of({**BOUGHT, "value": None})),
    ("another type of event", of({**BOUGHT, "event_type": "views"})),
    ("no interval", of({**BOUGHT, "time_interval": None})),
    ("days that are no number", of({**BOUGHT, "time_value": "few"})),
    ("negation in words", of({**PAID, "negation": "no"})),
)
RIGHT: tuple[tuple[str, Any], ...] = (
    ("one level", {"properties": {"type": "AND", "values": [PAID]}}),
    ("two levels", of(PAID, type_="AND")),
    ("no value where none is asked", of({"type": "person", "key": "plan", "operator": "is_set"})),
    ("an action", of({**BOUGHT, "key": 7, "event_type": "actions"})),
    (
        "since a day",
        of(
            {
                "type": "behavioral",
                "key": "bought",
                "event_type": "events",
                "value": "performed_event",
                "explicit_datetime": "-30d",
            }
        ),
    ),
    ("an unknown word", of({**BOUGHT, "value": "performed_event_maybe"})),
    ("filters of the event", of({**BOUGHT, "event_filters": [{"type": "event", "key": "x"}]})),
    ("not", of({**PAID, "negation": True})),
)
GRAMMAR = (
    *(Row(f"refused: {says}", made(filters=given), 400, BAD) for says, given in WRONG),
    *(Row(f"taken: {says}", made(filters=given), 201) for says, given in RIGHT),
    Row("stored as it was sent", made(filters=of(PAID)), 201, {"filters": of(PAID)}, ages=BEFORE),
    Row(
        "what is missing is named",
        made(filters=of({"type": "person", "key": "plan", "value": 1})),
        400,
        {"detail": "Missing required keys for person filter: operator"},
    ),
    Row("metadata came with 2026", filtered({**PAID, "type": "person_metadata"}), 201, ages=NOW),
    Row("there was none", filtered({**PAID, "type": "person_metadata"}), 400, BAD, ages=BEFORE),
    Row("until a day", filtered({**BOUGHT, "explicit_datetime_to": "-1d"}), 201, ages=NOW),
    Row("not before", filtered({**BOUGHT, "explicit_datetime_to": "-1d"}), 400, BAD, ages=BEFORE),
    Row("what the server made comes back", filtered({**PAID, "bytecode": [1]}), 201, ages=NOW),
    Row("was refused", filtered({**PAID, "bytecode": [1]}), 400, BAD, ages=BEFORE),
    Row("null is none", made(filters=None), 201, {"filters": EMPTY}),
)


@table((*LIFE, *CRITERIA, *DELETIONS, *GRAMMAR))
def test_cohorts(api: API, row: Row) -> None:
    check(api, row)


def leaf_of(body: Mapping[str, Any]) -> dict[str, Any]:
    leaf = body["filters"]["properties"]["values"][0]["values"][0]
    assert isinstance(leaf, dict)
    return leaf


def test_2026_normalises_every_leaf(api: API) -> None:
    leaf = leaf_of(api.send(filtered({**BOUGHT, "time_value": "30", "operator": None})).body)

    assert len(leaf.pop("conditionHash")) == 16
    assert leaf.pop("bytecode")
    assert leaf == {**BOUGHT, "negation": False, "bytecode_error": None}


def test_what_2026_answers_can_be_sent_back(api: API) -> None:
    before = api.send(filtered(PAID, within("7"))).body["filters"]
    api.send(PATCH(COHORT, {"filters": {"properties": {"type": "OR", "values": []}}}))
    api.send(made("Seven", saves="seven"))
    before["properties"]["values"][0]["values"][1]["value"] = api.names["seven"]

    after = api.send(PATCH(COHORT, {"filters": before})).body["filters"]

    assert [each["value"] for each in after["properties"]["values"][0]["values"]] == [
        ["paid"],
        api.names["seven"],
    ]


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_any_patch_of_a_dynamic_one_starts_its_calculation(api: API, age: int) -> None:
    seen = [api.send(filtered(PAID)).body, api.get(COHORT), api.get(COHORT), api.get(COHORT)]
    assert [(each["is_calculating"], each["version"], each["pending_version"]) for each in seen] == [
        (True, None, 1),
        (True, None, 1),
        (True, None, 1),
        (False, 1, 1),
    ]
    assert (seen[0]["count"], seen[3]["count"]) == (None, 0)

    renamed = api.send(PATCH(COHORT, {"name": "Other"})).body

    assert (renamed["is_calculating"], renamed["version"], renamed["pending_version"]) == (True, 1, 2)
    assert len(api.results(COHORT + "calculation_history/")) == 1


@pytest.mark.parametrize(("age", "calculates"), [(2024, True), (2025, True), (2026, False)])
def test_a_patch_of_a_static_one_calculates_until_2025(api: API, age: int, calculates: bool) -> None:
    api.send(STATIC)

    assert api.send(PATCH(COHORT, {"name": "Other"})).body["is_calculating"] is calculates


def test_the_row_of_a_refused_dynamic_one_with_a_query_stays(api: API) -> None:
    assert api.send(made(query=QUERY)).status == 400

    assert [each["query"] for each in api.results(COHORTS + "?search=Beta")] == [QUERY]


def persons_of(api: API, number: int) -> list[str]:
    from pulumi_posthog.sandbox.families.event_store import Person

    rows = Person.objects.filter(project=api.names["project"]).order_by("pk")[:number]
    return [str(each.uuid) for each in rows]


@pytest.mark.parametrize("age", [2024, 2025, 2026])
def test_a_static_cohort_has_the_persons_that_it_is_given(api: API, age: int) -> None:
    first, second, third = persons_of(api, 3)
    api.send(made(is_static=True, _create_static_person_ids=[first]))
    add, remove = COHORT + "add_persons_to_static_cohort/", COHORT + "remove_person_from_static_cohort/"

    assert api.send(PATCH(add, {"person_ids": [second, third]})).body == {"success": True}
    assert api.send(PATCH(remove, {"person_id": first})).body == {"success": True}

    assert sorted(each["uuid"] for each in api.results(COHORT + "persons/")) == sorted([second, third])
    assert api.get(COHORT)["count"] == 2
    assert [each["name"] for each in api.results(ONE + f"persons/cohorts/?person_id={second}")] == ["Beta"]
    assert api.send(PATCH(add, {"person_ids": [first] * 1001})).error[2:] == ("invalid_input", "person_ids")
    words = [each["activity"] for each in api.results(COHORT + "activity/")]
    manual = ["person_removed_manually", "persons_added_manually"] if age == 2026 else []
    assert [each for each in words if "manually" in each] == manual


def test_a_static_cohort_takes_distinct_ids_from_a_file(api: API) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from pulumi_posthog.sandbox.families.event_store import PersonDistinctId

    one = PersonDistinctId.objects.filter(project=api.names["project"]).first()
    assert one is not None
    uploaded = SimpleUploadedFile("people.csv", f"distinct_id\n{one.distinct_id}\nnobody\n".encode())
    sent = {"name": "Beta", "is_static": "true", "csv": uploaded}

    made_ = api.send(Call("POST", COHORTS, multipart=sent, saves="cohort")).body

    assert (made_["count"], made_["is_static"]) == (1, True)
    assert [each["uuid"] for each in api.results(COHORT + "persons/")] == [str(one.person.uuid)]


def test_a_dynamic_cohort_takes_no_persons(api: API) -> None:
    api.send(made())

    answer = api.send(PATCH(COHORT + "add_persons_to_static_cohort/", {"person_ids": persons_of(api, 1)}))

    assert answer.error == (400, "validation_error", "invalid_input", None)


def test_a_cohort_tells_what_it_is_used_in(api: API) -> None:
    for call in (made(), flag(), OUTER):
        api.send(call)

    used = api.get(COHORT + "used_in/")

    nothing = {"results": [], "total": 0, "has_more": False}
    assert used == {
        "feature_flags": {
            "results": [{"id": api.names["flag"], "key": "checkout", "name": ""}],
            "total": 1,
            "has_more": False,
        },
        "insights": nothing,
        "cohorts": {
            "results": [{"id": api.names["outer"], "name": "Beta"}],
            "total": 1,
            "has_more": False,
        },
    }


@pytest.mark.parametrize("age", [2025])
def test_a_copy_is_static_until_2025(api: API, age: int) -> None:
    api.send(made())

    copy = api.get(COHORT + "duplicate_as_static_cohort/")

    assert (copy["name"], copy["is_static"]) == ("Beta (static copy)", True)
    switched(age=2026)(api)
    assert api.send(GET(COHORT + "duplicate_as_static_cohort/")).body == {
        **NOT_FOUND,
        "detail": "Endpoint not found.",
    }


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (2025, ["updated", "updated", "updated", "created"]),
        (2026, ["restored", "deleted", "updated", "created"]),
    ],
)
def test_the_log_says_who_and_what(api: API, age: int, words: list[str]) -> None:
    api.send(made())
    for body in ({"name": "Better"}, {"deleted": True}, {"deleted": False}):
        api.send(PATCH(COHORT, body))

    feed = api.results(COHORT + "activity/")

    assert [each["activity"] for each in feed] == words
    assert [each["field"] for each in feed[2]["detail"]["changes"]] == ["name"]
    assert {each["user"]["email"] for each in feed} == {"ada@acme.io"}


def test_the_project_shows_the_cohorts_name_in_its_filters_of_test_accounts(api: API) -> None:
    api.send(made())
    named = api.send(TESTS).body["test_account_filters"]
    api.send(PATCH(COHORT, {"name": "Ours"}))

    assert [each["cohort_name"] for each in named] == ["Beta"]
    assert [each["cohort_name"] for each in api.get(ONE)["test_account_filters"]] == ["Ours"]


def test_a_project_of_2026_has_a_cohort_of_its_own_people(api: API) -> None:
    project = api.send(POST("/api/organizations/{org}/projects/", {"name": "Other"})).body

    cohorts = api.results(f"/api/projects/{project['id']}/cohorts/")

    assert [each["name"] for each in cohorts] == ["Internal / Test users"]
    assert [each["value"] for each in project["test_account_filters"]] == [cohorts[0]["id"]]
