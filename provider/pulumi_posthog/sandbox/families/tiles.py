"""Tiles of dashboards: where an insight gets one, and where on the page it is (posthog-api-analytics.md 2.7, 3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_posthog.sandbox.families.chart_objects import Dashboard, DashboardTile, Insight
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation

WIDTH, HEIGHT = 6, 5


def place(insight: Insight, board: Dashboard) -> DashboardTile:
    """A tile, or the one that was taken away: with its old layout and colour."""
    tile = DashboardTile.objects.filter(dashboard=board, insight=insight).first()
    if tile is None:
        others = DashboardTile.objects.filter(dashboard=board, deleted=False)
        return DashboardTile.objects.create(dashboard=board, insight=insight, layouts=layouts_below(others))
    if tile.deleted:
        tile.deleted = False
        tile.save()
    return tile


def layouts_below(others: Iterable[DashboardTile]) -> dict[str, Any]:
    """Of a new tile: since mid-2026 in two columns below the lowest; before, the page places it."""
    if generation() < LATER_2026:
        return {}
    wide = [box for tile in others if (box := box_of(tile, "sm"))]
    narrow = [box for tile in others if (box := box_of(tile, "xs"))]
    x, y = 0, bottom(wide)
    beside = [box for box in wide if box["y"] + box["h"] == y]
    if len(beside) == 1 and beside[0]["x"] == 0 and beside[0]["w"] == WIDTH:
        x, y = WIDTH, beside[0]["y"]
    return {
        "sm": {"x": x, "y": y, "w": WIDTH, "h": HEIGHT},
        "xs": {"x": 0, "y": bottom(narrow), "w": 1, "h": HEIGHT},
    }


def box_of(tile: DashboardTile, size: str) -> dict[str, int] | None:
    """None where no numbers say where it is."""
    box = tile.layouts.get(size) if isinstance(tile.layouts, dict) else None
    if not isinstance(box, dict) or not all(isinstance(box.get(name), int) for name in "xywh"):
        return None
    return {name: box[name] for name in "xywh"}


def bottom(boxes: Iterable[dict[str, int]]) -> int:
    """The first row below all boxes, counted from 0."""
    return max((box["y"] + box["h"] for box in boxes), default=0)


def reading_order(tile: DashboardTile) -> tuple[int, int, int]:
    """From above, then from the left; what has no place comes first."""
    box = tile.layouts.get("sm") if isinstance(tile.layouts, dict) else None
    x, y = (box.get("x"), box.get("y")) if isinstance(box, dict) else (None, None)
    return (y if isinstance(y, int) else 0, x if isinstance(x, int) else 0, tile.pk)
