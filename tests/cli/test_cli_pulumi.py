"""The command and Pulumi say the same about one organization."""

from __future__ import annotations

import re
import subprocess

import pytest

from cli.lab import COMMAND, Run
from harness.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]

DECLARED = """
projects:
  Default project:
    timezone: Europe/Berlin
    app_urls: [https://acme.io]
    pipeline_destinations:
      Orders:
        plugin: https://github.com/PostHog/snowflake-export-plugin
        order: 1
        config: {account: acme, username: ana, database: orders, password: !env SNOWFLAKE_PASSWORD}
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
"""


def command(stack: Stack, *arguments: str) -> Run:
    """`pulumi-posthog` in the stack's folder, with its environment."""
    done = subprocess.run(
        [str(COMMAND), *arguments],
        cwd=stack.folder,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    for secret in (stack.posthog.key, "hush-hush-very-secret"):
        assert secret not in done.stdout + done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


def test_an_export_is_taken_over_and_changes_nothing(stack: Stack):
    posthog = stack.posthog
    organization = f"/api/organizations/{posthog.organization}"
    shop = posthog.call("POST", f"{organization}/projects/", {"name": "Shop", "timezone": "Europe/Paris"})
    folder = {"path": "Campaigns", "type": "folder"}
    posthog.call("POST", f"/api/projects/{shop['id']}/file_system/", folder)
    assert command(stack, "export", "--output", "posthog.yaml").status == 0
    posthog.count_anew()

    preview = stack.preview()
    up = stack.up()

    assert preview.status == up.status == 0, preview.text + up.text
    said = re.search(
        r"new to this stack: (\d+) of (\d+) exist: (\d+) as declared; nothing is sent", preview.text
    )
    assert said is not None, preview.text
    assert len(set(said.groups())) == 1, said
    assert "it is taken over as it is" not in preview.text, "many are only counted"
    assert "with these changes" not in preview.text
    assert posthog.writes() == {}
    assert stack.preview("--expect-no-changes").status == 0
    assert command(stack, "drift", "--stack", "test").status == 0


def test_a_destination_is_taken_over_with_its_secrets_sent_and_nothing_else(stack: Stack):
    stack.write(DECLARED)
    assert stack.up().status == 0
    assert command(stack, "export", "--output", "posthog.yaml", "--force").status == 0
    stack.environment["DEFAULT_PROJECT_ORDERS_PASSWORD"] = stack.environment["SNOWFLAKE_PASSWORD"]
    stack.pulumi("stack", "init", "another")
    stack.set("otherStates", "none")
    stack.posthog.count_anew()

    preview = stack.preview()

    assert preview.status == 0, preview.text
    assert "10 of 10 exist: 9 as declared, 1 gets its secrets again; nothing else is sent" in preview.text
    assert stack.posthog.writes() == {}
    assert stack.up().status == 0
    (write,) = stack.posthog.writes().items()
    assert re.fullmatch(r"\('PATCH /api/projects/\d+/pipeline_destination_configs/\d+/', 1\)", str(write))
    assert stack.preview("--expect-no-changes").status == 0


PIPELINES = """\
    hog_functions:
      To our service: {template: template-webhook, enabled: true, inputs: {url: https://hooks.acme.io}}
      GeoIP: {type: transformation, template: template-geoip, enabled: true}
      Own: {hog: return event}
    batch_exports:
      Copy: {type: NoOp, interval: day, config: {}}
      Other: {type: NoOp, interval: hour, config: {}}
"""


def test_an_estimate_is_what_a_run_then_sends(stack: Stack):
    declared = DECLARED.replace("roles:", f"{PIPELINES}roles:")
    stack.write(declared)
    assert stack.up().status == 0
    changed = declared.replace("Europe/Berlin", "Europe/Paris").replace("bo@acme.io]", "cy@acme.io]")
    changed = changed.replace("hooks.acme.io", "new.acme.io").replace("interval: day", "interval: hour")
    changed = changed.replace("      Own:", "      New: {hog: return null}\n      Own:")
    stack.write(f"{changed}  New: {{members: [dee@acme.io]}}\n")
    estimate = command(stack, "estimate", "--format", "json").json

    stack.posthog.count_anew()
    assert stack.preview().status == 0
    preview = stack.posthog.requests()["total"]
    stack.posthog.count_anew()
    assert stack.up().status == 0
    up = stack.posthog.requests()["total"]

    assert sum(stack.posthog.writes().values()) == estimate["writes"] == 8
    # The program and its provider are two processes: what both need, both may ask for.
    assert preview <= estimate["preview"]["requests"] <= preview + 2
    assert up <= estimate["up"]["requests"] <= up + 2


def test_drift_beside_a_stack_tells_what_pulumi_would_do_and_why(stack: Stack):
    stack.write(DECLARED)
    assert stack.up().status == 0
    posthog = stack.posthog
    role = posthog.role("Analysts")
    posthog.call("PATCH", f"/api/organizations/{posthog.organization}/roles/{role['id']}/", {"name": "Ops"})
    stack.write(DECLARED.replace("Europe/Berlin", "Europe/Paris") + "  New: {}\n")
    stack.environment["SNOWFLAKE_PASSWORD"] = "another-hush-hush"

    found = command(stack, "drift", "--stack", "test", "--format", "json").json["findings"]

    assert {(each["status"], each["path"]) for each in found} == {
        ("pending_in_git", "projects.Default project.timezone"),
        ("pending_in_git", "projects.Default project.pipeline_destinations.Orders.config.password"),
        ("pending_in_git", "roles.New"),
        ("changed_live", "roles.Analysts.name"),
    }
    changes = stack.preview().changes
    assert (changes["create"], changes["update"]) == (1, 3)
