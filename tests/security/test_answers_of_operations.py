"""Every operation of the table, and an answer that is not what it asked for: it is refused in one line."""

from __future__ import annotations

import inspect
import json
from typing import Any

import httpx
import pytest

from pulumi_posthog.api import ApiError, Connection, OutcomeUnknown, Pace, Writer
from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations import FAMILIES, OPERATIONS, Exports, Operation, Queries
from pulumi_posthog.api.operations.events import Events

PLACES = {"project": 7, "organization": "acme", "role": "guests"}
GOOD = {Shape.OBJECT: {"id": 1}, Shape.PAGE: {"results": [{"id": 1}]}, Shape.ARRAY: [{"name": "free"}]}
ANSWERS: tuple[Any, ...] = (
    [],
    ["text"],
    [[]],
    [None],
    3,
    1e308,
    "text",
    None,
    True,
    {},
    {"results": 3},
    {"results": {}},
    {"results": [3]},
    {"results": ["text"]},
    {"results": [None]},
    {"results": [], "count": "many"},
    {"results": [], "next": 3},
)
READ = [row for row in OPERATIONS if row.scope is not None and "target" not in row.types]


def answered(answer: Any) -> Writer:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=json.dumps(answer)))
    return Writer(
        Connection("https://eu.posthog.com", "phx_x"),
        pace=Pace(sleep=lambda _seconds: None),
        transport=transport,
    )


def carry_out(row: Operation, client: Writer) -> Any:
    """The operation with the least that it takes."""
    (family,) = (each for each in FAMILIES if row in each.operations())
    needed = [
        name
        for name, parameter in inspect.signature(row.function).parameters.items()
        if parameter.default is parameter.empty and name != "self"
    ]
    given = {name: {} if name in ("body", "properties", "query") else 1 for name in needed}
    return getattr(family(client, **PLACES), row.name.rpartition(".")[2])(**given)


def fits(shape: Shape, answer: Any) -> bool:
    """The specification, in words of its own."""
    if shape is Shape.ANYTHING:
        return True
    if shape is Shape.OBJECT:
        return isinstance(answer, dict)
    if shape is Shape.ARRAY:
        return isinstance(answer, list)
    return answer == []  # a bare list is a whole page (posthog-api.md 1.7), of objects


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
def test_an_answer_of_another_shape_is_refused_in_one_line(row: Operation):
    for answer in ANSWERS:
        with answered(answer) as client:
            if fits(row.shape, answer):
                assert carry_out(row, client) == answer
                continue
            with pytest.raises(ApiError) as refused:
                carry_out(row, client)
        message = str(refused.value).partition("\n  hint: ")[0]
        assert "\n" not in message, answer
        assert message.startswith(f"{row.method} /api/"), answer
        assert refused.value.hint, answer


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
def test_a_write_with_such_an_answer_may_have_been_carried_out(row: Operation):
    writes = row.method in ("POST", "PATCH", "PUT") and ":write" in str(row.scope)

    with answered(3) as client:
        if row.shape is Shape.ANYTHING:
            assert carry_out(row, client) == 3
            return
        with pytest.raises(ApiError) as refused:
            carry_out(row, client)

    assert isinstance(refused.value, OutcomeUnknown) is writes


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
def test_an_answer_of_its_shape_comes_as_it_is(row: Operation):
    answer = GOOD.get(row.shape)

    with answered(answer) as client:
        assert carry_out(row, client) == answer


@pytest.mark.parametrize(
    "status", [{"id": ".."}, {"id": ""}, {"id": {}}, {"id": "../../x"}, {"complete": "no", "id": 3}]
)
def test_a_query_whose_status_is_strange_is_given_up_or_refused(status: dict[str, Any]):
    with answered({"query_status": status}) as client, pytest.raises(ApiError):
        Queries(client, project=7).run("select 1", within=0.01)


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a not in ([], {"results": []})], ids=json.dumps)
def test_what_is_read_page_by_page_holds_objects_alone(answer: Any):
    with answered(answer) as client, pytest.raises(ApiError):
        list(Events(client, project=7).iterate())


@pytest.mark.parametrize("answer", [a for a in ANSWERS if not isinstance(a, dict)], ids=json.dumps)
def test_an_export_that_is_no_object_is_not_waited_for(answer: Any):
    with answered(answer) as client, pytest.raises(ApiError):
        Exports(client, project=7).finished(3, within=0.01)
