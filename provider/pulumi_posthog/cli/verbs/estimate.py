"""`pulumi-posthog estimate`: how many requests a preview and an update take, and how long PostHog lets them take."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.options import DEFAULT_FILE, File, chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pulumi_posthog.checks.declared import Check
    from pulumi_posthog.cli.look import Look
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.kinds.model import Kind
    from pulumi_posthog.reconcile.desired import Entry


@dataclass(frozen=True)
class Estimate:
    """Requests of one run; `exact` is False when PostHog was not asked and everything counts as new.

    `looks` are what only a run reads that writes: after an erasure, at who was erased; around a write, at an object of
    which PostHog answers a part, or whose PATCH sends along what was read.
    `checks` are the health checks that the changes set off, each counted as one request: the least it takes.
    `taking_over` are the objects with secrets that are as declared, as far as PostHog shows them: a stack that does not
    have them yet sends their secrets when it takes them over, one write for each, which `writes` does not count.
    `reads_apart` and `writes_apart` are those of the reads and writes that PostHog counts in a budget of its own, by
    its name: insights in "analytics" (posthog-api-analytics.md 1.5).
    `summary` says how much exists, as a preview does; it is empty when PostHog was not asked.
    """

    objects: int
    reads: int
    writes: int
    exact: bool
    looks: int = 0
    checks: int = 0
    taking_over: int = 0
    reads_apart: Mapping[str, int] = field(default_factory=dict)
    writes_apart: Mapping[str, int] = field(default_factory=dict)
    summary: str = ""

    @property
    def up(self) -> int:
        """`pulumi up --skip-preview`: one process, one look."""
        return self.reads + self.writes + self.looks + self.checks

    @property
    def preview_and_up(self) -> int:
        """A bare `pulumi up`: the preview is a process of its own, with a look of its own."""
        return self.reads + self.up

    @property
    def up_apart(self) -> Mapping[str, int]:
        """Of the requests of `up`, those that are in a budget of their own, by its name."""
        return Counter(self.reads_apart) + Counter(self.writes_apart)

    @property
    def preview_and_up_apart(self) -> Mapping[str, int]:
        """Of the requests of `preview_and_up`, those that are in a budget of their own, by its name."""
        return Counter(self.reads_apart) + Counter(self.up_apart)


def estimate(
    file: File = DEFAULT_FILE,
    *,
    offline: Annotated[
        bool,
        Option(
            "--offline", help="Do not ask PostHog. Count everything as new, which gives the largest number."
        ),
    ] = False,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> int:
    """Count the requests of preview and up. Also say how long they take at the rate limit."""

    from pulumi_posthog import config

    chosen("--format", form, ("text", "json"))
    desired = config.load(file, environment=os.environ, offline=True)
    unread, exit_ = 0, Exit.NOTHING
    if offline:
        found = at_most(desired)
    else:
        from pulumi_posthog.cli.look import look_at

        look = look_at(desired, persons=True, known=None)
        found, unread, exit_ = of_look(look, desired.checks), look.unread, worst(look.exits)
    if unread:
        terminal.error(
            f"{unread} objects could not be looked at, and are not counted", "`pulumi-posthog drift` says why"
        )
    if form == "json":
        document = {
            "version": 1,
            "exit_code": exit_,
            **asdict(found),
            "preview": _run(found.reads, found.reads_apart),
            "up": _run(found.up, found.up_apart),
            "preview_and_up": _run(found.preview_and_up, found.preview_and_up_apart),
        }
        terminal.write(json.dumps(document, indent=2), "json")
    else:
        _show(found)
    return exit_


def of_look(look: Look, checks: Iterable[Check]) -> Estimate:
    """From a plan against PostHog as it is now, and the declared health checks."""
    from pulumi_posthog.erasures.erase import chunks, looked_at_again
    from pulumi_posthog.kinds.project import PROJECT
    from pulumi_posthog.reconcile import blueprints, reused
    from pulumi_posthog.reconcile.collection import SECOND_URL_FIELDS
    from pulumi_posthog.reconcile.requests import looks_around_lists, looks_of, writes_of

    found = look.observed.found
    twice = any(SECOND_URL_FIELDS in each.answer for each in found.values() if each.kind is PROJECT)
    # The program asks for the organization itself, too: its pin is checked first.
    return Estimate(
        len(look.observed.compared),
        look.requests
        + 1
        + blueprints.reads(look.observed.desired, 2 if twice else 1)
        + len(lists_of(each for each in look.observed.compared if _is_below_new(each, look)))
        + looks_around_lists(change.kind for change in look.plan.changes)
        + reused.reads(each for each in _made(look) if not _is_below_new(each, look)),
        sum(writes_of(change, look.observed.desired.strangers) for change in look.plan.changes)
        + sum(len(chunks(sighting.found.persons)) for sighting in look.persons),
        exact=True,
        looks=sum(len(looked_at_again(sighting.found)) for sighting in look.persons)
        + sum(map(looks_of, look.plan.changes)),
        checks=checks_after(look, checks),
        taking_over=secrets_to_send(look),
        reads_apart=dict(look.live.reader.pace.sent_apart),
        writes_apart=_apart(
            (change.kind, writes_of(change, look.observed.desired.strangers)) for change in look.plan.changes
        ),
        summary=summary_of(look),
    )


def _apart(requests: Iterable[tuple[Kind, int]]) -> dict[str, int]:
    """Requests about objects of a kind -> how many of them are in which budget of its own."""
    from pulumi_posthog.api.request import budget_of

    result: Counter[str] = Counter()
    for kind, number in requests:
        if number and (budget := budget_of(kind.collection)):
            result[budget] += number
    return dict(result)


def _made(look: Look) -> list[Entry]:
    """The entries that a run makes anew."""
    from pulumi_posthog.reconcile.plan import Action

    changes = (each for each in look.plan.changes if each.action is Action.CREATE)
    return [change.entry for change in changes if change.entry]


def _is_below_new(entry: Entry, look: Look) -> bool:
    """Whether an entry is in something that a run makes: then only the run can read what comes with it."""
    from pulumi_posthog.reconcile.desired import above, group_of, key_of

    holder = above(group_of(entry), look.observed.desired)
    if holder is None:
        return bool(entry.kind.parent)
    return key_of(holder) not in look.observed.found and key_of(holder) not in look.observed.unread


def lists_of(entries: Iterable[Entry]) -> set[object]:
    """The lists that entries are in; one, where the organization has them all in one."""
    from pulumi_posthog.reconcile.desired import group_of

    return {
        each.kind.listed_above or group_of(each)
        for each in entries
        if not each.kind.embedded_in and not each.kind.set_of
    }


def summary_of(look: Look) -> str:
    """How much exists, as a preview says it of a stack that has nothing yet."""
    from pulumi_posthog.reconcile.desired import key_of
    from pulumi_posthog.reconcile.existing import Standing, sentence, standing

    changed = {(change.kind.name, change.name) for change in look.plan.changes}
    return sentence(
        standing(entry.kind, entry.fields, changed=key_of(entry) in changed)
        if key_of(entry) in look.observed.found
        else Standing.MADE
        for entry in look.observed.readable.entries
        if not entry.absent
    )


def secrets_to_send(look: Look) -> int:
    """How many objects that need no change have secrets, which are sent to take them over."""
    from pulumi_posthog.reconcile.desired import key_of
    from pulumi_posthog.reconcile.fingerprint import is_fingerprinted

    changed = {(change.kind.name, change.name) for change in look.plan.changes}
    return sum(
        any(
            is_fingerprinted(item)
            for field in entry.kind.fields
            if field.secret and isinstance(entry.fields.get(field.name), dict)
            for item in entry.fields[field.name].values()
        )
        for entry in look.observed.compared
        if (entry.kind.name, entry.name) not in changed and key_of(entry) in look.observed.found
    )


def checks_after(look: Look, checks: Iterable[Check]) -> int:
    """How many of the health checks the changes of a plan set off."""
    from pulumi_posthog.checks.declared import entries_below

    changed = {(change.entry.kind.name, change.entry.name) for change in look.plan.changes if change.entry}
    desired = look.observed.desired
    return sum(
        any((entry.kind.name, entry.name) in changed for entry in entries_below(check, desired))
        for check in checks
    )


def at_most(desired: Configuration) -> Estimate:
    """From the configuration alone: every list once, and everything made anew."""
    from pulumi_posthog.erasures.erase import AT_ONCE
    from pulumi_posthog.kinds import KINDS
    from pulumi_posthog.reconcile import blueprints, references, reused
    from pulumi_posthog.reconcile.desired import group_of
    from pulumi_posthog.reconcile.plan import Action, Change
    from pulumi_posthog.reconcile.requests import looks_around_lists, looks_of, writes_to_make

    lists = {group_of(entry) for entry in desired.entries if not entry.kind.embedded_in}
    above = {entry.kind.listed_above for entry in desired.entries if entry.kind.listed_above}
    # Old servers leave fields out of some lists: then each object is asked for.
    single = [entry for entry in desired.entries if entry.kind.needs_whole(entry.fields)]
    second = [entry for entry in single if entry.kind.second_url]
    reads = 1 + len(references.needed(desired)) + len(lists) + len(above) + len(single) + len(second)
    reads += 2 * blueprints.reads(desired, 2) + reused.reads(desired.entries)
    writes = sum(writes_to_make(entry) for entry in desired.entries)
    persons = [len(erasure.identifiers) for erasure in desired.erasures]
    erasing = sum(-(-number // AT_ONCE) for number in persons)
    return Estimate(
        len(desired.entries),
        reads + looks_around_lists(entry.kind for entry in desired.entries) + sum(persons),
        writes + erasing,
        exact=False,
        looks=sum(persons)
        + sum(
            looks_of(Change(Action.CREATE, entry.kind, entry.name, entry=entry)) for entry in desired.entries
        ),
        checks=len(desired.checks),
        reads_apart=_apart(
            [(KINDS[name], 1) for name, _ in lists] + [(each.kind, 1) for each in single + second]
        ),
        writes_apart=_apart((entry.kind, writes_to_make(entry)) for entry in desired.entries),
    )


def _run(requests: int, apart: Mapping[str, int]) -> dict[str, int]:
    return {"requests": requests, "seconds": seconds(requests, apart)}


def seconds(requests: int, apart: Mapping[str, int]) -> int:
    """The seconds that the rate limits alone make of so many requests with a key that nobody else uses.

    `apart` are those of them that are in a budget of their own. The budgets are used up side by side.
    """
    from pulumi_posthog.api.pacing import limits, limits_apart

    waits = [_wait(requests - sum(apart.values()), *limits(os.environ))]
    waits += [_wait(number, *limits_apart(budget, os.environ)) for budget, number in apart.items()]
    return max(waits)


def _wait(requests: int, per_minute: int, per_hour: int) -> int:
    # A full window goes out at once; the next one waits until it is over.
    return max((requests - 1) // per_minute * 60, (requests - 1) // per_hour * 3_600) if requests > 0 else 0


def _show(found: Estimate) -> None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from pulumi_posthog.api.pacing import limits, limits_apart
    from pulumi_posthog.values.text import plural

    per_minute, per_hour = limits(os.environ)
    apart = "".join(
        f" In the budget of {budget}, which has some of them: {own[0]:,} and {own[1]:,}."
        for budget in found.preview_and_up_apart
        if (own := limits_apart(budget, os.environ)) != (per_minute, per_hour)
    )

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, requests, apart_of in (
        ("pulumi preview", found.reads, found.reads_apart),
        ("pulumi up --skip-preview", found.up, found.up_apart),
        ("pulumi up, with its preview", found.preview_and_up, found.preview_and_up_apart),
    ):
        wait = seconds(requests, apart_of)
        said = f"{wait // 60:,} min for the rate limit" if wait else "no wait for the rate limit"
        table.add_row(Text(f"  {name}"), Text(plural(requests, "request"), justify="right"), Text(said))
    checks = f", {plural(found.checks, 'health check')}" if found.checks else ""
    again = (
        f"; {plural(found.taking_over, 'more write')} if the stack does not have them yet: it sends their secrets"
        if found.taking_over
        else ""
    )
    basis = "as PostHog is now" if found.exact else "at most: as if nothing existed yet"
    terminal.show(
        Group(
            Text(
                f"{plural(found.objects, 'object')}, {plural(found.writes, 'write')}{checks}, {basis}{again}",
                style="bold",
            ),
            *([Text(f"Of a stack that is new: {found.summary}.")] if found.summary else []),
            table,
            Text(
                f"At most {per_minute:,} requests a minute and {per_hour:,} an hour can be sent with one key.{apart}",
                style="dim",
            ),
        )
    )
