"""Pulumi stacks in folders of their own: ours, and an empty one of the same size."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environment import ROOT, binaries
from benchmarks.processes import Used, measured
from harness.sandbox import Sandbox
from harness.stack import DYNAMIC_DOOR, PLUGIN_DOOR

PULUMI_YAML = """\
name: {name}
runtime: python
"""
# The plugin has Pulumi refresh by itself.
REFRESH = """\
options:
  refresh: always
"""
PLUGIN = """\
plugins:
  providers:
    - name: posthog
      path: {folder}
"""
OURS = """\
import pulumi_posthog

pulumi_posthog.deploy("posthog.yaml")
"""
FLOOR = """\
from benchmarks.empty_provider import register

register({count})
"""
UNLIMITED = {"POSTHOG_REQUESTS_PER_MINUTE": "1000000", "POSTHOG_REQUESTS_PER_HOUR": "100000000"}


@dataclass(frozen=True)
class Stack:
    """A folder with a program and a state."""

    folder: Path
    environment: Mapping[str, str]

    def pulumi(self, *arguments: str, **environment: str) -> Used:
        """Run `pulumi` without a terminal."""
        return self.run("pulumi", *arguments, "--non-interactive", **environment)

    def run(self, *arguments: str, **environment: str) -> Used:
        """Run a command in the folder."""
        return measured(arguments, folder=self.folder, environment={**self.environment, **environment})

    @contextmanager
    def without_log(self) -> Iterator[None]:
        """Pulumi keeps no log of its own: a file is where it would make the folder for it. There is none afterwards."""
        logs = Path(self.environment["PULUMI_HOME"]) / "logs"
        shutil.rmtree(logs, ignore_errors=True)
        logs.touch()
        try:
            yield
        finally:
            logs.unlink()

    @property
    def state_bytes(self) -> int:
        """The size of the state file."""
        return sum(path.stat().st_size for path in self.folder.glob("state/.pulumi/stacks/*/*.json"))


def ours(folder: Path, posthog: Sandbox, yaml: str, *, door: str = DYNAMIC_DOOR, **environment: str) -> Stack:
    """A stack that looks after a sandbox, through one of the two providers."""
    stack = made(
        folder,
        OURS,
        {
            "POSTHOG_HOST": posthog.url,
            "POSTHOG_ORGANIZATION_ID": posthog.organization,
            "POSTHOG_PERSONAL_API_KEY": posthog.key,
            "POSTHOG_ALLOW_DESTROY": "true",
            **environment,
        },
        PLUGIN.format(folder=binaries()) if door == PLUGIN_DOOR else REFRESH,
    )
    (folder / "posthog.yaml").write_text(yaml)
    return stack


def floor(folder: Path, count: int, **environment: str) -> Stack:
    """A stack of so many empty resources."""
    return made(folder, FLOOR.format(count=count), environment)


def made(folder: Path, program: str, environment: Mapping[str, str], settings: str = REFRESH) -> Stack:
    """A new stack, with more `settings` in its Pulumi.yaml. Raises RuntimeError when Pulumi cannot make it."""
    (folder / "state").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PULUMI_YAML.format(name=folder.name) + settings)
    (folder / "__main__.py").write_text(program)
    stack = Stack(
        folder,
        {
            **os.environ,
            # A user's Python; Pulumi itself is beside ours.
            "PATH": os.pathsep.join(map(str, (binaries(), Path(sys.executable).parent, os.environ["PATH"]))),
            # This working copy, wherever the package is installed from.
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "provider", ROOT))),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
            **environment,
        },
    )
    done = stack.pulumi("stack", "init", "bench")
    if done.status:
        raise RuntimeError(done.text)
    return stack


def arguments(verb: str) -> Sequence[str]:
    """How the verb is called in CI."""
    if verb == "preview":
        return ("preview", "--diff", "--suppress-outputs")
    return (verb, "--yes", "--skip-preview", "--diff", "--suppress-outputs")
