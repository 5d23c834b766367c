"""Checks, PostHog -> outcomes. Asks only; nothing in PostHog changes."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Final

from pulumi_posthog.api import (
    ApiError,
    GaveUp,
    IncompleteRead,
    Invalid,
    NotFound,
    Reader,
    ServerFailed,
    Unreachable,
    operations,
)
from pulumi_posthog.checks.condition import Answer, Mismatch
from pulumi_posthog.checks.declared import MOST_EVENTS, Check, Query
from pulumi_posthog.checks.outcome import Outcome, State
from pulumi_posthog.values.duration import duration

SIDE_BY_SIDE: Final = 16  # as many as there are connections
PATIENCE: Final = 10.0  # seconds that cancelled queries are given to be called off
# The next attempt may fare better: the query itself may be good.
PASSING: Final = (ServerFailed, Unreachable, IncompleteRead)


def silent(_text: str) -> None:
    """Tells nobody."""


class Cancelled(GaveUp):
    """Nobody waits for the check any more; raised while its query runs, so that this is called off."""


def run(
    check: Check,
    client: Reader,
    project: str,
    *,
    cancelled: threading.Event | None = None,
    say: Callable[[str], object] = silent,
) -> Outcome:
    """Ask until the condition holds, or the time to wait is over; `project` is its id in PostHog.

    Whatever goes wrong is in the outcome. A query that is under way when `cancelled` is set, or that takes too
    long, is called off in PostHog. `say` hears that it is asked again.
    """
    stop = cancelled or threading.Event()
    began, attempts = time.monotonic(), 0
    while True:
        attempts += 1
        found = _attempt(check, client, project, stop)
        waited = time.monotonic() - began
        left = check.within - waited
        again = found.state is State.FAILS or isinstance(found.error, PASSING)
        if again and left > 0:
            if attempts == 1:
                say(
                    f"{found.sentence}; it is asked again every {duration(check.interval)} for {duration(left)}"
                )
            if not stop.wait(min(check.interval, left)):
                continue
            found = dataclasses.replace(found, state=State.CANCELLED)
        return dataclasses.replace(found, waited=waited, attempts=attempts)


def _attempt(check: Check, client: Reader, project: str, stop: threading.Event) -> Outcome:
    try:
        if stop.is_set():
            raise Cancelled("cancelled")
        verdict = check.expect.verdict(_answer(check, client, project, stop))
    except Mismatch as mismatch:
        return Outcome(check=check, state=State.NOT_RUN, problem=str(mismatch), hint=mismatch.hint)
    except Cancelled:
        return Outcome(check=check, state=State.CANCELLED)
    except ApiError as error:
        if stop.is_set():  # it was waiting for its turn, and was told to stop
            return Outcome(check=check, state=State.CANCELLED)
        state = State.GAVE_UP if isinstance(error, GaveUp) else State.NOT_RUN
        return Outcome(check=check, state=state, problem=error.problem, hint=_hint(check, error), error=error)
    return Outcome(check=check, state=State.HOLDS if verdict.holds else State.FAILS, seen=verdict.seen)


def _hint(check: Check, error: ApiError) -> str | None:
    if isinstance(error, NotFound) and isinstance(check.ask, Query):
        return "this server may be too old for queries: ask it for `events` instead"
    if isinstance(error, Invalid):
        return f"the query is at {check.asked_at}" if check.asked_at else error.hint
    if isinstance(error, GaveUp) and check.timeout and "did not end" in error.problem:
        return f"ask for less, or allow it more than `timeout: {duration(check.timeout)}`"
    return error.hint


def _answer(check: Check, client: Reader, project: str, stop: threading.Event) -> Answer:
    if isinstance(check.ask, Query):

        def go_on(_seconds: float) -> None:
            if stop.is_set():
                raise Cancelled("cancelled")

        result = operations.Queries(client, project=project).run(
            check.ask.hogql,
            within=check.timeout,
            # What the cache has is what was true before.
            refresh="force_async",
            name=check.name,
            progress=go_on,
        )
        rows = tuple(tuple(row) if isinstance(row, list) else (row,) for row in result.rows)
        return Answer(result.columns, rows)
    after = datetime.now(UTC) - timedelta(seconds=check.ask.last)
    page = operations.Events(client, project=project).list(
        event=check.ask.event, after=after.isoformat(), limit=MOST_EVENTS
    )
    found = page.get("results") if isinstance(page, dict) else None
    if not isinstance(found, list):
        raise IncompleteRead("the answer has no list of events")
    return Answer(("count",), ((len(found),),))


def run_all(
    checks: Iterable[Check],
    client: Reader,
    projects: Mapping[str, str | Outcome],
    *,
    done: Callable[[int, int], object] = lambda _done, _total: None,
) -> tuple[Outcome, ...]:
    """Run checks side by side; their outcomes in the order of the checks.

    `projects` says for each project's name its id, or why there is none. On Ctrl-C what is under way is called
    off, and what has ended is told all the same.
    """
    all_ = tuple(checks)
    cancelled = threading.Event()
    ended: dict[int, Outcome] = {}
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    futures: dict[Future[Outcome], int] = {}
    try:
        for place, check in enumerate(all_):
            id_ = projects[check.project]
            if check.lacking:
                problem = f"its query is {check.lacking}, which is not set"
                ended[place] = Outcome(check=check, state=State.NOT_RUN, problem=problem, hint="set it")
            elif isinstance(id_, Outcome):
                ended[place] = dataclasses.replace(id_, check=check)
            else:
                futures[pool.submit(run, check, client, id_, cancelled=cancelled)] = place
        _collect(futures, ended, lambda: done(len(ended), len(all_)))
    except KeyboardInterrupt:
        cancelled.set()
        pool.shutdown(wait=False, cancel_futures=True)
        _collect(futures, ended, seconds=PATIENCE)
        client.pace.stop()
    pool.shutdown(wait=False)
    return tuple(
        ended.get(place) or Outcome(check=check, state=State.CANCELLED) for place, check in enumerate(all_)
    )


def _collect(
    futures: Mapping[Future[Outcome], int],
    ended: dict[int, Outcome],
    tell: Callable[[], object] = lambda: None,
    seconds: float | None = None,
) -> None:
    """Put what ends into `ended`, until all have, or the time is over."""
    until = None if seconds is None else time.monotonic() + seconds
    left = {future for future, place in futures.items() if place not in ended and not future.cancelled()}
    tell()
    while left:
        over = None if until is None else max(0.0, until - time.monotonic())
        # Not without an end: Ctrl-C would not be heard on every system.
        finished, left = wait(
            left, timeout=0.5 if over is None else min(0.5, over), return_when=FIRST_COMPLETED
        )
        for future in finished:
            if not future.cancelled():
                ended[futures[future]] = future.result()
        tell()
        if over == 0.0:
            return
