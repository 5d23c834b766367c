"""Findings -> Markdown for a pull request's comment or an issue's body, which must not become too long."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from pulumi_posthog.drift.effect import effect
from pulumi_posthog.drift.finding import Finding, Report, Status, moment
from pulumi_posthog.values.text import plural, printable

MARKER = "<!-- pulumi-posthog {title} -->"  # finds the comment again that is to be kept up to date
LONGEST = 60_000  # characters: GitHub takes 65,536, GitLab a million
LONGEST_VALUE = 200  # characters
NO_WIDTH = "&#8203;"


def rendered(report: Report, longest: int = LONGEST) -> str:
    """The report in at most `longest` characters; what is left out is counted."""
    change = effect(report.findings)
    lines = [MARKER.format(title=report.title), f"### {escaped(change or report.headline)}", ""]
    lines += [f"{escaped(report.headline)}.", ""] if change else []
    if report.host:
        lines += [
            f"{code(report.file)} against {escaped(report.host)}, organization {code(report.organization)},"
            f" {moment(report.at)}: {plural(report.requests, 'request')}.",
        ]
    for failure in report.failures:
        lines.append(f"- **error:** {escaped(failure.message)}")
        if failure.hint:
            lines.append(f"  hint: {escaped(failure.hint)}")
    tail = _tail(report)
    room = longest - sum(len(line) + 1 for line in (*lines, *tail)) - 200  # for headings and the last line
    left_out = 0
    for status, findings in report.by_status.items():
        rows = [_row(finding) for finding in findings]
        head = ["", f"#### {status.title}", "", *_head(status)]
        kept = _fitting(rows, room - sum(len(line) + 1 for line in head))
        left_out += len(rows) - len(kept)
        if kept:
            lines += [*head, *kept]
            room -= sum(len(line) + 1 for line in (*head, *kept))
    if left_out:
        lines += [
            "",
            f"*{plural(left_out, 'difference')} left out: this text is cut at {longest:,} characters.*",
        ]
    text = "\n".join([*lines, *tail]) + "\n"
    return text if len(text) <= longest else text[: longest - 2] + "…\n"


def _fitting(rows: Sequence[str], room: int) -> list[str]:
    kept = []
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            break
        kept.append(row)
    return kept


def _head(status: Status) -> list[str]:
    if status in (Status.CHANGED, Status.PENDING):
        return ["| what | PostHog | declared | who |", "| --- | --- | --- | --- |"]
    return (
        ["| what | who |", "| --- | --- |"]
        if status in (Status.GONE, Status.UNDECLARED)
        else ["| what | |", "| --- | --- |"]
    )


def _row(finding: Finding) -> str:
    what = code(finding.path)
    who = escaped(str(finding.who or "unknown"))
    if finding.status is Status.UNDECLARED and not finding.whole:
        what = f"{what} is {code(finding.shown_live(LONGEST_VALUE))}"
    if finding.status in (Status.GONE, Status.UNDECLARED):
        return f"| {what} | {who} |"
    if finding.status not in (Status.CHANGED, Status.PENDING):
        said = finding.summary.removeprefix(finding.path).lstrip(": ")
        return f"| {what} | {escaped(said)}{'. ' + escaped(finding.hint) if finding.hint else ''} |"
    who = who if finding.status is Status.CHANGED else ""
    if finding.message or finding.whole:
        return f"| {what} | {escaped(finding.summary.removeprefix(finding.path).lstrip(': '))} | | {who} |"
    live, declared = finding.shown_live(LONGEST_VALUE), finding.shown_declared(LONGEST_VALUE)
    return f"| {what} | {code(live)} | {code(declared)} | {who} |"


def _tail(report: Report) -> list[str]:
    counts = [
        f"{plural(len(findings), 'difference')} {why}"
        for findings, why in (
            (report.known, "known from the baseline"),
            (report.ignored, "ignored by a rule"),
        )
        if findings
    ]
    return ["", f"{'; '.join(counts)}."] if counts else []


def code(text: str) -> str:
    """A code span whatever is in `text`, also within a table."""
    text = one_line(text).replace("|", "\\|")
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if text[:1] == "`" or text[-1:] == "`" or not text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def escaped(text: str) -> str:
    """`text` as it is: what means something in Markdown or HTML is taken out of service.

    GitHub and GitLab look for people, issues and addresses in the text that comes of it: a sign without width, which is
    written as HTML, parts what they would find.
    """
    plain = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", html.escape(one_line(text), quote=False))
    return re.sub(
        r"(@|#|!(?=\d)|GH(?=-)|:(?=//)|www(?=\.)|mailto(?=:))", rf"\1{NO_WIDTH}", plain, flags=re.IGNORECASE
    )


def one_line(text: str) -> str:
    """`text` without line breaks, which would end a table's row."""
    return " ".join(printable(" ".join(text.split())).split())
