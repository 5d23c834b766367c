"""What an export came to: files, or one entry, and what is not in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_posthog.values.json_value import Json


@dataclass(frozen=True)
class Exported:
    """Files by their names, relative to the main one; what is not in them, and why."""

    files: Mapping[str, str]
    main: str
    variables: tuple[str, ...]
    left_out: tuple[str, ...]
    unread: tuple[str, ...]
    objects: int


@dataclass(frozen=True)
class ExportedEntry:
    """One object as an entry: its key and its body (None: PostHog makes and keeps it by itself)."""

    name: str
    body: Mapping[str, Json] | None
    variables: tuple[str, ...]
    left_out: tuple[str, ...]
