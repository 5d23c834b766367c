"""`pulumi-posthog events`: what arrived in a project."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from pulumi_posthog.cli import data
from pulumi_posthog.cli.exits import Exit

IN_TABLE = ("timestamp", "event", "distinct_id", "properties.$current_url")
IN_CSV = ("id", "timestamp", "event", "distinct_id", "properties")


def events(
    *,
    project: data.Project = "",
    event: Annotated[str, Option(metavar="NAME", help="Only events of this name.")] = "",
    distinct_id: Annotated[str, Option(metavar="ID", help="Only events of this distinct id.")] = "",
    after: Annotated[
        str,
        Option(
            metavar="TIME",
            help="Only events after this time, such as 2026-07-01T00:00:00Z. Default: events of one day.",
        ),
    ] = "",
    before: Annotated[str, Option(metavar="TIME", help="Only events before this time.")] = "",
    limit: data.Limit = 100,
    column: data.Columns = None,
    form: data.Form = "table",
    host: data.Host = "",
) -> int:
    """List events of a project.

    The newest events come first. For counts, or many events, `query` is better. The key needs `query:read`, and
    `project:read` to find a project by its name.
    """
    form = data.checked(form)
    from pulumi_posthog.api.operations import Events

    reader, number = data.opened(host, project)
    data.show_list(
        Events(reader, project=number).iterate(
            event=event or None,
            distinct_id=distinct_id or None,
            after=after or None,
            before=before or None,
            page_size=data.page_size(limit),
        ),
        limit,
        column or (IN_TABLE if form == "table" else IN_CSV),
        form,
        what="event",
        project=number,
    )
    return Exit.NOTHING
