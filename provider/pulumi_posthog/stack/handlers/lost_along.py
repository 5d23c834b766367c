"""What is about to be deleted -> who loses it, and why that is too much."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from pulumi_posthog.api import ApiError
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.reconcile.lockouts import objections_to_going
from pulumi_posthog.reconcile.losses import Loss, losses, losses_of_rules, refusal_of_losses
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.location import PROPERTY
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.run import Run


def lost_along(
    run: Run,
    going: Mapping[str, Mapping[str, list[str]]],
    before: Managed,
    place: str | None,
    called: Mapping[tuple[str, str], str],
) -> tuple[tuple[Loss, ...], str | None]:
    """Who loses what is deleted, and why that is too much; None when it may be.

    `going` are names by kind and parent, of what was managed `before`; `place` is where to ask (`location.PROPERTY`),
    and `called` is PostHog's name of a resource now. What cannot be read is a reason, and never raised.
    """
    gone = {kind: [name for names in parents.values() for name in names] for kind, parents in going.items()}
    if not place or not any(gone.values()):
        return (), None
    try:
        live = run.view({PROPERTY: place}).live
        with contextlib.suppress(UnknownOwners):  # then names have to do
            run.know_the_state(pulumi_engine.resource_name())
        ids = run.holdings.ids_in_state()
        found = (*losses(gone, called, live, ids), *losses_of_rules(gone, called, live))
        locked = [*objections_to_going(gone, called, live, ids)]
    except (ApiError, CannotApply) as error:
        return (), f"nothing is removed, because it cannot be read who would lose it: {error}"
    removed = {
        kind: (going[kind], sum(map(len, before[kind].values()))) for kind, names in gone.items() if names
    }
    too_much = refusal_of_losses(found, run.settings.limits, removed)
    return found, "\n".join([*locked, *([too_much] if too_much else [])]) or None
