"""What our programs correct in Pulumi's SDK: it is slow with thousands of resources, and ends in a traceback when one
fails that others are in.

Each correction looks for what it changes. Where a new SDK has it no more, everything works as without the correction.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from pulumi.runtime import resource, rpc_manager
from pulumi.runtime import settings as runtime
from pulumi.runtime import stack as runtime_stack

import pulumi
from pulumi_posthog.stack.untried import because_of_what_failed

SDK_DEBUG_VARIABLE = "POSTHOG_PULUMI_DEBUG"  # "true": have `pulumi --debug` show the SDK's own messages
FAILED: Any = getattr(runtime_stack, "ResourceRegistrationFailed", None)
SAID = 32  # with this exit status Pulumi adds no words of its own


class Quiet:
    """The SDK's log without its debug messages."""

    def __getattr__(self, name: str) -> Any:
        return getattr(pulumi.log, name)

    def debug(self, *_args: Any, **_more: Any) -> None:
        """Say nothing."""


def quieten(environment: Mapping[str, str]) -> None:
    """Keep the SDK from telling the engine four things per resource that only `pulumi --debug` would show.

    Each is a call that the program waits for, and together they are a seventh of a run without changes. What a
    program says itself by `pulumi.log.debug` is not touched. SDK_DEBUG_VARIABLE brings them back.
    """
    if environment.get(SDK_DEBUG_VARIABLE) == "true":
        return
    for module in (resource, rpc_manager):
        if hasattr(module, "log"):
            module.log = Quiet()  # type: ignore[attr-defined]  # a name that the SDK imports for itself


def end_when_told() -> None:
    """Have the program end at once, and without a traceback, when Pulumi says that it is over.

    A run that fails, and one that is cancelled, ends with SIGINT to the language host and to the program. Python makes
    KeyboardInterrupt of it, of which Pulumi shows the traceback. Here it ends with an error, so that Pulumi deletes
    nothing. A program with a handler of its own keeps it, and one that ignores the signal still does.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: _end())


def _end() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # nobody reads it any more
            stream.flush()
    os._exit(SAID)


def await_calls_before_outputs() -> None:
    """Have the SDK wait for its calls first, and for what they answer only then.

    It looks at its list of calls before the first one has begun, finds none, and then goes through the outputs of
    all resources each time that one of them is ready: with 4,000 resources to make, for more than a minute.
    """
    manager = calls()
    with contextlib.suppress(RuntimeError):  # no event loop: this is not Pulumi's program, and nothing waits
        loop = asyncio.get_running_loop()
        if manager is not None:
            manager.rpcs.append(loop.create_task(asyncio.sleep(0)))


def calls() -> Any:
    """What the SDK keeps its calls to the engine in, None where it has no such thing."""
    return getattr(runtime, "_get_rpc_manager", lambda: None)()


def answers_the_engine() -> bool:
    """Whether the engine may ask this program something while it registers a resource: by a transform, or by a hook.

    The program answers when nothing else in it is at work. The SDK keeps who answers in a context of its own, and in
    this list.
    """
    servicer = getattr(sys.modules.get("pulumi.runtime._callbacks"), "_CallbackServicer", None)
    return bool(getattr(servicer, "_servicers", ()))


class NotTried(SystemExit):
    """The end of a program in which something failed that others are in: the engine has said why, this says what."""

    def __init__(self) -> None:
        super().__init__(SAID)
        self.names: list[str] = []

    def with_traceback(self, traceback: TracebackType | None) -> Self:
        """What the SDK does just before it raises, when all names are known."""
        pulumi.log.error(because_of_what_failed(sorted(self.names)))
        return super().with_traceback(traceback)


def not_tried(names: Iterable[str]) -> None:
    """Have the program end with NotTried, which names these, too; another error comes first."""
    manager = calls()
    # Raised by the SDK when all calls have ended.
    if manager.unhandled_exception is None:
        manager.unhandled_exception = NotTried()
    if isinstance(manager.unhandled_exception, NotTried):
        manager.unhandled_exception.names += names


def registering(about: str) -> None:
    """Say what the next resource is called in a list of what was not tried; before it is made.

    When a resource fails and Pulumi continues (`--continue-on-error`), what depends on it cannot be registered. The SDK
    would end the program there, with a traceback. Instead everything else is registered, and the program ends with
    NotTried: with an error, so that Pulumi deletes nothing, because what was not registered looks as if it had left.
    """
    manager = calls()
    if isinstance(getattr(manager, "do_rpc", None), GoingOn):
        manager.do_rpc.about = about
    elif all(hasattr(manager, name) for name in ("do_rpc", "unhandled_exception")) and FAILED is not None:
        manager.do_rpc = GoingOn(manager, about)


class GoingOn:
    """The SDK's `do_rpc`, which bears that a resource cannot be registered because another one failed."""

    def __init__(self, manager: Any, about: str) -> None:
        self._manager = manager
        self._do_rpc = manager.do_rpc
        self.about = about

    def __call__(self, name: str, call: Callable[..., Awaitable[Any]]) -> Any:
        if name == "register resource":
            about, self.about = self.about or "a resource of another provider", ""
        elif name == "register resource outputs":
            about = "the outputs of the stack"
        else:
            return self._do_rpc(name, call)

        async def tried(*args: Any, **more: Any) -> Any:
            try:
                return await call(*args, **more)
            except FAILED:
                not_tried([about])
                return None

        return self._do_rpc(name, tried)
