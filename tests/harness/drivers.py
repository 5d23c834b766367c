"""Two ways to bring PostHog to a model: in this process, thousands of times, and by the real command line."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.access import hidden_from_a_member
from harness.engine import Engine, Killed, Outcome, Refused
from harness.model import Model
from harness.sandbox import Sandbox
from harness.stack import Run, Stack
from harness.world import Disturbance
from pulumi_posthog.api import ApiError, Reader
from pulumi_posthog.reconcile.errors import CannotApply, HalfMade
from pulumi_posthog.values.variables import KEY_VARIABLE

VIEW = re.compile(r"/api/projects/\d+/warehouse_saved_queries/[^/]+/")
MEANWHILE = "select 'meanwhile' as plan"
LATENCY_MS = 25  # while a real run is to be killed: a request takes long enough to be hit
WHILE_NOT_KILLED = 60  # seconds that a run may take to reach the request at which it is killed


class Reaper:
    """Kills the run at its n-th request, before or after PostHog did what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        self.after = False
        # Called with the method and the path of each request that is about to be sent.
        self.meanwhile: Callable[[str, str], None] | None = None
        exchange = Reader._exchange

        def dying(reader: Reader, *arguments: Any, **options: Any) -> Any:
            if self.meanwhile is not None:
                self.meanwhile(arguments[0].method, arguments[0].path)
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    if self.after:
                        exchange(reader, *arguments, **options)
                    self.left = None
                    raise Killed
            return exchange(reader, *arguments, **options)

        monkeypatch.setattr(Reader, "_exchange", dying)


class EditsOfViews:
    """Somebody who changes the SQL of each view just before a run writes it, once."""

    def __init__(self, posthog: Sandbox) -> None:
        self.posthog = posthog
        self.edited: set[str] = set()  # the paths of views

    def __call__(self, method: str, path: str) -> None:
        if method == "PATCH" and VIEW.fullmatch(path) and path not in self.edited:
            self.edited.add(path)
            seen = self.posthog.get(path)
            query = {"kind": "HogQLQuery", "query": MEANWHILE}
            body = {"query": query, "edited_history_id": seen["latest_history_id"]}
            self.posthog.call("PATCH", path, body)

    def assert_kept(self) -> None:
        """The run that has read what was there before has not written over it."""
        for path in self.edited:
            assert self.posthog.get(path)["query"]["query"] == MEANWHILE, "an edit by hand was written over"


class InProcess:
    """The engine's order of calls over the real providers."""

    def __init__(self, posthog: Sandbox, reaper: Reaper, *, guarded: bool = True) -> None:
        self.posthog = posthog
        self.reaper = reaper
        self.engine = Engine(guarded=guarded)

    def disturbed(self, model: Model, disturbance: Disturbance) -> None:
        """One run during which things go wrong; anything but a clear error is a bug."""
        self.engine.side_by_side = disturbance.side_by_side
        if disturbance.forgotten:
            self.engine.guard = {}
        self.reaper.left, self.reaper.after = disturbance.killed_at, disturbance.killed_after
        edits = EditsOfViews(self.posthog)
        self.reaper.meanwhile = edits if disturbance.meanwhile else None
        try:
            with self._key(hidden=disturbance.hidden):
                self.engine.up(model.desired(self.posthog))
        except (Killed, Refused, ApiError, CannotApply, HalfMade):
            pass
        finally:
            self.reaper.left = self.reaper.meanwhile = None
        edits.assert_kept()

    @contextlib.contextmanager
    def _key(self, *, hidden: bool) -> Iterator[None]:
        """The usual key, or one whose owner sees nothing of what there is."""
        if not hidden:
            yield
            return
        before = os.environ[KEY_VARIABLE]
        with hidden_from_a_member(self.posthog) as key:
            os.environ[KEY_VARIABLE] = key
            try:
                yield
            finally:
                os.environ[KEY_VARIABLE] = before

    def up(self, model: Model) -> Outcome:
        """One run in peace."""
        return self.engine.up(model.desired(self.posthog))

    def preview(self, model: Model) -> Outcome:
        """What a run would do."""
        return self.engine.up(model.desired(self.posthog), preview=True)


class RealPulumi:
    """The `pulumi` command with a stack of its own."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def disturbed(self, model: Model, disturbance: Disturbance) -> None:
        """One run during which things go wrong, and after a kill what docs/how-to/killed-run.md says."""
        self.stack.write(model.yaml())
        self.stack.environment["PULUMI_PARALLEL_DIFF"] = str(int(disturbance.side_by_side))
        if disturbance.killed_at is None:
            run = self.stack.up()
            assert "Traceback" not in run.text, run.text
            return
        posthog = self.stack.posthog
        posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": LATENCY_MS})
        posthog.count_anew()
        running = subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
            cwd=self.stack.folder,
            env=self.stack.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + WHILE_NOT_KILLED
        while running.poll() is None and posthog.requests()["total"] < disturbance.killed_at:
            assert time.monotonic() < deadline, "it neither ends nor goes on"
            time.sleep(0.01)
        family = descendants(running.pid)
        # The engine alone: its provider lives on, and goes on with what it was about.
        kill([running.pid] if disturbance.killed_after else family)
        running.wait()
        posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
        posthog.call("DELETE", "/_sandbox/faults")
        # Whoever cleans up waits until it is over; that a request may be under way is tests/e2e/test_kill.py.
        time.sleep(LATENCY_MS / 1000 * 4)
        kill(family)
        take_the_lock_away(self.stack)
        self.stack.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")

    def up(self, model: Model) -> Outcome:
        """One run in peace."""
        self.stack.write(model.yaml())
        return outcome(self.stack.up())

    def preview(self, model: Model) -> Outcome:
        """What a run would do."""
        self.stack.write(model.yaml())
        return outcome(self.stack.preview())


def outcome(run: Run) -> Outcome:
    """What Pulumi says that it did: one operation for each, without their names, and the errors."""
    assert "Traceback" not in run.text, run.text
    verbs = {"created": "create", "updated": "update", "replaced": "replace", "deleted": "delete"}
    return Outcome(
        [
            (verbs.get(word, word), ("", ""))
            for word, count in run.changes.items()
            if word not in {"unchanged", "errored", "changes"}
            for _ in range(count)
        ],
        [
            AssertionError(error)
            for error in re.findall(r"error: (.*)", run.text)
            if not error.startswith(("update failed", "preview failed"))
        ]
        if run.status
        else [],
    )


def take_the_lock_away(stack: Stack) -> None:
    """What docs/how-to/killed-run.md says first, in its two cases."""
    canceled = stack.pulumi("cancel", "--yes")
    if "failed to load checkpoint: EOF" in canceled.text:
        delete_empty_attributes(stack)
        canceled = stack.pulumi("cancel", "--yes")
    assert canceled.status == 0, canceled.text


def delete_empty_attributes(stack: Stack) -> None:
    """What a Pulumi leaves that is killed while it writes what it notes beside the state in a folder.

    Every command of Pulumi fails while such a file is there. A kill at any moment may leave one.
    """
    for attributes in (stack.folder / "state").rglob("*.attrs"):
        if not attributes.stat().st_size:
            attributes.unlink()


def descendants(pid: int) -> list[int]:
    """A process and all below it."""
    children = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    below: dict[int, list[int]] = {}
    for line in children.splitlines():
        child, parent = map(int, line.split())
        below.setdefault(parent, []).append(child)
    found = [pid]
    for each in found:
        found += below.get(each, [])
    return found


def kill(pids: list[int]) -> None:
    """As the kernel does when memory runs out: at once, without a last word."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
