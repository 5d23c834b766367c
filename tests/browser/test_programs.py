"""What `make test` installs for these tests: quick when all is there, plain when it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def bare(tmp_path):
    """Runs the script of a fresh checkout on a machine that has none of the programs and no apt-get."""
    shutil.copytree(
        REPOSITORY / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("pulumi", "__pycache__")
    )
    (tmp_path / "tests" / "editor").mkdir(parents=True)
    shutil.copy(REPOSITORY / "tests/editor/package-lock.json", tmp_path / "tests/editor")

    def run(**environment):
        return subprocess.run(
            [sys.executable, tmp_path / "tools/test_programs.py"],
            env={"PATH": str(tmp_path / "nothing"), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_what_cannot_be_installed_is_told_in_a_line_and_its_tests_are_skipped(bare):
    done = bare()

    assert (done.returncode, done.stderr) == (0, "")
    packages, *others = done.stdout.splitlines()
    assert "missing: chromium, chromium-driver, nodejs, npm" in packages
    for words in (
        "the YAML language server needs npm: the tests that need it are skipped",
        "pyright needs npm: the tests that need it are skipped",
        "actionlint is built for .venv, which is not there",
        "pulumi-language-yaml is built for .venv, which is not there",
        "pulumi-language-nodejs is built for .venv, which is not there",
    ):
        assert [line for line in others if words in line], words


def test_in_ci_nothing_is_skipped(bare):
    done = bare(CI="true")

    assert (done.returncode, done.stdout) == (1, "")
    assert "test_programs: missing: chromium, chromium-driver, nodejs, npm" in done.stderr
    assert "hint: install Node.js with npm, then npm ci --prefix tests/editor" in done.stderr
    assert "Traceback" not in done.stderr


def test_when_all_is_there_nothing_is_said(browser):
    environment = {**os.environ, "CI": ""}
    command = [sys.executable, REPOSITORY / "tools/test_programs.py"]
    needed = (
        "tests/editor/node_modules/.installed",
        ".venv/bin/actionlint",
        ".venv/bin/pulumi-language-yaml",
    )
    if not all((REPOSITORY / each).is_file() for each in needed):
        pytest.skip("not all is there: run python3 tools/test_programs.py")

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == ""
