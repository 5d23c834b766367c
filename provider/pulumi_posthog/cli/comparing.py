"""PostHog, a configuration, what a stack remembers -> a report on how they differ."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.stack import state as stack_state

if TYPE_CHECKING:
    from pulumi_posthog.cli.look import Look
    from pulumi_posthog.cli.remembered import Remembered
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.drift.attribution import Attribution
    from pulumi_posthog.drift.finding import Finding, Report, Status
    from pulumi_posthog.drift.rules import Rule
    from pulumi_posthog.reconcile.desired import Entry
    from pulumi_posthog.reconcile.limits import Limits
    from pulumi_posthog.reconcile.live import Live
    from pulumi_posthog.reconcile.observe import Observed


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

    @property
    def is_of_a_stack_alone(self) -> bool:
        """Whether a stack is named and there is no file: then the stack says what is desired."""
        return bool(self.stack or self.stack_state) and not self.file.exists()


@dataclasses.dataclass(frozen=True)
class Compared:
    """A report, and what it is about."""

    report: Report
    desired: Configuration
    look: Look


def now() -> str:
    """This moment, as reports write it."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def loaded(file: Path, texts: dict[Path, str], instead: Mapping[Path, str] | None = None) -> Configuration:
    """A configuration; `texts` get those of its files, by their real paths, the main one first.

    `instead` has other texts for some of them. Raises ConfigError.
    """
    from pulumi_posthog import config
    from pulumi_posthog.values.local_file import file_text

    def read(path: Path, name: str) -> str:
        real = path.resolve()
        text = (instead or {}).get(real)
        texts[real] = text if text is not None else file_text(path, name)
        return texts[real]

    # Offline: PostHog never shows a secret, so there is none to compare, and none needs to be available.
    return config.load(file, read=read, environment=os.environ, offline=True)


def compared(asked: Asked, texts: dict[Path, str] | None = None) -> Compared:
    """Compare PostHog with a configuration; `texts` get what is in its files (`loaded`).

    Raises Stop, ConfigError, StateError, and ApiError where PostHog cannot be read at all.
    """
    from pulumi_posthog.cli.look import look_at
    from pulumi_posthog.cli.remembered import of_a_program, remembered
    from pulumi_posthog.drift import persons
    from pulumi_posthog.drift.attribution import Attribution
    from pulumi_posthog.drift.finding import Report, Status
    from pulumi_posthog.drift.findings import findings, refused
    from pulumi_posthog.drift.unanswered import untold
    from pulumi_posthog.reconcile.path import path_of

    alone = asked.is_of_a_stack_alone
    if not alone and not asked.no_stack and (name := of_a_program(asked.file)):
        raise Stop(
            f"there is no file {asked.file.name}",
            f"a program without YAML is compared with what its stack last applied: --stack {name}",
        )
    desired = None if alone else loaded(asked.file, {} if texts is None else texts)
    state = remembered(
        asked.file,
        name=asked.stack,
        state=asked.stack_state,
        none=asked.no_stack,
        secrets=any(map(_has_secrets_at_hand, desired.entries)) if desired else False,
    )
    if desired is None:
        desired = _of_stack(state)
    rules = _rules(asked, desired)
    baseline = _baseline(asked)
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
        found = (
            *refused(observed.desired, observed, state.managed, limits),
            *_losing(observed, state, limits, live),
            *found,
        )
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
    report = Report(
        file=desired.file,
        host=desired.host,
        organization=desired.organization,
        organization_name=_name_of_organization(live),
        at=now(),
        findings=found,
        checked=(
            *(path_of(entry, observed.desired) for entry in observed.compared),
            *map(persons.path_of, look.persons),
        ),
        requests=sum(live.reader.pace.sent.values()),
        notes=notes,
        exit=worst(exits),
    )
    return Compared(report, desired, look)


def _of_stack(state: Remembered | None) -> Configuration:
    """What a stack keeps, in place of a file; raises Stop, StateError."""
    from pulumi_posthog.stack.remembered_configuration import remembered_configuration

    if state is None:
        raise Stop("there is neither a configuration nor a stack", "name one: `--stack NAME`")
    desired = remembered_configuration(state.text, state.source)
    terminal.note(f"there is no configuration: PostHog is compared with what {state.source} last applied")
    return desired


def _name_of_organization(live: Live) -> str:
    """As PostHog tells it, without another request; empty where it could not be read."""
    from pulumi_posthog.api import ApiError

    try:
        return str(live.organization().get("name") or "")
    except ApiError:
        return ""


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
    """The list in a file of what to ignore, as it is in the YAML: of any form. Raises Stop, OSError."""
    import yaml

    from pulumi_posthog.values.bounds import IGNORE_BYTES, TooLarge, text_of

    try:
        text = text_of(path, IGNORE_BYTES)
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            # A few aliases can mean a list without end, and no rule needs one; depth takes its square in time.
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
        attribution.changed(trace.found, trace.project, trace.field, trace.key, trace.item)
        if trace.field
        else attribution.created(trace.found, trace.project)
    )
    return dataclasses.replace(finding, who=who)


def _losing(observed: Observed, state: Remembered, limits: Limits, live: Live) -> tuple[Finding, ...]:
    """Who would lose too much; nothing, and a note of it, where that cannot be read."""
    from pulumi_posthog.api import ApiError
    from pulumi_posthog.drift.findings import losing

    try:
        ids = {key: each.id for key, each in state.objects.items()}
        return losing(observed.desired, state.managed, limits, live, ids)
    except ApiError as error:
        terminal.note(f"who would lose what is taken out of the file is unknown: {error}")
        return ()
