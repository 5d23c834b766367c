"""Desired -> Pulumi resources: the whole program of a stack that is written in YAML."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi.runtime import settings as runtime

import pulumi
from pulumi_posthog import config, sdk
from pulumi_posthog.api import ApiError, Connection, NotFound, Pace, Reader
from pulumi_posthog.api.connection import KEY_VARIABLE
from pulumi_posthog.checks.setting import SettingError, setting
from pulumi_posthog.entity import AbsentPersons, Address, CheckResource, Entity, Guard, agreed
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Deletion
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.location import Location
from pulumi_posthog.properties import to_properties
from pulumi_posthog.reconcile import limits, references, renames
from pulumi_posthog.reconcile.addresses import person_field
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.live import Live, no_such_organization
from pulumi_posthog.stack import door
from pulumi_posthog.values import host
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.masking import harmless, never_tell
from pulumi_posthog.values.problem import ConfigError, Problem

if TYPE_CHECKING:
    from pulumi_posthog.checks.declared import Check


def deploy(file: str = "posthog.yaml") -> Mapping[tuple[str, str], Entity]:
    """Register everything that `file` declares; the path is relative to the folder of Pulumi.yaml.

    Returns (kind's name, entry's name) -> resource, for what a program wants to export:
    `deploy()["project", "Web"].id`. A project has its `api_token`, too, which is a secret to Pulumi.

    Nothing is registered before the whole file is good and everything it refers to was found. What is wrong is
    said in full, and the program ends with status 32.
    """
    sdk.quieten(os.environ)
    settings = pulumi.Config("posthog")
    path = project_folder() / (settings.get("file") or file)
    for key in (os.environ.get(KEY_VARIABLE), settings.get("personalApiKey")):
        never_tell((key or "").strip())  # what is wrong with the file is told before anybody connects
    try:
        door.by_plugin()
        setting(settings.get("checks"))
        limits.Limits.from_settings({name: settings.get(name) for name in limits.SETTINGS}, KINDS)
        desired = config.load(path, environment=os.environ, secret=settings.get)
        found = resolved(desired, live_for(desired, settings.get("personalApiKey")))
        resources = register(found)
        erase(found, resources)
        sdk.await_calls_before_outputs()
        return resources
    except ConfigError as error:
        for problem in error.problems:
            pulumi.log.error(harmless(str(problem)))
        sys.exit(sdk.SAID)
    except (ApiError, door.DoorError, limits.LimitsError, SettingError) as error:
        pulumi.log.error(harmless(str(error)))
        sys.exit(sdk.SAID)


def _say(text: str) -> None:
    pulumi.log.info(harmless(text))


def live_for(desired: Desired, key_from_config: str | None = None) -> Live:
    """A view of the declared organization that can only read; raises ConfigError when there is no key."""
    key = os.environ.get(KEY_VARIABLE) or key_from_config
    if not key:
        raise ConfigError(
            [
                Problem(
                    "there is no PostHog API key",
                    hint=f"set {KEY_VARIABLE} to a personal API key (PostHog: Settings, Personal API keys)",
                )
            ]
        )
    try:
        connection, pace = Connection(agreed(desired.host), key), Pace.from_environment(os.environ)
    except host.HostRefused as error:
        raise ConfigError([Problem(error.problem, hint=error.hint)]) from error
    except ValueError as error:
        raise ConfigError([Problem(str(error))]) from error
    return Live(Reader(connection, pace=pace, notify=_say), desired.organization)


def resolved(desired: Desired, live: Live, say: Callable[[str], None] = _say) -> Desired:
    """`desired` with e-mails and plugins looked up; raises ConfigError with everything that cannot be found.

    Addresses that nobody has are not in it but in the result's `strangers`: the guard knows who has left.
    The organization is read first of all, so that a wrong key, host or id ends here.
    """
    try:
        live.organization()
    except NotFound as error:
        raise no_such_organization(live) from error
    needed = sorted(references.needed(desired))
    with ThreadPoolExecutor(max_workers=len(needed) or 1) as pool:
        found = dict(zip(needed, pool.map(live.lookup, needed), strict=True))
    result, notes = references.resolve(
        desired,
        members=found.get("member", ()),
        plugins=found.get("plugin", ()),
        pending=live.pending_invitations,
        strangers=True,
    )
    for note in notes:
        say(note)
    return result


def register(desired: Desired) -> Mapping[tuple[str, str], Entity]:
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
        location=Location(address.host, address.organization),
    )
    resources: dict[tuple[str, str], Entity] = {}
    for entry in desired.entries:
        parent = (
            resources.get((entry.kind.parent, entry.parent)) if entry.kind.parent and entry.parent else None
        )
        resources[entry.kind.name, entry.name] = Entity(
            entry.kind,
            entry.name,
            properties_of(entry, parent),
            address,
            pulumi.ResourceOptions(
                parent=parent,
                # Below a parent the guard has had its say already.
                depends_on=[resources[name] for name in holders.of(entry)] if parent else [guard],
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


def erase(desired: Desired, resources: Mapping[tuple[str, str], Entity]) -> None:
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
    check: Check, desired: Desired, resources: Mapping[tuple[str, str], Entity], address: Address
) -> None:
    """Register a health check below what it belongs to, after all that it follows."""
    from pulumi_posthog.checks.declared import entries_below
    from pulumi_posthog.checks.resource import properties_of_check

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

    def __init__(self, desired: Desired) -> None:
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


def people(desired: Desired) -> list[str]:
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


def parent_names(entry: Entry, desired: Desired) -> str:
    """So that a preview finds what lies in a parent that will be taken over, and has no id in the state yet."""
    above = desired.by_name.get((entry.kind.parent or "", entry.parent or ""))
    if above is None:
        return ""
    names = {name for key in above.kind.natural_keys for name in key}
    return json_text({name: value for name, value in above.fields.items() if name in names})
