"""Another program's output, read within bounds of size and time."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pulumi_posthog.values.bounds import COMPLAINT_BYTES, MEGABYTE, TooLarge


@dataclass(frozen=True)
class Output:
    """How a program ended, and what it printed to stdout (`said`) and stderr (`complaint`)."""

    status: int
    said: str
    complaint: str


def output_of(command: list[str], folder: Path, *, seconds: float, most: int) -> Output:
    """What `command`, run in `folder`, prints within `seconds`: at most `most` bytes, of UTF-8.

    Raises TooLarge, subprocess.TimeoutExpired, OSError where it cannot be run, and UnicodeDecodeError. A program that
    says too much or takes too long is ended.
    """
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    streams = (cast("IO[bytes]", process.stdout), most), (cast("IO[bytes]", process.stderr), COMPLAINT_BYTES)
    out, complaint = (_Beginning(process, stream, bound) for stream, bound in streams)
    try:
        out.wait(seconds)
        status = process.wait(seconds)
        complaint.wait(seconds)
    finally:
        process.kill()  # does nothing to one that has ended
        process.wait()
    if out.is_too_much:
        raise TooLarge(f"it is larger than {most / MEGABYTE:,.0f} MB, and that is the most that is read")
    return Output(status, out.content.decode(), complaint.content.decode(errors="replace"))


class _Beginning:
    """The beginning of a stream, read by a thread of its own; a program whose stream is longer is ended."""

    def __init__(self, process: subprocess.Popen[bytes], stream: IO[bytes], most: int) -> None:
        self.content = b""
        self.is_too_much = False
        self._process, self._stream, self._most = process, stream, most
        # A child of the program may keep the stream open after its end: nobody waits for that.
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until all is read; raises subprocess.TimeoutExpired."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise subprocess.TimeoutExpired(self._process.args, seconds)

    def _read(self) -> None:
        with self._stream:
            content = self._stream.read(self._most + 1)
            self.is_too_much = len(content) > self._most
            self.content = content[: self._most]
            if self.is_too_much:
                self._process.kill()
