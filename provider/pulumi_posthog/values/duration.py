"""Texts such as `90s` or `1h30m` <-> seconds."""

from __future__ import annotations

import re
from typing import Final

# More digits than that are no time that anybody waits, and Python adds no such number to one with a fraction.
PATTERN: Final = r"^(?=[0-9])([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?$"
WORDS: Final = "a duration such as 90s, 10m or 1h"
SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


def seconds(text: str) -> int:
    """The seconds that a duration means; raises ValueError for a text that is none."""
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f'"{text}" is not {WORDS}')
    return sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"([0-9]{1,9})([hms])", text))


def duration(number: float) -> str:
    """Seconds as people write them, to the second: 5400 -> "1h30m"."""
    rest, parts = round(number), []
    for unit, size in SECONDS.items():
        if rest >= size:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    return "".join(parts) or "0s"
