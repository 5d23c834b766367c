"""Text -> a file. What a repository brings along never decides where that is: no link is followed."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop

PRIVATE, COMMON = 0o600, 0o666  # the rights of a new file, the latter as far as the umask allows


def write_file(path: Path, text: str, *, within: Path | None = None, private: bool = False) -> None:
    """Write a file anew, without what must not be told (`terminal.data`).

    `within` is the folder that the user has named: below it, folders that are missing are made, and none may be a
    link. With `private`, nobody else may read the file. Raises Stop for a link and for what is not a file, OSError.
    """
    refuse_links(path, within)
    if within is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, PRIVATE if private else COMMON)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        if private:
            path.chmod(PRIVATE)  # it may have been there before
        stream.write(terminal.data(text))


def refuse_links(path: Path, within: Path | None = None) -> None:
    """Raise Stop where `path`, or a folder between it and `within`, is a link, or where `path` is no file."""
    below = [
        each for each in path.parents if within is not None and each != within and within in each.parents
    ]
    for each in (path, *below):
        if each.is_symlink():
            raise Stop(
                f"{each} is a link, and nothing was written",
                "what is written is put where its path says",
                Exit.REFUSED,
            )
    if path.exists() and not stat.S_ISREG(path.lstat().st_mode):
        raise Stop(f"{path} is not a file, and nothing was written", "name another one", Exit.REFUSED)


def replace_files(after: Mapping[Path, str], before: Mapping[Path, str]) -> None:
    """Give files other texts: all of them, or none. A file keeps its rights and its byte order mark.

    Raises Stop where a file no longer has the text `before`, is a link, or may not be replaced.
    """
    new: dict[Path, Path] = {}
    try:
        for path, text in after.items():
            refuse_links(path)
            data = path.read_bytes()
            mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
            if data != mark + before[path].encode():
                raise Stop(
                    f"{path} was changed meanwhile, and nothing was written", "run it again", Exit.REFUSED
                )
            if not os.access(path, os.W_OK):
                raise PermissionError(13, "Permission denied", str(path))
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            new[path] = Path(name)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(mark + text.encode())
            Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
        for path, temporary in new.items():
            temporary.replace(path)
    except OSError as error:
        hint = "check the rights of the file and of its folder; --dry-run shows what would be written"
        raise Stop(
            f"{error.filename}: {error.strerror}, and nothing was written", hint, Exit.REFUSED
        ) from error
    finally:
        for temporary in new.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
