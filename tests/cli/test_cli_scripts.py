"""The scripts that the workflows of `pulumi-posthog init` run."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.lab import COMMAND, Lab, Run, made
from harness import github


@dataclass(frozen=True)
class Repository:
    """What `init` made, with a GitHub of its own."""

    lab: Lab
    folder: Path

    def script(self, name: str, *arguments: str, **environment: str) -> Run:
        """One of the workflows' steps."""
        done = subprocess.run(
            [sys.executable, "-I", f"ci/{name}", *arguments, str(self.reports)],
            cwd=self.folder,
            env={
                **self.lab.environment,
                "GITHUB_REPOSITORY": "acme/posthog",
                "PULL_REQUEST": "3",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert self.lab.posthog.key not in done.stdout + done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    @property
    def reports(self) -> Path:
        """The runner's own folder."""
        return self.lab.folder / "runner/reports"

    @property
    def github(self) -> dict[str, Any]:
        """Issues, comments, and the log of what was asked."""
        return github.told(self.lab.folder / "github.json")


@pytest.fixture
def repository(lab: Lab) -> Repository:
    folder = made(lab)
    (folder / "posthog.yaml").write_text((lab.folder / "posthog.yaml").read_text())
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/pulumi-posthog").symlink_to(COMMAND)
    github.put(lab.folder / "bin", lab.folder / "github.json")
    return Repository(lab, folder)


def test_a_pull_request_has_one_comment_that_is_kept_up_to_date(repository: Repository):
    repository.lab.pulumi(json.dumps({"deployment": {"resources": []}}))
    preview = repository.script("preview.py", "prod")
    assert preview.status == 6  # the stand-in for Pulumi previews nothing

    assert repository.script("comment.py").status == 0
    (repository.reports / "preview.txt").write_text("~ timezone\n```\n" + "x" * 100_000)
    assert repository.script("comment.py").status == 0

    (comment,) = repository.github["comments"]
    assert comment["body"].startswith("<!-- pulumi-posthog drift -->")
    assert "~ timezone" in comment["body"]
    assert "cut here" in comment["body"]
    assert len(comment["body"]) < 65_536


def test_a_preview_is_told_without_the_marks_that_pulumi_leaves_for_colours(repository: Repository):
    repository.lab.pulumi(json.dumps({"deployment": {"resources": []}}))
    pulumi = repository.lab.folder / "bin/pulumi"
    marked = "preview*) echo '<{%fg 1%}>1 failed<{%reset%}>, 100 <{% of text'; exit 6;;"
    pulumi.write_text(pulumi.read_text().replace('case "$*" in', f'case "$*" in\n  {marked}'))

    preview = repository.script("preview.py", "prod")

    assert (repository.reports / "preview.txt").read_text() == "1 failed, 100 <{% of text\n"
    assert preview.status == 6
    assert "<{%fg" not in preview.out


def test_the_comment_of_somebody_else_is_not_ours_whatever_is_in_it(repository: Repository):
    repository.reports.mkdir(parents=True)
    others = [
        {"id": number, "body": "<!-- pulumi-posthog drift -->\nall is well", "user": {"login": "mallory"}}
        for number in range(1, 121)
    ]
    (repository.lab.folder / "github.json").write_text(json.dumps({"issues": [], "comments": others}))

    for _ in range(2):
        assert repository.script("comment.py").status == 0

    *before, ours = repository.github["comments"]
    assert before == others
    assert ours["user"] == {"login": github.US}
    assert "PostHog could not be compared" in ours["body"]


@pytest.mark.parametrize("name", ["drift.md", "preview.txt"])
def test_a_link_where_the_report_should_be_shows_nothing(repository: Repository, name: str):
    repository.reports.mkdir(parents=True)
    (repository.reports / name).symlink_to("/proc/self/environ")

    assert repository.script("comment.py", GH_TOKEN="gho_hush").status == 0

    (comment,) = repository.github["comments"]
    assert "gho_hush" not in comment["body"]


@pytest.mark.parametrize("script", ["preview.py", "drift_issue.py"])
def test_reports_are_never_written_through_a_committed_link(repository: Repository, script: str):
    repository.lab.pulumi(json.dumps({"deployment": {"resources": []}}))
    elsewhere = repository.lab.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "drift.md").write_text("precious")
    repository.reports.parent.mkdir()
    repository.reports.symlink_to(elsewhere)

    repository.script(script, *(["prod"] if script == "preview.py" else []))

    assert not repository.reports.is_symlink()
    assert (repository.reports / "drift.md").exists()
    assert [path.read_text() for path in elsewhere.iterdir()] == ["precious"]


def test_an_issue_of_somebody_else_with_the_label_is_left_alone(repository: Repository):
    theirs = {
        "number": 1,
        "state": "open",
        "body": "",
        "labels": ["posthog-drift"],
        "user": {"login": "mallory"},
    }
    (repository.lab.folder / "github.json").write_text(json.dumps({"issues": [theirs], "comments": []}))

    assert repository.script("drift_issue.py").status == 0

    assert repository.github["issues"] == [theirs]
    assert repository.github["comments"] == []


def test_a_preview_ends_with_what_kept_it_from_looking(repository: Repository):
    repository.lab.pulumi(json.dumps({"deployment": {"resources": []}}))

    assert repository.script("preview.py", "prod", POSTHOG_PERSONAL_API_KEY="phx_nobody").status == 3


def test_drift_opens_one_issue_updates_it_and_closes_it(repository: Repository):
    lab = repository.lab

    def change(**settings: Any) -> None:
        lab.call("PATCH", lab.project("Web"), settings)

    def issue() -> dict[str, Any]:
        (found,) = repository.github["issues"]
        return dict(found)

    assert repository.script("drift_issue.py").status == 0
    assert repository.github["issues"] == []

    change(timezone="UTC")
    assert repository.script("drift_issue.py").status == 7
    assert "projects.Web.timezone" in issue()["body"]
    assert "    timezone: UTC\n" in (repository.reports / "accept.patch").read_text()
    assert f"```diff\n{(repository.reports / 'accept.patch').read_text()}```\n" in issue()["body"]

    assert repository.script("drift_issue.py").status == 0  # red once is enough
    change(anonymize_ips=False)
    assert repository.script("drift_issue.py").status == 7
    assert "projects.Web.anonymize_ips" in issue()["body"]

    unreadable = repository.script("drift_issue.py", POSTHOG_PERSONAL_API_KEY=lab.key_without("project:read"))
    assert unreadable.status == 4
    assert issue()["state"] == "open"

    change(timezone="Europe/Berlin", anonymize_ips=True)
    assert repository.script("drift_issue.py").status == 0
    assert issue()["state"] == "closed"
