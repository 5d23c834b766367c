"""Texts that nobody would write: each is read, or refused, in a number of steps that its length bounds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_posthog import config
from pulumi_posthog.api.errors import ApiError
from pulumi_posthog.api.refusal import refusal, seconds_until, title_of
from pulumi_posthog.cli.comparing import rules_in
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.drift import baseline
from pulumi_posthog.report import markdown
from pulumi_posthog.report.html import rendered as html
from pulumi_posthog.stack import other_stacks, state
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.state import StateError
from pulumi_posthog.values import masking
from pulumi_posthog.values.duration import seconds
from pulumi_posthog.values.json_value import Damaged, json_in
from pulumi_posthog.values.masking import Mask
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.text import lines, printable

HEADER = "organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}\n"
EXAMPLES = 60
GENEROUS = 20.0  # seconds of this process for a text of some kB: what hangs takes for ever
quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Steps:
    """How many calls were made, of Python's functions and of those in C, and how long all took."""

    number = 0
    seconds = 0.0


@contextmanager
def counted() -> Iterator[Steps]:
    """Counts what is called in the block: the same on every machine, under any load."""
    steps, before = Steps(), sys.getprofile()

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        steps.number += event in ("call", "c_call")

    started = time.process_time()
    sys.setprofile(note)
    try:
        yield steps
    finally:
        sys.setprofile(before)
        steps.seconds = time.process_time() - started


def repeated(units: tuple[str, ...], most: int = 300) -> st.SearchStrategy[str]:
    """Pieces, each many times: what makes a parser go back and forth."""
    piece = st.builds(lambda unit, number: unit * number, st.sampled_from(units), st.integers(1, most))
    return st.lists(piece, max_size=5).map("".join)


YAML = (
    *(
        "[",
        "]",
        "{",
        "}",
        "- ",
        "? ",
        ": ",
        "a: ",
        '"',
        "'",
        "|\n ",
        ">\n ",
        "# ",
        "---\n",
        "...\n",
        "\t",
        " ",
    ),
    *(
        "&a [",
        "*a, ",
        "&b {<<: *a}",
        "<<: *a\n",
        "!env X ",
        "!include x.yaml ",
        "!include '**/*.yaml' ",
        "!file a ",
    ),
    *(
        "!!python/object:os.system ",
        "!secret k ",
        "\n",
        "\n  ",
        "roles:\n",
        "projects:\n",
        "  A: {}\n",
        "Ä",
        "\x85",
    ),
    *(
        "  A:\n    previously: [B]\n",
        "%YAML 1.1\n",
        "\\x1b",
        "0x1",
        "1e9",
        "9",
        "2026-99-99",
        "\ufeff",
        "k" * 40,
    ),
)


@quick
@given(
    text=repeated(YAML),
    under=st.sampled_from(["", "roles: ", "roles:\n  ", "projects: {Web: ", "projects: {Web: {persons: "]),
)
def test_a_file_is_read_or_refused_in_bounded_steps(tmp_path: Path, monkeypatch, text: str, under: str):
    monkeypatch.chdir(tmp_path)
    content = HEADER + under + text
    Path("posthog.yaml").write_text(content, encoding="utf-8")
    Path("x.yaml").write_text("A: {}\n", encoding="utf-8")

    with counted() as steps:
        told = reason(lambda: config.load(Path("posthog.yaml"), environment={}, offline=True), ConfigError)

    assert steps.number < 20_000 + 600 * len(content)
    assert steps.seconds < GENEROUS
    assert len(told) < 1_000_000


def reason(read: Callable[[], object], *expected: type[Exception]) -> str:
    """Why it is refused, "" where it is not; anything but the expected errors is a traceback."""
    try:
        read()
    except expected as error:
        return str(error)
    return ""


WAYS = {
    "nested": lambda n: "roles: " + "[" * n,
    "nested mappings": lambda n: "roles:\n" + "".join(f"{' ' * level}a:\n" for level in range(min(n, 2_000))),
    "long key": lambda n: f"roles: {{{'k' * n}: {{}}}}\n",
    "many keys": lambda n: "roles:\n" + "".join(f"  r{number}: {{}}\n" for number in range(n)),
    "many unknown keys": lambda n: "roles:\n" + "".join(f"  r{number}: {{x: 1}}\n" for number in range(n)),
    "the same key": lambda n: "roles:\n" + "  a: {}\n" * n,
    "names alike": lambda n: (
        "roles:\n" + "".join(f"  {'a' * 20}{number}: {{nam: 1}}\n" for number in range(n))
    ),
    "aliases": lambda n: "x: &x {a: 1}\nroles:\n" + "".join(f"  r{number}: *x\n" for number in range(n)),
    "merges": lambda n: "x: &x {a: 1}\nroles:\n  A: {<<: [" + "*x, " * n + "]}\n",
    "previously": lambda n: (
        "roles:\n  A: {previously: [" + ", ".join(f"b{number}" for number in range(n)) + "]}\n"
    ),
    "members": lambda n: (
        "roles:\n  A: {members: [" + ", ".join(f"b{number}@x.io" for number in range(n)) + "]}\n"
    ),
    "includes": lambda n: "roles: !include x.yaml\n" * n,
    "a long line": lambda n: "roles: " + "a " * n,
    "quotes": lambda n: "roles: " + '"' * n,
    "comments": lambda n: "# \n" * n,
    "documents": lambda n: "---\n" * n,
}


@pytest.mark.parametrize("way", WAYS)
def test_twice_the_file_takes_twice_the_steps(proposed, way: str):
    numbers = []
    for size in (200, 400):
        (proposed.folder / "x.yaml").write_text("A: {}\n")
        with counted() as steps:
            reason(lambda size=size: proposed(WAYS[way](size), {}, offline=True), ConfigError)
        numbers.append(steps.number)

    assert numbers[1] < 2.3 * numbers[0] + 2_000


def test_many_includes_and_wildcards_take_as_many_steps_as_there_are_files(proposed):
    numbers = []
    for count in (40, 80):
        folder = proposed.folder / f"roles{count}"
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.yaml").write_text(f"R{number}: {{}}\n")
        with counted() as steps:
            assert len(proposed(f"roles: !include 'roles{count}/**/*.yaml'\n", {}).entries) == count
        numbers.append(steps.number)

    assert numbers[1] < 2.3 * numbers[0] + 2_000


def test_bombs_are_refused_before_they_unfold(proposed):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(letter + 1)}: &{chr(letter + 1)} [*{chr(letter)}, *{chr(letter)}]\n"
        for letter in range(97, 121)
    )

    with counted() as steps:
        said = proposed.refused(bomb + "roles: *y\n", {})

    assert said
    assert steps.number < 200_000


PAGE = (
    *(
        "<title",
        "<title>",
        "</title",
        "</title>",
        "<html>",
        "<!doctype html>",
        ">",
        "<",
        "İ",
        "\0",
        "&amp;",
        " ",
    ),
    *("\n", "{", "[", '"', '{"detail": "', '"}', "x" * 50, "\x1b[31m", "\u202e", "é", '{"a":', "1"),
)


@quick
@given(page=repeated(PAGE, 2_000), status=st.sampled_from([400, 403, 404, 429, 500, 502]))
def test_an_error_page_is_told_in_bounded_steps(page: str, status: int):
    with counted() as steps:
        title_of(page)
        error = refusal(
            "GET", "/api/x/", status, {"content-type": "text/html"}, page.encode(), mask=Mask("secret")
        )

    assert isinstance(error, ApiError)
    assert "\n" not in str(error).partition("\n  hint: ")[0]
    # Each character that is looked at costs a step or two; no more of them are than the bound of foreign words.
    assert steps.number < 20_000 + 4 * min(len(page), 50_000)
    assert steps.seconds < GENEROUS


@quick
@given(header=repeated(("9", "-", ":", " ", "Mon, ", "GMT", "e", ".", "inf", "nan", "+9999"), 50))
def test_a_time_to_wait_is_a_number_or_none(header: str):
    wait = seconds_until(header)

    assert wait is None or wait >= 0


@quick
@given(text=repeated(("9", "h", "m", "s", " ", "-", "1h", "٣", "\n"), 400))
def test_a_duration_is_a_number_or_refused(text: str):
    seconds("1s")  # Python makes its expressions at their first use

    with counted() as steps:
        reason(lambda: seconds(text) + 0.5, ValueError)

    assert steps.number < 500


STATE = (
    *(
        '{"deployment": ',
        '{"resources": [',
        '{"type": "posthog:index:Role"',
        ', "urn": "',
        '"inputs": {',
        "null",
        "[",
        "]",
    ),
    *(
        "{",
        "}",
        '"',
        ",",
        ":",
        "1e999",
        "-",
        "0",
        "NaN",
        "\\ud800",
        "\\",
        "\x00",
        "é",
        "true",
        '"__proto__": ',
    ),
)
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "deployment",
                    "resources",
                    "type",
                    "urn",
                    "id",
                    "inputs",
                    "outputs",
                    "delete",
                    "__managed",
                    "__at",
                    "__addresses",
                    "__salt",
                    "secret_config",
                    "config_fingerprints",
                    "__declared",
                    "__nulls",
                    "name",
                    "config",
                    "members",
                    "findings",
                    "fingerprint",
                    "__host",
                    "__left",
                ]
            ),
            inner
            | st.sampled_from(
                [
                    "posthog:index:Guard",
                    "posthog:index:Role",
                    "posthog:index:Project",
                    "urn:pulumi:s::p::t::guard",
                ]
            ),
            max_size=8,
        )
    ),
    max_leaves=40,
)


@quick
@given(
    text=repeated(STATE)
    | SHAPES.map(json.dumps)
    | SHAPES.map(lambda inner: json.dumps({"deployment": {"resources": [inner]}}))
)
def test_a_state_or_a_report_of_any_form_is_one_line(tmp_path: Path, text: str):
    file = tmp_path / "given.json"
    file.write_text(text, encoding="utf-8", errors="replace")
    read = state.state_in(file)

    with counted() as steps:
        told = [
            reason(lambda: state.recorded(read, "s"), StateError),
            reason(lambda: state.managed(read, "s"), StateError),
            reason(lambda: state.addresses(read, "s"), StateError),
            reason(lambda: state.check_host("https://eu.posthog.com", read, "s"), StateError),
            reason(lambda: other_stacks.owners(["given.json"], tmp_path), UnknownOwners),
            reason(lambda: baseline.read(file), ConfigError),
            reason(lambda: json_in(read, dict, levels=3), Damaged),
        ]
        state.is_of(file, read)

    assert [each for each in told if "\n" in each.partition("\n  hint: ")[0]] == []
    assert steps.number < 20_000 + 200 * len(text)
    assert steps.seconds < GENEROUS


@quick
@given(text=repeated(YAML))
def test_a_list_of_what_to_ignore_of_any_form_is_refused_or_read(tmp_path: Path, text: str):
    file = tmp_path / "ignore.yaml"
    file.write_text(text, encoding="utf-8")

    with counted() as steps:
        reason(lambda: rules_in(file), ConfigError, Stop)

    assert steps.number < 20_000 + 600 * len(text)
    assert steps.seconds < GENEROUS


@pytest.mark.parametrize("show", [printable, lines, markdown.escaped, markdown.code, masking.harmless])
def test_twice_the_text_takes_twice_the_steps_to_show(show: Callable[[str], object]):
    for unit in ("a", "`", "::", "\n::error", "##[", "\x1b", "|", "@a"):
        numbers = []
        for size in (2_000, 4_000):
            with counted() as steps:
                show(unit * size)
            numbers.append(steps.number)
        assert numbers[1] < 2.2 * numbers[0] + 500, unit


class Counting(str):
    """A text that counts how often it is searched from its beginning to its end."""

    searched = 0

    def replace(self, *_arguments: object) -> Counting:  # type: ignore[override]
        Counting.searched += 1
        return self


def test_thousands_of_secrets_are_looked_for_once_each_whatever_the_text(monkeypatch: pytest.MonkeyPatch):
    spelt = []
    spellings = masking.spellings
    monkeypatch.setattr(masking, "spellings", lambda secret: spelt.append(secret) or spellings(secret))
    mask = Mask()
    for number in range(3_000):
        mask.add(f"phc_secret_{number}_of_many")

    searched = []
    for size in (10, 10_000):
        Counting.searched = 0
        mask(Counting("phc_secret_ " * size))
        searched.append(Counting.searched)

    assert searched[0] == searched[1] < 20 * 3_000
    assert len(spelt) == 3_000  # worked out once, not for each text, nor for each secret that is added
    assert mask("a phc_secret_2999_of_many b") == "a <hidden> b"


def test_a_page_of_many_findings_is_as_long_as_they_are():
    from pulumi_posthog.drift.finding import Failed, Report

    lengths = [
        len(html(Report(file="x", failures=tuple(Failed("<" * 100, None) for _ in range(number)))))
        for number in (100, 200)
    ]

    assert lengths[1] < 2.1 * lengths[0]
