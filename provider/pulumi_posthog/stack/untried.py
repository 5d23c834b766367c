"""What a run was going to do and has not begun when something fails: Pulumi stops there and names nothing of it.

A guard is told what is declared, and knows what leaves, before anything else is asked about. So the rest is known
without Pulumi's help, which says only what failed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from pulumi_posthog.kinds import BY_RESOURCE, KINDS
from pulumi_posthog.kinds.model import Deletion
from pulumi_posthog.stack.urn import name_of, type_of
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.text import first_of

NAMED = 10  # so many by name
HEAD = (
    "not tried when this failed (with --continue-on-error, Pulumi continues with what does not depend on it):"
)


class Untried:
    """One run's work that has not begun. Every method may be called from several threads."""

    def __init__(self) -> None:
        # Kind's name, resource's name, and whether it goes: in the order in which a guard was told.
        self._left: dict[tuple[str, str, bool], None] = {}
        self._writing = False
        self._told = False
        self._lock = threading.Lock()

    def declared(self, names: Iterable[tuple[str, str]]) -> None:
        """A guard was told that these kinds and names are declared."""
        with self._lock:
            self._left |= dict.fromkeys((kind, name, False) for kind, name in names)

    def going(self, names: Iterable[tuple[str, str]]) -> None:
        """A guard knows that these kinds and names leave; what Pulumi only forgets is no work."""
        with self._lock:
            self._left |= {
                (kind, name, True): None
                for kind, name in names
                if kind in KINDS  # a state may have a kind that there was
                and (kind, name, False) not in self._left
                and KINDS[kind].deletion not in (Deletion.NEVER, Deletion.FORGET)
            }

    def settled(self, urn: str) -> None:
        """There is nothing to be done about it."""
        with self._lock:
            self._left.pop((*_named(urn), False), None)

    def begun(self, urn: str, *, goes: bool = False) -> None:
        """It is being made, changed or, where it `goes`, removed. A preview does not get that far."""
        with self._lock:
            self._writing = True
            self._left.pop((*_named(urn), goes), None)

    def when_failed(self, urn: str) -> str | None:
        """What to say beside the first failure; None where nothing is left, or nothing was done before it."""
        with self._lock:
            self._left.pop((*_named(urn), False), None)
            if self._told or not self._writing or not self._left:
                return None
            self._told = True
            left = list(self._left)
        rows = [
            f'{"removal of " if goes else ""}{KINDS[kind].title} "{one_line(name)}"'
            for kind, name, goes in left
        ]
        return "\n  ".join((HEAD, *first_of(rows, NAMED)))


def because_of_what_failed(names: Sequence[str]) -> str:
    """What was not tried although Pulumi went on after a failure, in one message."""
    head = "not tried, because what they are in or follow has failed:"
    return "\n  ".join([head, *first_of(names, NAMED)])


def _named(urn: str) -> tuple[str, str]:
    kind = BY_RESOURCE.get(type_of(urn) or "")
    return kind.name if kind else "", name_of(urn) or ""
