"""What writes came to."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_posthog.api import ApiError
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.differences import Difference


@dataclass(frozen=True)
class Applied:
    """What a write came to. `ignored` are the fields that were sent and came back otherwise."""

    found: Found
    adopted: bool = False
    ignored: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Erased:
    """What an erasure came to: the uuids of those who are gone, by how many requests of which kind, and the error
    that kept the others from it."""

    persons: tuple[str, ...]
    request: str
    requests: int
    error: ApiError | None = None
