"""How fast requests go out (posthog-api.md 1.8)."""

from __future__ import annotations

import math
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_posthog.api import GaveUp, Pace


class Throttle:
    """PostHog's own counting, as Django REST framework does it: rejected requests are not counted."""

    def __init__(self, clock: Any, *limits: tuple[float, int]) -> None:
        self.clock = clock
        self.limits = limits
        self.histories: list[deque[float]] = [deque() for _ in limits]
        self.rejections = 0

    def retry_after(self) -> int | None:
        """Seconds to wait, or None for a request that is let through."""
        waits = []
        for (seconds, limit), history in zip(self.limits, self.histories, strict=True):
            while history and history[0] <= self.clock() - seconds:
                history.popleft()
            if len(history) >= limit:
                waits.append(math.ceil(seconds - (self.clock() - history[0])))
        if waits:
            self.rejections += 1
            return max(waits)
        for history in self.histories:
            history.append(self.clock())
        return None


def send(pace: Pace, throttle: Throttle, said: list[str] | None = None) -> None:
    """One request, sent until it gets through."""
    while True:
        sent_at = pace.take("GET", said.append if said is not None else lambda _text: None)
        wait = throttle.retry_after()
        if wait is None:
            pace.answered()
            return
        pace.rejected(sent_at, wait)


def test_480_requests_go_at_once_and_the_next_waits_for_its_minute(pace, clock, said):
    for _ in range(480):
        pace.take("GET", said.append)
    assert clock.slept == []

    pace.take("POST", said.append)

    assert clock.slept == [61]
    assert pace.sent == {"GET": 480, "POST": 1}
    assert said == ["PostHog allows 480 requests a minute: waiting 61 s"]


def test_4800_requests_fill_an_hour(pace, clock, said):
    for _ in range(4_801):
        pace.take("GET", said.append)

    assert clock.now - 1_000 == pytest.approx(3_601)
    assert said[-1] == "PostHog allows 4,800 requests an hour: waiting 51 min"


def test_a_wait_says_how_many_requests_are_left(pace, said):
    pace.expect(500)
    for _ in range(481):
        pace.take("GET", said.append)

    assert said == ["PostHog allows 480 requests a minute: waiting 61 s; about 20 requests left"]


@settings(deadline=None)
@given(gaps=st.lists(st.floats(0, 20), min_size=20, max_size=120), limit=st.integers(1, 8))
def test_no_minute_of_any_run_holds_more_than_the_limit(gaps: list[float], limit: int):
    now = [0.0]
    sent: list[float] = []
    pace = Pace(
        per_minute=limit,
        max_wait=1e9,
        clock=lambda: now[0],
        sleep=lambda seconds: now.__setitem__(0, now[0] + seconds),
    )
    for gap in gaps:
        now[0] += gap
        sent.append(pace.take("GET"))

    assert all(later - earlier > 60 for earlier, later in zip(sent, sent[limit:], strict=False))


def test_alone_with_its_key_a_process_is_never_rejected(pace, clock):
    throttle = Throttle(clock, (60, 480), (3_600, 4_800))

    for number in range(6_000):
        send(pace, throttle)
        clock.now += (number % 7) / 100

    assert throttle.rejections == 0


@pytest.mark.parametrize(
    "requests", [4_005, 10_000]
)  # 2,000 roles with a membership each; two hours and more
def test_while_it_has_to_wait_it_uses_at_least_95_percent_of_what_is_allowed(clock, requests):
    pace = Pace(clock=clock, sleep=clock.sleep, max_wait=4 * 3_600)
    throttle = Throttle(clock, (60, 480), (3_600, 4_800))
    began = clock()

    for _ in range(requests):
        send(pace, throttle)

    seconds = clock() - began
    hours, rest = divmod(requests - 1, 4_800)
    least = max(hours * 3_600 + rest // 480 * 60, (requests - 1) // 480 * 60)  # as fast as both limits allow
    assert throttle.rejections == 0
    assert least <= seconds <= least / 0.95


def test_a_429_stops_everybody_for_all_of_retry_after(pace, clock, said):
    sent_at = pace.take("GET")
    pace.rejected(sent_at, 59)

    with ThreadPoolExecutor(4) as threads:
        times = [
            future.result() for future in [threads.submit(pace.take, "GET", said.append) for _ in range(4)]
        ]

    assert min(times) >= sent_at + 59
    assert said == ["PostHog has had too many requests with this key: waiting 59 s"]


def test_without_retry_after_the_pauses_double_up_to_a_minute(pace, clock):
    for _ in range(9):
        pace.rejected(pace.take("POST"), None)
        clock.now += 0.01

    assert [round(pause) for pause in clock.slept] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_an_answer_ends_the_doubling(pace, clock):
    for _ in range(3):
        pace.rejected(pace.take("GET"), None)
    pace.take("GET")
    pace.answered()
    clock.slept.clear()

    pace.rejected(pace.take("GET"), None)
    pace.take("GET")

    assert clock.slept == [1]


def test_an_answer_to_a_request_from_before_the_429_does_not(pace, clock):
    pace.rejected(pace.take("GET"), None)
    pace.answered()
    pace.rejected(pace.take("GET"), None)
    pace.take("GET")

    assert clock.slept == [1, 2]


def test_a_short_pause_does_not_end_a_long_one(pace, clock):
    pace.rejected(pace.take("GET"), 40)
    pace.pause(3)
    pace.take("GET")

    assert clock.slept == [40]


def test_requests_rejected_side_by_side_are_one_event(pace, clock):
    together = [pace.take("GET") for _ in range(8)]
    clock.now += 0.1
    for sent_at in together:
        pace.rejected(sent_at, None)

    pace.take("GET")

    assert clock.slept == [1]


def test_a_retry_after_of_nothing_is_no_reason_to_hammer(pace, clock):
    for _ in range(3):
        pace.rejected(pace.take("GET"), 0)
        clock.now += 0.01
    pace.take("GET")

    assert [round(pause) for pause in clock.slept] == [1, 2, 4]


def test_a_rejected_request_leaves_the_count(clock):
    pace = Pace(per_hour=2, clock=clock, sleep=clock.sleep)
    pace.take("GET")
    pace.rejected(pace.take("GET"), 70)

    pace.take("GET")

    assert clock.slept == [70]


def test_a_429_before_our_limit_means_that_others_use_the_key(pace, clock, said):
    times = [pace.take("GET") for _ in range(201)]
    pace.rejected(times[-1], 30)
    assert pace.believed_per_minute == 200

    for _ in range(10):
        pace.take("GET", said.append)

    assert said[0] == (
        "of PostHog's 480 requests a minute others with the same key leave about 200: waiting 61 s"
    )


def test_the_limit_comes_back_when_the_others_stop(pace, clock):
    pace.rejected(pace.take("GET"), 30)
    assert pace.believed_per_minute == 60  # never less than an eighth

    clock.now += 121
    pace.take("GET")
    assert pace.believed_per_minute == 240

    clock.now += 600
    pace.take("GET")
    assert pace.believed_per_minute == 480


def test_a_pause_of_the_hour_does_not_change_what_we_believe_of_the_minute(pace):
    pace.rejected(pace.take("GET"), 900)

    assert pace.believed_per_minute == 480


def test_beside_a_neighbour_with_the_same_key_everything_gets_through(pace, clock):
    throttle = Throttle(clock, (60, 480), (3_600, 48_000))

    for number in range(3_000):
        if number % 2:  # the neighbour sends whenever it may
            throttle.retry_after()
        send(pace, throttle)
        clock.now += 0.01

    assert throttle.rejections < 300


def test_a_long_wait_is_said_once_and_a_short_one_not_at_all(pace, said):
    pace.rejected(pace.take("GET"), 3)
    pace.take("GET", said.append)
    assert said == []

    pace.rejected(pace.take("GET"), 40)
    pace.pause(41)
    pace.take("GET", said.append)
    assert said == ["PostHog asks for a pause: waiting 41 s"]


def test_a_pace_gives_up_before_it_waits_too_long(clock):
    pace = Pace(max_wait=300, clock=clock, sleep=clock.sleep)
    pace.rejected(pace.take("GET"), 250)
    pace.take("GET")
    pace.rejected(pace.take("GET"), 100)

    with pytest.raises(GaveUp) as gave_up:
        pace.take("GET")

    assert str(gave_up.value) == (
        "PostHog has had too many requests with this key: the next request is possible in 100 s, more than "
        "is left of the 5 min that this run may wait; run again later, or allow a longer wait"
    )
    assert clock.slept == [250]
    assert pace.waited == 250


def test_threads_that_wait_side_by_side_wait_once_and_say_so_once(said):
    wakened = threading.Barrier(4)
    now = [0.0]

    def sleep(seconds: float) -> None:
        wakened.wait(10)
        now[0] = max(now[0], 100.0)

    pace = Pace(max_wait=120, clock=lambda: now[0], sleep=sleep)
    pace.pause(100)

    with ThreadPoolExecutor(4) as threads:
        for future in [threads.submit(pace.take, "GET", said.append) for _ in range(4)]:
            future.result()

    assert pace.waited == 100
    assert said == ["PostHog asks for a pause: waiting 100 s"]


def test_stopping_wakes_whoever_waits():
    pace = Pace()
    pace.pause(3_000)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(pace.take, "GET"), threads.submit(pace.sleep, 3_000)]
        pace.stop()

        for future in waiting:
            with pytest.raises(GaveUp, match="stopped"):
                future.result(10)


def test_many_threads_keep_one_budget(clock):
    pace = Pace(per_minute=50, max_wait=1e9, clock=clock, sleep=clock.sleep)

    with ThreadPoolExecutor(16) as threads:
        times = sorted(threads.map(lambda _: pace.take("GET"), range(1_000)))

    assert pace.sent == {"GET": 1_000}
    assert all(later - earlier > 60 for earlier, later in zip(times, times[50:], strict=False))


@pytest.mark.parametrize("wrong", [{"per_minute": 0}, {"per_hour": 0}, {"max_wait": -1}])
def test_a_pace_without_a_budget_is_refused(wrong):
    with pytest.raises(ValueError, match="at least one request"):
        Pace(**wrong)


def test_what_posthog_counts_apart_has_its_own_turns(pace, clock):
    for _ in range(480):
        pace.take("GET")
    for _ in range(240):
        pace.of("queries").take("POST")
        pace.of("analytics").take("GET")

    assert clock.slept == []
    assert pace.of(None) is pace
    assert pace.of("queries") is pace.of("queries")
    assert pace.sent == {"GET": 480 + 240, "POST": 240}
    pace.of("queries").take("POST")
    assert clock.slept != []


def test_the_limits_of_a_server_of_ones_own_hold_for_each_budget(clock):
    pace = Pace(per_minute=10, per_hour=20, clock=clock, sleep=clock.sleep)

    assert pace.of("analytics").believed_per_minute == 10


def test_too_many_queries_at_once_are_no_reason_to_believe_in_less(pace):
    queries = pace.of("queries")

    queries.rejected(queries.take("POST"), None)
    assert queries.believed_per_minute == 240
    queries.rejected(queries.take("POST"), 30)
    assert queries.believed_per_minute < 240


def test_stopping_stops_every_budget(pace):
    pace.stop()

    with pytest.raises(GaveUp):
        pace.of("queries").take("POST")


def test_nobody_waits_beyond_a_deadline(pace, clock):
    pace.rejected(pace.take("GET"), 30)

    with pytest.raises(GaveUp, match="later than allowed"):
        pace.take("GET", deadline=clock() + 29)
    assert clock.slept == []
    pace.take("GET", deadline=clock() + 31)
