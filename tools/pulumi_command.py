"""Finds a Pulumi CLI that can run Python programs, or gets one, and links it into .venv/bin."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import places
import pulumi_build
from places import GO_MODULES, VENV, VENV_BIN
from steps import ToolError, alone, say

# 3.216 brought ReadResult(inputs=...), without which a change made by hand cannot be shown.
OLDEST = (3, 216)
PARTS = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
)
# A release may keep the third one inside the second.
NEEDED = ("pulumi", "pulumi-language-python", "pulumi-resource-pulumi-python")
STAMP = VENV / ".pulumi"


@dataclass(frozen=True)
class Command:
    """A Pulumi CLI: its version as it says itself, and the files of `PARTS` that were found with it."""

    version: str
    parts: dict[str, Path]

    def objection(self) -> str | None:
        """Why it will not do, as half a sentence; None when it will."""
        if not is_recent(self.version):
            return f"is version {self.version or '(unknown)'}, not 3.{OLDEST[1]} or a newer 3.x"
        missing = [name for name in NEEDED if name not in self.parts]
        return f"has no {' and no '.join(missing)} beside it or on PATH" if missing else None


def is_recent(version: str) -> bool:
    """Whether a version as `pulumi version` prints it ("v3.259.0") is of our major one and not too old."""
    found = re.match(r"v?(\d+)\.(\d+)\.", version)
    return found is not None and int(found[1]) == OLDEST[0] and int(found[2]) >= OLDEST[1]


def on_path(path: str) -> Command | None:
    """The CLI that is first on this PATH, with its parts from beside it or from the same PATH, if any."""
    pulumi = shutil.which("pulumi", path=path)
    if pulumi is None:
        return None
    beside = os.pathsep.join((str(Path(pulumi).resolve().parent), str(Path(pulumi).parent), path))
    found = {name: shutil.which(name, path=beside) for name in PARTS}
    parts = {name: Path(place) for name, place in found.items() if place} | {"pulumi": Path(pulumi)}
    return Command(asked_version(pulumi), parts)


def asked_version(pulumi: str) -> str:
    """What `pulumi version` prints; empty when it fails or takes more than 20 seconds."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        answer = subprocess.run(
            [pulumi, "version"], capture_output=True, text=True, timeout=20, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def current() -> Path | None:
    """The link in .venv/bin, if it was made for the versions locked now and all it needs is still there."""
    if not STAMP.is_file() or STAMP.read_text() != fingerprint():
        return None
    return VENV_BIN / "pulumi" if all(os.access(VENV_BIN / name, os.X_OK) for name in NEEDED) else None


def fingerprint() -> str:
    """What the choice of a CLI depends on, as one hash."""
    modules = sorted(GO_MODULES.glob("*/go.sum"))
    return hashlib.sha256(repr(OLDEST).encode() + b"".join(file.read_bytes() for file in modules)).hexdigest()


def install() -> None:
    """Link the CLI on PATH, the cached one or one built here. Raises ToolError.

    Nothing that is downloaded is run without a hash: Go compares each module with tools/pulumi's go.sum.
    """
    command = found = on_path(places.path_without_venv(os.environ.get("PATH", os.defpath)))
    if found and (objection := found.objection()):
        say(f"pulumi: {found.parts['pulumi']} will not do: it {objection}")
        command = None
    if command is None:
        command = cached()
    link(command)
    STAMP.write_text(fingerprint())
    say(f"pulumi: {command.version} in {command.parts['pulumi'].parent}, linked into .venv/bin")


def cached() -> Command:
    """The CLI in the user's cache, put there now if it is not yet. Raises ToolError."""
    home = places.cache() / f"pulumi-{places.pulumi_version()}"
    with alone(places.cache() / "pulumi.lock", "pulumi"):
        if (ready := working(home)) is None:
            for left in places.cache().glob("unfinished-*"):
                pulumi_build.remove(left)
            with tempfile.TemporaryDirectory(
                prefix="unfinished-", dir=places.cache(), ignore_cleanup_errors=True
            ) as scratch:
                made = pulumi_build.build(Path(scratch))
                pulumi_build.remove(home)
                made.replace(home)
            ready = working(home)
    if ready is None:
        raise ToolError(
            f"{home / 'bin' / 'pulumi'} was made just now and does not run",
            "try it yourself; where programs may not run from there, name another cache folder in XDG_CACHE_HOME",
        )
    return ready


def working(home: Path) -> Command | None:
    """The CLI in this folder's bin, if it is whole and answers."""
    command = on_path(str(home / "bin"))
    return command if command and command.objection() is None else None


def link(command: Command) -> None:
    """Put links to the parts into .venv/bin, each swapped in whole, so that PATH needs nothing else."""
    for name in PARTS:
        link_place = VENV_BIN / name
        if name not in command.parts:
            link_place.unlink(missing_ok=True)
            continue
        fresh = VENV_BIN / f".{name}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(command.parts[name].absolute())
        fresh.replace(link_place)
