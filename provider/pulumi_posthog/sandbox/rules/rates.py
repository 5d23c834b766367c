"""A rate limit such as 480/min or 120/hour:hogql, as text and as numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pulumi_posthog.sandbox.options import SandboxError

SECONDS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "day": 86400,
}


BUCKETS = ("", "analytics", "hogql")
"""What counts together (1.8): all but questions; questions; questions in HogQL."""


@dataclass(frozen=True)
class Rate:
    """`count` calls within any `seconds`, of those in one of the `BUCKETS`."""

    count: int
    seconds: int
    text: str
    bucket: str = ""

    @classmethod
    def parse(cls, text: str) -> Rate:
        """480/min, 4800/hour, 2/s, 240/min:analytics, 120/hour:hogql."""
        found = re.fullmatch(r"\s*(\d+)\s*/\s*([a-z]+)\s*(?::\s*([a-z]+)\s*)?", text)
        bucket = (found[3] or "") if found else ""
        if not found or found[2] not in SECONDS or int(found[1]) < 1 or bucket not in BUCKETS:
            raise SandboxError(
                f"a rate limit is written like 480/min, 240/min:analytics or 120/hour:hogql, not {text!r}"
            )
        return cls(int(found[1]), SECONDS[found[2]], text.strip(), bucket)

    def __str__(self) -> str:
        return self.text
