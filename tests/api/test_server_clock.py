"""What time it is at PostHog, by its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pulumi_posthog.api import server_clock
from pulumi_posthog.api.server_clock import ServerClock

HERE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch) -> ServerClock:
    monkeypatch.setattr(server_clock, "here", lambda: HERE)
    return ServerClock()


@pytest.mark.parametrize(
    ("date", "now"),
    [
        ("Sun, 01 Mar 2026 11:00:00 GMT", HERE - timedelta(hours=1)),
        ("Mon, 02 Mar 2026 12:00:00 GMT", HERE + timedelta(days=1)),
        ("Sun, 01 Mar 2026 12:00:07 GMT", HERE),
        (None, HERE),
        ("soon", HERE),
        ("Sun, 01 Mar 99999 11:00:00 GMT", HERE),
    ],
    ids=["this one is ahead", "behind", "on its way", "no date", "none", "no year"],
)
def test_it_is_the_time_of_the_last_answer(clock, date, now):
    clock.note(date)

    assert clock.now() == now


def test_what_says_nothing_leaves_it_and_clocks_that_agree_again_end_it(clock):
    clock.note("Sun, 01 Mar 2026 11:00:00 GMT")
    clock.note(None)
    assert clock.now() == HERE - timedelta(hours=1)

    clock.note("Sun, 01 Mar 2026 12:00:01 GMT")
    assert clock.now() == HERE
