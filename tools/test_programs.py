"""Installs the programs that tests drive: Chromium, Node.js with the YAML language server, PostgreSQL, actionlint,
and Pulumi's host for programs in YAML.

`make test` runs it before pytest; any Python 3.11 or newer will do. What it cannot install it names in one line, and
the tests that need that are skipped; where CI=true is set, where nothing may be skipped, it fails instead.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
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
EDITOR = places.REPOSITORY / "tests" / "editor"
INSTALLED = EDITOR / "node_modules" / ".installed"  # a copy of the lock file that was installed
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")


def main() -> int:
    with contextlib.suppress(KeyboardInterrupt):
        return prepare()
    sys.stderr.write("\ntest_programs: interrupted; run it again to go on\n")
    return 130


def prepare() -> int:
    """Install what is missing; 1 where that fails under CI."""
    go_programs = [program for program in GO_PROGRAMS if program.is_missing]
    if not missing_packages() and not language_server_is_missing() and not go_programs:
        return 0
    problems: list[ToolError] = []
    try:
        with alone(places.RUN / "test_programs.lock", "the tests' programs"):
            for install in (
                install_packages,
                install_language_server,
                *(each.install for each in go_programs),
            ):
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


def language_server_is_missing() -> bool:
    lock = (EDITOR / "package-lock.json").read_bytes()
    return not INSTALLED.is_file() or INSTALLED.read_bytes() != lock


def install_language_server() -> None:
    """Raises ToolError where npm cannot."""
    if not language_server_is_missing():
        return
    by_hand = "npm ci --prefix tests/editor"
    if not shutil.which("npm"):
        raise ToolError("the YAML language server needs npm", f"install Node.js with npm, then {by_hand}")
    doing = "installing the YAML language server"
    say(f"{doing} into tests/editor/node_modules")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retry-mintimeout=1000")
    ended = run(("npm", "ci", *options, "--fetch-retry-maxtimeout=5000"), lambda _: doing, folder=EDITOR)
    if ended.status != 0:
        refuse_if_known(ended, doing)
        raise ToolError(f"{doing}: npm failed\n{ended.quoted('npm error', 'npm ERR!')}", by_hand)
    INSTALLED.write_bytes((EDITOR / "package-lock.json").read_bytes())


if __name__ == "__main__":
    sys.exit(main())
