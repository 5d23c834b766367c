"""The repository that `init` makes, from its first pull request to its nightly look: each step as GitHub runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import github
from harness.sandbox import Sandbox
from harness.stack import Stack

pytestmark = pytest.mark.e2e

INSTALLS = "pip install"  # what a step installs is here already


class Repository:
    """A folder in which `job` runs the steps of a workflow."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.said = ""

    def job(self, workflow: str, job: str) -> int:
        """Runs a job's steps with the environment that they ask for; the status of the first that fails."""
        steps = yaml.safe_load((self.folder / f".github/workflows/{workflow}.yml").read_text())["jobs"][job]
        first = 0
        self.said = ""
        for step in steps["steps"]:
            if "run" not in step or INSTALLS in step["run"] or not self.due(step, failed=bool(first)):
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


@pytest.fixture
def repository(tmp_path: Path, stack: Stack) -> Repository:
    """What `init --from-live` makes of the sandbox, with a stack and the packages installed."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    github.put(binaries, tmp_path / "github.json")
    environment = {**stack.environment, "PATH": f"{binaries}:{stack.environment['PATH']}"}
    folder = tmp_path / "acme"
    for command in (
        ["pulumi-posthog", "init", "acme", "--from-live"],
        ["pulumi", "stack", "init", "production", "--non-interactive", "--cwd", "acme"],
    ):
        if command[0] == "pulumi":
            (folder / ".venv").symlink_to(sys.prefix)
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return Repository(folder, environment)


def test_a_change_is_shown_applied_and_watched(repository: Repository, posthog: Sandbox, tmp_path: Path):
    file = repository.folder / "posthog.yaml"
    file.write_text(
        re.sub(r"timezone: .*\n", "", file.read_text()).replace(
            "  Default project:\n", "  Default project:\n    timezone: Europe/Berlin\n"
        )
    )

    assert repository.job("pull-request", "check") == 0, repository.said
    assert repository.job("pull-request", "preview") == 0, repository.said
    assert repository.job("pull-request", "comment") == 0, repository.said
    (comment,) = github.told(tmp_path / "github.json")["comments"]
    assert "`projects.Default project.timezone`" in comment["body"]
    assert "Europe/Berlin" in comment["body"].partition("pulumi preview")[2]
    assert posthog.project("Default project")["timezone"] == "UTC"

    assert repository.job("apply", "apply") == 0, repository.said
    assert posthog.project("Default project")["timezone"] == "Europe/Berlin"

    assert repository.job("drift", "drift") == 0, repository.said
    id_ = posthog.project("Default project")["id"]
    posthog.call("PATCH", f"/api/projects/{id_}/", {"timezone": "Asia/Tokyo"})
    assert repository.job("drift", "drift") == 7
    assert repository.job("drift", "drift") == 0
    (issue,) = github.told(tmp_path / "github.json")["issues"]
    assert (issue["title"], issue["state"]) == ("PostHog differs", "open")

    assert repository.job("apply", "apply") == 0, repository.said
    assert repository.job("drift", "drift") == 0
    (issue,) = github.told(tmp_path / "github.json")["issues"]
    assert issue["state"] == "closed"


def test_a_run_that_fails_ends_with_what_is_left_to_do(repository: Repository, posthog: Sandbox):
    file = repository.folder / "posthog.yaml"
    file.write_text(
        file.read_text().replace("roles:\n", "roles:\n  Analysts: {members: [ana@acme.io]}\n  Support: {}\n")
    )
    posthog.call("POST", "/_sandbox/faults", {"spec": "500 POST /roles/$ times=50"})

    assert repository.job("apply", "apply") != 0

    _, _, left = repository.said.partition("Resources:")
    assert "errored" in left
    for path in ("roles.Analysts", "roles.Analysts.members", "roles.Support"):
        assert path in left, repository.said


def test_a_mistake_ends_the_check_and_points_at_its_line(repository: Repository):
    file = repository.folder / "posthog.yaml"
    file.write_text(file.read_text().replace("roles:\n", "rolls:\n"))

    assert repository.job("pull-request", "check") == 2
    assert re.search(r"::error title=pulumi-posthog,file=posthog.yaml,line=\d+", repository.said)
