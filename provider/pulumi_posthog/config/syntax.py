"""What the YAML parser has against a text -> a problem with its place."""

from __future__ import annotations

import re
from typing import Final

import yaml

from pulumi_posthog.values.local_file import LINE_END
from pulumi_posthog.values.problem import Position, Problem

# Meant as a text (`expect: > 0`), but to YAML it begins a block.
BLOCK: Final = re.compile(r":\s+([>|])\s*\S")


def syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """A syntax error in words; none of them quotes the text."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Problem("this is not YAML", Position(name, 1, 1))
    where = Position(name, mark.line + 1, mark.column + 1)
    lines = LINE_END.split(text)
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Problem("a tab in the indentation", where, "YAML is indented with spaces")
    words = getattr(error, "problem", None) or getattr(error, "context", None) or "it cannot be read"
    begins = BLOCK.search(line)
    hint = f"put a text that begins with {begins[1]} in quotes" if begins else None
    return Problem(f"this is not YAML: {words}", where, hint)


def nothing(message: str, name: str) -> Problem:
    """The problem of a file that says nothing."""
    hint = "a file that declares nothing is refused, so that a lost one deletes nothing"
    return Problem(message, Position(name, 1, 1), hint)
