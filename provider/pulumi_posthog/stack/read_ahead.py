"""Reads side by side what the engine is going to ask about, because it asks about one object after another.

Only collections in which the guard knows of something are read, and projects that a new one is looked for among: so
nothing is read that nobody would ask about.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections import deque
from collections.abc import Callable

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.reconcile.live import Live

# Kind -> the kinds that are in its objects and have lists of their own.
BELOW = {
    parent: [
        kind
        for kind in KINDS.values()
        if kind.parent == parent and not kind.embedded_in and not kind.attached
    ]
    for parent in KINDS
}
READERS = 8  # requests under way at the same time, beside those that the engine waits for


class ReadAhead:
    """One run's reading ahead. Names are those of resources; a parent is known by its kind and its name."""

    def __init__(self) -> None:
        self._managed: set[tuple[str, str]] = set()  # kinds, each with the name of a parent or none
        self._projects: set[str] = set()
        self._parents: dict[tuple[str, str], tuple[Live, str]] = {}
        self._begun: set[tuple[str, str]] = set()
        self._looked_up = False
        self._waiting: deque[Callable[[], object]] = deque()
        self._at_work = 0
        self._lock = threading.Lock()

    def manages(self, managed: Managed) -> None:
        """What the run is about: by the state while it is refreshed, by the program from then on."""
        with self._lock:
            self._managed |= {
                (kind, parent) for kind, parents in managed.items() for parent in parents if parents[parent]
            }
            self._projects |= managed.get(PROJECT.name, {}).get("", {}).keys()
        for (kind, name), (live, id_) in list(self._parents.items()):
            self._read_below(live, kind, name, id_)

    def found(self, live: Live, kind: str, name: str | None, id_: str) -> None:
        """An object is there, so what is managed below it can be read."""
        if BELOW[kind] and name is not None:
            self._parents[kind, name] = (live, id_)
            self._read_below(live, kind, name, id_)

    def compared(self, live: Live) -> None:
        """A project is compared; unless all were read before, as a refresh does, nobody has read the others yet."""
        if len(self._projects) > 1 and any(
            (PROJECT.name, name) not in self._parents for name in self._projects
        ):
            self.look_up_projects(live)

    def look_up_projects(self, live: Live) -> None:
        """One project is looked for by its name; so will the others be, and what is managed below them."""
        with self._lock:
            looked_up, self._looked_up = self._looked_up, True
        if not looked_up:
            self._begin(functools.partial(self._list_projects, live))

    def _list_projects(self, live: Live) -> None:
        # Those of now: one that this run makes has nothing in it to read.
        for id_, found in live.collection(PROJECT, {}).items():
            if found.answer.get("name") in self._projects:
                self._begin(functools.partial(self._look_at, live, found.answer["name"], id_))

    def _look_at(self, live: Live, name: str, id_: str) -> None:
        if live.object(PROJECT, {}, id_) is not None:
            self.found(live, PROJECT.name, name, id_)

    def _read_below(self, live: Live, kind: str, name: str, id_: str) -> None:
        for child in BELOW[kind]:
            key = (child.name, name)
            with self._lock:
                wanted = key in self._managed and key not in self._begun
                self._begun |= {key} if wanted else set()
            if wanted:
                self._begin(functools.partial(live.collection, child, {kind: id_}))

    def _begin(self, read: Callable[[], object]) -> None:
        with self._lock:
            self._waiting.append(read)
            if self._at_work == READERS:
                return
            self._at_work += 1
        # As a daemon: a run that ends early does not wait for answers that nobody needs any more.
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work -= 1
                    return
                read = self._waiting.popleft()
            # It is asked again where it is needed, and that says what is wrong.
            with contextlib.suppress(Exception):
                read()
