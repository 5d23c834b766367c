"""Which files a tag of a configuration may read, and those that a pattern of `!include` means, in bounded time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from pulumi_posthog.values.bounds import ENTRIES_LOOKED_AT, PATTERN_PARTS
from pulumi_posthog.values.local_file import storable

WILDCARDS: Final = "*?["
# Files and folders beside a configuration that hold what is nobody's business, by the patterns of their names.
NEVER_READ: Final = (
    ".git",
    ".git-credentials",
    ".env*",
    ".venv",
    "venv",
    ".ssh",
    ".aws",
    ".azure",
    ".gcloud",
    ".kube",
    ".docker",
    ".gnupg",
    ".pulumi",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".vault-token",
    "pulumi.*.yaml",
    "*.tfstate*",
)


class TooMuchToSearch(Exception):
    """A pattern would take too long; the message says why."""


def is_never_read(path: str | Path) -> bool:
    """Whether a path, relative to the configuration's folder, has a part that no tag may read."""
    parts = [part.casefold() for part in Path(path).parts]
    return any(fnmatchcase(part, pattern) for part in parts for pattern in NEVER_READ)


def has_wildcards(pattern: str) -> bool:
    """Whether a pattern may mean more than one file."""
    return any(sign in pattern for sign in WILDCARDS)


def real(path: Path) -> Path:
    """Where a path leads; as far as it does, where links lead in a circle or a name is too long."""
    return Path(os.path.realpath(path))


def matching(folder: Path, pattern: str) -> list[Path]:
    """The files that a pattern means, sorted; folders that are links are not entered.

    `..` is before the first wildcard only. Raises TooMuchToSearch.
    """
    parts = Path(pattern).parts
    first = next(place for place, part in enumerate(parts) if has_wildcards(part))
    rest = parts[first:]
    if ".." in rest or len(rest) > PATTERN_PARTS:
        raise TooMuchToSearch("a pattern has `..` before its first wildcard only, and not more than 32 parts")
    top = folder.joinpath(*parts[:first])
    deep = "**" in rest
    found, seen = [], 0
    for here, folders, files in os.walk(top):
        below = Path(here).relative_to(top).parts
        seen += len(folders) + len(files)
        if seen > ENTRIES_LOOKED_AT:
            raise TooMuchToSearch(f"there are more than {ENTRIES_LOOKED_AT:,} files and folders to look at")
        folders[:] = [name for name in folders if not is_never_read(name)]
        if not deep and len(below) + 1 >= len(rest):
            folders.clear()
        found += [Path(here) / name for name in files if _matches((*below, name), rest)]
    return sorted(path for path in found if path.is_file())


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path is as the pattern says, part by part: each pair of parts is compared once."""
    reached = {0}
    for wanted in pattern:
        if wanted == "**":
            reached = set(range(min(reached, default=len(parts) + 1), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], wanted)}
    return len(parts) in reached


class Places:
    """The folder of a configuration, which nothing that a tag reads is outside of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def beside(self, name: str, folder: Path, tag: str) -> Path | tuple[str, str]:
        """The file of that name, relative to `folder`; else why it may not be read, and what to do."""
        if Path(name).is_absolute() or not storable(name):
            return f"{tag} {name} is an absolute path", "write it relative to the file that contains it"
        path = Path(os.path.normpath(folder / name))
        if not real(path).is_relative_to(self.folder):
            words = "copy it there; out of Git, where it is a secret"
            return f"{tag} {name} is outside the configuration's folder", words
        if self.is_never_read(path):
            words = "it is Git's, or holds what runs need: copy what is meant"
            return f"{tag} {name} is a file that no configuration reads", words
        return path

    def objection(self, path: Path) -> str | None:
        """Why a file may not be included, as the end of a sentence."""
        try:
            inside = real(path).is_relative_to(self.folder)
        except (OSError, ValueError):
            return None  # no file has such a name, which is said of it
        if not inside:
            return "is outside the configuration's folder"
        return "no configuration reads" if self.is_never_read(path) else None

    def is_never_read(self, path: Path) -> bool:
        """Whether a file below the folder is one that no tag may read, by its own name or by that of a link to it."""
        target, here = real(path), Path(os.path.normpath(path.absolute()))
        folders = (self.folder, Path(os.path.normpath(self.folder)))
        below = [
            each.relative_to(folder)
            for each in (target, here)
            for folder in folders
            if each.is_relative_to(folder)
        ]
        return any(is_never_read(each) for each in below)
