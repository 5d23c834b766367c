"""Makes .venv with the locked dependencies and this package; does nothing when they are there already."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib

import places
from places import LOCK_FILE, REPOSITORY, VENV, VENV_PYTHON
from steps import ToolError, refuse_if_known, run, say

STAMP = VENV / ".installed"
UNFINISHED = VENV / ".unfinished"
OLDEST = (3, 11)


def fingerprint() -> str:
    """What .venv is made from, as one hash: the lock file, and how this package is built and called."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    build = [project.get("build-system"), project["project"], project.get("tool", {}).get("hatch")]
    return hashlib.sha256(LOCK_FILE.read_bytes() + repr(build).encode()).hexdigest()


def is_current() -> bool:
    """Whether nothing is to do."""
    return works() and not UNFINISHED.exists() and STAMP.is_file() and STAMP.read_text() == fingerprint()


def works() -> bool:
    """Whether .venv has a Python that is still there."""
    return VENV_PYTHON.is_file() and os.access(VENV_PYTHON, os.X_OK)


def reason_to_start_over() -> str | None:
    """Why the .venv that is there cannot be kept; None when it can, or when there is none.

    Raises ToolError when .venv is something that was not made by `venv` and so is not ours to remove.
    """
    if not VENV.exists() and not VENV.is_symlink():
        return None
    if UNFINISHED.exists():
        return "an earlier installation was interrupted"
    settings = VENV / "pyvenv.cfg"
    if not settings.is_file():
        raise ToolError(
            f"{VENV} is in the way: it is not a virtual environment",
            "move it elsewhere, then run `make install` again",
        )
    if not works():
        return "the Python that made it has gone"
    found = re.search(r"^version\s*=\s*(\d+)\.(\d+)", settings.read_text(), re.MULTILINE)
    if found and (int(found[1]), int(found[2])) < OLDEST:
        return f"it was made with Python {found[1]}.{found[2]}"
    return None


def install() -> None:
    """Make .venv if need be, then install the locked dependencies and this package. Raises ToolError."""
    if reason := reason_to_start_over():
        say(f".venv: {reason}; making it anew")
        # First the mark: were we stopped while removing, the rest must not be taken for a good one.
        if not VENV.is_symlink():
            UNFINISHED.touch()
            shutil.rmtree(VENV)
        else:
            VENV.unlink()
    if not VENV.exists():
        create()
    packages = len(re.findall(r"^\S+==", LOCK_FILE.read_text(), re.MULTILINE))
    say(f".venv: installing {packages} locked packages")
    UNFINISHED.touch()
    pip(
        "pip could not install the locked packages",
        ["--require-hashes", "--requirement", str(LOCK_FILE)],
        total=packages,
    )
    pip(
        "pip could not install this package into .venv",
        ["--no-deps", "--no-build-isolation", "--editable", str(REPOSITORY)],
        total=1,
    )
    STAMP.write_text(fingerprint())
    UNFINISHED.unlink()
    say(".venv: installed")


def create() -> None:
    """Make an empty virtual environment with the Python that runs this. Raises ToolError."""
    version = ".".join(map(str, sys.version_info[:3]))
    say(f".venv: making it with Python {version}")
    VENV.mkdir()
    UNFINISHED.touch()
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    if made.returncode == 0:
        return
    output = made.stdout + made.stderr
    if "ensurepip" in output:
        raise ToolError(
            f"{sys.executable} (Python {version}) cannot make virtual environments: it has no `ensurepip`",
            f"install that (Debian and Ubuntu have it in python3.{sys.version_info[1]}-venv), "
            "or name another Python: make install PYTHON=/path/to/python3",
        )
    last = output.strip().splitlines()[-3:]
    raise ToolError(
        f"{sys.executable} could not make {VENV}:\n" + "\n".join(f"    {line}" for line in last),
        "name another Python: make install PYTHON=/path/to/python3",
    )


def pip(doing: str, arguments: list[str], *, total: int) -> None:
    """Run `pip install` as the PIP_* environment has it; raises ToolError with pip's own words."""
    seen: set[str] = set()

    def narrate(line: str) -> str | None:
        if line.startswith("Installing collected packages"):
            return "unpacking the packages"
        if found := re.match(r"\s*(?:Collecting|Requirement already satisfied:|Obtaining) (\S+)", line):
            seen.add(found[1])
            return f"{min(len(seen), total)} of {total} packages fetched"
        return None

    # A user's `pip config set global.user yes` would put the packages elsewhere, or stop pip.
    ours = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    ended = run(
        [VENV_PYTHON, "-m", "pip", "install", "--progress-bar", "off", *arguments],
        narrate,
        folder=REPOSITORY,
        environment=places.environment() | ours,
    )
    if ended.status == 0:
        return
    # pip has cleaned up after itself: the next run may go on from here.
    UNFINISHED.unlink(missing_ok=True)
    refuse_if_known(ended, doing)
    raise ToolError(
        f"{doing}:\n{ended.quoted('ERROR')}",
        "if no version was found, check the network and PIP_INDEX_URL; if hashes differ, the index serves "
        "other files than those the lock file was written from",
    )
