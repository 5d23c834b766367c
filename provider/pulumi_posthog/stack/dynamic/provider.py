"""What all dynamic providers share: plain errors, the stack's settings, the text that a state keeps."""

from __future__ import annotations

import base64
import pickle
from typing import Any

from pulumi.dynamic import (  # noqa: TID251 - this is the one door
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_posthog.stack.dynamic import engine, left_behind, process
from pulumi_posthog.stack.handlers.configuration import configure

CALLS_SIDE_BY_SIDE = 16  # as many as there are connections; Pulumi's own limit is --parallel, 4 for each core
MOVES = (
    "this stack moves from the provider plugin to the dynamic provider: each resource is recorded anew, and nothing is"
    " deleted or replaced for that"
)


class Door(ResourceProvider):
    """A dynamic provider in front of a handler, which answers in Pulumi's own words."""

    @property
    def handler(self) -> Any:
        """Who decides."""
        raise NotImplementedError

    def configure(self, req: ConfigureRequest) -> None:
        """Find the key, in case the environment has none, and the limits in the stack configuration."""
        engine.serve_side_by_side(CALLS_SIDE_BY_SIDE)
        left_behind.watch()
        with engine.call():
            configure(process.run, lambda name: req.config.get(f"posthog:{name}"))

    def check(self, _olds: Any, news: Any) -> CheckResult:
        """What is declared, complete and comparable, or why it can't be."""
        with engine.call():
            result: CheckResult = self.handler.check(_olds or {}, news)
            return result

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """What is declared against what there is; what the plugin wrote into the state is written anew.

        Without that the SDK can't read the resource in the next run: it looks for the provider's name, which the
        plugin leaves out. Nothing is sent for it.
        """
        with engine.call() as call:
            result: DiffResult = self.handler.diff(_id, _olds, _news)
            result.changes = result.changes or call.moves_here
            return result

    def read(self, id_: str, props: Any) -> ReadResult:
        """What there is now."""
        with engine.call():
            result: ReadResult = self.handler.read(id_, props)
            return result

    def create(self, props: Any) -> CreateResult:
        """Make it."""
        with engine.call():
            result: CreateResult = self.handler.create(props)
            return result

    def update(self, _id: str, _olds: Any, _news: Any) -> UpdateResult:
        """Change it."""
        with engine.call():
            result: UpdateResult = self.handler.update(_id, _olds, _news)
            return result

    def delete(self, _id: str, _props: Any) -> None:
        """Remove it."""
        with engine.call():
            self.handler.delete(_id, _props)


def pickled_provider(provider: ResourceProvider) -> str:
    """A provider as resources carry it."""
    return base64.b64encode(pickle.dumps(provider, protocol=4)).decode()
