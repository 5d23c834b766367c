"""Configuration -> what Pulumi is told to keep: one declaration for each resource, parents first. Without the SDK."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.words import Grants
from pulumi_posthog.reconcile import limits, renames, unmanaged
from pulumi_posthog.reconcile.addresses import person_field
from pulumi_posthog.reconcile.caps import room_first, room_makers
from pulumi_posthog.reconcile.desired import Desired, Entry, Key, group_of, key_of
from pulumi_posthog.reconcile.links import only_referred_to, targets
from pulumi_posthog.stack.ignored import ignored
from pulumi_posthog.stack.location import PROPERTY, Location
from pulumi_posthog.stack.properties import IDS, files_name, secret_name, to_properties
from pulumi_posthog.stack.urn import FILE_GUARD
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.reference import references_in
from pulumi_posthog.values.spelling import one_line

if TYPE_CHECKING:
    from pulumi_posthog.checks.declared import Check
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.erasures.declared import Erasure

# The types that are no kinds.
GUARD, CHECK, PERSONS = "Guard", "Check", "AbsentPersons"
THE_GUARD: Final = (GUARD, FILE_GUARD)


@dataclass(frozen=True)
class IdOf:
    """The value of a property that is the id of another declared resource, once that has one."""

    key: Key


def ids_in(value: Any) -> Iterator[Key]:
    """The resources whose ids are in a property."""
    if isinstance(value, IdOf):
        yield value.key
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from ids_in(item)


def with_ids(value: Any, id_of: Callable[[Key], Any]) -> Any:
    """A property with the ids themselves."""
    if isinstance(value, IdOf):
        return id_of(value.key)
    return (
        {name: with_ids(item, id_of) for name, item in value.items()} if isinstance(value, Mapping) else value
    )


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One resource. `key` is the kind's name, or one of the types that are no kinds, and the resource's name.

    `type` is the type without its provider's beginning. `properties` may have `IdOf`; those that are None are outputs
    that a program may read. `follows` are made before it, as its `parent` is. `retained` ones stay where they are when
    they leave the program. Nobody is asked to delete what is `deleted_with` another one, where that is deleted.
    `secrets` names the properties, and `secret_outputs` the outputs, that are secret. `about` is what messages call it.
    """

    key: Key
    type: str
    properties: Mapping[str, Any]
    about: str
    parent: Key | None = None
    follows: tuple[Key, ...] = ()
    retained: bool = False
    deleted_with: Key | None = None
    previously: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    secret_outputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.key[1]


def declarations(configuration: Configuration) -> Iterator[Declaration]:
    """The guard, on which everything depends; what is declared; the health checks; persons who must not exist."""
    location = Location(configuration.host, configuration.organization)
    yield guard_of(configuration, location)
    holders, makes_room = Holders(configuration), room_makers(configuration)
    for entry in room_first(configuration):
        after = (
            *holders.of(entry),
            *dict.fromkeys(targets(entry)),
            *granted_before(entry, configuration),
            *configuration.after.get(key_of(entry), ()),
            *makes_room.get(key_of(entry), ()),
        )
        yield declaration_of(entry, configuration, after)
    for check in configuration.checks:
        yield _check(check, configuration, location)
    for erasure in configuration.erasures:
        yield _persons(erasure, location)


def guard_of(configuration: Configuration, location: Location) -> Declaration:
    """The guard of a file."""
    # Relative: the next run may be on another machine.
    file = Path(os.path.relpath(configuration.file, project_folder())).as_posix()
    strangers = {address: str(problem) for address, problem in configuration.strangers.items()}
    referred = only_referred_to(configuration, _questions(configuration))
    return Declaration(
        key=THE_GUARD,
        type=GUARD,
        properties={
            "__managed": json_text(limits.managed(configuration)),
            "__renamed": json_text(limits.renamed(configuration)),
            "__file": file,
            "__addresses": json_text(people(configuration)),
            "__strangers": json_text(strangers),
            "__looks": json_text(renames.looks(configuration)),
            "__lists": json_text(limits.exact_lists(configuration)),
            "__ids": json_text(limits.ids(configuration)),
            "__unmanaged": unmanaged.as_text(configuration),
            "__only": json_text(only(configuration)),
            "__declares": len(configuration.entries),
            "__ignored": json_text(ignored(configuration, datetime.datetime.now(datetime.UTC).date())),
            # Under a name of its own: a guard never changes to Pulumi, and what it had last may be an old address.
            "__asked_at": location.as_property[PROPERTY],
            **({"__referred": json_text(referred)} if referred else {}),
        },
        about="the guard",
    )


def _questions(configuration: Configuration) -> Iterator[tuple[str, str, str]]:
    """The SQL of health checks: the project that it is asked in, the SQL, and which check it is."""
    from pulumi_posthog.checks.declared import Query  # most files have no check

    for check in configuration.checks:
        if isinstance(check.ask, Query):
            at = f" at {one_line(str(check.asked_at or check.where))}" if check.where else ""
            yield check.project, check.ask.hogql, f'health check "{one_line(check.name)}", in its SQL{at}'


def only(desired: Desired) -> list[str]:
    """The names of the declared kinds of which there is only one object."""
    return sorted(entry.kind.name for entry in desired.entries if entry.kind.singleton)


def declaration_of(entry: Entry, configuration: Desired, after: tuple[Key, ...]) -> Declaration:
    """One entry's resource, which is made after others than its parent, too."""
    kind = entry.kind
    parent = (kind.parent, entry.parent) if kind.parent and entry.parent else None
    location = Location(
        configuration.host,
        configuration.organization,
        guarded=True,
        parent=parent_names(entry, configuration),
    )
    # Each costs the SDK some work; nobody asks for more than what can be had nowhere else.
    readable = any(field.read_only and field.secret for field in kind.fields)
    outputs = {field.name: None for field in kind.fields if readable and field.read_only}
    return Declaration(
        key=(kind.name, entry.name),
        type=kind.resource,
        properties={
            **outputs,
            **with_files(kind, properties_of(entry, IdOf(parent) if parent else None)),
            **ids_of(entry),
            **location.as_property,
        },
        about=f'{entry.where}: {kind.title} "{one_line(entry.name)}"',
        parent=parent,
        # Below a parent the guard has had its say already.
        follows=after if parent else (THE_GUARD, *after),
        # Only `state: absent` deletes what is guarded so; leaving the file never does.
        retained=kind.deletion is Deletion.NEVER,
        deleted_with=parent if kind.deletion is Deletion.FORGET else None,
        previously=entry.previously,
        secrets=secrets_of(kind),
        secret_outputs=secret_outputs_of(kind),
    )


def _check(check: Check, configuration: Configuration, location: Location) -> Declaration:
    """A health check, below what it belongs to and after all that it follows."""
    from pulumi_posthog.checks.declared import entries_below
    from pulumi_posthog.stack.check_properties import properties_of_check

    below = [(entry.kind.name, entry.name) for entry in entries_below(check, configuration)]
    return Declaration(
        key=(CHECK, check.name),
        type=CHECK,
        properties={
            **properties_of_check(check, configuration),
            "project": IdOf((PROJECT.name, check.project)),
            "__subject": IdOf(check.subject),
            **location.as_property,
        },
        about=f'health check "{one_line(check.name)}"',
        parent=check.subject,
        follows=tuple(key for key in below if key != check.subject),
        previously=check.previously,
    )


def _persons(erasure: Erasure, location: Location) -> Declaration:
    """Persons whom a project must not have. What names them stays outside of Pulumi: it gets the origins alone.

    `receipts` tell of every erasure (`erasures.receipt`). They are secret, because nobody reads a terminal that fills
    with them in every run. `present` is how many of the persons there were.
    """
    project = (PROJECT.name, erasure.project)
    return Declaration(
        key=(PERSONS, erasure.project),
        type=PERSONS,
        properties={
            "project": IdOf(project),
            "absent": [origin.source for origin in erasure.origins],
            "delete_events": erasure.delete_events,
            "present": 0,
            "receipts": None,
            "digest_key": None,
            "__name": erasure.project,
            "__origins": json_text([dataclasses.asdict(origin) for origin in erasure.origins]),
            **location.as_property,
        },
        about=f'absent persons of project "{one_line(erasure.project)}"',
        parent=project,
        previously=erasure.previously,
        secret_outputs=("digest_key", "receipts"),
    )


def secrets_of(kind: Kind) -> frozenset[str]:
    """The properties of a kind that are secret to Pulumi."""
    return frozenset(
        name
        for field in kind.fields
        if field.secret
        for name in ((secret_name(field),) if field.as_json_text else (field.name,))
    )


def secret_outputs_of(kind: Kind) -> tuple[str, ...]:
    """The names of the fields that PostHog answers, and that are secret to Pulumi."""
    return tuple(field.name for field in kind.fields if field.read_only and field.secret)


def with_files(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties, with a place for the digests of files.

    `check` puts them there, and only what the program calls secret stays so in the state.
    """
    result = dict(properties)
    for field in kind.fields:
        if files_name(field) in properties:
            result = {secret_name(field): json_text({}), **result}
    return result


class Holders:
    """Which declared entries another one is in: they are made before it and deleted after it."""

    def __init__(self, desired: Desired) -> None:
        self._names = {
            (entry.kind.name, entry.parent, entry.kind.natural_key(entry.fields)): (
                entry.kind.name,
                entry.name,
            )
            for entry in desired.entries
            if entry.kind.containers
        }

    def of(self, entry: Entry) -> tuple[Key, ...]:
        """The key of the nearest one, which depends on the next; none where no declared entry has it in it."""
        if not entry.kind.containers:
            return ()
        keys = (
            (entry.kind.name, entry.parent, entry.kind.natural_key(holder))
            for holder in entry.kind.containers(entry.fields)
        )
        return next(((self._names[key],) for key in keys if key in self._names), ())


def people(desired: Desired) -> list[str]:
    """The addresses of everybody whom a configuration names."""
    values = (
        entry.fields.get(field.name)
        for entry in desired.entries
        if (field := person_field(entry.kind)) is not None
    )
    texts = (text for value in values for text in (value if isinstance(value, list) else [value]))
    return sorted({text for text in texts if isinstance(text, str)})


def properties_of(entry: Entry, parent: Any) -> dict[str, Any]:
    """The properties of one entry's resource; `parent` is used as the id of what it is in, None for nothing."""
    kind = entry.kind
    properties: dict[str, Any] = to_properties(kind, entry.fields)
    for field in kind.fields:
        if field.placed_by_file and field.name not in entry.fields:
            properties["__place"] = entry.place
    if kind.parent and parent is not None:
        properties[kind.parent] = parent
    if entry.id is not None:
        properties["__id"] = entry.id
    if entry.absent:
        properties |= {"state": "absent", "__absent": True}
    return properties


def ids_of(entry: Entry) -> dict[str, Any]:
    """What the names in an entry's fields mean: the ids of declared resources, which are not known before those are
    made, of live objects, and "" where only the handler can find out."""
    ids = {
        each.key: IdOf(each.target) if each.target is not None else each.id or ""
        for each in references_in(entry.fields)
    }
    return {IDS: ids} if ids else {}


def granted_before(entry: Entry, desired: Desired) -> Iterator[Key]:
    """The rules that are written before one, and removed after it: so no person is shut out in between.

    A rule that is declared absent is removed after what holds for everyone, and after those that are written.
    """
    grants = entry.kind.grants
    if grants is None:
        return
    own = _turn(entry, grants)
    key = grants.keyed_by or ""
    for other in desired.entries if own else ():
        if (
            group_of(other) == group_of(entry)
            and other.fields.get(key) == entry.fields.get(key)
            and _turn(other, grants) < own
        ):
            yield key_of(other)


def _turn(entry: Entry, grants: Grants) -> int:
    """When a rule is written or removed: grants, what holds for everyone, then grants that are to be gone."""
    return 1 if grants.last(entry.fields) else 2 * entry.absent


def parent_names(entry: Entry, desired: Desired) -> str:
    """What identifies an entry's parent, as JSON text: name of a field -> value; "" without a parent.

    So a preview finds what is in a parent that will be taken over, and has no id in the state yet.
    """
    above = desired.by_name.get((entry.kind.parent or "", entry.parent or ""))
    if above is None:
        return ""
    names = {name for key in above.kind.natural_keys for name in key}
    return json_text({name: value for name, value in above.fields.items() if name in names})
