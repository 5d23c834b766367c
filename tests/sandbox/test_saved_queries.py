"""posthog-api-analytics.md 9 as tables: views of the warehouse."""

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

ALL = ONE + "warehouse_saved_queries/"
ITS = ALL + "{view}/"
INVALID = validation("invalid_input", None)


def sql(text: str = "select 1") -> dict[str, Any]:
    return {"kind": "HogQLQuery", "query": text}


def made(name: str = "paying", query: Any = None, saves: str = "view", **rest: Any) -> Call:
    return POST(ALL, {"name": name, "query": query or sql(), **rest}, saves=saves)


def read(api: API) -> None:
    """`history` is what a change has to name."""
    api.names["history"] = api.get(ITS)["latest_history_id"]


def changed(text: str = "select 2", **rest: Any) -> Call:
    return PATCH(ITS, {"query": sql(text), **rest})


LOCKED = {"edited_history_id": "{history}"}
ROWS = (
    Row(
        "a view",
        made(),
        201,
        {
            "name": "paying",
            "query": sql(),
            "columns": [],
            "sync_frequency": None,
            "is_materialized": False,
            "status": None,
            "created_by": {"email": "ada@acme.io"},
        },
    ),
    Row("with what is said about it", made(description="d"), 201, {"description": "d"}, ages=NOW),
    Row("2025 has none", made(description="d"), 201, {"description": "<missing>"}, ages=(2025,)),
    *(
        Row(f"no view is called {name}", made(name), 400, {"attr": "name"})
        for name in ("1st", "a b", "a-b", "events", "x" * 129)
    ),
    Row("but so", made("$a._b1"), 201),
    Row("a name is needed", POST(ALL, {"query": sql()}), 400, validation("required", "name")),
    Row("a query is needed", POST(ALL, {"name": "x"}), 400, validation("required", "query")),
    Row("of SQL", made(query={"kind": "TrendsQuery"}), 400, INVALID),
    Row(
        "without variables",
        made(query=sql("select {variables.x}")),
        400,
        {"detail": "Variables like {variables.x} are not allowed in views"},
    ),
    Row(
        "without filters",
        made(query=sql("select 1 where {filters}")),
        400,
        {"detail": "Filters and placeholder expressions are not allowed in views"},
    ),
    Row("not of itself", made(query=sql("select * from paying")), 400, {"detail": "Model contains a cycle"}),
    Row(
        "nor around another",
        changed("select * from b", **LOCKED),
        400,
        {"detail": "Model contains a cycle"},
        [made(), made("b", sql("select * from paying"), "b"), read],
    ),
    Row("no frequency on POST", made(sync_frequency="1hour"), 201, {"sync_frequency": None}),
    Row("but on PATCH", PATCH(ITS, {"sync_frequency": "1hour"}), 200, {"sync_frequency": "1hour"}, [made()]),
    Row(
        "never is null",
        PATCH(ITS, {"sync_frequency": "never"}),
        200,
        {"sync_frequency": None},
        [made(), PATCH(ITS, {"sync_frequency": "1hour"})],
    ),
    Row(
        "of nine",
        PATCH(ITS, {"sync_frequency": "2hour"}),
        400,
        validation("invalid_choice", "sync_frequency"),
        [made()],
    ),
    Row("a change names what was read", changed(**LOCKED), 200, {"query": sql("select 2")}, [made(), read]),
    Row(
        "or is refused",
        changed(),
        400,
        {**INVALID, "detail": "The query was modified by someone else."},
        [made()],
    ),
    Row(
        "so is one that was late",
        changed("select 3", **LOCKED),
        400,
        INVALID,
        [made(), read, changed(**LOCKED)],
    ),
    Row(
        "in between another name",
        changed(**LOCKED),
        200,
        given=[made(), read, PATCH(ITS, {"name": "b"})],
        ages=NOW,
    ),
    Row(
        "which was too much",
        changed(**LOCKED),
        400,
        INVALID,
        [made(), read, PATCH(ITS, {"name": "b"})],
        (2025,),
    ),
    Row("unless it is soft", changed(soft_update=True), 200, {"query": sql("select 2")}, [made()]),
    Row("renamed", PATCH(ITS, {"name": "b"}), 200, {"name": "b"}, [made()]),
    Row("not onto another", PATCH(ITS, {"name": "b"}), 400, {"attr": "name"}, [made("b", saves="b"), made()]),
    Row(
        "a name that is there is changed",
        made(query=sql("select 2"), **LOCKED),
        200,
        {"id": "{view}", "query": sql("select 2")},
        [made(), read],
    ),
    Row("with the same lock", made(query=sql("select 2")), 400, INVALID, [made()]),
    Row(
        "and without a frequency",
        made(sync_frequency="1hour", **LOCKED),
        200,
        {"sync_frequency": None},
        [made(), read],
    ),
    Row("columns of the caller", made(types=[["a", "String"]]), 201, {"columns": [["a", "String"]]}),
    Row(
        "lists are short",
        GET(ALL),
        200,
        {"results": [{"name": "paying", "query": "<missing>", "latest_history_id": "<missing>"}]},
        [made()],
        NOW,
    ),
    Row("they were not", GET(ALL), 200, {"results": [{"query": sql()}]}, [made()], (2025,)),
    Row("one is whole", GET(ITS), 200, {"query": sql()}, [made()]),
    Row("a search", GET(ALL + "?search=PAY"), 200, {"count": 1}, [made(), made("b", saves="b")]),
    Row("no page", GET(ALL + "?page=2"), 404, NOT_FOUND),
    Row("deleted", DELETE(ITS), 204, given=[made()]),
    Row("then it is not there", GET(ITS), 404, NOT_FOUND, [made(), DELETE(ITS)]),
    Row("and its name is free", made(), 201, given=[made(saves="old"), DELETE(ALL + "{old}/")]),
    Row(
        "not while another needs it",
        DELETE(ITS),
        400,
        INVALID,
        [made(), made("b", sql("select * from paying"), "b")],
        NOW,
    ),
    Row(
        "2025 did not look",
        DELETE(ITS),
        204,
        given=[made(), made("b", sql("select * from paying"), "b")],
        ages=(2025,),
    ),
    Row(
        "materialised",
        POST(ITS + "materialize/", {}),
        200,
        {"is_materialized": True, "sync_frequency": "24hour"},
        [made()],
        NOW,
    ),
    Row(
        "as often as wanted",
        POST(ITS + "materialize/", {"sync_frequency": "1hour"}),
        200,
        {"sync_frequency": "1hour"},
        [made()],
        NOW,
    ),
    Row(
        "and no more",
        POST(ITS + "revert_materialization/"),
        200,
        {"is_materialized": False, "sync_frequency": None},
        [made(), POST(ITS + "materialize/", {})],
        NOW,
    ),
    Row("run", POST(ITS + "run/"), 200, given=[made()], ages=NOW),
    *(
        Row(f"keys could not {name}", POST(f"{ITS}{name}/", {}), 403, DENIED, [made()], (2025,))
        for name in ("run", "materialize", "revert_materialization")
    ),
    *(
        Row(f"keys do not get to {name}", POST(f"{ITS}{name}/", {}), 403, DENIED, [made()])
        for name in ("cancel", "ancestors", "descendants")
    ),
    Row(
        "a scope to write",
        POST(ALL, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["warehouse_view:read"])],
    ),
)


@table(
    Row(
        row.says, row.call, row.status, row.has, row.given, tuple(each for each in row.ages if each in MODERN)
    )
    for row in ROWS
)
def test_views(api: API, row: Row) -> None:
    check(api, row)


@table([Row("keys could not", GET(ALL, key="{any}"), 403, DENIED, [a_key("any", scopes=["*"])], (2024,))])
def test_2024(api: API, row: Row) -> None:
    check(api, row)


def test_a_deleted_one_keeps_a_name_of_its_own(api: API) -> None:
    from pulumi_posthog.sandbox.families.saved_queries import SavedQuery

    api.send(made())
    api.send(DELETE(ITS))

    assert SavedQuery.objects.get().name == f"POSTHOG_DELETED_{api.names['view']}"


@pytest.mark.parametrize("age", [2025, 2026])
def test_what_was_done_is_logged(api: API, age: int) -> None:
    api.send(made())
    api.send(PATCH(ITS, {"name": "b"}))
    api.send(DELETE(ITS))

    found = api.results(f"{ONE}activity_log/?scope=DataWarehouseSavedQuery")
    assert [(each["activity"], each["detail"]["name"]) for each in found] == [
        ("deleted", "b"),
        ("updated", "b"),
        ("created", "paying"),
    ]
