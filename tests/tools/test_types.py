"""What type checkers make of a program written with our resources: mypy, and pyright as it is in VS Code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import mypy.api
import pytest

import pulumi_posthog as posthog

from .conftest import REPOSITORY

PYRIGHT = REPOSITORY / "tests" / "pyright" / "node_modules" / "pyright" / "index.js"
# What mypy calls a mistake, and what pyright does.
RULES = {
    "arg-type": "reportArgumentType",
    "attr-defined": "reportAttributeAccessIssue",
    "call-arg": "reportCallIssue",
    "index": "reportArgumentType",
    "list-item": "reportArgumentType",
}
# Each wrong line ends with its mistake.
PROGRAM = """\
import pulumi
import pulumi_posthog as posthog

web = posthog.Project("web", name="Web", week_start_day=1, business_model="b2b")
posthog.Projekt("shop", name="Shop")  # attr-defined
posthog.Project("shop", name="Shop", business_model="b2x")  # arg-type
posthog.Project("shop", name="Shop", timezoon="UTC")  # call-arg
posthog.OrganizationSettings("settings", members_can_invite=False)
posthog.Project("shop", name="Shop", session_recording_masking_config={"maskAllInputs": True})
posthog.Project("shop", name="Shop", session_recording_masking_config={"maskAlInputs": True})  # arg-type
posthog.Project("shop", name="Shop", session_recording_linked_flag={"id": "7", "key": "new"})  # arg-type
posthog.FeatureFlag("new", project=web.id, key="new", filters={"groups": [{"rollout_percentage": 50}]})
posthog.FeatureFlag("new", project=web.id, key="new", filters={"group": []})  # arg-type
posthog.HealthCheck("alive", project=web, last="1h", expect="> 0")
posthog.HealthCheck("alive", project=posthog.get_project("Web").id, last="1h", expect="> 0")  # arg-type
among = posthog.get_cohort("Beta testers", posthog.get_project("Web")).as_property
posthog.AbsentPersons("gone", project=web, absent=["kim@example.org"])  # list-item
role = posthog.Role("analysts", name="Analysts")
posthog.RoleMembers("analysts", role=role.id, members=[posthog.get_member("ana@acme.io").email, "bo@acme.io"])
posthog.RoleMembers("analysts", role=role.id, members=[7])  # list-item
posthog.Role("nameless", opts=pulumi.ResourceOptions(protect=True))  # call-arg
posthog.Role(name="Analysts")  # call-arg
pulumi.export("token", web.api_token.apply(len))
pulumi.export("token", web.api_tokens)  # attr-defined
with posthog.guarded():
    insight = posthog.Insight("trend", project=web.id, name="Trend", query={"kind": "TrendsQuery"})
    posthog.Dashboard("board", project=web.id, name="Board")
declared = posthog.deploy("posthog.yaml")
pulumi.export("web", declared["project", "Web"].id)
pulumi.export("web", declared["Web"].id)  # index
at = posthog.Address("https://eu.posthog.com", organization="0191")
posthog.Role("elsewhere", name="Elsewhere", address=at)
posthog.Role("elsewhere", name="Elsewhere", address="https://eu.posthog.com")  # arg-type
"""
WRONG = {
    number: mistake
    for number, line in enumerate(PROGRAM.splitlines(), 1)
    if (mistake := line.partition("  # ")[2])
}
REVEALED = """\
import pulumi_posthog as posthog

web = posthog.Project("web", name="Web")
reveal_type(web)
reveal_type(web.id)
reveal_type(web.api_token)
reveal_type(posthog.get_project("Web"))
reveal_type(posthog.get_member("ana@acme.io").email)
reveal_type(posthog.deploy())
reveal_type(posthog.__version__)
"""


def pyright(folder: Path, *arguments: str | Path) -> dict[str, Any]:
    """What it says, strictly and as its own JSON, with the packages that are installed here."""
    if not shutil.which("node") or not PYRIGHT.is_file():
        missing = "there is no Node.js or no pyright: run python3 tools/test_programs.py"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = subprocess.run(
        ["node", PYRIGHT, "--outputjson", "--pythonpath", sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_mypy_finds_names_settings_and_choices_that_there_are_not(tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    out, _, status = mypy.api.run(
        ["--config-file=", "--strict", "--no-error-summary", "--follow-imports=silent", str(program)]
    )

    found = {
        int(line.split(":")[1]): line.rpartition("[")[2].rstrip("]")
        for line in out.splitlines()
        if "error" in line
    }
    assert status == 1
    assert found == WRONG, out


def test_pyright_finds_the_same_and_knows_the_types_of_what_a_program_gets(tmp_path: Path):
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "revealed.py").write_text(REVEALED)

    answer = pyright(tmp_path)["generalDiagnostics"]

    found = {each["range"]["start"]["line"] + 1: each["rule"] for each in answer if "rule" in each}
    assert found == {number: RULES[mistake] for number, mistake in WRONG.items()}, answer
    assert [each["message"].rpartition(" is ")[2] for each in answer if "rule" not in each] == [
        '"Project"',
        '"Output[str]"',
        '"Output[str]"',
        '"ExistingProject"',
        '"str"',
        '"Mapping[tuple[str, str], Resource]"',
        '"str"',
    ]


def test_pyright_finds_nothing_in_the_programs_that_we_show(tmp_path: Path):
    page = (REPOSITORY / "docs" / "how-to" / "python.md").read_text()
    shown = re.findall(r"```python\n(.*?)```", page, re.S)
    shown += [path.read_text() for path in sorted((REPOSITORY / "examples").rglob("__main__.py"))]
    for number, text in enumerate(shown):
        (tmp_path / f"program_{number}.py").write_text(text)

    answer = pyright(tmp_path)

    assert answer["generalDiagnostics"] == []
    assert answer["summary"]["filesAnalyzed"] == len(shown) > 5


def test_the_type_of_every_public_name_is_known_as_a_whole(tmp_path: Path):
    names = sorted({*posthog.__all__, "__version__"})
    program = ["import pulumi_posthog as posthog", *(f"reveal_type(posthog.{name})" for name in names)]
    program += [f"reveal_type(posthog.{name}.__init__)" for name in names if name[0].isupper()]
    (tmp_path / "program.py").write_text("\n".join(program))

    answer = pyright(tmp_path)["generalDiagnostics"]

    assert [each["message"] for each in answer if each["severity"] != "information"] == []
    assert len(answer) == len(program) - 1 > 90
    assert [each["message"] for each in answer if "Unknown" in each["message"]] == []
