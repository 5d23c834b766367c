"""Problems -> workflow commands, which GitHub shows at the line of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_posthog.values.problem import Problem


def commands(problems: Iterable[Problem], level: str = "error") -> str:
    """One `::error file=...::` line per problem."""
    return "".join(f"{_command(problem, level)}\n" for problem in problems)


def _command(problem: Problem, level: str) -> str:
    properties = {"title": "pulumi-posthog"}
    if problem.where:
        properties |= {
            "file": problem.where.file,
            "line": str(problem.where.line),
            "col": str(problem.where.column),
        }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
    return f"::{level} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
