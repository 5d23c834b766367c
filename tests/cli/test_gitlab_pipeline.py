"""GitLab's pipeline as `init` writes it: its keywords, and each of its lines as a runner's shell runs it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.lab import COMMAND

# https://docs.gitlab.com/ci/yaml/ (keywords of a pipeline, and of a job), as far as they are used here.
GLOBAL = {"image", "stages", "variables", "default"}
OF_A_JOB = {
    *(
        "stage",
        "rules",
        "script",
        "after_script",
        "artifacts",
        "environment",
        "resource_group",
        "timeout",
        "variables",
    )
}
# What is called in place of the programs: it notes how, and ends as FAILS says.
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case " $FAILS " in *" $(basename "$0") "*) exit 3;; esac
"""


@dataclass(frozen=True)
class Pipeline:
    """What `init` wrote, in a folder of its own."""

    folder: Path
    told: dict[str, Any]

    def run(self, lines: list[str], *, fails: str = "", **variables: str) -> tuple[int, list[str]]:
        """Runs lines as one script that ends at its first failure, as GitLab's runner does; what was called."""
        calls = self.folder.parent / "calls"
        calls.write_text("")
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
            cwd=self.folder,
            env={
                "PATH": f"{self.folder.parent}/bin:/usr/bin:/bin",
                "CALLS": str(calls),
                "FAILS": fails,
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert "not found" not in done.stderr, done.stderr
        return done.returncode, calls.read_text().splitlines()


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    options = [
        "--ci",
        "gitlab",
        "--package",
        "pulumi-posthog @ https://acme.io/pulumi_posthog-1-py3-none-any.whl",
    ]
    done = subprocess.run(
        [COMMAND, "init", "acme", *options],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "acme"
    for place in (tmp_path / "bin", folder / ".venv/bin"):
        place.mkdir(parents=True)
    for program in (
        *(tmp_path / "bin" / name for name in ("pulumi", "python3")),
        folder / ".venv/bin/pulumi-posthog",
    ):
        program.write_text(STUB)
        program.chmod(0o700)
    return Pipeline(folder, yaml.safe_load((folder / ".gitlab-ci.yml").read_text()))


def jobs(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in told.items() if name not in GLOBAL}


def test_it_has_keywords_of_gitlab_alone_and_each_job_a_stage(pipeline: Pipeline):
    told = pipeline.told

    assert set(jobs(told)) == {"validate", "preview", "apply", "drift"}
    for name, job in jobs(told).items():
        assert set(job) <= OF_A_JOB, name
        assert job["stage"] in told["stages"], name
        assert all(isinstance(line, str) for line in (*job["script"], *job.get("after_script", ()))), name
        assert all(set(rule) <= {"if", "when"} and "if" in rule for rule in job["rules"]), name
    assert set(told["default"]) == {"timeout", "before_script"}


def test_only_what_is_applied_is_in_the_environment_that_writes(pipeline: Pipeline):
    of = {name: job.get("environment", {}).get("name") for name, job in jobs(pipeline.told).items()}

    assert of == {"validate": None, "preview": "preview", "apply": "production", "drift": "preview"}
    assert pipeline.told["apply"]["rules"][0]["when"] == "manual"


def test_each_line_is_one_that_a_shell_can_run(pipeline: Pipeline):
    called = {name: pipeline.run(job["script"]) for name, job in jobs(pipeline.told).items()}

    assert called == {
        "validate": (0, ["pulumi-posthog validate"]),
        "preview": (0, ["python3 -I ci/preview.py production reports"]),
        "apply": (
            0,
            [
                "pulumi up --yes --skip-preview --diff --stack production",
                "pulumi-posthog check --output reports/checks.xml",
            ],
        ),
        "drift": (0, ["pulumi-posthog drift --output reports/drift.html --output reports/drift.xml"]),
    }
    assert (pipeline.folder / "ci/preview.py").is_file()


def test_an_update_that_fails_fails_the_job_and_says_what_is_left(pipeline: Pipeline):
    job = pipeline.told["apply"]

    status, called = pipeline.run(job["script"], fails="pulumi")
    after = [pipeline.run(job["after_script"], CI_JOB_STATUS=each)[1] for each in ("failed", "success")]

    assert (status, len(called)) == (3, 1)
    assert after == [["pulumi-posthog drift --stack production"], []]


def test_nothing_of_a_branch_takes_part_in_the_installation(pipeline: Pipeline, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (pipeline.folder / "reports").symlink_to(elsewhere)
    (pipeline.folder / "a/__pycache__").mkdir(parents=True)
    lines = pipeline.told["default"]["before_script"]
    own = [line for line in lines if not line.startswith(".venv/")]

    status, called = pipeline.run(own)

    assert (status, called) == (0, ["python3 -I -m venv .venv"])
    assert not (pipeline.folder / ".venv").exists()
    assert not (pipeline.folder / "a/__pycache__").exists()
    assert not (pipeline.folder / "reports").is_symlink()
    assert elsewhere.exists()
    assert all(line.startswith(".venv/bin/python -I -m ") for line in lines if line not in own)
    assert "--require-hashes" in " ".join(lines)
    assert pipeline.told["variables"]["PYTHONSAFEPATH"] == "1"
