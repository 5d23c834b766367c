"""One resource that no guard of this run has counted: whether it may be deleted, by all that leaves with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Managed, removals
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.lost_along import lost_along
from pulumi_posthog.stack.keeping import destroying
from pulumi_posthog.stack.live_names import live_names
from pulumi_posthog.stack.location import PROPERTY, location_of
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import name_of

Props = Mapping[str, Any]
UNCOUNTED = (
    "  no guard has counted them in this run: what looked after them, `deploy()` or a block `with guarded():`,"
    " is not in the program any more; or they are left over from a run that failed"
)


def check_counted(run: Run, kind: Kind, props: Props, urn: str) -> None:
    """Raises CannotApply where no guard of this run has counted the resource, and what is like it is too much.

    What remembers it is not in the program any more, or has forgotten it: a guard would have refused it before anything
    was touched. Raises UnknownOwners where the state cannot be read.
    """
    name, location = name_of(urn), location_of(props)
    if not (location.guarded and kind.guarded) or name is None or run.uncounted.is_counted(kind.name, name):
        return
    if destroying():
        return
    state = run.guarded(urn)

    def objection(before: Managed, after: Managed, renamed: Mapping[str, Mapping[str, str]]) -> str | None:
        going, place = removals(before, after, renamed), location.as_property[PROPERTY]
        called = run.refreshed.called | live_names(run, going, before, after, place, urn)
        lost, too_much = lost_along(run, going, before, place, called)
        for loss in () if too_much else lost:
            pulumi_engine.warn(str(loss))
        return too_much

    if refused := run.uncounted.refused(state, run.settings.limits, objection):
        raise CannotApply(f"{refused}\n{UNCOUNTED}")
