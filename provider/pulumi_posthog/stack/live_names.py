"""How PostHog calls what leaves the configuration, where no refresh has said so: known by the ids of the state.

Somebody may have renamed it on PostHog's page. Then only its id tells that an entry with another name is the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.stack.location import PROPERTY
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.run import Run

HOLDERS = {kind.embedded_in[0] for kind in KINDS.values() if kind.embedded_in}


def live_names(
    run: Run,
    going: Mapping[str, Mapping[str, Iterable[str]]],
    before: Managed,
    after: Managed,
    place: str | None,
    urn: str,
) -> dict[tuple[str, str], str]:
    """Kind's and resource's names of what leaves -> PostHog's name of it now, as far as it is of use and can be known.

    It is of use where something else comes that it may be, and where something is lost with it; then its list is read
    in any case. `place` is where to ask (`location.PROPERTY`), `urn` the guard. Nothing is known where the state or
    PostHog cannot be read: whatever needs that says so.
    """
    found: dict[tuple[str, str], str] = {}
    useful = [
        kind
        for kind in going
        if kind in HOLDERS
        # What is attached to an object has no unique name.
        or (kind in KINDS and not KINDS[kind].attached and names_in(after, kind) - names_in(before, kind))
    ]
    if run.refreshed.whole or not place or not any(any(going[kind].values()) for kind in useful):
        return found
    with contextlib.suppress(UnknownOwners):
        run.know_the_state(urn)
    ids = run.holdings.ids_in_state()
    for name in useful:
        kind = KINDS[name]
        for parent, names in going[name].items():
            known = {each: id_ for each in names if (id_ := ids.get((name, each)))}
            above = ids.get((kind.parent, parent)) if kind.parent else None
            if not known or (kind.parent and above is None):
                continue
            with contextlib.suppress(ApiError, CannotApply):
                scope = {kind.parent: above} if kind.parent and above else {}
                live = run.view({PROPERTY: place}).live.collection(kind, scope)
                for each, id_ in known.items():
                    if id_ in live and (own := kind.own_name(live[id_].values)):
                        found[name, each] = own
    return found


def names_in(managed: Managed, kind: str) -> set[str]:
    """The names of a kind's resources."""
    return {name for objects in managed.get(kind, {}).values() for name in objects}
