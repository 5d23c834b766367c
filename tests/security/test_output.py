"""Names and texts that members of PostHog typed, in what this command and Pulumi print into the log of a CI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import yaml

from pulumi_posthog.cli import terminal
from pulumi_posthog.export.text import text_of
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.report.junit import allowed, document
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.kind import stored
from pulumi_posthog.values.masking import Mask, harmless, tells
from pulumi_posthog.values.text import printable

KEY = "phx_invented_for_this_test_0123456789"
HOSTILE = [
    "Web\n::error::all is well",
    "Web\r\n  ::add-mask::o",
    "::stop-commands::x",
    "Web\u2028::set-output name=a::b",
    "Web\x1c::ERROR file=x::b",
    "Web ##[add-mask]o",
    "##[group]Web",
]


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pulumi_posthog.values.masking.UNTOLD", Mask(KEY))


def commands(log: str) -> list[str]:
    """The lines that GitHub's runner would carry out (actions/runner, ActionCommand.cs: TryParseV2 and TryParse)."""
    return [line for line in log.splitlines() if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_line_of_a_log_is_a_command_for_the_ci(name, capsys):
    assert commands(name)

    pulumi_engine.say(f'role "{name}" exists already')
    pulumi_engine.warn(name)
    terminal.note(name)
    terminal.warn(name)
    terminal.error(name, hint=name)
    print(printable(name))
    print("\n".join(printable(name).split(" ")))  # as a narrow table folds it
    terminal.write(json.dumps({"name": name}, indent=2))

    said = capsys.readouterr()
    assert [line for line in commands(said.out + said.err) if "##[" in line or "err" in line] == []


@pytest.mark.parametrize("name", [*HOSTILE, "Web\u202e", "Web\r::error::o", "a: b :: c"])
def test_no_line_of_a_junit_document_is_a_command_and_each_text_stays_as_it_is(name):
    suites = Xml.Element("testsuites")
    Xml.SubElement(suites, "failure", message=allowed(name)).text = allowed(name)

    text = document(suites)

    assert commands(text) == []
    assert [sign for sign in "\u2028\u202e" if sign in text] == []
    failure = Xml.fromstring(text).find("failure")  # noqa: S314 - our own output
    assert (failure.get("message"), failure.text) == (allowed(name), allowed(name))


@pytest.mark.parametrize("name", [each for each in HOSTILE if "##[" not in each])
def test_no_line_of_an_export_is_a_command_and_each_text_stays_as_it_is(name):
    exported = text_of({name: {"description": name, "names": [name]}})

    assert commands(exported) == []
    assert yaml.safe_load(exported) == {name: {"description": name, "names": [name]}}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_state_keeps_of_posthog_is_no_command_when_pulumi_shows_it(name):
    kept = stored(KINDS["project"], {"name": name, "survey_config": json.dumps({"text": name}), "__at": "x"})

    # Pulumi shows a text line by line, and a text with JSON in it as lines of that.
    shown = "\n".join(f"      ~ {each}" for each in [kept["name"], json.loads(kept["survey_config"])["text"]])
    assert commands(shown.replace("~ ", "")) == []


def test_names_with_colons_stay_as_they_are():
    for name in ("Data::core", "a :: b", "::", "std::error::Error", "#1 [x]", "## [x]"):
        assert (harmless(name), printable(name)) == (name, name)


def test_json_means_the_same_whatever_it_has_in_it(capsys):
    terminal.write(json.dumps({"name": "##[error]x"}))

    written = capsys.readouterr().out
    assert (json.loads(written), commands(written)) == ({"name": "##[error]x"}, [])


@pytest.mark.parametrize("text", [KEY, f"https://x.io/?k={KEY}&a=1", f'a "{KEY}" b'])
def test_the_key_is_in_nothing_that_is_printed_or_kept_wherever_it_came_from(text, capsys):
    pulumi_engine.say(text)
    terminal.write(text)
    terminal.write(json.dumps({"text": text}))
    terminal.error(text)
    print(printable(text))
    kept = stored(
        KINDS["project"], {"product_description": text, "survey_config": json.dumps({"text": text})}
    )

    said = capsys.readouterr()
    assert KEY not in said.out + said.err + json.dumps(kept)
    assert said.out.count("<hidden>") == 3


def test_what_is_compared_or_sent_is_kept_as_it_is():
    properties = {"secret_config": "##[x]", "rotate_api_token": "::error::", "__place": "##[x]"}

    assert stored(KINDS["project"], properties) == properties


def test_a_program_cannot_send_the_key_in_a_resource():
    assert tells({"name": f"a {KEY}"})
    assert not tells({"name": "a"})


def test_every_connection_has_its_key_hidden(monkeypatch):
    from pulumi_posthog.api import Connection

    told = Mask()
    monkeypatch.setattr("pulumi_posthog.values.masking.UNTOLD", told)

    Connection("https://eu.posthog.com", KEY)

    assert told(KEY) == "<hidden>"


@pytest.mark.parametrize(
    "key", ["phx_\udcff\udcfe", "phx_\ud800", "phx_\0", "phx_\n\n", "phx_\u202e", "é" * 9]
)
def test_a_key_of_any_bytes_is_hidden_and_no_traceback(key: str):
    mask = Mask(key)

    assert mask(f"a {key} b") == "a <hidden> b"


def test_a_key_that_is_no_text_is_refused_by_a_verb(tmp_path: Path):
    (tmp_path / "posthog.yaml").write_text(
        "organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}\nroles: {A: {}}\n"
    )

    done = subprocess.run(
        [Path(sys.executable).parent / "pulumi-posthog", "drift"],
        cwd=tmp_path,
        env={**os.environ, "POSTHOG_PERSONAL_API_KEY": os.fsdecode(b"phx_\xff\xfe")},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert b"the personal API key has characters that no key has" in done.stderr
    assert b"\xff" not in done.stderr


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_what_nobody_sees_is_escaped_in_what_programs_read(form, capsys):
    name = "Web \u202etxt.exe\u2028Größe \U0001f994 \U000e0041"

    terminal.write(json.dumps({"name": name}, indent=2, ensure_ascii=False), form)

    said = capsys.readouterr().out
    assert json.loads(said) == {"name": name}
    assert all(line.isprintable() for line in said.split("\n"))
    assert "Größe \U0001f994" in said
