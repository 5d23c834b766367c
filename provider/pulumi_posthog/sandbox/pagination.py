"""Lists come in pages of 100 or of as many as one asks for, with absolute links (1.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from pulumi_posthog.sandbox import faults


class Pages(LimitOffsetPagination):
    """No maximum; a limit of 0, below 0 or that is no number falls back to 100."""

    default_limit = 100
    max_limit = None

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        if isinstance(queryset, QuerySet) and faults.list_is_shuffled(request):
            queryset = queryset.order_by("?")
        page = super().paginate_queryset(queryset, request, view) or []
        offset = self.offset or 0
        return faults.disturbed_page(request, page, offset, lambda: queryset[offset - 1])
