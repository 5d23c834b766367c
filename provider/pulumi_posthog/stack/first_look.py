"""What a stack does not have yet, counted over one run: one sentence says how much of it exists, and what is sent.

Without it, the first preview of an organization would be a line for each object, and nobody reads hundreds of them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from pulumi_posthog.reconcile.existing import Standing, sentence

FEW = 5  # declared objects, of which each may have a line of its own
DETAILS = "POSTHOG_DETAILS=true"  # in the environment


class FirstLook:
    """One run's count. Every method may be called from several threads."""

    def __init__(self) -> None:
        self._expected: int | None = None
        self._asked: set[str] = set()
        self._standings: dict[str, Standing] = {}
        self._lock = threading.Lock()

    def expect(self, number: int) -> None:
        """A guard was told that so many objects are declared, and all of them are yet to be asked about."""
        with self._lock:
            self._expected = (self._expected or 0) + number

    def is_brief(self, environment: Mapping[str, str] = os.environ) -> bool:
        """Whether what exists as declared is only counted, because the sentence will come and lines would be many."""
        with self._lock:
            many = self._expected is not None and self._expected > FEW
        return many and environment.get(DETAILS.partition("=")[0]) != "true"

    def stands(self, urn: str, standing: Standing) -> None:
        """What is to be done in PostHog about a resource that the stack does not have yet."""
        with self._lock:
            self._standings[urn] = standing

    def asked(self, urn: str) -> str | None:
        """A resource was asked about; after the last of them, the sentence, where something of it exists."""
        with self._lock:
            before = len(self._asked)
            self._asked.add(urn)
            complete = len(self._asked) == self._expected and len(self._asked) > before
            standings = list(self._standings.values())
        if not complete or all(each is Standing.MADE for each in standings):
            return None
        hint = f"; {DETAILS} names each" if len(standings) > FEW else ""
        return f"new to this stack: {sentence(standings)}{hint}"
