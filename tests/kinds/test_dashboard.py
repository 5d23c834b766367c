"""What a dashboard of the file and of PostHog differ in, and what is sent of its tiles (posthog-api-analytics.md 3)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pulumi_posthog.kinds.dashboard import DASHBOARD, alongside, checked, noted, remark
from pulumi_posthog.kinds.tiles import drawn, tile_of
from pulumi_posthog.reconcile.differences import details, differences
from pulumi_posthog.reconcile.shown import rows
from pulumi_posthog.values.picture import Box, Change, Picture
from pulumi_posthog.values.reference import Reference

SIGNUPS = Reference("insight", "Signups", id_="12", others={"13": "Orders"})
ORDERS = Reference("insight", "Orders", id_="13", others={"12": "Signups"})


def at(x: int, y: int, w: int = 6, h: int = 5) -> dict[str, Any]:
    return {"sm": {"x": x, "y": y, "w": w, "h": h}}


def answered(id_: int, **tile: Any) -> dict[str, Any]:
    """A tile as PostHog answers it."""
    nothing = dict.fromkeys(("insight", "text", "color", "show_description", "filters_overrides"))
    return {"id": id_, "layouts": {}, **nothing, **tile}


def live(*tiles: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return DASHBOARD.values({"id": 1, "name": "Growth", "tiles": list(tiles), **fields})


def text(id_: int, body: str, **tile: Any) -> dict[str, Any]:
    return answered(id_, text={"id": id_ + 100, "body": body}, **tile)


def of_insight(id_: int, insight: int, **tile: Any) -> dict[str, Any]:
    return answered(id_, insight={"id": insight, "query": {"kind": "overlaid"}}, **tile)


def test_the_order_of_tiles_extra_keys_of_the_page_and_what_nobody_declares_are_no_difference():
    page = {"sm": {**at(0, 1)["sm"], "i": "7", "minW": 3, "moved": False}, "xs": {"x": 0}}
    there = live(of_insight(7, 12, layouts=page, color="blue"), text(8, "Hello", layouts=at(0, 0, 12, 1)))
    declared = [{"text": {"body": "Hello\n"}}, {"insight": SIGNUPS, "layouts": at(0, 1)}]

    assert differences(DASHBOARD, {"tiles": declared}, there) == ()


def test_a_tile_that_moved_is_shown_by_the_name_of_its_insight():
    there = live(text(8, "# Mine"), of_insight(7, 13, layouts=at(0, 0)), of_insight(6, 12, layouts=at(6, 0)))
    declared = [{"insight": SIGNUPS, "layouts": at(0, 0)}, {"insight": ORDERS}]

    (found,) = differences(DASHBOARD, {"tiles": declared}, there)

    assert details(found)[1:] == (("tiles['Signups']['layouts']['sm']['x']", 6, 0),)
    assert next((row.path, row.live, row.undeclared) for row in rows(found)) == (
        "tiles['# Mine']",
        {"text": {"body": "# Mine"}},
        True,
    )


@pytest.mark.parametrize(
    ("declared", "filters"),
    [
        ({}, None),
        ({}, {}),
        ({}, {"date_from": None, "properties": []}),
        ({"date_to": None}, {"properties": []}),
    ],
)
def test_filters_of_nulls_and_empty_lists_are_none(declared, filters):
    assert differences(DASHBOARD, {"filters": declared}, live(filters=filters)) == ()


def test_filters_are_cleared_by_a_null_because_an_empty_mapping_changes_nothing():
    wire = DASHBOARD.field("filters").wire

    assert wire
    assert wire({}) == {"date_from": None}
    assert wire({"date_from": "-7d"}) == {"date_from": "-7d"}


def test_of_a_tile_that_is_there_only_what_differs_is_sent_and_its_small_layout_stays():
    before = {"sm": {**at(0, 0)["sm"], "minW": 3}, "xs": {"x": 0, "y": 0, "w": 1, "h": 5}}
    answer = {"tiles": [of_insight(7, 12, layouts=before, color="red"), text(8, "Old", layouts=at(6, 0))]}
    declared = [
        {"insight": 12, "layouts": at(0, 3), "color": None},
        {"text": {"body": "New"}, "layouts": at(6, 0)},
        {"text": {"body": "More"}, "color": "blue"},
    ]

    assert alongside({"tiles": declared}, answer)["tiles"] == [
        {"id": 7, "layouts": {"sm": {**at(0, 3)["sm"], "minW": 3}, "xs": before["xs"]}, "color": ""},
        {"id": 8, "text": {"id": 108, "body": "New"}},
        {"text": {"body": "More"}, "color": "blue"},
    ]
    assert alongside({"name": "Growth"}, answer) == {"name": "Growth"}


def test_tiles_of_other_sorts_are_left_alone_and_told():
    widget = answered(9, widget={"widget_type": "error_tracking"})

    assert differences(DASHBOARD, {"tiles": []}, live(widget)) == ()
    assert alongside({"tiles": []}, {"tiles": [widget]})["tiles"] == []
    assert (
        remark({"tiles": [widget]})
        == "has 1 tiles of a sort that is not declared here: they are left as they are"
    )


CONTENTS = st.one_of(
    st.builds(lambda id_: {"insight": id_}, st.integers(1, 4)),
    st.builds(lambda body: {"text": {"body": body}}, st.sampled_from(["A", "B", " B\n", "C", "D"])),
)
TILES = st.lists(
    st.builds(
        lambda content, place, color: {**content, **place, **color},
        CONTENTS,
        st.sampled_from([{}, {"layouts": at(0, 0)}, {"layouts": at(6, 0)}, {"layouts": at(0, 5)}]),
        st.sampled_from([{}, {"color": "blue"}, {"color": "red"}, {"color": None}]),
    ),
    max_size=6,
    unique_by=lambda tile: tile.get("insight") or tile["text"]["body"],
)


def patched(tiles: list[dict[str, Any]], sent: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> Any:
    """What PostHog makes of tiles (3.5), once the insights that are wanted are on the dashboard (2.7)."""
    result = {each["id"]: copy.deepcopy(each) for each in tiles}
    for item in sent:
        if "id" not in item:
            body = {"id": len(result) + 200, "body": item["text"]["body"].strip()}
            result[len(result) + 50] = answered(len(result) + 50, **{**item, "text": body})
        elif item.get("deleted"):
            del result[item["id"]]
        else:
            result[item["id"]] |= {**item}
    return sorted(result.values(), key=lambda each: -each["id"])


@example(
    before=[{"text": {"body": "B"}, "layouts": at(0, 0)}, {"text": {"body": " B\n"}, "layouts": at(0, 0)}],
    wanted=[{"text": {"body": "B"}}, {"text": {"body": " B\n"}, "color": "blue"}],
)
@example(
    before=[],
    wanted=[{"text": {"body": " B\n"}, "color": None}, {"text": {"body": "B"}, "layouts": at(0, 0)}],
)
@example(
    before=[{"text": {"body": " B\n"}, "color": "blue"}, {"text": {"body": "B"}}],
    wanted=[
        {"text": {"body": "B"}, "layouts": at(6, 0), "color": "blue"},
        {"text": {"body": " B\n"}, "layouts": at(6, 0)},
    ],
)
@settings(deadline=None)  # a busy machine is no error
@given(before=TILES, wanted=TILES)
def test_whatever_is_there_and_whatever_is_declared_one_request_makes_the_one_the_other(before, wanted):
    there = [
        of_insight(place, **{"insight": tile["insight"], **_settings(tile)})
        if "insight" in tile
        else text(place, tile["text"]["body"].strip(), **_settings(tile))
        for place, tile in enumerate(before, 1)
    ]
    on_it = {each["insight"]["id"] for each in there if each["insight"]}
    new = [tile["insight"] for tile in wanted if "insight" in tile and tile["insight"] not in on_it]
    there += [of_insight(20 + place, insight) for place, insight in enumerate(new)]

    sent = alongside({"tiles": wanted}, {"tiles": there})["tiles"]
    after = patched(there, sent, wanted)

    assert differences(DASHBOARD, {"tiles": wanted}, live(*after)) == ()
    assert alongside({"tiles": wanted}, {"tiles": after})["tiles"] == []
    kept = {each["id"] for each in there} & {each["id"] for each in after}
    assert {each["id"] for each in there if each["insight"] and _is_wanted(each, wanted)} <= kept


def _settings(tile: dict[str, Any]) -> dict[str, Any]:
    return {name: tile[name] for name in ("layouts", "color") if tile.get(name)}


def _is_wanted(tile: dict[str, Any], wanted: list[dict[str, Any]]) -> bool:
    return any((tile_of(tile) or {}).get("insight") == each.get("insight") for each in wanted)


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"tiles": [{"insight": SIGNUPS}, {"insight": ORDERS}]}, []),
        ({"tiles": [{"insight": SIGNUPS}, {"insight": SIGNUPS}]}, ["tiles.1"]),
        ({"tiles": [{"insight": 12, "text": {"body": "A"}}]}, ["tiles.0"]),
        ({"tiles": [{"color": "blue"}]}, ["tiles.0"]),
        ({"tiles": [{"insight": 1, "layouts": at(8, 0)}]}, ["tiles.0.layouts"]),
        (
            {"tiles": [{"insight": 1, "layouts": at(0, 0)}, {"insight": 2, "layouts": at(5, 4)}]},
            ["tiles.1.layouts"],
        ),
        ({"tiles": [{"insight": 1, "layouts": at(0, 0)}, {"insight": 2, "layouts": at(6, 0)}]}, []),
        ({"filters": {"properties": {"type": "OR", "values": []}}}, ["filters.properties"]),
        ({"filters": {}}, []),
        ({"variables": {}}, ["variables"]),
    ],
)
def test_what_posthog_refuses_drops_or_moves_is_told_at_its_place(fields, places):
    assert [place for place, _, _ in checked(fields)] == places


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ([{"insight": SIGNUPS}, {"text": {"body": "A"}}, {"text": {"body": "B"}}], None),
        ([{"text": {"body": "A"}}, {"text": {"body": "B"}}, {"text": {"body": "C"}}], "loses 1 insight"),
        ([{"insight": SIGNUPS}], "loses 2 texts for good (A; B)"),
        ([], "loses 1 insight and 2 texts for good (A; B)"),
    ],
)
def test_what_is_taken_off_is_told(declared, said):
    there = [{"insight": 12}, {"text": {"body": "A"}}, {"text": {"body": "B"}}]

    side_effect = DASHBOARD.field("tiles").side_effect

    assert side_effect
    assert side_effect(there, declared) == said


def test_a_gap_above_a_tile_is_told():
    whole = [{"insight": 1, "layouts": at(0, 0, 12, 1)}, {"insight": 2, "layouts": at(0, 1)}]
    gap = [{"insight": 1, "layouts": at(0, 0, 6, 1)}, {"insight": 2, "layouts": at(6, 1)}]

    assert list(noted({"tiles": whole})) == []
    (said,) = noted({"tiles": gap})
    assert said.startswith("has a gap above row 1 at column 6")


def tile(insight: Any, *sides: int) -> dict[str, Any]:
    layouts = {"layouts": {"sm": dict(zip(("x", "y", "w", "h"), sides, strict=True))}} if sides else {}
    return {"insight": insight, **layouts}


def test_a_picture_has_what_was_moved_what_is_on_one_side_only_and_what_says_no_place_where_it_is():
    live = [
        tile("Sales", 0, 0, 6, 5),
        tile("Visits", 6, 0, 6, 5),
        tile("Costs", 0, 5, 3, 2),
        tile(12, 0, 9, 20, 1),
    ]
    declared = [tile("Sales", 6, 0, 6, 5), tile("Visits", 0, 0, 6, 5), tile("Costs"), tile("New", 3, 5, 3, 2)]

    picture = drawn(live, declared)

    assert picture == Picture(
        12,
        (
            Box("Sales", 0, 0, 6, 5, Change.MOVED),
            Box("Visits", 6, 0, 6, 5, Change.MOVED),
            Box("Costs", 0, 5, 3, 2),
            Box("insight 12", 0, 9, 12, 1, Change.ONLY_HERE),
        ),
        (
            Box("Sales", 6, 0, 6, 5, Change.MOVED),
            Box("Visits", 0, 0, 6, 5, Change.MOVED),
            Box("Costs", 0, 5, 3, 2),
            Box("New", 3, 5, 3, 2, Change.ONLY_HERE),
        ),
    )


@pytest.mark.parametrize(
    "live",
    [
        [tile("Sales", 0, 0, 6, 5)],
        [{**tile("Sales", 0, 0, 6, 5), "color": "blue"}],
        [tile("Sales", 0, 0, 6, 5), {"text": {"body": "Hello"}}],  # on one side, and without a place
        [tile("Sales", 0, 0, 6, 5), {"insight": 3, "layouts": {"sm": {"x": -1, "y": 1.5, "w": None}}}],
        [tile("Sales", 0, 0, 6, 5), {"insight": 3, "layouts": {"sm": "wide"}}, "a text"],
        "no list",
    ],
)
def test_there_is_no_picture_where_none_would_show_a_difference(live):
    assert drawn(live, [tile("Sales")] if live != "no list" else None) is None
