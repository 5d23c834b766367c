"""The dynamic provider of persons who must not exist.

States name this module, because a pickled provider is a reference to its class: it stays here.
"""

from pulumi_posthog.stack.dynamic.absent_persons import AbsentPersonsProvider

__all__ = ["AbsentPersonsProvider"]
