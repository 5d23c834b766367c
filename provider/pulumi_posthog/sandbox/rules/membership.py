"""Who is in which organization, and what members may see of each other."""

from __future__ import annotations

import uuid

from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    Organization,
    OrganizationMembership,
    User,
)
from pulumi_posthog.sandbox.rules.row import row_of


def as_uuid(text: object) -> uuid.UUID | None:
    """None for what is not a UUID."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def uuid_or_nothing(text: object) -> uuid.UUID:
    """For what is not a UUID, one that nothing has."""
    return as_uuid(text) or uuid.UUID(int=0)


def membership_of(user: User, organization: Organization) -> OrganizationMembership | None:
    """The user's place in the organization."""
    found = row_of(OrganizationMembership, user_id=user.pk, organization_id=organization.pk)
    if found is not None:
        found.user, found.organization = user, organization  # so that nobody reads them again
    return found


def is_restricted(membership: OrganizationMembership | None) -> bool:
    """Later 2026: an organization can hide its members from those who are not admins (2.3)."""
    return (
        generation() >= LATER_2026
        and membership is not None
        and membership.level < ADMIN
        and not membership.organization.members_can_see_org_members
    )
