"""Runs Pulumi on a stack of its own: state in .run, nothing in the user's own Pulumi settings."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import places
import sandbox_process
from steps import ToolError

NAME = "local"
SECONDS_TO_RUN = 600


@dataclass(frozen=True)
class Outcome:
    """How a Pulumi run ended: its exit status and what it printed."""

    status: int
    text: str


@dataclass(frozen=True)
class Resource:
    """One PostHog thing that the stack keeps: what it is ("Role"), what it is called, PostHog's id for it."""

    kind: str
    name: str
    id: str


@dataclass(frozen=True)
class Stack:
    """The stack `local` of one Pulumi project; `variables` is what a shell needs to work on it."""

    folder: Path
    variables: Mapping[str, str]

    def run(self, *arguments: str) -> Outcome:
        """Run `pulumi` without questions and without progress dots. Raises ToolError after ten minutes."""
        try:
            ended = subprocess.run(
                ["pulumi", "--non-interactive", "--color", "never", *arguments],
                cwd=self.folder,
                env=places.environment() | dict(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=SECONDS_TO_RUN,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ToolError(
                f"pulumi {' '.join(arguments)} is still running after {SECONDS_TO_RUN} s",
                f"look at {sandbox_process.LOG}, then: make down",
            ) from error
        except FileNotFoundError as error:
            raise ToolError("pulumi is not there", "run `make install`") from error
        return Outcome(ended.returncode, ended.stdout)

    def resources(self) -> list[Resource]:
        """What the state has now by kind and name, but for Pulumi's own and our guard. Raises ToolError."""
        exported = self.run("stack", "export")
        if exported.status != 0:
            raise ToolError(f"pulumi stack export:\n{exported.text}", "run `make up` again")
        entries: list[dict[str, Any]] = json.loads(exported.text)["deployment"].get("resources") or []
        resources = [
            Resource(entry["type"].rpartition(":")[2], entry["urn"].rpartition("::")[2], entry["id"])
            for entry in entries
            if entry.get("custom") and not entry["type"].endswith((":Guard", ":providers:posthog"))
        ]
        return sorted(resources, key=lambda resource: (resource.kind, resource.name))


def create(folder: Path, variables: Mapping[str, str]) -> Stack:
    """Begin a stack from nothing. Raises ToolError."""
    # A folder that no earlier run knows: a Pulumi which outlived its `make up` cannot write into it.
    state = sandbox_process.FOLDER / f"state-{secrets.token_hex(4)}"
    state.mkdir(parents=True)
    # It holds only what Pulumi wrote for the state that has gone.
    (folder / f"Pulumi.{NAME}.yaml").unlink(missing_ok=True)
    stack = Stack(
        folder,
        {
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            # As in CI: the state is saved once, at the end; calls do not wait for a core, and comparisons not for
            # each other.
            "PULUMI_SKIP_CHECKPOINTS": "1",
            "PULUMI_PARALLEL": "16",
            "PULUMI_PARALLEL_DIFF": "1",
            "PULUMI_HOME": str(sandbox_process.FOLDER / "pulumi"),
            "PULUMI_STACK": NAME,
            **variables,
        },
    )
    made = stack.run("stack", "init", NAME)
    if made.status != 0:
        raise ToolError(f"pulumi stack init {NAME}:\n{made.text}", "run `make up` again")
    return stack
