"""The container image: no engine is here to build it, so its file is read and its shell is parsed."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from .conftest import REPOSITORY

FILE = (REPOSITORY / "Containerfile").read_text()
WORKFLOW = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "release.yml").read_text())
JOB: dict[str, Any] = WORKFLOW["jobs"]["image"]


def instructions() -> list[tuple[str, str]]:
    """Each word and what stands behind it, continued lines joined, comments left out."""
    lines = "\n".join(line for line in FILE.splitlines() if not line.startswith("#"))
    joined = lines.replace("\\\n", " ")
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in joined.splitlines() if line.strip()]


def script(step: str) -> str:
    return str(next(each["run"] for each in JOB["steps"] if each.get("name") == step))


def test_the_base_is_named_by_its_digest_alone_which_the_workflow_asks_for():
    froms = [rest for word, rest in instructions() if word == "FROM"]

    assert froms == ["${BASE}"]
    assert ("ARG", "BASE") in instructions(), "without a default"
    assert '"image=$base@$digest"' in script("Find the digest of the base image")
    assert '--build-arg "BASE=$BASE"' in script("Build, and try it")


def test_the_base_has_the_pulumi_that_is_locked(tmp_path):
    commands = script("Find the digest of the base image")
    (tmp_path / "docker").write_text("#!/bin/sh\nprintf '%s\\n' \"$*\" >&2\necho sha256:abc\n")
    (tmp_path / "docker").chmod(0o755)

    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", commands],
        cwd=REPOSITORY,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "GITHUB_OUTPUT": str(tmp_path / "output")},
        check=True,
    )

    lock = (REPOSITORY / "provider/pulumi_posthog/cli/templates/requirements.lock").read_text()
    (version,) = re.findall(r"^pulumi==(\S+)", lock, re.MULTILINE)
    image = f"image=pulumi/pulumi-python-3.12:{version}@sha256:abc\n"
    assert (tmp_path / "output").read_text() == image


def test_it_installs_what_is_locked_and_the_wheel_of_the_release_alone():
    (run,) = [rest for word, rest in instructions() if word == "RUN"]
    installs = re.findall(r"pip install ([^&]+)", run)

    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    copied = [rest.split()[0] for word, rest in instructions() if word == "COPY"]
    assert copied == ["provider/pulumi_posthog/cli/templates/requirements.lock", "dist/*.whl"]
    assert (REPOSITORY / copied[0]).is_file()


def test_it_runs_as_somebody_without_rights_and_has_no_secret_in_it():
    words = dict(instructions())

    assert words["USER"] == "10001"
    assert not re.search(r"KEY=|PASSPHRASE=|TOKEN=", "\n".join(rest for _, rest in instructions()))


@pytest.mark.parametrize(
    "text",
    [
        *(rest for word, rest in instructions() if word == "RUN"),
        *(each["run"] for each in JOB["steps"] if "run" in each),
    ],
    ids=lambda text: text[:20],
)
def test_its_commands_are_a_shells(text: str):
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
