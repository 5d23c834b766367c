"""Tiles of a dashboard: what PostHog answers of one, and which live one each declared one is.

Contract: posthog-api-analytics.md 3.5 to 3.7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.picture import Box, Change, Picture
from pulumi_posthog.values.reference import Reference

COLUMNS: Final = 12  # of the layout `sm` (3.6)
SIDES: Final = ("x", "y", "w", "h")
# What is set of a tile, and left as it is in PostHog where a file does not say it.
SETTINGS: Final = (
    "layouts",
    "color",
    "show_description",
    "transparent_background",
    "filters_overrides",
)
CONTENTS: Final = ("insight", "text", "button_tile")  # what a tile has one of


def content_of(tile: Mapping[str, Any]) -> str | None:
    """Which sort of content a tile has."""
    return next((name for name in CONTENTS if tile.get(name) is not None), None)


def tile_of(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """A tile as PostHog answers it -> as a file has it; None for one that no file can say."""
    content = content_of(answer)
    if content is None:
        return None
    what = answer[content]
    result: dict[str, Any] = {}
    if content == "insight":
        result["insight"] = what["id"]
    elif content == "text":
        result["text"] = {"body": what["body"]}
    else:
        keys = ("url", "text", "placement", "style")
        result["button_tile"] = {key: what[key] for key in keys if what.get(key) is not None}
    sm = (answer.get("layouts") or {}).get("sm") or {}
    if all(sm.get(side) is not None for side in SIDES):
        result["layouts"] = {"sm": {side: sm[side] for side in SIDES}}
    return result | {name: answer[name] for name in SETTINGS[1:] if answer.get(name)}


def standing(tiles: Any) -> list[Mapping[str, Any]]:
    """The tiles of an answer that are there and that a file can say."""
    return [
        each
        for each in tiles or ()
        if not each.get("deleted") and tile_of({**each, "layouts": {}}) is not None
    ]


def body_of(tile: Mapping[str, Any]) -> str | None:
    """The text of a tile, as PostHog keeps it."""
    text = tile.get("text")
    body = text.get("body") if isinstance(text, Mapping) else None
    return body.strip() if isinstance(body, str) else None


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two tiles show the same."""
    content = content_of(one)
    if content is None or content != content_of(other):
        return False
    if content == "insight":
        return bool(known_as(one["insight"]) & known_as(other["insight"]))
    if content == "text":
        return body_of(one) == body_of(other)
    return bool(one[content] == other[content])


def known_as(insight: Any) -> set[str]:
    """What an insight is called in a tile: its id, its name, or both, as texts."""
    name = str.__str__(insight) if isinstance(insight, str) else str(insight)
    return {name, insight.id} if isinstance(insight, Reference) and insight.id is not None else {name}


def pairs(live: Sequence[Any], declared: Sequence[Any]) -> list[int | None]:
    """For each declared tile, the place of the live one that it is; None where it is not there.

    That is the tile that shows the same, else the text at the same place (3.7). Of several texts that are the same, it
    is the one that is as declared, or that is where the declared one is.
    """
    left = [place for place, each in enumerate(live) if isinstance(each, Mapping)]
    result: list[int | None] = [None] * len(declared)
    # What says more is found first, so that what says less does not take it away.
    order = sorted(
        (index for index, tile in enumerate(declared) if isinstance(tile, Mapping)),
        key=lambda index: -sum(name in declared[index] for name in SETTINGS),
    )
    for is_meant in (is_as_declared, is_same_in_place, is_same, is_text_in_place):
        possible = {
            index: [place for place in left if is_meant(live[place], declared[index])]
            for index in order
            if result[index] is None
        }
        taken: dict[int, int] = {}  # live -> declared
        for index in possible:
            _seat(index, possible, taken, set())
        for place, index in taken.items():
            result[index] = place
            left.remove(place)
    return result


def _seat(index: int, possible: Mapping[int, list[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give a declared tile one of its possible live ones; who has it moves to another, if that one can."""
    free = [place for place in possible[index] if place not in taken]
    for place in free or possible[index]:
        if place in tried:
            continue
        tried.add(place)
        if place not in taken or _seat(taken[place], possible, taken, tried):
            taken[place] = index
            return True
    return False


def is_as_declared(live: Mapping[str, Any], tile: Mapping[str, Any]) -> bool:
    """Whether a live tile is the declared one, and as it is declared."""
    return is_same(live, tile) and all(
        (tile[name] or None) == live.get(name) for name in SETTINGS if name in tile
    )


def is_same_in_place(live: Mapping[str, Any], tile: Mapping[str, Any]) -> bool:
    """Whether two tiles show the same, in one place."""
    return is_same(live, tile) and place_of(live) == place_of(tile)


def is_text_in_place(live: Mapping[str, Any], tile: Mapping[str, Any]) -> bool:
    """Whether two tiles are texts in one place."""
    texts = content_of(live) == content_of(tile) == "text"
    return texts and place_of(tile) is not None and place_of(live) == place_of(tile)


def place_of(tile: Mapping[str, Any]) -> tuple[Json, Json] | None:
    """The (column, row) of the upper left corner of a tile, counted from 0; None where nothing is said of it."""
    sm = (tile.get("layouts") or {}).get("sm") or {}
    return (sm.get("x"), sm.get("y")) if sm else None


def called(tile: Any) -> str:
    """What a person calls a tile: its insight, or the beginning of its text."""
    if not isinstance(tile, Mapping):
        return str(tile)
    insight = tile.get("insight")
    if insight is not None:
        return insight.name if isinstance(insight, Reference) else str(insight)
    if tile.get("text"):
        lines = (body_of(tile) or "").splitlines()
        return lines[0][:60] if lines else "text"
    return str((tile.get("button_tile") or {}).get("text") or "tile")


def drawn(live: Json, declared: Json) -> Picture | None:
    """Where the tiles are in PostHog, and where they are declared to be; None when no place differs.

    A declared tile that does not say its place stays where it is.
    """
    before, after = _mappings(live), _mappings(declared)
    places = pairs(before, after)
    partners = {place: after[index] for index, place in enumerate(places) if place is not None}
    here = [_box(tile, tile, _change(tile, partners.get(place))) for place, tile in enumerate(before)]
    there = []
    for tile, place in zip(after, places, strict=True):
        partner = None if place is None else before[place]
        there.append(
            _box(tile, tile if tile.get("layouts") or partner is None else partner, _change(partner, tile))
        )
    boxes, wanted = (tuple(each for each in side if each is not None) for side in (here, there))
    if all(each.change is Change.NONE for each in (*boxes, *wanted)):
        return None
    return Picture(COLUMNS, boxes, wanted)


def _mappings(tiles: Json) -> list[Mapping[str, Any]]:
    return [each for each in tiles if isinstance(each, Mapping)] if isinstance(tiles, list) else []


def _change(live: Mapping[str, Any] | None, declared: Mapping[str, Any] | None) -> Change:
    if live is None or declared is None:
        return Change.ONLY_HERE
    return (
        Change.MOVED if "layouts" in declared and declared["layouts"] != live.get("layouts") else Change.NONE
    )


def _box(tile: Mapping[str, Any], placed: Mapping[str, Any], change: Change) -> Box | None:
    """A tile on the grid; None for one without a place there."""
    layouts = placed.get("layouts")
    sm = layouts.get("sm") if isinstance(layouts, Mapping) else None
    given = [sm.get(side) for side in SIDES] if isinstance(sm, Mapping) else []
    sides = [side for side in given if type(side) is int and side >= 0]
    if len(sides) < len(SIDES):
        return None
    x, y, width, height = sides
    if x >= COLUMNS or not width or not height:
        return None
    name = called(tile)
    label = f"insight {name}" if name.isdecimal() else name
    return Box(label, x, y, min(width, COLUMNS - x), height, change)
