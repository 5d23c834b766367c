"""A health check as the configuration declares it: what to ask PostHog, what to expect, how long to wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pulumi_posthog.checks.condition import Condition
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.values.problem import Position

# Of the time to wait, this share is between two attempts, within these limits (seconds): PostHog allows 120
# HogQL queries an hour with one key (posthog-api.md 1.8).
ATTEMPTS: Final = 10
SHORTEST: Final = 5
LONGEST: Final = 60
TIMEOUT: Final = 300  # seconds that one query may run before it is cancelled
MOST_EVENTS: Final = 1000  # that a check on events counts: one page


@dataclass(frozen=True)
class Query:
    """A HogQL query."""

    hogql: str


@dataclass(frozen=True)
class Events:
    """How many events came in during the last `last` seconds, of one name or of all: for servers without queries."""

    event: str | None
    last: int


@dataclass(frozen=True, kw_only=True)
class Check:
    """One health check.

    `name` is Pulumi's resource name ("Web/events_last_hour"), `key` the last part of it, None for the only check of
    an object. `subject` is (kind's name, entry's name) of what it belongs to, `project` the name of the project
    whose data it asks. Times are in seconds. `lacking` names the variable without which the question is not known.
    """

    name: str
    key: str | None
    subject: tuple[str, str]
    project: str
    ask: Query | Events
    expect: Condition
    within: int = 0
    every: int | None = None
    timeout: int = TIMEOUT
    description: str = ""
    previously: tuple[str, ...] = ()
    lacking: str | None = None
    where: Position | None = None
    asked_at: Position | None = None

    @property
    def interval(self) -> int:
        """Seconds between two attempts."""
        return self.every or interval(self.within)


def interval(within: int) -> int:
    """Seconds between two attempts, where nobody said how many; `within` are the seconds for all of them."""
    return min(max(within // ATTEMPTS, SHORTEST), LONGEST)


def entries_below(check: Check, desired: Desired) -> tuple[Entry, ...]:
    """What a check follows: its subject, and what is in that."""
    kind, name = check.subject
    return tuple(
        entry
        for entry in desired.entries
        if (entry.kind.name, entry.name) == check.subject
        or (entry.kind.parent == kind and entry.parent == name)
    )
