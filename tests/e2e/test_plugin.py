"""The provider plugin through the real command line: what the dynamic provider can't do, and how a stack moves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.drivers import descendants
from harness.half_moved import exported, half_move
from harness.sandbox import Sandbox
from harness.stack import DOORS, DYNAMIC_DOOR, PLUGIN_DOOR, Stack
from harness.waiting import eventually
from pulumi_posthog import __version__

pytestmark = pytest.mark.e2e

HEAD = "import pulumi\nfrom pulumi import CustomResource, ResourceOptions\n\n"
SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"
# As any language has it: plain resources of plain types, and nothing of this package.
PROGRAM = f"""\
web = CustomResource("posthog:index:Project", "web", {{"name": "Web", "timezone": "Europe/Paris"}})
CustomResource(
    "posthog:index:PipelineDestination",
    "orders",
    {{
        "project": web.id,
        "name": "Orders",
        "order": 1,
        "plugin": "{SNOWFLAKE}",
        "config": {{"account": "acme", "username": "exporter", "database": "orders",
                   "password": pulumi.Output.secret("hush-hush")}},
    }},
)
role = CustomResource("posthog:index:Role", "analysts", {{"name": "Analysts"}})
CustomResource("posthog:index:RoleMembers", "analysts", {{"role": role.id, "members": ["bo@acme.io", "ana@acme.io"]}})
CustomResource("posthog:index:Check", "there", {{"project": web.id, "query": "SELECT 1", "expect": "> 0"}})
"""
FILE = """\
projects:
  Web:
    timezone: Europe/Berlin
    checks:
      there: {query: "SELECT 1", expect: "> 0"}
    persons:
      absent: [!env GONE]
    file_system:
      Marketing: {type: folder}
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
"""


def program(stack: Stack, text: str) -> None:
    (stack.folder / "__main__.py").write_text(HEAD + text)


@pytest.fixture
def plain(tmp_path: Path, posthog: Sandbox, legacy_destinations: None) -> Stack:
    """A stack whose Pulumi.yaml names the plugin and asks for no refresh."""
    stack = Stack(
        tmp_path / "plain",
        posthog,
        POSTHOG_HOST=posthog.url,
        POSTHOG_ORGANIZATION_ID=posthog.organization,
        GONE="zoe@nowhere.io",
    )
    stack.through(PLUGIN_DOOR, options=False)
    return stack


def test_a_program_in_any_language_sees_what_was_changed_by_hand_and_who_is_added(plain):
    posthog = plain.posthog
    program(plain, PROGRAM)
    made = plain.up()
    assert made.status == 0, made.text
    assert made.changes == {"created": 6}
    assert plain.preview().changes == {"unchanged": 6}

    web = posthog.project("Web")["id"]
    posthog.call("PATCH", f"/api/organizations/{posthog.organization}/projects/{web}/", {"timezone": "UTC"})
    program(
        plain,
        PROGRAM.replace('"bo@acme.io", ', '"cy@acme.io", "bo@acme.io", ').replace(
            '"orders",\n', '"sales",\n', 2
        ),
    )
    posthog.count_anew()
    preview = plain.preview()

    assert posthog.writes() == {}
    *_, planned = preview.text.partition("(same)")
    assert '~ timezone: "UTC" => "Europe/Paris"' in planned, preview.text
    assert re.search(r'~ members: \{\n\s*\+ cy@acme.io: "member"\n\s*\}', planned), preview.text
    assert "warning" not in preview.text
    assert "hush-hush" not in preview.text + plain.pulumi("stack", "export").text
    assert plain.up().status == 0
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io", "cy@acme.io"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'CustomResource("posthog:index:Project", "web", {"name": "Web", "timezone": "Europe/Pariss"})',
            ['timezone must be a time zone, not "Europe/Pariss"\n  hint: did you mean "Europe/Paris"?'],
        ),
        (
            'CustomResource("posthog:index:Role", "ops", {"name": "Ops", "colour": "red"})',
            ['a role has no property "colour"'],
        ),
        (
            'CustomResource("posthog:index:Roll", "ops", {"name": "Ops"})',
            ['there is no resource type "posthog:index:Roll"\n  hint: did you mean "Role"?'],
        ),
    ],
    ids=["a value", "a property", "a type"],
)
def test_what_is_wrong_is_told_property_by_property_and_nothing_is_written(plain, text, said):
    program(plain, text)

    run = plain.up("--continue-on-error")

    assert run.status != 0
    assert not [each for each in said if each not in run.text], run.text
    assert "Traceback" not in run.text
    assert plain.posthog.writes() == {}


def test_a_provider_of_another_version_than_the_program_is_refused_before_anything_is_done(plain):
    old = plain.folder / "old"
    old.mkdir()
    (old / "pulumi-resource-posthog").write_text(
        f"#!{sys.executable}\n"
        "from pulumi_posthog.values import version\n\n"
        'version.__version__ = "0.0.1"\n'
        "from pulumi_posthog.stack.plugin.server import main\n\n"
        "main()\n"
    )
    (old / "pulumi-resource-posthog").chmod(0o755)
    settings = plain.folder / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace(str(plain.programs), "old"))
    plain.write("roles: {Ops: {}}\n")

    run = plain.up()

    assert run.status != 0
    assert (
        f"the program has pulumi-posthog {__version__}, and the provider plugin is of 0.0.1\n  hint: "
        in run.text
    ), run.text
    assert "Traceback" not in run.text
    assert plain.posthog.writes() == {}


def test_what_was_made_by_hand_is_imported_and_then_shown_with_what_will_change(plain):
    posthog = plain.posthog
    organization = f"/api/organizations/{posthog.organization}"
    role = posthog.call("POST", f"{organization}/roles/", {"name": "By hand"})["id"]
    project = posthog.call("POST", f"{organization}/projects/", {"name": "Old", "timezone": "UTC"})["id"]
    posthog.count_anew()

    by_command = plain.pulumi(
        "import", "--yes", "--skip-preview", "--generate-code=false", "posthog:index:Role", "hand", role
    )
    missing = plain.pulumi(
        "import",
        "--yes",
        "--skip-preview",
        "--generate-code=false",
        "posthog:index:Role",
        "nope",
        "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c",
    )
    program(
        plain,
        'CustomResource("posthog:index:Role", "hand", {"name": "By hand"})\n'
        'CustomResource("posthog:index:Project", "old", {"name": "Old", "timezone": "CET"},\n'
        f'    ResourceOptions(import_="{project}"))\n',
    )
    preview = plain.preview()

    assert by_command.status == 0, by_command.text
    assert missing.status != 0
    assert "resource '0191c0de-7e3a-0000-8000-0c6f5d1a2b3c' does not exist" in missing.text
    assert "= posthog:index:Project: (import)" in preview.text
    assert '~ timezone: "UTC" => "CET"' in preview.text
    assert posthog.writes() == {}
    up = plain.up()
    assert up.status == 0, up.text
    assert posthog.project("Old")["timezone"] == "CET"
    assert plain.preview().changes == {"unchanged": 3}
    assert not any(resource.get("protect") for resource in plain.state().values())


def test_a_stack_moves_from_one_provider_to_the_other_and_back_and_nothing_is_touched(plain):
    plain.through(DYNAMIC_DOOR)
    plain.write(FILE)
    first = plain.up()
    assert first.status == 0, first.text
    ids = sorted(resource["id"] for resource in plain.state().values() if resource.get("id", "").isdigit())
    states = {DYNAMIC_DOOR: exported(plain)}
    plain.posthog.count_anew()

    plain.through(PLUGIN_DOOR)
    there = plain.preview()
    assert (
        "moves from the dynamic provider to the provider plugin: nothing is deleted or replaced" in there.text
    )
    assert there.changes == {"unchanged": 8}, there.text
    assert plain.up().status == 0
    assert not [urn for urn in plain.state() if "dynamic" in urn]
    again = plain.up()
    assert again.changes == {"unchanged": 8}, again.text
    assert "moves from" not in again.text
    states[PLUGIN_DOOR] = exported(plain)

    plain.through(DYNAMIC_DOOR)
    back = plain.preview()
    assert (
        "moves from the provider plugin to the dynamic provider: each resource is recorded anew" in back.text
    )
    assert not {"create", "delete", "replace"} & back.changes.keys(), back.text
    assert plain.up().status == 0
    assert plain.up().changes == {"unchanged": 8}

    # The same moves, killed in the middle: the next run finishes them.
    for before, after in ((DYNAMIC_DOOR, PLUGIN_DOOR), (PLUGIN_DOOR, DYNAMIC_DOOR)):
        half_move(plain, states[before], states[after])
        plain.through(after)
        rest = plain.up()
        assert rest.status == 0, rest.text
        assert not {"created", "deleted", "replaced"} & rest.changes.keys(), rest.text
        last = plain.preview()
        assert last.changes == {"unchanged": 8}, last.text

    assert not [path for path in plain.posthog.writes() if "/query/" not in path]
    assert ids == sorted(r["id"] for r in plain.state().values() if r.get("id", "").isdigit())
    assert not [urn for urn in plain.state() if "posthog:index:" in urn]


def test_a_run_that_moves_a_stack_deletes_nothing_and_the_next_one_puts_it_right(plain):
    plain.through(DYNAMIC_DOOR)
    plain.write("roles:\n  Analysts: {}\n  Editors: {}\n")
    assert plain.up().status == 0
    plain.posthog.count_anew()

    plain.through(PLUGIN_DOOR)
    plain.write("roles:\n  Editors: {}\n")
    refused = plain.up()

    assert refused.status != 0, refused.text
    assert "Traceback" not in refused.text
    assert plain.posthog.writes() == {}
    plain.write("roles:\n  Analysts: {}\n  Editors: {}\n")
    assert plain.up().status == 0
    assert plain.up().changes == {"unchanged": 4}
    assert plain.posthog.writes() == {}


def test_a_setting_of_the_stack_may_choose_and_a_wrong_one_is_told(plain):
    plain.write("roles:\n  Analysts: {}\n")
    program(plain, 'from pulumi_posthog import deploy\ndeploy("posthog.yaml")\n')
    plain.set("provider", "dynamic")
    assert plain.up().status == 0
    assert [urn for urn in plain.state() if "dynamic/posthog:Role" in urn]

    plain.set("provider", "dynamik")
    wrong = plain.preview()

    assert wrong.status != 0
    assert 'posthog:provider is "dynamik": it must be "plugin" or "dynamic"' in wrong.text
    assert "Traceback" not in wrong.text


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Stack]:
    """A stack with a sandbox of its own, whose answers take a while."""
    with Sandbox("--latency-ms", "300") as sandbox:
        stack = Stack(tmp_path / "slow", sandbox, door=PLUGIN_DOOR, real=True)
        stack.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(60)))
        yield stack


def begun(stack: Stack, *command: str) -> subprocess.Popen[str]:
    """`pulumi` at work."""
    return subprocess.Popen(
        ["pulumi", *command, "--non-interactive"],
        cwd=stack.folder,
        env=stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def start(stack: Stack) -> subprocess.Popen[str]:
    """`pulumi up`, when it has begun to write."""
    running = begun(stack, "up", "--yes", "--skip-preview")
    assert eventually(lambda: stack.posthog.writes() or running.poll() is not None)
    assert running.poll() is None
    return running


@pytest.mark.parametrize("door", DOORS)
def test_a_killed_command_line_leaves_no_provider_behind(slow, door):
    slow.through(door)
    running = start(slow)
    program = "pulumi-resource-posthog" if door == PLUGIN_DOOR else "pulumi.dynamic"
    providers = [each for each in descendants(running.pid) if program in command_of(each)]
    assert providers

    running.kill()
    running.communicate()

    assert eventually(lambda: not any(alive(each) for each in providers)), "the provider is still there"


def test_ctrl_c_ends_a_preview_without_the_answer_that_is_under_way(slow):
    program(
        slow,
        'CustomResource("posthog:index:Role", "x", {"name": "X"},\n'
        '    ResourceOptions(import_="0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"))\n',
    )
    slow.posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 120_000})
    slow.posthog.count_anew()
    running = begun(slow, "preview")
    slow.posthog.await_request()

    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)

    assert running.returncode != 0
    assert "stopped while waiting" in said
    assert "Traceback" not in said


def test_ctrl_c_ends_a_run_at_once_and_what_was_made_is_recorded(slow):
    running = start(slow)

    running.send_signal(signal.SIGINT)
    began = time.monotonic()
    said, _ = running.communicate(timeout=60)

    assert running.returncode != 0
    assert time.monotonic() - began < 30
    assert "Traceback" not in said
    made = {
        role["name"] for role in slow.posthog.all(f"/api/organizations/{slow.posthog.organization}/roles/")
    }
    recorded = {urn.rpartition("::")[2] for urn in slow.state() if "index:Role::" in urn}
    assert {name for name in made if name.startswith("Role ")} == recorded


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
