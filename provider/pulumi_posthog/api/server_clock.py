"""What time it is where PostHog runs: this machine's clock may be an hour or a day off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pulumi_posthog.api.refusal import moment

CLOSE = timedelta(seconds=30)  # the header `Date` has whole seconds, and an answer takes some on its way


class ServerClock:
    """Noted from the header `Date` of answers. Safe in any thread."""

    def __init__(self) -> None:
        self._ahead = timedelta()  # how far PostHog's clock is before this one

    def note(self, date: str | None) -> None:
        """An answer with that `Date` has just come; one without sense in it says nothing."""
        there = moment(date)
        if there is not None:
            ahead = there - here()
            self._ahead = ahead if abs(ahead) > CLOSE else timedelta()

    def now(self) -> datetime:
        """The time there, in UTC; this machine's where both clocks agree, or no answer has said."""
        return here() + self._ahead


def here() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)
