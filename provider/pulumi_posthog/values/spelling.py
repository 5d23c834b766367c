"""When two spellings are one name: to PostgreSQL, to the eye, and which of several is meant. Pure."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

T = TypeVar("T")


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID, as most of PostHog's ids are."""
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def is_number(text: str) -> bool:
    """Whether a text is the digits of a number, as some of PostHog's ids are."""
    return text.isascii() and text.isdecimal()


def folded(text: str) -> str:
    """`text` as PostgreSQL's UPPER makes it, by which PostHog sees that a name is taken in another case.

    Each character is taken alone, so that "Maße" and "Masse" stay two names.
    """
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def _upper(character: str) -> str:
    # Python spells some out ("ß" as "SS"). Where there is a single capital all the same, it is the title case.
    for upper in (character.upper(), character.title()):
        if len(upper) == 1:
            return upper
    return character


BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


DRIVES: Final = "which has a character that ends a line, drives a terminal or turns the direction of text"


def drives(character: str) -> bool:
    """Whether a character ends a line, drives a terminal or turns the direction of a text; none belongs in a name."""
    return character in BIDI or unicodedata.category(character) in ("Cc", "Zl", "Zp")


def one_line(text: str) -> str:
    """`text` with each such character as Python would write it, "\\n" or "\\u202e": names are other people's."""
    return (
        text
        if text.isprintable()
        else "".join(each.encode("unicode_escape").decode("ascii") if drives(each) else each for each in text)
    )


def composed(text: str) -> str:
    """`text` with every accent and its letter in one character: how it looks, whatever it was typed on."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def meant(text: str, things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Those of `things` that `text` may mean: with exactly that name or, without one, in another case."""
    alike = [thing for thing in things if folded(name(thing)) == folded(text)]
    return [thing for thing in alike if name(thing) == text] or alike


def as_uuid(text: str) -> str:
    """A UUID as PostHog writes it; anything else as it is."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return text
