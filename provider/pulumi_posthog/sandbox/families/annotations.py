"""Annotations of a project, which say what happened when (posthog-api-analytics.md 6)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.chart_objects import Dashboard, Insight
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Family, Log, search
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    UPDATED_AT,
    AnyField,
    choice,
    flag,
    integer,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.pagination import PagesOfThousand
from pulumi_posthog.sandbox.rules.representation import instant

SCOPES = ("dashboard_item", "dashboard", "project", "organization")
NOW = (2026, 2026)


class Annotation(models.Model):
    """A text at a moment, for one insight, one dashboard, a project or an organization."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="annotations")
    content = models.TextField(max_length=8192, null=True, blank=True)
    date_marker = models.DateTimeField(null=True, blank=True)
    scope = models.CharField(
        max_length=24, default="dashboard_item", choices=[(each, each) for each in SCOPES]
    )
    dashboard_item = models.ForeignKey(
        Insight, on_delete=models.SET_NULL, null=True, blank=True, related_name="annotations"
    )
    dashboard = models.ForeignKey(
        Dashboard, on_delete=models.SET_NULL, null=True, blank=True, related_name="annotations"
    )
    creation_type = models.CharField(max_length=3, default="USR", choices=(("USR", "user"), ("GIT", "bot")))
    emoji = models.CharField(max_length=16, null=True, blank=True)
    hidden_in_user_interface = models.BooleanField(null=True, blank=True)
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Annotation"

    def __str__(self) -> str:
        return self.content or "Annotation"


def scope_of_age(**options: Any) -> AnyField:
    """2024 has none for dashboards."""
    known = SCOPES if generation() >= 2025 else tuple(each for each in SCOPES if each != "dashboard")
    return serializers.ChoiceField(choices=known, **options)


def of_scope(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Pages say `insight` where the column says `dashboard_item`."""
    scope = "dashboard_item" if sought == "insight" else sought
    if scope not in SCOPES:
        raise ValidationError(f"Invalid scope: {sought}")
    return rows.filter(scope=scope)


def limited_by(comparison: str) -> Any:
    """From a moment or a day on, or until it."""

    def filtered(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
        try:
            moment, day = parse_datetime(sought), parse_date(sought[:10])
        except ValueError:
            moment, day = None, None
        if day is None:
            raise invalid(name, "Enter a valid date/time.")
        if moment is not None and timezone.is_aware(moment):
            return rows.filter(**{f"date_marker__{comparison}": moment})
        return rows.filter(**{f"date_marker__date__{comparison}": day})

    return filtered


def with_emoji(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Since 2026; before, nothing looks at it."""
    if generation() < 2026 or sought.lower() not in {"true", "false"}:
        return rows
    return rows.filter(emoji=None) if sought.lower() == "false" else rows.exclude(emoji=None)


def of_insight(name: str) -> Any:
    return lambda row: getattr(row.dashboard_item, name, None)


class Annotations(Family):
    """Annotations of a project; those of its organization are in all of its projects."""

    name = "annotations"
    model = Annotation
    scope = "annotation"
    title = "annotation"
    under_environments = False
    deletion = "not_offered"
    pages = PagesOfThousand
    order = (F("date_marker").desc(nulls_first=True), "pk")
    related = ("created_by", "dashboard_item", "dashboard", "project")
    log = Log("Annotation")
    named: ClassVar = {
        "dashboard_item": ("insight", "dashboard_item"),
        "dashboard_id": ("dashboard", "dashboard_id"),
    }
    filters: ClassVar = {
        "scope": of_scope,
        "date_from": limited_by("gte"),
        "date_to": limited_by("lte"),
        "search": search("content"),
        "is_emoji": with_emoji,
    }
    fields = (
        read_only("id", lambda row: row.pk),
        writable("content", text, nullable=True, allow_blank=True, max_length=8192),
        writable("date_marker", timestamp, nullable=True, show=lambda row: instant(row.date_marker)),
        writable("creation_type", choice, choices=("USR", "GIT")),
        writable("dashboard_item", integer, nullable=True, show=lambda row: row.dashboard_item_id),
        read_only("dashboard_id", lambda row: row.dashboard_id, ages=(2025, 2025)),
        writable("dashboard_id", integer, nullable=True, ages=NOW, show=lambda row: row.dashboard_id),
        read_only("insight_short_id", of_insight("short_id")),
        read_only("insight_name", of_insight("name")),
        read_only("insight_derived_name", of_insight("derived_name")),
        read_only("dashboard_name", lambda row: row.dashboard and row.dashboard.name, ages=(2025, 2026)),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
        writable("deleted", flag),
        writable("scope", scope_of_age),
        writable("emoji", text, nullable=True, allow_blank=True, max_length=16, ages=NOW),
        writable("hidden_in_user_interface", flag, nullable=True, ages=NOW),
    )
    on_page = ("content", "project", "scope", "date_marker", "deleted")

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        """A change through another project makes it that project's: `target` puts the row there."""
        theirs = Q(scope="organization", project__organization=parent.organization_id)
        rows = Annotation.objects.filter(Q(project=parent) | theirs)
        return rows.select_related(*self.related).order_by(*self.order)

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().visible(rows)
        if generation() < 2026:
            return rows
        return rows.exclude(dashboard_item__deleted=True).exclude(dashboard__deleted=True)

    def check(
        self, values: dict[str, Any], row: Annotation, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        if (id_ := values.pop("dashboard_item", row.dashboard_item_id)) != row.dashboard_item_id:
            values["dashboard_item"] = self.insight(id_, row)
        if (id_ := values.pop("dashboard_id", row.dashboard_id)) != row.dashboard_id:
            values["dashboard"] = self.dashboard(id_, row)
        if values.get("emoji") == "":
            values["emoji"] = None
        return values

    def insight(self, id_: int | None, row: Annotation) -> Insight | None:
        """The insight of that id, None for none; 400 where there is none of it."""
        if id_ is None:
            return None
        found = Insight.objects.filter(pk=id_, project=row.project).first()
        if found is None:
            detail = f'Invalid pk "{id_}" - object does not exist.'
            raise invalid("dashboard_item", detail, "does_not_exist")
        return found

    def dashboard(self, id_: int | None, row: Annotation) -> Dashboard | None:
        """The dashboard of that id, None for none; 400 where there is none of it."""
        if id_ is None:
            return None
        found = Dashboard.objects.filter(pk=id_, project=row.project, deleted=False).first()
        if found is None:
            raise invalid("dashboard_id", "Dashboard not found.")
        return found

    def log_name(self, row: Annotation) -> str | None:
        return row.content

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """Its name is what it says; a day is its first moment."""
        sent = {"content": name, "scope": "project", **given}
        at = sent.get("date_marker")
        if isinstance(at, date) and not isinstance(at, datetime):
            sent["date_marker"] = datetime(at.year, at.month, at.day, tzinfo=UTC)
        return sent

    def filler(self, number: int, parent: Any) -> Annotation:
        return Annotation(project=parent, content=f"Annotation {number:05}", scope="project")


ANNOTATIONS = Annotations()
