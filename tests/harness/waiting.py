"""To wait for what another process does, as long as it takes, instead of a time that may be too short."""

from __future__ import annotations

import time
from collections.abc import Callable

ENOUGH = 60.0  # seconds; a machine where ten other tests run is slow


def eventually(true: Callable[[], object], seconds: float = ENOUGH, every: float = 0.05) -> bool:
    """Whether it comes true within that many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(every)
    return bool(true())
