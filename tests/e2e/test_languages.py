"""Programs in other languages than Python: `examples/yaml` deploys a posthog.yaml as deploy() does, and
`examples/typescript` and `examples/go` declare more beside it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.half_moved import exported, half_move
from harness.sandbox import Sandbox
from harness.stack import DYNAMIC_DOOR, HEADER, PLUGIN_DOOR, Run, Stack

pytestmark = pytest.mark.e2e

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "examples" / "yaml"
IN_TYPESCRIPT = REPOSITORY / "examples" / "typescript"
IN_GO = REPOSITORY / "examples" / "go"
NODE_PACKAGES = REPOSITORY / "tests" / "typescript" / "node_modules"
HOST, NODE_HOST, NODE_SDK, GO_PROGRAM = (
    Path(sys.executable).with_name(name)
    for name in ("pulumi-language-yaml", "pulumi-language-nodejs", "node_sdk", "acme-go")
)
IN_YAML = """\
projects:
  Web:
    timezone: Europe/Berlin
    checks:
      there: {query: "SELECT 1", expect: "> 0"}
    persons:
      absent: [!env GONE]
    file_system:
      Marketing: {type: folder}
    pipeline_destinations:
      Orders:
        plugin: https://github.com/PostHog/snowflake-export-plugin
        config: {account: acme, username: exporter, database: orders, dbschema: PUBLIC,
                 password: !secret snowflake}
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
  Editors: {}
  Support: {}
"""

# What refers to each other, is found below its parent, goes along with it, or has an id of several parts.
WATCHED = """\
projects:
  Web:
    timezone: Europe/Berlin
    access: {everyone: none, roles: {Analysts: admin}}
    resource_access: {dashboard: {everyone: viewer}}
    warehouse_saved_queries:
      orders: {query: {kind: HogQLQuery, query: "select person_id from events where event = 'order'"}}
      buyers: {query: {kind: HogQLQuery, query: "select count() from orders"}}
    feature_flags:
      checkout: {access: {everyone: viewer, roles: {Analysts: manager}}}
    insights:
      Signups:
        access: {everyone: none, members: {bo@acme.io: editor}}
        query: {kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: signed_up, math: dau}]}}
    dashboards:
      Growth:
        tiles: [{insight: Signups, color: blue}]
        access: {everyone: none, roles: {Analysts: editor}}
    alerts:
      Collapse:
        insight: Signups
        condition: {type: relative_decrease}
        threshold: {configuration: {type: percentage, bounds: {upper: 30%}}}
        config: {type: TrendsAlertConfig, series_index: 0}
        subscribed_users: [ana@acme.io]
    subscriptions:
      On Mondays:
        dashboard: Growth
        dashboard_export_insights: [Signups]
        target_type: webhook
        target_value: !env HOOK
        frequency: weekly
        byweekday: [monday]
        start_date: 2026-01-05
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
"""


def needed(*programs: Path) -> None:
    """Skip what cannot run without these; fail in CI."""
    for program in programs:
        if not program.exists():
            missing = f"there is no {program.name}: run python3 tools/test_programs.py"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)


@pytest.fixture
def acme(tmp_path: Path, posthog: Sandbox, legacy_destinations: None) -> Stack:
    """The example in a folder of its own, with the provider that is tested."""
    needed(HOST)
    stack = Stack(tmp_path / "acme", posthog, door=PLUGIN_DOOR, GONE="zoe@nowhere.io")
    (stack.folder / "__main__.py").unlink()
    shutil.copy(EXAMPLE / "posthog.yaml", stack.folder)
    project(stack, yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text()))
    return stack


@pytest.fixture
def in_typescript(tmp_path: Path, posthog: Sandbox) -> Stack:
    """The example in a folder of its own, with the classes that are made from the schema."""
    needed(NODE_HOST, NODE_SDK, NODE_PACKAGES)
    stack = Stack(tmp_path / "acme", posthog, door=PLUGIN_DOOR)
    (stack.folder / "__main__.py").unlink()
    shutil.copytree(
        IN_TYPESCRIPT, stack.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("sdks", "node_*")
    )
    project(stack, yaml.safe_load((IN_TYPESCRIPT / "Pulumi.yaml").read_text()))
    # What `pulumi package add` and `npm install` do, without a registry.
    sdk, packages = stack.folder / "sdks" / "posthog", stack.folder / "node_modules"
    (packages / "@pulumi").mkdir(parents=True)
    for name in ("@pulumi/pulumi", "@types", "typescript"):
        (packages / name).symlink_to(NODE_PACKAGES / name)
    (packages / "@pulumi" / "posthog").symlink_to(sdk)
    subprocess.run([NODE_SDK, REPOSITORY / "schemas" / "provider.schema.json", sdk], check=True)
    compiler = NODE_PACKAGES / ".bin" / "tsc"
    compiled = subprocess.run([compiler], cwd=sdk, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stdout
    shutil.copy(sdk / "package.json", sdk / "bin")
    return stack


def project(stack: Stack, settings: dict[str, object]) -> None:
    """Write Pulumi.yaml; the provider is the one beside our Python, and the stack that of the harness."""
    provider = {"name": "posthog", "path": str(HOST.parent)}
    whole = {**settings, "name": "tried", "plugins": {"providers": [provider]}}
    (stack.folder / "Pulumi.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))


def components(stack: Stack, **resources: dict[str, object]) -> None:
    """A program of components with these properties."""
    named = {
        name: {"type": "posthog:index:Organization", "properties": properties}
        for name, properties in resources.items()
    }
    project(stack, {"runtime": "yaml", "resources": named})


def test_the_example_deploys_its_file_and_shows_what_was_changed_by_hand(acme):
    posthog = acme.posthog
    assert acme.up().changes == {"created": 6}
    posthog.count_anew()
    assert acme.preview().changes == {"unchanged": 6}
    assert posthog.writes() == {}
    # Three, and three for the only project: what the component looks up, the provider has by then.
    assert int(posthog.requests()["total"]) <= 6
    web = posthog.project("Web")["id"]
    outputs = acme.pulumi("stack", "output", "--json")
    assert outputs.text.strip() == f'{{\n  "projects": {{\n    "Web": "{web}"\n  }}\n}}'

    posthog.call("PATCH", f"/api/organizations/{posthog.organization}/projects/{web}/", {"timezone": "UTC"})
    preview = acme.preview()

    assert '~ timezone: "UTC" => "Europe/Berlin"' in preview.text
    assert acme.up().changes == {"updated": 1, "unchanged": 5}


def test_what_a_component_watches_and_shows_to_whom_is_made_healed_and_removed(acme):
    posthog = acme.posthog
    acme.environment["HOOK"] = "https://hooks.example.com/hush-hush-very-secret"
    acme.write(WATCHED)
    made = acme.up()
    assert made.status == 0, made.text
    posthog.count_anew()

    again = acme.up()

    assert again.changes == {"unchanged": made.changes["created"]}, again.text
    assert set(posthog.requests()["by_method"]) == {"GET"}
    assert "hush-hush" not in made.text + again.text + json.dumps(exported(acme))

    web = f"/api/projects/{posthog.project('Web')['id']}"
    (board,) = (each["id"] for each in posthog.all(f"{web}/dashboards/") if each["name"] == "Growth")
    (mail,) = posthog.all(f"{web}/subscriptions/")
    posthog.call("PATCH", f"{web}/subscriptions/{mail['id']}/", {"frequency": "daily", "byweekday": None})
    posthog.call("PUT", f"{web}/dashboards/{board}/access_controls/", {"access_level": "viewer"})
    preview = acme.preview()

    assert preview.changes == {"update": 2, "unchanged": 20}, preview.text
    assert re.search(r'~ frequency\s*: "daily" => "weekly"', preview.text), preview.text
    assert '~ access_level: "viewer" => "none"' in preview.text
    assert "start_date" not in preview.text
    assert acme.up().changes == {"updated": 2, "unchanged": 20}

    acme.write("projects:\n  Web: {}\nroles:\n  Analysts:\n    members: [ana@acme.io, bo@acme.io]\n")
    acme.set("allowRemovals", "object_access_rule=6,project_access_rule=2,warehouse_saved_query=2")
    left = acme.up()
    assert left.status == 0, left.text
    assert [
        posthog.all(f"{web}/{each}/") for each in ("alerts", "subscriptions", "warehouse_saved_queries")
    ] == [[]] * 3
    assert posthog.get(f"{web}/resource_access_controls/")["access_controls"] == []
    assert "Growth" not in [each["name"] for each in posthog.all(f"{web}/dashboards/")]
    assert acme.preview().changes == {"unchanged": 6}


def test_typescript_deploys_a_file_and_declares_a_role_its_members_and_a_function_beside_it(in_typescript):
    stack, posthog = in_typescript, in_typescript.posthog

    assert stack.up().changes == {"created": 9}
    assert posthog.members("Editors") == ["ana@acme.io"]
    posthog.count_anew()
    again = stack.up()
    assert again.changes == {"unchanged": 9}, again.text
    assert posthog.writes() == {}

    program = stack.folder / "index.ts"
    wrong = program.read_text().replace("enabled: true", 'enabled: true,\n    type: "destnation" as any')
    program.write_text(wrong)
    preview = stack.preview()

    assert preview.status != 0, preview.text
    assert "posthog:index:HogFunction resource 'orders'" in preview.text, preview.text
    assert 'hint: did you mean "destination"?' in preview.text
    assert 'not "destnation"' in preview.text
    assert posthog.writes() == {}


def test_go_deploys_a_file_and_declares_a_role_beside_it(tmp_path: Path, posthog: Sandbox):
    needed(GO_PROGRAM)
    stack = Stack(tmp_path / "acme", posthog, door=PLUGIN_DOOR, PULUMI_STACK="test")
    (stack.folder / "__main__.py").unlink()
    shutil.copy(IN_GO / "posthog.yaml", stack.folder)
    project(stack, yaml.safe_load((IN_GO / "Pulumi.yaml").read_text()))

    def go(command: str, **environment: str) -> Run:
        """The example does it itself, without Pulumi's own host for programs in Go."""
        return stack.run(str(GO_PROGRAM), command, **environment)

    posthog.count_anew()
    preview = go("preview")
    assert (preview.status, preview.changes) == (0, {"create": 7}), preview.text
    assert posthog.writes() == {}
    assert go("up").changes == {"created": 7}
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    web = posthog.project("Web")
    assert (web["timezone"], posthog.role("Guests")["name"]) == ("Europe/Berlin", "Guests")
    posthog.count_anew()
    assert go("up").changes == {"unchanged": 7}
    assert posthog.writes() == {}

    posthog.call("PATCH", f"/api/projects/{web['id']}/", {"timezone": "Asia/Tokyo"})
    posthog.count_anew()
    healed = go("up")
    assert healed.changes == {"updated": 1, "unchanged": 6}, healed.text
    assert '"Asia/Tokyo" => "Europe/Berlin"' in healed.text
    assert list(posthog.writes().values()) == [1]

    refused = go("destroy")
    assert refused.status != 0
    assert "if that is meant, say so: POSTHOG_ALLOW_DESTROY=true" in refused.text
    assert list(posthog.writes().values()) == [1]
    assert go("up").status == 0
    gone = go("destroy", POSTHOG_ALLOW_DESTROY="true")
    assert gone.status == 0, gone.text
    assert (posthog.role("Analysts"), posthog.role("Guests")) == (None, None)
    assert posthog.project("Web") is not None


def test_a_stack_of_a_program_in_python_moves_to_the_component_and_keeps_its_limits_secrets_and_renames(acme):
    posthog = acme.posthog
    in_yaml = (acme.folder / "Pulumi.yaml").read_text()
    assert acme.pulumi("config", "set", "--secret", "posthog:snowflake", "hush-hush-very-secret").status == 0
    acme.through(PLUGIN_DOOR)
    (acme.folder / "__main__.py").write_text(
        'import pulumi_posthog\n\npulumi_posthog.deploy("posthog.yaml")\n'
    )
    acme.write(IN_YAML)
    made = acme.up()
    assert made.changes == {"created": 11}, made.text
    posthog.count_anew()

    (acme.folder / "Pulumi.yaml").write_text(in_yaml)
    moved = acme.up()
    assert moved.changes == {"created": 1, "unchanged": 11}, moved.text
    assert posthog.writes() == {}
    component = exported(acme)
    assert "hush-hush" not in moved.text + json.dumps(component)

    acme.through(PLUGIN_DOOR)
    back = acme.up()
    assert back.changes == {"deleted": 1, "unchanged": 11}, back.text  # the component alone
    acme.through(DYNAMIC_DOOR)
    assert acme.up().status == 0
    # The way from the component to the dynamic provider, killed in the middle.
    half_move(acme, component, exported(acme))
    rest = acme.up()
    assert rest.status == 0, rest.text
    assert rest.changes.get("deleted") == 1, rest.text  # the component alone
    assert not {"created", "replaced"} & rest.changes.keys(), rest.text
    assert acme.preview().changes == {"unchanged": 11}
    (acme.folder / "Pulumi.yaml").write_text(in_yaml)
    assert acme.up().changes == {"created": 1, "unchanged": 11}
    assert not [path for path in posthog.writes() if "/query/" not in path]

    acme.write(IN_YAML.replace("Editors: {}", "Writers: {previously: Editors}"))
    renamed = acme.up()
    assert renamed.changes == {"updated": 1, "unchanged": 11}, renamed.text

    acme.write(IN_YAML.partition("roles:")[0])
    refused = acme.up()
    assert refused.status != 0
    assert "hint: if that is meant, say so: pulumi config set posthog:allowRemovals" in refused.text
    assert "Pulumi ended this run before everything in the file was registered" in refused.text
    assert "grpc" not in refused.text
    assert posthog.role("Writers")
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]


def test_one_resource_fails_and_what_lies_in_it_is_named_as_not_tried(acme):
    posthog = acme.posthog
    acme.write("roles:\n  Analysts:\n    members: [ana@acme.io]\n  Editors: {}\n")
    posthog.call("POST", "/_sandbox/faults", {"spec": "500 POST /roles/$ times=50"})

    run = acme.up("--continue-on-error")

    assert run.status != 0
    assert "Traceback" not in run.text
    assert re.search(
        r"not tried, because what they are in or follow has failed:\n\s+posthog.yaml:", run.text
    ), run.text


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ({"acme": {"file": "nope.yaml"}}, "there is no file nope.yaml"),
        ({"acme": {}, "other": {}}, "a stack has one Organization, and"),
        ({"acme": {"fil": "posthog.yaml"}}, "Property fil does not exist on 'posthog:index:Organization'"),
    ],
)
def test_what_is_wrong_with_a_component_is_one_error_and_nothing_is_written(acme, resources, said):
    components(acme, **resources)

    run = acme.up()

    assert run.status != 0
    assert said in run.text
    assert "Traceback" not in run.text
    assert acme.posthog.writes() == {}


def test_what_is_wrong_with_the_file_is_told_with_its_places(acme):
    acme.write("projects:\n  Web:\n    timezone: Nowhere\n    week_start_day: 9\n")

    run = acme.up()

    assert run.status != 0
    assert "posthog.yaml:6:15: " in run.text
    assert "\nposthog.yaml:7:21: " in run.text
    assert "Traceback" not in run.text
    assert acme.posthog.writes() == {}


def test_a_provider_that_is_not_there_is_told_by_pulumi_and_what_to_do_by_doctor(acme):
    text = (acme.folder / "Pulumi.yaml").read_text()
    (acme.folder / "Pulumi.yaml").write_text(text.replace(str(HOST.parent), "nowhere"))

    run, doctor = acme.preview(), " ".join(acme.command("doctor").text.split())

    assert "no folder at path" in run.text
    assert "provider plugin" in doctor
    assert "which Pulumi.yaml names under `plugins:`" in doctor
    assert "install pulumi-posthog there, or name the folder that it is installed in" in doctor


def test_the_header_of_the_example_is_that_of_the_harness():
    assert HEADER.strip() in (EXAMPLE / "posthog.yaml").read_text()


def test_the_example_in_typescript_has_the_file_of_the_other_and_the_packages_that_are_locked():
    locked = json.loads((NODE_PACKAGES.parent / "package.json").read_text())["dependencies"]
    asked = json.loads((IN_TYPESCRIPT / "package.json").read_text())

    assert (IN_TYPESCRIPT / "posthog.yaml").read_text() == (EXAMPLE / "posthog.yaml").read_text()
    assert asked["dependencies"] | asked["devDependencies"] == locked | {
        "@pulumi/posthog": "file:sdks/posthog"
    }
