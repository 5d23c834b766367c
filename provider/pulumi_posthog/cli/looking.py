"""A configuration -> what PostHog has of it, and what would have to change: what most verbs begin with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pulumi_posthog.api import GaveUp
from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.connecting import live_for
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.desired import Desired
from pulumi_posthog.live import Live
from pulumi_posthog.observe import Key, Observed, observe
from pulumi_posthog.plan import Plan, plan


@dataclass(frozen=True)
class Look:
    """One look at PostHog."""

    live: Live
    observed: Observed
    plan: Plan

    @property
    def requests(self) -> int:
        """How many it took so far."""
        return sum(self.live.reader.pace.sent.values())

    @property
    def exits(self) -> list[Exit]:
        """What it means for the exit status that something could not be read."""
        errors = [*self.observed.unread.values(), *self.observed.unread_groups.values()]
        gave_up = any(isinstance(error, GaveUp) for error in errors)
        return [*([Exit.GAVE_UP] if gave_up else []), *([Exit.API] if errors else [])]


def look_at(
    desired: Desired,
    *,
    ids: Mapping[Key, str] | None = None,
    undeclared: bool = False,
    kinds: Collection[str] = (),
) -> Look:
    """Read what a configuration is about (`observe`), with progress on a terminal."""
    live = live_for(*address(desired))
    with terminal.progress() as tell:
        observed = observe(desired, live, ids=ids, undeclared=undeclared, kinds=kinds, progress=tell)
    return Look(live, observed, plan(observed.readable, observed.for_plan))


def address(desired: Desired) -> tuple[str, str]:
    """Host and organization; raises Stop when one comes from a variable that is not set."""
    for name, value in (("host", desired.host), ("id", desired.organization)):
        if not value:
            raise Stop(
                f"{desired.file}: organization.{name} is not known", "set the variable that it comes from"
            )
    return desired.host, desired.organization
