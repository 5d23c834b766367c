"""Secret API keys of a project, whose value is shown once (posthog-api-access.md 7)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.ages import LATER_2026
from pulumi_posthog.sandbox.rules.authentication import digest, mask
from pulumi_posthog.sandbox.rules.columns import random_text
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, view_of
from pulumi_posthog.sandbox.rules.fields import CREATED_AT, CREATED_BY, ID, read_only, text, texts, writable
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.permissions import ProjectAdminWrites
from pulumi_posthog.sandbox.rules.representation import moment

SCOPES = ("endpoint:read", "feature_flag:read", "account:read", "experiment:read", "loop:write")
MOST = 50


class ProjectSecretAPIKey(models.Model):
    """Only its digest is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="secret_keys")
    label = models.CharField(max_length=40)
    scopes = models.JSONField(default=list)
    secure_value = models.CharField(max_length=64, editable=False, default="")
    mask_value = models.CharField(max_length=11, editable=False, default="")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_rolled_at = models.DateTimeField(null=True, blank=True)

    value: str | None = None
    """In the answer to who made or rolled it, and nowhere else."""

    class Meta:
        verbose_name = "Project secret API key"

    def __str__(self) -> str:
        return self.label

    def roll(self) -> None:
        """A new value, which only this object in memory knows."""
        self.value = random_text("phs_")
        self.secure_value, self.mask_value = digest(self.value), mask(self.value)


class ProjectSecretAPIKeys(Family):
    """Secret API keys of a project."""

    name = "project_secret_api_keys"
    model = ProjectSecretAPIKey
    scope = "project"
    title = "project secret API key"
    ages = (LATER_2026, 2026)
    under_environments = False
    permissions = (ProjectAdminWrites,)
    actions = (Action("post", "roll", "roll", scopes="write"),)
    fields = (
        ID,
        writable("label", text, required=True, max_length=40),
        writable("scopes", texts, required=True),
        read_only("value"),
        read_only("mask_value"),
        CREATED_AT,
        CREATED_BY,
        read_only("last_used_at", lambda row: moment(row.last_used_at)),
        read_only("last_rolled_at", lambda row: moment(row.last_rolled_at)),
    )
    on_page = ("label", "project", "scopes", "mask_value")

    def check(
        self, values: dict[str, Any], row: ProjectSecretAPIKey, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        scopes = values.get("scopes")
        if scopes is not None and (not scopes or any(each not in SCOPES for each in scopes)):
            raise invalid("scopes", "Invalid scope.")
        others = ProjectSecretAPIKey.objects.filter(project=row.project).exclude(pk=row.pk)
        taken = "label" in values and others.filter(label=values["label"]).exists()
        if taken and row._state.adding:
            raise serializers.ValidationError("A key with this label already exists.")
        if taken:
            raise Unhandled("IntegrityError: label")
        if row._state.adding:
            if others.count() >= MOST:
                raise serializers.ValidationError(f"A project has at most {MOST} keys.")
            row.roll()
        return values

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`flag-evaluator: {scopes: ["feature_flag:read"]}`."""
        return {"label": name, **given}

    def filler(self, number: int, parent: Any) -> ProjectSecretAPIKey:
        row = ProjectSecretAPIKey(project=parent, label=f"key-{number:05}", scopes=[SCOPES[0]])
        row.roll()
        return row


class ProjectSecretAPIKeyView(FamilyView):
    """`/api/projects/{id}/project_secret_api_keys/`."""

    family: ClassVar[ProjectSecretAPIKeys]

    def roll(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        row.roll()
        row.last_rolled_at = timezone.now()
        row.save()
        return Response(self.family.represent(row))


PROJECT_SECRET_API_KEYS = ProjectSecretAPIKeys()
VIEW = view_of(PROJECT_SECRET_API_KEYS, ProjectSecretAPIKeyView)
