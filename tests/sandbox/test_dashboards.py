"""posthog-api-analytics.md 3 as tables: dashboards and their tiles."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.charts import BOARD, BOARD_GONE, DASHBOARDS, INSIGHT, INSIGHTS, TREE, board, insight, sql, trends
from sandbox.steps import NEWEST, a_key, without_feature
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    FAILED,
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

LAYOUT = {"sm": {"x": 0, "y": 2, "w": 6, "h": 5, "minW": 1}}


def tiles(*items: Any) -> Call:
    return PATCH(BOARD, {"tiles": list(items)})


def a_text(body: str = "Hello", **rest: Any) -> Call:
    return tiles({"text": {"body": body}, **rest})


def names_of_tiles(api: API) -> None:
    """`tile` is the first one, `text` its text."""
    (first, *_) = api.get(BOARD)["tiles"]
    api.names["tile"] = first["id"]
    api.names["text"] = first["text"]["id"] if first["text"] else 0


WITH_TEXT = [board(), a_text(), names_of_tiles]
WITH_INSIGHT = [board(), insight(dashboards=["{board}"]), names_of_tiles]
LIFE = (
    Row(
        "a dashboard",
        board(),
        201,
        {
            "name": "Growth",
            "description": "",
            "pinned": False,
            "tags": [],
            "filters": {},
            "variables": {},
            "breakdown_colors": None,
            "data_color_theme_id": None,
            "restriction_level": 21,
            "creation_mode": "default",
            "deleted": False,
            "tiles": [],
            "persisted_filters": None,
            "persisted_variables": None,
            "team_id": "{project}",
            "created_by": {"email": "ada@acme.io"},
        },
    ),
    Row("quick filters", board(quick_filter_ids=None), 201, {"quick_filter_ids": []}, ages=NOW),
    Row(
        "unknown ones",
        board(quick_filter_ids=["{nobody}"]),
        400,
        validation("invalid_input", "quick_filter_ids"),
        ages=NOW,
    ),
    Row("2025 has none", board(), 201, {"quick_filter_ids": "<missing>"}, ages=BEFORE),
    Row("blank names are names", board(name=""), 201, {"name": ""}),
    Row("two of one name", board(), 201, given=[board(saves="other")]),
    Row("the longest name", board(name="x" * 401), 400, validation("max_length", "name")),
    Row("a description is never null", board(description=None), 400, validation("null", "description")),
    Row(
        "restriction levels are two",
        board(restriction_level=30),
        400,
        validation("invalid_choice", "restriction_level"),
    ),
    Row(
        "PATCH changes what it names",
        PATCH(BOARD, {"pinned": True}),
        200,
        {"pinned": True, "name": "Growth"},
        [board()],
    ),
    Row("PUT, too", PUT(BOARD, {"name": "x"}), 200, {"name": "x"}, [board()]),
    Row("a form", Call("POST", DASHBOARDS, form={"name": "x"}), 201, {"name": "x"}),
    Row("unknown", GET(DASHBOARDS + "999/"), 404, NOT_FOUND),
    Row(
        "a scope to write",
        POST(DASHBOARDS, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["dashboard:read"])],
    ),
    Row(
        "a scope to read",
        GET(DASHBOARDS, key="{other}"),
        403,
        DENIED,
        [a_key("other", scopes=["insight:read"])],
    ),
    Row(
        "of others' only what they allow",
        PATCH(BOARD, {"name": "x"}, key="{cy}"),
        403,
        {"detail": "You don't have edit permissions for this dashboard."},
        [board(restriction_level=37), a_key("cy", "cy@acme.io", scopes=["*"])],
    ),
    Row("tags are small", board(tags=[" Growth "]), 201, {"tags": ["growth"]}),
    Row("and for payment", board(tags=["x"]), 201, {"tags": []}, [without_feature("tagging")]),
    Row(
        "a copy",
        board(use_dashboard="{first}"),
        201,
        {"creation_mode": "duplicate", "tiles": [{"text": {"body": "Hello"}}]},
        [board(saves="first"), PATCH(DASHBOARDS + "{first}/", {"tiles": [{"text": {"body": "Hello"}}]})],
    ),
    Row("of nothing", board(use_dashboard=999), 400, validation("invalid_input", "use_dashboard")),
    Row("of a template", board(use_template="x"), 201, {"creation_mode": "template"}),
    Row("not of both", board(use_template="x", use_dashboard=1), 400, validation("invalid_input", None)),
    Row(
        "colours are looked at",
        board(breakdown_colors={}),
        400,
        validation("invalid_input", "breakdown_colors"),
        [NEWEST],
        NOW,
    ),
    Row("they were not", board(breakdown_colors={}), 201, {"breakdown_colors": {}}),
    Row(
        "density",
        board(grid_spacing="small"),
        201,
        {"grid_spacing": "<missing>", "customization": {"tile_spacing": "small"}},
        [NEWEST],
        NOW,
    ),
    Row("keys do not get the stream", GET(BOARD + "stream_tiles/"), 403, DENIED, [board()], MODERN),
)
LISTS = (
    Row(
        "pinned first, then by name",
        GET(DASHBOARDS + "?search=list"),
        200,
        {"results": [{"name": "list z"}, {"name": "list a"}]},
        [board(name="list a"), board(name="list z", pinned=True)],
    ),
    Row(
        "items are short",
        GET(DASHBOARDS + "?search=short"),
        200,
        {
            "results": [
                {
                    "name": "short",
                    **dict.fromkeys(("tiles", "filters", "variables", "breakdown_colors"), "<missing>"),
                }
            ]
        },
        [board(name="short")],
    ),
    Row("a long search", GET(DASHBOARDS + "?search=" + "x" * 201), 400, validation("max_length", "search")),
    Row("by tags", GET(DASHBOARDS + "?tags=x&tags=y"), 200, {"count": 1}, [board(tags=["x"])]),
    Row(
        "by how they were made",
        GET(DASHBOARDS + "?creation_mode=template"),
        200,
        {"count": 1},
        [board(use_template="x")],
    ),
)


DATES = {"date_from": "-30d"}
FILTERS = (
    Row("filters", board(filters=DATES), 201, {"filters": DATES, "persisted_filters": DATES}),
    Row(
        "PATCH replaces all of them",
        PATCH(BOARD, {"filters": {"date_to": "-1d"}}),
        200,
        {"filters": {"date_to": "-1d"}},
        [board(filters=DATES)],
    ),
    Row(
        "nothing changes nothing",
        PATCH(BOARD, {"filters": {}}),
        200,
        {"filters": DATES},
        [board(filters=DATES)],
    ),
    Row("nor does null", PATCH(BOARD, {"filters": None}), 200, {"filters": DATES}, [board(filters=DATES)]),
    Row(
        "nulls are something",
        PATCH(BOARD, {"filters": {"date_from": None}}),
        200,
        {"filters": {"date_from": None}},
        [board(filters=DATES)],
    ),
    Row(
        "no list",
        board(filters=[1]),
        400,
        {"code": "invalid_input", "detail": "Filters must be a dictionary"},
    ),
    Row(
        "groups that all hold are one list",
        board(filters={"properties": {"type": "AND", "values": [{"type": "AND", "values": [{"key": "a"}]}]}}),
        201,
        {"filters": {"properties": [{"key": "a"}]}},
        [NEWEST],
        NOW,
    ),
    Row(
        "others are refused",
        board(filters={"properties": {"type": "OR", "values": []}}),
        400,
        {"code": "invalid_input"},
        [NEWEST],
        NOW,
    ),
    Row(
        "variables are not for POST",
        board(variables={"a": {"code_name": "country"}}),
        201,
        {"variables": {}, "persisted_variables": None},
    ),
)
TILES = (
    Row("none on POST", board(tiles=[{"text": {"body": "x"}}]), 201, {"tiles": []}),
    Row(
        "a text",
        a_text(layouts=LAYOUT, color="blue"),
        200,
        {"tiles": [{"text": {"body": "Hello"}, "insight": None, "layouts": LAYOUT, "color": "blue"}]},
        [board()],
    ),
    Row("a text is trimmed", a_text(" a\n"), 200, {"tiles": [{"text": {"body": "a"}}]}, [board()]),
    Row("the longest text", a_text("x" * 4001), 400, validation("max_length", "text__body"), [board()]),
    Row("others stay", tiles(), 200, {"tiles": [{"id": "{tile}"}]}, WITH_TEXT),
    Row(
        "a tile is changed",
        tiles({"id": "{tile}", "color": "red", "show_description": True, "layouts": LAYOUT}),
        200,
        {
            "tiles": [
                {
                    "id": "{tile}",
                    "color": "red",
                    "show_description": True,
                    "layouts": LAYOUT,
                    "text": {"body": "Hello"},
                }
            ]
        },
        WITH_TEXT,
    ),
    Row(
        "and loses its colour",
        tiles({"id": "{tile}", "color": ""}),
        200,
        {"tiles": [{"color": ""}]},
        WITH_TEXT,
    ),
    Row(
        "its text in place",
        tiles({"id": "{tile}", "text": {"id": "{text}", "body": "b"}}),
        200,
        {"tiles": [{"id": "{tile}", "text": {"id": "{text}", "body": "b"}}]},
        WITH_TEXT,
    ),
    Row(
        "or a new text",
        tiles({"id": "{tile}", "text": {"body": "b"}}),
        200,
        lambda api: {
            "tiles": [{"id": api.names["tile"], "text": {"id": api.names["text"] + 1, "body": "b"}}]
        },
        WITH_TEXT,
    ),
    Row(
        "an unknown text",
        tiles({"id": "{tile}", "text": {"id": 999, "body": "b"}}),
        400,
        {"detail": "Text tile not found."},
        WITH_TEXT,
    ),
    Row("removed", tiles({"id": "{tile}", "deleted": True}), 200, {"tiles": []}, WITH_TEXT),
    Row(
        "and back",
        tiles({"id": "{tile}", "deleted": False}),
        200,
        {"tiles": [{"id": "{tile}"}]},
        [*WITH_TEXT, tiles({"id": "{tile}", "deleted": True})],
    ),
    Row(
        "unknown ones are skipped", tiles({"id": 999, "color": "red"}), 200, {"tiles": []}, [board()], MODERN
    ),
    Row("they made 2024 fail", tiles({"id": 999, "color": "red"}), 500, FAILED, [board()], (2024,)),
    Row(
        "a text makes a tile of any id",
        tiles({"id": 999, "text": {"body": "b"}}),
        200,
        {"tiles": [{"id": 999, "text": {"body": "b"}}]},
        [board()],
    ),
    Row("an insight is no tile", tiles({"insight": 1}), 200, {"tiles": []}, [board()]),
    Row(
        "a button",
        tiles({"button_tile": {"url": "https://acme.io", "text": "Go"}}),
        200,
        {
            "tiles": [
                {
                    "button_tile": {
                        "url": "https://acme.io",
                        "text": "Go",
                        "placement": "left",
                        "style": "primary",
                    }
                }
            ]
        },
        [board()],
        NOW,
    ),
    Row(
        "not before",
        tiles({"button_tile": {"url": "https://acme.io", "text": "Go"}}),
        200,
        {"tiles": []},
        [board()],
        BEFORE,
    ),
    Row(
        "a widget",
        tiles({"widget": {"widget_type": "x", "config": {}}}),
        200,
        {"tiles": [{"widget": {"widget_type": "x"}}]},
        [NEWEST, board()],
        NOW,
    ),
    Row("no list", PATCH(BOARD, {"tiles": {}}), 400, {"code": "not_a_list"}, [board()]),
    Row(
        "an insight",
        GET(BOARD),
        200,
        {"tiles": [{"insight": {"id": "{insight}", "name": "Signups"}, "text": None}]},
        WITH_INSIGHT,
    ),
    Row(
        "its place",
        tiles({"id": "{tile}", "layouts": LAYOUT}),
        200,
        {"tiles": [{"insight": {"id": "{insight}"}, "layouts": LAYOUT}]},
        WITH_INSIGHT,
    ),
    Row(
        "from above, then from the left",
        GET(BOARD),
        200,
        {"tiles": [{"text": {"body": "a"}}, {"text": {"body": "b"}}, {"text": {"body": "c"}}]},
        [
            board(),
            a_text("c", layouts={"sm": {"x": 0, "y": 9, "w": 1, "h": 1}}),
            a_text("b", layouts={"sm": {"x": 6, "y": 0, "w": 1, "h": 1}}),
            a_text("a", layouts={"sm": {"x": 0, "y": 0, "w": 1, "h": 1}}),
        ],
    ),
    Row(
        "a text by its action",
        POST(BOARD + "create_text_tile/", {"body": "b", "color": "red"}),
        201,
        {"text": {"body": "b"}, "color": "red"},
        [board()],
        NOW,
    ),
    Row(
        "changed by its action",
        POST(BOARD + "update_text_tile/", {"tile_id": "{tile}", "body": "b"}),
        200,
        {"id": "{tile}", "text": {"id": "{text}", "body": "b"}},
        WITH_TEXT,
        NOW,
    ),
    Row(
        "not a text",
        POST(BOARD + "update_tile/", {"tile_id": "{tile}", "color": "red"}),
        400,
        {"attr": "tile_id"},
        WITH_TEXT,
        NOW,
    ),
    Row(
        "an insight",
        POST(BOARD + "update_tile/", {"tile_id": "{tile}", "color": "red"}),
        200,
        {"color": "red"},
        WITH_INSIGHT,
        NOW,
    ),
    Row(
        "not another's",
        POST(DASHBOARDS + "{dashboard}/update_tile/", {"tile_id": "{tile}"}),
        404,
        NOT_FOUND,
        WITH_INSIGHT,
        NOW,
    ),
    Row(
        "copied",
        POST(DASHBOARDS + "{dashboard}/copy_tile/", {"fromDashboardId": "{board}", "tileId": "{tile}"}),
        200,
        {"tiles": [{"insight": {"id": "{insight}"}}]},
        WITH_INSIGHT,
        NOW,
    ),
    Row(
        "in a new order",
        POST(BOARD + "reorder_tiles/", {"tile_order": ["{tile}"], "layout": "full_width"}),
        200,
        {"tiles": [{"layouts": {"sm": {"x": 0, "y": 0, "w": 12, "h": 5}}}]},
        WITH_INSIGHT,
        NOW,
    ),
    Row(
        "a bare error",
        POST(BOARD + "reorder_tiles/", {"tile_order": [999]}),
        404,
        {"detail": "Tile not found.", "code": "<missing>"},
        [board()],
        NOW,
    ),
    Row(
        "removed by its action",
        POST(BOARD + "delete_tile/", {"tile_id": "{tile}"}),
        204,
        given=WITH_TEXT,
        ages=NOW,
    ),
)
DELETION = (
    Row("DELETE is not offered", DELETE(BOARD), 405, "", [board()]),
    Row("deleted by PATCH", BOARD_GONE, 200, {"deleted": True}, [board()]),
    Row("then it is not read", GET(BOARD), 404, NOT_FOUND, [board(), BOARD_GONE]),
    Row("nor changed", PATCH(BOARD, {"name": "x"}), 404, NOT_FOUND, [board(), BOARD_GONE]),
    Row("but restored", PATCH(BOARD, {"deleted": False}), 200, {"deleted": False}, [board(), BOARD_GONE]),
    Row("by PUT, too", PUT(BOARD, {"deleted": False}), 200, {"deleted": False}, [board(), BOARD_GONE]),
    Row(
        "its tiles go, not its insights",
        GET(INSIGHT),
        200,
        {"dashboard_tiles": [{"deleted": True}]},
        [*WITH_INSIGHT, BOARD_GONE],
    ),
    Row(
        "unless it says so",
        GET(INSIGHT),
        404,
        NOT_FOUND,
        [*WITH_INSIGHT, PATCH(BOARD, {"deleted": True, "delete_insights": True})],
    ),
    Row(
        "but those that are elsewhere, too",
        GET(INSIGHT),
        200,
        given=[
            *WITH_INSIGHT,
            PATCH(INSIGHT, {"dashboards": ["{board}", "{dashboard}"]}),
            PATCH(BOARD, {"deleted": True, "delete_insights": True}),
        ],
    ),
    Row(
        "restored with every tile that it ever had",
        PATCH(BOARD, {"deleted": False}),
        200,
        {"tiles": [{"text": {"body": "Hello"}}]},
        [*WITH_TEXT, tiles({"id": "{tile}", "deleted": True}), BOARD_GONE],
    ),
    Row(
        "and with deleted insights",
        PATCH(BOARD, {"deleted": False}),
        200,
        {"tiles": [{"insight": {"id": "{insight}"}}]},
        [*WITH_INSIGHT, PATCH(INSIGHT, {"deleted": True}), BOARD_GONE],
    ),
    Row(
        "which are there again",
        GET(INSIGHT),
        200,
        {"deleted": False},
        [*WITH_INSIGHT, PATCH(INSIGHT, {"deleted": True}), BOARD_GONE, PATCH(BOARD, {"deleted": False})],
    ),
    Row(
        "filed",
        GET(TREE + "?ref={board}"),
        200,
        {"results": [{"path": "Unfiled/Dashboards/Growth", "type": "dashboard"}]},
        [board()],
        MODERN,
    ),
    Row(
        "where it should be",
        GET(TREE + "?ref={board}"),
        200,
        {"results": [{"path": "Team/Growth"}]},
        [board(_create_in_folder="Team")],
        MODERN,
    ),
    Row(
        "not from a template",
        GET(TREE + "?ref={board}"),
        200,
        {"count": 0},
        [board(use_template="x")],
        MODERN,
    ),
    Row(
        "not when it is deleted", GET(TREE + "?ref={board}"), 200, {"count": 0}, [board(), BOARD_GONE], MODERN
    ),
    Row(
        "no longer the first one of its project",
        GET(ONE),
        200,
        {"primary_dashboard": None},
        [board(), PATCH(ONE, {"primary_dashboard": "{board}"}), BOARD_GONE],
    ),
)


@table((*LIFE, *LISTS, *FILTERS, *TILES, *DELETION))
def test_dashboards(api: API, row: Row) -> None:
    check(api, row)


def test_filters_are_merged_into_the_insights_of_tiles_only(api: API) -> None:
    api.send(board(filters={**DATES, "properties": [{"key": "a"}]}))
    api.send(insight(query=trends(properties=[{"key": "b"}]), dashboards=["{board}"]))

    source = api.get(BOARD)["tiles"][0]["insight"]["query"]["source"]

    assert (source["dateRange"], source["properties"]) == (DATES, [{"key": "b"}, {"key": "a"}])
    assert api.get(INSIGHT)["query"]["source"]["properties"] == [{"key": "b"}]


def test_variables_are_told_under_the_ids_of_today_and_merged(api: API) -> None:
    from pulumi_posthog.sandbox.families.alert_objects import InsightVariable

    id_ = str(
        InsightVariable.objects.create(project_id=api.names["project"], name="C", code_name="country").pk
    )
    api.send(board())
    own = {id_: {"variableId": id_, "code_name": "country", "value": "DE"}}
    api.send(insight(query=sql(variables=own), dashboards=["{board}"]))
    given = {
        "old": {"variableId": "old", "code_name": "country", "value": "FR"},
        "gone": {"code_name": "gone"},
    }

    found = api.send(PATCH(BOARD, {"variables": given})).body

    told = {id_: {"variableId": id_, "code_name": "country", "value": "FR"}}
    assert (found["variables"], found["persisted_variables"]) == (told, given)
    assert found["tiles"][0]["insight"]["query"]["source"]["variables"] == told
    assert api.send(PATCH(BOARD, {"variables": {}})).body["variables"] == told


@pytest.mark.parametrize("age", [2025, 2026])
def test_what_was_done_is_logged(api: API, age: int) -> None:
    api.send(board())
    api.get(BOARD)
    api.send(PATCH(BOARD, {"pinned": True}))
    api.send(BOARD_GONE)

    found = api.results(ONE + f"activity_log/?scope=Dashboard&item_id={api.names['board']}")

    assert [(each["activity"], [one["field"] for one in each["detail"]["changes"]]) for each in found] == [
        ("deleted" if age == 2026 else "updated", ["deleted"]),
        ("updated", ["pinned"]),
        ("created", []),
    ]


def test_to_read_one_is_written_down(api: API) -> None:
    assert api.send(board()).body["last_accessed_at"] is None

    assert api.get(BOARD)["last_accessed_at"] is not None


def test_those_that_the_server_makes_are_dashboards(api: API) -> None:
    names = {each["name"] for each in api.results(DASHBOARDS)}

    assert names == {"My App Dashboard", "KPIs", "Launch board", "Weekly growth"}
    assert api.get(INSIGHTS)["count"] == 0
