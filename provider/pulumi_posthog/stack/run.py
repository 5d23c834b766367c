"""What one run of Pulumi knows: its settings, the view of each organization, and what has been seen until now.

A door makes one when its process starts, and hands it to every handler.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pulumi_posthog.checks.setting import CHANGED
from pulumi_posthog.reconcile.adoption import Owners
from pulumi_posthog.reconcile.desired import Desired
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.unmanaged import Unmanaged
from pulumi_posthog.stack import places, pulumi_engine
from pulumi_posthog.stack.first_look import FirstLook
from pulumi_posthog.stack.holdings import Holdings
from pulumi_posthog.stack.host_now import host_of
from pulumi_posthog.stack.ignored import Ignored
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.other_stacks import OtherStacks, own_guarded, own_state
from pulumi_posthog.stack.read_ahead import ReadAhead
from pulumi_posthog.stack.refresh import Refresh
from pulumi_posthog.stack.uncounted import Guarded, Uncounted
from pulumi_posthog.stack.untried import Untried
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.stack.uses import Uses
from pulumi_posthog.stack.view import View
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.local_file import project_folder

SAME_ERROR = "the same error as that of another resource, which is told in full"


@dataclass
class Settings:
    """What the stack's configuration says.

    `checks` is when health checks run. `other_stacks` are those whose objects are left alone,
    None for all of the same project and backend.
    """

    key: str | None = None
    limits: Limits = field(default_factory=Limits)
    checks: str = CHANGED
    other_stacks: tuple[str, ...] | None = ()


class Run:
    """One run. Handlers of several threads use it at once.

    `guard_remembers` says whether the state has a guard, and so may have what this run has not seen. `guard_consulted`
    says whether the guard has seen what the program declares, and let it pass. `addresses` are those of people, folded,
    that the guard knew before. `invited` are those whom this run invites. `unmanaged` is what the
    guards were told is given up and stays in PostHog, `ignored` what `drift` passes over and a run sets back. `file` is
    the configuration that the program was made from.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.refreshed = Refresh()
        self.holdings = Holdings()
        self.uncounted = Uncounted()
        self.untried = Untried()
        self.uses = Uses()
        # What this run declares that others are looked at beside: kind, parent's id, name -> declared fields.
        self.beside: dict[tuple[str, str, str], Mapping[str, Json]] = {}
        self.ahead = ReadAhead()
        self.guard_remembers = False
        self.guard_consulted = False
        self.addresses: frozenset[str] = frozenset()
        self.invited: frozenset[str] = frozenset()
        self.unmanaged: tuple[Unmanaged, ...] = ()
        self.ignored: Ignored = MappingProxyType({})
        self.first_look = FirstLook()
        self.file: Path | None = None
        self._views: dict[tuple[str, str], View] = {}
        self._other_stacks = OtherStacks()
        self._declared: dict[Path, Desired | None] = {}
        self._warned: set[str] = set()
        self._failures: set[str] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def view(self, properties: Mapping[str, Any]) -> View:
        """The organization in which the resource with these properties is. Raises CannotApply."""
        location = location_of(properties)
        address = (host_of(location), location.organization)
        with self._lock:
            if address not in self._views:
                self._views[address] = View(*address, self.settings.key)
                if self._stopped:
                    self._views[address].pace.stop()
            return self._views[address]

    def owners(self, organization: str, urn: str, *, conflicts: bool) -> Owners:
        """What other stacks manage of an organization, as `OtherStacks.owners` says. Raises UnknownOwners."""
        return self._other_stacks.owners(self.settings.other_stacks, organization, urn, conflicts=conflicts)

    def know_the_state(self, urn: str) -> None:
        """Have `holdings` know what the whole state of the stack of `urn` has; raises UnknownOwners.

        A refresh of everything has told so already; else the state is read.
        """
        if not self.refreshed.whole and name_of(urn) is not None:
            self.holdings.read_state(lambda: own_state(urn, project_folder()))

    def guarded(self, urn: str) -> Guarded:
        """What the whole state of the stack of `urn` has under guards; raises UnknownOwners."""
        return self.uncounted.read_state(lambda: own_guarded(urn, project_folder()))

    def failed(self, urn: str) -> None:
        """A resource was refused, or could not be made or changed: what else is not done now is said beside it."""
        self.holdings.failure(urn)
        self.tell_untried(urn)

    def tell_untried(self, urn: str) -> None:
        """Say once in a run what has not begun, because `urn` has failed."""
        if text := self.untried.when_failed(urn):
            pulumi_engine.warn(text)

    def declared(self) -> Desired | None:
        """What the program's file declares, as far as it can be read without its secrets; None when it cannot.

        It is read when there is something to tell about it.
        """
        if self.file is None:
            return None
        if self.file not in self._declared:
            self._declared[self.file] = places.declared(self.file)
        return self._declared[self.file]

    def warn_once(self, text: str) -> None:
        """Warn of what concerns several resources, beside the first of them."""
        if self._new(text, self._warned):
            pulumi_engine.warn(text)

    def once(self, text: str) -> str:
        """Why a call fails: the first time in full, then that it is the same again.

        Pulumi shows an error for each resource.
        """
        return text if self._new(text, self._failures) else SAME_ERROR

    def _new(self, text: str, said: set[str]) -> bool:
        with self._lock:
            if text in said:
                return False
            said.add(text)
            return True

    def stop(self) -> None:
        """Wake everything that waits for PostHog's limits or to read, because the run is over; nothing more is sent.

        Writes under way get their answer.
        """
        with self._lock:
            self._stopped = True
            for view in self._views.values():
                view.pace.stop()

    def close(self) -> None:
        """Close all connections."""
        for view in list(self._views.values()):
            view.close()
