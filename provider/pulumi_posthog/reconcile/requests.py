"""A plan -> how many requests will carry it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_posthog.kinds.model import Kind
    from pulumi_posthog.reconcile.desired import Entry
    from pulumi_posthog.reconcile.plan import Change


def looks_around_lists(kinds: Iterable[Kind]) -> int:
    """How many requests a run makes before a list of members changes.

    It reads who they are and whose key it is, so that nobody locks themselves out.
    """
    return 2 if any(kind.set_of for kind in kinds) else 0


def writes_of(change: Change, strangers: Collection[str] = ()) -> int:
    """The requests that one change takes; none for `strangers`, whose addresses no member of the organization has."""
    from pulumi_posthog.reconcile import membership, parts
    from pulumi_posthog.reconcile.addresses import person_field
    from pulumi_posthog.reconcile.lifecycle import with_moves
    from pulumi_posthog.reconcile.plan import Action

    if change.action is Action.DELETE:
        return 1
    field = person_field(change.kind)
    person = change.entry.fields.get(field.name) if change.entry and field else None
    if isinstance(person, str) and person in strangers:
        return 0
    made = writes_to_make(change.entry) if change.entry else 1
    if change.action is Action.CREATE:
        return made
    if change.action is Action.REPLACE:
        return made + 1
    if change.kind.set_of:
        return sum(
            _moves(difference.live, [each for each in difference.desired if each not in strangers])
            for difference in change.differences
        )
    joining = sum(
        membership.to_join(change.kind, each.desired, each.field.named(each.live, each.desired))
        for each in change.differences
        if change.kind.membership and each.field.name == change.kind.membership.field
    )
    own, apart = parts.told_apart(change.kind, change.differences)
    return with_moves(change.kind, own) + joining + apart


def looks_of(change: Change) -> int:
    """What a run reads between the writes of one change.

    Some kinds are read anew before a PATCH, because it sends along what was read, and some after each write, because
    the answer to it lacks fields. Each time that is their list, and the object alone where the list lacks fields. A
    rule is looked for after its removal.
    """
    from pulumi_posthog.reconcile import parts
    from pulumi_posthog.reconcile.lifecycle import moves_to_make, of_state, with_moves
    from pulumi_posthog.reconcile.plan import Action

    kind, entry = change.kind, change.entry
    if change.action is Action.DELETE and kind.upsert:
        return 1  # whether it is gone: two racing writes may have stored it twice
    if change.action is Action.DELETE or entry is None:
        return 0
    if change.action is Action.UPDATE:
        own, apart = parts.told_apart(kind, change.differences)
        writes = with_moves(kind, own) + (apart > 0)
        patches = int(len(own) > (of_state(kind, own) is not None))
    else:
        apart = parts.to_complete(kind, entry.fields)
        writes = writes_to_make(entry) - apart + (apart > 0)
        patches = writes - 1 - len(moves_to_make(kind, entry.fields))
    look = 1 + bool(kind.also_listed) + kind.needs_whole(entry.fields)
    return look * ((writes if kind.answered_in_part else 0) + (patches if kind.asked_before else 0))


def _moves(live: object, declared: object) -> int:
    """How many items of an exact list have to be added or removed."""
    have, want = (
        {str(item) for item in each} if isinstance(each, list) else set() for each in (live, declared)
    )
    return len(have ^ want)


def writes_to_make(entry: Entry) -> int:
    """How many requests make a new object with everything that is declared of it."""
    from pulumi_posthog.reconcile import membership, parts
    from pulumi_posthog.reconcile.lifecycle import is_moved, moves_to_make

    kind = entry.kind
    if kind.set_of:
        return sum(len(value) for value in entry.fields.values() if isinstance(value, list))
    first = kind.created_with
    later = [
        name
        for name in entry.fields
        if not is_moved(kind, name)
        and (not kind.field(name).on_create or (first is not None and name not in first))
    ]
    held = entry.fields.get(kind.membership.field) if kind.membership else None
    joining = membership.to_join(kind, held, [])
    apart = parts.to_complete(kind, entry.fields)
    return (2 if later else 1) + len(moves_to_make(kind, entry.fields)) + joining + apart
