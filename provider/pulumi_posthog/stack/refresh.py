"""What the refresh of this run has found: of what a guard remembers, only that can still be deleted.

An entry that was taken out of the state (`pulumi state delete`), or whose object is gone from PostHog, is nobody's to
delete. That is known only where the guard itself was refreshed, and so was everything; else all counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.stack.uncounted import left_of
from pulumi_posthog.stack.urn import name_of


class Refresh:
    """One run's refresh, as the provider process saw it. Names are those of resources, from their URNs."""

    def __init__(self) -> None:
        self._found: set[tuple[str, str]] = set()
        self._seen: set[tuple[str, str]] = set()
        self._managed: set[tuple[str, str]] = set()
        self._guarded: set[tuple[str, str]] = set()
        self.called: dict[tuple[str, str], str] = {}  # kind and resource's name -> PostHog's name of it
        self._settled = -1  # how many were managed when all of them had been seen; both sets only grow
        self._complete = False
        self._doubtful = False

    def found(self, kind: str, urn: str, called: str | None = None, *, guarded: bool = False) -> None:
        """An object of the state that PostHog has, how it is called there, and whether a guard looks after it."""
        name = name_of(urn)
        if name is None:
            self._doubtful = True
        else:
            self._found.add((kind, name))
            self._seen.add((kind, name))
            if guarded:
                self._guarded.add((kind, name))
            if called is not None:
                self.called[kind, name] = called

    def gone(self, kind: str, urn: str) -> None:
        """An object of the state that PostHog does not have any more."""
        self._seen.add((kind, name_of(urn) or ""))

    def guard(self, urn: str, managed: Managed | None = None) -> None:
        """The guard, which `pulumi up` refreshes as it does everything else, and what it remembers."""
        self._complete = name_of(urn) is not None
        self._managed |= {
            (kind, name)
            for kind, parents in (managed or {}).items()
            for objects in parents.values()
            for name in objects
        }

    def beside(self, known: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """What was found, is under a guard, is not `known`, and no guard of the state remembers."""
        return frozenset(self._guarded - self._managed - {*known})

    def kinds_beside(self, known: Collection[tuple[str, str]]) -> set[str]:
        """The kinds of what was found, is under a guard, and is not `known`."""
        return {kind for kind, _ in self._guarded - {*known}}

    def without_gone(self, managed: Managed) -> Managed:
        """`managed` without what PostHog does not have any more."""
        return left_of(managed, self._seen - self._found)

    @property
    def has_found(self) -> bool:
        """Whether the state has anything that PostHog has, as far as was looked."""
        return bool(self._found)

    @property
    def whole(self) -> bool:
        """Whether everything that the stack manages was looked at: not, where only some of it was to be refreshed."""
        managed = len(self._managed)
        if self._settled != managed and self._managed <= self._seen:
            self._settled = managed
        return self._complete and not self._doubtful and self._settled == len(self._managed)

    def deletable(self, managed: Managed) -> Managed:
        """What of `managed` this run could delete."""
        # Nothing at all was found: rather a refresh of chosen resources than a state that holds a guard alone.
        if self._doubtful or not self._complete or not self._found:
            return managed
        return {
            kind: {parent: self._left(kind, objects) for parent, objects in parents.items()}
            for kind, parents in managed.items()
        }

    def _left(self, kind: str, objects: Mapping[str, str]) -> Mapping[str, str]:
        return {name: key for name, key in objects.items() if (kind, name) in self._found}
