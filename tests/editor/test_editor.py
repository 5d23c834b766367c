"""In an editor, posthog.yaml is completed, explained and checked while somebody writes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from editor.conftest import EXAMPLE, TAGS
from editor.editor import Editor, Mark

REPOSITORY = Path(__file__).parents[2]
TEXT = (EXAMPLE / "posthog.yaml").read_text(encoding="utf-8")
# The modeline: where the schema is.
ORGANIZATION = (
    TEXT.partition("\n")[0]
    + """
organization:
  host: https://eu.posthog.com
  id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c
"""
)
PROJECT = ORGANIZATION + "projects:\n  Web:\n"
ROLE = ORGANIZATION + "roles:\n  Analysts:\n"
EUROPE_B = ["Belfast", "Belgrade", "Berlin", "Bratislava", "Brussels", "Bucharest", "Budapest", "Busingen"]


def told_to_users() -> list[object]:
    """The texts that tell users which tags to set up."""
    pages = [
        REPOSITORY / "README.md",
        *REPOSITORY.glob("docs/**/*.md"),
        *REPOSITORY.glob("examples/**/*.yaml"),
    ]
    found = [
        pytest.param(match[1], id=str(page.relative_to(REPOSITORY)))
        for page in sorted(pages)
        for match in re.finditer(r'"yaml\.customTags":\s*(\[[^\]]*\])', page.read_text(encoding="utf-8"))
    ]
    assert found, "nobody is told which tags to set up"
    return found


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        (ORGANIZATION + "ro|", ["roles"]),
        (PROJECT + "    time|", ["timezone"]),
        (PROJECT + "    pipeline|", ["pipeline_destinations"]),
        (ROLE + "    mem|", ["members"]),
    ],
    ids=["section", "setting", "section of a project", "members"],
)
def test_a_name_that_is_begun_is_completed(editor: Editor, text: str, offered: list[str]) -> None:
    assert editor.offered(text) == offered


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        (PROJECT + "    week_start_day: |", ["0", "1", "null", "Default value"]),
        (PROJECT + "    timezone: Europe/B|", [f"Europe/{city}" for city in EUROPE_B]),
        (PROJECT + "    base_currency: EU|", ["EUR"]),
        (ROLE + "    members:\n      mode: |", ["exact", "additive"]),
    ],
    ids=["week_start_day", "timezone", "base_currency", "mode"],
)
def test_choices_are_offered(editor: Editor, text: str, choices: list[str]) -> None:
    assert [each for each in editor.offered(text) if not each.startswith("!")] == choices


def test_our_tags_are_offered_for_a_value(editor: Editor) -> None:
    offered = editor.offered(PROJECT + "    slack_incoming_webhook: !|")

    assert offered == list(dict.fromkeys(tag.split()[0] for tag in TAGS))
    assert {"!env", "!secret", "!include"} <= set(offered)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            PROJECT + "    time|zone: UTC",
            'The time zone of dates, charts and daily reports.\n\nPostHog\'s default: `"UTC"`\n',
        ),
        (
            PROJECT + "    week_start_|day: 1",
            "The day on which weeks begin in charts: `0` Sunday, `1` Monday.\n",
        ),
        (ORGANIZATION + "ro|les: {}", "A role of the organization."),
    ],
    ids=["timezone", "week_start_day", "roles"],
)
def test_a_name_is_explained(editor: Editor, text: str, shown: str) -> None:
    assert shown in editor.hover(text)


@pytest.mark.parametrize(
    ("text", "line", "underlined", "message"),
    [
        (
            PROJECT + "    timezone: Europe/Berlim",
            -1,
            "Europe/Berlim",
            'Value is not accepted. Valid values: "Africa/Abidjan", ',
        ),
        (PROJECT + "    anonymize_ips: yess", -1, "yess", 'Incorrect type. Expected "boolean".'),
        (PROJECT + "    session_recording_sample_rate: 7", -1, "7", "Value is above the maximum of 1."),
        (
            PROJECT + "    timezon: UTC\n    week_start_day: 1",
            -2,
            "timezon",
            "Property timezon is not allowed.",
        ),
        (ROLE + "    members: [ana@acme.io, bo, cy@acme.io]", -1, "bo", "must be an e-mail address"),
        (
            ORGANIZATION.replace("0191c0de", "0191code"),
            -1,
            "0191code-7e3a-0000-8000-0c6f5d1a2b3c",
            "must be a UUID",
        ),
    ],
    ids=["no choice", "no boolean", "too much", "no setting", "no address", "no UUID"],
)
def test_a_mistake_is_marked_at_its_exact_place(
    editor: Editor, text: str, line: int, underlined: str, message: str
) -> None:
    (mark,) = editor.marks(text)

    assert mark._replace(message="") == Mark(text.splitlines()[line].strip(), underlined, "")
    assert mark.message.startswith(message)


def test_the_example_has_no_mark(editor: Editor) -> None:
    assert editor.marks(TEXT) == []


@pytest.mark.parametrize(
    "text",
    [
        ORGANIZATION + "roles: !include roles/*.yaml",
        PROJECT.rstrip() + " !include projects/web.yaml",
        ROLE + "    members: !include people.yaml",
        PROJECT
        + "    slack_incoming_webhook: !secret webhook\n    app_urls: [!env SITE, !env [SHOP, https://acme.io]]",
    ],
    ids=["a section from files", "an entry from a file", "members from a file", "secrets and variables"],
)
def test_what_stands_elsewhere_has_no_mark(editor: Editor, text: str) -> None:
    assert editor.marks(text) == []


def test_without_our_tags_every_one_of_them_is_marked(fresh_editor: Editor) -> None:
    text = PROJECT + "    slack_incoming_webhook: !secret webhook\n    product_description: !env WORDS"

    assert [(mark.underlined, mark.message) for mark in fresh_editor.marks(text)] == [
        ("!secret webhook", "Unresolved tag: !secret"),
        ("!env WORDS", "Unresolved tag: !env"),
    ]


@pytest.mark.parametrize("told", told_to_users())
def test_users_are_told_these_tags(told: str) -> None:
    assert tuple(json.loads(told)) == TAGS
