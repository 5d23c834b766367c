"""What the documentation says is so: links lead somewhere, names are known, examples load, pages are current."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.sandbox import Sandbox
from harness.stack import HEADER, Stack
from pulumi_posthog import config
from pulumi_posthog.cli.application import VERBS, run
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.generate import command_line, kinds, operations
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.limits import SETTINGS

from . import pages

README = pages.REPOSITORY / "README.md"
PACKAGE = pages.REPOSITORY / "provider" / "pulumi_posthog"
LINK = re.compile(r"\]\(([^)\s]+)\)")
ALL_TEXT = "\n".join(page.read_text() for page in pages.PAGES)
SECTIONS = {"organization", "projects", "roles"}
# Between the sandbox's own modules, and never set by anybody.
INTERNAL = {"POSTHOG_SANDBOX_DATABASE"}
# Names that the pages make up, for secrets, or that are no settings of a stack.
MADE_UP = {"name", "recording", "ordersHookToken"}


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path):
    lost = []
    for link in LINK.findall(page.read_text()):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
            lost.append(link)

    assert lost == []


def test_every_page_can_be_found_from_the_readme():
    reached, ahead = set[Path](), [README]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(page.read_text()))
        ahead += {
            target for link in links if (target := (page.parent / link).resolve()) in pages.PAGES
        } - reached

    assert set(pages.PAGES) - reached == set()


def examples() -> list[pages.Block]:
    """The YAML blocks that are a posthog.yaml, whole or in part."""
    found = []
    for page in pages.PAGES:
        for block in pages.blocks(page):
            keys = re.findall(r"^(\w+):", block.text, re.MULTILINE)
            if block.language == "yaml" and SECTIONS & set(keys):
                found.append(block)
    return found


def test_there_are_examples():
    assert len(examples()) > 5


@pytest.mark.parametrize("block", examples(), ids=lambda block: block.name)
def test_every_example_loads(block: pages.Block, tmp_path: Path):
    text = block.text if re.search(r"^organization:", block.text, re.MULTILINE) else HEADER + block.text
    (tmp_path / "posthog.yaml").write_text(text)
    # What an example includes stands in other blocks of its page.
    for other in pages.blocks(block.page):
        if (name := pages.file_of(other)) and name != "posthog.yaml":
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(other.text)

    assert config.load(tmp_path / "posthog.yaml", environment={}, offline=True).entries


def source(without: str = "") -> str:
    """All of the package's own source, but for one folder."""
    # Not by the whole path: a checkout may be in a folder of any name.
    paths = [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if without not in path.relative_to(PACKAGE).parent.parts
    ]
    return "\n".join(path.read_text() for path in paths)


def environment_of(text: str) -> set[str]:
    return set(re.findall(r"\bPOSTHOG_[A-Z_]+[A-Z]\b", text))


def test_every_variable_of_the_code_is_in_the_readme():
    assert environment_of(source()) - INTERNAL == environment_of(README.read_text())


def test_no_page_names_a_variable_that_the_code_does_not_know():
    assert environment_of(ALL_TEXT) <= environment_of(source())


SETTING = r"\bposthog:([a-z][A-Za-z]+)\b(?!:)"  # and no type of the plugin, which has another colon


def settings_of_the_code() -> set[str]:
    # The sandbox is a server and has none.
    text = source("sandbox")
    asked = re.findall(r'(?:settings|config)\.get\("(?:posthog:)?(\w+)"\)', text)
    return {*asked, *re.findall(SETTING, text), *SETTINGS} - {"posthog"}


def test_every_setting_of_the_code_is_in_the_readme():
    table = README.read_text().partition("## Settings")[2].partition("| environment |")[0]

    assert settings_of_the_code() - MADE_UP <= set(re.findall(r"`([a-z]\w+)`", table))


def test_no_page_names_a_setting_that_the_code_does_not_know():
    named = set(re.findall(SETTING, ALL_TEXT))

    assert named - MADE_UP <= settings_of_the_code()


def test_no_page_names_a_verb_or_an_option_that_the_command_does_not_know():
    known = command_line.command_line()
    commands = re.findall(r"(?:`|^ *)pulumi-posthog ([a-z]+(?:-[a-z]+)*)([^\n`|]*)", ALL_TEXT, re.MULTILINE)

    assert {verb for verb, _ in commands} <= set(VERBS)
    options = {option for _, rest in commands for option in re.findall(r"--[a-z-]+", rest)}
    assert [option for option in options if option not in known] == []


def test_no_page_names_a_kind_that_there_is_not():
    named = re.findall(r"\b(?:allowRemovals |,)([a-z_]+)=\d", ALL_TEXT)

    assert named
    taken_along = {along.name for kind in KINDS.values() for along in kind.taken_along}
    assert set(named) <= KINDS.keys() | taken_along


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("command-line.md", command_line.command_line),
        ("operations.md", operations.page),
    ],
)
def test_generated_pages_are_current(name, text, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    assert (pages.DOCS / name).read_text() == text(), "python -m pulumi_posthog.generate writes them anew"


def test_the_pages_of_the_kinds_are_current_and_no_kind_that_there_is_not_has_one():
    folder = pages.DOCS / "reference"
    there = {page.name: page.read_text() for page in folder.iterdir()}

    assert there == kinds.pages(), "python -m pulumi_posthog.generate writes them anew"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_page_of_a_kind_says_what_it_is_for_and_where_it_is_on_posthogs_page(kind: Kind):
    assert kind.purpose.endswith("."), "say it in `purpose`"
    assert kind.page is not None, "say it in `page`"
    text = kinds.pages()[kinds.file_of(kind)]

    assert kind.purpose in text
    assert f"* **on PostHog's page**: {kind.page.words}\n" in text


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_reference_has_every_field_of_a_kind(kind: Kind):
    section = kinds.pages()[kinds.file_of(kind)]
    outside = {kind.parent} - {choice for field in kind.fields for choice in field.choices}

    assert [field.name for field in kind.fields if f"`{field.name}`" not in section] == [
        field.name for field in kind.fields if field.name in outside
    ]


@pytest.mark.parametrize(
    "kind",
    [
        each
        for each in KINDS.values()
        if not each.set_of and not any(o.set_of == each.name for o in KINDS.values())
    ],
    ids=lambda kind: kind.name,
)
def test_explain_says_what_the_page_of_a_kind_says_of_what_is_no_longer_declared(
    kind: Kind, capsys: pytest.CaptureFixture[str]
):
    said = kinds.pages()[kinds.file_of(kind)].partition("* **no longer declared**: ")[2].partition("\n")[0]

    assert run(["explain", kind.section.replace(".*", ""), "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]

    assert said
    assert facts["when no longer declared"].startswith(said)


def test_every_status_is_explained():
    assert set(command_line.STATUSES) == set(Exit)


def test_the_first_screen_of_the_readme_is_what_pulumi_says(stack: Stack):
    example, promised = pages.blocks(README)[:2]
    posthog = stack.posthog
    text = re.sub(r"host: .*", "host: !env POSTHOG_HOST", example.text)
    text = re.sub(r"id: .*", "id: !env POSTHOG_ORGANIZATION_ID", text)
    assert yaml.safe_load(example.text)["projects"]["Web"]["timezone"] == "Europe/Berlin"
    stack.write(text, header="")
    assert stack.up().status == 0
    organization = f"/api/organizations/{posthog.organization}"
    project, role = posthog.project("Web")["id"], posthog.role("Analysts")["id"]
    dee = next(member["uuid"] for member in posthog.info["members"] if member["email"] == "dee@acme.io")
    posthog.call("PATCH", f"{organization}/projects/{project}/", {"timezone": "UTC"})
    posthog.call("POST", f"{organization}/roles/{role}/role_memberships/", {"user_uuid": dee})
    posthog.count_anew()

    preview = stack.preview()

    pages.assert_said(promised, preview.text)
    # Beside those of every project: its functions, and the templates.
    assert posthog.requests()["total"] <= 4 + 3 + 2
    posthog.count_anew()
    assert stack.up().status == 0
    assert sum(posthog.writes().values()) == 2


def test_the_example_of_the_operations_runs(posthog: Sandbox):
    (block,) = (each for each in pages.blocks(pages.DOCS / "operations.md") if each.language == "python")
    program = block.text.replace("https://eu.posthog.com", posthog.url)
    program = program.replace("project=42", f"project={posthog.info['projects'][0]['id']}")

    said = subprocess.run(
        [sys.executable, "-c", program.replace('search="ana"', 'search="sam"')],
        env={**os.environ, "POSTHOG_PERSONAL_API_KEY": posthog.key},
        capture_output=True,
        text=True,
        check=True,
    )

    person, count = said.stdout.splitlines()
    assert person == "sam@example.org"
    assert int(count.strip("([],)")) > 0
