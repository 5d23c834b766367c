"""What the state has under a guard, and no guard of this run has counted: removing it counts all the same.

A guard counts what it remembers. Something can be in the state that no guard remembers: its guard was taken out of the
state, or it came from another stack. Something can be remembered by a guard that the program has no more: its block, or
its file, was taken out of the program. Pulumi then deletes it without asking anybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_posthog.kinds import BY_RESOURCE, KINDS
from pulumi_posthog.reconcile.limits import Limits, Managed, refusals
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.urn import BLOCK_GUARD, FILE_GUARD, name_of, own_name
from pulumi_posthog.values.json_value import json_in

Named = tuple[str, str]  # kind's and resource's names
Objection = Callable[[Managed, Managed, Mapping[str, Mapping[str, str]]], str | None]


@dataclass(frozen=True)
class Guarded:
    """What is under a guard in one state, and what each guard in it remembers, by the guard's name."""

    resources: Managed
    remembered: Mapping[str, frozenset[Named]]

    def without(self, guard: str | None, counted: Collection[Named] = ()) -> Managed:
        """What no guard but that one remembers, and is not `counted`. A guard by another name is none."""
        others = (
            names for each, names in self.remembered.items() if each in {FILE_GUARD, BLOCK_GUARD} - {guard}
        )
        return left_of(self.resources, {*counted, *(name for names in others for name in names)})


def guarded_in(resources: Iterable[Mapping[str, Any]]) -> Guarded:
    """The resources of a state -> what a guard looks after; raises KeyError, TypeError, Damaged for what is no state.

    As in `limits.managed`, but for what replaces a resource: that says its `diff`.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    remembered: dict[str, frozenset[Named]] = {}
    for each in resources:
        type_, inputs = own_name(str(each.get("type", ""))), each.get("inputs") or {}
        name = name_of(str(each["urn"])) or ""
        if type_ == "Guard":
            managed = json_in(inputs.get("__managed") or "{}", dict, levels=3)
            remembered[name] = remembered.get(name, frozenset()) | names_of(managed)
            continue
        kind = BY_RESOURCE.get(type_ or "")
        if kind is None or not kind.guarded or each.get("delete") or not each.get("id"):
            continue
        if inputs.get("__absent") or not location_of(inputs).guarded:
            continue
        parent = name_of(str(each.get("parent") or "")) if kind.parent else None
        found.setdefault(kind.name, {}).setdefault(parent or "", {})[name] = ""
    return Guarded(found, remembered)


def names_of(managed: Managed) -> frozenset[Named]:
    """Kinds and names of all that is managed."""
    return frozenset(
        (kind, name) for kind, below in managed.items() for each in below.values() for name in each
    )


def left_of(managed: Managed, names: Collection[Named]) -> Managed:
    """`managed` without those names."""
    return {
        kind: {
            parent: {name: key for name, key in each.items() if (kind, name) not in names}
            for parent, each in parents.items()
        }
        for kind, parents in managed.items()
    }


def within(managed: Managed, there: Managed) -> Managed:
    """What of `managed` has a name of `there`."""
    return left_of(managed, names_of(managed) - names_of(there))


def both(one: Managed, other: Managed) -> Managed:
    """What is in one of them."""
    result = {kind: {parent: dict(each) for parent, each in parents.items()} for kind, parents in one.items()}
    for kind, parents in other.items():
        for parent, each in parents.items():
            result.setdefault(kind, {}).setdefault(parent, {}).update(each)
    return result


def as_in(managed: Managed, after: Managed) -> Managed:
    """`managed`, in which what stays is replaced by what `after` says: so it does not seem to be replaced."""
    keys = {
        kind: {name: key for each in below.values() for name, key in each.items()}
        for kind, below in after.items()
    }
    return {
        kind: {
            parent: {name: keys.get(kind, {}).get(name, key) for name, key in each.items()}
            for parent, each in parents.items()
        }
        for kind, parents in managed.items()
    }


class Uncounted:
    """What guards have counted in one run, and what the state has beside it. Every method is safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: frozenset[Named] = frozenset()
        self._after: Managed = {}
        self._renamed: dict[str, dict[str, str]] = {}
        self._state: Guarded | None = None
        self._judged: str | None = None  # why it is not removed; empty when it may be

    def passed(
        self, counted: frozenset[Named], after: Managed, renamed: Mapping[str, Mapping[str, str]]
    ) -> None:
        """A guard has counted what of `counted` is not in `after`, and lets the run pass."""
        with self._lock:
            self._counted |= counted
            self._after = both(self._after, after)
            for kind, names in renamed.items():
                self._renamed.setdefault(kind, {}).update(names)

    def is_counted(self, kind: str, name: str | None) -> bool:
        """Whether a guard of this run has counted that resource."""
        with self._lock:
            return (kind, name) in self._counted

    def read_state(self, state: Callable[[], Guarded]) -> Guarded:
        """What the state has under guards, read once in a run; raises what `state` raises."""
        with self._lock:
            if self._state is None:
                self._state = state()
            return self._state

    def refused(self, state: Guarded, limits: Limits, objection: Objection = lambda *_: None) -> str | None:
        """Why what no guard has counted is not removed; None when it may be. `state` is that before the run.

        `objection` is asked once in a run, and only within the limits: with what there is, what stays, and what has
        another name now. It may read PostHog.
        """
        with self._lock:
            if self._judged is None:
                there = state.resources
                # What a guard has counted leaves with its consent, and is part of what there is.
                stays = both(self._after, left_of(there, names_of(there) - self._counted))
                before = as_in(there, stays)
                too_many = refusals(before, stays, limits, KINDS, self._renamed)
                self._judged = "\n".join(map(str, too_many)) or objection(before, stays, self._renamed) or ""
            return self._judged or None
