"""The provider, loaded with the first call that needs it: none does in the process that Pulumi asks only at first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import empty_pb2

from pulumi_posthog.stack.plugin.before_resources import BeforeResources
from pulumi_posthog.values.lasting import lasting

if TYPE_CHECKING:
    from pulumi_posthog.stack.plugin.servicer import Provider


class AtStart(BeforeResources):
    """Answers what it can, and hands on the rest."""

    def __init__(self, engine: str | None = None) -> None:
        super().__init__(engine)
        self._provider: Provider | None = None
        self._lock = threading.Lock()

    def provider(self) -> Provider:
        """The one of this process."""
        with self._lock:
            if self._provider is None:
                with lasting():
                    from pulumi_posthog.stack.plugin.servicer import Provider

                self._provider = Provider(self.engine)
            return self._provider

    def Cancel(self, _request: Any, _context: Any) -> Any:
        """Pulumi has been told to stop."""
        self.finish()
        return empty_pb2.Empty()

    def finish(self) -> None:
        """What is under way has to end."""
        with self._lock:
            provider = self._provider
        if provider is not None:
            provider.finish()


def _later(name: str) -> Any:
    def call(self: AtStart, request: Any, context: Any) -> Any:
        return getattr(self.provider(), name)(request, context)

    return call


LATER: Final = (
    "Configure",
    "Check",
    "Diff",
    "Read",
    "Create",
    "Update",
    "Delete",
    "Construct",
)
for _name in LATER:
    setattr(AtStart, _name, _later(_name))
