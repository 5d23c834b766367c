"""The dynamic provider of health checks.

States name this module, because a pickled provider is a reference to its class: it stays here.
"""

from pulumi_posthog.stack.dynamic.check import CheckProvider

__all__ = ["CheckProvider"]
