"""Sections 10.1 and 10.3 of the API page: what old servers calculated without queries."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import a_key
from sandbox.table import API, DENIED, GET, NOT_FOUND, POST, Row, check, table, validation

TREND = "/api/projects/{project}/insights/trend/"
PERSONS = "/api/projects/{project}/persons/"
VIEWS = '[{"id":"$pageview"}]'


def happened(*events: tuple[str, str, int]) -> Any:
    """Only these: name of the event, distinct id, days ago."""

    def step(api: API) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from pulumi_posthog.sandbox.families.event_store import Event, Ingestion, PersonDistinctId

        Event.objects.all().delete()
        Ingestion.objects.all().delete()
        for name, distinct_id, days in events:
            row = PersonDistinctId.objects.select_related("person").get(distinct_id=distinct_id)
            Event.objects.create(
                project_id=api.names["project"],
                event=name,
                distinct_id=distinct_id,
                person_uuid=row.person.uuid,
                timestamp=timezone.now() - timedelta(days=days),
            )

    return step


def people(*names: str) -> dict[str, Any]:
    found = [{"name": f"{name}@example.org"} for name in names]
    return {"results": [{"people": found, "count": len(found)}], "next": None, "is_cached": False}


SOME = happened(("signup", "kim", 2), ("order", "kim", 1), ("signup", "lou", 2), ("order", "max", 2))

ROWS = (
    Row(
        "a trend has lines",
        GET(TREND + f"?events={VIEWS}"),
        200,
        {"timezone": "UTC", "is_cached": False, "next": None},
        ages=(2024, 2025),
    ),
    Row(
        "its body can be a body",
        POST(TREND, {"events": [{"id": "signup"}, {"id": "order", "math": "dau"}], "date_from": "-3d"}),
        200,
        {"result": [{"label": "signup", "data": [0, 2, 0, 0]}, {"label": "order", "data": [0, 1, 1, 0]}]},
        given=[SOME],
        ages=(2024, 2025),
    ),
    Row("a trend of nothing", GET(TREND), 200, {"result": []}, ages=(2024, 2025)),
    Row("newer servers have queries instead", GET(TREND), 404, NOT_FOUND, ages=(2026,)),
    Row(
        "what would change it is not passed over",
        POST(TREND, {"events": [{"id": "signup"}], "breakdown": "$browser"}),
        400,
        validation("invalid_input", "breakdown"),
        ages=(2024, 2025),
    ),
    Row(
        "nor in a series",
        POST(TREND, {"events": [{"id": "signup", "properties": [{"key": "a", "value": "b"}]}]}),
        400,
        validation("invalid_input", "events"),
        ages=(2024, 2025),
    ),
    Row(
        "a trend asks for its scope",
        GET(TREND, key="{other}"),
        403,
        DENIED,
        given=[a_key("other", scopes=["query:read"])],
        ages=(2025,),
    ),
    Row(
        "who did it",
        GET(PERSONS + "trends/?entity_id=order"),
        200,
        people("max", "kim"),
        given=[SOME],
        ages=(2024,),
    ),
    Row("who did what?", GET(PERSONS + "trends/"), 400, validation("required", "entity_id"), ages=(2024,)),
    Row(
        "on how many days",
        GET(PERSONS + "stickiness/?entity_id=signup&stickiness_days=2"),
        200,
        people("kim"),
        given=[happened(("signup", "kim", 1), ("signup", "kim", 2), ("signup", "lou", 1))],
        ages=(2024,),
    ),
    Row(
        "who did not come again",
        GET(PERSONS + "lifecycle/?entity_id=signup&lifecycle_type=dormant&target_date=-1d"),
        200,
        people("lou", "kim"),
        given=[SOME],
        ages=(2024,),
    ),
    Row(
        "a lifecycle that there is not",
        GET(PERSONS + "lifecycle/?entity_id=signup&lifecycle_type=asleep&target_date=-1d"),
        400,
        validation("invalid_choice", "lifecycle_type"),
        ages=(2024,),
    ),
    Row(
        "who came through a funnel",
        POST(PERSONS + "funnel/", {"events": [{"id": "signup"}, {"id": "order"}], "funnel_step": 2}),
        200,
        people("kim"),
        given=[SOME],
        ages=(2024,),
    ),
    Row(
        "who got stuck in it",
        GET(PERSONS + 'funnel/?events=[{"id":"signup"},{"id":"order"}]&funnel_step=-2'),
        200,
        people("lou"),
        given=[SOME],
        ages=(2024,),
    ),
    Row(
        "a step that there is not",
        POST(PERSONS + "funnel/", {"events": [{"id": "signup"}], "funnel_step": 2}),
        400,
        validation("invalid_input", "funnel_step"),
        ages=(2024,),
    ),
    *(
        Row(
            f"{path} would be guessed",
            GET(PERSONS + f"{path}/"),
            400,
            validation("invalid_input", None),
            ages=(2024,),
        )
        for path in ("funnel/correlation", "path", "retention")
    ),
    *(
        Row(f"{path} is not for keys", GET(PERSONS + f"{path}/"), 403, DENIED, ages=(2025, 2026))
        for path in ("funnel", "funnel/correlation", "lifecycle", "stickiness", "trends")
    ),
    *(
        Row(f"{path} is not for keys, until it is gone", GET(PERSONS + f"{path}/"), 403, DENIED, ages=(2025,))
        for path in ("path", "retention")
    ),
    *(
        Row(f"{path} is gone", GET(PERSONS + f"{path}/"), 404, NOT_FOUND, ages=(2026,))
        for path in ("path", "retention")
    ),
)


@table(ROWS)
def test_calculations(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", [2025])
def test_a_table_of_a_trend(api: API, age: int) -> None:
    SOME(api)

    text = api.send(GET(TREND + '?events=[{"id":"signup"}]&date_from=-3d&format=csv')).body

    header, line = text.splitlines()
    assert header.startswith("series,20")
    assert line == "signup,0,2,0,0"
