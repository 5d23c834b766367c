"""What a program declares below another parent than before, under the same resource name: it is replaced."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.stack.live_names import names_in

Names = Mapping[str, Mapping[str, str]]
ELSEWHERE = " elsewhere"  # what follows the key of what is replaced, so that it differs


def replaced(
    before: Managed, after: Managed, renamed: Names, declared: Names, called: Mapping[tuple[str, str], str]
) -> Managed:
    """`before`, in which what comes below another parent has another key than in `after`: `removals` then counts it.

    `renamed`, `declared` and `called` are as a guard has them. A parent is another one where both are declared, or
    where PostHog calls the one otherwise than the program calls the other. What has no known parent is not judged.
    """

    def moves(kind: str, parent: str, now: str | None) -> bool:
        above = KINDS[kind].parent if kind in KINDS else None
        if not (above and parent and now) or renamed.get(above, {}).get(parent, parent) == now:
            return False
        theirs, own = called.get((above, parent)), declared.get(above, {}).get(now)
        return parent in names_in(after, above) or (None not in (theirs, own) and theirs != own)

    result: dict[str, dict[str, dict[str, str]]] = {}
    for kind, parents in before.items():
        there = {name: parent for parent, objects in after.get(kind, {}).items() for name in objects}
        result[kind] = {
            parent: {
                name: f"{key}{ELSEWHERE}" if moves(kind, parent, there.get(name)) else key
                for name, key in objects.items()
            }
            for parent, objects in parents.items()
        }
    return result
