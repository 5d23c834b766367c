"""`pulumi-posthog drift`: where PostHog differs from the configuration, read-only and without Pulumi."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import failures, terminal
from pulumi_posthog.cli.comparing import Asked, compared, now
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import DEFAULT_FILE, File, Only, chosen, kinds
from pulumi_posthog.cli.writing import refuse_links, write_file

if TYPE_CHECKING:
    from pulumi_posthog.cli.comparing import Compared
    from pulumi_posthog.drift.finding import Report, Status

FORMATS = "text, json, markdown, html, sarif or junit"


def drift(
    file: File = DEFAULT_FILE,
    *,
    form: Annotated[str, Option("--format", metavar="FORMAT", help=f"{FORMATS}.")] = "text",
    output: Annotated[
        list[Path] | None,
        Option(
            metavar="FILE",
            help="Also write the report to this file. Its suffix is the format: .json, .md, ...",
        ),
    ] = None,
    only: Only = None,
    undeclared: Annotated[
        bool, Option("--undeclared", help="Also show what is in PostHog and is not declared.")
    ] = False,
    fail_on: Annotated[
        str,
        Option(
            metavar="LIST",
            help="Which findings give status 7: all, none, or some of changed-live,gone,not-declared,...",
        ),
    ] = "all",
    ignore_file: Annotated[
        Path | None, Option(metavar="FILE", help="YAML list of {path, reason, owner, until}.")
    ] = None,
    baseline: Annotated[
        Path | None,
        Option(metavar="FILE", help="An earlier JSON report. Only findings that are not in it count."),
    ] = None,
    stack_name: Annotated[
        str | None,
        Option(
            "--stack",
            metavar="NAME",
            help="A Pulumi stack, to tell what is pending in Git from what was changed live. Default: the selected one."
            " Without a FILE, PostHog is compared with what the stack last applied: for programs without YAML.",
        ),
    ] = None,
    stack_state: Annotated[
        Path | None,
        Option(metavar="FILE", help="Like --stack, from a file that `pulumi stack export` wrote."),
    ] = None,
    no_stack: Annotated[bool, Option("--no-stack", help="Use no stack, even if one is selected.")] = False,
    who: Annotated[
        int,
        Option(metavar="N", help="Look up who made each change; at most N extra requests, 0 to turn it off."),
    ] = 20,
    accept: Annotated[
        bool,
        Option(
            "--accept",
            help="Afterwards, write what PostHog has into the files, as `pulumi-posthog accept` does.",
        ),
    ] = False,
    yes: Annotated[bool, Option("--yes", "-y", help="With --accept: write without asking.")] = False,
    max_size: Annotated[int, Option(metavar="N", min=1000, help="Cut Markdown at N characters.")] = 60_000,
) -> int:
    """Compare PostHog with the configuration. Status 7 if they differ, 4 if something could not be read."""
    from pulumi_posthog.report import FORMATS as KNOWN
    from pulumi_posthog.report import SUFFIXES

    chosen("--format", form, KNOWN)
    for path in output or ():
        chosen(f"--output {path}", path.suffix, list(SUFFIXES))
        refuse_links(path)
    if stack_name and stack_state:
        raise Stop("--stack and --stack-state say the same", "give one of them")
    if no_stack and (stack_name or stack_state):
        raise Stop("--no-stack says that there is none, and a stack is named", "give one of them")
    asked = Asked(
        file,
        kinds(only),
        undeclared,
        who,
        ignore_file,
        baseline,
        stack_state,
        stack_name,
        no_stack,
        _counted(fail_on),
    )
    if accept and asked.is_of_a_stack_alone:
        raise Stop(f"--accept writes into the configuration, and there is no {file}", "name it: FILE")
    if yes and not accept:
        raise Stop("--yes is about --accept", "give both, or none")
    if accept and form != "text":
        raise Stop(
            "--accept shows what it writes, and needs --format text", "--output FILE writes other forms"
        )
    texts: dict[Path, str] = {}
    report, outcome, error = told(asked, texts)
    if form == "text":
        from pulumi_posthog.report import text

        # Why it failed goes to stderr, like every error.
        terminal.show(text.screen(report, reasons=False))
    else:
        terminal.write(_in_form(report, form, max_size), form)
    for path in output or ():
        write_file(path, _in_form(report, SUFFIXES[path.suffix], max_size))
    if error is not None:
        raise error
    if accept and outcome is not None:
        from pulumi_posthog.cli.accepting import accepted

        return accepted(outcome, texts, (), yes=yes)
    return report.exit


def _in_form(report: Report, form: str, max_size: int) -> str:
    from pulumi_posthog.report import markdown, rendered

    return markdown.rendered(report, max_size) if form == "markdown" else rendered(report, form)


def _counted(fail_on: str) -> frozenset[Status]:
    from pulumi_posthog.drift.finding import Status

    # These are no differences: each has an exit status of its own, always.
    all_ = frozenset(Status) - {Status.UNREAD, Status.REFUSED}
    if fail_on in ("all", "none"):
        return all_ if fail_on == "all" else frozenset()
    by_name = {status.value.replace("_", "-"): status for status in Status if status in all_}
    names = [name.strip().replace("_", "-") for name in fail_on.split(",") if name.strip()]
    return frozenset(by_name[chosen("--fail-on", name, [*by_name, "all", "none"])] for name in names)


def told(asked: Asked, texts: dict[Path, str]) -> tuple[Report, Compared | None, BaseException | None]:
    """The report on one run, what it is about, and the error that ended it early.

    So every format says that error as well.
    """
    from pulumi_posthog.drift.finding import Failed, Report

    try:
        outcome = compared(asked, texts)
        return outcome.report, outcome, None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            found: Sequence[failures.Failure] = (failures.Failure("cancelled", None, Exit.CANCELLED),)
        else:
            found = failures.said(error) or (
                failures.Failure(f"a bug: {type(error).__name__}", None, Exit.BUG),
            )
        reasons = tuple(Failed(failure.message, failure.hint) for failure in found)
        report = Report(file=str(asked.file), failures=reasons, exit=failures.exit_of(found), at=now())
        return report, None, error
