"""`tiles` of a dashboard: what PATCH does with each, and how they are answered (posthog-api-analytics.md 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.chart_objects import Dashboard, DashboardText, DashboardTile
from pulumi_posthog.sandbox.families.dashboards.overlay import overlaid
from pulumi_posthog.sandbox.families.insights.family import INSIGHTS
from pulumi_posthog.sandbox.families.tiles import reading_order
from pulumi_posthog.sandbox.rules.ages import NEWEST_2026, generation
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid

LONGEST_TEXT = 4000


class TileInput(serializers.Serializer[Any]):
    """What of an item is for the tile itself; `insight` is ignored."""

    id = serializers.IntegerField(required=False, max_value=2**53)
    layouts = serializers.DictField(required=False, allow_null=True)
    color = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=400)
    show_description = serializers.BooleanField(required=False, allow_null=True)
    transparent_background = serializers.BooleanField(required=False, allow_null=True)
    filters_overrides = serializers.DictField(required=False, allow_null=True)
    deleted = serializers.BooleanField(required=False)


class ButtonInput(serializers.Serializer[Any]):
    """A tile of 2026 that leads somewhere."""

    url = serializers.CharField(max_length=2000)
    text = serializers.CharField(max_length=200)
    placement = serializers.ChoiceField(choices=("left", "right"), default="left")
    style = serializers.ChoiceField(choices=("primary", "secondary"), default="primary")  # type: ignore[assignment]


class WidgetInput(serializers.Serializer[Any]):
    """A tile of the newest servers."""

    widget_type = serializers.CharField()
    config = serializers.DictField()
    name = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)


def text_of(given: Any) -> str:
    """The body, trimmed. 400 `text__body` for a long one."""
    body = given.get("body", "") if isinstance(given, Mapping) else None
    if not isinstance(body, str):
        raise invalid("text__body", "Not a valid string.")
    if len(body.strip()) > LONGEST_TEXT:
        raise invalid(
            "text__body", f"Ensure this field has no more than {LONGEST_TEXT} characters.", "max_length"
        )
    return body.strip()


def checked(serializer: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    """What was sent of a tile, field by field; 400 for another form."""
    if not isinstance(given, Mapping):
        raise invalid("tiles", "Expected an object.")
    found = serializer(data=given)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


def take_tiles(board: Dashboard, items: Any) -> None:
    """Only those that are listed change."""
    if not isinstance(items, list):
        raise invalid("tiles", 'Expected a list of items but got type "str".', "not_a_list")
    for item in items:
        take_tile(board, item)


def take_tile(board: Dashboard, item: Any) -> None:
    """Makes or changes a tile as an item of `tiles` says; one that is not there is passed over.

    Before 2025 that is a 500.
    """
    values = checked(TileInput, item)
    id_ = values.pop("id", None)
    tile = DashboardTile.objects.filter(pk=id_, dashboard=board).first() if id_ is not None else None
    makes = item.get("text") is not None or of_2026(item)
    if tile is None and not makes:
        if generation() < 2025 and id_ is not None:
            raise Unhandled("a tile that is not there")
        return
    if tile is None:
        if DashboardTile.objects.filter(pk=id_).exists():
            return  # it is another dashboard's
        tile = DashboardTile(pk=id_, dashboard=board)
    for name, value in values.items():
        setattr(tile, name, {} if name == "layouts" and value is None else value)
    if item.get("text") is not None:
        tile.text = written(item["text"], tile)
    for name, value in of_2026(item).items():
        setattr(tile, name, value)
    tile.save()


def written(given: Any, tile: DashboardTile) -> DashboardText:
    """In place with the id of the text; without it, a new text in the same tile."""
    body = text_of(given)
    id_ = given.get("id")
    if id_ is None:
        return DashboardText.objects.create(body=body)
    text = tile.text if tile.text is not None and tile.text.pk == id_ else None
    if text is None:
        raise ValidationError("Text tile not found.")
    text.body = body
    text.save()
    return text


def of_2026(item: Mapping[str, Any]) -> dict[str, Any]:
    """Buttons, and on the newest servers widgets."""
    found: dict[str, Any] = {}
    if item.get("button_tile") is not None and generation() >= 2026:
        found["button_tile"] = checked(ButtonInput, item["button_tile"])
    if item.get("widget") is not None and generation() >= NEWEST_2026:
        found["widget"] = checked(WidgetInput, item["widget"])
    return found


def shown(board: Dashboard) -> list[dict[str, Any]]:
    """In reading order; those of deleted insights are not there."""
    tiles = DashboardTile.objects.filter(dashboard=board, deleted=False).select_related("insight", "text")
    return [
        tile_shown(tile, board, place)
        for place, tile in enumerate(sorted(tiles, key=reading_order))
        if tile.insight is None or not tile.insight.deleted
    ]


def tile_shown(tile: DashboardTile, board: Dashboard, place: int) -> dict[str, Any]:
    """A tile as an answer has it; `place` is its number on the dashboard, from 0."""
    item: dict[str, Any] = {
        "id": tile.pk,
        "layouts": tile.layouts,
        "color": tile.color,
        "show_description": tile.show_description,
        "transparent_background": tile.transparent_background,
        "filters_overrides": tile.filters_overrides,
        "order": place,
        "last_refresh": None,
        "is_cached": False,
        "insight": None,
        "text": None,
    }
    if tile.insight is not None:
        tile.insight.project = board.project
        insight = INSIGHTS.represent(tile.insight)
        insight["query"] = overlaid(insight["query"], board)
        item["insight"] = insight
    elif tile.text is not None:
        item["text"] = {"id": tile.text.pk, "body": tile.text.body}
    if generation() >= 2026:
        item["button_tile"] = tile.button_tile
    if generation() >= NEWEST_2026:
        item["widget"] = tile.widget
    return item
