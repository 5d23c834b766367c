"""Which generation of PostHog answers."""

from __future__ import annotations

from pulumi_posthog.sandbox.rules.switches import SWITCHES

ALWAYS = (2024, 2026)


def within(ages: tuple[int, int]) -> bool:
    """Whether the server's age is one of these."""
    return ages[0] <= SWITCHES.age <= ages[1]
