"""Objects that PostHog makes of what comes in: what has not come in yet is told, and left out. Only reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TypeVar

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.desired import Desired, Entry, Key, key_of
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.spelling import one_line

Wanted = TypeVar("Wanted", bound=Desired)


def objection_to_making(kind: Kind, live: Live) -> str | None:
    """Why this server makes no object of a kind that comes in; None when it does."""
    if kind.comes_in is None:
        return None
    since, age = kind.comes_in.made_since, live.age() if kind.comes_in.made_since else None
    if since is not None and (age is None or age >= since):
        return None
    return (
        f"{kind.comes_in.words}, and {'this server' if since else 'PostHog'} makes no {kind.title} by itself\n"
        "  hint: take it out of the program until it has come in"
    )


def without_unseen(
    desired: Wanted,
    live: Live,
    scope_of: Callable[[Entry], Scope | None],
    known: Callable[[Key], bool],
    is_new: Callable[[str], bool],
) -> tuple[Wanted, tuple[str, ...]]:
    """`desired` without what has to come in before it can be taken over, and a note for each.

    What a stack has (`known`) is kept: that it is gone is no news of something that has yet to come. So is what could
    not be looked for. `is_new` says of a project by its name that it is yet to be made: nothing has come into it.
    """
    unseen = {
        key_of(entry): _note(entry)
        for entry in _unseen(desired, live, scope_of, is_new)
        if not known(key_of(entry))
    }
    if not unseen:
        return desired, ()
    entries = tuple(entry for entry in desired.entries if key_of(entry) not in unseen)
    return dataclasses.replace(desired, entries=entries), tuple(unseen.values())


def _unseen(
    desired: Desired,
    live: Live,
    scope_of: Callable[[Entry], Scope | None],
    is_new: Callable[[str], bool],
) -> Iterator[Entry]:
    for entry in desired.entries:
        if entry.kind.comes_in is None or entry.id is not None:
            continue
        try:
            scope = scope_of(entry)
            # A project that is not found by its name may only be called otherwise now.
            in_new = scope is None and is_new(entry.parent or "")
            missing = scope is not None and not live.find(entry.kind, scope, entry.fields)
            if (in_new or missing) and objection_to_making(entry.kind, live):
                yield entry
        except ApiError:
            continue  # the error is told where it is looked at


def _note(entry: Entry) -> str:
    words = entry.kind.comes_in.words if entry.kind.comes_in else ""
    return (
        f'{entry.kind.title} "{one_line(entry.name)}" is left out for now: {words}. The first run after it has come in'
        " takes it over"
    )
