"""Which generation of PostHog answers, as a number: 2024, 2025, 2026 in its earlier, later and newest form."""

from __future__ import annotations

from pulumi_posthog.sandbox.rules.switches import SWITCHES

Ages = tuple[float, float]
"""From which generation to which, both included; a whole year means all of its forms."""

EARLIER_2026 = 2026.25
"""2026 until about June."""
LATER_2026 = 2026.5
"""2026 from about July: with drafts, and batch exports that need an integration."""
NEWEST_2026 = 2026.75
"""The newest of 2026, copies of about September: part of it may not run anywhere (posthog-api-access.md 0.1)."""
ALWAYS: Ages = (2024, 2026)


def generation() -> float:
    """The generation of the running server."""
    if SWITCHES.age == 2026:
        if not SWITCHES.later_2026:
            return EARLIER_2026
        return NEWEST_2026 if SWITCHES.newest_2026 else LATER_2026
    return SWITCHES.age


def within(ages: Ages) -> bool:
    """Whether the server's generation is one of these."""
    now = generation()
    return ages[0] <= now and (now <= ages[1] or int(now) == ages[1])
