"""Files on the disk: what they are called in messages, and their text with what is wrong in it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from pulumi_posthog.values.problem import Position, Problem


class UnreadableFile(Exception):
    """There is no such file, or it is too large; the message says so without a full stop."""


def project_above(folder: Path) -> Path | None:
    """Where Pulumi, called in `folder`, finds its Pulumi.yaml: there or above; None where there is none."""
    here = folder.resolve()
    return next((each for each in (here, *here.parents) if (each / "Pulumi.yaml").is_file()), None)


def project_folder() -> Path:
    """The folder of Pulumi.yaml: the program itself may run in a folder below it (`main:`)."""
    return project_above(Path.cwd()) or Path.cwd()


def shown(path: Path) -> str:
    """A path as messages show it: relative to the project's folder where it is below it."""
    folder = project_folder()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


MAX_BYTES: Final = 5_000_000  # of one file
LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class UnreadableError(Exception):
    """A file that cannot be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def storable(text: str) -> bool:
    """Whether PostHog, and JSON, can hold the text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def file_text(path: Path, name: str) -> str:
    """The text of a file; raises UnreadableError."""
    start = Position(name, 1, 1)
    try:
        data = _bytes(path)
        if data is None:
            raise UnreadableError(Problem(f"{name} is not a file", hint="name a file with YAML in it"))
        if len(data) > MAX_BYTES:
            raise UnreadableError(Problem(f"the file is larger than {MAX_BYTES // 1_000_000} MB", start))
    except FileNotFoundError:
        hint = (
            "`pulumi-posthog export` writes one from what lives in PostHog, `pulumi-posthog init` an example"
        )
        raise UnreadableError(Problem(f"there is no file {name}", hint=hint)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        raise UnreadableError(
            Problem(f"{name} cannot be read: {reason}", hint="check the path and its rights")
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = position_after(data[: error.start].decode("utf-8-sig", errors="replace"), name)
        raise UnreadableError(Problem("this is not UTF-8 text", where, "save the file as UTF-8")) from None
    import yaml  # late, because the command line starts without it

    if control := yaml.reader.Reader.NON_PRINTABLE.search(text):
        where = position_after(text[: control.start()], name)
        raise UnreadableError(Problem("a control character, which YAML does not allow", where))
    before, mark, _ = text.partition("\ufeff")
    if mark:
        # Parsers disagree about what it means there: one takes it for a part of the text beside it.
        where = position_after(before, name)
        hint = "it is invisible, and comes from putting files together: delete it"
        raise UnreadableError(Problem("a byte order mark in the middle of the file", where, hint))
    return text


def _bytes(path: Path) -> bytes | None:
    """What is in a file, and a byte more than may be; None of a folder, a pipe and a device, which may never end."""
    # Not blocking, for opening a pipe waits until somebody writes to it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(MAX_BYTES + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def position_after(before: str, name: str) -> Position:
    """The place of the character that comes after this much of a file."""
    lines = LINE_END.split(before)
    return Position(name, len(lines), len(lines[-1]) + 1)


def shown_path(path: Path) -> str:
    """The path as messages show it: relative to the working directory where it is below it."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return str(path)
