"""The endpoints of dashboards (posthog-api-analytics.md 3.1)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.chart_objects import Dashboard, DashboardTile
from pulumi_posthog.sandbox.families.dashboards import tiles
from pulumi_posthog.sandbox.families.dashboards.family import DASHBOARDS, Dashboards
from pulumi_posthog.sandbox.families.project_objects import ObjectView
from pulumi_posthog.sandbox.families.tagged import TaggedView
from pulumi_posthog.sandbox.families.tiles import box_of, layouts_below
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import view_of
from pulumi_posthog.sandbox.rules.writing import writing

LAYOUTS = ("preserve", "two_column", "full_width")
FULL_WIDTH = 12


class DashboardView(TaggedView, ObjectView):
    """`/api/projects/{id}/dashboards/`: an abbreviated list; one is whole, with its insights."""

    family: ClassVar[Dashboards]

    def represent(self, row: Any) -> dict[str, Any]:
        row.project = self.project
        item = self.family.represent(row, abbreviated=self.action == "list")
        if self.asks_rules:
            item["user_access_level"] = self.level(row)
        return item

    def filtered(self, request: Request) -> Any:
        rows: Any = super().filtered(request)
        wanted = {each.lower() for each in request.query_params.getlist("tags")}
        return [
            row for row in rows if row.creation_mode != "unlisted" and (not wanted or wanted & set(row.tags))
        ]

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        """A GET that writes when it was read last."""
        row = self.target()
        with writing():
            row.last_accessed_at = timezone.now()
            Dashboard.objects.filter(pk=row.pk).update(last_accessed_at=row.last_accessed_at)
        return Response(self.represent(row))

    def unmapped(self, _request: Request, **_kwargs: Any) -> Response:
        """Keys never get here."""
        return Response({})

    # Actions of 2026 for single tiles.

    def sent(self) -> dict[str, Any]:
        return self.request.data if isinstance(self.request.data, dict) else {}

    def tile_of(self, board: Dashboard, id_: Any) -> DashboardTile:
        """404 for one of another dashboard."""
        known = isinstance(id_, int) and not isinstance(id_, bool) and abs(id_) < 2**53
        tile = DashboardTile.objects.filter(dashboard=board, deleted=False, pk=id_).first() if known else None
        if tile is None:
            raise NotFound
        return tile

    def board_to_change(self) -> Dashboard:
        board: Dashboard = self.target()
        return board

    def body(self) -> str:
        """The text that was sent for a tile; 400 for a blank one."""
        body = tiles.text_of(self.sent())
        if not body:
            raise invalid("body", "This field may not be blank.", "blank")
        return body

    def create_text_tile(self, _request: Request, **_kwargs: Any) -> Response:
        board, body = self.board_to_change(), self.body()
        own = {name: value for name, value in self.sent().items() if name in {"layouts", "color"}}
        tiles.take_tile(board, {**own, "text": {"body": body}})
        made = DashboardTile.objects.filter(dashboard=board).order_by("-pk")[0]
        return Response(tiles.tile_shown(made, board, 0), status=201)

    def update_text_tile(self, _request: Request, **_kwargs: Any) -> Response:
        board = self.board_to_change()
        tile = self.tile_of(board, self.sent().get("tile_id"))
        if tile.text is None:
            raise invalid("tile_id", "This is no text tile.")
        return self.changed(
            board, tile, {"text": {"id": tile.text.pk, "body": self.body()}} if "body" in self.sent() else {}
        )

    def update_tile(self, _request: Request, **_kwargs: Any) -> Response:
        board = self.board_to_change()
        tile = self.tile_of(board, self.sent().get("tile_id"))
        if tile.text is not None:
            raise invalid("tile_id", "This is a text tile.")
        return self.changed(board, tile, {})

    def changed(self, board: Dashboard, tile: DashboardTile, more: dict[str, Any]) -> Response:
        """Changes a tile by what was sent and by `more`; the answer."""
        own = {
            name: value
            for name, value in self.sent().items()
            if name not in {"tile_id", "body", "text", "id"}
        }
        tiles.take_tile(board, {**own, "id": tile.pk, **more})
        tile.refresh_from_db()
        return Response(tiles.tile_shown(tile, board, 0))

    def copy_tile(self, _request: Request, **_kwargs: Any) -> Response:
        """An insight that has a tile there already keeps that one."""
        board, source = self.board_to_change(), self.sent().get("fromDashboardId")
        known = isinstance(source, int) and abs(source) < 2**53
        found = (
            self.family.visible(self.family.rows_of(self.project)).filter(pk=source).first()
            if known
            else None
        )
        if found is None:
            raise NotFound
        tile = self.tile_of(found, self.sent().get("tileId"))
        if tile.insight is None or not board.tiles.filter(insight=tile.insight).exists():
            tile.pk, tile.dashboard, tile._state.adding = None, board, True
            tile.save()
        return Response(self.represent(board))

    def reorder_tiles(self, _request: Request, **_kwargs: Any) -> Response:
        board, order = self.board_to_change(), self.sent().get("tile_order")
        layout = self.sent().get("layout", "preserve")
        if not isinstance(order, list) or layout not in LAYOUTS:
            return Response({"detail": "tile_order is a list of ids, layout one of its words."}, status=400)
        found = [board.tiles.filter(deleted=False, pk=id_).first() for id_ in order if isinstance(id_, int)]
        if None in found or len(found) < len(order):
            return Response({"detail": "Tile not found."}, status=404)
        placed: list[DashboardTile] = []
        for tile in found:
            if tile is not None:
                place(tile, placed, layout)
                placed.append(tile)
                tile.save()
        return Response(self.represent(board))

    def delete_tile(self, _request: Request, **_kwargs: Any) -> Response:
        """Those below move up."""
        board = self.board_to_change()
        gone = self.tile_of(board, self.sent().get("tile_id"))
        gone.deleted = True
        gone.save()
        box = box_of(gone, "sm")
        for tile in board.tiles.filter(deleted=False) if box else ():
            own = box_of(tile, "sm")
            if box and own and own["y"] >= box["y"] + box["h"]:
                tile.layouts["sm"]["y"] -= box["h"]
                tile.save()
        return Response(status=204)


def place(tile: DashboardTile, before: list[DashboardTile], layout: str) -> None:
    """After those before it: in two columns, over the whole width, or as wide as it is."""
    below = layouts_below(before)
    size = box_of(tile, "sm") or {"w": 6, "h": 5}
    if layout == "preserve" and below:
        below["sm"] |= {"w": size["w"], "h": size["h"]}
    elif layout == "full_width" and below:
        below["sm"] |= {"x": 0, "w": FULL_WIDTH}
    tile.layouts = {**tile.layouts, **below}


VIEW = view_of(DASHBOARDS, DashboardView)
