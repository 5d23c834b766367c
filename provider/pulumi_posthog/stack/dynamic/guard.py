"""The dynamic provider of the guard, which compares what the stack manages with what it will manage."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import (  # noqa: TID251 - this is the one door
    DiffResult,
)

from pulumi_posthog.stack.dynamic import engine, process
from pulumi_posthog.stack.dynamic.provider import MOVES, Door
from pulumi_posthog.stack.handlers.guard import GuardHandler


class GuardProvider(Door):
    """The provider of guards."""

    __module__ = "pulumi_posthog.dynamic"  # states name the class there

    @property
    def handler(self) -> GuardHandler:
        """Who decides whether a run may continue."""
        return GuardHandler(process.run)

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """Say it once for all resources when the stack comes from the plugin."""
        with engine.call() as call:
            if call.moves_here:
                call.say(MOVES)
        return super().diff(_id, _olds, _news)
