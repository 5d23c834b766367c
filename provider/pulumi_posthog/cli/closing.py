"""What a command has to close at its end, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from typing import TypeVar

Opened = TypeVar("Opened", bound=AbstractContextManager[object])

_STACK: ContextVar[ExitStack | None] = ContextVar("stack", default=None)


@contextmanager
def one_command() -> Iterator[None]:
    """A command: what is `opened` in it is closed after it."""
    with ExitStack() as stack:
        token = _STACK.set(stack)
        try:
            yield
        finally:
            _STACK.reset(token)


def opened(what: Opened) -> Opened:
    """`what`, which is closed at the end of the command."""
    stack = _STACK.get()
    if stack is not None:
        stack.push(what)
    return what
