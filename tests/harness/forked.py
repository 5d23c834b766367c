"""Our programs as processes of their own that need not import anything: forks of a process that has.

A command starts in 0.6 s of CPU, nearly all of it imports, and works for a tenth of that. What is forked has its
own arguments, variables, folder and files, and ends with its own status, as if a shell had started it. What is about
the start itself (signals, terminals, what is imported) runs the real command instead.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

# Python reads these when it starts: who sets others gets another parent.
AT_START = ("PYTHON", "LANG", "LC_", "MALLOC", "LD_", "TERM", "TYPER", "_TYPER")
KILL = bytes([signal.SIGKILL])
PARENTS: dict[tuple[str, frozenset[tuple[str, str]]], Parent] = {}
# Program -> what its parent has imported. Pulumi starts the first two in each run, and a page's reader the third.
STAND_INS = {"python3": "pulumi", "pulumi-resource-posthog": "pulumi", "pulumi-posthog": "command"}
SANDBOX = "posthog-sandbox"  # `python -m pulumi_posthog.sandbox`: Django takes most of its start
PIP_LIST = ["-m", "pip", "list", "-v", "--format", "json"]  # which it asks for in each run, for 0.35 s of CPU


class Parent:
    """A process that has imported `what`, and forks for whoever asks at its socket; it ends with this process."""

    def __init__(self, what: str, variables: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="posthog-forks-"))
        self.address = str(self.folder / "socket")
        life, self.life = os.pipe()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.bind(self.address)
            asked.listen(64)
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__), what, str(asked.fileno()), str(life)],
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                pass_fds=[asked.fileno(), life],
            )
        os.close(life)
        atexit.register(self.stop)

    def stop(self) -> None:
        """It sees the end of the pipe, kills what it has forked, and ends."""
        os.close(self.life)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

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
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(self.address)
            message = marshal.dumps([command, str(folder), dict(environment)])
            files = [nothing, out_end, out_end if joined else err_end]
            socket.send_fds(connection, [len(message).to_bytes(4, "big")], files)
            connection.sendall(message)
            for each in (nothing, out_end, err_end):
                os.close(each)
            texts: dict[int, bytes] = {out: b"", err: b"", connection.fileno(): b""}
            open_, deadline = set(texts), time.monotonic() + timeout
            while open_:
                ready, _, _ = select.select(list(open_), [], [], max(deadline - time.monotonic(), 0))
                if not ready:
                    connection.sendall(KILL)
                    raise subprocess.TimeoutExpired(command, timeout, texts[out], texts[err])
                for each in ready:
                    chunk = os.read(each, 1 << 16)
                    texts[each] += chunk
                    if not chunk:
                        open_.discard(each)
            status = int.from_bytes(texts[connection.fileno()], "big", signed=True)
        os.close(out)
        os.close(err)
        return status, _text(texts[out]), _text(texts[err])


def _text(output: bytes) -> str:
    """As `text=True` of subprocess reads it."""
    return output.decode().replace("\r\n", "\n").replace("\r", "\n")


def at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """What Python reads of it before it runs anything."""
    return {name: value for name, value in environment.items() if name.startswith(AT_START)}


def parent(what: str, environment: Mapping[str, str]) -> Parent:
    """The one that has imported "command", "pulumi" or "sandbox" with these variables; started when first asked for."""
    key = (what, frozenset(at_start(environment).items()))
    if key not in PARENTS:
        PARENTS[key] = Parent(what, environment)
    return PARENTS[key]


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    timeout: float = 60,
    joined: bool = False,
) -> tuple[int, str, str]:
    """`pulumi-posthog`, whatever the first word of `command` is: its exit status, stdout and stderr."""
    asked = ["pulumi-posthog", *command[1:]]
    return parent("command", environment).run(asked, folder, environment, timeout, joined=joined)


def stand_ins(environment: Mapping[str, str]) -> Path:
    """A folder of programs in place of the real ones; they are forked, where the variables for Python are the same."""
    pulumi = parent("pulumi", environment)
    if not (pulumi.folder / "known").exists():
        packages = subprocess.run(
            [sys.executable, *PIP_LIST], capture_output=True, text=True, check=True, env=dict(environment)
        ).stdout
        _write_stand_ins(pulumi.folder, STAND_INS, environment, packages)
    return pulumi.folder


def sandbox(environment: Mapping[str, str]) -> Path:
    """A program in place of `python -m pulumi_posthog.sandbox`, which is forked; for processes with these variables."""
    django = parent("sandbox", environment)
    if not (django.folder / "known").exists():
        _write_stand_ins(django.folder, {SANDBOX: "sandbox"}, environment)
    return django.folder / SANDBOX


def _write_stand_ins(
    folder: Path, names: Mapping[str, str], environment: Mapping[str, str], packages: str = ""
) -> None:
    """Make programs by these names, each forked by the parent beside its name, and what they know."""
    variables = {name: value for name, value in at_start(environment).items() if name != "PYTHONUNBUFFERED"}
    known = {
        "real": str(Path(sys.executable).parent),
        "sockets": {name: parent(what, environment).address for name, what in names.items()},
        "variables": variables,
        "at start": AT_START,
        "packages": [PIP_LIST, packages],
    }
    (folder / "known").write_bytes(marshal.dumps(known))
    for name in names:
        program = folder / name
        program.write_text(f"#!{sys.executable} -IS\n{Path(__file__).with_name('stand_in.py').read_text()}")
        program.chmod(0o755)


def _import_command() -> None:
    """All that a verb loads, but the sandbox's Django."""
    import httpx  # noqa: F401, TID251 - as the client does
    import rich.console
    import rich.table  # noqa: F401

    from pulumi_posthog import config  # noqa: F401
    from pulumi_posthog.cli import application, look  # noqa: F401

    application.application([verb for verb in application.VERBS if verb != "sandbox"])


def _import_pulumi() -> None:
    """What a program and the two providers load before they look at anything."""
    for module in (
        "pulumi",
        "pulumi.dynamic",
        "pulumi_posthog.config",
        "pulumi_posthog.stack.program",
        "pulumi_posthog.stack.typed",
        "pulumi_posthog.stack.plugin.server",
    ):
        importlib.import_module(module)


def _import_sandbox() -> None:
    """Django and all families; no database, which each fork has its own of."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pulumi_posthog.sandbox.server.settings"
    import django

    django.setup()
    for module in ("__main__", "control.start", "server.process", "server.routes"):
        importlib.import_module(f"pulumi_posthog.sandbox.{module}")


def _serve(what: str, asked: socket.socket, life: int) -> None:
    """Fork for each that asks, hand it the signals that are sent, and tell how it ended; until `life` ends."""
    {"command": _import_command, "pulumi": _import_pulumi, "sandbox": _import_sandbox}[what]()
    gc.collect()
    gc.freeze()
    ended, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[socket.socket, int] = {}
    while True:
        ready, _, _ = select.select([asked, life, ended, *children], [], [])
        if life in ready:
            for child in children.values():
                os.kill(child, signal.SIGKILL)
            os._exit(0)  # libraries have words for how a Python ends that has imported them
        if ended in ready:
            os.read(ended, 1 << 16)
            _tell_ends(children)
        if asked in ready:
            connection, _ = asked.accept()
            length, files, _, _ = socket.recv_fds(connection, 4, 3)
            message = connection.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)
            child = os.fork()
            if child == 0:
                for each in (asked, connection, *children):
                    each.close()
                for descriptor in (life, ended, told):
                    os.close(descriptor)
                _become(*marshal.loads(message), files)  # noqa: S302 - from this folder's own code
            for descriptor in files:
                os.close(descriptor)
            children[connection] = child
        for connection in [each for each in ready if each in children]:
            # Who asked has gone: so must this.
            for number in _received(connection) or KILL:
                os.kill(children[connection], number)


def _received(connection: socket.socket) -> bytes:
    """Numbers of signals; nothing if the other end is closed."""
    try:
        return connection.recv(16)
    except ConnectionResetError:
        return b""


def _tell_ends(children: dict[socket.socket, int]) -> None:
    """Tell those who wait how what they asked for ended."""
    for connection, child in list(children.items()):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            with connection, suppress(BrokenPipeError):
                connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
            del children[connection]


def _become(command: list[str], folder: str, environment: dict[str, str], files: list[int]) -> NoReturn:
    """The program itself."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for place, each in enumerate(files):
        os.dup2(each, place)
        os.close(each)
    os.environ.clear()
    os.environ.update(environment)
    # Those of the parent know whether its own were files.
    at_once = bool(environment.get("PYTHONUNBUFFERED")) or "-u" in command[1:2]
    sys.stdout = sys.__stdout__ = _printed(1, sys.stdout, at_once=at_once)
    sys.stderr = sys.__stderr__ = _printed(2, sys.stderr, at_once=at_once)
    os.chdir(folder)
    time.tzset()
    status = 1
    try:
        _main(command)()
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        threading._shutdown()  # type: ignore[attr-defined] # as Python ends: it waits for threads
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


def _printed(descriptor: int, like: TextIO, *, at_once: bool) -> TextIO:
    """A file to print to, as Python makes it at its start."""
    buffer = open(descriptor, "wb", buffering=0 if at_once else -1, closefd=False)  # noqa: SIM115
    return TextIOWrapper(
        buffer,  # type: ignore[arg-type] # nothing buffers it where all is written at once
        encoding=like.encoding,
        errors=like.errors,
        line_buffering=descriptor == 2,
        write_through=at_once,
    )


def _main(command: list[str]) -> Callable[[], object]:
    """What `command` runs; sets its arguments."""
    name, *arguments = command
    sys.argv = [name, *arguments]
    if name == "pulumi-posthog":
        from pulumi_posthog.cli import main

        return main
    if name == "pulumi-resource-posthog":
        from pulumi_posthog.stack.plugin import server

        return server.main
    if name == SANDBOX:
        return _sandbox
    if arguments[:2] == ["-u", "-m"]:
        module = arguments[2]
        sys.argv = arguments[2:]
        sys.path[0] = str(Path.cwd())
        return lambda: runpy.run_module(module, run_name="__main__", alter_sys=True)
    program = arguments[0]
    sys.argv = arguments
    sys.path[0] = str(Path(program).parent)
    return lambda: runpy.run_path(program, run_name="__main__")


def _sandbox() -> None:
    """With the database that it makes for itself: Django's settings were read before."""
    from django.db import connections

    from pulumi_posthog.sandbox import __main__
    from pulumi_posthog.sandbox.server import process

    prepare = process.prepare

    def prepared(options: Any, database: Path) -> None:
        connections.databases["default"]["NAME"] = str(database)
        prepare(options, database)

    process.prepare = prepared
    sys.exit(__main__.main())


if __name__ == "__main__":
    _serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])), int(sys.argv[3]))
