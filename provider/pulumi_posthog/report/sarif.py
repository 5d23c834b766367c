"""Findings -> SARIF 2.1.0, which GitHub and editors show at the line of the YAML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pulumi_posthog.drift.finding import Failed, Report, Status
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Status.CHANGED: "warning", Status.UNDECLARED: "note", Status.PENDING: "note"}  # others: error


@dataclass(frozen=True)
class Result:
    """One line of a SARIF log: `rule` is a name that stays the same, `level` is error, warning or note."""

    rule: str
    message: str
    where: Position | None = None
    level: str = "error"
    fingerprint: str | None = None
    suppressed: str | None = None  # why it does not count


def rendered(report: Report) -> str:
    """A report as a SARIF log."""
    results = [
        Result(
            finding.status.value,
            f"{finding.summary}; by {finding.who or 'unknown'}" if finding.has_author else finding.summary,
            finding.where,
            LEVELS.get(finding.status, "error"),
            finding.fingerprint,
            finding.ignored or ("known from the baseline" if finding.known else None),
        )
        for finding in report.findings
    ]
    rules = {status.value: status.title for status in Status}
    return log(results, rules, file=report.file, failures=report.failures, exit_code=report.exit)


def log(
    results: Iterable[Result],
    rules: Mapping[str, str],
    *,
    file: str,
    failures: Sequence[Failed] = (),
    exit_code: int,
) -> str:
    """A SARIF log with one run. A result without a place is shown at the first line of `file`."""
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "pulumi-posthog",
                "version": __version__,
                "rules": [{"id": id_, "shortDescription": {"text": text}} for id_, text in rules.items()],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not failures,
                "exitCode": exit_code,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": f"{each.message}; {each.hint}" if each.hint else each.message},
                    }
                    for each in failures
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, file) for result in results],
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _result(result: Result, file: str) -> dict[str, Any]:
    where = result.where or Position(file, 1, 1)
    answer: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(where.file)},
                    "region": {"startLine": where.line, "startColumn": where.column},
                }
            }
        ],
    }
    if result.fingerprint:
        answer["partialFingerprints"] = {"pulumiPosthog/v1": result.fingerprint}
    if result.suppressed:
        answer["suppressions"] = [{"kind": "external", "justification": result.suppressed}]
    return answer


def _uri(file: str) -> str:
    """Relative to the folder in which the command runs, where the file is in it: so GitHub finds it."""
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
