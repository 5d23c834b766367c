"""A Pulumi stack in a folder of its own, driven through the real command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.sandbox import Sandbox

PULUMI_YAML = """\
name: tried
runtime: python
options:
  refresh: always
"""
PLUGIN = f"""\
plugins:
  providers:
    - name: posthog
      path: {Path(sys.executable).parent}
"""
DYNAMIC_DOOR, PLUGIN_DOOR = DOORS = "dynamic", "plugin"
DOOR = os.environ.get("POSTHOG_TEST_DOOR", PLUGIN_DOOR)  # through which provider tests go that do not choose
PROGRAM = """\
import pulumi_posthog

pulumi_posthog.deploy("posthog.yaml")
"""
HEADER = """\
organization:
  host: !env POSTHOG_HOST
  id: !env POSTHOG_ORGANIZATION_ID
"""


@dataclass(frozen=True)
class Run:
    """What a command came to."""

    status: int
    text: str

    @property
    def changes(self) -> dict[str, int]:
        """What Pulumi counted under "Resources:": {"created": 3, "unchanged": 1}."""
        _, _, tail = self.text.rpartition("Resources:")
        return {
            word: int(count)
            for count, word in re.findall(r"(\d+) (?:to )?(\w+)", tail.partition("Duration")[0])
        }


def type_of(resource: str, door: str = DOOR) -> str:
    """A type of resource, as the provider of that door calls it."""
    return f"{'posthog:index' if door == PLUGIN_DOOR else 'pulumi-python:dynamic/posthog'}:{resource}"


def heed_interrupts() -> None:
    """Undo what a shell does to jobs in the background, and they to all that they start: to ignore Ctrl-C.

    Pulumi ends its helpers by that signal, and waits five seconds for those that ignore it, in each run.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Stack:
    """One stack: `write` its YAML, then `up`, `preview`, `refresh`, `destroy`."""

    def __init__(self, folder: Path, posthog: Sandbox, *, door: str = DOOR, **environment: str) -> None:
        self.folder = folder
        self.posthog = posthog
        (folder / "state").mkdir(parents=True, exist_ok=True)
        self.through(door)
        (folder / "__main__.py").write_text(PROGRAM)
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "1",
            "NO_COLOR": "1",
            # The sandbox sets no limits unless it is told to.
            "POSTHOG_REQUESTS_PER_MINUTE": "100000",
            "POSTHOG_REQUESTS_PER_HOUR": "1000000",
            "POSTHOG_HOST": posthog.url,
            "POSTHOG_ORGANIZATION_ID": posthog.organization,
            "POSTHOG_PERSONAL_API_KEY": posthog.key,
            **environment,
        }
        self.pulumi("stack", "init", "test")

    def through(self, door: str, *, options: bool = True) -> None:
        """Write Pulumi.yaml for one of the two providers, with `options` that have each run refresh first."""
        head = PULUMI_YAML if options else PULUMI_YAML.partition("options:")[0]
        (self.folder / "Pulumi.yaml").write_text(head + (PLUGIN if door == PLUGIN_DOOR else ""))

    def write(self, text: str, *, header: str = HEADER) -> None:
        """The stack's posthog.yaml; `text` stands below the organization."""
        (self.folder / "posthog.yaml").write_text(header + text)

    def pulumi(self, *arguments: str, timeout: float = 300) -> Run:
        """Runs the command; seconds."""
        return self._run("pulumi", *arguments, "--non-interactive", timeout=timeout)

    def command(self, *arguments: str, timeout: float = 120) -> Run:
        """`pulumi-posthog` in the stack's folder, with its environment; seconds."""
        return self._run("pulumi-posthog", *arguments, timeout=timeout)

    def _run(self, *command: str, timeout: float) -> Run:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def up(self, *arguments: str) -> Run:
        """`pulumi up` as in CI."""
        return self.pulumi("up", "--yes", "--skip-preview", "--diff", *arguments)

    def preview(self, *arguments: str) -> Run:
        """`pulumi preview`, bare but for the flat output."""
        return self.pulumi("preview", "--diff", *arguments)

    def refresh(self) -> Run:
        """`pulumi refresh`."""
        return self.pulumi("refresh", "--yes", "--skip-preview", "--diff")

    def destroy(self) -> Run:
        """`pulumi destroy`."""
        return self.pulumi("destroy", "--yes", "--skip-preview", "--diff")

    def set(self, name: str, value: str) -> None:
        """`pulumi config set posthog:NAME VALUE`."""
        done = self.pulumi("config", "set", f"posthog:{name}", value)
        assert done.status == 0, done.text

    def state(self) -> dict[str, Any]:
        """URN -> resource, as the state has them."""
        done = self.pulumi("stack", "export")
        deployment = json.loads(done.text)["deployment"]
        return {resource["urn"]: resource for resource in deployment.get("resources", ())}
