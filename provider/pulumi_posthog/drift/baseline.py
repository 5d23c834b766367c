"""An earlier JSON report -> which findings are not new."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

from pulumi_posthog.drift.finding import Finding, Status
from pulumi_posthog.values.bounds import BASELINE_BYTES, TooLarge, text_of
from pulumi_posthog.values.problem import ConfigError, Problem


def read(path: Path) -> frozenset[str]:
    """The fingerprints of an earlier run; raises ConfigError for anything else than a report, OSError."""
    try:
        document = json.loads(text_of(path, BASELINE_BYTES))
        return frozenset(str(each["fingerprint"]) for each in document["findings"])
    except TooLarge as error:
        raise ConfigError([Problem(str(error), hint="it takes a report of `drift`")]) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ConfigError(
            [
                Problem(
                    f"{path} is not a report",
                    hint="write one with: pulumi-posthog drift --format json > baseline.json",
                )
            ]
        ) from None


def marked(findings: Iterable[Finding], baseline: frozenset[str]) -> tuple[Finding, ...]:
    """The findings with those marked that the baseline has, too.

    What could not be read is always new, and what a limit refuses.
    """
    return tuple(
        dataclasses.replace(finding, known=True)
        if finding.fingerprint in baseline and finding.status not in (Status.UNREAD, Status.REFUSED)
        else finding
        for finding in findings
    )
