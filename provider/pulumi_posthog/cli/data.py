"""What the verbs that read data have in common: which project, how much, in which form."""

from __future__ import annotations

import itertools
import json
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import DEFAULT_FILE, chosen, found
from pulumi_posthog.values.spelling import meant
from pulumi_posthog.values.suggestion import did_you_mean

if TYPE_CHECKING:
    from pulumi_posthog.api import Reader
    from pulumi_posthog.report.table import Rows


FORMATS = ("table", "csv", "json")
LARGEST_PAGE = 500  # objects


Host = Annotated[
    str,
    Option(
        metavar="URL",
        envvar="POSTHOG_HOST",
        help="PostHog's address. Default: the one in the posthog.yaml of this folder.",
    ),
]
Project = Annotated[
    str, Option(metavar="NAME", help="Name or id of the project. Not needed if the key sees only one.")
]
Limit = Annotated[int, Option(metavar="N", min=0, help="Show at most N; 0 shows all.")]
Columns = Annotated[
    list[str] | None,
    Option("--column", metavar="PATH", help="A column to show, such as properties.plan; repeatable."),
]
Form = Annotated[str, Option("--format", metavar="FORMAT", help="table, csv or json.")]
MaxWait = Annotated[str, Option(metavar="TIME", help="How long to wait: 90s, 10m, 1h.")]


def checked(form: str) -> str:
    """A format; "text" is what other verbs call a table. Raises Stop."""
    return "table" if form == "text" else chosen("--format", form, FORMATS)


def seconds(text: str) -> int:
    """The seconds that `--max-wait` says; raises Stop."""

    from pulumi_posthog.values import duration

    try:
        return duration.seconds(text)
    except ValueError as error:
        raise Stop(f"--max-wait: {error}") from None


def place(host: str) -> tuple[str, str]:
    """(host, organization or ""): as told, or as the file in this folder says.

    Raises Stop where nothing says it, ConfigError for the file, and StateError as `look.address`.
    """
    from pulumi_posthog import config

    if host:
        organization = os.environ.get("POSTHOG_ORGANIZATION_ID", "")
        return host, organization if is_id(organization) else ""
    file = found(DEFAULT_FILE)
    if not file.exists():
        raise Stop(
            "which PostHog?",
            f"give --host https://eu.posthog.com, set POSTHOG_HOST, or run it in the folder of a {DEFAULT_FILE}",
        )
    from pulumi_posthog.cli.look import address

    return address(config.load(file, environment=os.environ, offline=True))


def is_id(organization: str) -> bool:
    """Whether a text is the id of an organization; `export` takes its slug or its name as well."""
    try:
        return bool(uuid.UUID(organization))
    except ValueError:
        return False


def project_id(reader: Reader, organization: str, wanted: str) -> int:
    """The id of the project that is meant; raises Stop when that is not clear.

    A number is an id and asks PostHog nothing; a name takes the scope project:read.
    """
    if wanted.isdigit() and wanted.isascii():
        return int(wanted)
    projects = [
        each
        for each in reader.list_all("/api/projects/")
        if not organization or str(each.get("organization", organization)) == organization
    ]
    matches = meant(wanted, projects, lambda each: str(each["name"])) if wanted else projects
    if len(matches) == 1:
        return int(matches[0]["id"])
    seen = ", ".join(f"{each['name']} ({each['id']})" for each in matches or projects) or "none"
    if matches:
        named = f' "{wanted}"' if wanted else ""
        raise Stop(f"the key sees several projects{named}", f"give --project with an id: {seen}")
    if not projects:
        raise Stop("the key sees no project", "give it access to one, and the scope project:read", Exit.KEY)
    names = [str(each["name"]) for each in projects]
    raise Stop(f'there is no project "{wanted}"', did_you_mean(wanted, names))


def opened(host: str, project: str) -> tuple[Reader, int]:
    """A client for the PostHog that is meant, and the id of the project there; raises as `place`, Stop and ApiError."""
    from pulumi_posthog.cli.client import reader_for

    address, organization = place(host)
    reader = reader_for(address)
    return reader, project_id(reader, organization, project)


def first(items: Iterable[Any], limit: int) -> tuple[tuple[Any, ...], bool]:
    """At most `limit` items (0: all) of what is read, and whether there is more; tells how far it is, on a terminal.

    Raises Stop where PostHog does not take an option.
    """
    from pulumi_posthog.api import Invalid

    found: list[Any] = []
    with terminal.working("reading PostHog") as tell:
        try:
            for item in itertools.islice(items, limit + 1 if limit else None):
                found.append(item)
                tell(f"reading PostHog: {len(found):,} so far")
        except Invalid as error:
            option = f"--{error.attr.replace('_', '-')}" if error.attr else "the options"
            raise Stop(error.problem, f"look at {option}") from error
    return tuple(found[:limit] if limit else found), bool(limit) and len(found) > limit


def page_size(limit: int) -> int:
    """How many objects to ask for at a time: one more than are wanted shows whether there is more."""
    return min(limit + 1, LARGEST_PAGE) if limit else LARGEST_PAGE


def show(rows: Rows, form: str, name: str, document: Mapping[str, Any]) -> None:
    """Write what was read; `name` is what it is, `document` what JSON says beside it.

    Raises Stop as `terminal.write`.
    """

    from pulumi_posthog.report import table as forms

    if form == "json":
        whole = {
            "version": 1,
            "exit_code": Exit.NOTHING,
            **document,
            "more": rows.more,
            name: list(rows.items),
        }
        terminal.write(json.dumps(whole, indent=2, ensure_ascii=False), "json")
    elif form == "csv":
        terminal.write(forms.as_csv(rows), "csv")
    else:
        terminal.show(forms.table(rows))


def show_list(
    items: Iterable[Any], limit: int, columns: Sequence[str], form: str, *, what: str, project: int
) -> None:
    """Read at most `limit` (0: all) of a project's persons or events, write them, and say whether there is more.

    `what` is one of them, as in "person". Raises Stop as `first` and `show`.
    """
    from pulumi_posthog.report.table import Rows

    rows = Rows(tuple(columns), *first(items, limit))
    show(rows, form, f"{what}s", {"project": project})
    tell_more(rows, what, "--limit gets more")


def tell_more(rows: Rows, what: str, how: str) -> None:
    """Say that there is more than was shown, or nothing at all."""
    from pulumi_posthog.values.text import plural

    if rows.more:
        terminal.note(f"{plural(len(rows.items), what)}, and there is more: {how}")
    elif not rows.items:
        terminal.note(f"no {what}s found")
