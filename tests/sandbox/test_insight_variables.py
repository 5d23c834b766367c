"""posthog-api-analytics.md 10 as tables: variables of queries."""

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
    NOW,
    PATCH,
    POST,
    PUT,
    Call,
    Row,
    check,
    table,
    validation,
)

ALL = "/api/projects/{project}/insight_variables/"
ITS = ALL + "{variable}/"


def made(name: str = "Country", saves: str = "variable", **rest: Any) -> Call:
    return POST(ALL, {"name": name, "type": "String", **rest}, saves=saves)


def of_list(**rest: Any) -> Call:
    return made(type="List", **rest)


ROWS = (
    Row(
        "a variable",
        made(default_value="DE"),
        201,
        {
            "name": "Country",
            "type": "String",
            "code_name": "country",
            "default_value": "DE",
            "values": None,
            "created_by": {"email": "ada@acme.io"},
        },
    ),
    Row("its code name", made("Test @#$ Var!"), 201, {"code_name": "test__var"}),
    Row("is what is sent for it not", made(code_name="x"), 201, {"code_name": "country"}),
    Row(
        "it is there once",
        made("country"),
        400,
        {"type": "validation_error", "detail": "Variable with this code name already exists"},
        [made()],
    ),
    Row(
        "it does not follow",
        PATCH(ITS, {"name": "Land"}),
        200,
        {"name": "Land", "code_name": "country"},
        [made()],
    ),
    Row(
        "and is not looked at then", PATCH(ITS, {"name": "Land"}), 200, given=[made("Land", "other"), made()]
    ),
    Row("a name is needed", POST(ALL, {"type": "String"}), 400, validation("required", "name")),
    Row("the longest name", made("x" * 401), 400, validation("max_length", "name")),
    Row("a type is needed", POST(ALL, {"name": "x"}), 400, validation("required", "type")),
    Row("of five", made(type="Colour"), 400, validation("invalid_choice", "type")),
    Row("options are texts", of_list(values=["DE", 1, True]), 201, {"values": ["DE", "1", "True"]}),
    Row("not objects", of_list(values=[{}]), 400, validation("invalid_input", "values")),
    Row("what is no list is none", of_list(values="DE"), 201, {"values": []}),
    Row(
        "several at once",
        of_list(is_multi=True, values_query="select 1"),
        201,
        {"is_multi": True, "values_query": "select 1"},
        ages=NOW,
    ),
    Row(
        "only of lists",
        made(is_multi=True, values_query="select 1"),
        201,
        {"is_multi": False, "values_query": None},
        ages=NOW,
    ),
    Row("2025 has one", of_list(is_multi=True), 201, {"is_multi": "<missing>"}, ages=(2025,)),
    Row("one", GET(ITS), 200, {"name": "Country"}, [made()]),
    Row("PUT wants all of it", PUT(ITS, {"name": "x"}), 400, validation("required", "type"), [made()]),
    Row("deleted for good", DELETE(ITS), 204, given=[made()]),
    Row("then it is not there", GET(ITS), 404, NOT_FOUND, [made(), lambda api: api.send(DELETE(ITS))]),
    Row("not an id", GET(ALL + "7/"), 404, NOT_FOUND),
    Row("no page", GET(ALL + "?page=2"), 404, NOT_FOUND),
    Row("under environments, too", GET("/api/environments/{project}/insight_variables/"), 200, {"count": 0}),
    Row(
        "a scope to write",
        POST(ALL, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["insight_variable:read"])],
    ),
)


@table(
    tuple(
        row
        if row.ages != (2024, 2025, 2026)
        else Row(row.says, row.call, row.status, row.has, row.given, MODERN)
        for row in ROWS
    )
)
def test_variables(api: API, row: Row) -> None:
    check(api, row)


def test_pages_are_numbered_and_have_five_hundred(api: API) -> None:
    api.send(POST("/_sandbox/bulk", {"insight_variables": 501}))

    first = api.get(ALL + "?limit=1")
    second = api.get(ALL + "?page=2")

    assert (first["count"], len(first["results"]), len(second["results"])) == (501, 500, 1)
    assert first["next"].endswith("page=2")
    assert len({each["id"] for each in first["results"] + second["results"]}) == 501


@table([Row("keys could not", GET(ALL, key="{any}"), 403, DENIED, [a_key("any", scopes=["*"])], (2024,))])
def test_2024(api: API, row: Row) -> None:
    check(api, row)
