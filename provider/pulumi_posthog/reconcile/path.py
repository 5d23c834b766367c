"""An entry, a field -> the path under which reports name it, and its place in the file."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired, Entry, Group, above, group_of
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.reference import Reference

EVERYONE: Final = "everyone"


def path_of(entry: Entry, desired: Desired) -> str:
    """Where an entry is in the YAML: "projects.Web.file_system.Marketing/Launch board"."""
    key = entry.key if entry.named_apart or entry.elsewhere else entry.kind.own_name(entry.fields)
    if entry.kind.attached:
        key = ".".join(_way(entry))
    elif entry.kind.grants and entry.parent:
        key = entry.name.removeprefix(f"{entry.parent}/").replace("/", ".")
    before = _place_of(entry.kind, _holder(entry, desired), desired)
    return ".".join(filter(None, (before, key and str(key))))


def collection_path(group: Group, desired: Desired) -> str:
    """Where the entries of one collection are: "projects.Web.file_system"."""
    kind, holder = KINDS[group[0]], above(group, desired)
    if kind.attached and holder is None:  # those of all objects of a project
        return collection_path((kind.parent or "", None), desired) + f".{group[1]}"
    return _place_of(kind, holder, desired)


def _holder(entry: Entry, desired: Desired) -> Entry | None:
    """The entry that another one is in."""
    if entry.kind.attached:
        return above(group_of(entry), desired)
    return desired.by_name.get((entry.kind.parent or "", entry.parent or ""))


def _place_of(kind: Kind, holder: Entry | None, desired: Desired) -> str:
    return ".".join(filter(None, (path_of(holder, desired) if holder else "", _section(kind))))


def _section(kind: Kind) -> str:
    """A kind's section within its parent's entry, or in the file."""
    return kind.section if kind.parent is None else kind.section.rpartition(".")[2]


def _way(entry: Entry) -> tuple[str, ...]:
    """The keys that lead to a rule's level within its block."""
    grants = entry.kind.grants
    for group, name in grants.subjects.items() if grants else ():
        if subject := entry.fields.get(name):
            return (group, subject.name if isinstance(subject, Reference) else str(subject))
    return (EVERYONE,)


def where_of(entry: Entry, field: str, key: str | None = None) -> Position | None:
    """The place in the YAML that says most about a field, or about a key in it."""
    places = (f"{field}.{key}", field, "")
    return next((entry.positions[place] for place in places if place in entry.positions), None)


def is_below(path: str, pattern: str) -> bool:
    """Whether a path is `pattern` or below it; in the pattern, `*` is any text and `?` one character."""
    # As it is written first: a path may have brackets, which are a pattern, too.
    return path == pattern or fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}[.[]*")
