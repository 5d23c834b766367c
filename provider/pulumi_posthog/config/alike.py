"""Entries -> what to say of those whose keys look the same and are two names to PostHog. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pulumi_posthog.config.entries import described
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.spelling import composed


def looking_alike(entries: Iterable[Entry]) -> Iterator[str]:
    """A note for each: "é" is one character in the one, and a letter with an accent of its own in the other."""
    seen: dict[object, Entry] = {}
    for entry in entries:
        if entry.name.isascii():
            continue
        other = seen.setdefault((entry.kind.name, entry.parent, composed(entry.name)), entry)
        if other.name != entry.name:
            yield (
                f"{entry.where}: {described(entry)} looks like the one at {other.where}, and is another name to"
                " PostHog: in one of them, an accent is a separate character"
            )
