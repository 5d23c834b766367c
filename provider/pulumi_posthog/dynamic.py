"""Kind -> Pulumi's dynamic provider: translates and decides nothing. The only place with pulumi.dynamic.

Module and class names here stand in every state for ever: refresh and delete run what the state names.
"""

from __future__ import annotations

import base64
import functools
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

from pulumi_posthog import engine
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.handlers.configuration import configure
from pulumi_posthog.stack.handlers.guard import GuardHandler
from pulumi_posthog.stack.handlers.kind import KindHandler

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
        configure(lambda name: req.config.get(f"posthog:{name}"))

    def check(self, _olds: Any, news: Any) -> CheckResult:
        """What is declared, complete and comparable, or why it can't be."""
        result: CheckResult = self.handler.check(_olds or {}, news)
        return result

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """What is declared against what there is; what the plugin wrote into the state is written anew.

        Without that the SDK can't read the resource in the next run: it looks for the provider's name, which the
        plugin leaves out. Nothing is sent for it.
        """
        result: DiffResult = self.handler.diff(_id, _olds, _news)
        result.changes = result.changes or engine.moves_here()
        return result

    def read(self, id_: str, props: Any) -> ReadResult:
        """What there is now."""
        result: ReadResult = self.handler.read(id_, props)
        return result

    def create(self, props: Any) -> CreateResult:
        """Make it."""
        result: CreateResult = self.handler.create(props)
        return result

    def update(self, _id: str, _olds: Any, _news: Any) -> UpdateResult:
        """Change it."""
        result: UpdateResult = self.handler.update(_id, _olds, _news)
        return result

    def delete(self, _id: str, _props: Any) -> None:
        """Remove it."""
        self.handler.delete(_id, _props)


class KindProvider(Door):
    """The provider of all resources of one kind; knows the kind by name, since it is pickled into the state."""

    def __init__(self, kind: str) -> None:
        # Nothing else: an attribute that varies would be a change of every resource, and a name cannot go stale.
        self.kind = kind

    @property
    def handler(self) -> KindHandler:
        """Who decides about this kind."""
        return KindHandler(KINDS[self.kind])


class GuardProvider(Door):
    """The provider of guards."""

    @property
    def handler(self) -> GuardHandler:
        """Who decides whether a run may go on."""
        return GuardHandler()

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """Say it once for all resources when the stack comes from the plugin."""
        if engine.moves_here():
            engine.say(MOVES)
        return super().diff(_id, _olds, _news)


@functools.cache
def provider_string(kind: str | None) -> str:
    """The pickled provider of a kind, or of the guard: by reference, the same on every run, host and Python."""
    return pickled_provider(KindProvider(kind) if kind else GuardProvider())


def pickled_provider(provider: ResourceProvider) -> str:
    """A provider as resources carry it."""
    return base64.b64encode(pickle.dumps(provider, protocol=4)).decode()
