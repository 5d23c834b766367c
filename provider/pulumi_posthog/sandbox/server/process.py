"""Starting and stopping: a database, Django, a threaded production server in the foreground."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import shutil
import signal
import socket
import sqlite3
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_posthog.sandbox.options import ADMIN_PASSWORD_VARIABLE, Options, SandboxError


class Stop(SystemExit):
    """SIGTERM or SIGINT came; the server ends on it, and so does a start that is under way."""


def serve(options: Options) -> None:
    """Run until SIGTERM or SIGINT."""
    with (
        contextlib.suppress(Stop),
        stopped_by(signal.SIGTERM, signal.SIGINT),
        # The address first: a port that is taken should be said before anything is made.
        listening(options.host, options.port) as listener,
        database_file(options.db) as database,
    ):
        prepare(options, database)
        run(options, listener)


@contextmanager
def stopped_by(*signals: signal.Signals) -> Iterator[None]:
    """From the first moment, or a Ctrl-C during the start would show a traceback."""

    def stop(_signal: int, _frame: object) -> None:
        raise Stop

    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket of the host's first address; who connects before the server runs waits."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=1024)
    except OSError as error:
        # Python adds the address to the text once more; errors of names have numbers below zero.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise SandboxError(f"cannot listen on {host}:{port}: {reason}") from error
    with listener:
        yield listener


@contextmanager
def database_file(kept: Path | None) -> Iterator[Path]:
    """The file that was named, or one that is gone after the stop."""
    # What is in it, and in the files that SQLite puts beside it, has keys and secrets: for nobody else to read.
    os.umask(0o077)
    if kept is not None:
        check_database(kept)
        kept.chmod(0o600)
        yield kept
        return
    folder = Path(tempfile.mkdtemp(prefix="posthog-sandbox-"))
    try:
        yield folder / "posthog.sqlite3"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_database(path: Path) -> None:
    """One line instead of Django's traceback."""
    try:
        connection = sqlite3.connect(path)
        try:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if tables and "sandbox_organization" not in tables:
                raise SandboxError(f"--db {path}: this database belongs to another program")
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise SandboxError(f"--db {path}: {error}") from error


def prepare(options: Options, database: Path) -> None:
    """Django, tables, seed and switches; after this the application can be called."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pulumi_posthog.sandbox.server.settings"
    os.environ["POSTHOG_SANDBOX_DATABASE"] = str(database)

    import django

    django.setup()

    from pulumi_posthog.sandbox.control import start

    start.make_tables()
    start.start(options)
    start.make_page_login(options.admin_password)


def application() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Django's own, but for the answers that never come."""
    from django.core.handlers.wsgi import WSGIHandler
    from waitress.channel import ClientDisconnected  # type: ignore[import-untyped]

    django_application = WSGIHandler()

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = django_application(environ, start_response)
        if getattr(response, "resets_connection", False):
            response.close()
            # Closing a socket that lingers for no time at all sends a reset instead of an end.
            connection: socket.socket = environ["sandbox.channel"].socket
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ClientDisconnected
        return response

    return call


class LastFirst(threading.Condition):
    """Wakes who began to wait last.

    Each thread has a connection to SQLite, with pages and statements at hand. Requests that come one after another are
    answered by the same thread, and not by all threads in turn.
    """

    def notify(self, n: int = 1) -> None:
        self._waiters.rotate(1)  # type: ignore[attr-defined] # the first one is woken
        super().notify(n)


def run(options: Options, listener: socket.socket) -> None:
    """Listen, say where, and serve."""
    from waitress import create_server  # type: ignore[import-untyped]
    from waitress.channel import HTTPChannel
    from waitress.task import ThreadedTaskDispatcher, WSGITask  # type: ignore[import-untyped]

    from pulumi_posthog.sandbox.control.start import ADMIN_PAGE

    class Task(WSGITask):  # type: ignore[misc] # waitress has no types
        """Lets the application reach its own connection, which stays open."""

        def get_environment(self) -> dict[str, Any]:
            environ: dict[str, Any] = super().get_environment()
            environ["sandbox.channel"] = self.channel
            return environ

        def set_close_on_finish(self) -> None:
            """Keep the connection after an answer that has no body, as HTTP/1.1 does: it ends with its head.

            Waitress closes it, as after each body whose length it does not know.
            """
            asked_to = self.request.headers.get("CONNECTION", "").lower() == "close"
            if self.has_body or self.version != "1.1" or asked_to:
                super().set_close_on_finish()

    class Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
        task_class = Task

    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.queue_cv = LastFirst(dispatcher.lock)
    dispatcher.set_thread_count(options.threads)
    server = create_server(
        application(),
        _dispatcher=dispatcher,
        sockets=[listener],
        threads=options.threads,
        ident="PostHog sandbox",
        connection_limit=1000,
        channel_timeout=600,
    )
    server.channel_class = Channel

    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    ADMIN_PAGE["url"] = f"{url}/admin/"

    # In one piece: who reads only the first line may hang up then.
    password = ADMIN_PAGE["password"] or f"of {ADMIN_PASSWORD_VARIABLE}"
    say(
        f"PostHog sandbox on {url}\n"
        f"admin page {ADMIN_PAGE['url']} user {ADMIN_PAGE['username']} password {password}\n"
    )
    try:
        # What was loaded stays: no collection has to look through it.
        gc.freeze()
        server.run()  # ends on Stop by itself
    finally:
        gc.unfreeze()  # or what DuckDB is written with counts what it takes for lost, and says so
        server.close()


def say(text: str) -> None:
    """What another program can wait for."""
    sys.stdout.write(text)
    sys.stdout.flush()
