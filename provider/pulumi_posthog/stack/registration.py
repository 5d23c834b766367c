"""Configuration -> Pulumi resources."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi.runtime import settings as runtime

import pulumi
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds.model import Deletion
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile import limits, renames
from pulumi_posthog.reconcile.addresses import person_field
from pulumi_posthog.reconcile.caps import room_first, room_makers
from pulumi_posthog.reconcile.desired import Entry, Key, key_of
from pulumi_posthog.reconcile.links import targets
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.guard_resource import Guard
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.properties import IDS, to_properties
from pulumi_posthog.stack.resources import AbsentPersons, CheckResource, Entity
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.reference import references_in

if TYPE_CHECKING:
    from pulumi_posthog.checks.declared import Check


def register(desired: Configuration) -> Mapping[tuple[str, str], Entity]:
    """Register one resource per entry, parents first; (kind's name, entry's name) -> resource."""
    address = Address(desired.host, desired.organization)
    holders = Holders(desired)
    # Relative: the next run may be on another machine.
    file = Path(os.path.relpath(desired.file, project_folder())).as_posix()
    guard = Guard(
        json_text(limits.managed(desired)),
        json_text(limits.renamed(desired)),
        file=file,
        addresses=json_text(people(desired)),
        strangers=json_text({address: str(problem) for address, problem in desired.strangers.items()}),
        looks=json_text(renames.looks(desired)),
        lists=json_text(limits.exact_lists(desired)),
        ids=json_text(limits.ids(desired)),
        location=Location(address.host, address.organization),
    )
    makes_room = room_makers(desired)
    resources: dict[tuple[str, str], Entity] = {}
    for entry in room_first(desired):
        parent = (
            resources.get((entry.kind.parent, entry.parent)) if entry.kind.parent and entry.parent else None
        )
        resources[entry.kind.name, entry.name] = Entity(
            entry.kind,
            entry.name,
            properties_of(entry, parent) | ids_of(entry, resources),
            address,
            pulumi.ResourceOptions(
                parent=parent,
                # Below a parent the guard has had its say already.
                depends_on=[
                    *([resources[name] for name in holders.of(entry)] if parent else [guard]),
                    *(resources[name] for name in dict.fromkeys(targets(entry))),
                    *(resources[name] for name in granted_before(entry, desired)),
                    *(resources[name] for name in makes_room.get(key_of(entry), ())),
                ],
                # Only `state: absent` deletes what is guarded so; leaving the file never does.
                retain_on_delete=entry.kind.deletion is Deletion.NEVER,
                aliases=[pulumi.Alias(name=name) for name in entry.previously],
            ),
            # Each costs the SDK some work; nobody asks for more than what can be had nowhere else.
            outputs=any(field.read_only and field.secret for field in entry.kind.fields),
            where=str(entry.where),
            guarded=True,
            parent_names=parent_names(entry, desired),
        )
    for check in desired.checks:
        register_check(check, desired, resources, address)
    if desired.checks and runtime.is_dry_run():
        number = len(desired.checks)
        said = "1 health check runs" if number == 1 else f"{number} health checks run"
        pulumi.log.info(f"{said} in `pulumi up`, after what they follow has changed; a preview runs none")
    return resources


def erase(desired: Configuration, resources: Mapping[tuple[str, str], Entity]) -> None:
    """Register what the projects declare about persons, one resource for each.

    The receipts are the stack's output `erasures`: project -> receipts.
    """
    address = Address(desired.host, desired.organization)
    receipts = {}
    for erasure in desired.erasures:
        project = resources[PROJECT.name, erasure.project]
        receipts[erasure.project] = AbsentPersons(
            erasure,
            project,
            address,
            pulumi.ResourceOptions(
                parent=project, aliases=[pulumi.Alias(name=name) for name in erasure.previously]
            ),
        ).receipts
    if receipts:
        pulumi.export("erasures", receipts)


def register_check(
    check: Check, desired: Configuration, resources: Mapping[tuple[str, str], Entity], address: Address
) -> None:
    """Register a health check below what it belongs to, after all that it follows."""
    from pulumi_posthog.checks.declared import entries_below
    from pulumi_posthog.stack.check_properties import properties_of_check

    parent = resources[check.subject]
    follows = [resources[entry.kind.name, entry.name] for entry in entries_below(check, desired)]
    CheckResource(
        check.name,
        {
            **properties_of_check(check, desired),
            "project": resources["project", check.project].id,
            "__subject": parent.id,
        },
        address,
        pulumi.ResourceOptions(
            parent=parent,
            depends_on=[resource for resource in follows if resource is not parent],
            aliases=[pulumi.Alias(name=name) for name in check.previously],
        ),
    )


class Holders:
    """Which declared entries another one lies in: they are made before it and deleted after it."""

    def __init__(self, desired: Configuration) -> None:
        self._names = {
            (entry.kind.name, entry.parent, entry.kind.natural_key(entry.fields)): (
                entry.kind.name,
                entry.name,
            )
            for entry in desired.entries
            if entry.kind.holders
        }

    def of(self, entry: Entry) -> tuple[tuple[str, str], ...]:
        """The nearest one, which depends on the next."""
        if not entry.kind.holders:
            return ()
        keys = (
            (entry.kind.name, entry.parent, entry.kind.natural_key(holder))
            for holder in entry.kind.holders(entry.fields)
        )
        return next(((self._names[key],) for key in keys if key in self._names), ())


def people(desired: Configuration) -> list[str]:
    """The addresses of everybody whom a configuration names."""
    values = (
        entry.fields.get(field.name)
        for entry in desired.entries
        if (field := person_field(entry.kind)) is not None
    )
    texts = (text for value in values for text in (value if isinstance(value, list) else [value]))
    return sorted({text for text in texts if isinstance(text, str)})


def properties_of(entry: Entry, parent: Entity | None) -> dict[str, Any]:
    """The properties of one entry's resource."""
    kind = entry.kind
    properties: dict[str, Any] = to_properties(kind, entry.fields)
    for field in kind.fields:
        if field.default_position and field.name not in entry.fields:
            properties["__place"] = entry.place
    if kind.parent and parent is not None:
        properties[kind.parent] = parent.id
    if entry.id is not None:
        properties["__id"] = entry.id
    if entry.absent:
        properties |= {"state": "absent", "__absent": True}
    return properties


def ids_of(entry: Entry, resources: Mapping[tuple[str, str], Entity]) -> dict[str, Any]:
    """What the names in an entry's fields mean: the ids of declared resources, which are not known before those are
    made, of live objects, and "" where only the handler can find out."""
    ids = {
        each.key: resources[each.target].id if each.target is not None else each.id or ""
        for each in references_in(entry.fields)
    }
    return {IDS: ids} if ids else {}


def granted_before(entry: Entry, desired: Configuration) -> Iterator[Key]:
    """The rules that are written before one, and removed after it: so nobody is shut out in between."""
    grants = entry.kind.grants
    if grants is None or not grants.last(entry.fields):
        return
    key = grants.keyed_by or ""
    for other in desired.entries:
        if (
            other.kind is entry.kind
            and other.parent == entry.parent
            and other.fields.get(key) == entry.fields.get(key)
            and not grants.last(other.fields)
        ):
            yield key_of(other)


def parent_names(entry: Entry, desired: Configuration) -> str:
    """So that a preview finds what lies in a parent that will be taken over, and has no id in the state yet."""
    above = desired.by_name.get((entry.kind.parent or "", entry.parent or ""))
    if above is None:
        return ""
    names = {name for key in above.kind.natural_keys for name in key}
    return json_text({name: value for name, value in above.fields.items() if name in names})
