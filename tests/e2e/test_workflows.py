"""The repository that `init` makes, from its first pull request to its nightly look: each step as GitHub runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness import github
from harness.sandbox import Sandbox
from harness.stack import Stack
from harness.workflow import Repository

pytestmark = pytest.mark.e2e


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
