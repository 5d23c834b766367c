"""posthog-api-analytics.md 6 as tables: annotations."""

from __future__ import annotations

from typing import Any

from sandbox.steps import a_key, an_object
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
    PUT,
    Call,
    Row,
    check,
    table,
    validation,
)

ALL = ONE + "annotations/"
ITS = ALL + "{annotation}/"


def made(saves: str = "annotation", **rest: Any) -> Call:
    body = {"content": "Launch", "date_marker": "2026-03-01T09:00:00Z", "scope": "project", **rest}
    return POST(ALL, body, saves=saves)


def another_project(api: API) -> None:
    made = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"}))
    api.names["second"] = made.body["id"]


def delete_insight(api: API) -> None:
    from pulumi_posthog.sandbox.families.chart_objects import Insight

    Insight.objects.filter(pk=api.names["insight"]).update(deleted=True)


AN_INSIGHT = an_object("insight", "insight", "Signups")
GONE = PATCH(ITS, {"deleted": True})
ROWS = (
    Row(
        "an annotation",
        made(),
        201,
        {
            "content": "Launch",
            "date_marker": "2026-03-01T09:00:00Z",
            "scope": "project",
            "creation_type": "USR",
            "dashboard_item": None,
            "insight_short_id": None,
            "insight_name": None,
            "insight_derived_name": None,
            "deleted": False,
            "created_by": {"email": "ada@acme.io"},
        },
    ),
    Row(
        "its moment is told in UTC",
        made(date_marker="2026-03-01T10:00:00+01:00"),
        201,
        {"date_marker": "2026-03-01T09:00:00Z"},
    ),
    Row(
        "with what a second is made of",
        made(date_marker="2026-03-01T09:00:00.5Z"),
        201,
        {"date_marker": "2026-03-01T09:00:00.500000Z"},
    ),
    Row(
        "nothing is needed",
        POST(ALL, {}),
        201,
        {"content": None, "date_marker": None, "scope": "dashboard_item"},
    ),
    Row("a content may be blank", made(content=""), 201, {"content": ""}),
    Row("the longest content", made(content="x" * 8193), 400, validation("max_length", "content")),
    Row("no moment", made(date_marker="soon"), 400, validation("invalid_input", "date_marker")),
    Row("no scope of recordings", made(scope="recording"), 400, validation("invalid_choice", "scope")),
    Row("one of dashboards", made(scope="dashboard"), 201, {"scope": "dashboard"}, ages=MODERN),
    Row(
        "which 2024 does not know",
        made(scope="dashboard"),
        400,
        validation("invalid_choice", "scope"),
        ages=(2024,),
    ),
    Row("made by automation", made(creation_type="GIT"), 201, {"creation_type": "GIT"}),
    Row("or by nobody else", made(creation_type="BOT"), 400, validation("invalid_choice", "creation_type")),
    Row(
        "of an insight",
        made(scope="dashboard_item", dashboard_item="{insight}"),
        201,
        {"dashboard_item": "{insight}", "insight_name": "Signups"},
        [AN_INSIGHT],
    ),
    Row("that exists", made(dashboard_item=999), 400, validation("does_not_exist", "dashboard_item")),
    Row(
        "of a dashboard",
        made(dashboard_id="{dashboard}"),
        201,
        {"dashboard_id": "{dashboard}", "dashboard_name": "KPIs"},
        ages=NOW,
    ),
    Row(
        "that exists, too", made(dashboard_id=999), 400, validation("invalid_input", "dashboard_id"), ages=NOW
    ),
    Row("2025 only answers it", made(dashboard_id="{dashboard}"), 201, {"dashboard_id": None}, ages=(2025,)),
    Row(
        "2024 does not know it",
        made(dashboard_id="{dashboard}"),
        201,
        {"dashboard_id": "<missing>"},
        ages=(2024,),
    ),
    Row("an emoji", made(emoji="🚀"), 201, {"emoji": "🚀", "hidden_in_user_interface": None}, ages=NOW),
    Row("a blank one is none", made(emoji=""), 201, {"emoji": None}, ages=NOW),
    Row("a long one", made(emoji="x" * 17), 400, validation("max_length", "emoji"), ages=NOW),
    Row("2025 knows none", made(emoji="🚀"), 201, {"emoji": "<missing>"}, ages=BEFORE),
    Row(
        "PATCH changes what it names",
        PATCH(ITS, {"content": "x"}),
        200,
        {"content": "x", "scope": "project"},
        [made()],
    ),
    Row("PUT, too", PUT(ITS, {"content": "x"}), 200, {"content": "x"}, [made()]),
    Row("DELETE is not offered", DELETE(ITS), 405, "", [made()]),
    Row("deleted is set instead", GONE, 200, {"deleted": True}, [made()]),
    Row("then it is not listed", GET(ALL), 200, {"count": 0}, [made(), GONE]),
    Row("nor read", GET(ITS), 404, NOT_FOUND, [made(), GONE]),
    Row("but changed", PATCH(ITS, {"content": "x"}), 200, {"content": "x", "deleted": True}, [made(), GONE]),
    Row("and restored", PATCH(ITS, {"deleted": False}), 200, {"deleted": False}, [made(), GONE]),
    Row(
        "the latest first",
        GET(ALL),
        200,
        {"results": [{"content": "b"}, {"content": "a"}]},
        [made(content="a"), made(content="b", date_marker="2026-03-02T00:00:00Z")],
    ),
    Row("of one scope", GET(ALL + "?scope=project"), 200, {"count": 1}, [made(), made(scope="organization")]),
    Row(
        "insight means dashboard_item",
        GET(ALL + "?scope=insight"),
        200,
        {"count": 1},
        [made(), made(scope="dashboard_item")],
    ),
    Row("no other scope", GET(ALL + "?scope=x"), 400, {"detail": "Invalid scope: x", "attr": None}),
    Row("from a moment", GET(ALL + "?date_from=2026-03-01T10:00:00Z"), 200, {"count": 0}, [made()]),
    Row("from a day", GET(ALL + "?date_from=2026-03-01"), 200, {"count": 1}, [made()]),
    Row("until a day", GET(ALL + "?date_to=2026-02-28"), 200, {"count": 0}, [made()]),
    Row("no day", GET(ALL + "?date_to=x"), 400, validation("invalid_input", "date_to")),
    Row("a search", GET(ALL + "?search=LAUN"), 200, {"count": 1}, [made(), made(content="x")]),
    Row(
        "those with an emoji", GET(ALL + "?is_emoji=true"), 200, {"count": 1}, [made(), made(emoji="x")], NOW
    ),
    Row(
        "one of the organization is in each project",
        GET("/api/projects/{second}/annotations/"),
        200,
        {"results": [{"content": "Launch", "scope": "organization"}]},
        [another_project, made(scope="organization"), made(content="here")],
    ),
    Row(
        "a change elsewhere takes it there",
        GET(ALL),
        200,
        {"count": 0},
        [
            another_project,
            made(scope="organization"),
            PATCH("/api/projects/{second}/annotations/{annotation}/", {"scope": "project"}),
        ],
    ),
    Row(
        "hidden with its insight",
        GET(ALL),
        200,
        {"count": 0},
        [
            AN_INSIGHT,
            made(scope="dashboard_item", dashboard_item="{insight}"),
            delete_insight,
        ],
        NOW,
    ),
    Row(
        "which 2025 does not do",
        GET(ALL),
        200,
        {"count": 1},
        [
            AN_INSIGHT,
            made(scope="dashboard_item", dashboard_item="{insight}"),
            delete_insight,
        ],
        BEFORE,
    ),
    Row("not below environments", GET("/api/environments/{project}/annotations/"), 404, NOT_FOUND),
    Row(
        "a scope to write",
        POST(ALL, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["annotation:read"])],
    ),
    Row("a scope to read", GET(ALL, key="{other}"), 403, DENIED, [a_key("other", scopes=["insight:read"])]),
)


@table(ROWS)
def test_annotations(api: API, row: Row) -> None:
    check(api, row)


def test_a_page_has_a_thousand(api: API) -> None:
    api.send(POST("/_sandbox/bulk", {"annotations": 1001}))

    answer = api.get(ALL)

    assert (answer["count"], len(answer["results"])) == (1001, 1000)


def test_what_was_done_is_logged(api: API) -> None:
    api.send(made())
    api.send(PATCH(ITS, {"content": "Start"}))

    updated, created = api.results(ONE + "activity_log/?scope=Annotation")

    assert (created["activity"], created["detail"]["name"]) == ("created", "Launch")
    assert updated["detail"]["changes"] == [
        {"type": "Annotation", "action": "changed", "field": "content", "before": "Launch", "after": "Start"}
    ]
