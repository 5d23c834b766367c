"""`/activity_log/` of a project: everything that happened in it and to its organization (8)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.errors import PaymentRequired
from pulumi_posthog.sandbox.rules.models import ActivityLog
from pulumi_posthog.sandbox.rules.representation import basic_user, moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView


def entry(row: ActivityLog) -> dict[str, Any]:
    """8.1."""
    return {
        "id": str(row.pk),
        "user": basic_user(row.user),
        "unread": False,
        "is_system": row.is_system,
        "was_impersonated": row.was_impersonated,
        "created_at": moment(row.created_at),
        "organization_id": str(row.organization_id) if row.organization_id else None,
        "team_id": row.team_id,
        "scope": row.scope,
        "activity": row.activity,
        "item_id": row.item_id,
        "detail": row.detail,
    }


class ActivityCursor(CursorPagination):
    """`next` and `previous`, no `count` (1.7)."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "-created_at"


class ActivityPageNumbers(PageNumberPagination):
    """With `page` in the query (1.7)."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


class ActivityLogView(PostHogView):
    """`/api/projects/{id}/activity_log/`: everything that happened in one project and to its organization."""

    scope_object = "activity_log"

    def list(self, request: Request, **_kwargs: Any) -> Response:
        if SWITCHES.age >= 2026 and self.organization.feature("audit_logs") is None:
            raise PaymentRequired
        rows: QuerySet[ActivityLog] = ActivityLog.objects.select_related("user").filter(
            Q(team_id=self.project.pk) | Q(team_id=None, organization_id=self.project.organization_id)
        )
        asked = request.query_params
        if asked.get("scope"):
            rows = rows.filter(scope=asked["scope"])
        if asked.get("scopes"):
            rows = rows.filter(scope__in=asked["scopes"].split(","))
        if asked.get("item_id"):
            rows = rows.filter(item_id=asked["item_id"])
        if asked.get("user"):
            rows = rows.filter(user_id=asked["user"]) if asked["user"].isdigit() else rows.none()
        paginator: CursorPagination | PageNumberPagination
        if "page" in asked:
            paginator, rows = ActivityPageNumbers(), rows.order_by("-created_at")
        else:
            paginator = ActivityCursor()
            if SWITCHES.age >= 2026 and asked.get("ordering") == "created_at":
                paginator.ordering = "created_at"
        page = paginator.paginate_queryset(rows, request, view=self) or []
        return paginator.get_paginated_response([entry(row) for row in page])
