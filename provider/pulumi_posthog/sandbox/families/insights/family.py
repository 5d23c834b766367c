"""Insights of a project: their fields, their dashboards, and what is deleted with them (posthog-api-analytics.md 2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.alert_objects import delete_alerts
from pulumi_posthog.sandbox.families.alert_shapes import disable_invalid
from pulumi_posthog.sandbox.families.chart_objects import COLLABORATORS, Dashboard, DashboardTile, Insight
from pulumi_posthog.sandbox.families.insights import nodes
from pulumi_posthog.sandbox.families.insights.filters import FILTERS
from pulumi_posthog.sandbox.families.project_objects import FOLDER, LEFT_OUT, ObjectFamily
from pulumi_posthog.sandbox.families.ruled import may_change
from pulumi_posthog.sandbox.families.tagged import BULK, TAGS, take_tags
from pulumi_posthog.sandbox.families.tiles import place
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.family import Action, Log
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    UPDATED_AT,
    flag,
    integer,
    integers,
    json,
    read_only,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.membership import membership_of
from pulumi_posthog.sandbox.rules.models import ADMIN, User
from pulumi_posthog.sandbox.rules.representation import basic_user, instant
from pulumi_posthog.sandbox.rules.switches import SWITCHES

NOW = (2026, 2026)
IN_BASIC = False
"""`?basic=true` is the abbreviated form, of a list and of one."""
MODIFYING = {"name", "description", "filters"}
UNMAPPED = (
    Action("get", "my_last_viewed", "unmapped", of_one=False),
    Action("post", "cancel", "unmapped", of_one=False),
    Action("get", "activity", "unmapped", of_one=False),
    Action("get", "activity", "unmapped"),
    Action("post", "viewed", "unmapped"),
    Action("get", "analyze", "unmapped"),
    Action("get", "suggestions", "unmapped"),
)


def query_of(row: Insight) -> Any:
    """Upgraded; 2026 converts what is older than queries."""
    if row.query is None and row.filters and generation() >= 2026:
        return nodes.converted(row.filters)
    return nodes.with_variables(nodes.upgraded(row.query), row.project)


def filters_of(row: Insight) -> Any:
    return {} if generation() >= 2026 or row.query is not None else row.filters


def tiles_of(row: Insight) -> list[dict[str, Any]]:
    """Also those that were taken away."""
    return [
        {"id": tile.pk, "dashboard_id": tile.dashboard_id, "deleted": tile.deleted}
        for tile in sorted(row.tiles.all(), key=lambda tile: tile.pk)
    ]


def dashboards_of(row: Insight) -> list[int]:
    """Where it is now."""
    return [
        tile.dashboard_id for tile in sorted(row.tiles.all(), key=lambda tile: tile.pk) if not tile.deleted
    ]


def remove_tiles(row: Insight, but: Iterable[int] = ()) -> None:
    """From all dashboards but these."""
    for tile in DashboardTile.objects.filter(insight=row, deleted=False).exclude(dashboard__in=list(but)):
        tile.deleted = True
        tile.save()


class Insights(ObjectFamily):
    """Insights of a project."""

    name = "insights"
    model = Insight
    scope = "insight"
    title = "insight"
    bucket = "analytics"
    reads_deleted = False
    order = (F("order").asc(nulls_last=True), "heap_position")
    related = ("created_by", "last_modified_by")
    named: ClassVar = {"dashboards": ("dashboard", "dashboards")}
    filters = FILTERS
    log = Log(
        "Insight",
        left_out=(
            *LEFT_OUT,
            "order",
            "saved",
            "is_sample",
            "last_modified_at",
            "last_modified_by",
            "last_viewed_at",
            "heap_position",
        ),
    )
    actions = (
        *UNMAPPED,
        Action("get", "trending", "trending", of_one=False, scopes="read", ages=NOW),
        Action("get", "thresholds", "thresholds", scopes="alert:read", keys_since=2025),
        BULK,
    )
    fields = (
        read_only("id", lambda row: row.pk),
        read_only("short_id"),
        writable("name", text, nullable=True, allow_blank=True, max_length=400),
        writable("derived_name", text, nullable=True, allow_blank=True, max_length=400),
        writable("query", json, nullable=True, show=query_of),
        writable("filters", json, show=filters_of),
        writable("order", integer, nullable=True, in_list=IN_BASIC),
        writable("deleted", flag, in_list=IN_BASIC),
        writable("dashboards", integers, show=dashboards_of),
        read_only("dashboard_tiles", tiles_of),
        read_only("last_refresh", lambda _row: None),
        read_only("refreshing", lambda _row: False),
        read_only("cache_target_age", lambda _row: None, in_list=IN_BASIC),
        read_only("next_allowed_client_refresh", lambda _row: None, in_list=IN_BASIC),
        read_only("result", lambda _row: None, in_list=IN_BASIC),
        read_only("hasMore", lambda _row: None, in_list=IN_BASIC),
        read_only("columns", lambda _row: None, in_list=IN_BASIC),
        CREATED_AT,
        CREATED_BY,
        writable("description", text, nullable=True, allow_blank=True, max_length=400),
        UPDATED_AT,
        TAGS,
        writable("favorited", flag),
        writable("saved", flag),
        read_only("last_modified_at", lambda row: instant(row.last_modified_at)),
        read_only("last_modified_by", lambda row: basic_user(row.last_modified_by), in_list=IN_BASIC),
        read_only("is_sample", in_list=IN_BASIC),
        read_only("timezone", lambda _row: None, in_list=IN_BASIC),
        read_only("is_cached", lambda _row: False, in_list=IN_BASIC),
        read_only("query_status", lambda _row: None, in_list=IN_BASIC),
        read_only("hogql", lambda _row: None, in_list=IN_BASIC),
        read_only("types", lambda _row: None, in_list=IN_BASIC),
        read_only("alerts", lambda _row: [], in_list=IN_BASIC),
        read_only("last_viewed_at", lambda row: instant(row.last_viewed_at), ages=NOW),
        read_only("search_match_type", lambda row: getattr(row, "match", None), ages=NOW),
        FOLDER,
    )
    on_page = ("title", "short_id", "project", "saved", "deleted")
    not_on_page = ("created_by", "last_modified_by", "type", "uuid")

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        return super().rows_of(parent).prefetch_related("tiles")

    def check(
        self, values: dict[str, Any], row: Insight, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        if not isinstance(values.get("filters", {}), dict):
            raise ValidationError({"filters": ["Expected an object."]})
        if values.get("filters") and generation() >= 2026 and not SWITCHES.legacy_insight_filters:
            raise PermissionDenied(
                "Creating or updating insights with legacy filters is not available for this user."
            )
        if generation() >= 2026:
            values.setdefault("saved", True)
        elif row._state.adding:
            values.setdefault("saved", False)
        take_tags(values, row)
        row.wanted_dashboards = self.known_dashboards(values.pop("dashboards", None), row, user)  # type: ignore[attr-defined]
        if MODIFYING & values.keys() or row._state.adding:
            row.last_modified_at, row.last_modified_by = timezone.now(), user
        return values

    def known_dashboards(
        self, ids: list[int] | None, row: Insight, user: User | None
    ) -> list[Dashboard] | None:
        """All of them, or none of what was sent is done; None: nothing was said."""
        if ids is None:
            return None
        found = {
            each.pk: each for each in Dashboard.objects.filter(pk__in=ids, project=row.project, deleted=False)
        }
        for id_ in ids:
            if id_ not in found:
                raise ValidationError("Dashboard not found")
            if not may_edit(found[id_], user):
                raise PermissionDenied(f"You don't have permission to edit dashboard: {found[id_].name}")
        return [found[id_] for id_ in dict.fromkeys(ids)]

    def is_filed(self, row: Insight) -> bool:
        return row.saved

    def after(self, row: Insight, before: Any | None, user: User | None) -> None:
        if before is not None:
            before.boards = dashboards_of(before)
        self.place_on_dashboards(row)
        if before is not None and row.deleted and not before.deleted:
            remove_tiles(row)
        if before is not None and (
            row.deleted or (row.query != before.query and not nodes.carries_alerts(row.query))
        ):
            delete_alerts(row)
        elif before is not None and row.query != before.query:
            disable_invalid(row)
        getattr(row, "_prefetched_objects_cache", {}).clear()
        row.boards = dashboards_of(row)  # type: ignore[attr-defined]
        super().after(row, before, user)

    def place_on_dashboards(self, row: Insight) -> None:
        """A tile that was there before comes back as it was."""
        wanted: list[Dashboard] | None = getattr(row, "wanted_dashboards", None)
        if wanted is None:
            return
        row.wanted_dashboards = None  # type: ignore[attr-defined]
        remove_tiles(row, but=[each.pk for each in wanted])
        for board in wanted:
            place(row, board)

    def log_name(self, row: Insight) -> str | None:
        return row.name or row.derived_name

    def log_short_id(self, row: Insight) -> str | None:
        return row.short_id

    def logged(self, row: Any) -> dict[str, Any]:
        return {**super().logged(row), "dashboards": getattr(row, "boards", [])}

    def write_log(self, row: Any, before: Any | None, user: User | None, *, activity_: str) -> None:
        """None of one without a name."""
        if self.log_name(row):
            super().write_log(row, before, user, activity_=activity_)

    def changeable(self, rows: QuerySet[Any], sent: Any) -> QuerySet[Any]:
        """A deleted one is found only to be restored."""
        restores = isinstance(sent, dict) and sent.get("deleted") is False
        return rows if restores else self.visible(rows)

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        return {"name": name, "saved": True, **given}

    def filler(self, number: int, parent: Any) -> Insight:
        return Insight(project=parent, name=f"Insight {number:05}", query=TREND)


TREND = {
    "kind": "InsightVizNode",
    "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
}


def may_edit(board: Dashboard, user: User | None) -> bool:
    """Who made it, and admins; others where not only collaborators may and no rule is against it."""
    if user is None or board.created_by_id == user.pk:
        return True
    member = membership_of(user, board.project.organization)
    if member is None or member.level >= ADMIN:
        return member is not None
    return board.restriction_level != COLLABORATORS and may_change(board, member)


INSIGHTS = Insights()
