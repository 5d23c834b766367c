"""One budget for all requests of a process: 480 a minute and 4,800 an hour (posthog-api.md 1.8).

pyrate-limiter and its like count requests, but none of them takes orders from the server: a 429 has to stop
every thread for the whole of `Retry-After`, the rejected request has to leave the count (PostHog does not
count it either), the limit has to follow what others leave of it, and a wait has to be said and bounded.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from pulumi_posthog.api.errors import GaveUp
from pulumi_posthog.api.outage import Outage
from pulumi_posthog.api.server_clock import ServerClock

PER_MINUTE: Final = 480  # requests
PER_HOUR: Final = 4_800  # requests
MAX_WAIT: Final = 2 * 3_600.0  # seconds: a budget of an hour used up by others, and then some
WORTH_SAYING: Final = 3.0  # seconds
MARGIN: Final = 1.0  # seconds: PostHog counts a request when it arrives, we when it leaves
LONGEST_BACKOFF: Final = 60.0  # seconds to wait after a 429 that does not say how long
# Requests a minute and an hour. The hour of queries is that of organizations with a plan for it: PostHog allows others
# less, and says so when it comes to that.
APART: Final[Mapping[str, tuple[int, int]]] = {"queries": (240, 2_400), "analytics": (240, 1_200)}
FIRST_PAUSE: Final = 0.25  # seconds between two looks at what PostHog is still working on
LONGEST_PAUSE: Final = 5.0  # seconds
SHARE_KEPT: Final = 8  # the believed limit never falls below an eighth


SETTINGS: Final = {
    "POSTHOG_REQUESTS_PER_MINUTE": "per_minute",
    "POSTHOG_REQUESTS_PER_HOUR": "per_hour",
    "POSTHOG_MAX_WAIT": "max_wait",
}


def settings(environment: Mapping[str, str]) -> dict[str, int]:
    """Of `per_minute`, `per_hour` (requests) and `max_wait` (seconds), those that are set; raises ValueError."""
    given = {}
    for variable, name in SETTINGS.items():
        text = environment.get(variable)
        if not text:
            continue
        if not text.isdigit() or (name != "max_wait" and int(text) < 1):
            raise ValueError(f'{variable} is "{text}": it must be a whole number, and at least one request')
        given[name] = int(text)
    return given


def limits(environment: Mapping[str, str]) -> tuple[int, int]:
    """How many requests are sent in a minute and in an hour; raises ValueError for a variable that is no number."""
    given = settings(environment)
    return given.get("per_minute", PER_MINUTE), given.get("per_hour", PER_HOUR)


def limits_apart(budget: str, environment: Mapping[str, str]) -> tuple[int, int]:
    """How many requests of a budget of its own (`APART`) are sent in a minute and in an hour; raises ValueError."""
    return _apart(budget, *limits(environment))


def _apart(budget: str, per_minute: int, per_hour: int) -> tuple[int, int]:
    """Limits that somebody set for a server of their own hold for each budget."""
    own = APART[budget]
    return own[0] if per_minute == PER_MINUTE else per_minute, own[1] if per_hour == PER_HOUR else per_hour


def silent(_text: str) -> None:
    """Notifies of nothing."""


class Window:
    """The requests of the last `seconds`, at most `limit` of them.

    `believed` is how much of the limit seems to be left for us: less than `limit` while others use the same key. All
    times are in seconds, on one clock.
    """

    def __init__(self, seconds: float, limit: int, name: str) -> None:
        self.seconds = seconds
        self.limit = limit
        self.believed = limit
        self.name = name
        self._sent: deque[float] = deque()
        self._believed_since = 0.0

    def record(self, now: float) -> None:
        """Counts a request."""
        self._sent.append(now)

    def forget(self, sent_at: float) -> None:
        """Takes a rejected request out of the count."""
        if sent_at in self._sent:
            self._sent.remove(sent_at)

    def count(self, now: float) -> int:
        """The requests of the last `seconds`."""
        return len(self._sent) - bisect_right(self._sent, now - self.seconds)

    def free_at(self, now: float) -> float:
        """When the next request may be sent."""
        self._recover(now)
        while self._sent and self._sent[0] + self.seconds + MARGIN <= now:
            self._sent.popleft()
        surplus = len(self._sent) - self.believed
        return self._sent[surplus] + self.seconds + MARGIN if surplus >= 0 else now

    def lower(self, now: float) -> None:
        """Believes that no more is left for us than what we had of the window when PostHog said stop."""
        self._recover(now)
        self.believed = min(self.believed, max(self.count(now), self.limit // SHARE_KEPT, 1))
        self._believed_since = now

    def _recover(self, now: float) -> None:
        # Others stop, too: often the "other" was our own last run. And to believe too much costs little:
        # PostHog says for how long it turns us away, and does not count what it turned away.
        steps = int((now - self._believed_since) // self.seconds)
        if self.believed < self.limit and steps > 0:
            self.believed = min(self.limit, self.believed * 2 ** min(steps, 32))
            self._believed_since += steps * self.seconds


class Pace:
    """The turns of all threads: each request waits for its own, and a 429 of one stops all.

    `per_minute` and `per_hour` are requests; `max_wait` is how many seconds the process may spend waiting for
    the limits in total. `clock` (seconds) and `sleep` are for tests. `sent` counts requests by method, the
    rejected and repeated ones too; `sent_apart` those that PostHog counts apart, by their budget.
    """

    def __init__(
        self,
        *,
        per_minute: int = PER_MINUTE,
        per_hour: int = PER_HOUR,
        max_wait: float = MAX_WAIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        if per_minute < 1 or per_hour < 1 or max_wait < 0:
            raise ValueError("a pace needs at least one request a minute and an hour, and no negative wait")
        self.sent: Counter[str] = Counter()
        self.sent_apart: Counter[str] = Counter()  # of these, by their budget
        self._budget: str | None = None
        self.max_wait = max_wait
        self.waited = 0.0
        self.server = ServerClock()
        self.outage = Outage(clock)
        self._minute = Window(60.0, per_minute, "a minute")
        self._hour = Window(3_600.0, per_hour, "an hour")
        self._clock = clock
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._lock = threading.Lock()
        self._paused_at = float("-inf")
        self._paused_until = float("-inf")
        self._pause_reason = ""
        self._rejected_in_a_row = 0
        self._counted_until = float("-inf")  # up to here `waited` holds the time: threads wait side by side
        self._said_until = float("-inf")
        self._expected = 0
        self._under_way: list[Callable[[], object]] = []  # what drops each read that waits for its answer
        self._apart: dict[str, Pace] = {}
        self._learns_from_silence = True

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Pace:
        """As POSTHOG_REQUESTS_PER_MINUTE, POSTHOG_REQUESTS_PER_HOUR and POSTHOG_MAX_WAIT (seconds) say.

        Servers of one's own have no limits unless somebody set them (posthog-api.md 1.8). Raises ValueError.
        """
        given: dict[str, Any] = settings(environment)
        return cls(**given)

    @property
    def believed_per_minute(self) -> int:
        """Requests a minute that seem to be left for us; fewer than allowed while others use the same key."""
        return self._minute.believed

    def expect(self, requests: int) -> None:
        """Announces requests to come, so that a wait can say how many are left."""
        with self._lock:
            self._expected += requests

    def take(
        self, method: str, notify: Callable[[str], object] = silent, deadline: float | None = None
    ) -> float:
        """Waits until a request may be sent, counts it, and returns its time, which `rejected` wants.

        Raises GaveUp instead of waiting longer than `max_wait` in total or, on its own clock, beyond `deadline`,
        or once stopped.
        """
        while True:
            with self._lock:
                if self._stopped.is_set():
                    raise GaveUp("stopped while waiting for a turn")
                now = self._clock()
                until, reason = self._next_turn(now)
                if until <= now:
                    self._minute.record(now)
                    self._hour.record(now)
                    self.sent[method] += 1
                    if self._budget:
                        self.sent_apart[self._budget] += 1
                    self._expected = max(0, self._expected - 1)
                    return now
                if deadline is not None and until > deadline:
                    raise GaveUp(
                        f"{reason}: the next request is possible in {duration(until - now)}, later than allowed",
                        hint="run again later, or allow it more time",
                    )
                self._count_wait(now, until, reason)
                to_say = self._what_to_say(now, until, reason)
            if to_say:
                notify(to_say)
            self._sleep(until - now)

    def rejected(self, sent_at: float, retry_after: float | None) -> None:
        """PostHog answered 429 to the request that went out at `sent_at`: no request is sent before it allows.

        `retry_after` is in seconds, honoured in full; without it the wait doubles from 1 s to 60 s.
        """
        with self._lock:
            now = self._clock()
            self._minute.forget(sent_at)
            self._hour.forget(sent_at)
            # Requests that were under way when the first was rejected are rejected too: one event, not many.
            if sent_at > self._paused_at:
                self._rejected_in_a_row += 1
                # A wait of more than a minute comes from the budget of the hour. That one is not lowered:
                # PostHog says to the second when requests may continue, and our own count would only go down in an
                # hour's time.
                from_the_minute = (
                    self._learns_from_silence if retry_after is None else retry_after <= self._minute.seconds
                )
                if from_the_minute and self._minute.count(now) < self._minute.believed:
                    self._minute.lower(now)
            backoff = min(2.0 ** min(self._rejected_in_a_row - 1, 10), LONGEST_BACKOFF)
            # "Retry after 0 seconds" is no reason to hammer.
            seconds = retry_after if retry_after and retry_after >= 1 else backoff
            self._pause(now, seconds, "PostHog has had too many requests with this key")

    def answered(self) -> None:
        """A request got through: the next 429 without `Retry-After` waits 1 s again."""
        with self._lock:
            if self._clock() >= self._paused_until:
                self._rejected_in_a_row = 0

    def pause(self, seconds: float) -> None:
        """Stops all requests for so many seconds, for example after a 503 with `Retry-After`."""
        with self._lock:
            self._pause(self._clock(), seconds, "PostHog asks for a pause")

    def sleep(self, seconds: float) -> None:
        """Sleeps, unless stopped: then raises GaveUp."""
        self._sleep(seconds)
        if self._stopped.is_set():
            raise GaveUp("stopped while waiting to try again")

    def of(self, budget: str | None) -> Pace:
        """The turns of what PostHog counts in a budget of its own: "queries", "analytics"; None for all else.

        What is turned away there holds up nothing but its own kind. Limits that somebody set for a server of
        their own hold for each.
        """
        if budget is None:
            return self
        with self._lock:
            if budget not in self._apart:
                per_minute, per_hour = _apart(budget, self._minute.limit, self._hour.limit)
                apart = Pace(
                    per_minute=per_minute,
                    per_hour=per_hour,
                    max_wait=self.max_wait,
                    clock=self._clock,
                )
                apart.sent, apart._stopped, apart._sleep, apart._lock, apart._under_way = (
                    self.sent,
                    self._stopped,
                    self._sleep,
                    self._lock,
                    self._under_way,
                )
                apart.sent_apart, apart._budget = self.sent_apart, budget
                # PostHog says for how long a budget is used up. Without that, too many queries are running at
                # once, whatever the budget (posthog-api.md 10.2).
                apart._learns_from_silence = budget != "queries"
                self._apart[budget] = apart
            return self._apart[budget]

    def now(self) -> float:
        """The time, in seconds from some beginning."""
        return self._clock()

    def stop(self) -> None:
        """Wakes every waiting thread with GaveUp, and drops the reads under way: after Ctrl-C they are not needed.

        Writes under way get their answer, because it says what was made.
        """
        with self._lock:
            self._stopped.set()
            for drop in self._under_way:
                drop()

    @contextmanager
    def reading(self, drop: Callable[[], object]) -> Iterator[None]:
        """While a read waits for its answer: `drop` is called by `stop`, and at once if that was before."""
        with self._lock:
            self._under_way.append(drop)
            if self._stopped.is_set():
                drop()
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(drop)

    def _pause(self, now: float, seconds: float, reason: str) -> None:
        self._paused_at = now
        if now + seconds > self._paused_until:
            self._paused_until = now + seconds
            self._pause_reason = reason

    def _next_turn(self, now: float) -> tuple[float, str]:
        turns = [
            (self._minute.free_at(now), allowance(self._minute)),
            (self._hour.free_at(now), allowance(self._hour)),
            (self._paused_until, self._pause_reason),
        ]
        return max(turns, key=lambda turn: turn[0])

    def _count_wait(self, now: float, until: float, reason: str) -> None:
        more = until - max(now, self._counted_until)
        if more <= 0:
            return
        if self.waited + more > self.max_wait:
            raise GaveUp(
                f"{reason}: the next request is possible in {duration(until - now)}, "
                f"more than is left of the {duration(self.max_wait)} that this run may wait",
                hint="run again later, or allow a longer wait",
            )
        self.waited += more
        self._counted_until = until

    def _what_to_say(self, now: float, until: float, reason: str) -> str | None:
        if until - max(now, self._said_until) <= WORTH_SAYING:
            return None
        self._said_until = until
        left = f"; about {self._expected:,} requests left" if self._expected else ""
        return f"{reason}: waiting {duration(until - now)}{left}"


class Patience:
    """The pauses between questions whether something is done: 0.25 s at first, 5 s later.

    `limit` is how many seconds it may take in all.
    """

    def __init__(self, pace: Pace, limit: float) -> None:
        self.limit = limit
        self._pace = pace
        self._began = pace.now()
        self._pause = FIRST_PAUSE

    @property
    def waited(self) -> float:
        """Seconds since the beginning."""
        return self._pace.now() - self._began

    @property
    def deadline(self) -> float:
        """When it is over, on the clock of the pace."""
        return self._began + self.limit

    def wait(self) -> bool:
        """Pauses; False, at once, when the time is over. Raises GaveUp when stopped."""
        left = self.limit - self.waited
        if left <= 0:
            return False
        self._pace.sleep(min(self._pause, left))
        self._pause = min(self._pause * 1.5, LONGEST_PAUSE)
        return True


def allowance(window: Window) -> str:
    """What a window allows, as people read it."""
    if window.believed < window.limit:
        return (
            f"of PostHog's {window.limit:,} requests {window.name} others with the same key "
            f"leave about {window.believed:,}"
        )
    return f"PostHog allows {window.limit:,} requests {window.name}"


def duration(seconds: float) -> str:
    """Seconds as people read them: "37 s", "12 min"."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
