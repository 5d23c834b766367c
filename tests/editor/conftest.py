"""The language server that VS Code and others use, in the version of package.json."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from editor.editor import Editor

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "acme"
# What users set as "yaml.customTags": a tag, what it stands on, and what that stands for.
TAGS = (
    "!env scalar",
    "!env sequence:string",
    "!secret scalar",
    "!file scalar",
    "!text scalar",
    "!config scalar",
    "!ref scalar",
    "!include scalar:mapping",
)


@pytest.fixture(scope="session")
def program() -> Path:
    """The language server's file; Node.js runs it."""
    program = HERE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not shutil.which("node") or not program.is_file():
        missing = "there is no Node.js or no YAML language server: run python3 tools/test_programs.py"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return program


@pytest.fixture(scope="session")
def editor(program: Path) -> Iterator[Editor]:
    """The editor of somebody who has set up our tags."""
    with Editor(program, EXAMPLE, {"customTags": TAGS}) as opened:
        yield opened


@pytest.fixture(scope="session")
def fresh_editor(program: Path) -> Iterator[Editor]:
    """The editor of somebody who has set up nothing."""
    with Editor(program, EXAMPLE, {}) as opened:
        yield opened
