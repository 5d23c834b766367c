"""Rows of the project tree, who saw them, who starred them (7)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from pulumi_posthog.sandbox.rules.models import Project, User


class FileSystem(models.Model):
    """A row of the project tree; nothing about it is unique (7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="file_system", db_index=False)
    path = models.TextField()
    depth = models.IntegerField(null=True, blank=True)
    type = models.CharField(max_length=100, blank=True)
    ref = models.CharField(max_length=100, null=True, blank=True)
    href = models.TextField(null=True, blank=True)
    meta = models.JSONField(default=dict, null=True, blank=True)
    shortcut = models.BooleanField(default=False, null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "File system row"
        indexes: ClassVar = [
            models.Index(fields=("project", "path"), name="file_system_path"),
            models.Index(fields=("project", "type", "ref"), name="file_system_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.type})"


class FileSystemView(models.Model):
    """When somebody last opened what a row represents (7.1 `log_view`)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=100)
    ref = models.CharField(max_length=100)
    viewed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "File system view"

    def __str__(self) -> str:
        return f"{self.user} saw {self.type} {self.ref}"


class FileSystemShortcut(models.Model):
    """A starred item of one user (7.10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shortcuts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shortcuts")
    path = models.TextField()
    type = models.CharField(max_length=100, blank=True)
    ref = models.CharField(max_length=100, null=True, blank=True)
    href = models.TextField(null=True, blank=True)
    order = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "File system shortcut"

    def __str__(self) -> str:
        return self.path
