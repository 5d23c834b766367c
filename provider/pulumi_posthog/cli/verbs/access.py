"""`pulumi-posthog access`: who may do what, and why; before and after a file is applied."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.data import Host, place
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import chosen
from pulumi_posthog.values.text import plural

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.reconcile.access import Picture
    from pulumi_posthog.reconcile.live import Live

FORMATS = ("text", "json", "csv", "markdown", "html")


def access(
    *,
    member: Annotated[str, Option(metavar="ADDRESS", help="One member only.")] = "",
    project: Annotated[str, Option(metavar="NAME", help="One project only.")] = "",
    resource: Annotated[
        list[str] | None,
        Option(
            metavar="TYPE",
            help="`project`, a type such as dashboard, or one object such as dashboard/NAME; repeatable."
            " Default: all that have rules.",
        ),
    ] = None,
    from_file: Annotated[
        Path | None,
        Option(
            "--from", metavar="FILE", help="Show the result as if this configuration were applied already."
        ),
    ] = None,
    diff: Annotated[
        bool, Option("--diff", help="With --from: show only who gains and who loses what.")
    ] = False,
    host: Host = "",
    form: Annotated[
        str, Option("--format", metavar="FORMAT", help="text, json, csv, markdown or html.")
    ] = "text",
) -> int:
    """Show who may do what, and why. This is about members, their roles, and the rules of each project."""
    from pulumi_posthog.kinds.access_rule import OF_OBJECTS, TYPES
    from pulumi_posthog.reconcile.access import (
        THE_PROJECT,
        accesses,
        changes,
        is_object,
        of_object,
        picture,
    )
    from pulumi_posthog.reconcile.access_of_file import applied, objects_of
    from pulumi_posthog.report import access as forms
    from pulumi_posthog.values.spelling import folded

    chosen("--format", form, FORMATS)
    for name in resource or ():
        type_, _, one = name.partition("/")
        chosen("--resource", type_, OF_OBJECTS if one else [THE_PROJECT, *TYPES])
    if diff and from_file is None:
        raise Stop("--diff compares with what a file will make of it", "give --from FILE, too")
    desired = _configuration(from_file) if from_file else None
    live = _live(host, desired)
    asked = {each for each in resource or () if is_object(each)}
    declared = objects_of(desired) if desired else frozenset()

    def wanted(there: str, type_: str, name: str) -> bool:
        """Whether the rules of an object are asked for, or declared by the file; without a name, of any of a type."""
        if project and folded(there) != folded(project):
            return False
        those = {*asked, *(each for place, each in declared if place == folded(there))}
        one = of_object(type_, name)
        return one in those if name else any(each.startswith(one) for each in those)

    with terminal.working("reading PostHog"):
        before = picture(live, wanted)
    after = applied(before, desired) if desired else before
    _known(before, after, member, project)
    there = {name for found in (before, after) for _, each in found.objects for name in found.names_of(each)}
    for name in sorted(asked - there):
        raise Stop(f"there is no {name.replace('/', ' ', 1)} in {project or 'any project'}", "check its name")
    narrowed = {"member": member or None, "project": project or None}
    # Without a choice, a table for people has the projects only: all types of all members are too many to read.
    few = [THE_PROJECT] if form == "text" and not (resource or member or project or diff) else None
    what = list(resource) if resource else few
    found = accesses(after, resources=what, **narrowed)
    rows = (
        forms.of_changes(changes(accesses(before, resources=what, **narrowed), found))
        if diff
        else forms.of_accesses(found)
    )
    title = "Who gains and who loses what" if diff else "Who may do what"
    notes = [*_notes(before, live), *([] if diff else [forms.LEGEND])]
    if form == "text":
        from pulumi_posthog.report.table import table

        if rows.items:
            terminal.show(table(rows))
        else:
            terminal.note("nobody gains or loses anything" if diff else "there are no members")
        for note in notes:
            terminal.note(note)
    elif form == "json":
        document = {
            "version": 1,
            "exit_code": Exit.NOTHING,
            "organization": live.organization_id,
            "requests": sum(live.reader.pace.sent.values()),
            "notes": notes,
            "changes" if diff else "access": list(rows.items),
        }
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
    elif form == "csv":
        from pulumi_posthog.report.table import as_csv

        terminal.write(as_csv(forms.in_plain_cells(rows)), "csv")
    else:
        made = forms.as_markdown if form == "markdown" else forms.as_page
        terminal.write(made(rows, title, notes), form)
    return Exit.NOTHING


def _configuration(file: Path) -> Configuration:
    from pulumi_posthog import config

    return config.load(file, environment=os.environ, offline=True)


def _live(host: str, desired: Configuration | None) -> Live:
    from pulumi_posthog.cli.client import live_for
    from pulumi_posthog.cli.look import address

    if desired is not None and not host:
        return live_for(*address(desired))
    there, organization = place(host)
    live = live_for(there, organization)
    if not organization:
        own = (live.me().get("organization") or {}).get("id")
        if not isinstance(own, str):
            raise Stop("which organization?", "set POSTHOG_ORGANIZATION_ID, or give --from FILE")
        live.organization_id = own
    return live


def _known(before: Picture, after: Picture, member: str, project: str) -> None:
    people = [each.address for found in (before, after) for each in found.people.values()]
    for option, name, known in (
        ("--member", member, people),
        ("--project", project, [name for each in after.projects for name in after.names_of(each)]),
    ):
        if name and name.casefold() not in (each.casefold() for each in known):
            chosen(option, name, list(dict.fromkeys(known)))


def _notes(found: Picture, live: Live) -> list[str]:
    requests = plural(sum(live.reader.pace.sent.values()), "request")
    said = [f"{plural(len(found.people), 'member')}, {plural(len(found.projects), 'project')}: {requests}"]
    said += [f"rules could not be read: {each}" for each in found.unread]
    for each in found.lacks:
        which = "the rules of roles" if each.startswith("role") else "all rules"
        said.append(f"the plan lacks {each}: PostHog stores {which} and ignores them")
    return said
