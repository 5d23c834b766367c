"""One call about one resource -> what it says of who has which live object, and what therefore is not done."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import what_it_is_about
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.unmanaged import kept
from pulumi_posthog.stack import places, pulumi_engine
from pulumi_posthog.stack.handlers.scope import scope_of
from pulumi_posthog.stack.holdings import IN_EXACT_LISTS, Claim, claims_of, claims_of_list
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.properties import to_values
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import name_of, shown_name
from pulumi_posthog.values.spelling import folded, one_line

Props = Mapping[str, Any]
DESTROY = "POSTHOG_ALLOW_DESTROY=true"  # in the environment


def destroying() -> bool:
    """Whether the user has said that everything may be removed."""
    # Not a setting of the stack: `pulumi destroy` sees those of the last `up`, and they stay set for ever.
    return os.environ.get(DESTROY.partition("=")[0]) == "true"


def claims_for(kind: Kind, props: Props, id_: str | None) -> tuple[Claim, ...]:
    """Under which names somebody else may have the object of these properties."""
    parent = str(props[kind.parent]) if kind.parent and pulumi_engine.known(props.get(kind.parent)) else None
    values = to_values(kind, props) if kind.name in IN_EXACT_LISTS else {}
    return claims_of(kind, location_of(props).organization, parent, id_, values)


def claim_items(run: Run, kind: Kind, scope: Mapping[str, str], props: Props, urn: str) -> None:
    """Note whom an exact list declares. They stay even if another resource gives them up."""
    if kind.set_of:
        organization, parent = location_of(props).organization, scope[kind.parent or ""]
        run.holdings.claimed(claims_of_list(kind, organization, parent, to_values(kind, props)), urn)


def kept_by_another(
    run: Run, kind: Kind, props: Props, id_: str, urn: str, *, stays: bool = False
) -> str | None:
    """Give an object up: why it is not deleted, because another resource or stack has it; None without one.

    With `stays`, the resource itself stays, declared absent: that it has the object keeps nothing.
    Raises CannotApply when it may only seem so, that is, where something of this run has failed that may be about to
    take it over, where nobody can say what else the state has, or where the run is about chosen resources only. Raises
    UnknownOwners when a stack that `posthog:otherStates` names cannot be read.
    """
    claims, holdings = claims_for(kind, props, id_), run.holdings
    if holdings.failed is not None and not holdings.to_be_replaced(claims, urn):
        raise CannotApply(
            f'it is not removed in this run, in which "{shown_name(holdings.failed)}" failed: that may be what takes'
            " its place\n  hint: correct that and run again"
        )
    try:
        run.know_the_state(urn)
    except UnknownOwners as error:
        raise CannotApply(
            f"it is not removed, because another resource of the stack may have the same object: {error}\n"
            "  hint: run `pulumi up` with a refresh of everything, or make sure that `pulumi stack export` works here"
        ) from error
    if not (
        holdings.is_declared(urn) or holdings.to_be_replaced(claims, urn) or holdings.keeper(claims, urn)
    ):
        _check_all_asked(run)
    keeper = holdings.keeper(claims, urn) if stays else holdings.give_up(claims, urn)
    return _kept(kind, urn, keeper) or _kept_by_another_stack(run, kind, props, id_, urn)


def given_up(run: Run, kind: Kind, props: Props, id_: str, urn: str) -> str | None:
    """Why an object that left the program is kept, because an entry says `state: unmanaged`; None when none does.

    Raises ApiError when PostHog cannot be asked what it is.
    """
    if not run.unmanaged:
        return None
    live, name = run.view(props).live, name_of(urn)
    above_id = str(props[kind.parent]) if kind.parent else None
    above = live.object(KINDS[kind.parent], {}, above_id) if kind.parent and above_id else None
    outer = {kind.parent: above_id} if kind.parent and above_id else {}
    scope = scope_of(kind, props) if kind.attached else outer
    found = live.object(kind, scope, id_, ())
    held = what_it_is_about(kind, scope)
    about = (*held, live.object(held[0], outer, held[1], ())) if held else None
    if not kept(kind, name, id_, found, above_id, above, run.unmanaged, about):
        return None
    run.holdings.give_up(claims_for(kind, props, id_), urn)
    return f'{kind.title} "{shown_name(urn)}" is no longer managed here, and stays in PostHog'


def taken_by_another(run: Run, kind: Kind, props: Props, id_: str, urn: str) -> str | None:
    """Why an object that is declared absent is not to be deleted: another resource means it; None when none does."""
    return _kept(kind, urn, run.holdings.keeper(claims_for(kind, props, id_), urn))


def _kept(kind: Kind, urn: str, keeper: str | None) -> str | None:
    if keeper is None:
        return None
    name, other = name_of(urn) or urn, name_of(keeper) or keeper
    if name == other:
        return f'{kind.title} "{one_line(name)}": kept, it is what this run has just taken over'
    return f'{kind.title} "{one_line(name)}": kept, it is managed as "{one_line(other)}" now'


def _kept_by_another_stack(run: Run, kind: Kind, props: Props, id_: str, urn: str) -> str | None:
    owners = run.owners(location_of(props).organization, urn, conflicts=True)
    owner = owners.get((kind.name, id_))
    if owner is None:
        return None
    return f'{kind.title} "{shown_name(urn)}": kept, the stack {one_line(owner)} manages it, too'


def steps_aside(run: Run, kind: Kind, props: Props, other: Found, urn: str) -> bool:
    """Whether another live object, which has the name that `urn` is to get, surely gets another one in this run."""
    holdings = run.holdings
    with contextlib.suppress(UnknownOwners):
        run.know_the_state(urn)
    owner = holdings.known_as(claims_of(kind, location_of(props).organization, None, other.id, {}), urn)
    name = name_of(owner or "")
    if name is None:
        return False
    own = holdings.own_names.get((kind.name, name))
    desired = run.declared()
    for entry in desired.entries if desired else ():
        if entry.kind is kind and name in (entry.name, *entry.previously):
            own = str(kind.own_name(entry.fields))
    return own is not None and folded(own) != folded(str(kind.own_name(other.values)))


def _check_all_asked(run: Run) -> None:
    """Raises CannotApply in a run that leaves something out: nobody knows whether that has the object now."""
    unasked = None if destroying() else run.holdings.unasked()
    if unasked is None:
        return
    raise CannotApply(
        f'it is not removed, because this run has not asked about "{one_line(unasked)}":'
        " the resource that has the same object now may be left out as well\n"
        f"  hint: run `pulumi up --refresh` without --target or --exclude; or say that it is meant: {DESTROY}"
    )


def recognised(run: Run, kind: Kind, props: Props, found: Found, urn: str) -> tuple[str | None, str | None]:
    """What a new resource takes over is what the stack has under another name: why it may not, or what to say.

    An entry of a file can say what it was called, and has to; any other resource keeps the object.
    """
    claims, holdings = claims_for(kind, props, found.id), run.holdings
    holdings.claimed(claims, urn)
    other = name_of(holdings.known_as(claims, urn) or "")
    if other is None:
        return None, None
    what = f'{kind.title} {found.id} is what the stack has as "{one_line(other)}"'
    desired = run.declared()
    entry = places.named(desired, urn) if desired else None
    if desired is None or entry is None:
        return None, (
            f"{what}: it is kept under its new name; that no run shows it as made anew:"
            f' aliases=[pulumi.Alias(name="{one_line(other)}")]'
        )
    if (kind.name, other) in desired.by_name:
        return (
            f"{what}, which is still declared: the two would be one object\n"
            "  hint: take one of the two out of the file"
        ), None
    moved = kind.everywhere and kind.everywhere(found.values) and not other.startswith(f"{entry.parent}/")
    if kind.name in IN_EXACT_LISTS or kind.set_of or moved:
        return None, f"{what}: it is kept"
    return (
        f"{what}: was it renamed?\n  hint: write `previously: {one_line(earlier_key(entry, other, desired))}`",
        None,
    )


def earlier_key(entry: Entry, other: str, desired: Desired) -> str:
    """What `previously` has to say of an entry that was called `other` (as `Entry.name`)."""
    above = desired.by_name.get((entry.kind.parent or "", entry.parent or ""))
    parents = (above.name, *above.previously) if above else ()
    below = [other.removeprefix(f"{parent}/") for parent in parents if other.startswith(f"{parent}/")]
    return min(below, key=len) if below else other
