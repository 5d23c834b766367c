"""Entries without any secret where PostHog answers none: an export cannot write them, and a new object needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pulumi_posthog.config.entries import described
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.secret_text import holds_secret


def without_credentials(entries: Sequence[Entry]) -> Iterator[str]:
    """A note for each field that says how PostHog gets in somewhere, and has no secret and no integration."""
    for entry in entries:
        for field in entry.kind.fields:
            value = entry.fields.get(field.name)
            if not field.left_out or not isinstance(value, Mapping) or holds_secret(value):
                continue
            if any("integration" in key for key in value):
                continue  # somebody has logged in for PostHog
            where = entry.positions.get(field.name, entry.where)
            yield (
                f"{where}: {field.name} of {described(entry)} has no secret: PostHog keeps those of one that is there,"
                " and makes no new one without them; add each secret of its form in PostHog, such as"
                " `password: !env NAME`"
            )
