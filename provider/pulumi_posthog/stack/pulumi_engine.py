"""Speaking to Pulumi's engine from inside a provider: lines beside a resource, and errors without a traceback.

The door that took the engine's call says how (`stack.handlers.call`). The dynamic-provider API can't say it, so there
the gRPC request at hand is taken from the calling frames.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
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

    With `created_id`, Pulumi records the half-made object and goes on from it. An error that has been told is raised as
    it is: whoever catches it on its way out knows less of it.
    """
    call = current()
    asked: Any = call if call is not None else _context()
    if getattr(error, TOLD, _NOBODY) is asked:
        raise error
    # Several calls may wait for one answer, and then one error ends them all.
    setattr(error, TOLD, asked)
    text = once(lines(text or str(error)))
    if call is not None:
        call.failure = Failure(text, created_id, dict(outs or {}))
        raise error
    import grpc
    from google.protobuf import any_pb2, struct_pb2
    from pulumi.runtime.proto import provider_pb2, status_pb2

    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    if created_id is not None:
        properties = struct_pb2.Struct()
        properties.update(dict(outs or {}))
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(id=created_id, properties=properties, reasons=[text])
        )
        status.details.append(detail)
    if asked is not None:
        # The engine takes its message from here when it is there, whatever Python raises afterwards.
        asked.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    raise error


TOLD = "__told"  # what marks an error of which the engine knows: the call that it was told in
_NOBODY = object()


def when_over(call: Callable[[], object]) -> None:
    """Have `call` called when the engine's call in progress is over, also when nobody waits for it any more."""
    served = current()
    if served is not None:
        served.when_over.append(call)
        return
    context = _context()
    if context is not None:
        context.add_callback(call)


def say(text: str) -> None:
    """Show a line beside the resource at work."""
    call = current()
    if call is not None:
        call.say(lines(text))
    else:
        _log(text, "INFO")


def warn(text: str) -> None:
    """Show a warning beside the resource at work."""
    call = current()
    if call is not None:
        call.warn(lines(text))
    else:
        _log(text, "WARNING")


def _log(text: str, severity: str) -> None:
    from pulumi_posthog.stack.plugin.protocol import engine_pb2

    text = lines(text)
    request = _request()
    engine = _engine()
    if engine is None:
        print(text, file=sys.stderr)  # noqa: T201 - no engine to tell: the provider runs by itself, as in a test
        return
    engine.Log(
        engine_pb2.LogRequest(
            severity=getattr(engine_pb2, severity), message=text, urn=getattr(request, "urn", "")
        )
    )


@functools.cache
def _engine() -> Any:
    # Pulumi starts a provider with the engine's address as its only argument.
    if len(sys.argv) != 2 or ":" not in sys.argv[1]:
        return None
    import grpc

    from pulumi_posthog.stack.plugin.protocol import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))


def serve_side_by_side(calls: int) -> None:
    """Have this provider process serve so many of the engine's calls at once; called while one of them is served.

    The SDK starts it with a pool of four threads, whatever `--parallel` says, and each waits for PostHog most of
    the time. Where it cannot be found it stays as it is: all the same, only slower.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        reference = frame.f_locals.get("executor_reference")
        pool = reference() if callable(reference) else None
        if isinstance(pool, ThreadPoolExecutor) and hasattr(pool, "_max_workers"):
            pool._max_workers = max(pool._max_workers, calls)
            return
        frame = frame.f_back


def resource_name() -> str:
    """The URN of the resource that the engine asks about; empty where nobody asks, as in a test."""
    call = current()
    return call.urn if call is not None else str(getattr(_request(), "urn", ""))


def stored_input(name: str) -> str:
    """A text among the inputs that the state has of the resource that is being read, "" where there is none.

    `read` itself is given the outputs, which stay as they were while `diff` says that nothing has changed.
    """
    call = current()
    inputs = call.stored if call is not None else getattr(_request(), "inputs", None)
    return str(inputs[name]) if inputs is not None and name in inputs else ""


def moves_here() -> bool:
    """Whether the state that the dynamic provider compares with was written by the plugin, which names no provider."""
    olds = None if current() is not None else getattr(_request(), "olds", None)
    return olds is not None and "__provider" not in olds


def _request() -> Any:
    return _local(object, "request")


def _context() -> Any:
    """The gRPC context of the engine's call at hand; None where no gRPC is."""
    grpc = sys.modules.get("grpc")
    return _local(grpc.ServicerContext) if grpc is not None else None


def _local(type_: type, name: str | None = None) -> Any:
    """The nearest local variable of that type (and name) among the calling frames."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        for local, value in frame.f_locals.items():
            if (name is None or (local == name and hasattr(value, "urn"))) and isinstance(value, type_):
                return value
        frame = frame.f_back
    return None
