"""Names that drive a terminal, begin lines or turn the direction of text, wherever they come from."""

from __future__ import annotations

import ast
import datetime
from pathlib import Path

import pytest

import pulumi_posthog
from pulumi_posthog.checks.setting import SettingError, setting
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import kinds
from pulumi_posthog.drift.rules import Rule, ignored, rules
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.limits import Limits, LimitsError, TooMany, erasure_refusal
from pulumi_posthog.reconcile.losses import Loss, refusal_of_losses
from pulumi_posthog.reconcile.objections import objection_to_absence
from pulumi_posthog.reconcile.recasing import words
from pulumi_posthog.reconcile.renames import Rename
from pulumi_posthog.stack import places, pulumi_engine
from pulumi_posthog.stack.handlers.call import Call, serving
from pulumi_posthog.stack.handlers.clean import harmless_check
from pulumi_posthog.stack.handlers.results import CheckFailure, CheckResult
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import shown_name
from pulumi_posthog.values.problem import ConfigError, Problem
from pulumi_posthog.values.spelling import drives
from pulumi_posthog.values.text import lines

HOSTILE = [
    "Web\x1b[2J\x1b[31m",
    "Web\x1b]0;title\x07",
    "Web\u202eevil\u202c",
    "Web\x00",
    "Web\x9b31m",
    "Web\r",
    "Web\u2028x",
    "Web\n  hint: run this",
]
PROJECT, ROLE, MEMBERSHIP = KINDS["project"], KINDS["role"], KINDS["role_membership"]


def is_clean(text: str) -> bool:
    return not any(drives(character) for character in text.replace("\n", ""))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_pulumi_is_told_drives_no_terminal(name: str):
    said: list[str] = []
    call = Call("urn", said.append, said.append)

    with serving(call):
        pulumi_engine.say(name)
        pulumi_engine.warn(name)
        with pytest.raises(ValueError, match="Web"):
            pulumi_engine.fail(ValueError(name), Run().once)
    answer = harmless_check(CheckResult({}, [CheckFailure("", name)]))

    assert isinstance(answer, CheckResult)
    assert call.failure is not None
    assert [
        text for text in (*said, call.failure.text, answer.failures[0].reason) if not is_clean(text)
    ] == []


def test_messages_of_several_lines_keep_them():
    assert lines("one\n  hint: two\x1b") == "one\n  hint: two\ufffd"


def found(name: str) -> Found:
    return Found(PROJECT, "7", {"id": 7, "name": name})


def refused(call) -> str:
    with pytest.raises((LimitsError, SettingError, Stop)) as caught:
        call()
    return str(caught.value)


LIMITS = Limits.from_settings({}, KINDS)
SAID = {
    "too many removals": lambda name: str(TooMany(ROLE, name, (name, name), 3)),
    "a loss": lambda name: str(Loss(MEMBERSHIP, ROLE, name, (name,))),
    "losses": lambda name: str(refusal_of_losses([Loss(MEMBERSHIP, ROLE, name, (name,) * 20)], LIMITS)),
    "a rename": lambda name: str(Rename(ROLE, name, name, name)),
    "called otherwise": lambda name: str(objection_to_absence(PROJECT, found(name), {"name": f"{name}!"})),
    "a case": lambda name: words(ROLE, Difference(ROLE.field("name"), name, name.upper())),
    "persons": lambda name: str(erasure_refusal(9, name, Limits.from_settings({"maxErasures": "1"}, KINDS))),
    "a name of the state": lambda name: shown_name(f"urn:pulumi:s::p::t::{name}"),
    "no name": shown_name,
    "a problem": lambda name: str(Problem(name, hint=name)),
    "a place": lambda name: places.with_place(
        ValueError("no"), f"urn:pulumi:s::p::posthog:index:Role::{name}", None
    ),
    "a setting": lambda name: refused(lambda: setting(name)),
    "a limit": lambda name: refused(lambda: Limits.from_settings({"allowRemovals": name}, KINDS)),
    "a number": lambda name: refused(lambda: Limits.from_settings({"maxErasures": name}, KINDS)),
    "a rule that is over": lambda name: ignored(
        (), [Rule(name, "r", "o", datetime.date(2020, 1, 1))], datetime.date(2026, 1, 1)
    )[1][0],
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("what", SAID)
def test_a_name_begins_no_line_of_a_message(what: str, name: str):
    plain, hostile = SAID[what]("Web"), SAID[what](name)

    assert hostile.count("\n") == plain.count("\n")
    assert is_clean(hostile)


def test_names_in_messages_pass_one_line_by_rule():
    """What is in quotes in a message comes from PostHog, a state, a setting or a file; Problem sees to its own."""
    package = Path(pulumi_posthog.__file__).parent
    plain = [
        f"{path.relative_to(package)}:{node.lineno}: {value}"
        for room in ("stack", "reconcile", "checks/outcome.py", "checks/setting.py")
        for path in ([package / room] if room.endswith(".py") else sorted((package / room).rglob("*.py")))
        for node, value in quoted(ast.parse(path.read_text(encoding="utf-8")))
        if not value.startswith(("one_line(", "shown_name("))
    ]

    # Ours: words of the kinds, and of this package.
    ours = ("kind.", "field.", "words", "PLUGIN", "DYNAMIC")
    assert [each for each in plain if not each.partition(": ")[2].startswith(ours)] == []


def quoted(tree: ast.AST):
    """Each value that stands right behind a quotation mark in a text, outside of what makes a Problem."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem":
            continue
        if isinstance(node, ast.JoinedStr):
            for before, value in zip(node.values, node.values[1:], strict=False):
                quotes = isinstance(before, ast.Constant) and str(before.value).endswith('"')
                if quotes and isinstance(value, ast.FormattedValue):
                    yield node, ast.unparse(value.value)
        yield from quoted(node)


@pytest.mark.parametrize("escaped", [r"A\e[31m", r"A\u202e", r"A\nB", r"A\x85B"])
def test_they_are_refused_wherever_a_file_has_names(proposed, escaped: str):
    key = proposed.refused(f'roles: {{"{escaped}": {{}}}}\n', {}, offline=True)
    earlier = proposed.refused(f'roles: {{X: {{previously: "{escaped}"}}}}\n', {}, offline=True)
    several = proposed.refused(f'roles: {{X: {{previously: [Y, "{escaped}"]}}}}\n', {}, offline=True)
    check = proposed.refused(
        f'projects: {{Web: {{checks: {{"{escaped}": {{query: select 1, expect: "> 0"}}}}}}}}\n',
        {},
        offline=True,
    )

    for said in (key, earlier, several, check):
        assert len(said) == 1, said
        assert "a character that ends a line, drives a terminal or turns the direction of text" in said[0]
        assert is_clean(said[0])


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("key", ["path", "reason", "owner"])
def test_they_are_refused_in_a_list_of_what_to_ignore(key: str, name: str):
    rule = {"path": "a", "reason": "b", "owner": "c", "until": "2026-12-31", key: name}

    with pytest.raises(ConfigError) as caught:
        rules([rule], "ignore.yaml")

    assert len(caught.value.problems) == 1
    assert is_clean(str(caught.value))


@pytest.mark.parametrize("name", HOSTILE)
def test_they_are_told_harmlessly_of_an_option(name: str, capsys):
    from pulumi_posthog.cli import terminal

    with pytest.raises(Stop) as caught:
        kinds([name])
    terminal.error(caught.value.failure.message, caught.value.failure.hint)

    assert is_clean(capsys.readouterr().err)
