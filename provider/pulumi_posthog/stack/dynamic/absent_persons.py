"""The dynamic provider of persons who must not exist.

States name its class in `pulumi_posthog.absent_persons_provider`, for ever.
"""

from __future__ import annotations

import functools

from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.provider import Door, pickled_provider
from pulumi_posthog.stack.handlers.absent_persons import AbsentPersonsHandler


class AbsentPersonsProvider(Door):
    """The provider of absent persons."""

    __module__ = "pulumi_posthog.absent_persons_provider"  # states name the class there

    @property
    def handler(self) -> AbsentPersonsHandler:
        """Who decides about them."""
        return AbsentPersonsHandler(process.run)


@functools.cache
def absent_persons_provider_string() -> str:
    """The pickled provider of persons who must not exist."""
    return pickled_provider(AbsentPersonsProvider())
