"""How many random examples a test tries: a fixed few in `make test`, many new ones in `make soak`."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck

VARIABLE = "SOAK_EXAMPLES"


def examples(few: int, *, share: int = 1) -> dict[str, Any]:
    """Settings of hypothesis for `few` examples, the same in every run, or for as many as SOAK_EXAMPLES says.

    Of these only one in `share`, for examples that take long.
    """
    many = os.environ.get(VARIABLE)
    return {
        "max_examples": max(int(many) // share, 1) if many else few,
        "derandomize": not many,
        "print_blob": True,
        "deadline": None,
        "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    }
