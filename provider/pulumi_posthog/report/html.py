"""Findings -> one page, light or dark as the reader's system is; no script, nothing from the net."""

from __future__ import annotations

import html
from collections.abc import Iterator
from importlib.resources import files
from itertools import accumulate, pairwise
from string import Template

from pulumi_posthog.drift.finding import Finding, Report, Status, moment
from pulumi_posthog.values.picture import Box
from pulumi_posthog.values.text import plural, printable

TALLEST = 8  # rows of a grid that nothing begins or ends in
MOST_BOXES = 200  # that a picture has
MEANING = {
    Status.CHANGED: "PostHog has another value than the configuration.",
    Status.GONE: "Declared, and PostHog does not have it.",
    Status.UNDECLARED: "In PostHog, and in no configuration.",
    Status.PENDING: "The configuration changed and was not applied yet.",
    Status.UNREAD: "It is not known whether these differ.",
    Status.REFUSED: "pulumi up would stop here, before it changes anything.",
}
NEXT = {
    Status.CHANGED: "To keep it, run `pulumi-posthog accept`. To set the declared one again, run `pulumi up`.",
    Status.GONE: "To have it again, run `pulumi up`. If it is to stay away, take it out of the file.",
    Status.UNDECLARED: "To manage it, copy what `pulumi-posthog export` writes of it. Else nothing touches it.",
    Status.PENDING: "Read `pulumi preview`, then run `pulumi up`.",
    Status.UNREAD: "Correct what each line says, then look again.",
    Status.REFUSED: "Each line says what allows it. If it is not meant, correct the file.",
}
"""What a reader can do now, beside reading each line."""


def rendered(report: Report) -> str:
    """As one HTML document."""
    template = Template((files("pulumi_posthog.report") / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(f"{report.title}: {report.organization_name or report.organization or report.file}"),
        headline=escape(report.headline),
        mood="failed" if report.failures else "different" if report.new else "same",
        facts=_facts(report),
        counts="".join(
            f'<a class="count {status.value}" href="#{status.value}"><b>{len(findings):,}</b>'
            f" {escape(status.title)}</a>"
            for status, findings in report.by_status.items()
        ),
        failures="".join(
            f'<p class="failure"><strong>{escape(failure.message)}</strong>'
            + (f"<br>{escape(failure.hint)}" if failure.hint else "")
            + "</p>"
            for failure in report.failures
        ),
        sections="".join(
            _section(status, findings, report.host) for status, findings in report.by_status.items()
        ),
        hidden=_hidden(report),
    )


def escape(text: str) -> str:
    """`text` as it is, whatever means something in HTML."""
    return html.escape(printable(text))


def _facts(report: Report) -> str:
    facts = (
        ("configuration", report.file),
        ("PostHog", report.host),
        ("organization", _organization(report)),
        ("looked at", moment(report.at)),
        ("compared", plural(len(report.checked), "object")),
        ("requests", f"{report.requests:,}"),
    )
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)


def _organization(report: Report) -> str:
    name, id_ = report.organization_name, report.organization
    return f"{name} ({id_})" if name and id_ else name or id_


def _section(status: Status, findings: tuple[Finding, ...], host: str) -> str:
    columns = {
        Status.CHANGED: ("what", "PostHog", "declared", "who and when"),
        Status.PENDING: ("what", "PostHog", "declared"),
        Status.UNDECLARED: ("what", "who and when"),
        Status.GONE: ("what", "who and when"),
        Status.UNREAD: ("what", "why"),
        Status.REFUSED: ("what", "why"),
    }[status]
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = "".join(_rows(findings, host, len(columns)))
    parts = enumerate(escape(NEXT[status]).split("`"))
    now = "".join(f"<code>{part}</code>" if number % 2 else part for number, part in parts)
    return (
        f'<section id="{status.value}" class="{status.value}"><h2>{escape(status.title)}'
        f" <small>{len(findings):,}</small></h2><p>{escape(MEANING[status])} {now}</p>"
        f'<table class="of{len(columns)}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _rows(findings: tuple[Finding, ...], host: str, columns: int) -> Iterator[str]:
    """A row for each finding; what they have a picture of is drawn once, below the last of them."""
    for finding, following in zip(findings, (*findings[1:], None), strict=True):
        yield f"<tr>{''.join(_cells(finding, host))}</tr>"
        picture = finding.picture
        if picture is not None and (following is None or following.picture != picture):
            sides = _grid(picture.columns, picture.live, "PostHog")
            sides += _grid(picture.columns, picture.declared, "declared")
            yield f'<tr class="picture"><td colspan="{columns}"><div>{sides}</div></td></tr>'


def _grid(columns: int, boxes: tuple[Box, ...], caption: str) -> str:
    """Boxes on a grid. Rows between two edges are drawn as at most `TALLEST`, however many they are."""
    edges = sorted({0} | {edge for box in boxes for edge in (box.y, box.y + box.height)})
    bands = [min(below - above, TALLEST) for above, below in pairwise(edges)]
    line = dict(zip(edges, accumulate(bands, initial=1), strict=True))
    drawn = "".join(
        f'<li class="{box.change.value}" style="grid-area: {line[box.y]} / {box.x + 1}'
        f' / {line[box.y + box.height]} / {box.x + box.width + 1}"'
        f' title="{escape(f"{box.label}: {_place(box)}")}">{escape(box.label)}</li>'
        for box in boxes[:MOST_BOXES]
    )
    more = f" ({len(boxes) - MOST_BOXES:,} more)" if len(boxes) > MOST_BOXES else ""
    return (
        f'<figure><figcaption>{escape(caption + more)}</figcaption><ul style="grid-template-columns: repeat({columns},'
        f' 1fr)">{drawn}</ul></figure>'
    )


def _place(box: Box) -> str:
    return f"column {box.x}, row {box.y}, {box.width} wide, {box.height} high"


def _cells(finding: Finding, host: str) -> Iterator[str]:
    where = f"{finding.where.file}:{finding.where.line}" if finding.where else ""
    own = finding.path.removeprefix(finding.object)
    name = escape(finding.object)
    if finding.page and host.startswith(("https://", "http://")):
        name = f'<a href="{escape(host.rstrip("/") + finding.page)}" rel="noreferrer">{name}</a>'
    yield f'<th scope="row"><b>{name}</b>{escape(own)}<span>{escape(where)}</span></th>'
    if finding.status in (Status.CHANGED, Status.PENDING):
        if finding.message or finding.whole:
            yield f'<td colspan="2">{_said(finding)}</td>'
        else:
            yield f'<td><code class="live">{escape(finding.shown_live())}</code></td>'
            yield f'<td><code class="declared">{escape(finding.shown_declared())}</code></td>'
    if finding.status in (Status.UNREAD, Status.REFUSED):
        yield f"<td>{_said(finding)}</td>"
    if finding.has_author:
        who, when = (finding.who.name, finding.who.when or "") if finding.who else ("unknown", "")
        yield f"<td>{escape(who)}<span>{escape(moment(when))}</span></td>"


def _said(finding: Finding) -> str:
    hint = f"<span>{escape(finding.hint)}</span>" if finding.hint else ""
    return escape(finding.summary.removeprefix(finding.path).lstrip(": ")) + hint


def _hidden(report: Report) -> str:
    rows = "".join(
        f"<li><code>{escape(finding.path)}</code>: {escape(finding.ignored or 'in the baseline')}</li>"
        for finding in (*report.known, *report.ignored)
    )
    if not rows:
        return ""
    number = plural(len(report.known) + len(report.ignored), "difference")
    return f"<details><summary>{number} known or ignored</summary><ul>{rows}</ul></details>"
