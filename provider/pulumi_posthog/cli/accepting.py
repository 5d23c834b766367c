"""Findings -> the configuration's files: shown as a patch, asked about, and written."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from typer import confirm, prompt

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.comparing import Compared, loaded
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.writing import replace_files

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.drift.finding import Finding
    from pulumi_posthog.export.accepting import Accepted
    from pulumi_posthog.export.wish import Wish
    from pulumi_posthog.reconcile.desired import Entry, Group

Texts = Mapping[Path, str]


def accepted(
    outcome: Compared,
    texts: Texts,
    paths: Sequence[str],
    *,
    form: str = "text",
    interactive: bool = False,
    dry_run: bool = False,
    yes: bool = False,
) -> int:
    """Accept what was found, and say what cannot be; the exit status.

    `texts` are those of the configuration's files. Raises Stop where a file may not be written.
    """
    from pulumi_posthog.export import accepting

    wishes = _wishes(outcome, paths)
    if interactive:
        wishes = _chosen(wishes)
    main = Path(outcome.desired.file)
    result = accepting.accept(
        [wish for wish, _ in wishes],
        outcome.desired,
        texts,
        lambda instead: loaded(main, {}, instead),
        Path.cwd(),
    )
    exits = [Exit(status) for status in outcome.look.exits]
    for _, problem in result.refused:
        terminal.warn(f"{problem.where}: {problem.message}" if problem.where else problem.message)
        if problem.hint:
            terminal.note(f"  hint: {problem.hint}")
        exits.append(Exit.REFUSED)
    patch = _patch(result.texts, texts)
    if form == "json":
        if not dry_run:
            replace_files(result.texts, texts)
        document = {
            "version": 1,
            "exit_code": worst(exits),
            "accepted": [wish.path for wish in result.wishes],
            "refused": [{"path": wish.path, "message": each.message} for wish, each in result.refused],
            "written": [] if dry_run else [str(path) for path in result.texts],
            "patch": patch,
        }
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
        return worst(exits)
    if not result.texts:
        terminal.note("nothing to accept")
        return worst(exits)
    terminal.write(patch, "patch")
    count = _count(result)
    if dry_run:
        terminal.note(f"{count} would be written")
        return worst(exits)
    if not yes and not _agreed(count):
        raise Stop("nothing was written", "--yes writes without asking, --dry-run only shows", Exit.REFUSED)
    replace_files(result.texts, texts)
    terminal.note(f"{count} written; look at it with `git diff`, and commit it")
    return worst(exits)


# -- what to accept ------------------------------------------------------------------------------------------


def _wishes(outcome: Compared, paths: Sequence[str]) -> list[tuple[Wish, Finding]]:
    """What is asked for: without paths, whatever was changed in PostHog and counts."""
    from pulumi_posthog.drift.finding import Status
    from pulumi_posthog.reconcile.path import is_below
    from pulumi_posthog.values.suggestion import did_you_mean

    found = outcome.report.findings
    for path in paths:
        if not any(is_below(each.path, path) for each in found):
            if _is_elsewhere(path, outcome.desired):
                raise Stop(
                    f"{path} comes from a setting or a variable that is not at hand here: it is not compared, and"
                    " never overwritten",
                    "change it where it comes from",
                )
            raise Stop(
                f"nothing differs at {path}",
                did_you_mean(path, [each.path for each in found]) if found else "drift shows what differs",
            )
    asked = [each for each in found if any(is_below(each.path, path) for path in paths)]
    if not paths:
        asked = [each for each in found if each.counts and each.has_author]
        pending = sum(each.counts and each.status is Status.PENDING for each in found)
        if pending:
            terminal.note(f"{pending} pending in Git stay as they are; name one to write what PostHog has")
    wishes = []
    for finding in asked:
        wish = _wish(finding, outcome)
        if wish is not None:
            wishes.append((wish, finding))
        elif finding.status is not Status.UNREAD:
            terminal.warn(
                f"{finding.path} cannot be accepted: {finding.message or 'PostHog has no value for it'}"
            )
    # What is renamed is declared already, under its new name, and what is below it was not looked for there.
    renamed = [
        (wish.entry, wish.found) for wish, finding in wishes if finding.about and finding.about.renamed
    ]
    ids = {found.id for _, found in renamed if found}
    names = {(entry.kind.name, entry.name) for entry, _ in renamed if entry}
    return [
        (wish, finding)
        for wish, finding in wishes
        if (wish.entry is None and wish.found is not None and wish.found.id not in ids)
        or (wish.entry is not None and not _is_within(wish.entry, names, outcome.desired))
    ]


def _is_elsewhere(path: str, desired: Configuration) -> bool:
    """Whether the value at a path comes from somewhere that this run does not see."""
    from pulumi_posthog.reconcile.path import path_of
    from pulumi_posthog.values.secret_text import is_unknown

    return any(
        is_unknown(value) and path == f"{path_of(entry, desired)}.{name}"
        for entry in desired.entries
        for name, value in entry.fields.items()
    )


def _is_within(entry: Entry, names: Set[tuple[str, str]], desired: Configuration) -> bool:
    """Whether an entry is below one of these."""
    from pulumi_posthog.reconcile.desired import above, group_of, key_of

    holder = above(group_of(entry), desired)
    return holder is not None and (key_of(holder) in names or _is_within(holder, names, desired))


def _wish(finding: Finding, outcome: Compared) -> Wish | None:
    from pulumi_posthog.drift.finding import Status
    from pulumi_posthog.export.wish import Wish
    from pulumi_posthog.kinds.tree import key_field

    about, trace = finding.about, finding.trace
    if about is None or finding.status is Status.REFUSED:
        return None
    if about.group is not None:
        return _declared(finding, outcome)
    entry = outcome.desired.by_name.get((about.entry.kind.name, about.entry.name)) if about.entry else None
    if entry is None:
        return _surplus(finding, outcome)
    if about.renamed is not None:
        return Wish(path=finding.path, entry=entry, found=about.renamed, field=key_field(entry.kind))
    if trace is None or trace.field is None:
        return Wish(path=finding.path, entry=entry)
    return Wish(
        path=finding.path,
        entry=entry,
        found=trace.found,
        field=trace.field,
        key=trace.key,
        item=about.item,
        meant=about.entry.fields.get(trace.field.name) if about.entry else None,
    )


def _surplus(finding: Finding, outcome: Compared) -> Wish | None:
    """What is in PostHog and has no place in the file, which says that there are no others."""
    from pulumi_posthog.config.grants import way_to
    from pulumi_posthog.drift.finding import About
    from pulumi_posthog.export.wish import Wish
    from pulumi_posthog.reconcile.desired import group_of

    entry, trace = finding.about.entry if finding.about else None, finding.trace
    if entry is None or trace is None or not entry.absent:
        return None
    grants = entry.kind.grants
    if grants is None:
        return _declared(dataclasses.replace(finding, about=About(group=group_of(entry))), outcome)
    way = way_to(entry)
    # A block that says itself that there are no others is where its rules stand.
    said_in_block = (
        grants.keyed_by and (entry.kind.name, entry.parent, way[0]) in outcome.desired.exact_blocks
    )
    return Wish(
        path=finding.path,
        found=trace.found,
        group=group_of(entry),
        name=entry.name,
        beside=entry.where,
        way=way[1:] if said_in_block else way,
        value=trace.found.values[grants.value],
    )


def _declared(finding: Finding, outcome: Compared) -> Wish | None:
    """What is in PostHog and not in the file, as `export` would write it."""
    from pulumi_posthog.export.document import entry_of
    from pulumi_posthog.export.wish import Wish
    from pulumi_posthog.reconcile.desired import group_of

    about, trace = finding.about, finding.trace
    if about is None or about.group is None or trace is None:
        return None
    scope = outcome.look.observed.scopes[about.group]
    section = _section(about.group, outcome.desired)
    taken = {each.key for each in outcome.desired.entries if group_of(each) == about.group}
    exported = entry_of(outcome.look.live, trace.found, scope, section, taken)
    for row in exported.left_out:
        terminal.warn(f"left out: {row}")
    if exported.variables:
        terminal.note(f"set before `pulumi up`: {', '.join(exported.variables)}")
    if exported.body is None:
        return None
    return Wish(
        path=finding.path, found=trace.found, group=about.group, name=exported.name, body=exported.body
    )


def _section(group: Group, desired: Configuration) -> tuple[str, ...]:
    """The keys that lead to where the entries of a collection are."""
    from pulumi_posthog.kinds import KINDS
    from pulumi_posthog.reconcile.desired import above, group_of

    holder = above(group, desired)
    before = (*_section(group_of(holder), desired), holder.key) if holder else ()
    return (*before, KINDS[group[0]].section.rpartition(".")[2])


def _chosen(wishes: Iterable[tuple[Wish, Finding]]) -> list[tuple[Wish, Finding]]:
    """Those that the user says yes to."""
    if not sys.stdin.isatty():
        raise Stop("--interactive asks in a terminal, and this is not one", "name the paths to accept")
    chosen = []
    for wish, finding in wishes:
        where = f"{finding.where}: " if finding.where else ""
        answer = prompt(
            f"{where}{finding.summary}\n  write what PostHog has? [y]es, [n]o, [q]uit", default="n", err=True
        )
        if answer.strip().lower().startswith("q"):
            break
        if answer.strip().lower().startswith("y"):
            chosen.append((wish, finding))
    return chosen


def _agreed(count: str) -> bool:
    return sys.stdin.isatty() and confirm(f"{count}: write it?", err=True)


def _count(result: Accepted) -> str:
    from pulumi_posthog.values.text import plural

    return f"{plural(len(result.wishes), 'difference')} in {plural(len(result.texts), 'file')}"


# -- how it is shown and written -----------------------------------------------------------------------------


def _patch(after: Texts, before: Texts) -> str:
    """What changes, as `git apply` and `patch -p1` read it; paths are relative to the working directory."""
    lines: list[str] = []
    for path, text in after.items():
        name = os.path.relpath(path, Path.cwd().resolve())
        diff = difflib.unified_diff(
            before[path].splitlines(keepends=True), text.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        lines += [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff]
    return "".join(lines)
