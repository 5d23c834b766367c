"""What others wrote is read, and told, within bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pulumi_posthog.cli import comparing
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.machine import without_password
from pulumi_posthog.drift import baseline
from pulumi_posthog.stack import other_stacks, state
from pulumi_posthog.stack.handlers.guard import GuardHandler
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.state import StateError
from pulumi_posthog.values import problem
from pulumi_posthog.values.bounds import COMPLAINT_BYTES, MESSAGE, PROBLEMS, TooLarge, text_of
from pulumi_posthog.values.json_value import Damaged, json_in
from pulumi_posthog.values.masking import Mask
from pulumi_posthog.values.problem import ConfigError, Problem
from pulumi_posthog.values.program import output_of

KEY = "phx_a_key_that_nobody_has"
MUCH = 100_000  # characters of a log that nobody would read either


def test_a_small_file_makes_no_log_of_megabytes(proposed):
    name = "n" * 5_000
    rows = "".join(f"  {name}{number}: {{members: 3, x: 4}}\n" for number in range(3))
    many = "".join(f"  r{number}: {{x: 1}}\n" for number in range(PROBLEMS + 100))

    long_ones = proposed.refused(f"roles:\n{rows}", {}, offline=True)
    many_ones = proposed.refused(f"roles:\n{many}", {}, offline=True)

    assert all(len(said) < 3 * MESSAGE for said in long_ones)
    assert len(many_ones) == PROBLEMS + 1
    assert many_ones[-1].startswith("and 100 more problems")
    assert sum(map(len, many_ones)) < MUCH


def test_what_is_cut_says_so_and_what_fits_stays_whole():
    whole, cut = Problem("x" * MESSAGE), Problem('"' + "x" * 9_000 + '" is no name', hint="y" * MESSAGE)

    assert whole.message == "x" * MESSAGE
    assert cut.hint == "y" * MESSAGE
    assert "... (7,013 more characters) ..." in cut.message
    assert cut.message.endswith('xx" is no name')


def test_no_half_of_the_key_stands_where_a_problem_was_cut(monkeypatch):
    monkeypatch.setattr(problem, "UNTOLD", Mask(KEY))

    for before in range(MESSAGE - MESSAGE // 4 - len(KEY), MESSAGE - MESSAGE // 4):
        said = Problem("x" * before + KEY + "y" * MESSAGE).message
        assert KEY[:8] not in said


def test_a_file_without_an_end_is_read_to_its_bound():
    with pytest.raises(TooLarge, match="larger than"):
        text_of(Path("/dev/zero"), 1_000_000)
    with pytest.raises(ConfigError, match="larger than"):
        baseline.read(Path("/dev/zero"))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b"null", b'{"deployment": 3}'])
def test_what_is_no_state_and_no_report_is_said_in_one_line(tmp_path: Path, content: bytes):
    file = tmp_path / "given.json"
    file.write_bytes(content)

    with pytest.raises(StateError, match="is not the state"):
        state.recorded(state.state_in(file), str(file))
    with pytest.raises(ConfigError, match="is not a report"):
        baseline.read(file)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(letter + 1)}: &{chr(letter + 1)} [{', '.join([f'*{chr(letter)}'] * 9)}]\n"
    for letter in range(97, 110)
)


@pytest.mark.parametrize("content", [BOMB, "[" * 100_000, "- &a [*a]", "x: !!timestamp 2026-99-99"])
def test_a_list_of_what_to_ignore_is_no_way_to_hang(tmp_path: Path, content: str):
    file = tmp_path / "ignore.yaml"
    file.write_text(content)

    refused = finished(lambda: comparing.rules_in(file))

    assert isinstance(refused, Stop)


SAYS_MUCH = "import sys\nwhile True: sys.stdout.write('x' * 100_000)"
COMPLAINS = "import sys\nfor _ in range(300): sys.stderr.write('x' * 100_000)"
LEAVES_A_CHILD = "import subprocess, sys; subprocess.Popen(['sleep', '60']); print('{}')"


def test_a_program_that_prints_without_an_end_is_ended_at_the_bound(tmp_path: Path):
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        output_of([sys.executable, "-c", SAYS_MUCH], tmp_path, seconds=60, most=1_000_000)


def test_a_program_that_complains_without_an_end_is_ended(tmp_path: Path):
    done = output_of([sys.executable, "-c", COMPLAINS], tmp_path, seconds=60, most=1_000_000)

    assert (done.status != 0, len(done.complaint)) == (True, COMPLAINT_BYTES)


def test_a_program_that_does_not_end_is_ended(tmp_path: Path):
    with pytest.raises(subprocess.TimeoutExpired):
        output_of(["sleep", "60"], tmp_path, seconds=0.2, most=1_000)


@pytest.mark.parametrize("verb", ["export", "config", "other", "own"])
@pytest.mark.parametrize(
    "printed",
    ["print('x' * 3_000_000)", "import os; os.write(1, b'\\xff')", "print('[' * 100_000)", "print('[3]')"],
)
def test_what_pulumi_prints_is_read_within_bounds_and_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, printed: str
):
    pulumi = tmp_path / "bin/pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text(f"#!{sys.executable}\n{printed}\n")
    pulumi.chmod(0o700)
    monkeypatch.setenv("PATH", str(pulumi.parent))
    for module in (state, other_stacks):
        monkeypatch.setattr(module, "STATE_BYTES", 1_000_000)
    monkeypatch.setattr(state._pulumi, "__defaults__", (60, 1_000_000))

    asked = {
        "export": lambda: state.recorded(state.state_of("dev", tmp_path), "dev"),
        "config": lambda: state.settings_of("dev", tmp_path),
        "other": lambda: other_stacks.owners(["dev"], tmp_path),
        "own": lambda: other_stacks.own_state("urn:pulumi:dev::p::t::n", tmp_path),
    }
    with pytest.raises((StateError, UnknownOwners)) as refused:
        asked[verb]()

    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


GUARD = "urn:pulumi:dev::p::posthog:index:Guard::guard"
DAMAGED = [
    "[" * 100_000,
    "3",
    "[]",
    '{"role": []}',
    '{"role": {"": ["A"]}}',
    '{"role": {"": {"A": {}}}}',
    "{",
    3,
    {},
]


@pytest.mark.parametrize("kept", DAMAGED, ids=lambda kept: str(kept)[:20])
def test_a_guard_whose_memory_is_damaged_refuses_the_run(kept: object, monkeypatch: pytest.MonkeyPatch):
    handler = GuardHandler(Run())
    declared = {"__managed": '{"role": {"": {"A": ""}}}'}

    refused = handler.check({"__managed": kept}, declared).failures

    # Not the same as a guard that remembers nothing.
    assert ["cannot be read" in each.reason for each in refused] == [True]
    assert handler.check({}, declared).failures == []


@pytest.mark.parametrize("kept", DAMAGED[:-1], ids=lambda kept: str(kept)[:20])
def test_a_damaged_guard_is_told_by_who_reads_a_state(kept: object):
    resource = {"urn": GUARD, "type": "posthog:index:Guard", "inputs": {"__managed": kept}}
    text = json.dumps({"deployment": {"resources": [resource]}})

    with pytest.raises(StateError, match="what its guard remembers cannot be read"):
        state.managed(text, "state.json")


def test_a_guard_remembers_no_more_than_the_bound(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Damaged, match="larger than 1 MB"):
        json_in('{"a": "' + "x" * 1_000_000 + '"}', dict, most=1_000_000)


def finished(what) -> BaseException | None:
    """What it raised within a generous time."""
    result: list[BaseException | None] = []

    def run() -> None:
        try:
            what()
            result.append(None)
        except BaseException as error:
            result.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(60)
    assert result, "it does not end"
    return result[0]


@pytest.mark.parametrize("text", ["//a" * 100_000, "//" + "a" * 300_000, "//:" * 100_000, "//a:b" * 60_000])
def test_the_passwords_of_addresses_are_looked_for_in_linear_time(text: str):
    before = os.times().user

    without_password(text)

    assert os.times().user - before < 10
    assert without_password("postgres://ana:hush@db:5432/x") == "postgres://ana:***@db:5432/x"
