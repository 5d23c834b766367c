"""The local PostHog that `make up` starts in the background and `make down` stops: never another process.

The process keeps an inherited lock on its pid file for as long as it lives. So a pid file without a lock is
stale, whoever has that number now, and one with a lock names our own process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import places
from steps import ToolError

FOLDER = places.RUN / "up"
PID_FILE = FOLDER / "sandbox.pid"
LOG = FOLDER / "sandbox.log"
SECONDS_TO_STOP = 10.0


def start(command: Sequence[str | Path], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the command in the background with its output in `LOG`. Raises ToolError when one is running."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # The log has the admin page's password, the database keys: for nobody else on this machine.
    FOLDER.chmod(0o700)
    log_descriptor = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with PID_FILE.open("a") as lock, os.fdopen(log_descriptor, "ab") as log:
        LOG.chmod(0o600)  # it may be one of before
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ToolError("a sandbox is running already", "stop it: make down") from error
        # What an earlier process left there must not be read as ours.
        lock.truncate(0)
        # The shell writes the number before it becomes the program: no moment without a valid pid file.
        return subprocess.Popen(
            ["/bin/sh", "-c", 'echo "$$" > "$0" && exec "$@"', PID_FILE, *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )


def running() -> int | None:
    """The process id of our sandbox if it is running."""
    while True:
        try:
            with PID_FILE.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return None
        except FileNotFoundError:
            return None
        except BlockingIOError:
            if number := PID_FILE.read_text().strip():
                return int(number)
            time.sleep(0.01)  # it is about to be written


def stop() -> int | None:
    """Stop our sandbox and wait until it has gone; its process id, or None when none was running.

    Raises ToolError when it is still there after a SIGKILL.
    """
    process = running()
    if process is None:
        PID_FILE.unlink(missing_ok=True)
        return None
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal_number)
        give_up = time.monotonic() + SECONDS_TO_STOP
        while time.monotonic() < give_up:
            if running() is None:
                PID_FILE.unlink(missing_ok=True)
                return process
            time.sleep(0.05)
    raise ToolError(
        f"the sandbox (process {process}) does not stop", f"look at {LOG}, then: kill -9 {process}"
    )


def free_port() -> int:
    """A port of the loopback interface that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
