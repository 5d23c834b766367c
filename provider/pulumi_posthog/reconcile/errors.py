"""Why something cannot be applied, or was applied by half."""

from __future__ import annotations

from pulumi_posthog.reconcile.collection import Found


class CannotAct(Exception):
    """PostHog does not let this key do it; nothing was changed. The message says what to do."""


class CannotApply(Exception):
    """PostHog would do something else than what is asked; the message says what to do."""


class HalfMade(Exception):
    """The first of several steps was done, and then something failed: the next run continues from `found`."""

    def __init__(self, found: Found, error: Exception) -> None:
        super().__init__(str(error))
        self.found = found


class WholeRunRefused(CannotApply):
    """Nothing of this run can be applied, whatever was asked for. Each resource says the same, so it is told once."""
