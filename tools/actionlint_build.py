"""Builds actionlint, which checks GitHub's workflows, from the Go module that tools/actionlint pins."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import places
from go_toolchain import hint_to_install_go, toolchain
from pulumi_build import compile_package
from steps import ToolError, alone, say

MODULE = places.REPOSITORY / "tools" / "actionlint"
PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"
LINK = places.VENV_BIN / "actionlint"


def version() -> str:
    """The version that is pinned, for example "1.7.12"."""
    found = re.search(r"rhysd/actionlint v(\S+)", (MODULE / "go.mod").read_text())
    if found is None:
        raise RuntimeError(f"{MODULE / 'go.mod'} does not require {PACKAGE}")
    return found[1]


def built() -> Path:
    """Where it is, or will be, for all checkouts of this user."""
    return places.cache() / f"actionlint-{version()}"


def is_missing() -> bool:
    """Whether there is none of the pinned version in .venv/bin."""
    return not LINK.is_file() or LINK.resolve() != built().resolve()


def install() -> None:
    """Build it, which takes twenty seconds, and link it into .venv/bin. Raises ToolError."""
    if not is_missing():
        return
    if not places.VENV_PYTHON.is_file():
        raise ToolError("actionlint is built for .venv, which is not there", "run `make install` first")
    target = built()
    places.cache().mkdir(parents=True, exist_ok=True)
    with alone(places.cache() / "actionlint.lock", "actionlint"):
        if not target.is_file():
            with tempfile.TemporaryDirectory(prefix="actionlint-", ignore_cleanup_errors=True) as scratch:
                fresh = Path(scratch) / "actionlint"
                go = toolchain(Path(scratch), Path(scratch) / "go")
                say("actionlint: building it from source, once for this user")
                compile_package(go, MODULE, PACKAGE, fresh, hint=hint_to_install_go())
                # The cache may be on another disk: copied beside its place first, then swapped in whole.
                shutil.copyfile(fresh, target.with_suffix(".new"))
                target.with_suffix(".new").chmod(0o755)
                target.with_suffix(".new").replace(target)
    LINK.unlink(missing_ok=True)
    LINK.symlink_to(target)
