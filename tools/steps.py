"""What the tools say while they work: one line a step, and one clear message when they cannot go on."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STARTED = time.monotonic()
SECONDS_OF_SILENCE = 10.0
LINES_KEPT = 40


class ToolError(Exception):
    """Something that the user can put right: what is wrong and where, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n\nhint: {self.hint}"


def say(text: str) -> None:
    """Print one line with the seconds since the start in front."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {text}", flush=True)


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit status and the last lines it printed (both streams)."""

    status: int
    lines: tuple[str, ...]

    def quoted(self, *marks: str, at_most: int = 6) -> str:
        """The lines that contain one of the marks, or the last ones when none does, indented."""
        chosen = [line for line in self.lines if any(mark in line for mark in marks)] or list(self.lines)
        return "\n".join(f"    {line}" for line in chosen[-at_most:])


def run(
    command: Sequence[str | Path],
    narrate: Callable[[str], str | None],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Ended:
    """Run a long command and keep saying how far it is.

    `narrate` is given each line that the command prints and answers what there is to say about the progress
    now (None: nothing new); the newest answer is printed every ten seconds. `on_line` sees every line too.
    A command that is still running when we are interrupted is ended. Raises ToolError for a missing program.
    """
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is not there", "run `make install` again") from error
    assert process.stdout is not None  # noqa: S101  asked for three lines above
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None  # noqa: S101  as above
        for line in process.stdout:
            lines.put(line.rstrip())
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    kept: deque[str] = deque(maxlen=LINES_KEPT)
    progress, spoke = "still at it", time.monotonic()
    try:
        while True:
            with contextlib.suppress(queue.Empty):
                line = lines.get(timeout=1.0)
                if line is None:
                    break
                kept.append(line)
                progress = narrate(line) or progress
                if on_line:
                    on_line(line)
            if time.monotonic() - spoke >= SECONDS_OF_SILENCE:
                say(f"  {progress}")
                spoke = time.monotonic()
        return Ended(process.wait(), tuple(kept))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def refuse_if_known(ended: Ended, doing: str) -> None:
    """Raise a ToolError for failures whose cause can be told from the output: a full disk, or no network."""
    text = "\n".join(ended.lines)
    if "No space left on device" in text or "ENOSPC" in text:
        raise full_disk(doing)
    signs = (
        "Temporary failure in name resolution",
        "Name or service not known",
        "nodename nor servname",
        "No address associated with hostname",
        "Network is unreachable",
        "Failed to establish a new connection",
        "ConnectTimeoutError",
        "Connection refused",
        "no such host",
        "connect: connection refused",
        "i/o timeout",
        "Cannot connect to proxy",
    )
    if any(sign in text for sign in signs):
        raise ToolError(
            f"{doing}: the network does not answer\n{ended.quoted(*signs, at_most=2)}",
            "check the connection and any proxy, then run `make install` again: it goes on from here. "
            "PIP_INDEX_URL and GOPROXY are honoured.",
        )


def full_disk(doing: str) -> ToolError:
    """The problem for a disk that has filled up."""
    return ToolError(
        f"{doing}: no space is left on the disk",
        "free some space (up to 4 GB while the Pulumi CLI is built, 0.5 GB afterwards), "
        "then run `make install` again",
    )


def is_full_disk(error: OSError) -> bool:
    """Whether this is the operating system's word for a full disk or a full quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def alone(lock: Path, doing: str) -> Iterator[None]:
    """Hold a lock file while the block runs; wait for another process that holds it, and say so.

    The operating system lets go of the lock when its process ends, however it ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        spoke = 0.0
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - spoke >= SECONDS_OF_SILENCE:
                    file.seek(0)
                    say(f"{doing}: waiting for process {file.read().strip() or '?'}, which is at it too")
                    spoke = time.monotonic()
                time.sleep(0.5)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
