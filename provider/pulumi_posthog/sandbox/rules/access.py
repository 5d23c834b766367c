"""Which level somebody has: in a project, on a type of resource, on one object (posthog-api-access.md 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_posthog.sandbox.rules.ages import NEWEST_2026, generation
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    MEMBER,
    AccessControl,
    Organization,
    OrganizationMembership,
    Project,
)
from pulumi_posthog.sandbox.rules.resource_types import PROJECT_LEVELS, RESOURCE_LEVELS, type_of
from pulumi_posthog.sandbox.rules.switches import SWITCHES

LEVEL_OF = {"none": 0, "member": MEMBER, "admin": ADMIN}


@dataclass(frozen=True)
class Access:
    """A level and where it is from, as `users_with_access` names it (3.3)."""

    level: str
    source: str = "default"
    is_stored: bool = True
    """Whether a rule gave it: the built-in default is not enough to edit rules (3.4)."""


def built_in(level: str) -> Access:
    """What holds where no rule is stored."""
    return Access(level, is_stored=False)


def is_enforced(organization: Organization) -> bool:
    """Without the paid feature rules are stored and ignored (3.7)."""
    return SWITCHES.age >= 2025 and organization.feature("access_control") is not None


def is_most_specific(organization: Organization) -> bool:
    """Newest 2026: the nearest rule wins, downwards, too."""
    return generation() >= NEWEST_2026 and organization.uses_most_specific_access_resolution


class Rules:
    """All rules of a project, read once, for as many persons as are asked about."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.organization = project.organization
        self.rows = list(AccessControl.objects.filter(project=project))
        self.roles: dict[Any, set[Any]] = {}

    def roles_of(self, membership: OrganizationMembership) -> set[Any]:
        """Ids of the roles that somebody is in."""
        if membership.pk not in self.roles:
            self.roles[membership.pk] = set(membership.role_memberships.values_list("role_id", flat=True))
        return self.roles[membership.pk]

    def about(self, resource: str, resource_id: str | None) -> list[AccessControl]:
        """The rules about a type (`resource_id` None) or about one object."""
        return [row for row in self.rows if row.resource == resource and row.resource_id == resource_id]

    def of_member(self, rows: Iterable[AccessControl], who: OrganizationMembership) -> list[str]:
        """The levels that rules give to somebody alone."""
        return [row.access_level for row in rows if row.organization_member_id == who.pk]

    def of_roles(self, rows: Iterable[AccessControl], who: OrganizationMembership) -> list[str]:
        """The levels that rules give to the roles that somebody has."""
        roles = self.roles_of(who)
        return [row.access_level for row in rows if row.role_id is not None and row.role_id in roles]

    def of_everyone(self, rows: Iterable[AccessControl]) -> str | None:
        """The level that a rule gives to everyone; None without such a rule."""
        found = (row for row in rows if row.organization_member_id is None and row.role_id is None)
        return next((row.access_level for row in found), None)

    def explicit(
        self, rows: Sequence[AccessControl], who: OrganizationMembership, levels: tuple[str, ...]
    ) -> Access | None:
        """By the person's own rule and those of their roles."""
        member, roles = self.of_member(rows, who), self.of_roles(rows, who)
        if not member and not roles:
            return None
        nearest = member or roles
        best = highest(nearest if is_most_specific(self.organization) else member + roles, levels)
        return Access(best, "explicit_member" if best in member else "explicit_role")

    def project_access(self, who: OrganizationMembership) -> Access:
        """A word of `PROJECT_LEVELS`; the built-in default is `admin` (3.5)."""
        if who.level >= ADMIN:
            return Access("admin", "organization_admin")
        if not is_enforced(self.organization):
            return built_in("admin")
        rows = self.about("project", str(self.project.pk))
        if (own := self.explicit(rows, who, PROJECT_LEVELS)) is not None:
            return own
        everyone = self.of_everyone(rows)
        return built_in("admin") if everyone is None else Access(everyone)

    def edits_rules(self, who: OrganizationMembership | None) -> bool:
        """Organization admins, and admins of the project by stored rules (3.4)."""
        if who is None:
            return False
        found = self.project_access(who)
        return found.level == "admin" and found.is_stored

    def type_access(self, who: OrganizationMembership, resource: str) -> Access:
        """The highest of member, role and everyone rules; most-specific: the nearest."""
        type_ = type_of(resource)
        default = type_.default if type_ else "editor"
        if who.level >= ADMIN:
            return Access(type_.maximum if type_ else "manager", "organization_admin")
        if not is_enforced(self.organization):
            return built_in(default)
        found = self.stored_type_access(who, type_.parent or resource if type_ else resource)
        return found or built_in(default)

    def stored_type_access(self, who: OrganizationMembership, resource: str) -> Access | None:
        """The access to a type that is stored for somebody or for everyone; None where no rule says any."""
        rows = self.about(resource, None)
        own, everyone = self.explicit(rows, who, RESOURCE_LEVELS), self.of_everyone(rows)
        if own is None or everyone is None:
            return own or (Access(everyone) if everyone is not None else None)
        if is_most_specific(self.organization):
            return own
        best = highest([own.level, everyone], RESOURCE_LEVELS)
        return own if best == own.level else Access(everyone)

    def object_access(
        self, who: OrganizationMembership, resource: str, key: str, creator: int | None
    ) -> Access:
        """Explicit rules of the object, else of its type, else its everyone-rule, else the built-in default."""
        if creator is not None and creator == who.user_id:
            return Access("manager", "creator")
        type_access = self.type_access(who, resource)
        if who.level >= ADMIN or not is_enforced(self.organization):
            return type_access
        if self.edits_rules(who):
            return Access("manager", "project_admin")
        rows = self.about(resource, key)
        if (own := self.explicit(rows, who, RESOURCE_LEVELS)) is not None:
            return Access(own.level, own.source)
        everyone = self.of_everyone(rows)
        if is_most_specific(self.organization):
            return type_access if everyone is None else Access(everyone)
        if type_access.is_stored:
            return type_access
        return type_access if everyone is None else Access(everyone)

    def is_listed(self, who: OrganizationMembership, resource: str, key: str, creator: int | None) -> bool:
        """Lists are stricter than the object itself (3.6)."""
        if who.level >= ADMIN or not is_enforced(self.organization) or creator == who.user_id:
            return True
        if self.edits_rules(who):
            return True
        rows = self.about(resource, key)
        explicit = [*self.of_member(rows, who), *self.of_roles(rows, who)]
        if explicit:
            return any(level != "none" for level in explicit)
        if self.type_access(who, resource).level == "none":
            return False
        return self.of_everyone(rows) != "none"


def drop_rules(project: Project, resource: str, key: str) -> None:
    """What the newest servers do when an object is deleted; before, its rules stay and revive with it (3.7)."""
    if generation() >= NEWEST_2026:
        AccessControl.objects.filter(project=project, resource=resource, resource_id=key).delete()


def highest(levels: Iterable[str], order: tuple[str, ...]) -> str:
    """The most of these; a word of another order is the least."""
    return max(levels, key=lambda level: order.index(level) if level in order else -1)


def project_level(membership: OrganizationMembership | None, project: Project) -> int | None:
    """None: the project is closed to that member. Organization admins are always project admins."""
    if membership is None:
        return None
    if membership.level >= ADMIN:
        return membership.level
    if SWITCHES.age == 2024:
        # The old switch of one project (3.4 `access_control`).
        return None if project.setting("access_control") else membership.level
    if not is_enforced(project.organization):
        return membership.level
    found = Rules(project).project_access(membership)
    return (LEVEL_OF.get(found.level, 0) or None) if found.is_stored else membership.level
