"""Which of the engine's calls are being served, and how they end when the run does."""

from __future__ import annotations

import threading

import pytest

from pulumi_posthog.stack.handlers.call import Call, current
from pulumi_posthog.stack.handlers.under_way import UnderWay
from pulumi_posthog.stack.run import Run


class Context:
    """A gRPC context whose answer is sent by `answer`."""

    def __init__(self) -> None:
        self._callbacks = []

    def add_callback(self, callback) -> bool:
        self._callbacks.append(callback)
        return True

    def answer(self) -> None:
        for each in self._callbacks:
            each()


def call(**more) -> Call:
    return Call("urn", say=print, warn=print, **more)


def test_a_call_is_under_way_until_it_is_decided_and_its_answer_is_sent():
    calls, context, mine = UnderWay(), Context(), call()

    with calls.serving(mine, context):
        assert (current(), calls.now()) == (mine, [mine])
    assert (current(), calls.now()) == (None, [mine])
    context.answer()

    assert calls.now() == []


def test_a_call_that_nobody_waits_for_any_more_is_under_way_until_it_is_decided():
    calls, context, mine = UnderWay(), Context(), call()

    with calls.serving(mine, context):
        context.answer()
        assert calls.now() == [mine]

    assert calls.now() == []


def test_a_call_that_fails_is_over():
    calls = UnderWay()

    with pytest.raises(ValueError, match="no"), calls.serving(call()):
        raise ValueError("no")

    assert calls.now() == []


def test_the_end_of_a_run_calls_off_what_is_under_way_and_waits_for_its_answer():
    calls, run, off, begun = UnderWay(), Run(), threading.Event(), threading.Event()

    def serve() -> None:
        with calls.serving(call(when_over=[off.set])):
            begun.set()
            off.wait(10)

    thread = threading.Thread(target=serve)
    thread.start()
    assert begun.wait(10)
    calls.finish(run)

    assert (off.is_set(), calls.now()) == (True, [])
    thread.join()
