"""The dynamic provider of persons who shall not exist.

Module and class names here stand in every state for ever, as those of `dynamic` do.
"""

from __future__ import annotations

import functools

from pulumi_posthog.dynamic import Door, pickled_provider
from pulumi_posthog.stack.handlers.absent_persons import AbsentPersonsHandler


class AbsentPersonsProvider(Door):
    """The provider of absent persons."""

    @property
    def handler(self) -> AbsentPersonsHandler:
        """Who decides about them."""
        return AbsentPersonsHandler()


@functools.cache
def absent_persons_provider_string() -> str:
    """The pickled provider of persons who shall not exist."""
    return pickled_provider(AbsentPersonsProvider())
