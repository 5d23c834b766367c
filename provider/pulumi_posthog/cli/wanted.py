"""What a command line asks for, as far as it must be known before the command line is understood."""

from __future__ import annotations

from collections.abc import Sequence


def json_is_wanted(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON. Then JSON is printed whatever happens."""
    pairs = zip(arguments, [*arguments, ""][1:], strict=True)
    return any(
        argument == "--format=json" or (argument, value) == ("--format", "json") for argument, value in pairs
    )
