"""What the command's exit status means; scripts and workflows rely on it."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Exit(enum.IntEnum):
    """The statuses of `pulumi-posthog`. 6 is left out: Pulumi has it for a stack that does not exist."""

    NOTHING = 0  # nothing to report
    BUG = 1
    USAGE = 2  # the configuration or the command line is wrong
    KEY = 3  # the key, or a scope of it, is missing
    API = 4  # PostHog failed, or something could not be read, or only a part was done
    REFUSED = 5  # a limit said no
    DIFFERENT = 7  # or a health check does not hold
    CANCELLED = 8
    GAVE_UP = 9  # waiting for the rate limit, a query or an export would have taken too long


# Of several at once, the one that a person has to look at first.
_FIRST_WINS = (
    Exit.BUG,
    Exit.CANCELLED,
    Exit.GAVE_UP,
    Exit.USAGE,
    Exit.KEY,
    Exit.API,
    Exit.REFUSED,
    Exit.DIFFERENT,
    Exit.NOTHING,
)


def worst(exits: Iterable[Exit]) -> Exit:
    """The one status in place of several: the first of 1, 8, 9, 2, 3, 4, 5, 7 and 0 that is among them."""
    return min(exits, key=_FIRST_WINS.index, default=Exit.NOTHING)
