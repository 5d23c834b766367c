"""`pulumi-posthog export-asset`: a dashboard or an insight as a file."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

from typer import Argument, Option

from pulumi_posthog.cli import data, terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import chosen

if TYPE_CHECKING:
    from pulumi_posthog.api import Invalid


FORMATS = ("png", "pdf", "csv", "xlsx", "json")


def export_asset(
    file: Annotated[Path, Argument(metavar="FILE", help="The file to write. Its ending is the format.")],
    *,
    dashboard: Annotated[int | None, Option(metavar="ID", help="The dashboard to export.")] = None,
    insight: Annotated[
        int | None, Option(metavar="ID", help="Or the insight to export, by its number.")
    ] = None,
    project: data.Project = "",
    as_: Annotated[
        str, Option("--as", metavar="KIND", help=f"{', '.join(FORMATS)}. Default: the ending of FILE.")
    ] = "",
    max_wait: data.MaxWait = "10m",
    force: Annotated[bool, Option("--force", help="Overwrite a file that exists.")] = False,
    form: Annotated[
        str, Option("--format", metavar="FORMAT", help="Format of the message: text or json.")
    ] = "text",
    host: data.Host = "",
) -> int:
    """Write a dashboard or insight to a file.

    Status 9 if PostHog takes longer than --max-wait. The key needs `export:write`, and `project:read` to find a project
    by its name. PostHog keeps the export for a while. Nothing else changes in PostHog.
    """
    if (dashboard is None) == (insight is None):
        raise Stop("what is to be exported?", "give one of --dashboard ID and --insight ID")
    chosen("--format", form, ("text", "json"))
    ending = chosen("--as", as_, FORMATS) if as_ else file.suffix[1:].lower()
    if ending not in FORMATS:
        raise Stop(
            f'{file}: its ending "{file.suffix}" is not a format',
            f"one of {', '.join(FORMATS)}, or give --as",
        )
    within = data.seconds(max_wait)
    _refuse_to_overwrite(file, force)
    from pulumi_posthog.api import Invalid
    from pulumi_posthog.api.operations import Exports
    from pulumi_posthog.api.operations.exports import MEDIA_TYPES
    from pulumi_posthog.cli.client import writer_for

    address, organization = data.place(host)
    with writer_for(address) as writer:
        exports = Exports(writer, project=data.project_id(writer, organization, project))
        with terminal.working("asking PostHog for the file") as tell, _beside(file) as part:
            try:
                made = exports.create(export_format=MEDIA_TYPES[ending], dashboard=dashboard, insight=insight)
            except Invalid as error:
                raise _refused(error, ending) from error
            exports.finished(
                made["id"],
                within=within,
                progress=lambda seconds: tell(f"PostHog makes the file: {seconds:.0f} s"),
            )
            size = exports.content(made["id"], part)
            _refuse_to_overwrite(file, force)
    if form == "json":
        document = {
            "version": 1,
            "exit_code": Exit.NOTHING,
            "file": str(file),
            "bytes": size,
            "export": made["id"],
        }
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
    else:
        terminal.note(f"{file}: {size:,} bytes")
    return Exit.NOTHING


def _refuse_to_overwrite(file: Path, force: bool) -> None:
    if file.exists() and not force:
        raise Stop(
            f"{file} exists already, and nothing was written",
            "--force overwrites it",
            Exit.REFUSED,
        )


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `file` once all is well, and else disappears."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        # No link is followed, and the data of persons is nobody else's.
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
            yield stream
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _refused(error: Invalid, ending: str) -> Stop:
    """Why PostHog does not begin an export."""
    if error.attr == "export_format":
        return Stop(
            f"this server does not export to {ending}: {error.problem}", f"try {' or '.join(FORMATS[:2])}"
        )
    return Stop(error.problem, "look at the id in the address of its page, and at --project")
