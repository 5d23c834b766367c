"""Section 10.5 of the API page: events; and how they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.steps import a_key, switched
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    GET,
    MODERN,
    NOT_FOUND,
    POST,
    Row,
    check,
    table,
    validation,
)

EVENTS = "/api/projects/{project}/events/"
CONTROL = "/_sandbox/events"


def only(*events: dict[str, Any]) -> Any:
    """Only these."""

    def step(api: API) -> None:
        api.send(POST(CONTROL, {"arrive": False}))
        api.send(DELETE(CONTROL))
        api.send(POST(CONTROL, {"events": list(events)}))

    return step


SOME = only(
    {"event": "page", "distinct_id": "kim", "seconds_ago": 60, "properties": {"plan": "paid", "n": 3}},
    {"event": "page", "distinct_id": "lou", "seconds_ago": 120, "properties": {"plan": "free", "n": 30}},
    {"event": "order placed", "distinct_id": "who", "seconds_ago": 180},
    {"event": "old", "distinct_id": "kim", "seconds_ago": 90_000},
)


def named(*names: str) -> dict[str, Any]:
    return {"results": [{"event": name} for name in names]}


ROWS = (
    Row(
        "the last day, the newest first",
        GET(EVENTS),
        200,
        {**named("page", "page", "order placed"), "next": None},
        given=[SOME],
    ),
    Row(
        "an event says what, who and when",
        GET(EVENTS + "?distinct_id=kim"),
        200,
        {
            "results": [
                {
                    "event": "page",
                    "distinct_id": "kim",
                    "properties": {"plan": "paid", "n": 3},
                    "person": {"properties": {"email": "kim@example.org"}, "is_identified": True},
                    "elements": [],
                    "elements_chain": "",
                }
            ]
        },
        given=[SOME],
    ),
    Row(
        "nobody is behind some",
        GET(EVENTS + "?distinct_id=who"),
        200,
        {"results": [{"event": "order placed", "person": None}]},
        given=[SOME],
    ),
    Row("by name", GET(EVENTS + "?event=order placed"), 200, named("order placed"), given=[SOME]),
    Row("earlier ones", GET(EVENTS + "?after=-3d&event=old"), 200, named("old"), given=[SOME]),
    Row("since a day", GET(EVENTS + "?after=2020-01-01&limit=1"), 200, named("page"), given=[SOME]),
    Row("until a day", GET(EVENTS + "?after=2020-01-01&before=2021-01-01"), 200, named(), given=[SOME]),
    Row("a time that is none", GET(EVENTS + "?after=soon"), 400, validation("invalid_input", "after")),
    Row(
        "by a property",
        GET(EVENTS + '?properties=[{"key":"n","value":10,"operator":"gt"}]'),
        200,
        {"results": [{"distinct_id": "lou"}]},
        given=[SOME],
    ),
    Row(
        "select is for queries", GET(EVENTS + '?select=["event"]'), 400, validation("invalid_input", "select")
    ),
    Row(
        "pages",
        GET(EVENTS + "?limit=1"),
        200,
        {"next": "http://localhost/api/projects/{project}/events/?limit=1&offset=1", **named("page")},
        given=[SOME],
    ),
    Row(
        "the last page",
        GET(EVENTS + "?limit=2&offset=2"),
        200,
        {"next": None, **named("order placed")},
        given=[SOME],
    ),
    Row(
        "the names of own events",
        GET(EVENTS + "values/?key=custom_event"),
        200,
        lambda _: [{"name": "old"}, {"name": "order placed"}, {"name": "page"}],
        given=[SOME],
    ),
    Row(
        "values of a property",
        GET(EVENTS + "values/?key=plan&value=FR"),
        200,
        lambda _: [{"name": "free"}],
        given=[SOME],
    ),
    Row("an id that is none", GET(EVENTS + "7/"), 400, validation("invalid_input", None)),
    Row("unknown", GET(EVENTS + "{nobody}/"), 404, NOT_FOUND),
    Row(
        "under the environment, too",
        GET("/api/environments/{project}/events/"),
        200,
        named("page", "page", "order placed"),
        given=[SOME],
        ages=MODERN,
    ),
    Row(
        "events ask for query:read",
        GET(EVENTS, key="{other}"),
        403,
        DENIED,
        given=[a_key("other", scopes=["person:read"])],
        ages=MODERN,
    ),
    Row(
        "and are not made here",
        POST(EVENTS, {"event": "x"}, key="{all}"),
        403,
        DENIED,
        given=[a_key("all", scopes=["*"])],
    ),
)


@table(ROWS)
def test_events(api: API, row: Row) -> None:
    check(api, row)


def test_one_event_by_its_id(api: API) -> None:
    SOME(api)
    first = api.results(EVENTS)[0]

    assert api.get(EVENTS + f"{first['id']}/") == first


def test_a_table_of_events(api: API) -> None:
    SOME(api)

    lines = api.get(EVENTS + "?format=csv&event=page").splitlines()

    assert len(lines) == 3
    assert {"event", "distinct_id", "properties.plan", "timestamp"} <= set(lines[0].split(","))


def test_an_event_comes_every_five_minutes(api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from pulumi_posthog.sandbox.families.event_store import Event

    api.get(CONTROL)
    before = Event.objects.count()
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert api.get(CONTROL)["projects"]["1"]["events"] == before + 24


def test_the_same_events_in_every_sandbox(api: API) -> None:
    first = api.results(EVENTS + "?limit=50")
    api.send(DELETE(CONTROL))
    from django.utils import timezone

    from pulumi_posthog.sandbox.families.event_store import Ingestion

    Ingestion.objects.update(arrived_until=timezone.now() - timedelta(days=3))

    assert api.results(EVENTS + "?limit=50") == first


def test_events_stop_and_come_again(api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    def later(hours: int) -> None:
        then = timezone.now() + timedelta(hours=hours)
        monkeypatch.setattr(timezone, "now", lambda: then)

    def events() -> int:
        found = api.get(CONTROL)["projects"]["1"]["events"]
        assert isinstance(found, int)
        return found

    assert api.send(POST(CONTROL, {"arrive": False})).body["projects"]["1"]["arrive"] is False
    before = events()
    later(hours=5)
    assert events() == before

    api.send(POST(CONTROL, {"arrive": True}))
    later(hours=1)

    assert events() == before + 12


def test_events_can_be_made_never_to_have_happened(api: API) -> None:
    api.send(POST(CONTROL, {"arrive": False}))

    gone = api.send(DELETE(CONTROL, json={"newer_than_seconds": 3600})).body["deleted"]

    assert gone == 12
    assert api.send(DELETE(CONTROL, json={"event": "nothing"})).body == {"deleted": 0}


def test_a_deleted_person_does_not_come_back_with_new_events(
    api: API, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    kim = api.results("/api/projects/{project}/persons/?distinct_id=kim")[0]
    api.send(DELETE(f"/api/projects/{{project}}/persons/{kim['id']}/"))
    begin = timezone.now()
    later = begin + timedelta(hours=8)
    monkeypatch.setattr(timezone, "now", lambda: later)

    names = {
        each["distinct_id"] for each in api.results(EVENTS + f"?limit=1000&after={begin:%Y-%m-%dT%H:%M:%S}Z")
    }

    assert len(names) > 5
    assert not names & set(kim["distinct_ids"])


def test_new_projects_have_data_where_all_have(api: API) -> None:
    switched(sample_data="all")(api)
    made = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"})).body

    assert made["ingested_event"] is True
    assert api.get(f"/api/projects/{made['id']}/persons/")["count"] == 8


def test_projects_are_empty_otherwise(api: API) -> None:
    made = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"})).body

    assert made["ingested_event"] is False
    assert api.get(CONTROL)["projects"][str(made["id"])] == {"events": 0, "persons": 0, "arrive": False}


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("events", {"events": {}}, "events is a list"),
        ("events", {"events": [{"name": "x"}]}, "an event has event"),
        ("events", {"events": [{"event": ""}]}, "has the name"),
        ("events", {"events": [{"event": "x", "seconds_ago": -1}]}, "seconds_ago"),
        ("events", {"events": [{"event": "x", "properties": []}]}, "properties is an object"),
        ("events", {"arrive": "yes"}, "arrive is true or false"),
        ("events", {"project": 4242}, "there is no project 4242"),
        ("persons", {"persons": [{"distinct_ids": []}]}, "a list of distinct_ids"),
        ("persons", {"persons": [{"distinct_ids": ["kim"]}]}, "another person's"),
        ("persons", {"persons": [{"distinct_ids": ["x"], "uuid": "7"}]}, "badly formed"),
    ],
)
def test_mistakes_are_told(api: API, path: str, body: dict[str, Any], says: str) -> None:
    answer = api.send(POST(f"/_sandbox/{path}", body))

    assert answer.status == 400
    assert says in answer.body["error"]


def test_many_at_once(api: API) -> None:
    made = api.send(POST("/_sandbox/bulk", {"persons": 250, "events": 300})).body

    assert made == {"persons": 250, "events": 300}
    assert api.get("/api/projects/{project}/persons/?limit=1")["count"] == 258
    assert len(api.results(EVENTS + "?event=bulk&limit=1000")) == 300


def test_a_seed_file_gives_its_projects_data(api: API, tmp_path: Any) -> None:
    from pulumi_posthog.sandbox.control.seed_file import seed_from

    file = tmp_path / "posthog.yaml"
    file.write_text("organization: {name: Other}\nprojects: {Web: {}, Shop: {}}\n")
    from pulumi_posthog.sandbox.rules.models import User

    User.objects.all().delete()
    seed_from(file)

    counts = [each["persons"] for each in api.get(CONTROL)["projects"].values()]
    assert counts[-2:] == [8, 8]
