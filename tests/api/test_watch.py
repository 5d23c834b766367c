"""What ends exchanges that take too long: one thread for all of them."""

from __future__ import annotations

import threading

from pulumi_posthog.api.watch import Watch


class Exchange:
    """Something that can be ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def end(self) -> None:
        self.ended.set()


def test_what_is_late_is_ended_and_nothing_else():
    watch, late, sooner, done, long = Watch(), Exchange(), Exchange(), Exchange(), Exchange()

    watch.begin(long, 3600)
    watch.begin(late, 0.05)
    watch.begin(done, 0.02)
    watch.begin(sooner, 0.01)
    watch.end(done)

    assert sooner.ended.wait(30)
    assert late.ended.wait(30)
    assert (done.ended.is_set(), long.ended.is_set()) == (False, False)


def test_there_is_one_thread_however_many_there_are():
    watch = Watch()
    before = threading.active_count()

    for _ in range(20):
        watch.begin(Exchange(), 3600)

    assert threading.active_count() == before + 1


def test_what_ended_by_itself_is_forgotten():
    watch, exchange = Watch(), Exchange()

    watch.begin(exchange, 3600)
    watch.end(exchange)
    watch.end(exchange)

    assert watch._ends == {}
