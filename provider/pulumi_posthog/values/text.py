"""Values and numbers -> words on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_posthog.values.masking import harmless


def printable(text: str) -> str:
    """`text` on one line, without what could drive a terminal or turn its direction: names are other people's.

    And without what must not be told, and commands for a CI that reads the log.
    """
    line = "".join(
        character if character.isprintable() or character == " " else " " if character.isspace() else "\ufffd"
        for character in text
    )
    return str(harmless(line))


def lines(text: str) -> str:
    """`text` with its own line breaks, each line as `printable` has it: for messages of more than one line."""
    return "\n".join(map(printable, text.split("\n")))


def plural(number: int, noun: str) -> str:
    """ "1 object", "2 objects"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def first_of(texts: Sequence[str], most: int) -> list[str]:
    """The first `most` texts, and a last one that says how many more there are."""
    left = len(texts) - most
    return [*texts[:most], *([f"and {left} more"] if left > 0 else [])]
