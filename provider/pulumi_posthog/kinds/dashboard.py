"""A dashboard shows insights and texts: which, where, and over which time.

Contract: posthog-api-analytics.md 3. `tiles` says which insights are on it and where: PostHog is told of the first on
each insight, and of the second on the dashboard (3.5, 3.7). The list lacks tiles, filters, variables and colours (1.3).
One that was deleted is made anew, because bringing it back would bring back every tile that was ever taken off it, and
every deleted insight behind one (3.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.conditions import CONDITION
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import FOLDER, IN_PROJECT, TAGS
from pulumi_posthog.kinds.tiles import (
    COLUMNS,
    CONTENTS,
    SETTINGS,
    SIDES,
    body_of,
    called,
    content_of,
    drawn,
    pairs,
    standing,
    tile_of,
)
from pulumi_posthog.kinds.words import IdPlace, Items, KeyedIds, Membership, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown

READY_MADE: Final = "My App Dashboard"  # in each new project, with samples on it (2.8)
FILTERS: Final[Mapping[str, Any]] = {
    "date_from": {"type": ["string", "null"], "description": "The first day, such as `-30d`."},
    "date_to": {"type": ["string", "null"], "description": "Until when."},
    "properties": {
        "type": ["array", "null"],
        "items": CONDITION,
        "description": "An event has to fit all of them.",
    },
    "breakdown_filter": {"type": ["object", "null"], "description": "How charts are broken down."},
    "explicitDate": {"type": ["boolean", "null"], "description": "Whether the time is exact to the second."},
    "interval": {"type": ["string", "null"], "description": "The interval of time, such as `week`."},
    "filterTestAccounts": {"type": ["boolean", "null"], "description": "Whether test accounts are left out."},
}
SIDE: Final[Mapping[str, Any]] = {"type": "integer", "minimum": 0}
TILE: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "insight": {"type": ["string", "integer"], "description": "The insight, by its name or its id."},
        "text": {
            "type": "object",
            "properties": {
                "body": {"type": "string", "minLength": 1, "maxLength": 4000, "description": "In Markdown."}
            },
            "required": ["body"],
            "additionalProperties": False,
            "description": "A text instead of an insight.",
        },
        "button_tile": {
            "type": "object",
            "properties": {
                "url": {"type": "string", "maxLength": 2000, "description": "Where it leads."},
                "text": {"type": "string", "maxLength": 200, "description": "What the button says."},
                "placement": {"enum": ["left", "right"], "description": "On which side."},
                "style": {"enum": ["primary", "secondary"], "description": "How it looks."},
            },
            "required": ["url", "text"],
            "additionalProperties": False,
            "description": "A button instead of an insight, on servers since 2026.",
        },
        "layouts": {
            "type": "object",
            "properties": {
                "sm": {
                    "type": "object",
                    "properties": {
                        "x": {**SIDE, "maximum": COLUMNS - 1, "description": "From the left, of 12 columns."},
                        "y": {**SIDE, "description": "From the top, in rows."},
                        "w": {**SIDE, "minimum": 1, "maximum": COLUMNS, "description": "How many columns."},
                        "h": {**SIDE, "minimum": 1, "description": "How many rows."},
                    },
                    "required": [*SIDES],
                    "additionalProperties": False,
                    "description": "On a wide screen.",
                }
            },
            "required": ["sm"],
            "additionalProperties": False,
            "description": "Where it is. Without this, PostHog's page places it.",
        },
        "color": {"type": ["string", "null"], "description": "The colour of its edge, such as `blue`."},
        "show_description": {
            "type": ["boolean", "null"],
            "description": "Whether the insight's description is shown.",
        },
        "transparent_background": {
            "type": ["boolean", "null"],
            "description": "Whether it is transparent.",
        },
        "filters_overrides": {
            "type": ["object", "null"],
            "description": "Filters of only this tile, in the form of `filters`.",
        },
    },
    "additionalProperties": False,
}


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A dashboard as PostHog answers it -> its fields; what its list leaves out is left out."""
    result = {**answer}
    if "tiles" in answer:
        result["tiles"] = [tile_of(each) for each in standing(answer["tiles"])]
    for name, empty in (
        ("filters", {}),
        ("variables", {}),
        ("breakdown_colors", []),
        ("quick_filter_ids", []),
    ):
        if name in answer:
            result[name] = answer[name] or empty
    if "name" in answer:
        samples = [
            bool((each.get("insight") or {}).get("is_sample")) for each in standing(answer.get("tiles"))
        ]
        result["ready_made"] = answer["name"] == READY_MADE and all(samples)
    return result


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with the tiles by their ids.

    It has what changes of those that are there, new texts, and what is no longer declared.
    """
    if "tiles" not in body:
        return body
    live = standing(answer.get("tiles"))
    wanted = body["tiles"] or []
    places = pairs([tile_of(each) for each in live], wanted)
    tiles: list[dict[str, Any]] = [
        {"id": live[place]["id"], "deleted": True} for place in range(len(live)) if place not in places
    ]
    for tile, place in zip(wanted, places, strict=True):
        if place is not None:
            change = changed_tile(tile, live[place])
            tiles += [{"id": live[place]["id"], **change}] if change else []
        elif "insight" not in tile:  # an insight's tile is made by the insight
            tiles.append({**tile, **({"color": tile["color"] or ""} if "color" in tile else {})})
    return {**body, "tiles": tiles}


def changed_tile(tile: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """What to send of a tile that is there: what differs, with what its page has put beside its place."""
    result: dict[str, Any] = {}
    seen = tile_of(live) or {}
    for name in SETTINGS:
        if name in tile and (tile[name] or None) != seen.get(name):
            result[name] = tile[name]
    if "layouts" in result:
        before = live.get("layouts") or {}
        result["layouts"] = {**before, "sm": {**(before.get("sm") or {}), **tile["layouts"]["sm"]}}
    if "color" in result:
        result["color"] = tile["color"] or ""  # null changes nothing
    if "text" in tile and body_of(tile) != body_of(seen):
        result["text"] = {"id": live["text"]["id"], "body": body_of(tile)}
    return result


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses, drops or moves (3.4 to 3.6)."""
    filters = fields.get("filters")
    if isinstance(filters, Mapping) and isinstance(filters.get("properties"), Mapping):
        yield (
            "filters.properties",
            "has groups in its filters, which newer servers make flat or refuse",
            "write a list: all of its conditions have to be true",
        )
    if fields.get("variables") == {}:
        yield (
            "variables",
            "has `variables` without any, and PostHog clears none",
            "leave `variables` out, or give each the value that it has by default",
        )
    seen: dict[str, int] = {}
    taken: dict[tuple[int, int], int] = {}
    for place, tile in enumerate(fields.get("tiles") or ()):
        if not isinstance(tile, Mapping):
            continue
        has = [name for name in CONTENTS if tile.get(name) is not None]
        if len(has) != 1:
            yield (
                f"tiles.{place}",
                f"has a tile with {' and '.join(f'`{name}`' for name in has) or 'nothing on it'}",
                f"a tile has one of {', '.join(f'`{name}`' for name in CONTENTS)}",
            )
        insight = tile.get("insight")
        if insight is not None and not is_unknown(insight):
            name = insight.key if isinstance(insight, Reference) else str(insight)
            if name in seen:
                yield (
                    f"tiles.{place}",
                    f"has two tiles of {called(tile)}",
                    "an insight is at most once on a dashboard: take one of them out",
                )
            seen.setdefault(name, place)
        yield from misplaced(place, tile, taken)


def misplaced(place: int, tile: Mapping[str, Any], taken: dict[tuple[int, int], int]) -> Iterator[Objection]:
    """A tile that does not fit, or is on another one.

    `taken` says which fields of the grid, as (column, row), have a tile, and which one; this tile is added to it.
    """
    layouts = tile.get("layouts")
    sm = layouts.get("sm") if isinstance(layouts, Mapping) else None
    if not isinstance(sm, Mapping) or not all(isinstance(sm.get(side), int) for side in SIDES):
        return
    x, y, w, h = (sm[side] for side in SIDES)
    if x + w > COLUMNS:
        yield (
            f"tiles.{place}.layouts",
            f"has a tile that begins at column {x} and is {w} wide",
            f"there are {COLUMNS} columns",
        )
        return
    fields = [(column, row) for column in range(x, x + w) for row in range(y, min(y + h, y + 1000))]
    under = next((taken[each] for each in fields if each in taken), None)
    if under is not None:
        yield (
            f"tiles.{place}.layouts",
            f"has tile {place + 1} where tile {under + 1} is",
            "PostHog's page moves one of them down: give each another place",
        )
    taken.update(dict.fromkeys(fields, place))


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What PostHog's page will do to a layout with gaps (3.6)."""
    places = [
        tile["layouts"]["sm"]
        for tile in fields.get("tiles") or ()
        if isinstance(tile, Mapping) and isinstance((tile.get("layouts") or {}).get("sm"), Mapping)
    ]
    for one in places:
        above = [
            other["y"] + other["h"]
            for other in places
            if other is not one
            and other["x"] < one["x"] + one["w"]
            and one["x"] < other["x"] + other["w"]
            and other["y"] < one["y"]
        ]
        if one["y"] > max(above, default=0):
            yield (
                f"has a gap above row {one['y']} at column {one['x']}: PostHog's page moves that tile up as soon as"
                " somebody saves the layout there"
            )


def taken_off(live: Json, desired: Json) -> str | None:
    """What is taken off a dashboard: of an insight PostHog remembers the place, of a text nothing."""
    before, after = live or [], desired or []
    kept = pairs(before, after)
    gone = [each for place, each in enumerate(before) if place not in kept]
    if not gone:
        return None
    texts = [called(each) for each in gone if content_of(each) != "insight"]
    insights = len(gone) - len(texts)
    said = [f"{insights} insight{'s' if insights > 1 else ''}"] if insights else []
    said += (
        [f"{len(texts)} text{'s' if len(texts) > 1 else ''} for good ({'; '.join(texts[:5])})"]
        if texts
        else []
    )
    return f"loses {' and '.join(said)}"


def remark(answer: Mapping[str, Any]) -> str | None:
    """How many of its tiles are of a sort that no file says; None when there are none."""
    tiles = [each for each in answer.get("tiles") or () if not each.get("deleted")]
    others = len(tiles) - len(standing(tiles))
    return (
        f"has {others} tiles of a sort that is not declared here: they are left as they are"
        if others
        else None
    )


def removal(_values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its texts are deleted with it; its insights stay, and so do subscriptions, which show nothing (3.8)."""
    return {"deleted": True}  # DELETE answers 405


def cleared(filters: Json) -> Json:
    """Filters as a request has them: PostHog passes over an empty mapping, so a null clears them (3.4)."""
    return filters or {"date_from": None}


DASHBOARD = Kind(
    name="dashboard",
    resource="Dashboard",
    section="projects.*.dashboards",
    doc="A dashboard shows insights and texts. It says where each of them is, and which time they show.",
    purpose=(
        "Keep the dashboards that everybody uses in a file. A change is reviewed, every project gets the "
        "same, and you see what somebody moves by hand."
    ),
    page=Page("*Dashboards*", "/project/{project}/dashboard/{id}"),
    collection="/api/projects/{project}/dashboards/",
    parent="project",
    accessible_as="dashboard",
    natural_keys=(("name",),),
    read_scope="dashboard:read",
    write_scope="dashboard:write",
    also_scopes=("insight:write",),  # an insight says on which dashboards it is (2.7)
    page_size=1000,
    whole_sign="tiles",
    whole_for=(
        "tiles",
        "filters",
        "variables",
        "breakdown_colors",
        "data_color_theme_id",
        "quick_filter_ids",
    ),
    deletion=Deletion.PATCH,
    delete_by_patch=removal,
    made_by_posthog={"name": READY_MADE, "ready_made": True},
    membership=Membership(
        field="tiles",
        item="insight",
        kind="insight",
        listed="dashboard_tiles",
        container="dashboard_id",
        sent_as="dashboards",
    ),
    activity_scopes=("Dashboard",),
    from_api=from_api,
    alongside=alongside,
    checked=checked,
    noted=noted,
    remark=remark,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(name="description", doc="Shown in PostHog.", default=""),
        Field(name="pinned", type=Type.BOOLEAN, doc="Whether it is pinned in the navigation.", default=False),
        TAGS,
        Field(
            name="tiles",
            type=Type.LIST,
            doc=(
                "Which insights, texts and buttons are on it, and where. It has exactly these: a run "
                "takes off what somebody adds by hand. What you do not declare of a tile, such as its "
                "colour, stays as it is."
            ),
            items=TILE,
            default=[],
            on_create=False,
            kept_keys=SETTINGS,
            key_defaults={"filters_overrides": {}},
            null_is_absent=True,
            trimmed_keys=("body",),
            items_by=Items(pairs=pairs, called=called),
            drawn=drawn,
            side_effect=taken_off,
            ids=(
                IdPlace(path="*.insight", names="insight", bare=True),
                IdPlace(path="**.value", names="cohort", where=("type", "cohort")),
                IdPlace(path="**.group_type_index", names="group_type"),
            ),
        ),
        Field(
            name="filters",
            type=Type.OBJECT,
            doc="Filters of all its insights. A change replaces all of them.",
            keys=FILTERS,
            default={},
            null_is_absent=True,
            key_defaults={"properties": []},
            wire=cleared,
            ids=(
                IdPlace(path="**.value", names="cohort", where=("type", "cohort")),
                IdPlace(path="**.group_type_index", names="group_type"),
            ),
        ),
        Field(
            name="variables",
            type=Type.OBJECT,
            doc=(
                "The values of variables in SQL, by their code names: `{country: {value: DE}}`. A change "
                "replaces all of them."
            ),
            default={},
            on_create=False,
            null_is_absent=True,
            key_defaults={"isNull": False},
            keyed_ids=(KeyedIds(names="insight_variable", id_key="variableId", name_key="code_name"),),
            since=2025,
        ),
        Field(
            name="breakdown_colors",
            type=Type.LIST,
            doc="Which value of a breakdown has which colour: `{breakdownValue: ..., colorToken: preset-1}`.",
            items={"type": "object"},
            default=[],
            null_is_absent=True,
            since=2025,
        ),
        Field(
            name="data_color_theme_id",
            type=Type.INTEGER,
            doc="The colours of its charts, by the theme's name or its id.",
            nullable=True,
            default=None,
            names="data_color_theme",
            since=2025,
        ),
        Field(
            name="quick_filter_ids",
            type=Type.STRINGS,
            doc="The ids of quick filters that are above it.",
            default=[],
            since=2026,
        ),
        Field(
            name="restriction_level",
            type=Type.INTEGER,
            doc="Who may change it: everybody in the project (21), or only its collaborators (37).",
            choices=(21, 37),
            default=21,
        ),
        FOLDER,
        Field(name="creation_mode", doc="How it was made, such as `default` or `template`.", read_only=True),
        Field(
            name="ready_made",
            type=Type.BOOLEAN,
            doc="Whether PostHog has made it with the project, and nobody has put anything on it.",
            read_only=True,
        ),
        Field(name="created_at", read_only=True),
    ),
)
