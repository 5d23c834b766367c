"""What the methods of the families send, and what they make of the answers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pulumi_posthog.api import GaveUp, Invalid, NotForKeys, NotFound, Reader, Unreachable, WriteRefused
from pulumi_posthog.api.operations import FAMILIES, OPERATIONS, Exports, FileSystem, Persons, Queries, Roles
from pulumi_posthog.api.operations.insights import Insights
from pulumi_posthog.api.operations.operation import Operation

SOMEWHERE = {"project": 7, "organization": "acme", "role": "guests"}


class Server:
    """Answers by "METHOD path" (from a list, the last again and again), 404 for all else; keeps what was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {key: list(value) for key, value in answers.items()}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        waiting = self.answers.get(f"{request.method} {request.url.path}")
        if not waiting:
            return httpx.Response(404, json={"code": "not_found", "detail": "Endpoint not found."})
        status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(status, type):
            raise status("lost")
        if isinstance(body, bytes):
            return httpx.Response(status, content=body)
        return httpx.Response(status, json=body)

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def sent(self, number: int = -1) -> Any:
        return json.loads(self.requests[number].content)


QUERY, STATUS = "POST /api/projects/7/query/", "GET /api/projects/7/query/{}/"


class QueryServer(Server):
    """Runs one query, whatever id it was given: the answers to looking at it come one after another."""

    def __init__(self, first: Any, *looks: Any) -> None:
        super().__init__(**{QUERY: [first]})
        self.looks = list(looks)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/projects/7/query/") and request.method != "POST":
            self.requests.append(request)
            if request.method == "DELETE":
                return httpx.Response(204)
            status, body = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
            return httpx.Response(status, json=body)
        return super().__call__(request)


def running(**more: Any) -> dict[str, Any]:
    return {
        "query_status": {"complete": False, "error": False, "error_message": None, "results": None, **more}
    }


RESULTS = {"columns": ["event", "count()"], "results": [["signup", 3]], "hasMore": False}

# What no key may do


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.scope is None], ids=lambda row: row.name)
def test_what_no_key_may_do_is_refused_before_anything_is_sent(connect: Callable[..., Any], row: Operation):
    server = Server()
    family = next(each for each in FAMILIES if row in each.operations())
    method = getattr(family(connect(server), **SOMEWHERE), row.function.__name__)

    with pytest.raises(NotForKeys, match="nothing was sent") as refused:
        method(
            **{name: 1 for name in row.types if name == "id"}, **{n: {} for n in row.types if n == "orders"}
        )

    assert server.requests == []
    assert refused.value.hint == row.instead


# Where it is sent


def test_parameters_travel_where_posthog_reads_them(connect: Callable[..., Any]):
    server = Server(**{
        "POST /api/projects/7/persons/bulk_delete/": [(202, {})],
        "POST /api/projects/7/persons/3/update_property/": [(200, {})],
        "POST /api/projects/7/persons/3/delete_property/": [(201, {})],
        "GET /api/projects/7/persons/": [(200, {"results": []})],
    })  # fmt: skip
    persons = Persons(connect(server), project=7)

    persons.bulk_delete(distinct_ids=["ana@acme.io"], delete_events=True)
    persons.update_property(3, key="plan", value="paid")
    persons.delete_property(3, unset="plan")
    persons.list(properties=[{"key": "plan", "value": "paid"}], limit=5)

    assert [str(request.url.query, "ascii") for request in server.requests] == [
        "delete_events=true",
        "key=plan&value=paid",
        "%24unset=plan",
        "properties=%5B%7B%22key%22%3A+%22plan%22%2C+%22value%22%3A+%22paid%22%7D%5D&limit=5",
    ]
    assert server.sent(0) == {"distinct_ids": ["ana@acme.io"], "delete_events": True}


def test_an_id_cannot_lead_to_another_path(connect: Callable[..., Any]):
    server = Server()
    persons = Persons(connect(server), project=7)

    with pytest.raises(NotFound):
        persons.get("../../organizations")
    assert str(server.requests[0].url.raw_path, "ascii") == "/api/projects/7/persons/..%2F..%2Forganizations/"
    for wrong in ("", ".", ".."):
        with pytest.raises(ValueError, match="must name one object"):
            persons.get(wrong)


def test_a_family_that_a_server_has_below_environments_only_is_found_there(connect: Callable[..., Any]):
    server = Server(**{"GET /api/environments/7/file_system/": [(200, {"results": []})]})
    rows = FileSystem(connect(server), project=7)

    rows.list()
    rows.list()

    assert server.asked == [
        "GET /api/projects/7/file_system/",
        "GET /api/environments/7/file_system/",
        "GET /api/environments/7/file_system/",
    ]


def test_what_is_nowhere_is_not_found(connect: Callable[..., Any]):
    server = Server()

    with pytest.raises(NotFound) as missing:
        Roles(connect(server), organization="acme").get("x")

    assert missing.value.path == "/api/organizations/acme/roles/x/"
    assert len(server.requests) == 1


# Readers


def test_a_reader_may_ask_and_cancel_a_query_and_nothing_else(connect: Callable[..., Any]):
    server = QueryServer((200, RESULTS), (200, {}))
    reader = connect(server, kind=Reader)

    assert Queries(reader, project=7).run("select 1").rows == (["signup", 3],)
    Queries(reader, project=7).cancel("x")
    for refused in (
        lambda: Persons(reader, project=7).bulk_delete(ids=[1]),
        lambda: Persons(reader, project=7).delete(1),
        lambda: Exports(reader, project=7).create(export_format="image/png", dashboard=1),
        lambda: reader.send("POST", "/api/projects/7/query/chat/", body={}),
        lambda: reader.send("POST", "/api/projects/7/x/query/", body={}),
        lambda: reader.send("PATCH", "/api/projects/7/query/", body={}),
        lambda: reader.send("DELETE", "/api/projects/7/query/x/y/"),
    ):
        with pytest.raises(WriteRefused):
            refused()

    assert server.asked[0] == QUERY
    assert [request.method for request in server.requests] == ["POST", "DELETE"]


def test_asking_for_a_trend_changes_nothing(connect: Callable[..., Any]):
    server = Server(**{"POST /api/projects/7/insights/trend/": [(200, {"result": []})]})

    Insights(connect(server, kind=Reader), project=7).calculate_trend(body={"events": [{"id": "signup"}]})

    assert server.sent() == {"events": [{"id": "signup"}]}


# Queries


def test_a_query_is_asked_about_until_it_is_done(connect: Callable[..., Any], clock: Any):
    server = QueryServer((202, running()), (202, running()), (200, running(complete=True, results=RESULTS)))
    heard: list[float] = []

    result = Queries(connect(server, kind=Reader), project=7).run("select 1", progress=heard.append)

    assert (result.columns, result.rows, result.more) == (("event", "count()"), (["signup", 3],), False)
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]
    sent = server.sent(0)
    assert sent["query"] == {"kind": "HogQLQuery", "query": "select 1"}
    assert server.asked[1] == STATUS.format(sent["client_query_id"])
    assert heard == [0.0, clock.slept[0]]


def test_a_query_that_never_ends_is_cancelled(connect: Callable[..., Any], clock: Any):
    server = QueryServer((202, running()), (202, running()))

    with pytest.raises(GaveUp, match="did not end within 60 s and was cancelled"):
        Queries(connect(server, kind=Reader), project=7).run("select sleep(1e9)", within=60)

    assert server.requests[-1].method == "DELETE"
    assert [request.method for request in server.requests].count("DELETE") == 1
    assert sum(clock.slept) == pytest.approx(60)
    assert len(server.requests) < 25


def test_a_query_is_cancelled_on_the_way_out(connect: Callable[..., Any]):
    server = QueryServer((202, running()), (202, running()))

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Queries(connect(server, kind=Reader), project=7).run("select 1", progress=interrupt)

    assert [request.method for request in server.requests] == ["POST", "DELETE"]


@pytest.mark.parametrize(
    ("first", "look"),
    [
        (
            (400, {"type": "validation_error", "code": "illegal_hogql", "detail": "no viable alternative"}),
            None,
        ),
        ((202, running()), (200, running(error=True, error_message="no viable alternative"))),
        ((202, running()), (400, running(error=True, error_message="no viable alternative"))),
    ],
)
def test_a_query_that_fails_says_why_in_posthogs_words(connect: Callable[..., Any], first: Any, look: Any):
    server = QueryServer(first, look)

    with pytest.raises(Invalid, match="no viable alternative"):
        Queries(connect(server, kind=Reader), project=7).run("select nonsense from")

    assert len(server.requests) == (1 if look is None else 2)


def test_a_failed_query_is_not_looked_at_again(connect: Callable[..., Any]):
    server = QueryServer((202, running()), (500, running(error=True, error_message="memory limit")))

    with pytest.raises(Exception, match="memory limit"):
        Queries(connect(server, kind=Reader), project=7).run("select 1")

    assert [request.method for request in server.requests] == ["POST", "GET"]


def test_a_query_whose_answer_was_lost_is_asked_again_under_the_same_id(connect: Callable[..., Any]):
    server = Server(**{QUERY: [(httpx.ReadError, None), (503, {"detail": "busy"}), (200, RESULTS)]})

    result = Queries(connect(server, kind=Reader), project=7).run("select 1")

    assert result.rows == (["signup", 3],)
    assert len({server.sent(number)["client_query_id"] for number in range(3)}) == 1


def test_a_query_that_nobody_answered_has_changed_nothing(connect: Callable[..., Any]):
    server = Server(**{QUERY: [(httpx.ReadError, None)]})

    with pytest.raises(Unreachable):
        Queries(connect(server, kind=Reader), project=7).run("select 1")


def test_too_many_queries_at_once_wait_for_their_turn(connect: Callable[..., Any], clock: Any):
    busy = (429, {"type": "throttled_error", "code": "throttled", "detail": "too many concurrent queries"})
    server = Server(**{QUERY: [busy, busy, (200, RESULTS)]})

    Queries(connect(server, kind=Reader), project=7).run("select 1")

    assert clock.slept == [1.0, 2.0]


def test_what_queries_are_turned_away_for_holds_up_nothing_else(connect: Callable[..., Any], clock: Any):
    spent = (429, {"type": "throttled_error", "code": "throttled", "detail": "throttled"})
    server = Server(**{QUERY: [spent], "GET /api/projects/7/persons/": [(200, {"results": []})]})
    client = connect(server)

    with pytest.raises(GaveUp, match="later than allowed"):
        Queries(client, project=7).run("select 1", within=20)
    slept = sum(clock.slept)
    Persons(client, project=7).list()

    assert sum(clock.slept) == slept <= 20
    assert client.pace.of("queries").believed_per_minute == 240
    assert client.pace.sent["POST"] > 1


# Persons


def test_persons_are_read_as_far_as_they_are_asked_for(connect: Callable[..., Any]):
    link = "https://elsewhere/api/projects/7/persons/?limit=2&offset=2&search=a"
    server = Server(**{
        "GET /api/projects/7/persons/": [
            (200, {"results": [{"id": 1}, {"id": 2}], "next": link}),
            (200, {"results": [{"id": 3}], "next": None}),
        ]
    })  # fmt: skip
    persons = Persons(connect(server), project=7).iterate(search="a", page_size=2)

    first = [next(persons)["id"], next(persons)["id"]]
    requests = len(server.requests)
    rest = [person["id"] for person in persons]

    assert (first, requests, rest) == ([1, 2], 1, [3])
    assert dict(server.requests[1].url.params) == {"limit": "2", "offset": "2", "search": "a"}


def test_persons_are_erased_by_the_hundred(connect: Callable[..., Any]):
    server = Server(**{"POST /api/projects/7/persons/bulk_delete/": [(202, {"persons_found": 1})]})
    heard: list[tuple[int, int]] = []

    answers = Persons(connect(server), project=7).erase(
        ids=range(250), delete_events=True, progress=lambda done, total: heard.append((done, total))
    )

    assert len(answers) == 3
    assert [len(server.sent(number)["ids"]) for number in range(3)] == [100, 100, 50]
    assert heard == [(100, 250), (200, 250), (250, 250)]
    assert all("ids" not in request.url.params for request in server.requests)


def test_an_erasure_whose_answer_was_lost_is_sent_again(connect: Callable[..., Any]):
    server = Server(**{"POST /api/projects/7/persons/bulk_delete/": [(httpx.ReadError, None), (202, {})]})

    Persons(connect(server), project=7).erase(distinct_ids=["a"])

    assert len(server.requests) == 2


@pytest.mark.parametrize("given", [{}, {"ids": [1], "distinct_ids": ["a"]}])
def test_an_erasure_goes_by_one_of_the_two(connect: Callable[..., Any], given: dict[str, Any]):
    with pytest.raises(ValueError, match="either by id or by distinct id"):
        Persons(connect(Server()), project=7).erase(**given)


# Exports


def exports(connect: Callable[..., Any], **answers: Any) -> tuple[Exports, Server]:
    server = Server(**{f"GET /api/projects/7/exports/{path}": value for path, value in answers.items()})
    return Exports(connect(server), project=7), server


def test_an_export_is_waited_for_and_kept(connect: Callable[..., Any]):
    mine, server = exports(
        connect,
        **{
            "3/": [(200, {"id": 3, "has_content": False}), (200, {"id": 3, "has_content": True})],
            "3/content/": [(200, b"\x89PNG and more")],
        },
    )
    kept = io.BytesIO()

    assert mine.finished(3)["id"] == 3
    assert mine.content(3, kept) == 13
    assert kept.getvalue() == b"\x89PNG and more"
    assert len(server.requests) == 3


def test_a_file_that_broke_off_is_written_from_its_beginning_again(connect: Callable[..., Any]):
    mine, server = exports(connect, **{"3/content/": [(503, b"x"), (200, b"short")]})
    kept = io.BytesIO()

    mine.content(3, kept)

    assert (kept.getvalue(), len(server.requests)) == (b"short", 2)


def test_an_export_that_posthog_could_not_make_says_why(connect: Callable[..., Any]):
    mine, _ = exports(connect, **{"3/": [(200, {"has_content": False, "exception": "browser crashed"})]})

    with pytest.raises(Invalid, match='could not make the file: "browser crashed"'):
        mine.finished(3)


def test_an_export_that_never_ends_is_given_up(connect: Callable[..., Any], clock: Any):
    mine, _ = exports(connect, **{"3/": [(200, {"has_content": "false"})]})

    with pytest.raises(GaveUp, match="within 30 s"):
        mine.finished(3, within=30)

    assert sum(clock.slept) == pytest.approx(30)
