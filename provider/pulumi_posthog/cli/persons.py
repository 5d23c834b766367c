"""`pulumi-posthog persons`: who a project's events are about."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from pulumi_posthog.cli import reading
from pulumi_posthog.cli.exits import Exit

IN_TABLE = ("id", "name", "distinct_ids", "created_at")
IN_CSV = ("id", "uuid", "name", "distinct_ids", "properties", "created_at")


def persons(
    *,
    project: reading.Project = "",
    search: Annotated[str, Option(metavar="TEXT", help="In e-mail addresses, or a whole distinct id.")] = "",
    email: Annotated[str, Option(metavar="ADDRESS", help="Exactly this e-mail address.")] = "",
    distinct_id: Annotated[str, Option(metavar="ID", help="Exactly this distinct id.")] = "",
    limit: reading.Limit = 100,
    column: reading.Columns = None,
    form: reading.Form = "table",
    host: reading.Host = "",
) -> int:
    """List persons of a project.

    The key needs `person:read`, and `project:read` to find a project by its name.
    """
    form = reading.checked(form)
    from pulumi_posthog.api.operations import Persons
    from pulumi_posthog.cli.connecting import reader_for
    from pulumi_posthog.report.rows import Rows

    address, organization = reading.place(host)
    reader = reader_for(address)
    number = reading.project_id(reader, organization, project)
    found, more = reading.first(
        Persons(reader, project=number).iterate(
            search=search or None,
            email=email or None,
            distinct_id=distinct_id or None,
            page_size=reading.page_size(limit),
        ),
        limit,
    )
    rows = Rows(tuple(column or (IN_TABLE if form == "table" else IN_CSV)), found, more)
    reading.show(rows, form, "persons", {"project": number})
    reading.tell_more(rows, "person", "--limit gets more")
    return Exit.NOTHING
