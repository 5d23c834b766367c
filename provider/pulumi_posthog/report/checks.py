"""Outcomes of health checks -> text, JSON, JUnit, Markdown, workflow commands: of the data, the single value only."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as Xml

from pulumi_posthog.checks.outcome import Outcome, State, counted
from pulumi_posthog.drift.finding import Failed
from pulumi_posthog.reconcile.desired import Desired
from pulumi_posthog.reconcile.path import path_of
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.text import plural, printable

if TYPE_CHECKING:
    from rich.console import RenderableType

FORMATS: Final = ("text", "json", "junit", "markdown", "github")
SUFFIXES: Final[Mapping[str, str]] = {".txt": "text", ".json": "json", ".md": "markdown", ".xml": "junit"}
VERSION: Final = 1  # of the JSON document; keys may be added without a new one
COLOURS: Final = {State.HOLDS: "green", State.FAILS: "yellow"}


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """Everything that a run of checks has to say. `failures` say that it could not even begin."""

    desired: Desired | None = None
    file: str = "posthog.yaml"
    outcomes: tuple[Outcome, ...] = ()
    at: str = ""  # ISO 8601, UTC
    requests: int = 0
    exit: int = 0
    failures: tuple[Failed, ...] = ()

    @cached_property
    def by_state(self) -> Mapping[State, tuple[Outcome, ...]]:
        """The outcomes, what needs somebody first."""
        return counted(self.outcomes)

    @property
    def headline(self) -> str:
        """The result in one line."""
        if self.failures:
            return "check: nothing could be checked"
        if not self.outcomes:
            return "check: no health checks are declared"
        counts = [
            f"{len(found):,} {'hold' if state is State.HOLDS and len(found) > 1 else state.title}"
            for state, found in self.by_state.items()
        ]
        return f"check: {', '.join(counts)}"

    def path(self, outcome: Outcome) -> str:
        """Where a check is in the YAML: "projects.Web.checks.events_last_hour"."""
        check = outcome.check
        entry = self.desired.by_name.get(check.subject) if self.desired else None
        if entry is None or self.desired is None:
            return check.name
        return ".".join(filter(None, (path_of(entry, self.desired), entry.kind.checks, check.key)))


def rendered(report: CheckReport, form: str) -> str:
    """The report in one of `FORMATS`."""
    renderers: Mapping[str, Callable[[CheckReport], str]] = {
        "text": _text,
        "json": _json,
        "junit": _junit,
        "markdown": _markdown,
        "github": _github,
    }
    return renderers[form](report)


# -- text ----------------------------------------------------------------------------------------------------------


def _text(report: CheckReport) -> str:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, width=120, highlight=False, markup=False, emoji=False, no_color=True)
    console.print(screen(report))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def screen(report: CheckReport, *, reasons: bool = True) -> RenderableType:
    """For a terminal, whose width and colours rich knows; `reasons` says why a run failed."""
    from rich.console import Group

    return Group(*_parts(report, reasons))


def _parts(report: CheckReport, reasons: bool) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    good = not report.failures and set(report.by_state) <= {State.HOLDS}
    yield Text(printable(report.headline), style=f"bold {'green' if good else 'red'}")
    if report.desired is not None and report.outcomes:
        yield Text(printable(_against(report)), style="dim")
    for failure in report.failures if reasons else ():
        yield Text.assemble(("error: ", "bold red"), printable(failure.message))
        if failure.hint:
            yield Padding(Text.assemble(("hint: ", "bold cyan"), printable(failure.hint)), (0, 0, 0, 2))
    for state, outcomes in report.by_state.items():
        yield Text()
        yield Text(state.title, style=f"bold {COLOURS.get(state, 'red')}")
        for outcome in outcomes:
            head = Text.assemble((printable(report.path(outcome)), "bold"))
            if outcome.check.where:
                head.append(f"  {outcome.check.where.file}:{outcome.check.where.line}", style="dim")
            yield Padding(head, (0, 0, 0, 2), expand=False)
            yield Padding(Text(printable(outcome.told)), (0, 0, 0, 4), expand=False)
            for name, text in _advice(outcome):
                said = Text.assemble((f"{name}: ", "cyan"), printable(text))
                yield Padding(said, (0, 0, 0, 6), expand=False)


def _against(report: CheckReport) -> str:
    desired = report.desired
    assert desired is not None  # noqa: S101 - whoever calls has looked
    return (
        f"{desired.file} against {desired.host}, organization {desired.organization}:"
        f" {plural(report.requests, 'request')}"
    )


def _advice(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What may help a person who reads of a check that does not hold."""
    if outcome.state is State.HOLDS:
        return
    if outcome.check.description:
        yield "what it means", outcome.check.description
    if outcome.hint:
        yield "hint", outcome.hint


# -- formats for programs ------------------------------------------------------------------------------------------


def _json(report: CheckReport) -> str:
    document = {
        "version": VERSION,
        "title": "check",
        "headline": report.headline,
        "exit_code": report.exit,
        "file": report.file,
        "host": report.desired.host if report.desired else "",
        "organization": report.desired.organization if report.desired else "",
        "at": report.at,
        "requests": report.requests,
        "counts": {state.value: len(report.by_state.get(state, ())) for state in State},
        "checks": [_document(report, outcome) for outcome in report.outcomes],
        "failures": [{"message": each.message, "hint": each.hint} for each in report.failures],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(report: CheckReport, outcome: Outcome) -> dict[str, Any]:
    check, where = outcome.check, outcome.check.where
    return {
        "name": check.name,
        "path": report.path(outcome),
        "project": check.project,
        "state": outcome.state.value,
        "seen": outcome.seen,
        "expected": check.expect.text,
        "attempts": outcome.attempts,
        "seconds": round(outcome.waited, 1),
        "problem": outcome.problem,
        "hint": outcome.hint,
        "description": check.description or None,
        "where": {"file": where.file, "line": where.line, "column": where.column} if where else None,
    }


def _junit(report: CheckReport) -> str:
    from pulumi_posthog.report.junit import allowed, document

    suites = Xml.Element("testsuites", name="pulumi-posthog")
    suite = Xml.SubElement(suites, "testsuite", name="check")
    if report.at:
        suite.set("timestamp", report.at)
    for failure in report.failures:
        case = Xml.SubElement(suite, "testcase", classname="check", name="PostHog can be asked")
        Xml.SubElement(case, "error", message=allowed(failure.message)).text = allowed(failure.hint or "")
    for outcome in report.outcomes:
        case = Xml.SubElement(
            suite,
            "testcase",
            classname=allowed(f"projects.{outcome.check.project}"),
            name=allowed(report.path(outcome)),
            time=f"{outcome.waited:.1f}",
        )
        if outcome.state is not State.HOLDS:
            tag = "failure" if outcome.state is State.FAILS else "error"
            element = Xml.SubElement(case, tag, message=allowed(outcome.told), type=outcome.state.value)
            element.text = allowed("\n".join(f"{name}: {text}" for name, text in _advice(outcome))) or None
    counts = {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": 0,
    }
    for name, number in counts.items():
        suite.set(name, str(number))
        suites.set(name, str(number))
    return document(suites)


def _markdown(report: CheckReport) -> str:
    from pulumi_posthog.report.markdown import MARKER, code, escaped

    lines = [MARKER.format(title="check"), f"### {escaped(report.headline)}", ""]
    for failure in report.failures:
        lines.append(f"- **error:** {escaped(failure.message)}")
        lines += [f"  hint: {escaped(failure.hint)}"] if failure.hint else []
    if report.desired is not None and report.outcomes:
        lines += [escaped(f"{_against(report)}, {report.at}") + ".", ""]
        lines += ["| check | | |", "| --- | --- | --- |"]
    for state, outcomes in report.by_state.items():
        for outcome in outcomes:
            advice = " ".join(f"{text.rstrip('.')}." for _, text in _advice(outcome))
            told = f"{outcome.told}. {advice}" if advice else outcome.told
            lines.append(f"| {code(report.path(outcome))} | {escaped(state.title)} | {escaped(told)} |")
    return "\n".join(lines) + "\n"


def _github(report: CheckReport) -> str:
    from pulumi_posthog.report.github import commands

    problems = [Problem(failure.message, None, failure.hint) for failure in report.failures]
    problems += [
        Problem(outcome.sentence, outcome.check.where, " ".join(text for _, text in _advice(outcome)) or None)
        for outcome in report.outcomes
        if outcome.state is not State.HOLDS
    ]
    return commands(problems) or f"{printable(report.headline)}\n"
