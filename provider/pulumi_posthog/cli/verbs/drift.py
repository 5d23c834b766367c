"""`pulumi-posthog drift`: where PostHog differs from the configuration, read-only and without Pulumi."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from pulumi_posthog.cli import failures, terminal
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import DEFAULT_FILE, File, Only, chosen, kinds
from pulumi_posthog.cli.writing import refuse_links, write_file
from pulumi_posthog.stack import state as stack_state

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.drift.attribution import Attribution
    from pulumi_posthog.drift.finding import Finding, Report, Status
    from pulumi_posthog.drift.rules import Rule
from pulumi_posthog.reconcile.desired import Entry

FORMATS = "text, json, markdown, html, sarif or junit"


@dataclasses.dataclass(frozen=True)
class Asked:
    """The options of one run."""

    file: Path
    kinds: frozenset[str]
    undeclared: bool
    who: int
    ignore_file: Path | None
    baseline: Path | None
    stack_state: Path | None
    stack: str | None
    no_stack: bool
    counted: frozenset[Status]


def drift(
    file: File = DEFAULT_FILE,
    *,
    form: Annotated[str, Option("--format", metavar="FORMAT", help=f"{FORMATS}.")] = "text",
    output: Annotated[
        list[Path] | None,
        Option(metavar="FILE", help="Write the report there as well, as its suffix says: .json, .md, ..."),
    ] = None,
    only: Only = None,
    undeclared: Annotated[
        bool, Option("--undeclared", help="Tell what is in PostHog and was not declared, too.")
    ] = False,
    fail_on: Annotated[
        str,
        Option(metavar="LIST", help="What ends with 7: all, none, or of changed-live,gone,not-declared,..."),
    ] = "all",
    ignore_file: Annotated[
        Path | None, Option(metavar="FILE", help="YAML list of {path, reason, owner, until}.")
    ] = None,
    baseline: Annotated[
        Path | None, Option(metavar="FILE", help="An earlier JSON report: only what is new counts.")
    ] = None,
    stack_name: Annotated[
        str | None,
        Option(
            "--stack",
            metavar="NAME",
            help="A Pulumi stack: tells what is pending in Git from what was changed live. The selected one unless said"
            " otherwise.",
        ),
    ] = None,
    stack_state: Annotated[
        Path | None, Option(metavar="FILE", help="The same from a file that `pulumi stack export` wrote.")
    ] = None,
    no_stack: Annotated[
        bool, Option("--no-stack", help="Compare with PostHog only, even where a stack is selected.")
    ] = False,
    who: Annotated[
        int, Option(metavar="N", help="Ask the activity log who it was, with at most N requests; 0: do not.")
    ] = 20,
    max_size: Annotated[int, Option(metavar="N", min=1000, help="Cut Markdown at N characters.")] = 60_000,
) -> int:
    """Compare PostHog with the configuration. 7 when they differ, 4 when something could not be read."""
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
    report, error = told(asked)
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


def told(asked: Asked) -> tuple[Report, BaseException | None]:
    """The report on one run, and what ended it early: so that every format says so as well."""
    from pulumi_posthog.drift.finding import Failed, Report

    try:
        return _compared(asked), None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            found: Sequence[failures.Failure] = (failures.Failure("cancelled", None, Exit.CANCELLED),)
        else:
            found = failures.said(error) or (
                failures.Failure(f"a bug: {type(error).__name__}", None, Exit.BUG),
            )
        reasons = tuple(Failed(failure.message, failure.hint) for failure in found)
        report = Report(file=str(asked.file), failures=reasons, exit=failures.exit_of(found), at=_now())
        return report, error


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _compared(asked: Asked) -> Report:
    from pulumi_posthog import config
    from pulumi_posthog.cli.look import look_at
    from pulumi_posthog.cli.remembered import remembered
    from pulumi_posthog.drift import persons
    from pulumi_posthog.drift.attribution import Attribution
    from pulumi_posthog.drift.finding import Report, Status
    from pulumi_posthog.drift.findings import findings, refused, untold
    from pulumi_posthog.reconcile.path import path_of

    # Offline: PostHog never shows a secret, so there is none to compare, and none needs to be at hand.
    desired = config.load(asked.file, environment=os.environ, offline=True)
    rules = _rules(asked, desired)
    baseline = _baseline(asked)
    state = remembered(
        asked.file,
        name=asked.stack,
        state=asked.stack_state,
        none=asked.no_stack,
        secrets=any(map(_has_secrets_at_hand, desired.entries)),
    )
    if state and desired.host:
        stack_state.check_host(desired.host, state.text, state.source)
    recorded = dict(state.objects) if state else None
    look = look_at(
        desired,
        ids={key: each.id for key, each in (recorded or {}).items()},
        undeclared=asked.undeclared,
        kinds=asked.kinds,
        persons=True,
        known=state.addresses if state else None,
        agreed=bool(state),
    )
    live, observed, limits = look.live, look.observed, state.limits if state else None
    found = findings(observed, look.plan, recorded)
    if number := untold(observed, recorded or {}):
        which = "a secret or a file" if number == 1 else f"{number} secrets and files"
        terminal.note(
            f"{which} of this file cannot be compared with what was last applied: the state is encrypted, and"
            " `--stack` with what decrypts it (PULUMI_CONFIG_PASSPHRASE) compares them"
        )
    if state and limits and not asked.kinds:
        found = (*refused(observed.desired, observed, state.managed, limits), *found)
    found = (*found, *(each for sighting in look.persons for each in persons.findings(sighting, limits)))
    found, expired = _marked(found, rules, baseline)
    attribution = Attribution(live, asked.who)
    found = tuple(_attributed(finding, attribution) for finding in found)
    notes = (*observed.notes, *expired)
    for note in notes:
        terminal.warn(note)
    if attribution.missing:
        terminal.note(f"who changed what is unknown: {attribution.missing}")
    new = [finding for finding in found if finding.counts]
    exits = look.exits
    exits += [Exit.REFUSED] if any(finding.status is Status.REFUSED for finding in new) else []
    exits += [Exit.DIFFERENT] if any(finding.status in asked.counted for finding in new) else []
    return Report(
        file=desired.file,
        host=desired.host,
        organization=desired.organization,
        at=_now(),
        findings=found,
        checked=(
            *(path_of(entry, observed.desired) for entry in observed.compared),
            *map(persons.path_of, look.persons),
        ),
        requests=sum(live.reader.pace.sent.values()),
        notes=notes,
        exit=worst(exits),
    )


def _rules(asked: Asked, desired: Configuration) -> tuple[Rule, ...]:
    from pulumi_posthog.drift.rules import rules

    options = desired.options.get("drift")
    declared = options.get("ignore") if isinstance(options, dict) else None
    found = rules(declared, desired.file)
    if asked.ignore_file is None:
        return found
    return (*found, *rules(rules_in(asked.ignore_file), str(asked.ignore_file)))


DEEPEST_RULE = 10  # collections within each other; a rule takes two


def rules_in(path: Path) -> Any:
    """The list in a file of what to ignore, as it stands in the YAML; raises Stop, OSError."""
    import yaml

    from pulumi_posthog.values.bounds import IGNORE_BYTES, TooLarge, text_of

    try:
        text = text_of(path, IGNORE_BYTES)
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            # A few aliases can stand for a list without end, and no rule needs one; depth takes its square in time.
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > DEEPEST_RULE:
                raise Stop(f"{path} has an alias (`*name`) or is nested too deeply", "write each rule out")
        items = yaml.safe_load(text)
    except TooLarge as error:
        raise Stop(str(error), "write a list of {path, reason, owner, until}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise Stop(f"{path} is not YAML", "write a list of {path, reason, owner, until}") from None
    return items


def _baseline(asked: Asked) -> frozenset[str]:
    from pulumi_posthog.drift.baseline import read

    return read(asked.baseline) if asked.baseline else frozenset()


def _has_secrets_at_hand(entry: Entry) -> bool:
    from pulumi_posthog.reconcile.fingerprint import is_fingerprinted
    from pulumi_posthog.values.secret_text import known

    values = (entry.fields.get(field.name) for field in entry.kind.fields if field.secret)
    return any(
        is_fingerprinted(item) and known(item)
        for value in values
        if isinstance(value, dict)
        for item in value.values()
    )


def _marked(
    found: tuple[Finding, ...], rules: Sequence[Rule], baseline: frozenset[str]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    from datetime import UTC, datetime

    from pulumi_posthog.drift.baseline import marked
    from pulumi_posthog.drift.rules import ignored

    return ignored(marked(found, baseline), rules, datetime.now(UTC).date())


def _attributed(finding: Finding, attribution: Attribution) -> Finding:
    from pulumi_posthog.drift.finding import Status

    trace = finding.trace
    if trace is None or not finding.counts or finding.status not in (Status.CHANGED, Status.UNDECLARED):
        return finding
    who = (
        attribution.changed(trace.found, trace.project, trace.field, trace.key)
        if trace.field
        else attribution.created(trace.found, trace.project)
    )
    return dataclasses.replace(finding, who=who)
