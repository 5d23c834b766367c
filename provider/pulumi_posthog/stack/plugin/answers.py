"""An error -> what Pulumi shows of it: a line or more, and no traceback for what the user can put right."""

from __future__ import annotations

import traceback
from typing import Any

import grpc
from google.protobuf import any_pb2

from pulumi_posthog.stack.handlers.call import Call, Failure
from pulumi_posthog.stack.plugin.protocol import provider_pb2, status_pb2
from pulumi_posthog.stack.plugin.wire import sent
from pulumi_posthog.values.text import lines


class Refused(Exception):
    """A call that cannot be answered; the message is for the user."""


def failed(context: Any, call: Call, error: Exception) -> None:
    """End a call with what went wrong in it."""
    failure = call.failure
    if failure is None and isinstance(error, Refused):
        failure = Failure(lines(str(error)))
    if failure is None:
        # A mistake of ours: the place helps to correct it, and values may be secret.
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
        failure = Failure(f"a bug in pulumi-posthog: {type(error).__name__} at {place}")
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=failure.text)
    if failure.created_id is not None:
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=failure.created_id,
                properties=sent(failure.outs),
                reasons=[failure.text],
                refresh_before_update=True,
            )
        )
        status.details.append(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.set_code(grpc.StatusCode.UNKNOWN)
    context.set_details(failure.text)
