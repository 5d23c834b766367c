"""A repository that `init` made, whose jobs run here as GitHub runs them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

INSTALLS = "pip install"  # such a step is left out where what it installs is here already


class Repository:
    """A folder in which `job` runs the steps of a workflow."""

    def __init__(self, folder: Path, environment: dict[str, str], *, installs: bool = False) -> None:
        self.folder = folder
        self.installs = installs
        self.environment = environment
        self.said = ""

    def job(self, workflow: str, job: str) -> int:
        """Runs a job's steps with the environment that they ask for; the status of the first that fails."""
        steps = yaml.safe_load((self.folder / f".github/workflows/{workflow}.yml").read_text())["jobs"][job]
        first = 0
        self.said = ""
        for step in steps["steps"]:
            if (
                "run" not in step
                or (INSTALLS in step["run"] and not self.installs)
                or not self.due(step, failed=bool(first))
            ):
                continue
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.folder,
                env={**self.given(), **self.asked(steps), **self.asked(step)},
                capture_output=True,
                text=True,
                check=False,
            )
            self.said += done.stdout + done.stderr
            first = first or done.returncode
        return first

    @staticmethod
    def due(step: dict[str, Any], *, failed: bool) -> bool:
        """Whether a step runs, now that one before it failed or none."""
        return {"always()": True, "failure()": failed}.get(step.get("if", ""), not failed)

    def given(self) -> dict[str, str]:
        """What every runner has."""
        names = ("PATH", "HOME", "PULUMI_HOME", "PULUMI_SKIP_UPDATE_CHECK")
        limits = {
            name: value for name, value in self.environment.items() if name.startswith("POSTHOG_REQUESTS")
        }
        found = {name: self.environment[name] for name in names if name in self.environment}
        temporary = {"RUNNER_TEMP": str(self.folder.parent / "runner")}
        return {**found, **limits, **temporary, "GITHUB_REPOSITORY": "acme/posthog"}

    def asked(self, part: dict[str, Any]) -> dict[str, str]:
        """The `env` of a job or a step, with its secrets and variables filled in."""
        values = {"github.token": "gho_token", "github.event.pull_request.number": "3"}
        result = {}
        for name, text in part.get("env", {}).items():
            expression = re.fullmatch(r"\$\{\{ (\S+) \}\}", str(text))
            kind, _, own = (expression[1] if expression else "").partition(".")
            known = self.environment.get(own, "") if kind in ("secrets", "vars") else ""
            result[name] = values.get(f"{kind}.{own}", known) if expression else str(text)
        return result
