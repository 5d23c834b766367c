"""What the configuration says should exist, as values; and what an entry is known by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import ancestors
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One declared object.

    `name` is unique within its kind and is Pulumi's resource name: "Web", "Web/Marketing/Launch board",
    "Analysts/ana@acme.io". `fields` holds what is declared, without the reference to the parent, whose entry's
    name is `parent`. `positions` says where each field stands; "" is the entry itself.
    """

    kind: Kind
    name: str
    fields: Mapping[str, Json]
    parent: str | None = None
    id: str | None = None  # take over exactly this object
    previously: tuple[str, ...] = ()  # names (as `name`) that this entry had before
    absent: bool = False
    place: int = 1  # its place among its siblings in the file, from 1
    positions: Mapping[str, Position] = field(default_factory=dict)
    follows: tuple[Key, ...] = ()  # declared entries that are made before it, beside those that it refers to

    @property
    def where(self) -> Position | None:
        """Where the entry begins."""
        return self.positions.get("")

    @property
    def key(self) -> str:
        """What it is called in the file: its name without that of its parent."""
        return self.name.removeprefix(f"{self.parent}/") if self.parent is not None else self.name

    @property
    def named_apart(self) -> bool:
        """Whether its body says what PostHog calls it, in place of its key."""
        return any(
            each.also_in_body and self.positions.get(each.name, self.where) != self.where
            for each in self.kind.fields
        )


Key = tuple[str, str]  # the kind's name, the entry's name
Group = tuple[str, str | None]  # the kind's name, the name of the entry that its objects are below
Block = tuple[str, str | None, str]  # a group, and the key of a block in it


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What an organization should have: parents before their children, otherwise in the order of the file."""

    host: str
    organization: str
    entries: tuple[Entry, ...]
    file: str = "posthog.yaml"
    notes: tuple[str, ...] = ()  # what a reader of the file should know, and need not put right
    # Addresses that nobody in the organization has -> what is wrong with each, where it was asked for (`resolve`).
    strangers: Mapping[str, Problem] = field(default_factory=dict)
    # Collections of which nothing else may be than what is declared, and where a file says so.
    exact: Mapping[Group, Position] = field(default_factory=dict)
    # The same for one block of a collection, such as the rules of dashboards; None: others are left alone there.
    exact_blocks: Mapping[Block, Position | None] = field(default_factory=dict)
    # What is done after what, because of what PostHog has now.
    after: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    unmanaged: tuple[
        Entry, ...
    ] = ()  # `state: unmanaged`: given up, with what is below them, and left in PostHog

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], Entry]:
        """(kind's name, entry's name) -> entry."""
        return {(entry.kind.name, entry.name): entry for entry in self.entries}


def key_of(entry: Entry) -> Key:
    """What an entry is known by."""
    return (entry.kind.name, entry.name)


def group_of(entry: Entry) -> Group:
    """The collection that an entry's object is in."""
    return (entry.kind.name, entry.parent)


def generations(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries by how deep they are: the parents' ids are needed to find the children."""
    by_depth: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_depth[len(ancestors(entry.kind))].append(entry)
    return [by_depth[depth] for depth in sorted(by_depth)]
