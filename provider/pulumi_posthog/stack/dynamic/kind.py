"""Kind -> Pulumi's dynamic provider: translates and decides nothing."""

from __future__ import annotations

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.provider import Door
from pulumi_posthog.stack.handlers.kind import KindHandler


class KindProvider(Door):
    """The provider of all resources of one kind; knows the kind by name, since it is pickled into the state."""

    __module__ = "pulumi_posthog.dynamic"  # states name the class there

    def __init__(self, kind: str) -> None:
        # Nothing else: an attribute that varies would be a change of every resource, and a name cannot go stale.
        self.kind = kind

    @property
    def handler(self) -> KindHandler:
        """Who decides about this kind."""
        return KindHandler(KINDS[self.kind], process.run)
