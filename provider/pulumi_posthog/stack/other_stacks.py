"""States of other stacks -> who manages an object already. Without Pulumi's SDK, and only on demand.

PostHog has no place for a mark: roles and memberships have no free field (posthog-api.md 4.2, 5), the texts of
projects and destinations are for people (3.4, 6.3), and `meta` of a file-system row is overwritten by the server (7.7).
So what another stack manages is known from its state, or not at all.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_posthog.kinds import BY_RESOURCE, KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.adoption import Owners, below
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.holdings import Claim, claims_of
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.uncounted import Guarded, guarded_in
from pulumi_posthog.stack.urn import name_of, own_name
from pulumi_posthog.values.bounds import STATE_BYTES, TooLarge, text_of
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.program import output_of
from pulumi_posthog.values.spelling import one_line

SIDE_BY_SIDE = 4  # stacks that are read at the same time: each is a process of Pulumi
SECONDS = 120  # that Pulumi may take to answer


class UnknownOwners(Exception):
    """The state of another stack could not be read; the message says which and why."""


def owners(sources: Iterable[str], folder: Path, organization: str | None = None) -> Owners:
    """What other stacks manage, of that organization alone where one is given: numbers of others are not unique.

    A source is a file that `pulumi stack export` wrote (it ends with .json; relative to `folder`), or the name of a
    stack in the same backend, as `pulumi stack ls` run in `folder` shows it. Raises UnknownOwners.
    """
    result: dict[tuple[str, str], str] = {}
    for source in sources:
        text = _of_file(folder / source) if source.endswith(".json") else _of_stack(source, folder)
        try:
            for resource in _resources(text):
                if organization is None or _is_of(resource, organization):
                    result.update(dict.fromkeys(_claimed(resource), source))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnknownOwners(f"{source} is not the state of a Pulumi stack") from None
    return result


def _is_of(resource: Mapping[str, Any], organization: str) -> bool:
    return _kind(resource) is not None and location_of(resource["inputs"]).organization == organization


def stacks_beside(urn: str, folder: Path) -> tuple[str, ...]:
    """The other stacks of the project and backend that the stack of the resource `urn` is in. Raises UnknownOwners."""
    own = urn.removeprefix("urn:pulumi:").partition("::")[0]
    text = _said(["pulumi", "stack", "ls", "--json", "--non-interactive"], folder)
    try:
        names = [str(each["name"]) for each in json.loads(text)]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnknownOwners("`pulumi stack ls` says something else than stacks") from None
    return tuple(name for name in names if name.rpartition("/")[2] != own)


def own_state(urn: str, folder: Path) -> Mapping[str, tuple[Claim, ...]]:
    """What the state of the stack that the resource `urn` belongs to has: URN -> the names of its object (`claims_of`).

    Raises UnknownOwners.
    """
    stack, resources = _own(urn, folder)
    with _as_a_state(stack):
        return {
            str(resource["urn"]): claims_of(
                kind,
                location_of(resource["inputs"]).organization,
                None,
                str(resource["id"]),
                {},
            )
            for resource in resources
            if (kind := _kind(resource)) is not None and resource.get("id")
        }


def own_guarded(urn: str, folder: Path) -> Guarded:
    """What is under a guard in the state of the stack that the resource `urn` belongs to; raises UnknownOwners."""
    stack, resources = _own(urn, folder)
    with _as_a_state(stack):
        return guarded_in(resources)


def _own(urn: str, folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """The stack of the resource `urn`, and what its state has; raises UnknownOwners."""
    stack, _, rest = urn.removeprefix("urn:pulumi:").partition("::")
    project = rest.partition("::")[0]
    text = _of_stack(stack, folder)
    with _as_a_state(stack):
        resources = [*_resources(text)]
        # What is no object of PostHog, such as the guard, tells whose state it is as well.
        own = any(str(each["urn"]).startswith(f"urn:pulumi:{stack}::{project}::") for each in resources)
    if not own:
        raise UnknownOwners(
            f'the stack "{one_line(stack)}" that `pulumi stack export` shows has nothing of this one'
        )
    return stack, resources


@contextmanager
def _as_a_state(stack: str) -> Iterator[None]:
    """What cannot be read as a state is none; raises UnknownOwners."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnknownOwners(f"{one_line(stack)} is not the state of a Pulumi stack") from None


def hosts_of(text: str) -> frozenset[str]:
    """The hosts that a state has resources of ours at, as it says them; ValueError when it is no state."""
    try:
        found = set()
        for resource in (json.loads(text)["deployment"] or {}).get("resources") or []:
            if own_name(str(resource.get("type", ""))) is None:
                continue
            # Both: a run that was killed has written one of them.
            for properties in (resource.get("outputs") or {}, resource.get("inputs") or {}):
                if {"__at", "__host"} & properties.keys():
                    found.add(location_of(properties).host)
        return frozenset(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("it is not the state of a Pulumi stack") from None


def hosts_of_stack(name: str, folder: Path) -> frozenset[str]:
    """The hosts that a stack has resources of ours at, by the stack's name; raises UnknownOwners."""
    try:
        return hosts_of(_of_stack(name, folder))
    except ValueError as error:
        raise UnknownOwners(f"{name}: {error}") from None


def projects_of_stack(name: str, folder: Path) -> frozenset[str]:
    """The ids of the projects that a stack has, or has something in, by the stack's name; raises UnknownOwners."""
    those = {PROJECT.name, *(below(kind.name) for kind in KINDS.values() if kind.parent == PROJECT.name)}
    text = _of_stack(name, folder)
    with _as_a_state(name):
        return frozenset(id_ for each in _resources(text) for kind, id_ in _claimed(each) if kind in those)


def _resources(text: str) -> list[dict[str, Any]]:
    return json.loads(text)["deployment"].get("resources") or []


def _kind(resource: Mapping[str, Any]) -> Kind | None:
    return BY_RESOURCE.get(own_name(str(resource.get("type", ""))) or "")


def _claimed(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = _kind(resource)
    if kind is None or resource.get("delete") or not resource.get("id"):
        return  # another provider's, the guard, or one that is already on its way out
    yield kind.name, str(resource["id"])
    parent = (resource.get("inputs") or {}).get(kind.parent) if kind.parent else None
    if parent is not None:
        yield below(kind.name), str(parent)


def _of_file(path: Path) -> str:
    try:
        return text_of(path, STATE_BYTES)
    except TooLarge as error:
        raise UnknownOwners(str(error)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UnknownOwners(f"{path.name} cannot be read: {reason}") from None


def _of_stack(name: str, folder: Path) -> str:
    return _said(["pulumi", "stack", "export", "--stack", name, "--non-interactive"], folder)


def _said(command: list[str], folder: Path) -> str:
    """What Pulumi prints."""
    try:
        done = output_of(command, folder, seconds=SECONDS, most=STATE_BYTES)
    except (TooLarge, UnicodeDecodeError) as error:
        reason = "it is not text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise UnknownOwners(f"`{' '.join(command[:-1])}`: {reason}") from None
    except (OSError, subprocess.TimeoutExpired):
        raise UnknownOwners(f"`{' '.join(command[:-1])}` could not be run") from None
    if done.status:
        said = next(
            (line for line in done.complaint.splitlines() if line.startswith("error:")), "no reason given"
        )
        raise UnknownOwners(f"`{' '.join(command[:-1])}`: {said.removeprefix('error: ')}")
    return done.said


class OtherStacks:
    """Other stacks, whose objects are not taken over; read when the first thing is to be created or taken over.

    `sources` are those that `posthog:otherStates` names; None says that it is not set: then they are all stacks of the
    same project and backend, and one that cannot be read is told and passed over.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[tuple[tuple[str, ...] | None, str], Owners] = {}

    def owners(
        self, sources: tuple[str, ...] | None, organization: str, urn: str, *, conflicts: bool
    ) -> Owners:
        """What they manage of an organization; `urn` is the resource that is about to be managed. Raises UnknownOwners.

        Without `conflicts` nobody can have it, as far as PostHog tells: then only stacks that are named are asked.
        """
        if sources is None and not (conflicts and name_of(urn)):
            return {}
        with self._lock:
            key = (sources, organization)
            if key not in self._read:
                folder = project_folder()
                self._read[key] = (
                    self._beside(urn, folder, organization) if sources is None else owners(sources, folder)
                )
            return self._read[key]

    @staticmethod
    def _beside(urn: str, folder: Path, organization: str) -> Owners:
        found: dict[tuple[str, str], str] = {}
        try:
            stacks = stacks_beside(urn, folder)
        except UnknownOwners as error:
            pulumi_engine.warn(f"what other stacks manage is unknown, and nothing is refused for it: {error}")
            return found

        def of(stack: str) -> Owners | UnknownOwners:
            try:
                return owners([stack], folder, organization)
            except UnknownOwners as error:
                return error

        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for stack, managed in zip(stacks, pool.map(of, stacks), strict=True):
                if isinstance(managed, UnknownOwners):
                    pulumi_engine.warn(
                        f"what the stack {one_line(stack)} manages is unknown, and nothing is refused for it: {managed}"
                    )
                else:
                    found.update(managed)
        return found
