"""The dynamic provider of health checks: `pulumi up` runs them, and nothing of them is in PostHog.

States name its class in `pulumi_posthog.check_provider`, for ever.
"""

from __future__ import annotations

import functools

from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.provider import Door, pickled_provider
from pulumi_posthog.stack.handlers.check import CheckHandler


class CheckProvider(Door):
    """The provider of health checks."""

    __module__ = "pulumi_posthog.check_provider"  # states name the class there

    @property
    def handler(self) -> CheckHandler:
        """Who decides whether one runs."""
        return CheckHandler(process.run)


@functools.cache
def check_provider_string() -> str:
    """The pickled provider of health checks: by reference, as that of a kind."""
    return pickled_provider(CheckProvider())
