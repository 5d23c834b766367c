"""Differences -> rows that may be shown: secrets are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_posthog.api import HIDDEN
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.reconcile.differences import ABSENT, Difference, details, is_secret
from pulumi_posthog.values.json_value import Json, shown_json
from pulumi_posthog.values.secret_text import MASK, SecretText, holds_secret


def lines(difference: Difference) -> Iterator[str]:
    """One difference value by value; a secret shows as where it comes from, a live one not at all."""
    for path, live, desired in details(difference):
        hide = live not in (None, "", ABSENT) and is_secret(difference.field, path, desired)
        yield f"  {path}: {HIDDEN if hide else in_words(live)} => {in_words(desired)}"


def in_words(value: Json) -> str:
    """A value as JSON text, secrets by where they come from; `nothing` where a side does not have it."""
    if value is ABSENT:
        return str(ABSENT.value)
    return f"<{value.source}>" if isinstance(value, SecretText) else shown_json(without_secrets(value))


@dataclass(frozen=True)
class Row:
    """One value that differs, fit to be shown."""

    path: str
    live: Json
    declared: Json
    removal: bool = False
    message: str | None = None
    missing: bool = False  # of an object, PostHog does not have this key
    undeclared: bool = False  # or nobody declared it


def rows(difference: Difference) -> Iterator[Row]:
    """A difference value by value. Of sets, what is missing and what is too much; of secrets, no text."""
    field, live, declared = difference.field, difference.live, difference.desired
    if field.unordered and isinstance(live, list) and isinstance(declared, list):
        yield from _of_set(field, live, declared)
        return
    if field.type is Type.STRINGS:
        # Item by item, one that was put first would make all others differ.
        yield Row(field.name, live, declared)
        return
    for path, before, after in details(difference):
        if before in (None, ABSENT) and after in (None, ABSENT):
            continue  # a key that should be absent, and is
        if before == MASK and (holds_secret(after) or field.left_out):
            continue  # there is one on both sides, and nobody can compare them
        yield Row(
            path,
            None if before is ABSENT else without_secrets(before, hide=is_secret(field, path, after)),
            None if after is ABSENT else without_secrets(after),
            missing=before is ABSENT,
            undeclared=after is ABSENT,
        )


def _of_set(field: Field, live: list[Json], declared: list[Json]) -> Iterator[Row]:
    have, want = ({str(value): value for value in values} for values in (live, declared))
    for key in want:
        if key not in have:
            yield Row(
                f"{field.name}[{want[key]}]",
                None,
                want[key],
                removal=True,
                message="is declared, and PostHog does not have it",
            )
    for key in have:
        if key not in want:
            yield Row(
                f"{field.name}[{have[key]}]", have[key], None, message="is in PostHog, and is not declared"
            )


def without_secrets(value: Json, *, hide: bool = False) -> Json:
    """`value` as it may be shown: secrets by where they come from, masked and hidden ones as "<hidden>"."""
    if isinstance(value, SecretText):
        return value.source
    if isinstance(value, dict):
        return {key: without_secrets(item, hide=hide) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item, hide=hide) for item in value]
    if value == MASK or (hide and value not in (None, "")):
        return HIDDEN
    return value
