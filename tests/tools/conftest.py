"""A copy of the tools in a folder of its own, so that no test touches the .venv and .run that are in use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# Where nothing listens: as good as a network that does not answer, only faster.
NOWHERE = "http://127.0.0.1:9/"
SYSTEM_PATH = "/usr/bin:/bin"

sys.path.insert(0, str(REPOSITORY / "tools"))


@dataclass
class Checkout:
    """A checkout with tools, lock file and pyproject.toml, and the bare environment that its tools run in."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments in the checkout; not even pip can reach anything."""
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def install(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("tools/install.py", *arguments, **environment)

    def with_venv(self) -> Path:
        """A .venv that counts as installed; its bin folder."""
        binaries = self.folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        (binaries.parent / "pyvenv.cfg").write_text("version = 3.11.0\n")
        script(binaries / "python", f'exec "{sys.executable}" "$@"')
        stamp = self.run(
            "-c", "import virtual_environment as v; v.STAMP.write_text(v.fingerprint())", PYTHONPATH="tools"
        )
        assert stamp.returncode == 0, stamp.stderr
        return binaries


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    shutil.copytree(REPOSITORY / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copyfile(REPOSITORY / name, folder / name)
    home, binaries = tmp_path / "home", tmp_path / "bin"
    home.mkdir()
    binaries.mkdir()
    return Checkout(
        folder,
        {
            "HOME": str(home),
            # Only what the tools themselves call, so no Go and no Pulumi.
            "PATH": str(binaries),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": NOWHERE,
            "PIP_RETRIES": "1",
            "HTTPS_PROXY": NOWHERE,
            "https_proxy": NOWHERE,
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )


@pytest.fixture
def pulumi_on_path(tmp_path: Path) -> Callable[..., Path]:
    """Puts a pretended Pulumi of some version, with or without its Python parts, into a folder."""

    def put(version: str, *, parts: bool = True, folder: Path = tmp_path / "bin") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        script(folder / "pulumi", f"echo {version}")
        if parts:
            for name in ("pulumi-language-python", "pulumi-resource-pulumi-python"):
                script(folder / name, "exit 0")
        return folder / "pulumi"

    return put


def script(place: Path, text: str) -> Path:
    """An executable shell script."""
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place
