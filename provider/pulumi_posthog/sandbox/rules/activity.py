"""The activity log: who changed what and when (8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.models import ActivityLog, Organization, Project, User
from pulumi_posthog.sandbox.rules.representation import moment

SECRET_FIELDS = ("api_token", "secret_api_token", "secret_api_token_backup", "slack_incoming_webhook")
MASKED = "masked"

Changes = list[dict[str, Any]]


def log(
    *,
    scope: str,
    activity: str,
    item_id: object,
    name: str | None,
    user: User | None,
    organization: Organization | None = None,
    project: Project | None = None,
    changes: Changes | None = None,
    type_: str | None = None,
    context: dict[str, Any] | None = None,
    short_id: str | None = None,
) -> None:
    """Add an entry; an update that changed nothing is not logged (8.3)."""
    if activity in {"updated", "changed"} and not changes:
        return
    owner = organization.pk if organization else project.organization_id if project else None
    ActivityLog.objects.create(
        organization_id=owner,
        team_id=project.pk if project else None,
        user=user,
        is_system=user is None,
        scope=scope,
        activity=activity,
        item_id=str(item_id),
        detail={
            "name": name,
            "short_id": short_id,
            "type": type_,
            "changes": changes or [],
            "trigger": None,
            "context": context,
        },
    )


def changes(
    type_: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    masked: Collection[str] = SECRET_FIELDS,
) -> Changes:
    """What differs, field by field; secrets only as the fact that they changed (8.3)."""
    found = []
    for field in sorted(before.keys() | after.keys()):
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        action = "created" if old is None else "deleted" if new is None else "changed"
        if field in masked:
            old, new = (MASKED if old else None), (MASKED if new else None)
        found.append({"type": type_, "action": action, "field": field, "before": old, "after": new})
    return found


def object_feed(request: Request, rows: QuerySet[ActivityLog]) -> Response:
    """The feed of one object: `page` and `limit`, with a `total_count` (8.2)."""
    page = positive(request.query_params.get("page"), 1)
    limit = positive(request.query_params.get("limit"), 10)
    total = rows.count()
    if page > 1 and (page - 1) * limit >= total:
        raise NotFound
    shown = rows.select_related("user").order_by("-created_at")[(page - 1) * limit : page * limit]
    base = request.build_absolute_uri(request.path)
    return Response(
        {
            "results": [feed_entry(row) for row in shown],
            "next": f"{base}?limit={limit}&page={page + 1}" if page * limit < total else None,
            "previous": f"{base}?limit={limit}&page={page - 1}" if page > 1 else None,
            "total_count": total,
        }
    )


def feed_entry(row: ActivityLog) -> dict[str, Any]:
    """8.2: the system has a first name there."""
    user = {"first_name": row.user.first_name, "email": row.user.email} if row.user else None
    return {
        "id": str(row.pk),
        "user": user or {"first_name": "System", "is_system": True},
        "activity": row.activity,
        "scope": row.scope,
        "item_id": row.item_id,
        "detail": row.detail,
        "created_at": moment(row.created_at),
    }


def positive(text: str | None, default: int) -> int:
    """The number, or the default for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else default
