"""Section 10.4 of the API page: evaluations."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import a_key
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    GET,
    NOT_FOUND,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

EVALUATIONS = "/api/environments/{project}/evaluations/"
FIRST: dict[str, Any] = {"name": "Politeness", "prompt": "Is the answer polite?"}
SECOND: dict[str, Any] = {
    "name": "Politeness",
    "evaluation_type": "llm_judge",
    "evaluation_config": {"prompt": "Is the answer polite?"},
    "output_type": "boolean",
    "output_config": {},
}
A_FIRST = POST(EVALUATIONS, FIRST, saves="evaluation")
A_SECOND = POST(EVALUATIONS, SECOND, saves="evaluation")
ONE = EVALUATIONS + "{evaluation}/"

ROWS = (
    Row("none in 2024", GET("/api/projects/{project}/evaluations/"), 404, NOT_FOUND, ages=(2024,)),
    Row(
        "2025 has a prompt",
        A_FIRST,
        201,
        {
            "name": "Politeness",
            "description": "",
            "enabled": False,
            "prompt": "Is the answer polite?",
            "conditions": [],
            "deleted": False,
            "created_by": {"uuid": "{ada}"},
            "evaluation_type": "<missing>",
        },
        ages=(2025,),
    ),
    Row(
        "2026 has a configuration",
        A_SECOND,
        201,
        {**SECOND, "prompt": "<missing>", "enabled": False, "conditions": [], "deleted": False},
        ages=(2026,),
    ),
    Row(
        "2025 wants a prompt", POST(EVALUATIONS, SECOND), 400, validation("required", "prompt"), ages=(2025,)
    ),
    Row(
        "2026 wants a type",
        POST(EVALUATIONS, FIRST),
        400,
        validation("required", "evaluation_type"),
        ages=(2026,),
    ),
    Row(
        "a judge has a prompt",
        POST(EVALUATIONS, {**SECOND, "evaluation_config": {"prompt": " "}}),
        400,
        validation("invalid_input", "config"),
        ages=(2026,),
    ),
    Row(
        "types are listed",
        POST(EVALUATIONS, {**SECOND, "output_type": "colour"}),
        400,
        validation("invalid_choice", "output_type"),
        ages=(2026,),
    ),
    Row(
        "a name is needed",
        POST(EVALUATIONS, {**SECOND, "name": ""}),
        400,
        validation("blank", "name"),
        ages=(2026,),
    ),
    Row(
        "under projects, too",
        GET("/api/projects/{project}/evaluations/"),
        200,
        {"count": 0},
        ages=(2025, 2026),
    ),
    Row("one", GET(ONE), 200, {"name": "Politeness"}, given=[A_SECOND], ages=(2026,)),
    Row(
        "PATCH changes what it names",
        PATCH(ONE, {"enabled": True}),
        200,
        {**SECOND, "enabled": True},
        given=[A_SECOND],
        ages=(2026,),
    ),
    Row(
        "PATCH of the prompt",
        PATCH(ONE, {"prompt": "Is it rude?"}),
        200,
        {"name": "Politeness", "prompt": "Is it rude?"},
        given=[A_FIRST],
        ages=(2025,),
    ),
    Row(
        "PUT wants all of it",
        PUT(ONE, {"name": "x"}),
        400,
        validation("required", "evaluation_type"),
        given=[A_SECOND],
        ages=(2026,),
    ),
    Row(
        "DELETE is not offered, and says so without a body",
        DELETE(ONE),
        405,
        "",
        given=[A_SECOND],
        ages=(2026,),
    ),
    Row("nor in 2025", DELETE(ONE), 405, "", given=[A_FIRST], ages=(2025,)),
    Row(
        "DELETE asks for its scope first",
        DELETE(ONE, key="{reader}"),
        403,
        DENIED,
        given=[A_SECOND, a_key("reader", scopes=["evaluation:read"])],
        ages=(2026,),
    ),
    Row(
        "deleted is set instead",
        PATCH(ONE, {"deleted": True}),
        200,
        {"deleted": True},
        given=[A_SECOND],
        ages=(2026,),
    ),
    Row(
        "then it is hidden",
        GET(EVALUATIONS),
        200,
        {"count": 0},
        given=[A_SECOND, PATCH(ONE, {"deleted": True})],
        ages=(2026,),
    ),
    Row(
        "for one, too",
        GET(ONE),
        404,
        NOT_FOUND,
        given=[A_SECOND, PATCH(ONE, {"deleted": True})],
        ages=(2026,),
    ),
    Row(
        "and can come back",
        PATCH(ONE, {"deleted": False}),
        200,
        {"deleted": False},
        given=[A_SECOND, PATCH(ONE, {"deleted": True})],
        ages=(2026,),
    ),
    Row("unknown", GET(EVALUATIONS + "{nobody}/"), 404, NOT_FOUND, ages=(2025, 2026)),
    Row("not an id", GET(EVALUATIONS + "7/"), 404, NOT_FOUND, ages=(2025, 2026)),
    Row(
        "enabled ones",
        GET(EVALUATIONS + "?enabled=true"),
        200,
        {"count": 1, "results": [{"name": "On"}]},
        given=[A_SECOND, POST(EVALUATIONS, {**SECOND, "name": "On", "enabled": True})],
        ages=(2026,),
    ),
    Row(
        "by ids",
        GET(EVALUATIONS + "?id__in={evaluation}"),
        200,
        {"count": 1},
        given=[POST(EVALUATIONS, {**SECOND, "name": "Other"}), A_SECOND],
        ages=(2026,),
    ),
    Row(
        "ids that are none",
        GET(EVALUATIONS + "?id__in=7"),
        400,
        validation("invalid_input", "id__in"),
        ages=(2026,),
    ),
    Row("a search", GET(EVALUATIONS + "?search=POLITE"), 200, {"count": 1}, given=[A_SECOND], ages=(2026,)),
    Row(
        "in another order",
        GET(EVALUATIONS + "?order_by=-name"),
        200,
        {"results": [{"name": "Z"}, {"name": "Politeness"}]},
        given=[POST(EVALUATIONS, {**SECOND, "name": "Z"}), A_SECOND],
        ages=(2026,),
    ),
    Row(
        "in an order that there is not",
        GET(EVALUATIONS + "?order_by=colour"),
        400,
        validation("invalid_choice", "order_by"),
        ages=(2026,),
    ),
)


@table(ROWS)
def test_evaluations(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", [2025, 2026])
def test_a_project_has_its_own(api: API, age: int) -> None:
    api.send(A_FIRST if age == 2025 else A_SECOND)
    other = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"})).body["id"]

    assert api.get(EVALUATIONS)["count"] == 1
    assert api.get(f"/api/environments/{other}/evaluations/")["count"] == 0
