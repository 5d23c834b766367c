"""Speaking to Pulumi's engine from inside a provider: lines beside a resource, and errors without a traceback.

The door that took the engine's call says which call it is and how it is answered (`stack.handlers.call`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from pulumi_posthog.stack.handlers.call import Failure, NotYetKnown, current
from pulumi_posthog.values.text import lines


def known(value: Any) -> bool:
    """Whether a property has a value yet; those of parents to be made have none in a preview."""
    sdk = sys.modules.get("pulumi.output")  # where it is not loaded, it has made no value
    return value is not None and not isinstance(value, (NotYetKnown, *((sdk.Unknown,) if sdk else ())))


def fail(
    error: Exception,
    once: Callable[[str], str],
    *,
    text: str | None = None,
    created_id: str | None = None,
    outs: Mapping[str, Any] | None = None,
) -> NoReturn:
    """Raise `error` as one clean line, `text` where it is given, which `once` shortens where it was told before.

    With `created_id`, Pulumi records the half-made object and continues from it. An error that has been told is
    raised as it is: code that catches it on its way out knows less of it.
    """
    call = current()
    if getattr(error, TOLD, _NOBODY) is call:
        raise error
    # Several calls may wait for one answer, and then one error ends them all.
    setattr(error, TOLD, call)
    text = once(lines(text or str(error)))
    if call is not None:
        call.failure = Failure(text, created_id, dict(outs or {}))
    raise error


TOLD = "__told"  # what marks an error of which the engine knows: the call that it was told in
_NOBODY = object()


def when_over(call: Callable[[], object]) -> None:
    """Have `call` called when the engine's call in progress is over, also when nobody waits for it any more."""
    served = current()
    if served is not None:
        served.when_over.append(call)


def say(text: str) -> None:
    """Show a line beside the resource at work."""
    call = current()
    (call.say if call is not None else functools.partial(tell, severity="INFO"))(lines(text))


def warn(text: str) -> None:
    """Show a warning beside the resource at work."""
    call = current()
    (call.warn if call is not None else functools.partial(tell, severity="WARNING"))(lines(text))


def tell(text: str, *, severity: str, urn: str = "") -> None:
    """Have the engine show a line beside the resource `urn`, beside the stack without one."""
    from pulumi_posthog.stack.plugin.protocol import engine_pb2

    engine = _engine()
    if engine is None:
        print(text, file=sys.stderr)  # noqa: T201 - no engine to tell: the provider runs by itself, as in a test
        return
    engine.Log(engine_pb2.LogRequest(severity=getattr(engine_pb2, severity), message=text, urn=urn))


def address() -> str | None:
    """Where the engine is, `host:port`; None where no engine has started this process.

    Pulumi starts a provider with the address as its last argument.
    """
    _, colon, port = sys.argv[-1].rpartition(":")
    return sys.argv[-1] if len(sys.argv) > 1 and colon and port.isdigit() else None


@functools.cache
def _engine() -> Any:
    where = address()
    if where is None:
        return None
    import grpc

    from pulumi_posthog.stack.plugin.protocol import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(where))


def resource_name() -> str:
    """The URN of the resource that the engine asks about; empty without a call, as in a test."""
    call = current()
    return call.urn if call is not None else ""


def stored_input(name: str) -> str:
    """A text among the inputs that the state has of the resource that is being read, "" where there is none.

    `read` itself is given the outputs, which stay as they were while `diff` says that nothing has changed.
    """
    call = current()
    inputs = call.stored() if call is not None else {}
    return str(inputs[name]) if name in inputs else ""
