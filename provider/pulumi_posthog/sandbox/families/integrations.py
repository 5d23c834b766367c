"""Integrations of a project: logins elsewhere, which functions and batch exports name by their id.

They are made on PostHog's pages, never with a key. How one looks is a guess: no page of the API says it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.rules.family import Family, exact
from pulumi_posthog.sandbox.rules.fields import CREATED_AT, CREATED_BY, read_only
from pulumi_posthog.sandbox.rules.models import Project, User


class Integration(models.Model):
    """A login at Slack, at a cloud's storage, ..."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="integrations")
    kind = models.CharField(max_length=200, default="slack")
    display_name = models.CharField(max_length=400)
    config = models.JSONField(default=dict, blank=True)
    errors = models.CharField(max_length=400, blank=True, default="")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Integration"

    def __str__(self) -> str:
        return f"{self.kind} {self.display_name}"


class Integrations(Family):
    """Integrations of a project."""

    name = "integrations"
    model = Integration
    scope = "integration"
    title = "integration"
    ages = (2025, 2026)
    methods = ("list", "retrieve")
    filters: ClassVar = {"kind": exact}
    fields = (
        read_only("id", lambda row: row.pk),
        read_only("kind"),
        read_only("config"),
        CREATED_AT,
        CREATED_BY,
        read_only("errors"),
        read_only("display_name"),
    )
    on_page = ("display_name", "kind", "project", "id")

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`Acme: {kind: slack}`."""
        return {"display_name": name, "kind": "slack", "config": {}, **given}

    def create(
        self,
        parent: Any,
        sent: Any,
        user: User | None,
        request: Any = None,
        *,
        is_logged: bool = True,
        **columns: Any,
    ) -> Integration:
        """By hand or from a seed: there is no request that makes one."""
        return Integration.objects.create(project=parent, created_by=user, **sent)

    def filler(self, number: int, parent: Any) -> Integration:
        return Integration(project=parent, kind="slack", display_name=f"Workspace {number:05}")


INTEGRATIONS = Integrations()
