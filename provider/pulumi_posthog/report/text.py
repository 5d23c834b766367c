"""Findings -> what a terminal shows: one object after the other, readable at any width."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from pulumi_posthog.drift.finding import Finding, Report, Status
from pulumi_posthog.values.text import plural, printable

COLOURS = {
    Status.CHANGED: "yellow",
    Status.GONE: "red",
    Status.UNDECLARED: "magenta",
    Status.PENDING: "cyan",
    Status.UNREAD: "red",
    Status.REFUSED: "red",
}
LONGEST_VALUE = 300  # characters; other formats have the whole value
MOST = 50  # findings of one status that are shown one by one


def rendered(report: Report) -> str:
    """As plain text for a file."""
    console = Console(
        file=io.StringIO(), width=120, highlight=False, markup=False, emoji=False, no_color=True
    )
    console.print(screen(report))
    stream = console.file
    assert isinstance(stream, io.StringIO)  # noqa: S101 - tells mypy what was given two lines above
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def screen(report: Report, *, reasons: bool = True) -> RenderableType:
    """For a terminal, whose width and colours rich knows; `reasons` says why a run failed."""
    return Group(*map(_harmless, _parts(report, reasons)))


def _harmless(part: RenderableType) -> RenderableType:
    text = part.renderable if isinstance(part, Padding) else part
    if isinstance(text, Text):
        # One character for each, so that colours stay where they are.
        text.plain = printable(text.plain)
    return part


def _parts(report: Report, reasons: bool) -> Iterator[RenderableType]:
    colour = "green" if not report.new and not report.failures else "red" if report.failures else "yellow"
    yield Text(report.headline, style=f"bold {colour}")
    if report.host:
        yield Text(
            f"{report.file} against {report.host}, organization {report.organization}:"
            f" {plural(report.requests, 'request')}",
            style="dim",
        )
    for failure in report.failures if reasons else ():
        yield Text.assemble(("error: ", "bold red"), failure.message)
        if failure.hint:
            yield indented(Text.assemble(("hint: ", "bold cyan"), failure.hint), 2)
    for status, findings in report.by_status.items():
        yield Text()
        yield Text(status.title, style=f"bold {COLOURS[status]}")
        for object_, own in groupby(findings[:MOST], key=lambda finding: finding.object):
            shown = _pending if status is Status.PENDING else _object
            yield from shown(object_, list(own))
        if len(findings) > MOST:
            yield indented(
                Text(f"and {len(findings) - MOST:,} more: --format json has them all", style="dim"), 2
            )
    for count, why in (
        (len(report.known), "known from the baseline"),
        (len(report.ignored), "ignored by a rule"),
    ):
        if count:
            yield Text()
            yield Text(f"{plural(count, 'difference')} {why}", style="dim")


def _object(path: str, findings: list[Finding]) -> Iterator[RenderableType]:
    first = findings[0]
    head = Text.assemble((path, "bold"))
    if first.where:
        head.append(f"  {first.where.file}:{first.where.line}", style="dim")
    yield indented(head, 2)
    for finding in findings:
        yield indented(_line(finding), 4)
        if finding.hint:
            yield indented(Text.assemble(("hint: ", "cyan"), finding.hint), 6)


def _pending(path: str, findings: list[Finding]) -> Iterator[RenderableType]:
    """One line for an object: what the values are is in the file, and `pulumi preview` shows both."""
    fields = [finding for finding in findings if _says_a_value(finding)]
    names = dict.fromkeys(finding.path.removeprefix(path).removeprefix(".") for finding in fields)
    words = [_line(finding).plain for finding in findings if finding not in fields]
    words += [f"{', '.join(names)} will be set"] if names else []
    line = Text.assemble((path, "bold"), f": {'; '.join(words)}")
    if findings[0].where:
        line.append(f"  {findings[0].where.file}:{findings[0].where.line}", style="dim")
    yield indented(line, 2)
    for hint in dict.fromkeys(finding.hint for finding in findings if finding.hint):
        yield indented(Text.assemble(("hint: ", "cyan"), hint), 6)


def _says_a_value(finding: Finding) -> bool:
    return not (finding.message or finding.whole or finding.removal)


def _line(finding: Finding) -> Text:
    text = Text()
    own = finding.path.removeprefix(finding.object).removeprefix(".")
    if own:
        text.append(f"{own}: " if not finding.message else f"{own} ")
    if not _says_a_value(finding):
        text.append(finding.summary.removeprefix(finding.path).lstrip(": "))
    else:
        text.append(finding.shown_live(LONGEST_VALUE), style="red")
        text.append(", declared is ")
        text.append(finding.shown_declared(LONGEST_VALUE), style="green")
    if finding.has_author:
        text.append(f"  ({finding.who or 'who: unknown'})", style="dim")
    return text


def indented(text: Text, columns: int) -> Padding:
    """`text` with all its lines that far from the left."""
    # Not expanded to the full width: lines would end in blanks.
    return Padding(text, (0, 0, 0, columns), expand=False)
