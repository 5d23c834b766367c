"""`pulumi-posthog check`: whether the data in PostHog is as the file expects; asks, and changes nothing."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import failures, terminal
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import DEFAULT_FILE, File, chosen
from pulumi_posthog.cli.writing import refuse_links, write_file
from pulumi_posthog.values.suggestion import did_you_mean

if TYPE_CHECKING:
    from pulumi_posthog.checks.declared import Check
    from pulumi_posthog.checks.outcome import Outcome
    from pulumi_posthog.reconcile.desired import Desired
    from pulumi_posthog.reconcile.live import Live
    from pulumi_posthog.report.checks import CheckReport


FORMATS = "text, json, junit, markdown or github"


def check(
    file: File = DEFAULT_FILE,
    *,
    only: Annotated[
        list[str] | None,
        Option("--only", metavar="NAME", help="Only this check, such as alive or Web/alive; repeatable."),
    ] = None,
    form: Annotated[str, Option("--format", metavar="FORMAT", help=f"{FORMATS}.")] = "text",
    output: Annotated[
        list[Path] | None,
        Option(
            metavar="FILE",
            help="Also write the report to this file. Its suffix is the format: .json, .md, ...",
        ),
    ] = None,
) -> int:
    """Run the health checks; 7 when one fails.

    All checks run side by side. The status is 4 if a check could not be run. A query that takes too long is
    cancelled, and the status is 9. Ctrl-C cancels all queries.
    """
    from pulumi_posthog.report.checks import FORMATS as KNOWN
    from pulumi_posthog.report.checks import SUFFIXES, rendered, screen

    chosen("--format", form, KNOWN)
    for path in output or ():
        chosen(f"--output {path}", path.suffix, list(SUFFIXES))
        refuse_links(path)
    report, error = told(file, only or ())
    if form == "text":
        # Why it failed goes to stderr, like every error.
        terminal.show(screen(report, reasons=False))
    else:
        terminal.write(rendered(report, form), form)
    for path in output or ():
        write_file(path, rendered(report, SUFFIXES[path.suffix]))
    if error is not None:
        raise error
    return report.exit


def told(file: Path, only: Sequence[str]) -> tuple[CheckReport, BaseException | None]:
    """The report on one run, and the error that ended it before it began: so that every format says so as well."""
    from pulumi_posthog.drift.finding import Failed
    from pulumi_posthog.report.checks import CheckReport

    try:
        return _checked(file, only), None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            found: Sequence[failures.Failure] = (failures.Failure("cancelled", None, Exit.CANCELLED),)
        else:
            bug = failures.Failure(f"a bug: {type(error).__name__}", None, Exit.BUG)
            found = failures.said(error) or (bug,)
        reasons = tuple(Failed(failure.message, failure.hint) for failure in found)
        return CheckReport(file=str(file), failures=reasons, exit=failures.exit_of(found), at=_now()), error


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _checked(file: Path, only: Sequence[str]) -> CheckReport:
    from pulumi_posthog import config
    from pulumi_posthog.checks.running import run_all
    from pulumi_posthog.cli.client import live_for
    from pulumi_posthog.cli.look import address
    from pulumi_posthog.report.checks import CheckReport

    desired = config.load(file, environment=os.environ, offline=True)
    wanted = named(desired.checks, only)
    if not wanted:
        return CheckReport(desired=desired, file=desired.file, at=_now())
    live = live_for(*address(desired))
    projects = projects_of(desired, wanted, live)
    with terminal.progress("running checks: {} of {} done") as tell:
        outcomes = run_all(wanted, live.reader, projects, done=tell)
    return CheckReport(
        desired=desired,
        file=desired.file,
        outcomes=outcomes,
        at=_now(),
        requests=sum(live.reader.pace.sent.values()),
        exit=worst(map(exit_of, outcomes)),
    )


def named(checks: Sequence[Check], only: Sequence[str]) -> tuple[Check, ...]:
    """The checks that `--only` names, by their whole names or the last part of them; raises Stop."""
    wanted: dict[str, Check] = {}
    for name in only:
        found = [check for check in checks if name in (check.name, check.key)]
        if not found:
            raise Stop(
                f'--only: there is no check "{name}"',
                did_you_mean(name, [check.name for check in checks]) if checks else "the file declares none",
            )
        wanted |= {check.name: check for check in found}
    return tuple(check for check in checks if not only or check.name in wanted)


def projects_of(desired: Desired, checks: Sequence[Check], live: Live) -> Mapping[str, str | Outcome]:
    """Name of each project that checks are about -> its id, or why there is none."""
    from pulumi_posthog.api import ApiError
    from pulumi_posthog.checks.outcome import Outcome, State
    from pulumi_posthog.kinds.project import PROJECT
    from pulumi_posthog.reconcile.observe import observe

    names = {check.project for check in checks}
    entries = tuple(each for each in desired.entries if each.kind is PROJECT and each.name in names)
    observed = observe(dataclasses.replace(desired, entries=entries), live)
    result: dict[str, str | Outcome] = {}
    for check in checks:
        key = (PROJECT.name, check.project)
        unread = observed.unread.get(key)
        if key in observed.found:
            result[check.project] = observed.found[key].id
        elif unread is not None:
            problem = unread.problem if isinstance(unread, ApiError) else str(unread)
            result[check.project] = Outcome(
                check=check,
                state=State.NOT_RUN,
                problem=problem,
                hint=unread.hint,
                error=unread if isinstance(unread, ApiError) else None,
            )
        else:
            result[check.project] = Outcome(
                check=check,
                state=State.NOT_RUN,
                problem=f'PostHog has no project "{check.project}"',
                hint="`pulumi up` makes it",
            )
    return result


def exit_of(outcome: Outcome) -> Exit:
    """What one outcome alone would end the command with."""
    from pulumi_posthog.checks.outcome import State

    if outcome.state is State.NOT_RUN and outcome.error is not None:
        return failures.of_api(outcome.error).exit
    return {
        State.HOLDS: Exit.NOTHING,
        State.FAILS: Exit.DIFFERENT,
        State.NOT_RUN: Exit.API,
        State.GAVE_UP: Exit.GAVE_UP,
        State.CANCELLED: Exit.CANCELLED,
    }[outcome.state]
