"""What was tried in vain a moment ago is not tried again by everybody who asks: it fails at once, with the same words.

Pulumi asks about each object by itself, and goes on with the next one when a call has failed. Each would be tried five
times, with waits between them: an hour and more for thousands of objects, in which nobody can reach PostHog.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Final

from pulumi_posthog.api.errors import ApiError

SECONDS: Final = 60.0  # so long after the last try, the next one may have better luck


class Outage:
    """The errors that ended requests for good, kept for SECONDS on a clock. Every method is safe in any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._errors: dict[str, tuple[float, ApiError]] = {}

    def ended(self, about: str, error: ApiError) -> None:
        """A request was tried as often as is sensible; `about` is all that fails with it: a host, or what it reads.

        Nothing fails with a write, which is about "".
        """
        with self._lock:
            if about:
                self._errors[about] = (self._clock(), error)

    def over(self, about: str) -> None:
        """It was answered."""
        if about in self._errors:
            with self._lock:
                self._errors.pop(about, None)

    def check(self, *about: str) -> None:
        """Raises what ended a request about one of these, not longer than SECONDS ago."""
        if not self._errors:
            return
        with self._lock:
            for each in about:
                since, error = self._errors.get(each, (float("-inf"), None))
                if error is not None and self._clock() - since < SECONDS:
                    again = copy.copy(error)  # one of its own for each thread
                    again.__traceback__ = None
                    raise again from error.__cause__
