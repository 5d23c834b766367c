"""Dashboards of a project (posthog-api-analytics.md 3)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.chart_objects import (
    COLLABORATORS,
    EVERYBODY,
    Dashboard,
    DashboardTile,
    Insight,
)
from pulumi_posthog.sandbox.families.dashboards import overlay, tiles
from pulumi_posthog.sandbox.families.file_system.paths import file_object
from pulumi_posthog.sandbox.families.insights.family import may_edit
from pulumi_posthog.sandbox.families.insights.filters import LONGEST_SEARCH
from pulumi_posthog.sandbox.families.project_objects import FOLDER, LEFT_OUT, ObjectFamily
from pulumi_posthog.sandbox.families.tagged import BULK, TAGS, take_tags
from pulumi_posthog.sandbox.families.tiles import place
from pulumi_posthog.sandbox.rules.ages import NEWEST_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Log, exact, search
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    choice,
    flag,
    integer,
    json,
    read_only,
    text,
    texts,
    writable,
)
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.representation import instant

NOW = (2026, 2026)
NEWEST = (NEWEST_2026, 2026)
ONLY_ONE = False
"""Not in a list."""
DENSITIES = ("none", "small", "medium", "large")
COMPACTIONS = ("vertical", "horizontal", "none")
COLOR_KEYS = {"breakdownValue", "colorToken", "breakdownType", "breakdownProperty", "source"}
UNMAPPED = (
    Action("post", "create_from_template_json", "unmapped", of_one=False),
    Action("post", "create_unlisted_dashboard", "unmapped", of_one=False),
    Action("get", "stream_tiles", "unmapped"),
)
TILE_ACTIONS = tuple(
    Action("post", name, name, scopes="write", ages=NOW)
    for name in (
        "create_text_tile",
        "update_text_tile",
        "update_tile",
        "copy_tile",
        "reorder_tiles",
        "delete_tile",
    )
)


def searched(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """By a part of the name or the description; 400 for a text that is too long."""
    if len(sought) > LONGEST_SEARCH:
        raise invalid(name, f"Ensure this value has at most {LONGEST_SEARCH} characters.", "max_length")
    return search("name", "description")(rows, name, sought)


def not_generated(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Without those that PostHog generates."""
    return rows.exclude(name__startswith="Generated Dashboard") if sought.lower() == "true" else rows


def check_colors(given: Any) -> None:
    """The newest servers look at them."""
    if generation() < NEWEST_2026 or given is None:
        return
    if not isinstance(given, list):
        raise invalid("breakdown_colors", "Expected a list.")
    for each in given:
        if not isinstance(each, dict) or not {"breakdownValue", "colorToken"} <= each.keys() <= COLOR_KEYS:
            raise invalid("breakdown_colors", "Expected breakdownValue and colorToken.")


class Dashboards(ObjectFamily):
    """Dashboards of a project."""

    name = "dashboards"
    model = Dashboard
    scope = "dashboard"
    title = "dashboard"
    reads_deleted = False
    order = ("-pinned", "name", "pk")
    restored_word = "updated"
    log = Log("Dashboard", left_out=(*LEFT_OUT, "last_accessed_at"))
    filters: ClassVar = {"search": searched, "creation_mode": exact, "exclude_generated": not_generated}
    actions = (*UNMAPPED, *TILE_ACTIONS, BULK)
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, nullable=True, allow_blank=True, max_length=400),
        writable("description", text, allow_blank=True),
        writable("pinned", flag),
        CREATED_AT,
        CREATED_BY,
        read_only("last_accessed_at", lambda row: instant(row.last_accessed_at)),
        read_only("last_refresh", lambda _row: None),
        read_only("is_shared", lambda _row: False),
        writable("deleted", flag),
        read_only("creation_mode"),
        writable("filters", json, nullable=True, in_list=ONLY_ONE),
        writable(
            "variables", json, nullable=True, in_list=ONLY_ONE, taken_on="update", show=overlay.variables_of
        ),
        writable("breakdown_colors", json, nullable=True, in_list=ONLY_ONE),
        writable("data_color_theme_id", integer, nullable=True, in_list=ONLY_ONE),
        writable("quick_filter_ids", texts, nullable=True, in_list=ONLY_ONE, ages=NOW),
        TAGS,
        writable("restriction_level", choice, choices=(EVERYBODY, COLLABORATORS)),
        read_only("effective_restriction_level", lambda row: row.restriction_level),
        read_only("effective_privilege_level", lambda _row: COLLABORATORS),
        read_only("access_control_version", lambda _row: "v2" if generation() >= 2025 else "v1"),
        read_only("persisted_filters", lambda row: row.filters or None, in_list=ONLY_ONE),
        read_only("persisted_variables", lambda row: row.variables or None, in_list=ONLY_ONE),
        read_only("team_id", lambda row: row.project_id),
        writable("tiles", json, nullable=True, in_list=ONLY_ONE, taken_on="update", show=tiles.shown),
        writable("grid_spacing", choice, choices=DENSITIES, write_only=True, ages=NEWEST),
        writable("layout_compaction", choice, choices=COMPACTIONS, write_only=True, ages=NEWEST),
        read_only(
            "customization",
            lambda row: {"tile_spacing": row.grid_spacing, "layout_compaction": row.layout_compaction},
            ages=NEWEST,
            in_list=ONLY_ONE,
        ),
        writable("use_template", text, write_only=True, taken_on="create", allow_blank=True),
        writable("use_dashboard", integer, write_only=True, taken_on="create", nullable=True),
        writable("duplicate_tiles", flag, write_only=True, taken_on="create"),
        writable("delete_insights", flag, write_only=True),
        FOLDER,
    )
    on_page = ("name", "project", "pinned", "deleted")
    not_on_page = ("created_by", "type", "short_id", "uuid")

    def changeable(self, rows: QuerySet[Any], sent: Any) -> QuerySet[Any]:
        """A deleted one is found only to be restored."""
        restores = isinstance(sent, dict) and sent.get("deleted") is False
        return rows if restores else self.visible(rows)

    def check(
        self, values: dict[str, Any], row: Dashboard, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        if not row._state.adding and not may_edit(row, user):
            raise PermissionDenied("You don't have edit permissions for this dashboard.")
        self.check_source(values, row)
        take_tags(values, row)
        if "filters" in values:
            filters = overlay.taken_filters(values.pop("filters"))
            values |= {} if filters is None else {"filters": filters}
        if not isinstance(values.get("variables") or {}, dict):
            raise invalid("variables", "Expected an object.")
        if not values.get("variables", True):
            del values["variables"]
        check_colors(values.get("breakdown_colors"))
        if "quick_filter_ids" in values:
            values["quick_filter_ids"] = self.quick_filters(values["quick_filter_ids"])
        row.listed_tiles = values.pop("tiles", None)  # type: ignore[attr-defined]
        row.takes_insights = values.pop("delete_insights", False)  # type: ignore[attr-defined]
        return values

    def check_source(self, values: dict[str, Any], row: Dashboard) -> None:
        """Of what it is a copy."""
        template, source = values.pop("use_template", None), values.pop("use_dashboard", None)
        row.copies_insights = values.pop("duplicate_tiles", False)  # type: ignore[attr-defined]
        if template and source:
            raise ValidationError("`use_dashboard` and `use_template` cannot be used together")
        row.copied = None  # type: ignore[attr-defined]
        if template:
            row.creation_mode = "template"
        if source:
            found = Dashboard.objects.filter(pk=source, project=row.project, deleted=False).first()
            if found is None:
                raise invalid("use_dashboard", "Invalid value provided")
            row.creation_mode, row.copied = "duplicate", found  # type: ignore[attr-defined]

    def quick_filters(self, given: list[str] | None) -> list[str]:
        """None are served here, so that all are unknown."""
        if given and (unknown := [each for each in given if as_uuid(each) is None or each]):
            raise invalid("quick_filter_ids", f"Quick filters not found: {', '.join(unknown)}")
        return []

    def is_filed(self, row: Dashboard) -> bool:
        return row.creation_mode != "template"

    def after(self, row: Dashboard, before: Any | None, user: User | None) -> None:
        super().after(row, before, user)
        if (listed := getattr(row, "listed_tiles", None)) is not None:
            row.listed_tiles = None  # type: ignore[attr-defined]
            tiles.take_tiles(row, listed)
        if (copied := getattr(row, "copied", None)) is not None:
            row.copied = None  # type: ignore[attr-defined]
            self.copy_tiles(copied, row)
        if before is not None and row.deleted != before.deleted:
            self.delete_along(row) if row.deleted else self.restore_along(row, user)

    def copy_tiles(self, source: Dashboard, row: Dashboard) -> None:
        """The same insights; what `duplicate_tiles` does besides is not told."""
        for tile in DashboardTile.objects.filter(dashboard=source, deleted=False):
            tile.pk, tile.dashboard, tile._state.adding = None, row, True
            tile.save()

    def delete_along(self, row: Dashboard) -> None:
        """Its tiles, where it is the first of a project, and if they say so its insights; not their alerts."""
        insights = list(
            DashboardTile.objects.filter(dashboard=row, deleted=False)
            .exclude(insight=None)
            .values_list("insight")
        )
        DashboardTile.objects.filter(dashboard=row).update(deleted=True)
        if row.project.settings.get("primary_dashboard") == row.pk:
            row.project.settings["primary_dashboard"] = None
            row.project.save()
        if getattr(row, "takes_insights", False):
            for (id_,) in insights:
                if not DashboardTile.objects.filter(insight=id_, deleted=False).exists():
                    Insight.objects.filter(pk=id_).update(deleted=True)

    def restore_along(self, row: Dashboard, user: User | None) -> None:
        """All tiles that it ever had, and all insights that had one of them (3.8)."""
        DashboardTile.objects.filter(dashboard=row).update(deleted=False)
        for insight in Insight.objects.filter(tiles__dashboard=row, deleted=True):
            insight.deleted = False
            insight.save()
            if insight.saved:
                file_object(insight, user)

    def seed_tiles(self, row: Dashboard, items: list[dict[str, Any]]) -> None:
        """Each with the number of its insight, or with a text; `layout` is the place of the wide page."""
        for item in items:
            sent = {key: value for key, value in item.items() if key not in {"insight", "layout"}}
            if isinstance(item.get("layout"), dict):
                sent["layouts"] = {"sm": item["layout"]}
            if isinstance(sent.get("text"), str):
                sent["text"] = {"body": sent["text"]}
            if isinstance(id_ := item.get("insight"), int):
                sent["id"] = place(Insight.objects.get(pk=id_), row).pk
            tiles.take_tiles(row, [sent])

    def same(self, parent: Any, sent: dict[str, Any]) -> Any | None:
        """The dashboard that each project has from the start."""
        return self.visible(self.rows_of(parent)).filter(name=sent["name"]).first()

    def filler(self, number: int, parent: Any) -> Dashboard:
        return Dashboard(project=parent, name=f"Dashboard {number:05}")


DASHBOARDS = Dashboards()
