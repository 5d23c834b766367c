"""State that runners share, in Postgres and in a bucket: two at once, one killed. Their servers are started here."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.processes import descendants

from harness.stack import Stack

pytestmark = pytest.mark.e2e

ROLES = 20


def command(name):
    """A program of the Postgres server: Debian keeps them off PATH."""
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True), shutil.which(name)]
    return next((str(path) for path in found if path), None)


def unprivileged():
    """Who runs the server: not root, whom it refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return None


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(port):
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start within a minute")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of an empty database on a server of its own."""
    initdb, server, user = command("initdb"), command("postgres"), unprivileged()
    if not (initdb and server):
        pytest.skip("there is no Postgres server here: apt-get install postgresql")
    if user is None:
        pytest.skip("Postgres does not run as root, and there is no other user")
    folder = Path(tempfile.mkdtemp(prefix="pulumi-posthog-postgres-"))
    if user:
        os.chown(folder, user["user"], user["group"])
    port = free_port()
    data = str(folder / "data")
    subprocess.run(
        [initdb, "-D", data, "-U", "pulumi", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        **user,
    )
    running = subprocess.Popen(
        [server, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **user,
    )
    try:
        wait_for(port)
        yield f"postgres://pulumi@127.0.0.1:{port}/postgres?sslmode=disable"
    finally:
        running.send_signal(signal.SIGINT)  # what Postgres calls a fast shutdown
        running.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an empty bucket on a server that speaks like S3."""
    port = free_port()
    running = subprocess.Popen(
        [Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        made = urllib.request.Request(f"http://127.0.0.1:{port}/acme-pulumi", method="PUT")
        urllib.request.urlopen(made).close()
        yield f"s3://acme-pulumi?endpoint=http://127.0.0.1:{port}&s3ForcePathStyle=true&region=us-east-1"
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture(params=["postgres", "bucket"])
def shared(request, tmp_path, posthog):
    """A stack whose state two runners share; a test leaves nothing behind on the server."""
    stack = Stack(
        tmp_path / "stack",
        posthog,
        real=True,
        PULUMI_BACKEND_URL=request.getfixturevalue(request.param),
        AWS_ACCESS_KEY_ID="anybody",
        AWS_SECRET_ACCESS_KEY="anything",
        AWS_RESPONSE_CHECKSUM_VALIDATION="when_required",  # or it warns of each answer without one
    )
    stack.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(ROLES)))
    yield stack
    stack.pulumi("stack", "rm", "--force", "--yes")


def start(stack):
    return subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--diff", "--non-interactive"],
        cwd=stack.folder,
        env=stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_writes(posthog, count):
    for _ in range(3_000):
        if sum(posthog.writes().values()) >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"not even {count} writes in a minute")


def role_names(posthog):
    roles = posthog.all(f"/api/organizations/{posthog.organization}/roles/")
    return sorted(role["name"] for role in roles if role["name"].startswith("Role "))


def test_of_two_runners_at_once_one_is_refused(shared):
    posthog = shared.posthog
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 400})
    posthog.count_anew()
    first = start(shared)
    wait_for_writes(posthog, 1)

    second = shared.up()

    text, _ = first.communicate(timeout=300)
    assert second.status != 0
    assert "the stack is currently locked by 1 lock(s)" in second.text
    assert first.returncode == 0, text
    assert role_names(posthog) == sorted(f"Role {number}" for number in range(ROLES))
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
    assert set(shared.preview().changes) == {"unchanged"}


# With one save, it does not matter where the state is: tests/e2e/test_kill.py has it in a folder.
@pytest.mark.parametrize(
    ("shared", "one_save"),
    [("postgres", False), ("bucket", False), ("bucket", True)],
    indirect=["shared"],
)
def test_the_state_is_intact_after_a_kill(shared, one_save):
    if one_save:
        shared.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
    posthog = shared.posthog
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 200})
    posthog.count_anew()
    running = start(shared)
    wait_for_writes(posthog, ROLES // 2)

    for pid in descendants(running.pid):
        os.kill(pid, signal.SIGKILL)
    running.communicate()

    refused = shared.up()
    assert refused.status != 0
    assert "locked" in refused.text  # until somebody says that the other runner is dead
    assert shared.pulumi("cancel", "--yes").status == 0
    known = [urn for urn in shared.state() if ":Role::" in urn]
    assert bool(known) is not one_save
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
    run = shared.up()
    assert run.status == 0, run.text
    assert role_names(posthog) == sorted(f"Role {number}" for number in range(ROLES))
    assert set(shared.preview().changes) == {"unchanged"}
