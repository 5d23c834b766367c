"""`pulumi-posthog persons`: who a project's events are about."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from pulumi_posthog.cli import data
from pulumi_posthog.cli.exits import Exit

IN_TABLE = ("id", "name", "distinct_ids", "created_at")
IN_CSV = ("id", "uuid", "name", "distinct_ids", "properties", "created_at")


def persons(
    *,
    project: data.Project = "",
    search: Annotated[
        str, Option(metavar="TEXT", help="A part of an e-mail address, or a whole distinct id.")
    ] = "",
    email: Annotated[str, Option(metavar="ADDRESS", help="Exactly this e-mail address.")] = "",
    distinct_id: Annotated[str, Option(metavar="ID", help="Exactly this distinct id.")] = "",
    limit: data.Limit = 100,
    column: data.Columns = None,
    form: data.Form = "table",
    host: data.Host = "",
) -> int:
    """List persons of a project.

    The key needs `person:read`, and `project:read` to find a project by its name.
    """
    form = data.checked(form)
    from pulumi_posthog.api.operations import Persons

    reader, number = data.opened(host, project)
    data.show_list(
        Persons(reader, project=number).iterate(
            search=search or None,
            email=email or None,
            distinct_id=distinct_id or None,
            page_size=data.page_size(limit),
        ),
        limit,
        column or (IN_TABLE if form == "table" else IN_CSV),
        form,
        what="person",
        project=number,
    )
    return Exit.NOTHING
