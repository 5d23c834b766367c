"""`pulumi-posthog` as a process of its own that need not import the package: a fork of one that has.

The command starts in 0.6 s of CPU, nearly all of it imports, and works for a tenth of that. What is forked has its
own arguments, variables, folder and files, and ends with its own status, as if a shell had started it. What is about
the start itself (signals, terminals, what is imported) runs the real command instead.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

# Python reads these when it starts: who sets others gets another parent.
AT_START = ("PYTHON", "LANG", "LC_", "MALLOC", "LD_", "TERM", "TYPER", "_TYPER")
LONGEST = 1 << 20  # bytes of arguments and variables
PARENTS: dict[frozenset[tuple[str, str]], Parent] = {}


class Parent:
    """A process that has imported everything; `run` forks it."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for each in (ours, theirs):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__), str(theirs.fileno())],
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self.socket = ours
        atexit.register(self.stop)

    def stop(self) -> None:
        """The end of its socket ends it."""
        self.socket.close()
        self.process.wait()

    def run(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        timeout: float,
        *,
        joined: bool,
    ) -> tuple[int, str, str]:
        """Exit status, stdout and stderr; with `joined`, all of it is stdout. Raises TimeoutExpired after seconds."""
        ours, theirs = socket.socketpair()
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        message = json.dumps([command, str(folder), dict(environment)]).encode()
        socket.send_fds(self.socket, [message], [out_end, out_end if joined else err_end, theirs.fileno()])
        theirs.close()
        os.close(out_end)
        os.close(err_end)
        texts: dict[int, bytes] = {out: b"", err: b"", ours.fileno(): b""}
        open_, deadline = set(texts), time.monotonic() + timeout
        while open_:
            ready, _, _ = select.select(list(open_), [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                child = int(texts[ours.fileno()].split()[0])
                os.kill(child, signal.SIGKILL)
                raise subprocess.TimeoutExpired(command, timeout, texts[out], texts[err])
            for each in ready:
                chunk = os.read(each, 1 << 16)
                texts[each] += chunk
                if not chunk:
                    open_.discard(each)
        _, status = map(int, texts[ours.fileno()].split())
        ours.close()
        os.close(out)
        os.close(err)
        return status, _text(texts[out]), _text(texts[err])


def _text(output: bytes) -> str:
    """As `text=True` of subprocess reads it."""
    return output.decode().replace("\r\n", "\n").replace("\r", "\n")


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    timeout: float = 60,
    joined: bool = False,
) -> tuple[int, str, str]:
    """`pulumi-posthog`, whatever the first word of `command` is: its exit status, stdout and stderr."""
    of_start = frozenset(item for item in environment.items() if item[0].startswith(AT_START))
    if of_start not in PARENTS:
        PARENTS[of_start] = Parent({**environment, **dict(of_start)})
    return PARENTS[of_start].run(command, folder, environment, timeout, joined=joined)


def _serve(descriptor: int) -> None:
    """Fork for each message, until the other end is closed."""
    _imported()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    with socket.socket(fileno=descriptor) as messages:
        while True:
            message, files, _, _ = socket.recv_fds(messages, LONGEST, 3)
            if not message:
                return
            if os.fork() == 0:
                messages.close()
                _wait(json.loads(message), files)
            for each in files:
                os.close(each)


def _imported() -> None:
    """All that a verb loads, but the sandbox's Django."""
    import httpx  # noqa: F401, TID251 - as the client does
    import rich.console
    import rich.table  # noqa: F401

    from pulumi_posthog import config  # noqa: F401
    from pulumi_posthog.cli import application, look  # noqa: F401

    application.application([verb for verb in application.VERBS if verb != "sandbox"])


def _wait(what: Any, files: list[int]) -> NoReturn:
    """Fork the command, tell its process id and then its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(files[2])
        _become(*what, *files[:2])
    for each in files[:2]:
        os.close(each)
    os.write(files[2], f"{child} ".encode())
    _, status = os.waitpid(child, 0)
    os.write(files[2], str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(command: list[str], folder: str, environment: dict[str, str], out: int, err: int) -> NoReturn:
    """The command itself."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    # Those of the parent know whether its own were files.
    sys.stdout = sys.__stdout__ = open(  # noqa: SIM115
        1, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors, closefd=False
    )
    sys.stderr = sys.__stderr__ = open(  # noqa: SIM115
        2, "w", buffering=1, encoding=sys.stderr.encoding, errors=sys.stderr.errors, closefd=False
    )
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = list(command)
    status = 1
    try:
        from pulumi_posthog.cli import main

        main()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
