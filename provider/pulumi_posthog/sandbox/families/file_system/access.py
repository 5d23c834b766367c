"""What access rules leave of the project tree (posthog-api.md 7.8)."""

from __future__ import annotations

from functools import cached_property

from django.db.models import QuerySet

from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.access import Rules, is_enforced
from pulumi_posthog.sandbox.rules.models import ADMIN, OrganizationMembership, Project
from pulumi_posthog.sandbox.rules.resource_types import types


class TreeAccess:
    """What one member may do with the objects behind the rows."""

    def __init__(self, project: Project, who: OrganizationMembership) -> None:
        self.project, self.who = project, who

    @cached_property
    def rules(self) -> Rules:
        """What is stored of the project's rules."""
        return Rules(self.project)

    @cached_property
    def is_free(self) -> bool:
        """Nobody is kept away: most often so."""
        return self.who.level >= ADMIN or not is_enforced(self.project.organization) or not self.rules.rows

    @cached_property
    def things(self) -> dict[tuple[str, str], ProjectObject]:
        """The objects behind rows, by type and ref."""
        found = ProjectObject.objects.filter(project=self.project, deleted=False, type__in=types())
        return {(each.type, each.ref): each for each in found}

    def level(self, row: FileSystem) -> str | None:
        """None: no rules are about what it represents."""
        if self.is_free or (thing := self.things.get((row.type or "", row.ref or ""))) is None:
            return None
        return self.rules.object_access(self.who, thing.type, thing.key_of_rules, thing.created_by_id).level

    def visible(self, rows: QuerySet[FileSystem]) -> QuerySet[FileSystem]:
        """Without those whose object the member may not see."""
        if self.is_free:
            return rows
        return rows.exclude(pk__in=[row.pk for row in rows if self.level(row) == "none"])
