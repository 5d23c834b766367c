"""A state, the one that is declared -> the moves between them, or why there are none. Pure.

Kinds say so with `Kind.lifecycle`; `moving` makes the moves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from pulumi_posthog.kinds.field import UNSET
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Lifecycle, Move
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.values.json_value import Json, json_text
from pulumi_posthog.values.spelling import one_line


def way(lifecycle: Lifecycle, before: Json, after: Json) -> tuple[Move, ...] | None:
    """The fewest moves from one state to another, in their order; None where there is no way."""
    if before == after:
        return ()
    ways: deque[tuple[Move, ...]] = deque([()])
    reached = [before]
    while ways:
        made = ways.popleft()
        at = made[-1].after if made else before
        for move in lifecycle.moves:
            if move.before == at and move.after not in reached:
                if move.after == after:
                    return (*made, move)
                reached.append(move.after)
                ways.append((*made, move))
    return None


def state_of(kind: Kind, values: Mapping[str, Json]) -> Json:
    """The state that field values say; where they do not say any, that of a new object."""
    if kind.lifecycle is None:
        return None
    default = kind.field(kind.lifecycle.field).default
    return values.get(kind.lifecycle.field, None if default is UNSET else default)


def begins(kind: Kind, desired: Mapping[str, Json]) -> Json:
    """The state in which an object with these declared values is made."""
    wanted = state_of(kind, desired)
    return wanted if kind.lifecycle and wanted in kind.lifecycle.made_as else state_of(kind, {})


def moves_to_make(kind: Kind, desired: Mapping[str, Json]) -> tuple[Move, ...]:
    """What follows the creation of an object that is declared with a state."""
    if kind.lifecycle is None or kind.lifecycle.field not in desired:
        return ()
    return way(kind.lifecycle, begins(kind, desired), state_of(kind, desired)) or ()


def objection_to_making(kind: Kind, desired: Mapping[str, Json]) -> str | None:
    """Why a new object cannot get the state that is declared; None when it can."""
    if kind.lifecycle is None or kind.lifecycle.field not in desired:
        return None
    return _objection(kind, begins(kind, desired), state_of(kind, desired), new=True)


def objection(kind: Kind, changed: Iterable[Difference]) -> str | None:
    """Why an object that exists cannot get the state that is declared; None when it can, or need not change it."""
    difference = of_state(kind, changed)
    return _objection(kind, difference.live, difference.desired) if difference else None


def of_state(kind: Kind, changed: Iterable[Difference]) -> Difference | None:
    """The one of `changed` that is about the state."""
    name = kind.lifecycle.field if kind.lifecycle else None
    return next((each for each in changed if each.field.name == name), None)


def _objection(kind: Kind, before: Json, after: Json, *, new: bool = False) -> str | None:
    lifecycle = kind.lifecycle
    if lifecycle is None or before == after:
        return None
    step = f"{lifecycle.field}: {written(before)} => {written(after)}"
    subject = f"a new {kind.title}" if new else f"this {kind.title}"
    if (before, after) in lifecycle.refused:
        why, hint = lifecycle.refused[before, after]
        return f"{subject} {one_line(why)} ({step})\n  hint: {hint}"
    if way(lifecycle, before, after) is None:
        known = f"write `{lifecycle.field}: {written(before)}`, or leave"
        known = known if before in kind.field(lifecycle.field).choices else "leave"
        hint = f"{known} `{lifecycle.field}` out"
        return f"PostHog has no way from one to the other for {subject}: {step}\n  hint: {hint}"
    return None


def is_moved(kind: Kind, field: str) -> bool:
    """Whether a field is not sent, because moves bring it about."""
    return kind.lifecycle is not None and kind.lifecycle.field == field


def is_reached(kind: Kind, field: str, value: Json) -> bool:
    """Whether a field of a new object is a state that it is not made with, but comes to."""
    return (
        kind.lifecycle is not None and kind.lifecycle.field == field and value not in kind.lifecycle.made_as
    )


def with_moves(kind: Kind, changed: Iterable[Difference]) -> int:
    """How many requests bring about the differences of one object that exists."""
    changed = tuple(changed)
    state = of_state(kind, changed)
    moves = way(kind.lifecycle, state.live, state.desired) if kind.lifecycle and state else ()
    return len(moves or ()) + (1 if len(changed) > (state is not None) else 0)


def written(state: Json) -> str:
    """A state as a file has it."""
    return one_line(state) if isinstance(state, str) else json_text(state)
