"""What the providers of one process share: a snapshot and a pace per organization, limits, other stacks' claims."""

from __future__ import annotations

import dataclasses
import functools
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from pulumi_posthog.api import BadSurroundings, Connection, Pace, Reader, Writer
from pulumi_posthog.api.connection import KEY_VARIABLE
from pulumi_posthog.checks.setting import CHANGED
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.adoption import Owners
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.caps import Moves
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.unmanaged import Unmanaged
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.first_look import FirstLook
from pulumi_posthog.stack.holdings import Holdings
from pulumi_posthog.stack.ignored import Ignored
from pulumi_posthog.stack.location import Location, location_of
from pulumi_posthog.stack.other_stacks import UnknownOwners, own_state, owners, stacks_beside
from pulumi_posthog.stack.read_ahead import ReadAhead
from pulumi_posthog.stack.refresh import Refresh
from pulumi_posthog.stack.untried import Untried
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.values import host as values_host
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.spelling import one_line

Props = Mapping[str, Any]
SIDE_BY_SIDE = 4  # stacks that are read at the same time: each is a process of Pulumi


class Session:
    """One organization, as this process sees it: one snapshot and one pace, whoever asks."""

    _all: ClassVar[dict[tuple[str, str], Session]] = {}
    _lock = threading.Lock()
    key_from_config: str | None = None
    limits = Limits()
    refreshed = Refresh()
    holdings = Holdings()
    untried = Untried()
    ahead = ReadAhead()
    checks = CHANGED  # when health checks run
    guard_remembers = False  # whether the state has a guard, and so may have what this process has not seen
    guard_consulted = False  # whether this process has seen what the program declares, and let it pass
    addresses: frozenset[str] = frozenset()  # of people, folded, that the stack's guard knew before
    unmanaged: tuple[Unmanaged, ...] = ()  # what the guards were told is given up, and stays in PostHog
    ignored: Ignored = MappingProxyType({})  # what `drift` passes over, and a run sets back
    first_look = FirstLook()
    warned: frozenset[str] = frozenset()  # what was said of the whole run
    invited: frozenset[str] = frozenset()  # whom this run invites
    file: Path | None = None  # the configuration that the program was made from

    def __init__(self, host: str, organization: str) -> None:
        key = os.environ.get(KEY_VARIABLE) or self.key_from_config
        if not key:
            raise CannotApply(f"there is no PostHog API key: set {KEY_VARIABLE} to a personal API key")
        try:
            self.connection = Connection(host, key)
            self.pace = Pace.from_environment(os.environ)
            self.live = Live(Reader(self.connection, pace=self.pace, notify=pulumi_engine.say), organization)
        except (ValueError, BadSurroundings) as error:
            raise CannotApply(str(error)) from error
        self._changed: set[tuple[str, str]] = set()
        self.moves = Moves()

    def mark_changed(self, kind: Kind, props: Props, id_: str | None = None) -> None:
        """Note that an object is made or changed in this run, and so is what it lies in."""
        parent = props.get(kind.parent) if kind.parent else None
        self._changed |= {(kind.name, id_)} if id_ else set()
        self._changed |= (
            {(kind.parent, str(parent))} if kind.parent and pulumi_engine.known(parent) else set()
        )

    def changed(self, kind: str, id_: str) -> bool:
        """Whether an object, or something that lies in it, is made or changed in this run."""
        return (kind, id_) in self._changed

    @functools.cached_property
    def applier(self) -> Applier:
        """Made at the first write: a preview never has anything that can write."""
        return Applier(
            self.live,
            Writer(self.connection, pace=self.pace, notify=pulumi_engine.say),
            say=pulumi_engine.say,
        )

    @classmethod
    def forget(cls) -> None:
        """Begin anew, as another process would."""
        with cls._lock:
            for session in cls._all.values():
                session.live.reader.close()
                if "applier" in vars(session):
                    session.applier.writer.close()
            cls._all.clear()
            pulumi_engine.forget()
            cls.guard_consulted = cls.guard_remembers = False
            cls.addresses = cls.warned = cls.invited = frozenset()
            cls.unmanaged, cls.ignored = (), {}
            cls.first_look = FirstLook()
            cls.refreshed = Refresh()
            cls.holdings = Holdings()
            cls.untried = Untried()
            cls.ahead = ReadAhead()

    @staticmethod
    def host_of(location: Location) -> str:
        """Where to ask about a resource now: PostHog may have moved since the state was written."""
        try:
            return values_host.current(location.host, os.environ)
        except values_host.HostRefused as error:
            raise CannotApply(str(error)) from None

    @classmethod
    def relocated(cls, properties: Props) -> dict[str, Any]:
        """What a state has, with the host where it is to be found now: so the state follows a refresh."""
        location = location_of(properties)
        host = cls.host_of(location)
        if host == location.host:
            return dict(properties)
        earlier = ("__host", "__organization", "__guarded", "__parent")
        rest = {name: value for name, value in properties.items() if name not in earlier}
        return {**rest, **dataclasses.replace(location, host=host).as_property}

    @staticmethod
    def objection_to_move(olds: Props | None, news: Props) -> str | None:
        """Why the key is not sent to where a program declares a resource; None when it may be."""
        try:
            recorded = location_of(olds).host if olds else None
            values_host.permitted(location_of(news).host, os.environ, recorded=recorded)
        except values_host.HostRefused as error:
            return f"{error.problem}\n  hint: {error.hint}"
        except KeyError:
            return None  # a check that nobody gave a place, as in a test
        return None

    @classmethod
    def warn_once(cls, text: str) -> None:
        """Warn of what concerns several resources, beside the first of them."""
        with cls._lock:
            new, cls.warned = text not in cls.warned, cls.warned | {text}
        if new:
            pulumi_engine.warn(text)

    @classmethod
    def failed(cls, urn: str) -> None:
        """A resource was refused, or could not be made or changed: what else is not done now is said beside it."""
        cls.holdings.failure(urn)
        cls.tell_untried(urn)

    @classmethod
    def tell_untried(cls, urn: str) -> None:
        """Say once in a run what has not begun, because `urn` has failed."""
        if text := cls.untried.when_failed(urn):
            pulumi_engine.warn(text)

    @classmethod
    def know_the_state(cls, urn: str) -> None:
        """Have `holdings` know what the whole state of the stack of `urn` has; raises UnknownOwners.

        A refresh of everything has told so already; else the state is read.
        """
        if not cls.refreshed.whole and name_of(urn) is not None:
            cls.holdings.read_state(lambda: own_state(urn, project_folder()))

    @classmethod
    def stop(cls) -> None:
        """Wake everything that waits for PostHog's limits, for the run is over."""
        for session in list(cls._all.values()):
            session.pace.stop()

    @classmethod
    def of(cls, properties: Props) -> Session:
        """The session for a resource's host and organization."""
        location = location_of(properties)
        address = (cls.host_of(location), location.organization)
        with cls._lock:
            if address not in cls._all:
                cls._all[address] = cls(*address)
            return cls._all[address]


class OtherStacks:
    """Other stacks, whose objects are not taken over; read when the first thing is to be created or taken over.

    `sources` are those that `posthog:otherStates` names; None says that it is not set: then they are all stacks of the
    same project and backend, and one that cannot be read is told and passed over.
    """

    sources: ClassVar[tuple[str, ...] | None] = ()
    _lock = threading.Lock()
    _read: ClassVar[dict[tuple[tuple[str, ...] | None, str], Owners]] = {}

    @classmethod
    def owners(cls, organization: str, urn: str, *, conflicts: bool) -> Owners:
        """What they manage of an organization; `urn` is the resource that is about to be managed. Raises UnknownOwners.

        Without `conflicts` nobody can have it, as far as PostHog tells: then only stacks that are named are asked.
        """
        if cls.sources is None and not (conflicts and name_of(urn)):
            return {}
        with cls._lock:
            key = (cls.sources, organization)
            if key not in cls._read:
                folder = project_folder()
                cls._read[key] = (
                    cls._beside(urn, folder, organization)
                    if cls.sources is None
                    else owners(cls.sources, folder)
                )
            return cls._read[key]

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
