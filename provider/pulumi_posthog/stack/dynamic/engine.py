"""The engine's call that a dynamic provider serves. Pulumi's SDK does not hand it over, so it is taken from the frames.

The SDK's own functions, which call ours, have the request and the gRPC context among their local variables.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.handlers.call import Call, Failure


@dataclass(kw_only=True)
class Served(Call):
    """A call of the engine; `request` is None without a call, as in a test."""

    request: Any = None

    @property
    def moves_here(self) -> bool:
        """Whether the plugin wrote the state that is compared with: that one names no provider."""
        olds = getattr(self.request, "olds", None)
        return olds is not None and "__provider" not in olds


@contextmanager
def call() -> Iterator[Served]:
    """Make the current call known to all that is decided in the block, and tell the engine of its end."""
    request = _local("request", lambda value: hasattr(value, "urn"))
    context = _local("context", lambda value: hasattr(value, "set_trailing_metadata"))
    urn = getattr(request, "urn", "")
    served = Served(
        urn=urn,
        say=functools.partial(pulumi_engine.tell, severity="INFO", urn=urn),
        warn=functools.partial(pulumi_engine.tell, severity="WARNING", urn=urn),
        # Texts alone are asked for, and a Struct has those as they are.
        stored=lambda: getattr(request, "inputs", None) or {},
        request=request,
    )
    try:
        with process.calls.serving(served, context):
            yield served
    except Exception:
        if context is not None and served.failure is not None:
            # The engine takes its message from here when it is there, whatever Python raises afterwards.
            context.set_trailing_metadata((("grpc-status-details-bin", _status(served.failure)),))
        raise


def _status(failure: Failure) -> bytes:
    import grpc
    from google.protobuf import any_pb2, struct_pb2
    from pulumi.runtime.proto import provider_pb2, status_pb2

    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=failure.text)
    if failure.created_id is not None:
        properties = struct_pb2.Struct()
        properties.update(dict(failure.outs))
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=failure.created_id, properties=properties, reasons=[failure.text]
            )
        )
        status.details.append(detail)
    text: bytes = status.SerializeToString()
    return text


def serve_side_by_side(calls: int) -> None:
    """Have this provider process serve so many of the engine's calls at once; called while one of them is served.

    The SDK starts it with a pool of four threads, whatever `--parallel` says, and each waits for PostHog most of
    the time. Where it cannot be found it stays as it is: all the same, only slower.
    """
    reference = _local("executor_reference", callable)
    pool = reference() if reference is not None else None
    if isinstance(pool, ThreadPoolExecutor) and hasattr(pool, "_max_workers"):
        pool._max_workers = max(pool._max_workers, calls)


def _local(name: str, is_it: Callable[[Any], bool]) -> Any:
    """The nearest local variable of that name among the calling frames; None where there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        value = frame.f_locals.get(name)
        if value is not None and is_it(value):
            return value
        frame = frame.f_back
    return None
