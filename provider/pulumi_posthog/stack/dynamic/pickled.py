"""The pickled providers of kinds and of the guard, as resources carry them."""

from __future__ import annotations

import functools

from pulumi_posthog.stack.dynamic.guard import GuardProvider
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.dynamic.provider import pickled_provider


@functools.cache
def provider_string(kind: str | None) -> str:
    """The pickled provider of a kind, or of the guard: by reference, the same on every run, host and Python."""
    return pickled_provider(KindProvider(kind) if kind else GuardProvider())
