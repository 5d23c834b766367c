"""What Pulumi starts in the tests acts as the real program does."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import forked
from harness.sandbox import Sandbox
from harness.stack import DOORS, INSTALLED, Run, Stack
from harness.waiting import eventually

BROKEN = 'import sys\n\nprint("to out")\nprint("to err", file=sys.stderr)\n{}["missing"]\n'


@pytest.fixture
def plugin() -> Iterator[subprocess.Popen[str]]:
    """The plugin in its stand-in, which has begun to serve."""
    command = [forked.stand_ins(os.environ) / "pulumi-resource-posthog", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def listening(port: int) -> bool:
    """Whether anything takes connections there."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def port_of(plugin: subprocess.Popen[str]) -> int:
    """Where it serves."""
    assert plugin.stdout
    return int(plugin.stdout.readline())


def as_told(run: Run, stack: Stack) -> tuple[int, list[str]]:
    """Status and lines, without places, numbers, times, and the order of what happens side by side."""
    text = run.text.replace(str(stack.folder), "FOLDER")
    return run.status, sorted(re.sub(r"[\w.:-]*\d[\w.:-]*", "N", text).splitlines())


@pytest.mark.parametrize("door", DOORS)
def test_a_run_tells_the_same_as_with_the_real_programs(tmp_path: Path, posthog: Sandbox, door: str) -> None:
    """What is made, what was printed and left as it is, and how a broken file and a broken program end."""
    told = []
    for real in (True, False):
        posthog.call("POST", "/_sandbox/reset")
        stack = Stack(tmp_path / f"real {real}", posthog, door=door, real=real)
        stack.write("roles: {Analysts: {}}\n")
        runs = [as_told(stack.up(), stack), as_told(stack.up(), stack)]
        stack.write("roles: [Analysts]\n")
        runs.append(as_told(stack.preview(), stack))
        (stack.folder / "__main__.py").write_text(BROKEN)
        runs.append(as_told(stack.preview(), stack))
        told.append(runs)
    assert [status for status, _ in told[0]] == [0, 0, 1, 1]
    assert told[1] == told[0]


def test_pulumis_signal_ends_the_program_behind_it(plugin: subprocess.Popen[str]) -> None:
    """The plugin ends in order, and its status is handed on."""
    port = port_of(plugin)
    assert listening(port)
    plugin.send_signal(signal.SIGINT)
    assert plugin.wait(timeout=10) == 0
    assert not listening(port)


def test_a_program_whose_stand_in_is_killed_does_not_stay(plugin: subprocess.Popen[str]) -> None:
    """Pulumi kills what does not end."""
    port = port_of(plugin)
    plugin.kill()
    assert plugin.wait(timeout=10) == -signal.SIGKILL
    assert eventually(lambda: not listening(port))


def test_a_wrong_use_ends_with_the_words_and_the_status_of_the_program() -> None:
    """On its stderr, as the real one."""
    commands = [
        [str(folder / "pulumi-resource-posthog"), "no address"]
        for folder in (INSTALLED, forked.stand_ins(os.environ))
    ]
    real, ours = (subprocess.run(each, capture_output=True, text=True, check=False) for each in commands)
    assert (ours.returncode, ours.stdout, ours.stderr) == (real.returncode, real.stdout, real.stderr)
    assert "hint:" in ours.stderr


def test_a_sandbox_is_the_same_as_the_real_one_and_ends_in_order() -> None:
    """What it prints, what it serves, and how it ends."""
    told = []
    for real in (True, False):
        with Sandbox("--age", "2024", real=real) as posthog:
            served = posthog.get("/api/users/@me/")
            posthog.call("POST", f"/api/organizations/{posthog.organization}/roles/", {"name": "Ops"})
        assert posthog.process.returncode == 0
        told.append((re.sub(r"[\w.:-]*\d[\w.:-]*", "N", posthog.said), sorted(served), served["email"]))
    assert told[0] == told[1]


def test_a_sandbox_whose_stand_in_is_killed_does_not_stay() -> None:
    """As for the others."""
    posthog = Sandbox()
    port = int(posthog.url.rpartition(":")[2])
    assert listening(port)
    posthog.process.kill()
    assert eventually(lambda: not listening(port))
    posthog.stop()


def test_a_sandbox_that_cannot_start_says_why() -> None:
    """With the status of the real one."""
    with pytest.raises(AssertionError, match="invalid choice"):
        Sandbox("--age", "1999")
    with pytest.raises(AssertionError, match=r"error: .*rate"):
        Sandbox("--rate-limit", "many")


@pytest.mark.parametrize("variables", [{"PYTHONHASHSEED": "7"}, {}])
def test_what_it_does_not_know_becomes_the_real_program(variables: dict[str, str]) -> None:
    """Other variables for Python, or another use of Python than Pulumi's."""
    command = [str(forked.stand_ins(os.environ) / "python3"), "-c", "import os; print(os.getppid())"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **variables}
    )
    assert int(done.stdout) == os.getpid()
