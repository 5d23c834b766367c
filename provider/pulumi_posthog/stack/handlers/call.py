"""One call of Pulumi's engine, as our decisions see it: what it is about, and how to speak to the user meanwhile.

The door that took the call makes it known for as long as it lasts (`serving`). Nothing here knows gRPC or the SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


class NotYetKnown:
    """The value of a property that only `pulumi up` will know; the SDK has a class of its own for it."""

    def __repr__(self) -> str:
        return "<not known yet>"


NOT_YET_KNOWN = NotYetKnown()


@dataclass(frozen=True)
class Failure:
    """Why a call ends without what was asked for.

    With `created_id` there is an object all the same: Pulumi records it with `outs`, its outputs, and the next run goes
    on from it.
    """

    text: str
    created_id: str | None = None
    outs: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Call:
    """A call about the resource `urn`, of which `stored` gives the inputs that the state has.

    `dry_run` says that nothing may be written, as in a preview. `when_over` are called when the call is over, also when
    nobody waits for it any more. `failure` is what the door tells the engine when an error ends the call.
    """

    urn: str
    say: Callable[[str], None]
    warn: Callable[[str], None]
    stored: Callable[[], Mapping[str, Any]] = dict
    dry_run: bool = False
    when_over: list[Callable[[], object]] = field(default_factory=list)
    failure: Failure | None = None

    def over(self) -> None:
        """Call what waits for the end."""
        for each in list(self.when_over):
            each()


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def current() -> Call | None:
    """The call that this thread serves; None where a door has not said so."""
    return _current.get()


@contextmanager
def serving(call: Call) -> Iterator[Call]:
    """Make a call known to all that is decided in the block."""
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)
