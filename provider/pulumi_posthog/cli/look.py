"""A configuration -> what PostHog has of it, and what would have to change: what most verbs begin with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi_posthog.api import GaveUp
from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.client import live_for
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.erasures.present import Sighting, sightings
from pulumi_posthog.reconcile.desired import Key
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.observe import Observed, observe
from pulumi_posthog.reconcile.plan import Plan, plan
from pulumi_posthog.stack.state import check_selected


@dataclass(frozen=True)
class Look:
    """One look at PostHog."""

    live: Live
    observed: Observed
    plan: Plan
    persons: tuple[Sighting, ...] = ()  # of those who must not exist, where it was asked for

    @property
    def requests(self) -> int:
        """How many it took so far."""
        return sum(self.live.reader.pace.sent.values())

    @property
    def exits(self) -> list[Exit]:
        """What it means for the exit status that something could not be read."""
        errors = [*self.observed.unread.values(), *self.observed.unread_groups.values()]
        errors += [sighting.error for sighting in self.persons if sighting.error is not None]
        gave_up = any(isinstance(error, GaveUp) for error in errors)
        return [*([Exit.GAVE_UP] if gave_up else []), *([Exit.API] if errors or self.missing else [])]

    @property
    def missing(self) -> int:
        """How many variables and files that name persons are not available."""
        return sum(len(sighting.erasure.missing) for sighting in self.persons)

    @property
    def unread(self) -> int:
        """How many objects could not be looked at, a project's persons being one."""
        unread = [sighting for sighting in self.persons if sighting.error or sighting.erasure.missing]
        return len(self.observed.unread) + len(unread)


def look_at(
    desired: Configuration,
    *,
    ids: Mapping[Key, str] | None = None,
    undeclared: bool = False,
    kinds: Collection[str] = (),
    persons: bool = False,
    known: Collection[str] | None = (),
    agreed: bool = False,
) -> Look:
    """Read what a configuration is about (`observe`), with progress on a terminal.

    With `persons`, those whom it declares absent as well: one request for each. `agreed` says that a state has the host
    already. Raises as `address` and `observe`.
    """
    live = live_for(*address(desired, agreed=agreed))
    with terminal.progress() as tell:
        observed = observe(
            desired, live, ids=ids, undeclared=undeclared, kinds=kinds, known=known, progress=tell
        )
    seen = sightings(desired.erasures, observed, live) if persons and not kinds else ()
    return Look(live, observed, plan(observed.readable, observed.for_plan), seen)


def address(desired: Configuration, *, agreed: bool = False) -> tuple[str, str]:
    """(host, organization); raises Stop when one comes from a variable that is not set.

    Where neither POSTHOG_HOST nor, with `agreed`, a state vouches for the host, that of the selected stack is asked.
    Raises StateError when the host may not get the key.
    """
    for name, value in (("host", desired.host), ("id", desired.organization)):
        if not value:
            raise Stop(
                f"{desired.file}: organization.{name} is not known", "set the variable that it comes from"
            )
    if not agreed:
        check_selected(desired.host, Path(desired.file).parent)
    return desired.host, desired.organization
