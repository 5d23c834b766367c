"""A list is read whole or not at all (posthog-api.md 1.7)."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_posthog.api import IncompleteRead, NotFound
from pulumi_posthog.api.paging import follow, read_all

PATH = "/api/organizations/1/roles/"
Answer = Callable[[Mapping[str, str]], Any]


class FakeList:
    """PostHog's paging by limit and offset, with absolute links that name a host behind the proxy."""

    def __init__(
        self, rows: list[Any], *, maximum: int | None = None, shuffled: bool = False, knows_limit: bool = True
    ) -> None:
        self.rows = rows
        self.maximum = maximum
        self.shuffled = shuffled
        self.knows_limit = knows_limit
        self.queries: list[dict[str, str]] = []
        self.before_page: Callable[[int], None] = lambda _number: None
        self._lock = threading.Lock()

    def __call__(self, query: Mapping[str, str]) -> Any:
        with self._lock:
            self.queries.append(dict(query))
            assert self.knows_limit or not query, "this server fails on any parameter"
            self.before_page(len(self.queries))
            rows = random.sample(self.rows, len(self.rows)) if self.shuffled else self.rows
            limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
            limit = min(limit, self.maximum or limit)
            end = offset + limit
            link = urlencode({"limit": limit, "offset": end})
            return {
                "count": len(rows),
                "next": f"http://inner:8000/prefix{PATH}?{link}" if end < len(rows) else None,
                "previous": None,
                "results": rows[offset:end],
            }


def objects(count: int, start: int = 0) -> list[dict[str, int]]:
    return [{"id": number} for number in range(start, start + count)]


def test_a_short_list_takes_one_request_without_any_parameter():
    posthog = FakeList(objects(100), knows_limit=False)

    assert read_all(posthog, path=PATH) == objects(100)
    assert posthog.queries == [{}]


def test_an_empty_list_is_a_list():
    assert read_all(FakeList([]), path=PATH, page_size=100) == []


def test_a_list_of_up_to_a_thousand_is_then_read_in_one_page_where_nothing_can_move():
    posthog = FakeList(objects(1_000))

    assert read_all(posthog, path=PATH) == objects(1_000)
    assert posthog.queries == [{}, {"limit": "1100"}]


def test_a_longer_list_goes_on_with_large_pages_that_overlap_by_one():
    posthog = FakeList(objects(2_500))

    assert read_all(posthog, path=PATH) == objects(2_500)
    assert sorted(posthog.queries, key=lambda query: int(query.get("offset", 0))) == [
        {},
        {"limit": "1000", "offset": "99"},
        {"limit": "1000", "offset": "1098"},
        {"limit": "1000", "offset": "2097"},
    ]


def test_a_page_size_is_asked_for_from_the_first_page_on():
    posthog = FakeList(objects(1_500))

    assert read_all(posthog, path=PATH, page_size=1_000, params={"search": "a"}) == objects(1_500)
    assert posthog.queries == [
        {"search": "a", "limit": "1000"},
        {"search": "a", "limit": "1000", "offset": "999"},
    ]


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(0, 400) | st.integers(900, 3_500),
    page_size=st.none() | st.integers(1, 1_500),
    maximum=st.none() | st.integers(2, 1_500),
)
def test_whatever_the_pages_the_list_is_whole_and_in_order(
    count: int, page_size: int | None, maximum: int | None
):
    posthog = FakeList(objects(count), maximum=maximum)

    assert read_all(posthog, path=PATH, page_size=page_size) == objects(count)


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(1, 3_500),
    seed=st.integers(),
    moves=st.dictionaries(st.integers(1, 6), st.integers(0, 2), max_size=3),
)
def test_no_change_on_the_way_hides_an_object_that_was_there_all_the_time(
    count: int, seed: int, moves: dict[int, int]
):
    posthog = FakeList(objects(count))
    chance = random.Random(seed)

    def change(number: int) -> None:
        deleted_and_created = moves.get(number)
        if deleted_and_created is not None and posthog.rows:
            posthog.rows.pop(chance.randrange(len(posthog.rows)))
            posthog.rows += objects(deleted_and_created, start=10_000 * number)

    posthog.before_page = change
    try:
        whole = read_all(posthog, path=PATH)
    except IncompleteRead:
        return
    always_there = {row["id"] for row in posthog.rows} & set(range(count))
    assert always_there <= {row["id"] for row in whole}


def test_a_list_without_an_order_is_read_again_in_one_page(said):
    posthog = FakeList(objects(3_000), shuffled=True)

    whole = read_all(posthog, path=PATH, on_again=said.append)

    assert sorted(row["id"] for row in whole) == list(range(3_000))
    assert posthog.queries[4:] == [{"limit": "3100"}]
    assert said == [
        f"GET {PATH}: the list is inconsistent (it moved, or has no order, between one page and the next): "
        "reading it again"
    ]


NEW = {"id": 9_999}


@pytest.mark.parametrize("count", [15, 1_500], ids=["short", "long"])
def test_a_list_that_grows_between_two_pages_is_read_again(count: int):
    posthog = FakeList(objects(count))
    posthog.before_page = lambda number: posthog.rows.append(NEW) if number == 2 else None

    assert read_all(posthog, path=PATH, page_size=10) == [*objects(count), NEW]


@pytest.mark.parametrize("count", [15, 1_500], ids=["short", "long"])
def test_an_object_deleted_between_two_pages_does_not_hide_another(count: int):
    posthog = FakeList(objects(count))
    posthog.before_page = lambda number: posthog.rows.pop(0) if number == 2 else None

    assert read_all(posthog, path=PATH, page_size=10) == objects(count - 1, start=1)


@pytest.mark.parametrize("count", [15, 1_500], ids=["short", "long"])
def test_an_object_replaced_between_two_pages_does_not_hide_another(count: int):
    # The count is the same before and after, and so is the number of different objects in the pages.
    posthog = FakeList(objects(count))

    def replace(number: int) -> None:
        if number == 2:
            posthog.rows = [*posthog.rows[1:], NEW]

    posthog.before_page = replace

    assert read_all(posthog, path=PATH, page_size=10) == [*objects(count - 1, start=1), NEW]


def test_a_list_that_never_adds_up_is_no_list():
    requests: list[Any] = []

    def posthog(query: Mapping[str, str]) -> Any:
        requests.append(query)
        return {"count": 3, "next": None, "results": objects(2)}

    with pytest.raises(IncompleteRead) as incomplete:
        read_all(posthog, path=PATH)

    assert str(incomplete.value) == (
        f"GET {PATH}: the list is inconsistent, read 4 times: PostHog counts 3 objects and gave 2; "
        "nothing is planned from an incomplete list; try again when nobody changes it"
    )
    assert requests == [{}] * 4


def test_more_objects_than_counted_do_not_add_up_either():
    with pytest.raises(IncompleteRead, match="counts 1 objects and gave 2"):
        read_all(lambda _query: {"count": 1, "next": None, "results": objects(2)}, path=PATH)


def test_the_same_object_twice_is_one_object():
    with pytest.raises(IncompleteRead, match="counts 3 objects and gave 2, 1 of them twice"):
        read_all(lambda _query: {"count": 3, "next": None, "results": [*objects(2), {"id": 0}]}, path=PATH)


@pytest.mark.parametrize("link", ["?cursor={}", "?page={}"])
def test_a_list_without_offsets_is_followed_link_by_link(link: str):
    pages = {None: (objects(2), "b"), "b": (objects(2, 2), "c"), "c": (objects(1, 4), None)}

    def posthog(query: Mapping[str, str]) -> Any:
        rows, following = pages[query.get("cursor") or query.get("page")]
        return {"next": f"https://inner/x{link.format(following)}" if following else None, "results": rows}

    assert read_all(posthog, path=PATH) == objects(5)
    assert list(follow(posthog, path=PATH)) == objects(5)


def test_a_feed_is_read_only_as_far_as_it_is_asked_for():
    requests = []

    def posthog(query: Mapping[str, str]) -> Any:
        requests.append(query)
        return {"next": f"https://inner/?cursor={len(requests)}", "results": objects(2)}

    feed = follow(posthog, path=PATH, params={"scope": "Role"})

    assert [next(feed), next(feed), next(feed)] == [{"id": 0}, {"id": 1}, {"id": 0}]
    assert requests == [{"scope": "Role"}, {"cursor": "1"}]


@pytest.mark.parametrize("read", [read_all, lambda *args, **named: list(follow(*args, **named))])
def test_links_that_lead_in_a_circle_are_refused(read: Any):
    def posthog(query: Mapping[str, str]) -> Any:
        following = "b" if query.get("cursor") == "a" else "a"
        return {"next": f"https://inner/?cursor={following}", "results": objects(1)}

    with pytest.raises(IncompleteRead, match="leads back to a page already read"):
        read(posthog, path=PATH)


def test_a_server_with_a_maximum_gives_its_pages_in_one_reading():
    posthog = FakeList(objects(400), maximum=150)

    assert read_all(posthog, path=PATH) == objects(400)
    assert posthog.queries == [
        {},
        {"limit": "500"},
        {"limit": "150", "offset": "149"},
        {"limit": "150", "offset": "298"},
    ]


def test_pages_that_disagree_on_the_count_do_not_add_up():
    answers = [
        {"total_count": 2, "next": "https://inner/?page=2", "results": objects(1)},
        {"total_count": 3, "next": None, "results": objects(1, 1)},
    ] * 4
    with pytest.raises(IncompleteRead, match="its count changed between pages: 2, 3"):
        read_all(lambda _query: answers.pop(0), path=PATH)


def test_a_bare_array_is_a_whole_list():
    assert read_all(lambda _query: objects(3), path=PATH) == objects(3)


def test_objects_without_an_id_are_told_apart_by_all_they_are():
    rows = [{"id": None, "name": "a"}, {"id": None, "name": "b"}, "plain"]

    assert read_all(lambda _query: {"count": 3, "next": None, "results": rows}, path=PATH) == rows


def test_an_id_is_not_mixed_up_with_a_text_like_it():
    rows = [{"id": 1}, {"id": "1"}]

    assert read_all(lambda _query: {"count": 2, "next": None, "results": rows}, path=PATH) == rows


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"detail": "odd"},
        {"results": None},
        {"results": {}},
        {"results": [], "count": "3"},
        {"results": [], "count": True},
        {"results": [], "next": 3},
    ],
)
def test_what_is_no_page_is_no_empty_list(answer: Any):
    with pytest.raises(IncompleteRead):
        read_all(lambda _query: answer, path=PATH)


def test_a_page_missing_in_the_middle_is_not_a_list_that_is_gone():
    posthog = FakeList(objects(30))

    def fail(number: int) -> None:
        if number > 1:
            raise NotFound("gone", status=404)

    posthog.before_page = fail

    with pytest.raises(IncompleteRead, match="in the middle"):
        read_all(posthog, path=PATH, page_size=10)


def test_a_list_that_is_gone_is_gone():
    posthog = FakeList([])

    def fail(_number: int) -> None:
        raise NotFound("gone", status=404)

    posthog.before_page = fail

    with pytest.raises(NotFound):
        read_all(posthog, path=PATH)


def test_the_number_of_requests_to_come_is_announced():
    announced: list[int] = []

    read_all(FakeList(objects(2_500)), path=PATH, on_pages=announced.append)

    assert announced == [3]
