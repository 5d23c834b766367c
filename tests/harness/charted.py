"""Analytics of a model and of a sandbox: insights, who is told of them, dashboards, views, variables, definitions.

What is drawn, what is there, and what somebody does by hand.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.rows import refer_to
from harness.sandbox import Sandbox
from pulumi_posthog.kinds import KINDS

SIGNUPS, COLLAPSED, MONDAY, GROWTH = "Signups", "Collapsed", "Monday", "Growth"
PAYING, SPENDING, COUNTRY, EVENT, PLAN = "paying", "spending", "country", "signed_up", "plan"
BUYERS = "buyers"  # a view of what a source brings
READS_PAYING = "select plan from paying"
BY_HAND = "By hand"  # a dashboard that nobody declares
CHARTS: Mapping[str, str] = {
    "insight": "insights",
    "alert": "alerts",
    "subscription": "subscriptions",
    "dashboard": "dashboards",
    "insight_variable": "insight_variables",
    "warehouse_saved_query": "warehouse_saved_queries",
    "event_definition": "event_definitions",
    "property_definition": "property_definitions",
}
# Those that may be twice, and that a run may delete: PostHog keeps definitions, one of each name.
MADE = tuple(kind for kind in CHARTS if KINDS[kind].comes_in is None)
TITLES: Mapping[str, tuple[str, ...]] = {
    "insight": (SIGNUPS,),
    "alert": (COLLAPSED,),
    "subscription": (MONDAY,),
    "dashboard": (GROWTH,),
    "insight_variable": (COUNTRY,),
    "warehouse_saved_query": (PAYING, SPENDING, BUYERS),
    "event_definition": (EVENT,),
    "property_definition": (PLAN,),
}


def insight(project: str, event: str = "signed_up") -> rows.Row:
    """A trend of an event."""
    source = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": event}]}
    query = {"kind": "InsightVizNode", "source": source}
    return rows.row("insight", f"{project}/{SIGNUPS}", project, name=SIGNUPS, query=query)


def alert(project: str, drop: str = "30%", *people: str) -> rows.Row:
    """An alert about that insight, which tells people of a drop."""
    return rows.row(
        "alert",
        f"{project}/{COLLAPSED}",
        project,
        name=COLLAPSED,
        insight=refer_to("insight", f"{project}/{SIGNUPS}"),
        condition={"type": "relative_decrease"},
        threshold={"configuration": {"type": "percentage", "bounds": {"upper": drop}}},
        config={"type": "TrendsAlertConfig", "series_index": 0},
        subscribed_users=list(people),
    )


def subscription(project: str, *addresses: str) -> rows.Row:
    """A subscription to that insight."""
    return rows.row(
        "subscription",
        f"{project}/{MONDAY}",
        project,
        title=MONDAY,
        insight=refer_to("insight", f"{project}/{SIGNUPS}"),
        target_type="email",
        target_emails=list(addresses),
        frequency="weekly",
        start_date="2026-01-05T08:00:00Z",
    )


def dashboard(project: str, *tiles: Mapping[str, Any], **more: Any) -> rows.Row:
    """A dashboard; with `tiles`, exactly those are on it, and without any it says nothing about them."""
    on_it = {"tiles": list(tiles)} if tiles else {}
    return rows.row("dashboard", f"{project}/{GROWTH}", project, name=GROWTH, **on_it, **more)


def tile(project: str, color: str | None = None) -> Mapping[str, Any]:
    """That insight on a dashboard."""
    one = {"insight": refer_to("insight", f"{project}/{SIGNUPS}")}
    return {**one, "color": color} if color else one


def text(body: str) -> Mapping[str, Any]:
    """A text on a dashboard."""
    return {"text": {"body": body}}


def variable(project: str, default: str = "DE") -> rows.Row:
    """A variable of insights."""
    return rows.row(
        "insight_variable",
        f"{project}/{COUNTRY}",
        project,
        code_name=COUNTRY,
        type="String",
        default_value=default,
    )


def view(project: str, name: str = PAYING, sql: str = "select 1 as plan", **more: Any) -> rows.Row:
    """A view of the warehouse."""
    query = {"kind": "HogQLQuery", "query": sql}
    return rows.row("warehouse_saved_query", f"{project}/{name}", project, name=name, query=query, **more)


def event(project: str, description: str = "Account created", **more: Any) -> rows.Row:
    """What the event means that the insight counts."""
    return rows.row(
        "event_definition", f"{project}/{EVENT}", project, name=EVENT, description=description, **more
    )


def property_of_events(project: str, description: str = "Which plan") -> rows.Row:
    """What a property of it means. PostHog has none until one comes in, and nobody can make it."""
    return rows.row(
        "property_definition", f"{project}/{PLAN}", project, name=PLAN, type="event", description=description
    )


def drawn_data(draw: st.DrawFn, project: str) -> Iterator[rows.Row]:
    """Perhaps views, of which one may read the other, a variable, and what an event and its property mean."""

    def perhaps(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    if not perhaps(True, False, False):
        return
    names = perhaps((PAYING,), (SPENDING, PAYING), ())
    for name in names:
        reads = name == SPENDING and perhaps(True, False)
        sql = READS_PAYING if reads else perhaps("select 1 as plan", "select 2 as plan")
        yield view(project, name, sql, sync_frequency=perhaps(..., "6hour"))
    if perhaps(True, False):
        yield variable(project, perhaps("DE", "FR"))
    if perhaps(True, False):
        yield event(project, perhaps("Account created", "Somebody joined"), tags=perhaps(..., ["growth"]))
        yield property_of_events(project, perhaps("Which plan", ""))


def drawn_charts(draw: st.DrawFn, project: str) -> Iterator[rows.Row]:
    """Perhaps an insight, and who is told of it."""
    if not draw(st.sampled_from((True, False, False))):
        return
    yield insight(project, draw(st.sampled_from(("signed_up", "paid"))))
    if draw(st.booleans()):
        yield alert(
            project, draw(st.sampled_from(("30%", "50%"))), *draw(st.sampled_from(((), ("ana@acme.io",))))
        )
    if draw(st.booleans()):
        yield subscription(
            project, *draw(st.sampled_from((("a@example.com",), ("b@example.com", "a@example.com"))))
        )
    if draw(st.booleans()):
        tiles = draw(st.sampled_from(((), ("tile",), ("tile", "text"), ("text",))))
        color = draw(st.sampled_from((None, "blue")))
        on_it = (tile(project, color) if each == "tile" else text("On Mondays") for each in tiles)
        yield dashboard(project, *on_it, description=draw(st.sampled_from((..., "x"))))


def charts_of(posthog: Sandbox, project: Any, kind: str) -> list[Mapping[str, Any]]:
    """The objects of a kind in a project, by name."""
    # Variables and views have pages of their own size.
    parameters = "?limit=1000&basic=true&saved=true" if KINDS[kind].page_size or kind == "insight" else ""
    key = name_of(kind)
    found = posthog.all(f"/api/projects/{project}/{CHARTS[kind]}/{parameters}")
    return sorted(found, key=lambda each: (str(each[key]), str(each["id"])))


def name_of(kind: str) -> str:
    """Which key of an object is its name."""
    return next(field.name for field in KINDS[kind].fields if field.from_key)


def ours(posthog: Sandbox, project: Any, kind: str) -> list[Mapping[str, Any]]:
    """Those of the names that are declared."""
    return [each for each in charts_of(posthog, project, kind) if each[name_of(kind)] in TITLES[kind]]


def whole(posthog: Sandbox, project: Any, kind: str, id_: Any) -> Mapping[str, Any]:
    """One object, with what its list leaves out."""
    found: Mapping[str, Any] = posthog.get(f"/api/projects/{project}/{CHARTS[kind]}/{id_}/")
    return found


def charts_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody changes or deletes one of them, unsubscribes, puts an insight elsewhere too; or events come in."""
    found = [(kind, each) for kind in CHARTS for each in ours(posthog, project, kind)]
    if not found or not dice.randrange(4):
        come_in(posthog, project)
        return
    kind, one = dice.choice(found)
    path = f"/api/projects/{project}/{CHARTS[kind]}/{one['id']}/"

    def change(**body: Any) -> Callable[[], Any]:
        return lambda: posthog.call("PATCH", path, body)

    def delete() -> Any:
        return posthog.call("DELETE", path)

    ways: dict[str, list[Callable[[], Any]]] = {
        "insight": [
            change(description="By hand"),
            change(deleted=True),
            lambda: put_elsewhere(posthog, project, one),
        ],
        "alert": [change(enabled=False), delete],
        "subscription": [change(target_value="a@example.com"), change(deleted=True)],
        "dashboard": [
            change(description="By hand"),
            change(deleted=True),
            change(tiles=[{"text": {"body": "By hand"}}]),
        ],
        "insight_variable": [change(default_value="By hand"), delete],
        "warehouse_saved_query": [lambda: edit_view(posthog, project, one["id"])],
        "event_definition": [change(description="By hand"), delete],
        "property_definition": [change(description="By hand")],
    }
    if kind == "warehouse_saved_query" and one["name"] == SPENDING:  # which no other one reads
        ways[kind].append(delete)
    dice.choice(ways[kind])()


def come_in(posthog: Sandbox, project: Any) -> None:
    """The event comes in, with its property."""
    sent = {"event": EVENT, "distinct_id": "tom", "seconds_ago": 60, "properties": {PLAN: "free"}}
    posthog.call("POST", "/_sandbox/events", {"project": project, "events": [sent]})


def edit_view(posthog: Sandbox, project: Any, id_: Any, sql: str = "select 3 as plan") -> None:
    """Somebody changes the SQL of a view."""
    seen = whole(posthog, project, "warehouse_saved_query", id_)
    body = {
        "query": {"kind": "HogQLQuery", "query": sql},
        "edited_history_id": seen["latest_history_id"],
    }
    posthog.call("PATCH", f"/api/projects/{project}/{CHARTS['warehouse_saved_query']}/{id_}/", body)


def put_elsewhere(posthog: Sandbox, project: Any, one: Mapping[str, Any]) -> None:
    """Somebody puts an insight on a dashboard that nobody declares, too."""
    path = f"/api/projects/{project}/{CHARTS['dashboard']}/"
    others = [each for each in charts_of(posthog, project, "dashboard") if each["name"] == BY_HAND]
    board = others[0] if others else posthog.call("POST", path, {"name": BY_HAND})
    on = {each["dashboard_id"] for each in one["dashboard_tiles"] if not each.get("deleted")}
    posthog.call(
        "PATCH",
        f"/api/projects/{project}/{CHARTS['insight']}/{one['id']}/",
        {"dashboards": sorted(on | {board["id"]})},
    )


Placed = Mapping[Any, set[tuple[Any, Any]]]


def placed_by_hand(posthog: Sandbox, declared: Iterable[rows.Row]) -> Placed:
    """Project -> (dashboard, what somebody has put on it), where no file says what is on that dashboard.

    That is an insight, by its id, or a text.
    """
    exact = {row[2] for row in declared if row[0] == "dashboard" and "tiles" in dict(row[3])}
    projects = posthog.all(f"/api/organizations/{posthog.organization}/projects/")
    return {
        project["id"]: _placed(posthog, project["id"], exact=project["name"] in exact)
        for project in projects
        if project["name"] in ("Web", "Shop")
    }


def _placed(posthog: Sandbox, project: Any, *, exact: bool) -> set[tuple[Any, Any]]:
    boards = charts_of(posthog, project, "dashboard")
    free = {
        each["id"] for each in boards if each["name"] == BY_HAND or (each["name"] == GROWTH and not exact)
    }
    insights = ours(posthog, project, "insight") if free else []
    texts = (
        (id_, each["text"]["body"])
        for id_ in free
        for each in whole(posthog, project, "dashboard", id_)["tiles"]
        if each["text"] and not each.get("deleted")
    )
    return {
        (place["dashboard_id"], each["id"])
        for each in insights
        for place in each["dashboard_tiles"]
        if not place.get("deleted") and place["dashboard_id"] in free
    } | {*texts}


def assert_still_placed(posthog: Sandbox, before: Placed, declared: Iterable[rows.Row]) -> None:
    """What is still there is where somebody has put it, beside where a file puts it."""
    if not any(before.values()):
        return
    now = placed_by_hand(posthog, declared)
    for project, placed in before.items():
        if not placed or project not in now:
            continue
        boards = {each["id"] for each in charts_of(posthog, project, "dashboard")}
        insights = {each["id"] for each in ours(posthog, project, "insight")}
        still = {
            (board, what)
            for board, what in placed
            if board in boards and (isinstance(what, str) or what in insights)
        }
        assert still <= now[project], "taken off a dashboard of which no file says what is on it"


def assert_about(posthog: Sandbox, project: Any, kind: str) -> None:
    """An alert, a subscription or a dashboard is about the one insight, and about no other."""
    (one,), (meant,) = ours(posthog, project, kind), ours(posthog, project, "insight")
    if kind == "dashboard":
        tiles = whole(posthog, project, kind, one["id"])["tiles"]
        about = next(each["insight"]["id"] for each in tiles if each["insight"] and not each.get("deleted"))
    else:
        about = one["insight"]["id"] if kind == "alert" else one["insight"]
    assert about == meant["id"], f"{kind}: {one}"
