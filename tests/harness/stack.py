"""A Pulumi stack in a folder of its own, driven through the real command line."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness import forked
from harness.sandbox import Sandbox

PULUMI_YAML = """\
name: tried
runtime: python
options:
  refresh: always
"""
PLUGIN = """\
plugins:
  providers:
    - name: posthog
      path: {folder}
"""
INSTALLED = Path(sys.executable).parent
BEGINNINGS: dict[tuple[str, str], Path] = {}  # of which sandbox and which name
EMPTY: list[Path] = []  # a stack without resources, once there is one
DYNAMIC_DOOR, PLUGIN_DOOR = DOORS = "dynamic", "plugin"
DOOR = os.environ.get("POSTHOG_TEST_DOOR", PLUGIN_DOOR)  # through which provider tests go that do not choose
REAL = (
    "POSTHOG_TEST_REAL" in os.environ
)  # whether Pulumi starts our programs itself, also for tests that do not say
if DOOR not in DOORS:
    raise ValueError(f"POSTHOG_TEST_DOOR is one of {', '.join(DOORS)}, not {DOOR!r}")
# As our workflows and `action.yml` have it.
SIDE_BY_SIDE = {"PULUMI_PARALLEL": "16", "PULUMI_PARALLEL_DIFF": "1"}
IN_CI = {"PULUMI_SKIP_CHECKPOINTS": "1", **SIDE_BY_SIDE}
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


def _temporary(prefix: str) -> Path:
    """A folder until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Stack:
    """One stack: `write` its YAML, then `up`, `preview`, `refresh`, `destroy`.

    The engine and Pulumi's host for Python are real in any case. The processes in Python that they start, a program and
    providers, are forks of one that has imported all, unless a test is about the `real` ones: about their start, their
    signals, their memory, and what is left of them when something is killed.
    """

    def __init__(
        self, folder: Path, posthog: Sandbox, *, door: str = DOOR, real: bool = REAL, **environment: str
    ) -> None:
        self.folder = folder
        self.posthog = posthog
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__main__.py").write_text(PROGRAM)
        self.environment = {
            **os.environ,
            "PATH": f"{INSTALLED}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "1",
            "NO_COLOR": "1",
            # Pulumi ends before it is worth while to look for garbage: a tenth of what it takes.
            "GOGC": "off",
            "GOMEMLIMIT": "512MiB",
            # The sandbox sets no limits unless it is told to.
            "POSTHOG_REQUESTS_PER_MINUTE": "100000",
            "POSTHOG_REQUESTS_PER_HOUR": "1000000",
            "POSTHOG_HOST": posthog.url,
            "POSTHOG_ORGANIZATION_ID": posthog.organization,
            "POSTHOG_PERSONAL_API_KEY": posthog.key,
            **environment,
        }
        self.programs = INSTALLED if real else forked.stand_ins(self.environment)
        if not real:
            self.environment["PATH"] = f"{self.programs}{os.pathsep}{self.environment['PATH']}"
        self.through(door)
        self._init()

    def _init(self) -> None:
        """`pulumi stack init test`; of the usual backend, all stacks but the first of this process are copies of it."""
        state, settings = self.folder / "state", self.folder / "Pulumi.test.yaml"
        usual = self.environment["PULUMI_BACKEND_URL"] == f"file://{state}"
        usual = usual and not self.environment["PULUMI_CONFIG_PASSPHRASE"]
        if usual and EMPTY:
            shutil.copytree(EMPTY[0], self.folder, dirs_exist_ok=True)
            self._selection.parent.mkdir(parents=True)
            selected = {"stacks": {f"file://{state}": "organization/tried/test"}}
            self._selection.write_text(json.dumps(selected))
            return
        state.mkdir(exist_ok=True)
        made = self.pulumi("stack", "init", "test")
        if usual and made.status == 0:
            kept = _temporary("posthog-stack-")
            shutil.copytree(state, kept / "state")
            shutil.copy(settings, kept)
            EMPTY.append(kept)

    @property
    def _selection(self) -> Path:
        """Which stack is selected, as Pulumi keeps it: by backend, in a file named after the project's place."""
        project = str(self.folder.resolve() / "Pulumi.yaml").encode()
        place = hashlib.sha1(project, usedforsecurity=False).hexdigest()
        return self.folder / "home" / "workspaces" / f"tried-{place}-workspace.json"

    @property
    def _selected(self) -> str:
        """The stack that commands are about which name none."""
        stacks = json.loads(self._selection.read_text())["stacks"]
        return str(stacks[self.environment["PULUMI_BACKEND_URL"]].rpartition("/")[2])

    def through(self, door: str, *, options: bool = True) -> None:
        """Write Pulumi.yaml for one of the two providers, with `options` that have each run refresh first."""
        self.door = door
        head = PULUMI_YAML if options else PULUMI_YAML.partition("options:")[0]
        (self.folder / "Pulumi.yaml").write_text(
            head + (PLUGIN.format(folder=self.programs) if door == PLUGIN_DOOR else "")
        )

    def begin(self, name: str, make: Callable[[Stack], object]) -> None:
        """Stack and PostHog as `make` leaves them, with counts from zero; it is run once in this process, then copied.

        `name` is its own within the file that asks, of a-z and _; each door has its own beginning.
        """
        key = (self.posthog.url, f"{make.__module__.rpartition('.')[2]}_{name}_{self.door}".lower()[-40:])
        if key not in BEGINNINGS:
            make(self)
            self.posthog.call("POST", "/_sandbox/snapshots", {"name": key[1]})
            BEGINNINGS[key] = _temporary("posthog-beginning-") / "stack"
            shutil.copytree(self.folder, BEGINNINGS[key], ignore=lambda _folder, names: {"home"} & {*names})
        else:
            self.posthog.call("POST", "/_sandbox/snapshots/restore", {"name": key[1]})
            shutil.copytree(BEGINNINGS[key], self.folder, dirs_exist_ok=True)
            # The one that was kept has another id than the one that the reset has just made.
            self.environment["POSTHOG_ORGANIZATION_ID"] = self.posthog.organization
        self.posthog.count_anew()

    def write(self, text: str, *, header: str = HEADER) -> None:
        """The stack's posthog.yaml; `text` stands below the organization."""
        (self.folder / "posthog.yaml").write_text(header + text)

    def pulumi(self, *arguments: str, timeout: float = 300) -> Run:
        """Runs the command; seconds."""
        return self.run("pulumi", *arguments, "--non-interactive", timeout=timeout)

    def command(self, *arguments: str, timeout: float = 120) -> Run:
        """`pulumi-posthog` in the stack's folder, with its environment; seconds."""
        status, text, _ = forked.run(
            ["pulumi-posthog", *arguments], self.folder, self.environment, timeout=timeout, joined=True
        )
        return Run(status, text)

    def run(self, *command: str, timeout: float = 300, **environment: str) -> Run:
        """Any program in the stack's folder, with more in its environment; seconds."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
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
        """What `pulumi config set posthog:NAME VALUE` writes."""
        file = self.folder / f"Pulumi.{self._selected}.yaml"
        settings = (yaml.safe_load(file.read_text()) or {}) if file.exists() else {}
        settings.setdefault("config", {})[f"posthog:{name}"] = value
        file.write_text(yaml.safe_dump(settings))

    def state(self) -> dict[str, Any]:
        """URN -> resource, as the state has them: read from the usual backend's file, which has what Pulumi exports."""
        file = self.folder / "state/.pulumi/stacks/tried" / f"{self._selected}.json"
        if file.exists():
            deployment = json.loads(file.read_text())["checkpoint"]["latest"] or {}
        else:
            deployment = json.loads(self.pulumi("stack", "export").text)["deployment"]
        return {resource["urn"]: resource for resource in deployment.get("resources", ())}
