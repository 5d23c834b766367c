"""`pulumi-posthog export`: a living organization as a configuration that changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import Only, chosen, kinds
from pulumi_posthog.cli.writing import refuse_links, write_file
from pulumi_posthog.values.spelling import folded
from pulumi_posthog.values.suggestion import did_you_mean

if TYPE_CHECKING:
    from pulumi_posthog.api import Reader
    from pulumi_posthog.export.exported import Exported
    from pulumi_posthog.reconcile.live import Live


def export(
    *,
    host: Annotated[
        str,
        Option(
            metavar="URL", envvar="POSTHOG_HOST", help="PostHog's address, such as https://eu.posthog.com."
        ),
    ] = "",
    organization: Annotated[
        str,
        Option(
            metavar="ID",
            envvar="POSTHOG_ORGANIZATION_ID",
            help="Id, slug or name; not needed when the key sees only one.",
        ),
    ] = "",
    output: Annotated[
        Path | None, Option(metavar="FILE", help="Write to this file instead of stdout.")
    ] = None,
    split: Annotated[
        bool,
        Option("--split", help="Write one file for each project, and one for the roles, beside --output."),
    ] = False,
    only: Only = None,
    project: Annotated[
        list[str] | None, Option(metavar="NAME", help="Only this project; repeatable.")
    ] = None,
    migrate: Annotated[
        bool,
        Option(
            "--migrate",
            help="Beside each legacy destination, also write the hog function that PostHog would make of it.",
        ),
    ] = False,
    with_defaults: Annotated[
        bool,
        Option(
            "--with-defaults",
            help="Also write settings at their default, and what PostHog puts into new objects.",
        ),
    ] = False,
    force: Annotated[bool, Option("--force", help="Overwrite files that exist.")] = False,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text (YAML) or json.")] = "text",
) -> int:
    """Write what is in PostHog as YAML. Status 4 if a part of it could not be read, or nothing exists.

    Secrets become references to variables. Defaults, and what PostHog makes by itself, are left out.
    """
    from pulumi_posthog.cli.client import reader_for
    from pulumi_posthog.export.document import export as exported
    from pulumi_posthog.reconcile.live import Live

    chosen("--format", form, ("text", "json"))
    if split and output is None:
        raise Stop("--split writes several files", "say where: --output posthog.yaml")
    if not host:
        raise Stop("which PostHog?", "give --host https://eu.posthog.com, or set POSTHOG_HOST")
    reader = reader_for(host)
    live = Live(reader, organization_id(reader, organization))
    check_projects(live, project or ())
    name = output.name if output else "posthog.yaml"
    # A file is in UTF-8; what goes to stdout means the same in whatever that is in.
    ascii_only = output is None and form == "text" and not terminal.is_unicode()
    with terminal.progress() as tell:
        result = exported(
            live,
            kinds=kinds(only),
            projects=project or (),
            main=name,
            split=split,
            migrate=migrate,
            with_defaults=with_defaults,
            ascii_only=ascii_only,
            progress=tell,
        )
    if output is not None:
        _written(result, output, force)
    _say(result, output, form)
    return _exit(result)


def _exit(result: Exported) -> Exit:
    """4 when something could not be read, or nothing of what was asked for is there."""
    return Exit.API if result.unread or not result.objects else Exit.NOTHING


def organization_id(reader: Reader, wanted: str) -> str:
    """The id of the organization that is meant; raises Stop when that is not clear."""
    organizations = reader.list_all("/api/organizations/")
    matches = [
        each
        for each in organizations
        if not wanted or folded(wanted) in {folded(str(each.get(key, ""))) for key in ("id", "slug", "name")}
    ]
    if len(matches) == 1:
        return str(matches[0]["id"])
    names = ", ".join(f"{each.get('name')} ({each['id']})" for each in organizations) or "none"
    if wanted and not matches:
        raise Stop(f'the key sees no organization "{wanted}"', f"it sees: {names}")
    raise Stop("the key sees several organizations", f"give --organization with one of: {names}")


def check_projects(live: Live, wanted: Sequence[str]) -> None:
    """Raises Stop when PostHog has no project of one of these names."""
    from pulumi_posthog.kinds.project import PROJECT

    if not wanted:
        return
    names = [str(found.values["name"]) for found in live.collection(PROJECT, {}).values()]
    for name in wanted:
        if folded(name) not in set(map(folded, names)):
            raise Stop(f'there is no project "{name}"', did_you_mean(name, names))


def _written(result: Exported, output: Path, force: bool) -> None:
    """Write all files or, where one exists, none."""
    from pulumi_posthog.config.schema import text
    from pulumi_posthog.export import SCHEMA_FILE

    paths = {output.parent / name: content for name, content in result.files.items()}
    taken = [path for path in paths if path.exists()]
    if taken and not force:
        raise Stop(
            f"{', '.join(map(str, taken))} exists already, and nothing was written",
            "--force overwrites, --output names another file",
            Exit.REFUSED,
        )
    schema = output.parent / SCHEMA_FILE
    for path in (*paths, schema):
        refuse_links(path, output.parent)
    for path, content in {**paths, **({} if schema.exists() and not force else {schema: text()})}.items():
        # PostHog shows what a plugin does not call secret.
        write_file(path, content, within=output.parent, private=path != schema)


def _say(result: Exported, output: Path | None, form: str) -> None:
    from pulumi_posthog.values.text import plural

    if form == "json":
        document = {
            "version": 1,
            "exit_code": _exit(result),
            "objects": result.objects,
            "main": result.main,
            "files": dict(result.files) if output is None else {},
            "written": [str(output.parent / name) for name in result.files] if output else [],
            "variables": list(result.variables),
            "left_out": list(result.left_out),
            "unread": list(result.unread),
        }
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
    elif output is None:
        terminal.write(result.files[result.main], "yaml")
    for row in result.left_out:
        terminal.warn(f"left out: {row}")
    for row in result.unread:
        terminal.error(f"could not be read: {row}")
    if result.variables:
        terminal.note(f"set before `pulumi up`: {', '.join(result.variables)}")
    if not result.objects:
        terminal.warn("nothing of what was asked for is there, and a file that declares nothing is refused")
    where = f" in {plural(len(result.files), 'file')}" if output else ""
    terminal.note(f"{plural(result.objects, 'object')}{where}")
