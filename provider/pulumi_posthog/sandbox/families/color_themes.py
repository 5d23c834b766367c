"""Colour themes of a project, and global ones (posthog-api-access.md 9)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from pulumi_posthog.sandbox.rules.family import Family, FamilyView, view_of
from pulumi_posthog.sandbox.rules.fields import CREATED_AT, CREATED_BY, json, read_only, text, writable
from pulumi_posthog.sandbox.rules.models import Project, User

DEFAULT_COLORS = ["#1d4aff", "#621da6", "#42827e", "#ce0e74", "#f14f58"]


class DataColorTheme(models.Model):
    """Colours of charts; without a project it is there for all."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, related_name="color_themes"
    )
    name = models.CharField(max_length=100)
    colors = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Colour theme"

    def __str__(self) -> str:
        return self.name


class DataColorThemes(Family):
    """Colour themes of a project: an array of its own and the global ones."""

    name = "data_color_themes"
    model = DataColorTheme
    scope = "project"
    title = "colour theme"
    ages = (2025, 2026)
    bare_list = True
    order = ("pk",)
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, required=True, max_length=100),
        writable("colors", json),
        read_only("is_global", lambda row: row.project_id is None),
        CREATED_AT,
        CREATED_BY,
    )
    on_page = ("name", "project", "colors")

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        rows = DataColorTheme.objects.filter(Q(project=parent) | Q(project=None))
        return rows.select_related(*self.related).order_by(*self.order)

    def filler(self, number: int, parent: Any) -> DataColorTheme:
        return DataColorTheme(project=parent, name=f"Theme {number:05}", colors=DEFAULT_COLORS)


class DataColorThemeView(FamilyView):
    """`/api/projects/{id}/data_color_themes/`: only changes are for payment, POST is not looked at."""

    family: ClassVar[DataColorThemes]

    def target(self, sent: Any = None) -> Any:
        row = super().target(sent)
        # A global theme stays one, whoever reads it.
        row.project_id = DataColorTheme.objects.values_list("project_id", flat=True).get(pk=row.pk)
        if self.action != "retrieve":
            if row.project_id is None and not self.caller.is_staff:
                raise PermissionDenied("Only staff can change global themes.")
            if self.organization.feature("data_color_themes") is None:
                raise PermissionDenied("Colour themes are not available on your plan.")
        return row

    def partial_update(self, request: Request, **kwargs: Any) -> Any:
        return self.update(request, partial=True, **kwargs)


DATA_COLOR_THEMES = DataColorThemes()
VIEW = view_of(DATA_COLOR_THEMES, DataColorThemeView)
