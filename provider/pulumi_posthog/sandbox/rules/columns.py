"""Values that columns begin with."""

from __future__ import annotations

import random
import secrets
import string

# Lists without an order come as the rows are in the table (1.7): here, as if thrown in by a seeded hand.
HEAP = random.Random(0)  # noqa: S311 - an order, not a secret


def somewhere() -> float:
    """Where a new row is in its table."""
    return HEAP.random()


def random_text(prefix: str, length: int = 43) -> str:
    """A token with PostHog's prefix."""
    alphabet = string.ascii_letters + string.digits
    return prefix + "".join(secrets.choice(alphabet) for _ in range(length))


def project_token() -> str:
    """`api_token` of a project (1.2)."""
    return random_text("phc_")


def short_id() -> str:
    """Eight characters, by which the pages of an insight call it."""
    return random_text("", 8)
