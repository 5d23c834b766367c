"""What this package was installed from -> the line of requirements.txt that installs the same again.

Nobody owns the name on the public package index: the first who takes it runs code with the key of everybody who
installs by name. So a name alone is written only when the user gives it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.values.version import __version__

NAME = "pulumi-posthog"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
GIVE_ONE = (
    f"--package '{NAME} @ git+https://HOST/REPOSITORY@COMMIT', or --package '{NAME}=={__version__}' "
    "if the package index that your CI asks has ours under that name"
)


@dataclass(frozen=True)
class Requirement:
    """A line for pip, and what is to be said about it, if anything."""

    line: str
    warning: str | None = None


def requirement(given: str = "") -> Requirement:
    """The user's own line, or the one for what is running. Raises Stop."""
    if given:
        return _checked(given)
    try:
        recorded = distribution(NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        recorded = None
    found = of_record(json.loads(recorded)) if recorded else None
    if found is None:
        raise Stop(
            f"{NAME} was installed by its name, and anybody can own that name on another package index; "
            "nothing was written",
            GIVE_ONE,
            Exit.REFUSED,
        )
    return found


def of_record(record: dict[str, Any]) -> Requirement | None:
    """From pip's own record of a URL (PEP 610, direct_url.json); None when it leads to nothing that stays the same.

    Raises Stop for what cannot be in a line of requirements.txt.
    """
    url = str(record.get("url", ""))
    commit = record.get("vcs_info", {}).get("commit_id", "")
    if commit and COMMIT.fullmatch(commit) and record["vcs_info"].get("vcs") == "git":
        below = f"#subdirectory={record['subdirectory']}" if record.get("subdirectory") else ""
        return _checked(f"{NAME} @ git+{url}@{commit}{below}")
    if "archive_info" in record and not url.startswith("file:"):
        hashes = record["archive_info"].get("hashes", {})
        return _checked(f"{NAME} @ {url}#sha256={hashes['sha256']}") if "sha256" in hashes else None
    if url.startswith("file:"):
        return Requirement(
            _checked(f"{NAME} @ {url}").line,
            "requirements.txt names a place on this machine, because this command was installed from it: CI cannot "
            f"install that; give {GIVE_ONE}",
        )
    return None


def _checked(line: str) -> Requirement:
    """One requirement and nothing else: no option of pip's, no second line. Raises Stop."""
    if not re.match(r"[A-Za-z0-9]", line) or not line.isprintable():
        raise Stop(f"{line!r} is not a requirement", GIVE_ONE)
    return Requirement(line)
