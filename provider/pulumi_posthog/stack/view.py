"""One organization as a run sees it: one snapshot and one pace for all of its code."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.api import BadSurroundings, Connection, Pace, Reader, Writer
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.caps import Moves
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.reused import Deleted
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.values.variables import KEY_VARIABLE


class View:
    """What PostHog has in an organization, and what this run has changed there.

    Raises CannotApply when there is no key: `key` is the one of the stack's configuration, and the environment's
    comes first.
    """

    def __init__(self, host: str, organization: str, key: str | None) -> None:
        key = os.environ.get(KEY_VARIABLE) or key
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
        self.deleted = Deleted(self.live)

    def mark_changed(self, kind: Kind, props: Mapping[str, Any], id_: str | None = None) -> None:
        """Note that an object is made or changed in this run, and so is what it is in."""
        parent = props.get(kind.parent) if kind.parent else None
        self._changed |= {(kind.name, id_)} if id_ else set()
        self._changed |= (
            {(kind.parent, str(parent))} if kind.parent and pulumi_engine.known(parent) else set()
        )

    def changed(self, kind: str, id_: str) -> bool:
        """Whether an object, or something that is in it, is made or changed in this run."""
        return (kind, id_) in self._changed

    @functools.cached_property
    def applier(self) -> Applier:
        """Made at the first write: a preview never has anything that can write."""
        return Applier(
            self.live,
            Writer(self.connection, pace=self.pace, notify=pulumi_engine.say),
            say=pulumi_engine.say,
        )

    def close(self) -> None:
        """Close the connections."""
        self.live.reader.close()
        if "applier" in vars(self):
            self.applier.writer.close()
