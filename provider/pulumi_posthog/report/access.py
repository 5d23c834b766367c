"""Who may do what -> a table for people, CSV, JSON, Markdown, and a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from string import Template

from pulumi_posthog.reconcile.access import Access, Change
from pulumi_posthog.report.html import escape
from pulumi_posthog.report.markdown import escaped
from pulumi_posthog.report.table import Rows

COLUMNS = ("member", "level", "roles", "project", "resource", "may", "newer", "why")
DIFFERENCES = ("member", "project", "resource", "change", "before", "after", "why")
CODE = re.compile(r"`([^`]*)`")
LEGEND = (
    "`may` is the result of PostHog's older way to decide, `newer` the result of the newer way, to which an"
    " organization can switch. Rules of a single object are included only if `--resource TYPE/NAME` names that object."
)


def of_accesses(found: Iterable[Access]) -> Rows:
    """A row for each member and resource."""
    return Rows(
        COLUMNS,
        tuple(
            {
                "member": each.person.address + (" (invited)" if each.person.invited else ""),
                "level": each.person.level,
                "roles": sorted(each.person.roles),
                "project": each.project,
                "resource": each.resource,
                "may": each.legacy,
                "newer": each.newer,
                "why": list(each.why),
            }
            for each in found
        ),
    )


def of_changes(found: Iterable[Change]) -> Rows:
    """A row for each level that a person gains or loses."""
    return Rows(
        DIFFERENCES,
        tuple(
            {
                "member": each.either.person.address,
                "project": each.either.project,
                "resource": each.either.resource,
                "change": "gains" if each.gains else "loses",
                "before": _levels(each.before),
                "after": _levels(each.after),
                "why": list(each.after.why) if each.after else ["not in the organization"],
            }
            for each in found
        ),
    )


def _levels(access: Access | None) -> str:
    if access is None:
        return "nothing"
    return access.legacy if access.legacy == access.newer else f"{access.legacy} (newer: {access.newer})"


def _cells(rows: Rows) -> list[list[str]]:
    return [[", ".join(cell) if isinstance(cell, list) else str(cell) for cell in row] for row in rows.values]


def in_plain_cells(rows: Rows) -> Rows:
    """`rows` with a text in each cell, for spreadsheets."""
    return Rows(rows.columns, tuple(_cells(rows)))


def as_markdown(rows: Rows, title: str, notes: Sequence[str]) -> str:
    """A table that fits into a pull request's comment."""
    head = [f"| {' | '.join(rows.columns)} |", f"|{'---|' * len(rows.columns)}"]
    lines = [
        f"| {' | '.join(escaped(cell).replace('|', '&#124;') for cell in row)} |" for row in _cells(rows)
    ]
    said = [f"* {escaped(note)}" for note in notes]
    body = [*head, *lines] if lines else ["Nobody gains or loses anything."]
    return "\n".join([f"### {escaped(title)}", "", *body, "", *said]) + "\n"


def as_page(rows: Rows, title: str, notes: Sequence[str]) -> str:
    """One HTML document, light or dark as the reader's system is; no script, nothing from the net."""
    template = Template((files("pulumi_posthog.report") / "access.html").read_text(encoding="utf-8"))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in rows.columns)
    body = "".join(_row(rows.columns, row) for row in _cells(rows))
    return template.substitute(
        title=escape(title),
        heads=heads,
        rows=body or f'<tr><td colspan="{len(rows.columns)}">Nobody gains or loses anything.</td></tr>',
        notes="".join(f"<li>{_with_code(note)}</li>" for note in notes),
    )


def _with_code(note: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(note))


def _row(columns: Sequence[str], cells: Sequence[str]) -> str:
    named = dict(zip(columns, cells, strict=True))
    mood = named.get("change") or (
        "differs" if named.get("may") != named.get("newer") else named.get("may", "")
    )
    inside = "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
    return f'<tr class="{escape(mood)}"><th scope="row">{escape(cells[0])}</th>{inside}</tr>'
