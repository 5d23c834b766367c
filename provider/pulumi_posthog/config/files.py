"""TODO config.files."""

from __future__ import annotations

from pulumi_posthog.values.problem import Position, Problem


def nothing(message: str, name: str) -> Problem:
    """The problem of a file that says nothing."""
    hint = "a file that declares nothing is refused, so that a lost one deletes nothing"
    return Problem(message, Position(name, 1, 1), hint)
