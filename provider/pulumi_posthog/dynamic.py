"""The dynamic providers of the kinds and of the guard.

States name this module, because a pickled provider is a reference to its class: it stays here.
"""

from pulumi_posthog.stack.dynamic.guard import GuardProvider
from pulumi_posthog.stack.dynamic.kind import KindProvider

__all__ = ["GuardProvider", "KindProvider"]
