"""Which level somebody has in a project: from the organization, or from access controls (1.9, 9)."""

from __future__ import annotations

from pulumi_posthog.sandbox.rules.models import ADMIN, MEMBER, AccessControl, OrganizationMembership, Project
from pulumi_posthog.sandbox.rules.switches import SWITCHES

LEVEL_OF = {"none": 0, "member": MEMBER, "admin": ADMIN}


def project_level(membership: OrganizationMembership | None, project: Project) -> int | None:
    """None: the project is closed to that member. Organization admins are always project admins."""
    if membership is None:
        return None
    if membership.level >= ADMIN:
        return membership.level
    if SWITCHES.age == 2024:
        # The old switch of one project (3.4 `access_control`).
        return None if project.setting("access_control") else membership.level
    if project.organization.feature("access_control") is None:
        return membership.level
    rules = list(AccessControl.objects.filter(project=project, resource="project"))
    if not rules:
        return membership.level
    roles = set(membership.role_memberships.values_list("role_id", flat=True))
    own = [
        LEVEL_OF.get(rule.access_level, 0)
        for rule in rules
        if rule.organization_member_id == membership.pk or rule.role_id in roles
    ]
    default = [
        LEVEL_OF.get(rule.access_level, 0)
        for rule in rules
        if rule.organization_member_id is None and rule.role_id is None
    ]
    level = max(own or default or [MEMBER])
    return level or None
