"""Lists come in pages: of 100 or of as many as one asks for, or by their number; with absolute links (1.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView


def happening(request: Request) -> frozenset[str]:
    """The kinds of fault that this request met."""
    kinds: frozenset[str] = request.META.get("sandbox.faults", frozenset())
    return kinds


def list_is_shuffled(request: Request) -> bool:
    """Whether each page of this list has an order of its own."""
    return "shuffled" in happening(request)


def disturbed_page(
    request: Request, page: list[Any], offset: int, row_before: Callable[[], Any]
) -> list[Any]:
    """The page as the faults leave it."""
    kinds = happening(request)
    if "repeated-row" in kinds and offset > 0 and page:
        page = [row_before(), *page[:-1]]
    if "short-page" in kinds:
        page = page[:-1]
    return page


class Pages(LimitOffsetPagination):
    """No maximum; a limit of 0, below 0 or that is no number falls back to 100."""

    default_limit = 100
    max_limit = None

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        if isinstance(queryset, QuerySet) and list_is_shuffled(request):
            queryset = queryset.order_by("?")
        page = self.first_of_few(queryset, request)
        if page is None:
            page = super().paginate_queryset(queryset, request, view) or []
        offset = self.offset or 0
        return disturbed_page(request, page, offset, lambda: queryset[offset - 1])

    def first_of_few(self, queryset: QuerySet[Any] | Sequence[Any], request: Request) -> list[Any] | None:
        """A whole list that is shorter than its first page: who has read it need not have it counted as well."""
        limit, offset = self.get_limit(request), self.get_offset(request)
        if offset or not limit or not isinstance(queryset, QuerySet):
            return None
        rows = list(queryset[:limit])
        if len(rows) == limit:
            return None
        self.request, self.limit, self.offset, self.count = request, limit, offset, len(rows)
        return rows


class PagesOfThousand(Pages):
    """Pages of a thousand, unless one asks for another number."""

    default_limit = 1000


class PageNumbers(PageNumberPagination):
    """`?page=2`; nobody can ask for another size."""

    page_size = 500

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        if isinstance(queryset, QuerySet) and list_is_shuffled(request):
            queryset = queryset.order_by("?")
        page = super().paginate_queryset(queryset, request, view) or []
        assert self.page is not None  # noqa: S101 - the line above has made it
        offset = self.page.start_index() - 1
        return disturbed_page(request, page, offset, lambda: queryset[offset - 1])


class PageNumbersOfThousand(PageNumbers):
    """`?page=2`, with a thousand on each page."""

    page_size = 1000
