"""Installs the programs that tests drive: Chromium, Node.js with the YAML language server, TypeScript and pyright,
PostgreSQL, actionlint, and Pulumi's hosts for programs in YAML and in TypeScript.

`make test` runs it before pytest; any Python 3.11 or newer will do. What it cannot install it names in one line, and
the tests that need that are skipped; where CI=true is set, where nothing may be skipped, it fails instead.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import places
from go_programs import GO_PROGRAMS
from steps import Ended, ToolError, alone, refuse_if_known, run, say

# Command -> the Debian package that has it.
PACKAGES = {
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "node": "nodejs",
    "npm": "npm",
    "initdb": "postgresql",
}
# Folder with a lock file of npm's -> what is installed there.
NODE_PACKAGES = {
    places.REPOSITORY / "tests" / "editor": "the YAML language server",
    places.REPOSITORY / "tests" / "pyright": "pyright",
    places.REPOSITORY / "tests" / "typescript": "Pulumi's SDK for TypeScript",
}
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")


def main() -> int:
    with contextlib.suppress(KeyboardInterrupt):
        return prepare()
    sys.stderr.write("\ntest_programs: interrupted; run it again to go on\n")
    return 130


def prepare() -> int:
    """Install what is missing; 1 where that fails under CI."""
    go_programs = [program for program in GO_PROGRAMS if program.is_missing]
    if not missing_packages() and not missing_node_packages() and not go_programs:
        return 0
    problems: list[ToolError] = []
    steps: list[Callable[[], None]] = [install_packages]
    steps += [functools.partial(install_node_packages, folder) for folder in missing_node_packages()]
    steps += [each.install for each in go_programs]
    try:
        with alone(places.RUN / "test_programs.lock", "the tests' programs"):
            for install in steps:
                try:
                    install()
                except ToolError as error:
                    problems.append(error)
    except OSError as error:
        problems.append(ToolError(f"the tests' programs: {error}", "check that you may write here"))
    in_ci = os.environ.get("CI") == "true"
    for problem in problems:
        if in_ci:
            sys.stderr.write(f"test_programs: {problem}\n")
        else:
            say(f"{problem.message.splitlines()[0]}: the tests that need it are skipped ({problem.hint})")
    return 1 if problems and in_ci else 0


def missing_packages() -> list[str]:
    """The Debian packages of the commands that are nowhere to be found."""
    # Debian keeps PostgreSQL's server programs off PATH.
    servers = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *servers))
    return [package for command, package in PACKAGES.items() if not shutil.which(command, path=path)]


def install_packages() -> None:
    """Raises ToolError for packages that are missing still."""
    missing = missing_packages()
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise ToolError(f"missing: {', '.join(missing)}", "install these (the names are Debian's)")
    by_hand = f"as root: apt-get update && apt-get install {' '.join(missing)}"
    if os.geteuid() != 0:
        raise ToolError(f"missing: {', '.join(missing)}, and only root may install them", by_hand)
    if "postgresql" in missing and not CLUSTERS.exists():
        # The programs are wanted, not a server that starts with the machine.
        CLUSTERS.parent.mkdir(parents=True, exist_ok=True)
        CLUSTERS.write_text("create_main_cluster = false\n")
    say(f"installing Debian's {', '.join(missing)}")
    ended = apt_get("reading the lists of packages", "update")
    for package in missing:
        # One by one: a package that this Debian does not have must not keep the others out.
        ended = apt_get(f"installing {package}", "install", "--yes", "--no-install-recommends", package)
    if missing := missing_packages():
        raise ToolError(f"{', '.join(missing)}: apt-get cannot install this\n{ended.quoted('E:')}", by_hand)


def apt_get(doing: str, *arguments: str) -> Ended:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "UCF_FORCE_CONFFOLD": "1"}
    wait = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2")
    return run(("apt-get", "--quiet", *wait, *arguments), lambda _: doing, environment=environment)


def missing_node_packages() -> list[Path]:
    """The folders whose locked packages are not installed."""
    return [folder for folder in NODE_PACKAGES if not _is_installed(folder)]


def _is_installed(folder: Path) -> bool:
    installed = _installed(folder)
    return installed.is_file() and installed.read_bytes() == (folder / "package-lock.json").read_bytes()


def _installed(folder: Path) -> Path:
    """A copy of the lock file that was installed."""
    return folder / "node_modules" / ".installed"


def install_node_packages(folder: Path) -> None:
    """Raises ToolError where npm cannot."""
    what, where = NODE_PACKAGES[folder], folder.relative_to(places.REPOSITORY)
    by_hand = f"npm ci --prefix {where}"
    if not shutil.which("npm"):
        raise ToolError(f"{what} needs npm", f"install Node.js with npm, then {by_hand}")
    doing = f"installing {what}"
    say(f"{doing} into {where / 'node_modules'}")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retry-mintimeout=1000")
    ended = run(("npm", "ci", *options, "--fetch-retry-maxtimeout=5000"), lambda _: doing, folder=folder)
    if ended.status != 0:
        refuse_if_known(ended, doing)
        raise ToolError(f"{doing}: npm failed\n{ended.quoted('npm error', 'npm ERR!')}", by_hand)
    _installed(folder).write_bytes((folder / "package-lock.json").read_bytes())


if __name__ == "__main__":
    sys.exit(main())
