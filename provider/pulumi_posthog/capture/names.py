"""Names of events, which may be any text -> names that a program may have."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 4  # digits of a digest that tell two events apart
BETWEEN: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=\d)(?=[A-Z])")  # "userSignedUp" has three words


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters: "$Order paid!" has two. Letters may be of any alphabet."""
    parted = BETWEEN.sub(" ", unicodedata.normalize("NFKC", name))
    words = re.findall(r"[^\W_]+", parted)
    return tuple(small for word in words if f"a{(small := word.lower())}".isidentifier())


def identifiers(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The words that an identifier is made of, for each name; no two names have the same ones.

    Names that have the same words, or none, get a digest of the name as their last one, all of them: so the meaning of
    an identifier never changes because another event is declared.
    """
    every = [*dict.fromkeys(names)]
    counted = Counter(map(_joined, map(words_of, every)))
    result: dict[str, tuple[str, ...]] = {}
    for name in every:
        words = words_of(name)
        result[name] = (
            words if words and counted[_joined(words)] == 1 else (*words, _digest(name, every, counted))
        )
    return result


def _joined(words: Iterable[str]) -> str:
    # Without anything between: "sign up" and "signup" would differ by a letter's case alone. In capitals: "i" and the
    # dotless one have the same, and an identifier may begin a word with it.
    return "".join(words).upper()


def _digest(name: str, every: Iterable[str], counted: Counter[str]) -> str:
    """The first digits of a digest that no other name of the same words has, and that make no other's words."""
    whole = hashlib.sha256(name.encode()).hexdigest()
    own = _joined(words_of(name))
    others = [
        hashlib.sha256(each.encode()).hexdigest()
        for each in every
        if each != name and _joined(words_of(each)) == own
    ]
    for length in range(SHORTEST, len(whole)):
        digits = whole[:length]
        if f"{own}{digits.upper()}" not in counted and not any(each.startswith(digits) for each in others):
            return digits
    return whole


def literal(text: str, escape: str) -> str:
    """A text as JSON, JavaScript and Python have it between quotes; what cannot be seen, as `escape` says."""
    return "".join(
        each if each.isprintable() else escape.format(ord(each))
        for each in json.dumps(text, ensure_ascii=False)
    )


def in_one_line(text: str) -> str:
    """A description in one line, without what cannot be seen."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())
