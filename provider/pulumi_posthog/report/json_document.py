"""Findings -> JSON, the whole of it; also what `--baseline` reads."""

from __future__ import annotations

import json
from typing import Any

from pulumi_posthog.drift.finding import Finding, Report, Status

VERSION = 1  # of the document; keys may be added without a new one


def rendered(report: Report) -> str:
    """As one JSON object."""
    return json.dumps(document(report), indent=2, ensure_ascii=False, default=str) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as values that JSON has: the object that `--format json` prints."""
    return {
        "version": VERSION,
        "title": report.title,
        "headline": report.headline,
        "exit_code": report.exit,
        "file": report.file,
        "host": report.host,
        "organization": report.organization,
        "at": report.at,
        "requests": report.requests,
        "compared": len(report.checked),
        "counts": {status.value: len(report.by_status.get(status, ())) for status in Status},
        "findings": [_finding(finding) for finding in report.findings],
        "failures": [{"message": each.message, "hint": each.hint} for each in report.failures],
        "notes": list(report.notes),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "status": finding.status.value,
        "kind": finding.kind,
        "object": finding.object,
        "path": finding.path,
        "id": finding.id,
        "summary": finding.summary,
        "live": finding.live,
        "declared": finding.declared,
        "removal": finding.removal,
        "hint": finding.hint,
        "where": {"file": where.file, "line": where.line, "column": where.column} if where else None,
        "who": {"name": finding.who.name, "when": finding.who.when} if finding.who else None,
        "new": finding.counts,
        "ignored": finding.ignored,
        "fingerprint": finding.fingerprint,
    }
