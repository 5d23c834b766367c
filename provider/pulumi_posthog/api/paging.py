"""The pages of a list -> the whole list, or IncompleteRead (posthog-api.md 1.7).

PostHog pages by `limit` and `offset`, without an order of its own for most lists: a page may repeat what
another one had, and then something else is missing. So a list of up to a thousand objects is read in one
page, where nothing can move; the pages of a longer one overlap, and what they hold is compared with PostHog's
own `count`. If that does not add up, the list is read again, in one page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pulumi_posthog.api.errors import IncompleteRead, NotFound
from pulumi_posthog.values.bounds import FEED_PAGES, OBJECTS, PAGES

Json = Any  # what json.loads returns; recursive types are more trouble than help here
Query = Mapping[str, str]
GetPage = Callable[[Query], Json]

LARGE_PAGE: Final = 1_000  # PostHog has no maximum
READ_AGAIN: Final = 3  # times
HEADROOM: Final = 100  # objects that may appear between two readings and still fit into the one large page
SIDE_BY_SIDE: Final = 4  # pages of one list at a time


@dataclass(frozen=True)
class Page:
    """One page. `count` is the length of the whole list, if PostHog says it; `next` the next page's query."""

    items: tuple[Json, ...]
    count: int | None
    next: Query | None


class DoesNotAddUp(Exception):
    """One reading of a list is not the whole list; another one may be."""


def read_all(
    get_page: GetPage,
    *,
    path: str,
    page_size: int | None = None,
    params: Query | None = None,
    on_pages: Callable[[int], object] = lambda _pages: None,
    on_again: Callable[[str], object] = lambda _reason: None,
) -> list[Json]:
    """The whole list, each object once, in the order in which it came.

    `get_page` takes a query and returns PostHog's answer. With `page_size` None the first request carries no
    query but `params`: the only way that old servers take for some lists (posthog-api.md 4.3). `path` is for
    messages; `on_pages` hears how many requests are to come, `on_again` why the list is read again.

    Raises IncompleteRead if the list is inconsistent, and whatever `get_page` raises: a refusal is no empty
    list.
    """
    size = page_size
    reasons: list[str] = []
    while True:
        reading = Reading(get_page, path, dict(params or {}), on_pages)
        try:
            return reading.whole(size)
        except DoesNotAddUp as problem:
            reasons.append(str(problem))
            if len(reasons) > READ_AGAIN:
                raise IncompleteRead(
                    f"the list is inconsistent, read {len(reasons)} times: {problem}",
                    method="GET",
                    path=path,
                    hint="nothing is planned from an incomplete list; try again when nobody changes it",
                ) from problem
            on_again(f"GET {path}: the list is inconsistent ({problem}): reading it again")
            if reading.pages > 1:  # a single page without parameters may be all that this server takes
                size = max(size or LARGE_PAGE, reading.most + HEADROOM)


def follow(get_page: GetPage, *, path: str, params: Query | None = None) -> Iterator[Json]:
    """The objects of a list one by one, page after page, for as long as the caller asks for more.

    For long feeds with a cursor, like the activity log (posthog-api.md 8.1); nothing is compared with a
    count. Raises IncompleteRead for a `next` that leads back.
    """
    query: Query | None = dict(params or {})
    seen: set[frozenset[tuple[str, str]]] = set()
    while query is not None:
        remember(query, seen, path, FEED_PAGES)
        page = page_of(get_page(query), path)
        yield from page.items
        query = page.next


class Reading:
    """One attempt at a list, and what was seen on the way."""

    def __init__(
        self, get_page: GetPage, path: str, params: dict[str, str], on_pages: Callable[[int], object]
    ) -> None:
        self._get_page = get_page
        self._path = path
        self._params = params
        self._on_pages = on_pages
        self.pages = 0
        self.most = 0  # the largest count that any page gave

    def whole(self, page_size: int | None) -> list[Json]:
        """The list, each object once.

        Raises DoesNotAddUp, and IncompleteRead for a list that is too long or has no end.
        """
        first = self._page(self._query(page_size))
        if (first.count or 0) > OBJECTS:
            raise IncompleteRead(
                f"PostHog counts {first.count:,} objects, and no more than {OBJECTS:,} are read as one list",
                method="GET",
                path=self._path,
            )
        if first.next is None:
            return whole_of(first.items, first.count)
        if first.count is None or "offset" not in first.next or not first.items:
            pages = [first, *self._by_next(first.next)]
            agree(pages)
            return whole_of([item for page in pages for item in page.items], first.count)
        shortened = page_size is not None and len(first.items) < page_size  # this server has a maximum
        if first.count <= LARGE_PAGE and not shortened:
            size = first.count + HEADROOM
            first = self._page(self._query(size))
            if first.next is None or not first.items:
                return whole_of(first.items, first.count)
            shortened = len(first.items) < size
        step = len(first.items) if shortened else LARGE_PAGE
        pages = [first, *self._by_offset(len(first.items), first.count or 0, step)]
        agree(pages)
        return whole_of(joined(pages), first.count)

    def _query(self, limit: int | None, offset: int | None = None) -> Query:
        asked = {"limit": limit, "offset": offset}
        return {**self._params, **{name: str(value) for name, value in asked.items() if value is not None}}

    def _page(self, query: Query) -> Page:
        later = self.pages > 0
        self.pages += 1
        try:
            page = page_of(self._get_page(query), self._path)
        except NotFound as error:
            if not later:
                raise
            # The list exists: its first page did. Only this page is missing, and with it part of the list.
            raise IncompleteRead(
                "a page in the middle of the list was not found", method="GET", path=self._path
            ) from error
        self.most = max(self.most, page.count or 0, len(page.items))
        return page

    def _by_offset(self, got: int, count: int, step: int) -> list[Page]:
        """The pages after the first `got` objects, side by side: where each begins is known from the count.

        Each begins with the last object of the one before.
        """
        starts = range(got - 1, count - 1, max(step - 1, 1))
        if len(starts) > PAGES:
            raise too_many_pages(PAGES, self._path)
        self._on_pages(len(starts))
        with ThreadPoolExecutor(min(SIDE_BY_SIDE, max(len(starts), 1)), "posthog-page") as threads:
            try:
                return list(threads.map(lambda start: self._page(self._query(step, start)), starts))
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                raise

    def _by_next(self, query: Query | None) -> list[Page]:
        pages = []
        seen: set[frozenset[tuple[str, str]]] = set()
        while query is not None:
            remember(query, seen, self._path, PAGES)
            pages.append(self._page(query))
            query = pages[-1].next
        return pages


def agree(pages: Sequence[Page]) -> None:
    """Raises DoesNotAddUp if the pages of a list give different counts."""
    counts = {page.count for page in pages}
    if len(counts) > 1:
        said = ", ".join(sorted(map(str, counts)))
        raise DoesNotAddUp(f"its count changed between pages: {said}")


def joined(pages: Sequence[Page]) -> list[Json]:
    """The objects of pages that overlap by one.

    The overlap is what shows that the list moved between two pages: if one object is deleted and another is made, the
    count is right and yet an object in between was never seen. Raises DoesNotAddUp for that.
    """
    rows = list(pages[0].items)
    for page in pages[1:]:
        if not page.items or identity(page.items[0]) != identity(rows[-1]):
            raise DoesNotAddUp("it moved, or has no order, between one page and the next")
        rows += page.items[1:]
    return rows


def whole_of(rows: Sequence[Json], count: int | None) -> list[Json]:
    """Each object once; raises DoesNotAddUp unless they are as many as PostHog counts."""
    distinct = {identity(row): row for row in rows}
    if count is not None and count != len(distinct):
        twice = f", {len(rows) - len(distinct)} of them twice" if len(rows) > len(distinct) else ""
        raise DoesNotAddUp(f"PostHog counts {count:,} objects and gave {len(distinct):,}{twice}")
    return list(distinct.values())


def page_of(answer: Json, path: str) -> Page:
    """An answer as a page. A bare array is a whole list; raises IncompleteRead for what is no list at all."""
    if isinstance(answer, list):
        return Page(tuple(answer), None, None)
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        raise not_a_list("the answer is not a list: it has no `results`", path)
    count = answer.get("count", answer.get("total_count"))
    if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
        raise not_a_list("the `count` of the list is not a number", path)
    link = answer.get("next")
    if link is not None and not isinstance(link, str):
        raise not_a_list("the `next` of the list is not a link", path)
    return Page(tuple(answer["results"]), count, query_of(link) if link else None)


def query_of(link: str) -> Query:
    """The query of a `next` link.

    The rest of the link is not used: behind a proxy its scheme, host and even the beginning of its path are
    not those that we have to call, and the next page of a list is always under the path of the first.
    """
    return dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))


def remember(query: Query, seen: set[frozenset[tuple[str, str]]], path: str, most: int) -> None:
    """Notes a page; raises IncompleteRead if it was read before, or if there are more than `most` pages.

    Such a list has no end.
    """
    page = frozenset(query.items())
    if len(seen) >= most:
        raise too_many_pages(most, path)
    if page in seen:
        raise IncompleteRead(
            "the `next` of a page leads back to a page already read", method="GET", path=path
        )
    seen.add(page)


def too_many_pages(most: int, path: str) -> IncompleteRead:
    """The error for a list of more than `most` pages."""
    return IncompleteRead(
        f"the list has more than {most:,} pages, or no end",
        method="GET",
        path=path,
        hint="is `host` a PostHog server? of a feed, ask for less: a time, a filter",
    )


def not_a_list(problem: str, path: str) -> IncompleteRead:
    """The error for an answer that is not a page."""
    return IncompleteRead(problem, method="GET", path=path, hint="check that `host` is a PostHog server")


def identity(row: Json) -> str:
    """What tells one object of a list from another: its id, or all of it where it has none."""
    if isinstance(row, dict) and row.get("id") is not None:
        row = {"id": row["id"]}
    return json.dumps(row, sort_keys=True)
