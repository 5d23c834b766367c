"""The table of operations -> docs/operations.md."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Final

from pulumi_posthog.api.operations import FAMILIES, Operation, Operations

OLDEST: Final = 2024
INTRODUCTION: Final = """\
# The operations of PostHog's API

Generated from the client by `python -m pulumi_posthog.generate`: do not edit.

What PostHog's reference has, as methods for programs in Python. Pages, rate limits, lost answers and messages are the
client's business:

```python
import os

from pulumi_posthog.api import Connection, Pace, Reader
from pulumi_posthog.api.operations import Persons, Queries

connection = Connection("https://eu.posthog.com", os.environ["POSTHOG_PERSONAL_API_KEY"])
with Reader(connection, pace=Pace()) as reader:
    for person in Persons(reader, project=42).iterate(search="ana"):
        print(person["name"])
    print(Queries(reader, project=42).run("select count() from events").rows)
```

A `Reader` can carry out what only reads, a `Writer` everything. An operation without a scope is one that PostHog opens
to no personal API key: it is refused before anything is sent. *Servers* are the years of PostHog servers that have an
operation; without an entry, all since {oldest}.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION.format(oldest=OLDEST), *(section(family) for family in FAMILIES)])


def section(family: type[Operations]) -> str:
    """One family: what it is, and a row for each of its operations."""
    places = " or ".join(f"`{prefix}`" for prefix in family.PREFIXES)
    rows = [
        ("method", "request", "scope", "servers", "what it does"),
        ("---",) * 5,
        *(cells(row) for row in family.operations()),
    ]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"## {family.__name__}\n\n{said(inspect.getdoc(family))}\n\nBelow {places}.\n\n{table}"


def said(doc: str | None) -> str:
    """A docstring as a page has it: on one line, and without its sources."""
    return re.sub(r" \(posthog-api[a-z-]*\.md [^)]*\)", "", " ".join((doc or "").split()))


def cells(row: Operation) -> tuple[str, ...]:
    """The cells of one operation's row: method, request, scope, servers, what it does."""
    scope = " ".join(f"`{each}`" for each in row.scope.split()) if row.scope else "none"
    # Each once: some travel in the query as well as in the body.
    parameters = ", ".join(dict.fromkeys([*row.query_parameters, *row.body_fields]))
    request = f"`{f'{row.method} {row.path}'.strip()}`" + (f" ({parameters})" if parameters else "")
    doc = said(row.doc) if row.scope else f"{said(row.doc)} Instead: {row.instead}."
    return (f"`{row.function.__name__}`", request, scope, ", ".join(servers(row)), doc)


def servers(row: Operation) -> Iterator[str]:
    """Which servers have it, and which open it to keys."""
    if row.until:
        yield f"{row.since}-{row.until}" if row.since > OLDEST else f"to {row.until}"
    elif row.since > OLDEST:
        yield f"{row.since}+"
    if row.scoped_since > max(row.since, OLDEST):
        yield f"for keys {row.scoped_since}+"
