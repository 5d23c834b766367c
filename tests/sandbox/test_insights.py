"""posthog-api-analytics.md 2 as tables: insights."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.charts import (
    FUNNEL,
    INSIGHT,
    INSIGHT_GONE,
    INSIGHTS,
    PATHS,
    RETENTION,
    TREE,
    another_project,
    board,
    insight,
    on,
    sql,
    trends,
)
from sandbox.steps import EARLIER, NEWEST, a_key, an_object, switched, without_feature
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

BROKEN = {"type": "invalid_request", "code": "parse_error", "attr": None}
BY_SHORT_ID = {"saves": "short", "saved_field": "short_id"}


def asking(query: Any) -> Call:
    return POST(INSIGHTS, {"query": query})


LIFE = (
    Row(
        "an insight",
        insight(),
        201,
        {
            "name": "Signups",
            "derived_name": None,
            "description": None,
            "filters": {},
            "tags": [],
            "dashboards": [],
            "dashboard_tiles": [],
            "favorited": False,
            "saved": True,
            "order": None,
            "deleted": False,
            "result": None,
            "created_by": {"email": "ada@acme.io"},
            "last_modified_by": {"email": "ada@acme.io"},
        },
    ),
    Row("it is saved in 2026", POST(INSIGHTS, {"name": "x"}), 201, {"saved": True}, ages=NOW),
    Row("and was not before", POST(INSIGHTS, {"name": "x"}), 201, {"saved": False}, ages=BEFORE),
    Row(
        "a change saves it", PATCH(INSIGHT, {"name": "y"}), 200, {"saved": True}, [insight(saved=False)], NOW
    ),
    Row("unless it says no", PATCH(INSIGHT, {"saved": False}), 200, {"saved": False}, [insight()], NOW),
    Row(
        "before it did not",
        PATCH(INSIGHT, {"name": "y"}),
        200,
        {"saved": False},
        [insight(saved=False)],
        BEFORE,
    ),
    Row("a name is trimmed", insight(name=" a "), 201, {"name": "a"}),
    Row("blank names are names", insight(name=""), 201, {"name": ""}),
    Row("two of one name", insight(), 201, given=[insight(saves="other")]),
    Row("the longest name", insight(name="x" * 401), 400, validation("max_length", "name")),
    Row(
        "the longest description",
        insight(description="x" * 401),
        400,
        validation("max_length", "description"),
    ),
    Row("one", GET(INSIGHT), 200, {"id": "{insight}", "name": "Signups"}, [insight()]),
    Row(
        "PATCH changes what it names",
        PATCH(INSIGHT, {"description": "d"}),
        200,
        {"name": "Signups", "description": "d"},
        [insight()],
    ),
    Row("PUT, too", PUT(INSIGHT, {"name": "x"}), 200, {"name": "x"}, [insight()]),
    Row("unknown", GET(INSIGHTS + "999/"), 404, NOT_FOUND),
    Row("no number that nothing holds", insight(order=10**30), 400, validation("max_value", "order")),
    Row(
        "by its short id",
        GET(INSIGHTS + "{short}/"),
        200,
        {"name": "Signups"},
        [POST(INSIGHTS, {"name": "Signups"}, **BY_SHORT_ID)],
        NOW,
    ),
    Row(
        "which was no id",
        GET(INSIGHTS + "{short}/"),
        404,
        NOT_FOUND,
        [POST(INSIGHTS, {"name": "x"}, **BY_SHORT_ID)],
        BEFORE,
    ),
    Row("JSON only", Call("POST", INSIGHTS, form={"name": "x"}), 415, {"code": "unsupported_media_type"}),
    Row(
        "under environments, too",
        GET("/api/environments/{project}/insights/"),
        200,
        {"count": 0},
        ages=MODERN,
    ),
    Row(
        "a scope to write",
        Call("POST", INSIGHTS, {}, key="{reader}"),
        403,
        DENIED,
        [a_key("reader", scopes=["insight:read"])],
    ),
    Row(
        "a scope to read",
        GET(INSIGHTS, key="{other}"),
        403,
        DENIED,
        [a_key("other", scopes=["dashboard:read"])],
    ),
    *(
        Row(f"keys do not get to {path}", Call(method, ONE + path), 403, DENIED, [insight()], MODERN)
        for method, path in (
            ("GET", "insights/my_last_viewed/"),
            ("GET", "insights/activity/"),
            ("POST", "insights/cancel/"),
            ("GET", "insights/{insight}/activity/"),
            ("POST", "insights/{insight}/viewed/"),
            ("GET", "insights/{insight}/analyze/"),
            ("GET", "insights/{insight}/suggestions/"),
        )
    ),
    Row("trending ones", GET(INSIGHTS + "trending/"), 200, {"count": 0}, ages=NOW),
    Row(
        "thresholds are for readers of alerts",
        GET(INSIGHT + "thresholds/", key="{reader}"),
        403,
        DENIED,
        [insight(), a_key("reader", scopes=["insight:read"])],
        MODERN,
    ),
    Row("tags are small, each once", insight(tags=[" Growth ", "growth"]), 201, {"tags": ["growth"]}),
    Row("null keeps them", PATCH(INSIGHT, {"tags": None}), 200, {"tags": ["x"]}, [insight(tags=["x"])]),
    Row("nothing clears them", PATCH(INSIGHT, {"tags": []}), 200, {"tags": []}, [insight(tags=["x"])]),
    Row("a blank one is one", insight(tags=[""]), 201, {"tags": [""]}),
    Row("a long one", insight(tags=["x" * 256]), 400, {"code": "max_length"}),
    Row("they are for payment", insight(tags=["x"]), 201, {"tags": []}, [without_feature("tagging")]),
    Row(
        "but on the newest",
        insight(tags=["x"]),
        201,
        {"tags": ["x"]},
        [without_feature("tagging"), NEWEST],
        NOW,
    ),
    Row(
        "many get tags at once",
        POST(INSIGHTS + "bulk_update_tags/", {"ids": ["{insight}"], "action": "add", "tags": ["B"]}),
        200,
        {"updated": [{"id": "{insight}"}]},
        [insight(tags=["a"])],
        NOW,
    ),
    Row(
        "add, remove or set",
        POST(INSIGHTS + "bulk_update_tags/", {"ids": [1], "action": "x", "tags": []}),
        400,
        validation("invalid_choice", "action"),
        ages=NOW,
    ),
)
QUERIES = (
    Row(
        "a query is answered as it was sent",
        asking({"kind": "HogQuery", "code": "return 1"}),
        201,
        {"query": {"kind": "HogQuery", "code": "return 1"}},
    ),
    Row("a bare one, too", asking(trends()["source"]), 201, {"query": {"kind": "TrendsQuery"}}),
    Row(
        "retention gets a version", asking(RETENTION), 201, {"query": {"source": {"version": 2}}}, ages=MODERN
    ),
    Row(
        "trends in 2026",
        asking(trends()),
        201,
        {"query": {"version": "<missing>", "source": {"version": 2}}},
        ages=NOW,
    ),
    Row("not before", asking(trends()), 201, {"query": {"source": {"version": "<missing>"}}}, ages=BEFORE),
    Row(
        "nor retention in 2024",
        asking(RETENTION),
        201,
        {"query": {"source": {"version": "<missing>"}}},
        ages=(2024,),
    ),
    Row(
        "a visualisation, too",
        asking(sql()),
        201,
        {"query": {"version": 2, "source": {"version": "<missing>"}}},
        ages=NOW,
    ),
    Row(
        "series get kinds",
        asking(trends(series=[{"event": "a"}, {"id": 7}])),
        201,
        {"query": {"source": {"series": [{"kind": "EventsNode"}, {"kind": "ActionsNode"}]}}},
        ages=MODERN,
    ),
    Row(
        "PATCH replaces all of it",
        PATCH(INSIGHT, {"query": sql()}),
        200,
        {"query": {"kind": "DataVisualizationNode"}},
        [insight()],
    ),
    Row("null is no query", PATCH(INSIGHT, {"query": None}), 200, {"query": None}, [insight()]),
    Row("an empty one is not looked at", asking({}), 201, {"query": {}}),
    Row("wrong SQL is not seen", asking(sql("selekt")), 201),
    *(
        Row(f"not {name}", asking(query), 400, BROKEN)
        for name, query in (
            ("a text", "select 1"),
            ("a list", [1]),
            ("without a kind", {"source": {}}),
            ("of an unknown kind", {"kind": "ColourQuery"}),
            ("without a source", {"kind": "InsightVizNode"}),
            ("with the source of another", {"kind": "InsightVizNode", "source": sql()["source"]}),
            ("without series", {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery"}}),
            ("with series that are none", trends(series={})),
            ("with a series of another kind", trends(series=[{"kind": "ColourNode"}])),
            ("with an action without its id", trends(series=[{"kind": "ActionsNode"}])),
            ("without its SQL", {"kind": "HogQLQuery"}),
        )
    ),
    *(
        Row(f"no unknown key in {name}", asking(query), 400, BROKEN, ages=MODERN)
        for name, query in (
            ("the node", {**trends(), "colour": 1}),
            ("the source", trends(colour=1)),
            ("a series", trends(series=[{"kind": "EventsNode", "colour": 1}])),
            ("a filter", trends(trendsFilter={"colour": 1})),
        )
    ),
    Row("2024 does not mind", asking(trends(colour=1)), 201, ages=(2024,)),
    Row("before anything else", PATCH(INSIGHTS + "999/", {"query": "x", "name": "x" * 500}), 400, BROKEN),
    Row(
        "legacy filters are refused",
        POST(INSIGHTS, {"filters": {"insight": "TRENDS"}}),
        403,
        DENIED,
        ages=NOW,
    ),
    Row(
        "unless the account may",
        POST(INSIGHTS, {"filters": {"insight": "TRENDS"}}),
        201,
        {"filters": {}, "query": {"kind": "InsightVizNode", "full": True}},
        [switched(legacy_insight_filters=True)],
        NOW,
    ),
    Row(
        "they were taken",
        POST(INSIGHTS, {"filters": {"insight": "TRENDS"}}),
        201,
        {"filters": {"insight": "TRENDS"}, "query": None},
        ages=BEFORE,
    ),
    Row("none are none", POST(INSIGHTS, {"filters": {}}), 201, {"filters": {}}),
)
PLACES = (
    Row(
        "on a dashboard",
        insight(dashboards=["{board}"]),
        201,
        {"dashboards": ["{board}"], "dashboard_tiles": [{"dashboard_id": "{board}", "deleted": False}]},
        [board()],
    ),
    Row(
        "a write replaces them",
        on("second_board"),
        200,
        {"dashboards": ["{second_board}"]},
        [board(), board("second_board"), insight(dashboards=["{board}"])],
    ),
    Row(
        "which are told",
        GET(INSIGHT + "?include_dashboards=true"),
        200,
        {"dashboards": ["{second_board}"]},
        [board(), board("second_board"), insight(dashboards=["{board}"]), on("second_board")],
    ),
    Row(
        "the old place is still known",
        GET(INSIGHT),
        200,
        {"dashboard_tiles": [{"dashboard_id": "{board}", "deleted": True}]},
        [board(), insight(dashboards=["{board}"]), on()],
    ),
    Row(
        "who does not ask is not told",
        GET(INSIGHT),
        200,
        {"dashboards": "<missing>"},
        [board(), insight(dashboards=["{board}"])],
        NOW,
    ),
    Row(
        "earlier 2026 told",
        GET(INSIGHT),
        200,
        {"dashboards": ["{board}"]},
        [EARLIER, board(), insight(dashboards=["{board}"])],
        NOW,
    ),
    Row(
        "before, too",
        GET(INSIGHT),
        200,
        {"dashboards": ["{board}"]},
        [board(), insight(dashboards=["{board}"])],
        BEFORE,
    ),
    Row(
        "absent is untouched",
        PATCH(INSIGHT, {"name": "x"}),
        200,
        {"dashboards": ["{board}"]},
        [board(), insight(dashboards=["{board}"])],
    ),
    Row(
        "nothing removes it from all",
        on(),
        200,
        {"dashboards": []},
        [board(), insight(dashboards=["{board}"])],
    ),
    Row("an unknown one", insight(dashboards=[999]), 400, {"detail": "Dashboard not found"}),
    Row(
        "of another project",
        POST("/api/projects/{second}/insights/", {"dashboards": ["{board}"]}),
        400,
        {"detail": "Dashboard not found"},
        [another_project, board()],
    ),
    Row(
        "a deleted one",
        on("board"),
        400,
        {"detail": "Dashboard not found"},
        [board(), insight(), PATCH(ONE + "dashboards/{board}/", {"deleted": True})],
    ),
    Row(
        "and nothing is done",
        GET(INSIGHT),
        200,
        {"name": "Signups"},
        [insight(), lambda api: api.send(PATCH(INSIGHT, {"name": "x", "dashboards": [999]}))],
    ),
    Row(
        "with its scope only",
        Call("POST", INSIGHTS, {"dashboards": ["{board}"]}, key="{writer}"),
        201,
        {"dashboards": ["{board}"]},
        [board(), a_key("writer", scopes=["insight:write"])],
    ),
)
DELETION = (
    Row("DELETE is not offered", DELETE(INSIGHT), 405, "", [insight()]),
    Row("deleted by PATCH", INSIGHT_GONE, 200, {"deleted": True}, [insight()]),
    Row("then it is not read", GET(INSIGHT), 404, NOT_FOUND, [insight(), INSIGHT_GONE]),
    Row("nor listed", GET(INSIGHTS), 200, {"count": 0}, [insight(), INSIGHT_GONE]),
    Row("nor changed", PATCH(INSIGHT, {"name": "x"}), 404, NOT_FOUND, [insight(), INSIGHT_GONE]),
    Row("nor restored by PUT", PUT(INSIGHT, {"deleted": False}), 404, NOT_FOUND, [insight(), INSIGHT_GONE]),
    Row(
        "but by PATCH", PATCH(INSIGHT, {"deleted": False}), 200, {"deleted": False}, [insight(), INSIGHT_GONE]
    ),
    Row(
        "without its places",
        PATCH(INSIGHT, {"deleted": False}),
        200,
        {"dashboards": []},
        [board(), insight(dashboards=["{board}"]), INSIGHT_GONE],
    ),
    Row(
        "filed",
        GET(TREE + "?type=insight"),
        200,
        {"results": [{"path": "Unfiled/Insights/Signups", "ref": "{short}"}]},
        [POST(INSIGHTS, {"name": "Signups", "saved": True}, **BY_SHORT_ID)],
        ages=MODERN,
    ),
    Row(
        "under its title",
        GET(TREE + "?type=insight"),
        200,
        {"results": [{"path": "Unfiled/Insights/Pageviews"}]},
        [insight(name=None, derived_name="Pageviews")],
        ages=MODERN,
    ),
    Row(
        "where it should be",
        GET(TREE + "?type=insight"),
        200,
        {"results": [{"path": "KPIs/Signups"}]},
        [insight(_create_in_folder="KPIs")],
        ages=MODERN,
    ),
    Row(
        "not while it is not saved",
        GET(TREE + "?type=insight"),
        200,
        {"count": 0},
        [insight(), PATCH(INSIGHT, {"saved": False})],
        ages=MODERN,
    ),
    Row(
        "not when it is deleted",
        GET(TREE + "?type=insight"),
        200,
        {"count": 0},
        [insight(), INSIGHT_GONE],
        MODERN,
    ),
    Row(
        "again when it is restored",
        GET(TREE + "?type=insight"),
        200,
        {"count": 1},
        [insight(), INSIGHT_GONE, PATCH(INSIGHT, {"deleted": False})],
        MODERN,
    ),
)
A_AND_B = [insight(name="a"), insight("b", name="b", saved=False, query=sql(), tags=["x"])]
WITH_A_FLAG = [
    *A_AND_B,
    insight(
        "c", name="c", query=trends(breakdownFilter={"breakdown": "$feature/new", "breakdown_type": "event"})
    ),
]
LISTS = (
    Row("all of them", GET(INSIGHTS), 200, {"count": 2}, A_AND_B),
    Row("saved ones", GET(INSIGHTS + "?saved=true"), 200, {"results": [{"name": "a"}]}, A_AND_B),
    Row("others", GET(INSIGHTS + "?saved=false"), 200, {"results": [{"name": "b"}]}, A_AND_B),
    Row(
        "by the short id",
        GET(INSIGHTS + "?short_id={short}"),
        200,
        {"results": [{"name": "x"}]},
        [*A_AND_B, POST(INSIGHTS, {"name": "x"}, **BY_SHORT_ID)],
    ),
    Row(
        "in an order",
        GET(INSIGHTS + "?order=-name"),
        200,
        {"results": [{"name": "b"}, {"name": "a"}]},
        A_AND_B,
    ),
    Row("by the key", GET(INSIGHTS + "?order=id"), 200, {"results": [{"name": "a"}, {"name": "b"}]}, A_AND_B),
    Row("no other order", GET(INSIGHTS + "?order=colour"), 400, validation("invalid_input", "order")),
    Row("a search", GET(INSIGHTS + "?search=A"), 200, {"results": [{"name": "a"}]}, A_AND_B),
    Row("a long search", GET(INSIGHTS + "?search=" + "x" * 201), 400, validation("max_length", "search")),
    Row("by an event", GET(INSIGHTS + '?events=["signed_up"]'), 200, {"results": [{"name": "a"}]}, A_AND_B),
    Row("by a flag", GET(INSIGHTS + "?feature_flag=new"), 200, {"results": [{"name": "c"}]}, WITH_A_FLAG),
    Row(
        "without those about flags",
        GET(INSIGHTS + "?hide_feature_flag_insights=true"),
        200,
        {"count": 2},
        WITH_A_FLAG,
    ),
    Row("of a kind", GET(INSIGHTS + "?insight=SQL"), 200, {"results": [{"name": "b"}]}, A_AND_B),
    Row("by tags", GET(INSIGHTS + '?tags=["x","y"]'), 200, {"results": [{"name": "b"}]}, A_AND_B),
    Row(
        "by dashboards",
        GET(INSIGHTS + "?dashboards=[{board}]"),
        200,
        {"count": 1},
        [board(), *A_AND_B, on("board")],
    ),
    Row("mine", GET(INSIGHTS + "?user=true"), 200, {"count": 2}, A_AND_B),
    Row("changed since", GET(INSIGHTS + "?date_from=2999-01-01"), 200, {"count": 0}, A_AND_B),
    Row("no date", GET(INSIGHTS + "?date_from=x"), 400, validation("invalid_input", "date_from")),
    Row("by several people", GET(INSIGHTS + "?created_by=[1,2]"), 200, ages=NOW),
    Row(
        "by one",
        GET(INSIGHTS + "?created_by=[1,2]"),
        400,
        validation("invalid_input", "created_by"),
        ages=BEFORE,
    ),
)


@table((*LIFE, *QUERIES, *PLACES, *DELETION, *LISTS))
def test_insights(api: API, row: Row) -> None:
    check(api, row)


BASIC = {
    "id",
    "short_id",
    "name",
    "derived_name",
    "filters",
    "query",
    "dashboards",
    "dashboard_tiles",
    "description",
    "last_refresh",
    "refreshing",
    "saved",
    "tags",
    "updated_at",
    "created_by",
    "created_at",
    "last_modified_at",
    "favorited",
    "user_access_level",
}


@pytest.mark.parametrize("age", [2025, 2026])
def test_the_basic_form_has_what_can_be_declared(api: API, age: int) -> None:
    api.send(insight())

    (item,) = api.results(INSIGHTS + "?basic=true&include_dashboards=true")

    assert item.keys() == BASIC | ({"last_viewed_at", "search_match_type"} if age == 2026 else set())
    assert api.get(INSIGHT + "?basic=true&include_dashboards=true").keys() == item.keys()


def test_the_usual_order_is_none(api: API) -> None:
    api.send(POST("/_sandbox/bulk", {"insights": 20}))

    ids = [each["id"] for each in api.results(INSIGHTS)]

    assert ids != sorted(ids)
    assert [each["id"] for each in api.results(INSIGHTS + "?order=id")] == sorted(ids)


def test_a_removed_tile_comes_back_where_it_was(api: API) -> None:
    from pulumi_posthog.sandbox.families.chart_objects import DashboardTile

    api.send(board())
    api.send(insight(dashboards=["{board}"]))
    DashboardTile.objects.update(layouts={"sm": {"x": 3, "y": 4, "w": 5, "h": 6}}, color="blue")
    (before,) = DashboardTile.objects.values()

    api.send(on())
    api.send(on("board"))

    assert list(DashboardTile.objects.values()) == [before]


def test_new_tiles_stand_in_two_columns_below_the_lowest(api: API) -> None:
    from pulumi_posthog.sandbox.families.chart_objects import DashboardTile

    api.send(board())
    for name in ("a", "b", "c"):
        api.send(insight(name=name, dashboards=["{board}"]))

    assert [tile.layouts for tile in DashboardTile.objects.order_by("pk")] == [
        {"sm": {"x": 0, "y": 0, "w": 6, "h": 5}, "xs": {"x": 0, "y": 0, "w": 1, "h": 5}},
        {"sm": {"x": 6, "y": 0, "w": 6, "h": 5}, "xs": {"x": 0, "y": 5, "w": 1, "h": 5}},
        {"sm": {"x": 0, "y": 5, "w": 6, "h": 5}, "xs": {"x": 0, "y": 10, "w": 1, "h": 5}},
    ]


def test_earlier_2026_leaves_their_place_to_the_page(api: API) -> None:
    from pulumi_posthog.sandbox.families.chart_objects import DashboardTile

    EARLIER(api)
    api.send(board())
    api.send(insight(dashboards=["{board}"]))

    assert DashboardTile.objects.get().layouts == {}


def an_alert(api: API) -> None:
    """With a function that it calls."""
    from pulumi_posthog.sandbox.families.alert_objects import Alert
    from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction

    alert = Alert.objects.create(project_id=api.names["project"], insight_id=api.names["insight"])
    called = {"key": "alert_id", "type": "event", "operator": "exact", "value": str(alert.pk)}
    function = HogFunction.objects.create(
        project_id=api.names["project"], type="internal_destination", filters={"properties": [called]}
    )
    api.names |= {"alert": str(alert.pk), "function": str(function.pk)}


def alerts_and_functions(api: API) -> tuple[int, bool]:
    """How many alerts there are, and whether the function is there."""
    from pulumi_posthog.sandbox.families.alert_objects import Alert
    from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction

    return Alert.objects.count(), not HogFunction.objects.get(pk=api.names["function"]).deleted


@pytest.mark.parametrize(
    ("age", "step", "call", "left"),
    [
        (2026, None, PATCH(INSIGHT, {"name": "x"}), (1, True)),
        (2026, None, INSIGHT_GONE, (0, False)),
        (2025, None, INSIGHT_GONE, (0, True)),
        (2026, None, PATCH(INSIGHT, {"query": PATHS}), (0, False)),
        (2026, None, PATCH(INSIGHT, {"query": sql()}), (1, True)),
        (2026, None, PATCH(INSIGHT, {"query": FUNNEL}), (1, True)),
        (2026, EARLIER, PATCH(INSIGHT, {"query": sql()}), (0, False)),
        (2025, None, PATCH(INSIGHT, {"query": FUNNEL}), (0, True)),
    ],
)
def test_alerts_go_with_their_insight_and_with_a_query_that_has_none(
    api: API, age: int, step: Any, call: Call, left: tuple[int, bool]
) -> None:
    if step:
        step(api)
    api.send(insight())
    an_alert(api)

    assert api.send(call).status == 200

    assert alerts_and_functions(api) == left


def test_a_restored_one_has_no_alerts(api: API) -> None:
    api.send(insight())
    an_alert(api)

    api.send(INSIGHT_GONE)
    api.send(PATCH(INSIGHT, {"deleted": False}))

    assert alerts_and_functions(api) == (0, False)


def test_only_some_changes_move_the_day_of_the_last_one(api: API) -> None:
    made = api.send(insight()).body["last_modified_at"]

    assert api.send(PATCH(INSIGHT, {"query": sql()})).body["last_modified_at"] == made
    assert api.send(PATCH(INSIGHT, {"name": "x"})).body["last_modified_at"] != made


def logged(api: API) -> list[Any]:
    found = api.results(ONE + "activity_log/?scope=Insight")
    return [(each["activity"], [one["field"] for one in each["detail"]["changes"]]) for each in found]


@pytest.mark.parametrize("age", [2025, 2026])
def test_what_was_done_is_logged(api: API, age: int) -> None:
    api.send(board())
    api.send(POST(INSIGHTS, {"name": "Signups", "saved": True}, saves="insight"))
    api.send(PATCH(INSIGHT, {"order": 3, "saved": False}))
    api.send(PATCH(INSIGHT, {"description": "d"}))
    api.send(on("board"))
    api.send(INSIGHT_GONE)

    (entry, *_rest) = api.results(ONE + "activity_log/?scope=Insight")
    one = api.names["insight"]
    assert (entry["item_id"], entry["detail"]["name"]) == (str(one), "Signups")
    assert len(entry["detail"]["short_id"]) == 8
    assert logged(api) == [
        ("deleted" if age == 2026 else "updated", ["dashboards", "deleted"]),
        ("updated", ["dashboards"]),
        ("updated", ["description"]),
        ("created", []),
    ]


def test_nothing_is_logged_of_one_without_a_name(api: API) -> None:
    api.send(insight(name=None))

    assert logged(api) == []


def test_values_of_variables_are_told_under_the_ids_of_today(api: API) -> None:
    from pulumi_posthog.sandbox.families.alert_objects import InsightVariable

    country = InsightVariable.objects.create(
        project_id=api.names["project"], name="Country", code_name="country"
    )
    old = {"old": {"variableId": "old", "code_name": "country", "value": "DE"}, "gone": {"code_name": "gone"}}

    made = api.send(insight(query=sql(variables=old))).body

    assert made["query"]["source"]["variables"] == {
        str(country.pk): {"variableId": str(country.pk), "code_name": "country", "value": "DE"}
    }


def test_requests_are_counted_with_the_questions(api: API) -> None:
    switched(rate_limits=["1/min:analytics"])(api)

    assert [api.send(GET(INSIGHTS)).status, api.send(GET(INSIGHTS)).status] == [200, 429]
    assert api.send(GET(ONE + "annotations/")).status == 200


def test_what_was_there_before_queries_is_converted(api: API) -> None:
    from pulumi_posthog.sandbox.families.chart_objects import Insight

    an_object("insight", "insight", "Old")(api)
    Insight.objects.update(filters={"insight": "TRENDS", "events": [{"id": "$pageview"}], "date_from": "-7d"})

    found = api.get(INSIGHT)

    assert (found["filters"], found["query"]) == (
        {},
        {
            "kind": "InsightVizNode",
            "source": {
                "kind": "TrendsQuery",
                "series": [{"kind": "EventsNode", "event": "$pageview", "name": "$pageview"}],
                "dateRange": {"date_from": "-7d"},
            },
            "full": True,
        },
    )
