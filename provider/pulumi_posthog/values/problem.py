"""A place in a file, and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pulumi_posthog.values.bounds import MESSAGE, PROBLEMS
from pulumi_posthog.values.masking import UNTOLD
from pulumi_posthog.values.spelling import one_line


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """Something that the user can put right: what, where, and what to do."""

    message: str
    where: Position | None = None
    hint: str | None = None

    def __post_init__(self) -> None:
        # Here, not where it is printed: each may quote a name or a value of a file, and there may be many.
        for name in ("message", "hint"):
            text = getattr(self, name)
            if text is not None and len(text) > MESSAGE:
                object.__setattr__(self, name, _cut(UNTOLD(text)))

    def __str__(self) -> str:
        # There are names in it, of the file and of PostHog.
        message = one_line(self.message)
        line = f"{self.where}: {message}" if self.where else message
        return f"{line}\n  hint: {one_line(self.hint)}" if self.hint else line


def _cut(text: str) -> str:
    """A long text without its middle: what is wrong with a name may be after it. It is to be masked before."""
    if len(text) <= MESSAGE:
        return text
    end = MESSAGE // 4
    return f"{text[: MESSAGE - end]}... ({len(text) - MESSAGE:,} more characters) ...{text[-end:]}"


class ConfigError(Exception):
    """Everything that is wrong with a configuration, not only the first problem. Of very many, it counts the rest."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        if more := len(found) - PROBLEMS if len(found) > PROBLEMS else 0:
            rest = Problem(f"and {more:,} more problems", hint="correct these first, then run it again")
            found = (*found[:PROBLEMS], rest)
        self.problems = found
        super().__init__("\n".join(str(problem) for problem in self.problems))
