"""What the configuration says should exist, as values; and what an entry is known by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import ancestors
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.reference import Reference


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One declared object.

    `name` is unique within its kind and is Pulumi's resource name: "Web", "Web/Marketing/Launch board",
    "Analysts/ana@acme.io". `fields` holds what is declared, without the reference to the parent, whose entry's
    name is `parent`. `positions` says where each field is; "" is the entry itself.
    """

    kind: Kind
    name: str
    fields: Mapping[str, Json]
    parent: str | None = None
    id: str | None = None  # take over exactly this object
    previously: tuple[str, ...] = ()  # names (as `name`) that this entry had before
    absent: bool = False
    # Something else declares it: only what is below it is compared, and it is known by its `id`.
    elsewhere: bool = False
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
# The kind's name, the name of the entry that its objects are below; of what is attached to an object, that one's key
# as a text: "dashboard/Web/Board".
Group = tuple[str, str | None]
Block = tuple[str, str | None, str]  # a group, and the key of a block in it


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What an organization should have: parents before their children, otherwise in the order of the file."""

    host: str
    organization: str
    entries: tuple[Entry, ...]
    file: str = "posthog.yaml"
    notes: tuple[str, ...] = ()  # what a reader of the file should know, and need not put right
    # Addresses that no member of the organization has -> what is wrong with each, where it was asked for (`resolve`).
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
    about = entry.fields.get(entry.kind.attached.id) if entry.kind.attached else None
    if isinstance(about, Reference):
        return (entry.kind.name, "/".join(about.target or (about.kind, f"{entry.parent}/{about.name}")))
    return (entry.kind.name, entry.parent)


def attached_group(kind: Kind, entry: Entry) -> Group:
    """The collection of what is attached to an entry's object."""
    return (kind.name, "/".join(key_of(entry)))


def about_fields(kind: Kind, holder: Entry, id_: str | None = None) -> dict[str, Json]:
    """The fields of something attached that say about which declared object it is."""
    if kind.attached is None:
        return {}
    reference = Reference(holder.kind.name, holder.key, holder.where, target=key_of(holder), id_=id_)
    return {kind.attached.type: holder.kind.accessible_as, kind.attached.id: reference}


def above(group: Group, desired: Desired) -> Entry | None:
    """The entry that the objects of a collection are below, or about; None where it is not declared."""
    kind, name = KINDS[group[0]], group[1] or ""
    if kind.attached:
        about, _, name = name.partition("/")
        return desired.by_name.get((about, name))
    return desired.by_name.get((kind.parent or "", name))


def groups_of(kind: Kind, desired: Desired) -> list[Group]:
    """Every collection of a kind that a configuration leads to."""
    if kind.attached:
        return [attached_group(kind, entry) for entry in desired.entries if entry.kind.accessible_as]
    if kind.parent is None:
        return [(kind.name, None)]
    return [(kind.name, entry.name) for entry in desired.entries if entry.kind.name == kind.parent]


def generations(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries by how deep they are: the parents' ids are needed to find the children, and what is attached to them."""
    by_depth: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_depth[len(ancestors(entry.kind)) + bool(entry.kind.attached)].append(entry)
    return [by_depth[depth] for depth in sorted(by_depth)]
