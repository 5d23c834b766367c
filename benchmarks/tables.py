"""Rows -> tables for a terminal, Markdown and JSON. Times stand beside Pulumi's floor of the same run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

from benchmarks.suite import Row
from harness.stack import DYNAMIC_DOOR, PLUGIN_DOOR

COLUMNS = (
    "latency",
    "step",
    "door",
    "requests",
    "wall s",
    "CPU s",
    "x floor",
    "x dynamic",
    "server CPU s",
    "engine MiB",
    "program MiB",
    "provider MiB",
)
PARTS = ("engine", "program", "provider")


def machine() -> str:
    """What the figures were measured on."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" pulumi {version('pulumi')}"
    )


def cells(row: Row, rows: Sequence[Row]) -> list[str]:
    """One row as texts."""
    floor, other = floor_of(row, rows), dynamic_of(row, rows)
    peaks = [
        row.peak_of.get(part) or (row.peak_of.get("command") if part == "program" else None) for part in PARTS
    ]
    return [
        "" if row.step.startswith("floor") else f"{row.latency_ms} ms",
        row.step if row.status == 0 else f"{row.step} (status {row.status})",
        row.door,
        "" if row.requests is None else f"{row.requests:,}",
        f"{row.wall:.1f}",
        f"{row.cpu:.1f}",
        f"{row.cpu / floor.cpu:.2f}" if floor else "",
        f"{row.cpu / other.cpu:.2f}" if other else "",
        "" if row.requests is None else f"{row.server_cpu:.1f}",
        *("" if peak is None else f"{peak:.0f}" for peak in peaks),
    ]


def floor_of(row: Row, rows: Sequence[Row]) -> Row | None:
    """What Pulumi itself needs for the same step with as many resources. Compared in CPU: on a busy machine
    the wall time says more about the neighbours.
    """
    return next((each for each in rows if each.size == row.size and each.step == f"floor: {row.step}"), None)


def dynamic_of(row: Row, rows: Sequence[Row]) -> Row | None:
    """The same step through the dynamic door, beside which the plugin's CPU time stands."""
    return next(
        (
            each
            for each in rows
            if row.door == PLUGIN_DOOR
            and (each.size, each.latency_ms, each.step, each.door)
            == (row.size, row.latency_ms, row.step, DYNAMIC_DOOR)
        ),
        None,
    )


def show(rows: Sequence[Row], titles: dict[str, str]) -> None:
    """Print a table per size."""
    console = Console(soft_wrap=True)
    console.width = max(console.width, 130)  # a table that is cut says nothing
    console.print(machine())
    for size in dict.fromkeys(row.size for row in rows):
        table = Table(title=titles[size], title_justify="left")
        for place, column in enumerate(COLUMNS):
            table.add_column(column, justify="left" if place < 3 else "right")
        for row in (each for each in rows if each.size == size):
            table.add_row(*cells(row, rows))
        console.print(table)


def shares(rows: Sequence[Row]) -> Iterator[str]:
    """Of each step that the limit of a minute held up, how much of what was allowed it used."""
    for row in rows:
        least = ((row.requests or 0) - 1) // 480 * 60  # seconds: the last request may go out that much later
        if least > 0:
            yield (
                f"{row.size}: {row.step} {row.door}: {row.requests:,} requests, {row.refused} of them refused, in"
                f" {row.asking:.0f} s from the first to the last; 480 a minute take {least} s: {least / row.asking:.1%}"
            )


def markdown(rows: Sequence[Row], titles: dict[str, str]) -> str:
    """The same tables for a file."""
    lines: list[str] = []
    for size in dict.fromkeys(row.size for row in rows):
        lines += ["", f"### {titles[size]}", "", line(COLUMNS), line("---" for _ in COLUMNS)]
        lines += [line(cells(row, rows)) for row in rows if row.size == size]
    return "\n".join(lines).lstrip() + "\n"


def line(texts: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(texts)} |"


def document(rows: Sequence[Row]) -> str:
    """The same as JSON."""
    return json.dumps({"machine": machine(), "rows": [row.as_json() for row in rows]}, indent=1) + "\n"
