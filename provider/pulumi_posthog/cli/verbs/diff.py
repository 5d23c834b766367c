"""`pulumi-posthog diff`: how one project, or one file, differs from another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.data import Form, Host, checked, place, show
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import Only, kinds
from pulumi_posthog.values.suggestion import did_you_mean
from pulumi_posthog.values.text import plural

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.export.exported import Exported
    from pulumi_posthog.reconcile.desired import Desired
    from pulumi_posthog.reconcile.side_by_side import Contrast, Side
    from pulumi_posthog.report.table import Rows

SUFFIXES = (".yaml", ".yml")
WHAT = (
    "a file such as staging.yaml, one project of it (staging.yaml:Web), or a project in PostHog by its name"
)


def diff(
    *,
    from_: Annotated[str, Option("--from", metavar="SIDE", help=f"The first side: {WHAT}.")],
    to: Annotated[str, Option("--to", metavar="SIDE", help="The second side, in the same form.")],
    only: Only = None,
    host: Host = "",
    form: Form = "table",
) -> int:
    """Compare two projects. Status 7 if they differ.

    This is for staging and production, for example. Each side is a file, or what is in PostHog now. Objects with the
    same name are compared. What a file does not declare is not compared with a project in PostHog, because the file
    does not manage it. Secrets and values from the environment are not compared. Nothing is written.
    """
    from pulumi_posthog.reconcile.side_by_side import contrasts

    form = checked(form)
    wanted = kinds(only)
    given = (_given("--from", from_), _given("--to", to))
    before, after, lived = _sides(given, host, wanted)
    for line in lived.left_out:
        terminal.warn(f"not compared: {line}")
    for line in lived.unread:
        terminal.error(f"could not be read: {line}")
    found = tuple(contrasts(before, after, kinds=wanted))
    status = Exit.API if lived.unread else Exit.DIFFERENT if found else Exit.NOTHING
    if found or form != "table":
        document = {"exit_code": status, "from": from_, "to": to, "unread": list(lived.unread)}
        show(_rows(found, form, from_, to), form, "differences", document)
    terminal.note(
        _verdict(found, from_, to) if found or not lived.unread else "what could be read is the same"
    )
    return status


@dataclass(frozen=True)
class _File:
    """A side that is a file, or one project of it: the option, its text, and what the file declares."""

    option: str
    text: str
    desired: Configuration
    project: str | None


@dataclass(frozen=True)
class _Living:
    """A side that lives in PostHog: a project's name."""

    project: str


def _given(option: str, text: str) -> _File | _Living:
    path, _, project = text.partition(":")
    if not path.lower().endswith(SUFFIXES):
        path, project = text, ""
    if not text:
        raise Stop(f"{option} is empty", f"it is {WHAT}")
    if not path.lower().endswith(SUFFIXES) and not Path(path).is_file():
        return _Living(text)
    from pulumi_posthog import config

    # What comes from the environment belongs to one of the sides, and this command has one environment.
    desired = config.load(Path(path), environment={}, offline=True)
    return _File(option, text, desired, _project_of(desired, project) if project else None)


def _project_of(desired: Configuration, wanted: str) -> str:
    from pulumi_posthog.reconcile.side_by_side import project_named, projects_of

    name = project_named(desired, wanted)
    if name is None:
        raise Stop(
            f'{desired.file} declares no project "{wanted}"', did_you_mean(wanted, projects_of(desired))
        )
    return name


def _sides(
    given: tuple[_File | _Living, _File | _Living], host: str, kinds: frozenset[str]
) -> tuple[Side, Side, Lived]:
    from pulumi_posthog.reconcile.side_by_side import projects_of, side

    alone = any(each.project is not None for each in given)
    # Of two files without a colon, all is compared; the names of their projects count where there are several.
    matched = alone or all(len(projects_of(each.desired)) == 1 for each in given if isinstance(each, _File))
    # What is wrong with a file is told before anything is read.
    one, other = (
        replace(each, project=_the_project(each, alone)) if matched and isinstance(each, _File) else each
        for each in given
    )
    lived = _read(host, [each.project for each in (one, other) if isinstance(each, _Living)], kinds)
    before, after = (
        side(each.desired, project=each.project, alone=alone, complete=False)
        if isinstance(each, _File)
        else lived.side(each.project)
        for each in (one, other)
    )
    if isinstance(one, _Living):
        before = lived.completed(before, one.project, after)
    if isinstance(other, _Living):
        after = lived.completed(after, other.project, before)
    return before, after, lived


def _the_project(given: _File, alone: bool) -> str | None:
    from pulumi_posthog.reconcile.side_by_side import projects_of

    if given.project is not None:
        return given.project
    known = projects_of(given.desired)
    if len(known) != 1 and alone:
        names = ", ".join(known) or "none"
        raise Stop(
            f"{given.option}: which project of {given.text}? It has {names}",
            f"say it behind a colon: {given.text}:{known[0]}" if known else "name a file that has one",
        )
    return known[0] if len(known) == 1 else None


@dataclass(frozen=True)
class Lived:
    """What lives in PostHog, read once for both sides; what is not in it, and what could not be read.

    `whole` has what PostHog puts into each new project as well, which `desired` leaves out.
    """

    desired: Desired | None = None
    whole: Desired | None = None
    left_out: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def side(self, project: str) -> Side:
        """A project, without what each new one has."""
        return _side_of(self.desired, project)

    def completed(self, side: Side, project: str, other: Side) -> Side:
        """`side` with what each new project has, where the other side has it, too."""
        whole = _side_of(self.whole, project).entries
        more = {key: fields for key, fields in whole.items() if key in other.entries}
        return replace(side, entries={**more, **side.entries})


def _side_of(desired: Desired | None, project: str) -> Side:
    from pulumi_posthog.reconcile.side_by_side import Side, project_named, side

    name = project_named(desired, project) if desired else None
    if desired is None or name is None:
        return Side({}, complete=True)
    return side(desired, project=name, alone=True, complete=True)


def _read(host: str, projects: list[str], kinds: frozenset[str]) -> Lived:
    if not projects:
        return Lived()
    from pulumi_posthog.cli.client import reader_for
    from pulumi_posthog.cli.verbs.export import check_projects, organization_id
    from pulumi_posthog.export.document import export
    from pulumi_posthog.reconcile.live import Live

    there, organization = place(host)
    reader = reader_for(there)
    live = Live(reader, organization or organization_id(reader, ""))
    check_projects(live, projects)
    with terminal.progress() as tell:
        result = export(live, kinds=kinds, projects=projects, progress=tell)
    # The lists are available by now.
    whole = export(live, kinds=kinds, projects=projects, with_defaults=True)
    return Lived(_desired(result), _desired(whole), result.left_out, result.unread)


def _desired(exported: Exported) -> Desired | None:
    from pulumi_posthog import config

    if not exported.objects:
        return None
    text = exported.files[exported.main]
    return config.load(Path(exported.main), read=lambda *_: text, environment={}, offline=True)


def _rows(found: tuple[Contrast, ...], form: str, from_: str, to: str) -> Rows:
    from pulumi_posthog.report.side_by_side import for_people, for_scripts

    return for_scripts(found) if form == "json" else for_people(found, from_, to)


def _verdict(found: tuple[Contrast, ...], from_: str, to: str) -> str:
    if not found:
        return f"{from_} and {to} are the same"
    ones = [each.only for each in found]
    several = len({(each.kind, each.name) for each in found if not each.only})
    said = [
        *([f"{plural(ones.count('from'), 'object')} only in {from_}"] if "from" in ones else []),
        *([f"{plural(ones.count('to'), 'object')} only in {to}"] if "to" in ones else []),
        *([f"{plural(several, 'object')} with {plural(ones.count(''), 'difference')}"] if several else []),
    ]
    return ", ".join(said)
