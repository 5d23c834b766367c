"""What `doctor` finds: one check for each need of a run, and all of them in one sentence."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_posthog.cli.exits import Exit


class Outcome(enum.Enum):
    """How a check went."""

    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """One line."""

    name: str
    outcome: Outcome
    said: str
    hint: str | None = None
    exit: Exit = Exit.KEY


def passed(name: str, said: str) -> Check:
    """A check that went well."""
    return Check(name, Outcome.PASSED, said)


def noted(name: str, said: str, hint: str | None = None) -> Check:
    """Something to know, which does not stop a run."""
    return Check(name, Outcome.NOTED, said, hint)


def failed(name: str, said: str, hint: str | None, exit_: Exit = Exit.KEY) -> Check:
    """Something is missing."""
    return Check(name, Outcome.FAILED, said, hint, exit_)


def verdict(checks: Sequence[Check]) -> str:
    """All checks in one sentence."""
    missing = [check.name for check in checks if check.outcome is Outcome.FAILED]
    if missing:
        return f"not ready: {len(missing)} of {len(checks)} checks failed: {', '.join(missing)}"
    return f"ready: none of {len(checks)} checks failed"
