"""An unknown word -> the one that was probably meant."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.spelling import folded


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """A hint that names those of `known` that are most like `value` (three at most), or else all of them."""
    known = list(known)
    close = get_close_matches(value, known, 3, 0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(known)}"


MANY: Final = 12  # more names than that are not listed in a hint


def suggestion(word: Json, known: Iterable[Json], *, listed: bool = True) -> str | None:
    """A hint that names what is most like `word`, or everything that is known when that is not much."""
    names = [str(name) for name in known]
    if isinstance(word, str) and not isinstance(word, SecretText):
        close = closest(word, tuple(names))
        if close:
            return f'did you mean "{close}"?'
    if not listed or not names:
        return None
    return f"known: {enumeration(names)}"


@functools.lru_cache(maxsize=1000)  # one mistake is often made many times, and the lists are long
def closest(word: str, names: tuple[str, ...]) -> str | None:
    """The name that is most like `word`, whatever its case; None when none is."""
    by_folded = {folded(name): name for name in names}
    found = difflib.get_close_matches(folded(word), by_folded, 1, cutoff=0.7)
    return by_folded[found[0]] if found else None


def nearly(word: str, names: Iterable[str]) -> str | None:
    """The address that is one or two letters away from `word`, whatever its case: written wrong, and not another's.

    Within one domain at most half of what is before it may differ: "bo" is not "cy", written wrong.
    """
    near = []
    for name in names:
        (own, _, domain), (others, _, other_domain) = word.partition("@"), name.partition("@")
        distance = _letters_apart(word, name)
        most = min(2, len(own) // 2, len(others) // 2) if folded(domain) == folded(other_domain) else 2
        near += [(distance, name)] if distance <= most else []
    return min(near)[1] if near else None


def _letters_apart(word: str, name: str) -> int:
    """How many letters have to be put in, taken out, changed or swapped with the next one."""
    one, other = folded(word), folded(name)
    if abs(len(one) - len(other)) > 2:
        return 3
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, opposite in enumerate(other, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != opposite)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def enumeration(names: Iterable[str]) -> str:
    """Names with commas between them; of very many, the first and how many there are."""
    listed = list(names)
    more = f", ... ({len(listed)} in all)" if len(listed) > MANY else ""
    return f"{', '.join(listed[:MANY])}{more}"
