"""How users, members and moments look in answers; hand-built, because lists hold thousands of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pulumi_posthog.sandbox.rules.models import Organization, OrganizationMembership, Project, User
from pulumi_posthog.sandbox.rules.switches import SWITCHES


def moment(value: datetime | None) -> str | None:
    """ISO 8601 with microseconds and `Z` (1.1)."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant(value: datetime | None) -> str | None:
    """ISO 8601 with `Z`, and microseconds only where there are some (posthog-api-analytics.md 1.6)."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def basic_user(user: User | None) -> dict[str, Any] | None:
    """2.3, the `user` of everything."""
    if user is None:
        return None
    return {
        "id": user.pk,
        "uuid": str(user.uuid),
        "distinct_id": user.distinct_id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "is_email_verified": user.is_email_verified,
        "hedgehog_config": user.hedgehog_config,
        "role_at_organization": user.role_at_organization,
    }


def member(membership: OrganizationMembership | None) -> dict[str, Any] | None:
    """2.3."""
    if membership is None:
        return None
    item = {
        "id": str(membership.pk),
        "user": basic_user(membership.user),
        "level": membership.level,
        "joined_at": moment(membership.joined_at),
        "updated_at": moment(membership.updated_at),
        "is_2fa_enabled": False,
        "has_social_auth": False,
    }
    if SWITCHES.age >= 2025:
        item["last_login"] = moment(membership.user.last_login)
    return item


def basic_project(project: Project) -> dict[str, Any]:
    """3.3: the item of lists, without settings."""
    item: dict[str, Any] = {
        "id": project.pk,
        "uuid": str(project.uuid),
        "organization": str(project.organization_id),
        "api_token": project.api_token,
        "name": project.name,
        "completed_snippet_onboarding": project.settings.get("completed_snippet_onboarding", False),
        "has_completed_onboarding_for": project.settings.get("has_completed_onboarding_for"),
        "ingested_event": project.ingested_event,
        "is_demo": project.settings.get("is_demo", False),
        "timezone": project.settings.get("timezone", "UTC"),
        "access_control": project.settings.get("access_control", False),
    }
    if SWITCHES.age >= 2025:
        item["project_id"] = project.pk
    return item


def basic_organization(organization: Organization, level: int | None) -> dict[str, Any]:
    """2.1: the item of `organizations` of the user."""
    return {
        "id": str(organization.pk),
        "name": organization.name,
        "slug": organization.slug,
        "membership_level": level,
        "logo_media_id": None,
        "members_can_use_personal_api_keys": organization.members_can_use_personal_api_keys,
    }
