"""Dashboards, insights, flags, cohorts: as far as other families know them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.rules.models import Project, User


class ProjectObject(models.Model):
    """A dashboard, insight, flag, ...: what a row of the file system can represent (7.7)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="objects_of_project")
    type = models.CharField(max_length=100, default="dashboard")
    short_id = models.CharField(max_length=12, blank=True, default="")
    uuid = models.UUIDField(null=True, blank=True, help_text="the id of kinds whose ids are no numbers")
    name = models.CharField(
        max_length=400, null=True, blank=True, help_text="cohorts and actions may have none"
    )
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    object_type: ClassVar[str] = ""
    """What `type` is of all rows of a kind that has a table of its own."""

    class Meta:
        verbose_name = "Dashboard, insight, flag, ..."
        verbose_name_plural = "Dashboards, insights, flags, ..."

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.type = self.object_type or self.type
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.type} {self.name}"

    @property
    def ref(self) -> str:
        """What file-system rows call it."""
        return self.short_id or self.key_of_rules

    @property
    def title(self) -> str:
        """What its row in the tree is called."""
        return self.name or "Untitled"

    @property
    def key_of_rules(self) -> str:
        """Its primary key, as access rules store it (posthog-api-access.md 3.2)."""
        return str(self.uuid or self.pk)


def new_object(project: Project, type_: str, name: str, user: User | None) -> ProjectObject:
    """A row in the table of its kind; kinds without one share a table."""
    model = next(
        (each for each in ProjectObject.__subclasses__() if each.object_type == type_), ProjectObject
    )
    return model._default_manager.create(project=project, type=type_, name=name, created_by=user)
