"""The command beside an organization that is as its file says."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from harness import forked
from harness.sandbox import KEY, Sandbox

COMMAND = Path(sys.executable).with_name("pulumi-posthog")
PASSWORD = "hush-hush-very-secret"
ORGANIZATION = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"
BROKEN = "projects:\n  Web: {timzone: Mars, anonymize_ips: maybe}\n"
DECLARED = f"""\
projects:
  Web:
    timezone: Europe/Berlin
    anonymize_ips: true
    app_urls: [https://acme.io]
    survey_config: {{appearance: {{color: red}}}}
    pipeline_destinations:
      Orders to Snowflake:
        plugin: {SNOWFLAKE}
        enabled: true
        order: 1
        config: {{account: acme, username: ana, database: orders, password: !env SNOWFLAKE_PASSWORD}}
    file_system:
      Marketing: {{type: folder}}
      Marketing/Launches: {{type: folder}}
  Shop:
    timezone: Europe/Paris

roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
  Engineering:
    members: {{mode: additive, items: [cy@acme.io]}}
  Guests: {{}}
"""
PULUMI = """\
#!/bin/sh
case "$*" in
  "version") echo v3.259.0;;
  "whoami"*) echo '{{"user": "ana", "url": "file:///state"}}';;
  "stack export --stack prod"*) cat {folder}/state.json;;
  "config"*) echo "{{}}";;
  *) echo "error: no stack named 'nope' found" >&2; exit 6;;
esac
"""


@dataclass(frozen=True)
class Run:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON."""
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """Both outputs."""
        return self.out + self.err


@dataclass(frozen=True)
class Lab:
    """A sandbox, and the folder that holds its configuration."""

    posthog: Sandbox
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        """The organization, as every file has it."""
        return f"organization:\n  host: {self.posthog.url}\n  id: {ORGANIZATION}\n\n"

    def write(self, declared: str = DECLARED, name: str = "posthog.yaml") -> Path:
        """A configuration with this below the organization."""
        path = self.folder / name
        path.write_text(self.header + declared)
        return path

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The command, running."""
        return subprocess.Popen(
            [str(COMMAND), *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Run:
        """The command to its end; in no case does it show the key or a secret."""
        status, out, err = forked.run(
            [str(COMMAND), *arguments], self.folder, {**self.environment, **environment}
        )
        for secret in (self.posthog.key, PASSWORD):
            assert secret not in out + err
        return Run(status, out, err)

    def pulumi(self, state: str = "{}") -> None:
        """A `pulumi` that knows one stack, "prod", with this state; the real one takes a second and a backend."""
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "state.json").write_text(state)
        program = folder / "pulumi"
        program.write_text(PULUMI.format(folder=folder))
        program.chmod(0o755)

    def call(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """One request below the organization, or anywhere with a path that begins with /."""
        path = path if path.startswith("/") else f"/api/organizations/{ORGANIZATION}/{path}"
        return self.posthog.call(method, path, body, form=form)

    def project(self, name: str) -> str:
        """The path of a project below the organization."""
        return f"projects/{self.posthog.project(name)['id']}/"

    def key_without(self, *scopes: str) -> str:
        """A key with all scopes that drift needs but these."""
        all_ = {
            "organization:read",
            "organization_member:read",
            "user:read",
            "project:read",
            "plugin:read",
            "file_system:read",
            "activity_log:read",
        }
        answer = self.call("POST", "/_sandbox/keys", {"scopes": sorted(all_ - set(scopes))})
        return str(answer["key"])


def lab_of(posthog: Sandbox, folder: Path) -> Lab:
    """A lab whose sandbox is as at the start."""
    posthog.call("POST", "/_sandbox/reset")
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "POSTHOG_PERSONAL_API_KEY": KEY,
        "SNOWFLAKE_PASSWORD": PASSWORD,
    }
    lab = Lab(posthog, folder, environment)
    lab.write()
    lab.pulumi()
    return lab


def declared(text: str) -> Any:
    """A YAML text as values; `!env NAME` as {"env": NAME}, `!ref dashboard/KPIs` as {"ref": "dashboard/KPIs"}."""

    class Loader(yaml.SafeLoader):
        """Knows our tags."""

    for tag in ("env", "ref"):
        Loader.add_constructor(f"!{tag}", lambda loader, node, tag=tag: {tag: loader.construct_scalar(node)})
    return yaml.load(text, Loader=Loader)  # noqa: S506 - a SafeLoader with two more tags


def on_a_terminal(lab: Lab, *arguments: str, columns: int = 80, **environment: str) -> str:
    """What a terminal of this width shows, colours and all."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [str(COMMAND), *arguments],
        cwd=lab.folder,
        env={**lab.environment, "TERM": "xterm-256color", "COLUMNS": str(columns), **environment},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    process.wait(timeout=10)
    os.close(master)
    return shown.decode()


def made(lab: Lab, *arguments: str) -> Path:
    """The folder of the repository that `init` makes."""
    run = lab.run("init", "acme", "--host", lab.posthog.url, "--organization", ORGANIZATION, *arguments)
    assert run.status == 0, run.err
    return lab.folder / "acme"


def told(lab: Lab, *arguments: str, **environment: str) -> dict[str, list[str]]:
    """Of `drift`: status -> the paths of what counts."""
    found = lab.run("drift", "--format", "json", *arguments, **environment).json["findings"]
    result: dict[str, list[str]] = {}
    for each in found:
        if each["new"]:
            result.setdefault(each["status"], []).append(each["path"])
    return result


def state_of(roles: dict[str, str]) -> str:
    """A stack's state with these roles, by name and id, as `pulumi stack export` writes it."""
    type_ = "pulumi-python:dynamic/posthog:"
    managed = {"role": {"": dict.fromkeys(roles, "")}}
    guard = {"urn": "urn:pulumi:t::p::x::guard", "type": f"{type_}Guard", "id": "guard"}
    resources = [{**guard, "inputs": {"__managed": json.dumps(managed)}}]
    resources += [
        {
            "urn": f"urn:pulumi:t::p::{type_}Role::{name}",
            "type": f"{type_}Role",
            "id": id_,
            "inputs": {"name": name, "__declared": "name"},
        }
        for name, id_ in roles.items()
    ]
    return json.dumps({"version": 3, "deployment": {"resources": resources}})
