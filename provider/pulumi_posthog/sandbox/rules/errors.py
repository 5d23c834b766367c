"""PostHog's error envelope: its own package makes it, from these errors too (1.6)."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError


class Timeout(APIException):
    """504 (1.6)."""

    status_code = status.HTTP_504_GATEWAY_TIMEOUT
    default_code = "timeout"
    default_detail = "Query has hit the max execution time before completing."


class Conflict(APIException):
    """409; its `type` is `server_error`, odd as that is (1.6)."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "Conflict."


class StaleUpdate(APIException):
    """409: somebody else changed it since `base_updated_at`."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "stale_update"
    default_detail = "This was changed since it was read."


class PaymentRequired(APIException):
    """402: a feature that the organization's plan lacks (1.6)."""

    status_code = status.HTTP_402_PAYMENT_REQUIRED
    default_code = "payment_required"
    default_detail = "This feature is not available on your plan."


class Unhandled(Exception):
    """A place where PostHog itself fails: 500 `A server error occurred.`"""


def invalid(attr: str, detail: str, code: str = "invalid") -> ValidationError:
    """A 400 that names its field."""
    return ValidationError({attr: [detail]}, code=code)


def report(exception: BaseException, _context: Mapping[str, Any] | None) -> None:
    """A mistake of the sandbox itself is shown in its terminal; PostHog's own 500s are meant."""
    if not isinstance(exception, APIException | Unhandled):
        traceback.print_exception(exception, file=sys.stderr)


def envelope(http_status: int, type_: str, code: str, detail: str, attr: str | None = None) -> JsonResponse:
    """An error outside the framework."""
    return JsonResponse({"type": type_, "code": code, "detail": detail, "attr": attr}, status=http_status)


@csrf_exempt
def endpoint_not_found(_request: HttpRequest, *_args: object, **_kwargs: object) -> JsonResponse:
    """Any unknown path under /api/, without asking for a key (1.1)."""
    return envelope(404, "invalid_request", "not_found", "Endpoint not found.")
