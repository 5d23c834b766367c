"""`pulumi-posthog query`: a question in HogQL, and PostHog's answer."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Final

from typer import Argument

from pulumi_posthog.cli import data, terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop


def query(
    text: Annotated[
        str, Argument(metavar="QUERY", help="HogQL, a query node as JSON, or - to read either from stdin.")
    ],
    *,
    project: data.Project = "",
    limit: data.Limit = 0,
    max_wait: data.MaxWait = "10m",
    form: data.Form = "table",
    host: data.Host = "",
) -> int:
    """Ask PostHog a query.

    PostHog itself returns at most 100 rows unless the query has a LIMIT. After --max-wait, and on Ctrl-C, the query
    is cancelled. The key needs `query:read`, and `project:read` to find a project by its name.
    """
    form = data.checked(form)
    within = data.seconds(max_wait)
    asked = node(from_stdin() if text == "-" else text)
    from pulumi_posthog.api import Invalid
    from pulumi_posthog.api.operations import Queries
    from pulumi_posthog.report.table import Rows

    reader, number = data.opened(host, project)
    with terminal.working("asking PostHog") as tell:
        try:
            result = Queries(reader, project=number).run(
                asked,
                within=within,
                progress=lambda seconds: tell(f"asking PostHog: {seconds:.0f} s"),
            )
        except Invalid as error:
            raise Stop(error.problem, "correct the query; HogQL is described in PostHog's docs") from error
    found = result.rows[:limit] if limit else result.rows
    columns = result.columns or tuple(
        dict.fromkeys(name for row in found if isinstance(row, dict) for name in row)
    )
    rows = Rows(columns, found, result.more or len(found) < len(result.rows))
    data.show(rows, form, "rows", {"project": number, "columns": list(columns)})
    cut_by_us = len(found) < len(result.rows)
    has_limit = limits_itself(asked)
    more = "--limit" if cut_by_us else "a larger LIMIT in the query" if has_limit else "a LIMIT in the query"
    data.tell_more(rows, "row", f"{more} gets more")
    return Exit.NOTHING


# Texts, quoted names and comments may have the word in them. What is never closed ends with the query, so that nothing
# is looked at twice.
ASIDE: Final = re.compile(
    r"""'(?:[^'\\]|\\.)*+(?:'|\\?\Z)|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL
)


def limits_itself(asked: str | Mapping[str, Any]) -> bool:
    """Whether a query says how many rows it wants."""
    if not isinstance(asked, str):
        text = asked.get("query")
        return "limit" in asked or (isinstance(text, str) and limits_itself(text))
    bare = ASIDE.sub(" ", asked)
    return bool(re.search(r"\blimit\b", bare, re.IGNORECASE))


def from_stdin() -> str:
    """What comes in; raises Stop for what is no text."""
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise Stop("the query on stdin is not UTF-8 text") from None


def node(text: str) -> str | Mapping[str, Any]:
    """HogQL as it is, a query node as an object; raises Stop for neither."""
    asked = text.strip()
    if not asked:
        raise Stop("the query is empty", "such as: select event, count() from events group by event")
    if not asked.startswith("{"):
        return asked
    try:
        found = json.loads(asked)
    except (ValueError, RecursionError) as error:
        raise Stop(f"the query node is not JSON: {error}") from None
    if "kind" not in found:
        raise Stop("the query node has no kind", 'such as {"kind": "HogQLQuery", "query": "select 1"}')
    return dict(found)
