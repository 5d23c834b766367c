"""Everything that a full run writes, searched for every secret in every spelling.

The secrets change under each encoding (`harness.leaks`); a find names the secret, the spelling and the place.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.leaks import TELLING, TELLING_ASCII, files, leaks
from harness.sandbox import Sandbox
from harness.stack import DOORS, PLUGIN_DOOR, Stack

pytestmark = pytest.mark.e2e

SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"
KEY = f"phx_env{TELLING_ASCII}"
KEY_IN_CONFIG = f"phx_cfg{TELLING_ASCII}"
PASSPHRASE = "another thing altogether"
SECRETS = {
    "the key": KEY,
    "the key in the stack's settings": KEY_IN_CONFIG,
    "!env": f"env{TELLING}",
    "!env, rotated": f"rot{TELLING}",
    "!env of an open key": f"low{TELLING}",
    "!secret": f"cfg{TELLING}",
    "!env that PostHog leaves out": f"src{TELLING}",
    "!env that PostHog leaves out, rotated": f"srr{TELLING}",
    "!env of a setting": f"https://hooks.acme.io/web?a={TELLING_ASCII}",
    "a setting made by hand": f"https://hooks.acme.io/hnd?a={TELLING_ASCII}",
}
DECLARED = f"""\
projects:
  Web:
    timezone: Europe/Berlin
    slack_incoming_webhook: !env WEBHOOK
    pipeline_destinations:
      Orders to Snowflake:
        plugin: {SNOWFLAKE}
        enabled: true
        config:
          account: acme
          username: !secret snowflakeUser
          password: !env SNOWFLAKE_PASSWORD
          dbschema: !env TOKEN
          database: orders
    external_data_sources:
      shop:
        source_type: Postgres
        job_inputs:
          host: db.acme.io
          password: !env SHOP_PASSWORD
          ssh_tunnel: {{enabled: true, auth: {{username: ops, password: !env SHOP_PASSWORD}}}}
        schemas: {{users: {{should_sync: true, sync_type: full_refresh}}}}
roles:
  Analysts:
    members: [ana@acme.io]
"""
PROGRAM = f"""\
import os
import pulumi_posthog as posthog

web = posthog.Project("web", name="Web", slack_incoming_webhook=os.environ["WEBHOOK"])
posthog.PipelineDestination(
    "orders",
    project=web.id,
    name="Orders",
    order=1,
    plugin="{SNOWFLAKE}",
    config={{"account": "acme", "username": "exporter", "database": "orders"}},
    secret_config={{"password": os.environ["SNOWFLAKE_PASSWORD"], "dbschema": os.environ["TOKEN"]}},
)
"""
FORMATS = ("text", "json", "markdown", "html", "sarif", "junit")
LOUD = ("--logtostderr", "-v=3", "--debug")


@dataclass
class Story:
    """A stack, and everything that its commands have said."""

    stack: Stack
    said: dict[str, bytes] = field(default_factory=dict)

    def pulumi(self, *arguments: str, status: int | None = 0) -> None:
        """Runs it; with `status`, it must end so."""
        self.run("pulumi", *arguments, "--non-interactive", status=status)

    def posthog(self, *arguments: str) -> None:
        """Runs `pulumi-posthog`."""
        done = self.stack.command(*arguments)
        self._keep(("pulumi-posthog", *arguments), done.text)

    def run(self, *command: str, status: int | None, given: str | None = None) -> None:
        """Runs a command and keeps what it says."""
        done = subprocess.run(
            command,
            cwd=self.stack.folder,
            env=self.stack.environment,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        self._keep(command, done.stdout)
        assert status is None or done.returncode == status, done.stdout[-3000:]

    def _keep(self, command: tuple[str, ...], said: str) -> None:
        self.said[f"{len(self.said)}: {' '.join(command)}"] = said.encode()
        assert "Traceback" not in said, said[-3000:]

    def searched(self) -> list[str]:
        """Every leak so far."""
        return leaks(SECRETS, {**self.said, **files(self.stack.folder)})


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> str:
    """All of this holds through both of our providers."""
    return str(request.param)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(
        "--age", "2025", "--legacy-destinations", key=KEY, POSTHOG_SANDBOX_EXTRA_KEYS=f"{KEY_IN_CONFIG}:*"
    ) as sandbox:
        yield sandbox


@pytest.fixture
def story(tmp_path: Path, sandbox: Sandbox, door: str) -> Story:
    stack = Stack(
        tmp_path / "stack",
        sandbox,
        door=door,
        PULUMI_CONFIG_PASSPHRASE=PASSPHRASE,
        PULUMI_EXPERIMENTAL="true",
        SNOWFLAKE_PASSWORD=SECRETS["!env"],
        TOKEN=SECRETS["!env of an open key"],
        SHOP_PASSWORD=SECRETS["!env that PostHog leaves out"],
        WEBHOOK=SECRETS["!env of a setting"],
    )
    stack.write(DECLARED)
    story = Story(stack)
    for name, secret in (("snowflakeUser", "!secret"), ("personalApiKey", "the key in the stack's settings")):
        story.run(
            *("pulumi", "config", "set", "--secret", f"posthog:{name}", "--non-interactive"),
            given=SECRETS[secret],
            status=0,
        )
    return story


def by_hand(posthog: Sandbox) -> None:
    """Somebody changes what is declared, and a secret setting among it."""
    project = posthog.project("Web")["id"]
    path = f"/api/organizations/{posthog.organization}/projects/{project}/"
    hook = SECRETS["a setting made by hand"]
    posthog.call("PATCH", path, {"timezone": "UTC", "slack_incoming_webhook": hook})


def test_no_secret_is_in_anything_that_a_full_run_writes(story, sandbox, door):
    environment = story.stack.environment
    # The key from the stack's settings, first; then from the environment, which goes before.
    key = environment.pop("POSTHOG_PERSONAL_API_KEY")
    story.pulumi("preview", "--diff", *LOUD)
    story.pulumi("preview", "--save-plan", "plan.json", "--diff", "--show-full-output")
    story.pulumi("up", "--yes", "--plan", "plan.json", "--diff", *LOUD)
    assert sandbox.project("Web")["slack_incoming_webhook"] == SECRETS["!env of a setting"]
    environment["POSTHOG_PERSONAL_API_KEY"] = key
    story.pulumi("preview", "--json")
    story.pulumi("stack", "export", "--file", "state.json")

    by_hand(sandbox)
    environment["SNOWFLAKE_PASSWORD"] = SECRETS["!env, rotated"]
    environment["SHOP_PASSWORD"] = SECRETS["!env that PostHog leaves out, rotated"]
    # How a report is written has nothing to do with the provider; what the state adds to it has.
    for form in FORMATS if door == PLUGIN_DOOR else FORMATS[:1]:
        for state in ((), ("--stack-state", "state.json")):
            story.posthog("drift", "--format", form, *state)
    story.posthog("export", "--output", "exported.yaml")
    story.posthog("export", "--split", "--output", "split/exported.yaml")
    exported = leaks(SECRETS, files(story.stack.folder))
    # What the plugin does not call secret, PostHog shows to every reader, and `export` knows no file to ask.
    assert {find.partition(",")[0] for find in exported} == {"!env of an open key", "!secret"}
    for path in (story.stack.folder / "exported.yaml", *(story.stack.folder / "split").rglob("*.yaml")):
        path.unlink()
    story.posthog("adopt", "--stack-state", "state.json")
    story.posthog("adopt", "--format", "json")
    story.posthog("doctor")
    story.posthog("validate", "--format", "json")
    story.pulumi("preview", "--diff", "--show-full-output", "--show-replacement-steps")
    story.pulumi("preview", "--json")

    for where, options in (("/projects/[0-9]+/$", ("--continue-on-error",)), ("_configs/", ())):
        sandbox.call("POST", "/_sandbox/faults", {"spec": f"repeated-request PATCH {where}"})
        story.pulumi("up", "--yes", "--skip-preview", "--diff", *options, *LOUD, status=1)
        sandbox.call("DELETE", "/_sandbox/faults")
        assert b"Cannot make sense of: Bearer <hidden>" in list(story.said.values())[-1]
    story.pulumi("refresh", "--yes", "--skip-preview", "--diff", *LOUD)
    story.pulumi("up", "--yes", "--skip-preview", "--diff", "--json")
    sandbox.count_anew()
    story.pulumi("preview", "--diff", "--expect-no-changes")
    story.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert sandbox.writes() == {}
    story.pulumi("stack", "export")
    story.pulumi("stack", "history", "--full-dates")
    story.pulumi("config")
    environment["POSTHOG_ALLOW_DESTROY"] = "true"
    story.pulumi("destroy", "--yes", "--skip-preview", "--diff", *LOUD)
    sandbox.stop()
    story.said["the sandbox"] = sandbox.said.encode()

    assert story.searched() == []


def test_what_is_there_already_is_taken_over_without_showing_its_secrets(story, sandbox):
    sandbox.call(
        "POST", f"/api/organizations/{sandbox.organization}/projects/", {"name": "Web", "timezone": "UTC"}
    )
    by_hand(sandbox)

    story.pulumi("preview", "--diff")
    story.pulumi("up", "--yes", "--skip-preview", "--diff")

    assert any(b"slack_incoming_webhook" in text for text in story.said.values())
    assert story.searched() == []


def test_a_program_in_python_writes_no_secret_either(story, sandbox):
    (story.stack.folder / "__main__.py").write_text(PROGRAM)
    story.pulumi("up", "--yes", "--skip-preview", "--diff", *LOUD)
    by_hand(sandbox)
    story.stack.environment["SNOWFLAKE_PASSWORD"] = SECRETS["!env, rotated"]
    story.pulumi("preview", "--diff")
    sandbox.call("POST", "/_sandbox/faults", {"spec": "repeated-request PATCH /api/"})
    story.pulumi("up", "--yes", "--skip-preview", "--diff", *LOUD, status=None)
    sandbox.call("DELETE", "/_sandbox/faults")
    story.pulumi("up", "--yes", "--skip-preview", "--diff")

    assert story.searched() == []


def test_the_api_key_is_not_even_in_what_pulumi_says_to_itself(story):
    story.stack.pulumi("config", "rm", "posthog:personalApiKey")

    story.pulumi("up", "--yes", "--skip-preview", "--logtostderr", "--logflow", "-v=9")

    # The destination's secrets are: that is Pulumi's own, and docs/how-to/secrets.md says so.
    assert leaks({"the key": KEY}, {**story.said, **files(story.stack.folder)}) == []


def test_a_pickled_provider_holds_the_name_of_its_kind_and_nothing_else(story, door):
    story.pulumi("up", "--yes", "--skip-preview", "--diff")

    providers = {
        resource["urn"]: resource["outputs"]["__provider"]
        for resource in story.stack.state().values()
        if "__provider" in resource.get("outputs", {})
    }
    assert len(providers) == (0 if door == PLUGIN_DOOR else 6)
    assert all(len(text) < 200 for text in providers.values())
    assert leaks({**SECRETS, "the host": story.stack.posthog.url}, {"all": json.dumps(providers)}) == []
