"""Who has a live object in this run: what one resource gives up and another one has is not deleted.

Pulumi creates before it deletes. An object that comes to another resource name is first taken over under the new name,
and then its deletion under the old one is asked for: the same object. So each call notes who has it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind, NaturalKey
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.values.json_value import Json

Claim = tuple[str, str, str | NaturalKey]
ANYWHERE = ""  # the organization of a claim that is known without one
IN_EXACT_LISTS = {kind.set_of: kind for kind in KINDS.values() if kind.set_of}


def claims_of(
    kind: Kind, organization: str, parent: str | None, id_: str | None, values: Mapping[str, Json]
) -> tuple[Claim, ...]:
    """Under which names somebody may have an object: by its id, and as an item of the exact list of its parent."""
    by_id = [(organization, kind.name, id_)] if id_ is not None else []
    key = kind.natural_key(values) if kind.name in IN_EXACT_LISTS else None
    return (
        *by_id,
        *([(organization, f"{kind.name} of {parent}", key)] if parent is not None and key else []),
    )


def claims_of_list(
    kind: Kind, organization: str, parent: str, values: Mapping[str, Json]
) -> tuple[Claim, ...]:
    """What an exact list declares: each of its items."""
    item = KINDS[kind.set_of or ""]
    name = item.natural_keys[0][0]
    return tuple(
        claim
        for value in values.get(kind.writable[0].name) or ()
        for claim in claims_of(item, organization, parent, None, {name: value})
    )


@dataclass
class _Object:
    """One live object. Resources are known by their URNs."""

    in_state: set[str] = field(default_factory=set)
    compared: dict[str, bool] = field(default_factory=dict)  # -> whether it is to be replaced
    claimed: set[str] = field(default_factory=set)  # the resources that mean it and do not have it yet
    made: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def keeper(self, urn: str, *, others: bool = False) -> str | None:
        """Who keeps it when `urn` gives it up; None when nobody does.

        It may be `urn` itself, because its replacement has taken it over, or the state has it twice; with `others`,
        never.
        """
        stays = [each for each, replaced in self.compared.items() if not replaced]
        claimed = [each for each in self.claimed if name_of(each) != name_of(urn)]
        for each in (*self.made, *sorted(stays, key=lambda each: each == urn), *claimed):
            if not (others and each == urn):
                return each
        here = self.in_state - self.gone
        # An alias is in the state by one name and compared by another: both are one resource.
        renamed = sorted(self.compared.keys() - self.in_state - self.gone)
        unseen = sorted(here - self.compared.keys())
        there = sorted(here & self.compared.keys())
        longer = unseen if len(unseen) >= len(renamed) else renamed
        left = [*there, *longer]
        if urn in left:
            left.remove(urn)
        elif urn in (*unseen, *renamed):
            left.remove(longer[0])
        return left[0] if left else None


class Holdings:
    """What the calls of one run say about who has what. Every method may be called from several threads."""

    def __init__(self) -> None:
        self._objects: dict[Claim, _Object] = {}
        self._lock = threading.Lock()
        self._state: Mapping[str, tuple[Claim, ...]] | None = None  # the whole of it, where it was read
        self._declared: set[str] = set()
        self._seen: set[str] = set()  # what this run has refreshed or given up
        self.failed: str | None = (
            None  # the first resource of this run that was refused, or could not be made
        )
        self.own_names: dict[
            tuple[str, str], str
        ] = {}  # kind's name, resource's name -> as a program calls it
        # Kinds and names that guards were told and that are yet to be declared; None where no guard was asked.
        self._told: dict[tuple[str, str], None] | None = None

    def recorded(self, claims: Iterable[Claim], urn: str) -> None:
        """The state has it under that name, and this run has refreshed it."""
        self._note(claims, urn, lambda each: each.in_state.add(urn))
        with self._lock:
            self._seen.add(urn)

    def will_declare(self, names: Iterable[tuple[str, str]]) -> None:
        """A guard was told of these kinds and names: each `check` is still to come, and in some runs never comes."""
        with self._lock:
            self._told = {**(self._told or {}), **dict.fromkeys(names)}

    def declares(self, kind: str, urn: str) -> None:
        """The program declares that resource: its `check` was asked for, which a refresh never does."""
        with self._lock:
            self._declared.add(urn)
            if self._told:
                self._told.pop((kind, name_of(urn) or ""), None)

    @property
    def anything_declared(self) -> bool:
        """Whether the program has declared anything, as far as the engine has asked."""
        with self._lock:
            return bool(self._declared)

    def unasked(self) -> str | None:
        """The name of something that this run should have asked about and has not, though its program is over.

        Then it is about chosen resources only, and something new may be among what it leaves out. What is declared,
        guards know; without one, it shows by what the state has, which a run about everything refreshes or compares.
        """
        with self._lock:
            if self._told is not None:
                return next((name for _, name in self._told), None)
            for urn, claims in (self._state or {}).items():
                known = urn in self._seen or urn in self._declared
                if not known and not any(each.compared for each in self._of(claims)):
                    return name_of(urn)
            return None

    def is_declared(self, urn: str) -> bool:
        """Whether the program declares that resource, as far as it has run."""
        with self._lock:
            return urn in self._declared

    def compared(self, claims: Iterable[Claim], urn: str, *, replaced: bool) -> None:
        """The program declares it, and the state has its id.

        A `diff` alone does not say so: a refresh compares everything that the state has.
        """
        self._note(claims, urn, lambda each: each.compared.update({urn: replaced}))

    def claimed(self, claims: Iterable[Claim], urn: str) -> None:
        """The program declares it; it is to be taken over, or belongs to a list."""
        self._note(claims, urn, lambda each: each.claimed.add(urn))

    def made(self, claims: Iterable[Claim], urn: str) -> None:
        """It was made, or taken over."""
        self._note(claims, urn, lambda each: each.made.add(urn))

    def failure(self, urn: str) -> None:
        """A resource was refused, or could not be made or changed."""
        with self._lock:
            self.failed = self.failed or urn

    def give_up(self, claims: Iterable[Claim], urn: str) -> str | None:
        """`urn` has it no longer. Returns the resource that keeps it, None without one."""
        with self._lock:
            objects = self._of(claims)
            keeper = next(filter(None, (each.keeper(urn) for each in objects)), None)
            for each in objects:
                each.gone.add(urn)
            self._seen.add(urn)
            return keeper

    def keeper(self, claims: Iterable[Claim], urn: str) -> str | None:
        """Who else would keep it if `urn` gave it up."""
        with self._lock:
            found = (each.keeper(urn, others=True) for each in self._of(claims))
            return next(filter(None, found), None)

    def to_be_replaced(self, claims: Iterable[Claim], urn: str) -> bool:
        """Whether `urn` gives it up only to be made anew."""
        with self._lock:
            return any(each.compared.get(urn, False) for each in self._of(claims))

    def known_as(self, claims: Iterable[Claim], urn: str) -> str | None:
        """Under which other name the state has what `urn`, a new resource, would take over."""
        with self._lock:
            others = (
                each.in_state - each.gone
                for each in self._of(claims)
                if urn not in each.compared and urn not in each.in_state
            )
            return next((min(each) for each in others if each), None)

    def read_state(self, state: Callable[[], Mapping[str, tuple[Claim, ...]]]) -> None:
        """Note what the whole state has, once in a run; raises what `state` raises."""
        with self._lock:
            if self._state is not None:
                return
            self._state = state()
            for urn, claims in self._state.items():
                for claim in claims:
                    self._objects.setdefault(claim, _Object()).in_state.add(urn)

    def ids_in_state(self) -> dict[tuple[str, str], str]:
        """Kind's and resource's names -> id, as far as the state was read, or refreshed."""
        with self._lock:
            return {
                (kind, name_of(urn) or ""): id_
                for (_, kind, id_), each in self._objects.items()
                for urn in each.in_state
                if isinstance(id_, str)
            }

    @property
    def has_nothing(self) -> bool:
        """Whether the whole state was read, and there is no object in it: nothing can be deleted then."""
        with self._lock:
            return self._state is not None and not any(self._state.values())

    def _of(self, claims: Iterable[Claim]) -> list[_Object]:
        names = [name for claim in claims for name in (claim, (ANYWHERE, *claim[1:]))]
        return [self._objects[name] for name in names if name in self._objects]

    def _note(self, claims: Iterable[Claim], urn: str, note: Callable[[_Object], object]) -> None:
        if not urn:
            return  # no engine asks, so there is no run to speak of
        with self._lock:
            for claim in claims:
                note(self._objects.setdefault(claim, _Object()))
