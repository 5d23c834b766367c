"""Projects that are there, and those whose deletion is under way (3.7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from pulumi_posthog.sandbox.rules.models import (
    Project,
)
from pulumi_posthog.sandbox.rules.switches import SWITCHES


def living_projects() -> QuerySet[Project]:
    """Projects whose deletion is not complete; in 2026 it takes a while (3.7)."""
    return Project.objects.filter(Q(deletion_began_at=None) | Q(deletion_began_at__gt=gone_before()))


def is_living(project: Project) -> bool:
    """Whether the deletion of a project is not complete."""
    return project.deletion_began_at is None or project.deletion_began_at > gone_before()


def gone_before() -> datetime:
    """A deletion that began before this moment is complete."""
    return timezone.now() - timedelta(seconds=SWITCHES.deletion_seconds)
