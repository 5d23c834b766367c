"""HTTP with PostHog and nothing else: the only place that imports httpx."""

from pulumi_posthog.api.client import Reader, Writer
from pulumi_posthog.api.connection import Connection
from pulumi_posthog.api.errors import (
    ApiError,
    BadSurroundings,
    Conflict,
    Forbidden,
    GaveUp,
    IncompleteRead,
    Invalid,
    NotForKeys,
    NotFound,
    NotOffered,
    NotServed,
    OutcomeUnknown,
    PaymentRequired,
    Refused,
    ServerFailed,
    Throttled,
    Unauthorized,
    Unreachable,
    WriteRefused,
)
from pulumi_posthog.api.objects import is_object, lost
from pulumi_posthog.api.pacing import Pace
from pulumi_posthog.api.paging import Json
from pulumi_posthog.api.request import Files
from pulumi_posthog.values.masking import HIDDEN, Mask

__all__ = [
    "HIDDEN",
    "ApiError",
    "BadSurroundings",
    "Conflict",
    "Connection",
    "Files",
    "Forbidden",
    "GaveUp",
    "IncompleteRead",
    "Invalid",
    "Json",
    "Mask",
    "NotForKeys",
    "NotFound",
    "NotOffered",
    "NotServed",
    "OutcomeUnknown",
    "Pace",
    "PaymentRequired",
    "Reader",
    "Refused",
    "ServerFailed",
    "Throttled",
    "Unauthorized",
    "Unreachable",
    "WriteRefused",
    "Writer",
    "is_object",
    "lost",
]
