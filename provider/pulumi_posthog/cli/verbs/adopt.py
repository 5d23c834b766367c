"""`pulumi-posthog adopt`: what of a configuration exists in PostHog already, and would be taken over."""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.options import DEFAULT_FILE, File, Only, chosen, kinds

if TYPE_CHECKING:
    from pulumi_posthog.cli.look import Look
    from pulumi_posthog.reconcile.desired import Entry, Key
    from pulumi_posthog.reconcile.recorded import Recorded


class Fate(enum.Enum):
    """What `pulumi up` would do with an entry."""

    TAKEN_OVER = "taken over"
    MANAGED = "managed already"
    ELSEWHERE = "managed elsewhere"
    AMBIGUOUS = "ambiguous"
    MADE = "made"
    REFUSED = "not made by this server"
    LEFT = "left the organization"
    UNREAD = "could not look"


@dataclass(frozen=True)
class Row:
    """One entry. `changes` are the fields that would be changed; `said` is what else there is to say."""

    fate: Fate
    path: str
    id: str | None = None
    changes: tuple[str, ...] = ()
    said: str | None = None
    hint: str | None = None
    secrets: bool = False  # it has secrets, which are sent when it is taken over


def adopt(
    file: File = DEFAULT_FILE,
    *,
    only: Only = None,
    stack_state: Annotated[
        Path | None, Option(metavar="FILE", help="State of this stack, from `pulumi stack export`.")
    ] = None,
    other_state: Annotated[
        list[Path] | None, Option(metavar="FILE", help="State of another stack; repeatable.")
    ] = None,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> int:
    """Show what `pulumi up` would take over. It also shows what is made, and what is ambiguous."""
    from pulumi_posthog import config
    from pulumi_posthog.cli.look import look_at
    from pulumi_posthog.drift.findings import LEFT_HINT
    from pulumi_posthog.stack.state import addresses, check_host, state_in

    chosen("--format", form, ("text", "json"))
    desired = config.load(file, environment=os.environ, offline=True)
    if stack_state and desired.host:
        check_host(desired.host, state_in(stack_state), str(stack_state))
    own = _recorded([stack_state] if stack_state else [])
    others = _recorded(other_state or ())
    look = look_at(
        desired,
        ids={key: each.id for key, (_, each) in own.items()},
        kinds=kinds(only),
        known=addresses(state_in(stack_state), str(stack_state)) if stack_state else None,
        agreed=stack_state is not None,
    )
    rows = list(_rows(look, own, others))
    fates = {row.fate for row in rows}
    exits = look.exits if Fate.UNREAD in fates else []
    exits += [Exit.USAGE] if fates & {Fate.AMBIGUOUS, Fate.ELSEWHERE, Fate.REFUSED} else []
    strangers = look.observed.desired.strangers.values()
    # Without a state nobody can tell who was there before, and a run refuses an address that its stack never knew.
    exits += [Exit.USAGE] if strangers and not stack_state else []
    exit_ = worst(exits)
    for stranger in strangers:
        before = f"{stranger.where}: " if stranger.where else ""
        again = f" any more: left out here; {LEFT_HINT}" if stack_state else f": {stranger.hint}; {LEFT_HINT}"
        terminal.warn(f"{before}{stranger.message}{again}")
    for note in look.observed.notes:
        terminal.warn(note)
    if form == "json":
        terminal.write(
            json.dumps(_document(rows, exit_, look.requests), indent=2, ensure_ascii=False), "json"
        )
    else:
        _show(rows)
    return exit_


def _recorded(paths: Iterable[Path]) -> dict[Key, tuple[Path, Recorded]]:
    from pulumi_posthog.stack.state import recorded, state_in

    return {key: (path, each) for path in paths for key, each in recorded(state_in(path), str(path)).items()}


def _rows(
    look: Look, own: Mapping[Key, tuple[Path, Recorded]], others: Mapping[Key, tuple[Path, Recorded]]
) -> Iterator[Row]:
    from pulumi_posthog.drift.findings import LEFT_HINT
    from pulumi_posthog.reconcile.addresses import person_field, single
    from pulumi_posthog.reconcile.desired import key_of
    from pulumi_posthog.reconcile.existing import Standing, standing
    from pulumi_posthog.reconcile.observe import Unclear
    from pulumi_posthog.reconcile.path import path_of
    from pulumi_posthog.reconcile.requests import writes_of

    observed = look.observed
    strangers = observed.desired.strangers
    changes = {(change.kind.name, change.name): change for change in look.plan.changes}
    managed = {(each.kind.name, each.id) for _, each in own.values()}
    elsewhere = {(each.kind.name, each.id): path for path, each in others.values()}
    for entry in observed.compared:
        key, path = key_of(entry), path_of(entry, observed.desired)
        error, found = observed.unread.get(key), observed.found.get(key)
        if error is not None:
            fate = Fate.AMBIGUOUS if isinstance(error, Unclear) and error.matches else Fate.UNREAD
            yield Row(fate, path, said=getattr(error, "problem", str(error)), hint=error.hint)
        elif found is None:
            field = person_field(entry.kind) if single(entry.kind) else None
            stranger = strangers.get(entry.fields.get(field.name, "")) if field else None
            if stranger is not None:
                yield Row(Fate.LEFT, path, said=stranger.message, hint=LEFT_HINT)
            elif not entry.absent:
                yield _made(look, entry, path)
        elif (entry.kind.name, found.id) in elsewhere:
            yield Row(
                Fate.ELSEWHERE,
                path,
                found.id,
                said=f"by the stack of {elsewhere[entry.kind.name, found.id]}",
                hint="take it out of one of the two: they would undo each other's work",
            )
        else:
            change = changes.get(key)
            fields = tuple(difference.field.name for difference in change.differences) if change else ()
            # A person who has left is left out of a list: that alone changes nothing.
            fields = fields if change and writes_of(change, strangers) else ()
            known = (entry.kind.name, found.id) in managed
            secrets = standing(entry.kind, entry.fields, changed=False) is Standing.SECRETS
            yield Row(
                Fate.MANAGED if known else Fate.TAKEN_OVER,
                path,
                found.id,
                fields,
                secrets=secrets and not known,
            )


def _made(look: Look, entry: Entry, path: str) -> Row:
    """What would be made, if this server makes it."""
    from pulumi_posthog.reconcile.objections import is_discontinued

    given = entry.kind.discontinued
    is_new = (entry.kind.parent or "", entry.parent or "") not in look.observed.found
    if is_new and entry.kind.comes_with_its_parent(entry.fields):
        return Row(
            Fate.MADE, path, said=f"PostHog makes it with its {entry.kind.parent}; then it is taken over"
        )
    if given is None or not is_discontinued(entry.kind, entry.fields, look.live):
        return Row(Fate.MADE, path)
    return Row(Fate.REFUSED, path, said=given.words, hint=given.hint)


def _summary(rows: list[Row]) -> str:
    """The same sentence as in a preview."""
    from pulumi_posthog.reconcile.existing import Standing, sentence

    made = [Standing.MADE for row in rows if row.fate is Fate.MADE]
    here = [row for row in rows if row.fate in (Fate.TAKEN_OVER, Fate.MANAGED)]
    return sentence(
        [
            *made,
            *(
                Standing.CHANGED if row.changes else Standing.SECRETS if row.secrets else Standing.AS_DECLARED
                for row in here
            ),
        ]
    )


def _document(rows: list[Row], exit_: Exit, requests: int) -> dict[str, Any]:
    return {
        "version": 1,
        "exit_code": exit_,
        "requests": requests,
        "summary": _summary(rows),
        "counts": {fate.value: sum(row.fate is fate for row in rows) for fate in Fate},
        "entries": [
            {
                "fate": row.fate.value,
                "path": row.path,
                "id": row.id,
                "changes": list(row.changes),
                "said": row.said,
                "hint": row.hint,
            }
            for row in rows
        ],
    }


def _show(rows: list[Row]) -> None:
    from rich.console import Group, RenderableType
    from rich.table import Table
    from rich.text import Text

    from pulumi_posthog.report.text import indented

    titles = {
        Fate.TAKEN_OVER: "exist already, and would be taken over",
        Fate.MANAGED: "are managed by this stack already",
        Fate.ELSEWHERE: "are managed by another stack",
        Fate.AMBIGUOUS: "are ambiguous",
        Fate.MADE: "do not exist, and would be made",
        Fate.REFUSED: "do not exist, and are not made by this server",
        Fate.LEFT: "are about somebody who is not in the organization",
        Fate.UNREAD: "could not be looked at",
    }
    # In two columns, so that what is folded stays below its beginning.
    head, colon, rest = _summary(rows).partition(": ")
    summary = Table.grid(padding=(0, 1))
    summary.add_row(Text(head + colon.strip(), style="bold", no_wrap=True), Text(rest, style="bold"))
    parts: list[RenderableType] = [summary]
    for fate, title in titles.items():
        own = [row for row in rows if row.fate is fate]
        if not own:
            continue
        parts += [Text(), Text(f"{len(own):,} {title}", style="bold")]
        for row in own:
            line = Text.assemble(row.path, (f"  id {row.id}" if row.id else "", "dim"))
            if row.changes:
                line.append(f"  would change: {', '.join(row.changes)}", style="yellow")
            if row.said:
                line.append(f"  {row.said}")
            parts.append(indented(line, 2))
            if row.hint:
                parts.append(indented(Text.assemble(("hint: ", "cyan"), row.hint), 4))
    terminal.show(Group(*parts))
