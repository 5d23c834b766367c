"""Whoever may read a state: what is in it about secrets, with the real Pulumi CLI.

And what becomes of states that were written when their fingerprints could still be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.stack import Stack
from pulumi_posthog.reconcile.fingerprint import fingerprint

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]

SALT = "5a" * 16
KEY, PICTURE = '{"private_key": "invented"}', "picture"
DECLARED = """\
projects:
  Web:
    pipeline_destinations:
      Orders:
        plugin: https://github.com/PostHog/snowflake-export-plugin
        config: {account: acme, username: ana, database: orders, password: !env HUSH}
      Events:
        plugin: https://github.com/PostHog/bigquery-plugin
        config: {datasetId: orders, tableId: events, googleCloudKeyJson: !file google.json}
    site_apps:
      Bar:
        plugin: https://github.com/PostHog/notification-bar-app
        config: {notification: Hello, logo: !file logo.png}
"""
# Of each resource by its name: the key and what it holds, as versions from before knew it.
KNOWN = {
    "Web/Orders": ("password", "hush-hush"),
    "Web/Events": ("googleCloudKeyJson", KEY),
    "Web/Bar": ("logo", PICTURE),
}


@pytest.fixture
def applied(stack: Stack) -> Stack:
    stack.environment["HUSH"] = "hush-hush"
    stack.begin("applied", apply_with_secrets)
    return stack


def apply_with_secrets(stack: Stack) -> None:
    (stack.folder / "google.json").write_text(KEY)
    (stack.folder / "logo.png").write_text(PICTURE)
    stack.write(DECLARED)
    done = stack.up()
    assert done.status == 0, done.text


def destinations(stack: Stack) -> dict[str, dict[str, Any]]:
    return {
        urn.rpartition("::")[2]: each
        for urn, each in stack.state().items()
        if urn.rpartition("::")[2] in KNOWN and re.search("PipelineDestination|SiteApp", urn)
    }


def as_before(stack: Stack) -> None:
    """Make of the state what a version from before would have written."""
    state = json.loads(stack.pulumi("stack", "export").text)
    for resource in state["deployment"]["resources"]:
        name = resource["urn"].rpartition("::")[2]
        if name not in KNOWN or "config_fingerprints" not in resource.get("inputs", {}):
            continue
        key, value = KNOWN[name]
        if name == "Web/Orders":
            mark = fingerprint(SALT, key, value)
        else:
            file = stack.folder / ("google.json" if name == "Web/Events" else "logo.png")
            mark = fingerprint_of(file.read_bytes(), key)
        for properties in (resource["inputs"], resource["outputs"]):
            properties |= {"__salt": SALT, "config_fingerprints": {key: mark}}
            if name != "Web/Orders":
                properties.pop("secret_config")  # there was none of files alone
    (stack.folder / "old.json").write_text(json.dumps(state))
    done = stack.pulumi("stack", "import", "--file", "old.json")
    assert done.status == 0, done.text


def fingerprint_of(content: bytes, key: str) -> str:
    return hmac.new(bytes.fromhex(SALT), key.encode() + b"\0" + content, hashlib.sha256).hexdigest()[:12]


def test_a_state_has_nothing_in_plain_that_depends_on_a_secret(applied):
    state = destinations(applied)

    for name, resource in state.items():
        key, _ = KNOWN[name]
        for properties in (resource["inputs"], resource["outputs"]):
            assert properties["config_fingerprints"] == {key: "1"}
            assert "ciphertext" in properties["secret_config"]
            assert "__salt" not in properties
    assert len(state) == 3
    assert set(applied.up().changes) == {"unchanged"}
    assert applied.posthog.writes() == {}


def test_a_state_from_before_moves_over_without_a_change_and_loses_what_could_be_guessed(applied):
    as_before(applied)
    marks = {name: each["inputs"]["config_fingerprints"] for name, each in destinations(applied).items()}

    runs = [
        applied.preview("--expect-no-changes"),
        applied.up("--expect-no-changes"),
        applied.up("--expect-no-changes"),
    ]

    assert [run.status for run in runs] == [0, 0, 0], "\n".join(run.text for run in runs)
    assert applied.posthog.writes() == {}
    for name, resource in destinations(applied).items():
        for properties in (resource["inputs"], resource["outputs"]):
            assert properties["config_fingerprints"] == marks[name]
            assert "__salt" not in properties
            assert "sha256" not in json.dumps(properties)
            assert "ciphertext" in properties.get("secret_config", {"ciphertext": ""})


@pytest.mark.parametrize("runs_before", [0, 1, 2], ids=["at once", "half moved", "moved"])
def test_what_is_rotated_while_a_state_moves_over_is_sent(applied, runs_before):
    as_before(applied)
    for _ in range(runs_before):
        assert applied.up("--expect-no-changes").status == 0
    applied.environment["HUSH"] = "another-hush"
    (applied.folder / "google.json").write_text(KEY.replace("invented", "another1"))
    (applied.folder / "logo.png").write_text("PICTURE")

    preview, done, again = applied.preview(), applied.up(), applied.up()

    assert (preview.changes["update"], done.changes["updated"]) == (3, 3), preview.text
    assert sum(applied.posthog.writes().values()) == 3
    assert set(again.changes) == {"unchanged"}
    contents = applied.posthog.get("/_sandbox/attachments")["results"]
    assert {each["contents"] for each in contents} == {KEY.replace("invented", "another1"), "PICTURE"}
    assert "__salt" not in json.dumps(destinations(applied))


def test_another_key_finds_the_same_and_carries_out_the_plan_of_the_first(applied):
    applied.environment["POSTHOG_PERSONAL_API_KEY"] = another_key(applied)
    assert applied.preview("--expect-no-changes").status == 0

    applied.environment["HUSH"] = "another-hush"
    applied.write(DECLARED + "      New:\n        plugin: https://github.com/PostHog/notification-bar-app\n"
                  "        config: {notification: Hello, logo: !file logo.png}\n")  # fmt: skip
    planned = applied.preview("--save-plan", "plan.json")
    applied.environment["POSTHOG_PERSONAL_API_KEY"] = applied.posthog.key
    done = applied.up("--plan", "plan.json")

    assert (planned.status, done.status) == (0, 0), done.text
    assert (done.changes["created"], done.changes["updated"]) == (1, 1)


def another_key(stack: Stack) -> str:
    return str(stack.posthog.call("POST", "/_sandbox/keys", {"scopes": ["*"]})["key"])


def test_drift_beside_the_stack_tells_a_rotated_secret_from_the_one_last_applied(applied):
    def drift() -> list[str]:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "pulumi-posthog"), "drift", "--stack", "test", "--format", "json"],
            cwd=applied.folder, env=applied.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 7), done.stderr
        assert "hush" not in done.stdout + done.stderr
        return [each["path"] for each in json.loads(done.stdout)["findings"]]

    before = drift()
    applied.environment["HUSH"] = "another-hush"
    (applied.folder / "logo.png").write_text("PICTURE")

    assert (before, sorted(drift())) == (
        [],
        [
            "projects.Web.pipeline_destinations.Orders.config.password",
            "projects.Web.site_apps.Bar.config.logo",
        ],
    )
