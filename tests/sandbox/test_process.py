"""The sandbox as a program: starting, stopping, many clients at once, answers that never come."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

KEY = "phx_a_key_that_must_not_leak"


class Process:
    """A sandbox in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.stderr = folder / "stderr"
        with self.stderr.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pulumi_posthog.sandbox", "--port", "0", *arguments],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, "TMPDIR": str(folder), "POSTHOG_SANDBOX_KEY": KEY, **variables},
            )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline().strip()
        self.second_line = self.process.stdout.readline().strip()
        self.url = self.first_line.removeprefix("PostHog sandbox on ")

    def ask(self, method: str, path: str, body: Any = None, key: str = KEY) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def get(self, path: str) -> Any:
        return self.ask("GET", path)[1]

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Process] = []

    def begin(*arguments: str, **variables: str) -> Process:
        started.append(Process(tmp_path, *arguments, **variables))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.stop()
        assert each.stderr.read_text() == ""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("shared"))
    yield process
    process.stop()
    assert process.stderr.read_text() == ""


@pytest.fixture
def sandbox(shared: Process) -> Process:
    """One for all, as it was at its start."""
    assert shared.ask("POST", "/_sandbox/reset")[0] == 200
    return shared


def test_it_says_where_it_is_in_its_first_line(sandbox: Process) -> None:
    assert sandbox.first_line.startswith("PostHog sandbox on http://127.0.0.1:")
    assert sandbox.get("/api/users/@me/")["email"] == "ada@acme.io"


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_leaves_nothing(
    start: Start, tmp_path: Path, with_signal: signal.Signals
) -> None:
    process = start()

    assert process.stop(with_signal) == 0
    assert list(tmp_path.glob("posthog-sandbox-*")) == []


def test_a_named_database_is_kept(start: Start, tmp_path: Path) -> None:
    first = start("--db", str(tmp_path / "kept.sqlite3"))
    first.ask("PATCH", "/api/projects/1/", {"name": "Web"})
    first.stop()
    second = start("--db", str(tmp_path / "kept.sqlite3"))

    assert second.get("/api/projects/1/")["name"] == "Web"


def test_nobody_else_on_this_machine_can_read_the_database(start: Start, tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite3"
    kept.touch(0o644)

    start("--db", str(kept)).ask("PATCH", "/api/projects/1/", {"name": "Web"})

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("kept.sqlite3*")}
    assert kept.name in modes
    assert set(modes.values()) == {0o600}


def test_the_command_line_sets_the_switches(start: Start) -> None:
    arguments = (
        "--age 2025 --latency-ms 30 --rate-limit 5/min --rate-limit 9/hour --no-legacy-destinations --no-later-2026 "
        "--deletion-seconds 5 "
        "--export-seconds 2 --query-seconds 0.5 --sample-data all --fault"
    )
    process = start(*arguments.split(), "503 GET /plugins/ times=1")
    began = time.monotonic()
    process.get("/api/users/@me/")

    assert time.monotonic() - began > 0.03
    assert process.get("/_sandbox/settings") == {
        "age": 2025,
        "later_2026": False,
        "legacy_destinations": False,
        "patch_clears_mappings": False,
        "latency_ms": 30.0,
        "rate_limits": ["5/min", "9/hour"],
        "deletion_seconds": 5.0,
        "demo_data_seconds": 0.0,
        "export_seconds": 2.0,
        "query_seconds": 0.5,
        "query_timeout_seconds": 60.0,
        "query_cache_seconds": 0.0,
        "query_concurrency": 0,
        "sample_data": "all",
        "evaluation_contexts": True,
        "invite_seconds": 259_200.0,
        "newest_2026": False,
        "rejects_flag_shapes": False,
        "asks_flag_scope": True,
        "legacy_insight_filters": False,
        "alerts_beyond_trends": False,
        "sends_mail": True,
    }
    assert process.ask("GET", "/api/organizations/@current/plugins/")[0] == 503
    assert [process.ask("GET", "/api/users/@me/")[0] for _ in range(6)][-1] == 429


def run(*arguments: str) -> tuple[int, str, str]:
    """The program, which is expected to give up."""
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_posthog.sandbox", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.returncode, done.stdout, done.stderr


def test_what_the_user_can_put_right_is_one_line() -> None:
    code, said, error = run("--port", "0", "--fault", "llama")

    assert (code, said) == (2, "")
    assert error == "error: a fault is written 'KIND METHOD PATH [times=1 ...]', not 'llama'\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--db", "/proc/nowhere/x"], "unable to open database file"),
        (["--db", __file__], "file is not a database"),
        (["--host", "0.0.0.0"], "set POSTHOG_SANDBOX_KEY to a key of your own"),  # noqa: S104 - to be refused
        (["--host", "no.such.host.invalid"], "cannot listen"),
        (["--port", "99999"], "--port"),
        (["--latency-ms", "-1"], "--latency-ms"),
        (["--threads", "0"], "--threads"),
    ],
)
def test_a_bad_flag_is_named(
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from pulumi_posthog.sandbox.__main__ import main

    if "no.such.host.invalid" in arguments:
        monkeypatch.setenv("POSTHOG_SANDBOX_KEY", "phx_mine")
    code = main(["--port", "0", *arguments])
    error = capsys.readouterr().err

    assert (code, error.count("\n")) == (2, 1)
    assert error.startswith("error: ")
    assert said in error


@pytest.mark.parametrize(
    ("flag", "variable"),
    [
        ("--key", "POSTHOG_SANDBOX_KEY"),
        ("--extra-key", "POSTHOG_SANDBOX_EXTRA_KEYS"),
        ("--admin-password", "POSTHOG_SANDBOX_ADMIN_PASSWORD"),
    ],
)
@pytest.mark.parametrize("secret", ["phx_on_the_command_line", ""])
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(
    flag: str,
    variable: str,
    secret: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from pulumi_posthog.sandbox import __main__ as program

    # Else a sandbox that took the secret would run on.
    monkeypatch.setattr(program, "serve", lambda _options: None)

    code = program.main(["--port", "0", flag, secret])

    assert (code, *capsys.readouterr()) == (
        2,
        "",
        f"error: {flag}: everybody on this machine can read arguments; set {variable} instead\n",
    )


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("POSTHOG_SANDBOX_KEY", " ", "is a text of ASCII characters, such as phx_sandbox"),
        ("POSTHOG_SANDBOX_KEY", "phx_schlüssel", "is a text of ASCII characters, such as phx_sandbox"),
        ("POSTHOG_SANDBOX_EXTRA_KEYS", "phx_a:* phx_b", ": number 2 is not written KEY:SCOPE,SCOPE"),
    ],
)
def test_a_bad_secret_is_named_by_its_variable(
    variable: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from pulumi_posthog.sandbox.__main__ import main

    monkeypatch.setenv(variable, value)

    code = main(["--port", "0"])
    error = capsys.readouterr().err

    assert (code, error.count("\n")) == (2, 1)
    assert error.startswith(f"error: {variable}")
    assert said in error
    assert "phx_b" not in error
    assert "schl" not in error


def test_secrets_come_from_the_environment_and_are_told_to_nobody(start: Start) -> None:
    process = start(
        POSTHOG_SANDBOX_EXTRA_KEYS="phx_reader:project:read,user:read phx_other:*",
        POSTHOG_SANDBOX_ADMIN_PASSWORD="chosen by somebody",
    )
    arguments = Path(f"/proc/{process.process.pid}/cmdline").read_bytes().decode()

    assert process.ask("GET", "/api/users/@me/", key="phx_reader")[0] == 200
    assert process.ask("GET", "/api/organizations/@current/roles/", key="phx_reader")[0] == 403
    assert process.ask("GET", "/api/organizations/@current/roles/", key="phx_other")[0] == 200
    assert "phx_" not in arguments
    assert "chosen" not in arguments
    assert process.second_line == (
        f"admin page {process.url}/admin/ user admin password of POSTHOG_SANDBOX_ADMIN_PASSWORD"
    )
    assert process.get("/_sandbox/info")["admin"] == {
        "url": f"{process.url}/admin/",
        "username": "admin",
        "password": None,
    }


def test_a_taken_port_is_said(sandbox: Process) -> None:
    port = sandbox.url.rsplit(":", 1)[1]

    assert run("--port", port) == (
        2,
        "",
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use\n",
    )


def test_a_database_of_another_program_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    from pulumi_posthog.sandbox.__main__ import main

    other = tmp_path / "other.sqlite3"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE precious (id)")
    connection.close()

    assert main(["--port", "0", "--db", str(other)]) == 2
    assert "belongs to another program" in capsys.readouterr().err


def test_a_database_of_another_version_is_refused(start: Start, tmp_path: Path) -> None:
    import sqlite3

    kept = tmp_path / "kept.sqlite3"
    connection = sqlite3.connect(kept)
    connection.execute("CREATE TABLE sandbox_organization (id)")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    code, _, error = run("--port", "0", "--db", str(kept))

    assert (code, "made by another version" in error, error.count("\n")) == (2, True, 1)


def test_a_library_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pulumi_posthog import sandbox
    from pulumi_posthog.sandbox.__main__ import main

    monkeypatch.setattr(sandbox, "find_spec", lambda name: None if name == "waitress" else name)

    assert main(["--port", "0"]) == 2
    assert capsys.readouterr().err == (
        "error: the sandbox needs waitress: pip install 'pulumi-posthog[sandbox]'\n"
    )


def test_sixteen_clients_write_at_once_and_none_is_turned_away(sandbox: Process) -> None:
    def work(client: int) -> list[int]:
        statuses = []
        for number in range(5):
            status, role = sandbox.ask(
                "POST", "/api/organizations/@current/roles/", {"name": f"R {client} {number}"}
            )
            statuses += [status, sandbox.ask("GET", "/api/organizations/@current/roles/?limit=1000")[0]]
            statuses.append(
                sandbox.ask(
                    "PATCH",
                    f"/api/organizations/@current/roles/{role['id']}/",
                    {"name": f"S {client} {number}"},
                )[0]
            )
        return statuses

    with ThreadPoolExecutor(16) as clients:
        answers = [status for statuses in clients.map(work, range(16)) for status in statuses]

    assert sorted(set(answers)) == [200, 201]
    assert sandbox.get("/api/organizations/@current/roles/")["count"] == 81


def test_clients_wait_side_by_side(sandbox: Process) -> None:
    sandbox.ask("PATCH", "/_sandbox/settings", {"latency_ms": 300})
    began = time.monotonic()
    with ThreadPoolExecutor(16) as clients:
        statuses = list(clients.map(lambda _: sandbox.ask("GET", "/api/users/@me/")[0], range(16)))

    assert set(statuses) == {200}
    assert time.monotonic() - began < 16 * 0.3 / 2


def raw_request(sandbox: Process, method: str, path: str, body: bytes = b"") -> socket.socket:
    host, port = sandbox.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    connection.sendall(
        f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return connection


@pytest.mark.parametrize(("kind", "is_made"), [("reset-after", True), ("reset-before", False)])
def test_a_connection_is_reset_without_an_answer(sandbox: Process, kind: str, is_made: bool) -> None:
    sandbox.ask("POST", "/_sandbox/faults", {"spec": f"{kind} POST /roles/ times=1"})
    connection = raw_request(sandbox, "POST", "/api/organizations/@current/roles/", b'{"name": "Lost"}')

    with connection, pytest.raises(ConnectionResetError):
        connection.recv(1)

    names = {role["name"] for role in sandbox.get("/api/organizations/@current/roles/")["results"]}
    assert ("Lost" in names) is is_made
    assert sandbox.get("/_sandbox/requests")["log"][-2].endswith(" reset")


def test_a_cut_answer_ends_before_its_length(sandbox: Process) -> None:
    sandbox.ask("POST", "/_sandbox/faults", {"spec": "cut GET /users/ times=1"})

    with pytest.raises(http.client.IncompleteRead):
        sandbox.get("/api/users/@me/")

    assert sandbox.get("/api/users/@me/")["email"] == "ada@acme.io"


def test_connections_are_kept_alive(sandbox: Process) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    _, role = sandbox.ask("POST", "/api/organizations/@current/roles/", {"name": "Short-lived"})
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    sockets, statuses = set(), []
    for method, path in (
        ("GET", "/api/users/@me/"),
        ("GET", "/api/nothing/"),
        ("DELETE", f"/api/organizations/@current/roles/{role['id']}/"),
        ("GET", "/api/projects/1/"),
    ):
        connection.request(method, path, headers={"Authorization": f"Bearer {KEY}"})
        response = connection.getresponse()
        response.read()
        sockets.add(connection.sock)
        statuses.append(response.status)
    connection.request("DELETE", "/api/nothing/", headers={"Connection": "close"})
    assert connection.getresponse().will_close
    connection.close()

    assert statuses == [200, 404, 204, 200]
    assert len(sockets) == 1


def test_no_key_is_ever_printed(start: Start) -> None:
    process = start()
    process.ask("GET", f"/api/users/@me/?personal_api_key={KEY}")
    process.ask("POST", "/api/organizations/@current/roles/", {"name": ""})
    process.ask("GET", f"/api/nothing/?personal_api_key={KEY}")
    process.process.send_signal(signal.SIGTERM)
    output, _ = process.process.communicate(timeout=10)

    assert KEY not in output
    assert KEY not in process.stderr.read_text()
