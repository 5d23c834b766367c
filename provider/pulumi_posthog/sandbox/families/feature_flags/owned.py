"""Flags that other families make, change and delete (posthog-api-release.md 1.2, 5.4, 6, 7.6)."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.feature_flags import filters as flag_filters
from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.models import PersonalAPIKey, Project, User
from pulumi_posthog.sandbox.rules.permissions import scope_is_granted
from pulumi_posthog.sandbox.rules.switches import SWITCHES

SCOPE = "feature_flag:write"


def minimal(row: FeatureFlag | None) -> dict[str, Any] | None:
    """The flag as another object shows it."""
    if row is None:
        return None
    return {
        "id": row.pk,
        "team_id": row.project_id,
        "name": row.description,
        "key": row.name,
        "filters": flag_filters.shown(row.filters, flag_filters.cohort_names(row.filters)),
        "deleted": row.deleted,
        "active": row.active,
        "ensure_experience_continuity": row.ensure_experience_continuity,
        "version": row.version,
    }


def check_scope(request: Request | None) -> None:
    """Later 2026: who changes a flag along with something else needs the scope for it, too. Raises a 403."""
    key = request.auth if request is not None else None
    if not isinstance(key, PersonalAPIKey) or generation() < LATER_2026 or not SWITCHES.asks_flag_scope:
        return
    if not scope_is_granted(SCOPE, key.scopes if key.scopes is not None else ["*"]):
        raise PermissionDenied(f"API key missing required scope '{SCOPE}'")


def make(project: Project, sent: dict[str, Any], user: User | None, *, owner: str = "") -> FeatureFlag:
    """As if it had been sent; `owner` is `survey` for flags that are never listed."""
    if generation() < 2026:
        sent = {**sent, "_should_create_usage_dashboard": False}
    made: FeatureFlag = FEATURE_FLAGS.create(project, sent, user, owner=owner)
    return made


def change(row: FeatureFlag, user: User | None, **columns: Any) -> None:
    """Columns of a flag, if they differ from what is stored."""
    before = FeatureFlag.objects.get(pk=row.pk)
    if all(getattr(before, name) == value for name, value in columns.items()):
        return
    for name, value in columns.items():
        setattr(row, name, value)
    row.version = before.version + 1
    row.last_modified_by = user
    row.save()
    FEATURE_FLAGS.saved(row, before, user)
