"""A command -> how long it took, and what it and each of its descendants used. Reads Linux's /proc."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 0.04  # seconds between two looks at the processes
TICKS = os.sysconf("SC_CLK_TCK")  # a second, in the kernel's unit of CPU time
MIB = 2**20
PROVIDERS = ("pulumi.dynamic", "pulumi-resource-pulumi-python", "pulumi-resource-posthog")


@dataclass(frozen=True)
class Used:
    """What a command came to.

    `wall` and `cpu` are seconds. `cpu_of` (seconds) and `peak_of` (MiB) are by part: "engine", "program",
    "provider", or "command" for whatever is not Pulumi.
    """

    status: int
    text: str
    wall: float
    cpu_of: Mapping[str, float] = field(default_factory=dict)
    peak_of: Mapping[str, float] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """Seconds of CPU time of all parts together."""
        return sum(self.cpu_of.values())


def measured(arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Used:
    """Run a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(
        list(arguments),
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    family = Family(process.pid)
    with family:
        text, _ = process.communicate()
        wall = time.perf_counter() - began
    return Used(process.returncode, text, wall, family.cpu_of, family.peak_of)


class Family:
    """A process and its descendants, looked at again and again while the `with` block lasts."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._seen: dict[int, tuple[str, float, float]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Family:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def cpu_of(self) -> dict[str, float]:
        """Seconds of CPU time by part; of each process what it had used when it was last seen."""
        return self._totals(1)

    @property
    def peak_of(self) -> dict[str, float]:
        """MiB by part: the largest process of each, at its largest."""
        result: dict[str, float] = {}
        for part, _, peak in self._seen.values():
            result[part] = max(result.get(part, 0.0), peak)
        return result

    def _totals(self, column: int) -> dict[str, float]:
        result: dict[str, float] = {}
        for row in self._seen.values():
            result[row[0]] = result.get(row[0], 0.0) + float(row[column])
        return result

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            for pid in descendants(self._root):
                found = look(pid)
                if found is not None:
                    part, cpu, peak = found
                    # A process that is about to end has no memory any more, and one that just began is still
                    # its parent.
                    known = self._seen.get(pid, found)
                    self._seen[pid] = (part or known[0], cpu, max(peak, known[2]))


def descendants(root: int) -> list[int]:
    """A process and everything that it has started and that still runs."""
    result, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        result.append(pid)
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it has just ended
    return result


def look(pid: int) -> tuple[str, float, float] | None:
    """What part a process is, its CPU seconds, its peak memory in MiB; None when it has ended."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        cpu = cpu_of(pid)
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
    return part_of(command), cpu, peak * 1024 / MIB


def cpu_of(pid: int) -> float:
    """Seconds of CPU time that a running process has used. Raises OSError when there is none."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / TICKS


def part_of(command: str) -> str:
    """What a command line is to Pulumi."""
    if "pulumi-language-python-exec" in command:
        return "program"
    if any(name in command for name in PROVIDERS):
        return "provider"
    if not command:
        return ""
    first = command.split(" ", 1)[0].rsplit("/", 1)[-1]
    return "engine" if first in ("pulumi", "pulumi-language-python") else "command"
