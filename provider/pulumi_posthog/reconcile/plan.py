"""desired, observed -> plan: what has to be made, changed or deleted."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.differences import Difference, differences
from pulumi_posthog.values.json_value import Json


class Action(enum.Enum):
    """What has to happen to one object."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """One object that has to change, and why."""

    action: Action
    kind: Kind
    name: str
    id: str | None = None
    differences: tuple[Difference, ...] = ()
    entry: Entry | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that has to change, parents before children."""

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)


def plan(desired: Desired, observed: Mapping[tuple[str, str], tuple[str, Mapping[str, Json]]]) -> Plan:
    """What has to change so that live becomes desired.

    `observed` maps (kind's name, entry's name) to the live object's id and field values; what is missing there
    does not exist.
    """
    return Plan(
        tuple(
            filter(
                None,
                (change(entry, observed.get((entry.kind.name, entry.name))) for entry in desired.entries),
            )
        )
    )


def change(entry: Entry, live: tuple[str, Mapping[str, Json]] | None) -> Change | None:
    """What has to happen to one entry; None when nothing has to."""
    if live is None:
        return None if entry.absent else Change(Action.CREATE, entry.kind, entry.name, entry=entry)
    id_, values = live
    if entry.absent:
        return Change(Action.DELETE, entry.kind, entry.name, id_, entry=entry)
    found = differences(entry.kind, entry.fields, values)
    if not found:
        return None
    replaces = any(each.field.replaces(each.live, each.desired) for each in found)
    return Change(Action.REPLACE if replaces else Action.UPDATE, entry.kind, entry.name, id_, found, entry)
