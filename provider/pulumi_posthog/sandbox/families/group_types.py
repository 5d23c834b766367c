"""Group types of a project: made by events, named by people, hardly writable with a key (posthog-api-access.md 8)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, view_of
from pulumi_posthog.sandbox.rules.fields import read_only, text, writable
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.representation import moment

UNMAPPED = ("update_metadata", "set_default_columns", "create_detail_dashboard")
SINCE_2025 = (2025, 2026)


class GroupType(models.Model):
    """A noun that events are grouped by, such as a company."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="group_types")
    group_type = models.CharField(max_length=400)
    group_type_index = models.PositiveSmallIntegerField()
    name_singular = models.CharField(max_length=400, null=True, blank=True)
    name_plural = models.CharField(max_length=400, null=True, blank=True)
    detail_dashboard = models.IntegerField(null=True, blank=True)
    default_columns = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Group type"

    def __str__(self) -> str:
        return self.group_type


class GroupTypes(Family):
    """Group types of a project, by their index."""

    name = "groups_types"
    model = GroupType
    scope = "group"
    title = "group type"
    bare_list = True
    order = ("group_type_index",)
    related = ()
    methods = ("list", "destroy")
    under_environments = False
    actions = tuple(
        Action("patch" if name == "update_metadata" else "put", name, name, of_one=False) for name in UNMAPPED
    )
    fields = (
        writable("group_type", text, required=True),
        read_only("group_type_index"),
        writable("name_singular", text, nullable=True),
        writable("name_plural", text, nullable=True),
        read_only("detail_dashboard", ages=SINCE_2025),
        read_only("default_columns", ages=SINCE_2025),
        read_only("created_at", lambda row: moment(row.created_at), ages=SINCE_2025),
    )
    on_page = ("group_type", "group_type_index", "project", "name_singular", "name_plural")
    not_on_page = ()

    def check(self, values: dict[str, Any], row: GroupType, **_rest: Any) -> dict[str, Any]:
        if row._state.adding:
            values["group_type_index"] = GroupType.objects.filter(project=row.project).count()
        return values

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`company: {name_singular: Company}`; the next index is its."""
        return {"group_type": name, **given}

    def filler(self, number: int, parent: Any) -> GroupType:
        return GroupType(project=parent, group_type=f"group{number}", group_type_index=number - 1)


class GroupTypeView(FamilyView):
    """`/api/projects/{id}/groups_types/`."""

    family: ClassVar[GroupTypes]

    def target(self, sent: Any = None) -> Any:
        given = str(self.kwargs["id"])
        rows = GroupType.objects.filter(project=self.project)
        found = rows.filter(group_type_index=int(given)).first() if given.isdigit() else None
        if found is None:
            raise NotFound
        return found

    def update_metadata(self, request: Request, **_kwargs: Any) -> Response:
        """For browsers only: keys cannot call it, nor the other two."""
        return self.list(request)

    set_default_columns = create_detail_dashboard = update_metadata


GROUP_TYPES = GroupTypes()
VIEW = view_of(GROUP_TYPES, GroupTypeView)
