"""Wheel and sdist, without this repository: built, installed by pip and by uv, and the main job run from there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from harness import github
from harness.stack import Stack
from harness.workflow import Repository
from pulumi_posthog import __version__

pytestmark = pytest.mark.e2e
REPOSITORY = Path(__file__).parents[2]


def done(*command: str | Path, folder: Path, **environment: str) -> str:
    """What a command prints; AssertionError where it fails."""
    ended = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine of the release workflow, after its first steps: a virtual environment with what is locked.

    Those packages are the ones that the tests have; `test_a_newcomer_...` installs them by their hashes.
    """
    folder = tmp_path_factory.mktemp("runner")
    done(sys.executable, "-I", "-m", "venv", folder / "build", folder=folder)
    (site,) = (folder / "build/lib").glob("python*/site-packages")
    (site / "locked.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder


def step(name: str, runner: Path) -> None:
    """One step of the job that builds, as the workflow has it."""
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/release.yml").read_text())
    (script,) = (each["run"] for each in workflow["jobs"]["build"]["steps"] if each.get("name") == name)
    words = {"RUNNER_TEMP": str(runner), "GITHUB_REF_NAME": f"v{__version__}"}
    done("bash", "-eo", "pipefail", "-c", script, folder=REPOSITORY, **words)


@pytest.fixture(scope="module")
def built(runner: Path) -> Path:
    """A folder with both, made by the step of the release workflow."""
    step("Build", runner)
    return runner / "dist"


def test_the_release_workflow_tries_the_wheel_that_it_has_built(runner: Path, built: Path):
    step("Try the wheel where nothing else of this repository is", runner)

    installed = done(
        *(runner / "build/bin/python", "-I", "-c", "import pulumi_posthog as p; print(p.__file__)"),
        folder=runner,
    )
    assert Path(installed.strip()).is_relative_to(runner / "build")
    assert (runner / "tried/posthog.yaml").is_file()


def test_what_the_sdist_holds_is_enough_to_build_the_same_wheel(built: Path, wheel: Path, tmp_path: Path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()

    done(sys.executable, "-I", "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=unpacked)

    (again,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        contents = [{name: archive.read(name) for name in archive.namelist()} for archive in (first, second)]
    assert again.name == wheel.name
    assert contents[0] == contents[1]


@pytest.fixture
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


def test_both_hold_the_package_its_licence_and_its_version_and_nothing_of_the_tests(built: Path, wheel: Path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as archive_:
        inside = set(archive_.namelist())
        metadata = archive_.read(f"pulumi_posthog-{__version__}.dist-info/METADATA").decode()

    assert {"LICENSE", "CHANGELOG.md", "provider/pulumi_posthog/__init__.py", "pyproject.toml"} <= names
    assert not [name for name in names if name.startswith(("tests", "tools", ".venv", "benchmarks"))]
    assert {name.split("/")[0] for name in inside} == {
        "pulumi_posthog",
        f"pulumi_posthog-{__version__}.dist-info",
    }
    kept = {path.relative_to(REPOSITORY / "provider").as_posix() for path in templates()}
    assert kept - inside == set()
    assert re.search(r"^License-Expression: Apache-2\.0$", metadata, re.MULTILINE)
    assert f"\n## {__version__}\n" in (REPOSITORY / "CHANGELOG.md").read_text()


def templates() -> list[Path]:
    folder = REPOSITORY / "provider/pulumi_posthog/cli/templates"
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_a_newcomer_without_this_repository_gets_from_the_wheel_to_an_applied_change(
    wheel: Path, stack: Stack, tmp_path: Path
):
    # uv installs what the newcomer begins with, as it resolves it today.
    uv = Path(sys.executable).with_name("uv")
    environment = {**stack.environment, "VIRTUAL_ENV": ""}
    done(uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "uv", folder=tmp_path)
    done(uv, "pip", "install", "--quiet", "--python", tmp_path / "uv", wheel, folder=tmp_path)
    command = tmp_path / "uv/bin/pulumi-posthog"

    done(command, "init", "acme", "--from-live", folder=tmp_path, **environment)
    folder = tmp_path / "acme"
    done(
        *("pulumi", "stack", "init", "production", "--non-interactive", "--cwd", folder),
        folder=tmp_path,
        **environment,
    )

    assert str(wheel) in (folder / "requirements.txt").read_text()
    file = folder / "posthog.yaml"
    file.write_text(file.read_text().replace("roles:\n", "roles:\n  Newcomers: {}\n"))

    # The workflow's own step installs with pip, each file by its hash, and nothing that a branch brings takes part.
    binaries = tmp_path / "bin"
    binaries.mkdir()
    github.put(binaries, tmp_path / "github.json")
    repository = Repository(
        folder, {**environment, "PATH": f"{binaries}:{environment['PATH']}"}, installs=True
    )
    elsewhere = tmp_path / "elsewhere"
    planted = [
        folder / "pip.py",
        folder / "venv.py",
        elsewhere / "kept.txt",
        folder / "ci/__pycache__/comment.pyc",
    ]
    for path in planted:
        path.parent.mkdir(exist_ok=True)
        path.write_text("raise SystemExit('taken over')\n")
    (folder / ".venv").symlink_to(elsewhere)

    assert repository.job("pull-request", "check") == 0, repository.said
    assert not (folder / ".venv").is_symlink()
    assert [path.exists() for path in planted] == [True, True, True, False]

    repository.installs = False
    assert repository.job("apply", "apply") == 2
    assert "pip.py would run in place of an installed package" in repository.said
    for name in ("pip.py", "venv.py"):
        (folder / name).unlink()
    assert repository.job("apply", "apply") == 0, repository.said
    assert stack.posthog.role("Newcomers")

    where = done(
        folder / ".venv/bin/python",
        "-I",
        "-c",
        "import pulumi_posthog as p; print(p.__file__)",
        folder=tmp_path,
    )
    assert Path(where.strip()).is_relative_to(folder / ".venv")
