"""`make down` stops the sandbox that `make up` started, and never anything else."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import SYSTEM_PATH, Checkout

START = "import os, sandbox_process; sandbox_process.start(['/bin/sh', '-c', {program!r}], os.environ)"


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    with subprocess.Popen(["/bin/sh", "-c", "sleep 60 & wait"], start_new_session=True) as process:
        yield process
        os.killpg(process.pid, signal.SIGKILL)


def start(checkout: Checkout, program: str) -> int:
    started = try_to_start(checkout, program)
    assert started.returncode == 0, started.stderr
    return running(checkout)


def try_to_start(checkout: Checkout, program: str) -> subprocess.CompletedProcess[str]:
    return checkout.run("-c", START.format(program=program), PYTHONPATH="tools", PATH=SYSTEM_PATH)


def running(checkout: Checkout) -> int:
    """The number of the process that our own tools say is running, 0 for none."""
    answer = checkout.run("-c", "import sandbox_process as s; print(s.running() or 0)", PYTHONPATH="tools")
    return int(answer.stdout)


def pid_file(checkout: Checkout) -> Path:
    place = checkout.folder / ".run" / "up" / "sandbox.pid"
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def test_it_stops_what_was_started(checkout: Checkout):
    process = start(checkout, "exec sleep 60")

    ended = checkout.run("tools/down.py")

    assert ended.stdout == f"stopped the sandbox (process {process})\n"
    assert running(checkout) == 0


def test_nobody_else_on_this_machine_can_read_what_it_says_and_keeps(checkout: Checkout):
    place = pid_file(checkout).parent
    place.chmod(0o755)
    log = place / "sandbox.log"
    log.touch(mode=0o644)

    for _ in range(2):
        start(checkout, "echo said; exec sleep 60")
        checkout.run("tools/down.py")

        assert (place.stat().st_mode & 0o777, log.stat().st_mode & 0o777) == (0o700, 0o600)
        log.unlink()  # the second one is made by the tool itself


def test_it_is_fine_when_nothing_runs(checkout: Checkout):
    for _ in range(2):
        ended = checkout.run("tools/down.py")

        assert (ended.returncode, ended.stdout) == (0, "nothing is running\n")


def test_a_stale_pid_file_does_not_kill_who_has_that_number_now(
    checkout: Checkout, stranger: subprocess.Popen[bytes]
):
    pid_file(checkout).write_text(f"{stranger.pid}\n")

    ended = checkout.run("tools/down.py")

    assert (ended.returncode, ended.stdout) == (0, "nothing is running\n")
    assert stranger.poll() is None


def test_a_number_left_by_an_earlier_run_is_not_taken_for_ours(
    checkout: Checkout, stranger: subprocess.Popen[bytes]
):
    pid_file(checkout).write_text(f"{stranger.pid}\n")
    process = start(checkout, "exec sleep 60")

    ended = checkout.run("tools/down.py")

    assert process != stranger.pid
    assert ended.stdout == f"stopped the sandbox (process {process})\n"
    assert stranger.poll() is None


def test_a_pid_file_of_a_killed_sandbox_is_stale(checkout: Checkout):
    process = start(checkout, "exec sleep 60")
    os.kill(process, signal.SIGKILL)

    ended = checkout.run("tools/down.py")

    assert (ended.returncode, ended.stdout) == (0, "nothing is running\n")


def test_nonsense_in_the_pid_file_is_no_trouble(checkout: Checkout):
    pid_file(checkout).write_text("not a number\n")

    ended = checkout.run("tools/down.py")

    assert (ended.returncode, ended.stdout) == (0, "nothing is running\n")


def test_one_that_does_not_listen_is_killed(checkout: Checkout):
    process = start(checkout, "trap '' TERM; while true; do sleep 0.1; done")

    quickly = "import sandbox_process as s; s.SECONDS_TO_STOP = 1; print(s.stop())"
    ended = checkout.run("-c", quickly, PYTHONPATH="tools")

    assert ended.stdout == f"{process}\n"
    assert running(checkout) == 0


def test_a_second_one_is_not_started_beside_the_first(checkout: Checkout):
    process = start(checkout, "exec sleep 60")

    again = try_to_start(checkout, "exec sleep 60")

    assert "a sandbox is running already" in again.stderr
    assert running(checkout) == process
    checkout.run("tools/down.py")
