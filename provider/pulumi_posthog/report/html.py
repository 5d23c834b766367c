"""Findings -> one page, light or dark as the reader's system is; no script, nothing from the net."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from pulumi_posthog.report.findings import Finding, Report, Status, plural, shown

MEANING = {
    Status.CHANGED: "PostHog has another value than the configuration.",
    Status.GONE: "Declared, and PostHog does not have it.",
    Status.UNDECLARED: "In PostHog, and in no configuration.",
    Status.PENDING: "The configuration changed and was not applied yet.",
    Status.UNREAD: "Nobody knows whether these differ.",
}


def rendered(report: Report) -> str:
    """As one HTML document."""
    template = Template((files("pulumi_posthog.report") / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(f"{report.title}: {report.organization or report.file}"),
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
        sections="".join(_section(status, findings) for status, findings in report.by_status.items()),
        hidden=_hidden(report),
    )


def _facts(report: Report) -> str:
    facts = (
        ("configuration", report.file),
        ("PostHog", report.host),
        ("organization", report.organization),
        ("looked at", report.at),
        ("compared", plural(len(report.checked), "object")),
        ("requests", f"{report.requests:,}"),
    )
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)


def _section(status: Status, findings: tuple[Finding, ...]) -> str:
    rows = "".join(_row(finding) for finding in findings)
    return (
        f'<section id="{status.value}" class="{status.value}"><h2>{escape(status.title)}'
        f" <small>{len(findings):,}</small></h2><p>{escape(MEANING[status])}</p>"
        f'<div class="scroll"><table><thead><tr><th scope="col">what</th><th scope="col">PostHog</th>'
        f'<th scope="col">declared</th><th scope="col">who and when</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _row(finding: Finding) -> str:
    where = f"{finding.where.file}:{finding.where.line}" if finding.where else ""
    own = finding.path.removeprefix(finding.object)
    what = f"<th scope=row><b>{escape(finding.object)}</b>{escape(own)}<span>{escape(where)}</span></th>"
    if finding.message or finding.whole or finding.removal:
        said = escape(finding.summary.removeprefix(finding.path).lstrip(": "))
        hint = f"<span>{escape(finding.hint)}</span>" if finding.hint else ""
        values = f"<td colspan=2>{said}{hint}</td>"
    else:
        values = (
            f"<td><code class=live>{escape(shown(finding.live))}</code></td>"
            f"<td><code class=declared>{escape(shown(finding.declared))}</code></td>"
        )
    if finding.who:
        who = f"{escape(finding.who.name)}<span>{escape(finding.who.when or '')}</span>"
    else:
        who = "unknown" if finding.status in (Status.CHANGED, Status.UNDECLARED) else ""
    return f"<tr>{what}{values}<td>{who}</td></tr>"


def _hidden(report: Report) -> str:
    rows = "".join(
        f"<li><code>{escape(finding.path)}</code>: {escape(finding.ignored or 'in the baseline')}</li>"
        for finding in (*report.known, *report.ignored)
    )
    if not rows:
        return ""
    number = plural(len(report.known) + len(report.ignored), "difference")
    return f"<details><summary>{number} known or ignored</summary><ul>{rows}</ul></details>"
