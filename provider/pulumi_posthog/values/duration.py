"""Texts such as `90s` or `1h30m` <-> seconds."""

from __future__ import annotations

import re
from typing import Final

PATTERN: Final = r"^(?=\d)(\d+h)?(\d+m)?(\d+s)?$"
WORDS: Final = "a duration such as 90s, 10m or 1h"
SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


def seconds(text: str) -> int:
    """The seconds that a duration means; raises ValueError for a text that is none."""
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f'"{text}" is not {WORDS}')
    return sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+)([hms])", text))


def duration(number: float) -> str:
    """Seconds as people write them, to the second: 5400 -> "1h30m"."""
    rest, parts = round(number), []
    for unit, size in SECONDS.items():
        if rest >= size:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    return "".join(parts) or "0s"
