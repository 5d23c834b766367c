"""What a guard has let pass, and nobody knows yet whether it was done: what was to be removed, or to get another name.

A guard remembers what a run declares before anything else of that run is done. If the run then fails, or leaves out
something (`--target`, `--exclude`), the state still has what the guard does not list any more. So a guard remembers
that, too, and asks the state in the next run which of it is still there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.reconcile.renames import Earlier, Looks
from pulumi_posthog.stack.live_names import names_in
from pulumi_posthog.stack.uncounted import left_of, names_of
from pulumi_posthog.values.json_value import json_in

PROPERTY = "__unfinished"  # of a guard


def remembered(guard: Mapping[str, Any]) -> Managed:
    """What a guard with these properties has let pass; raises Damaged."""
    return json_in(guard.get(PROPERTY) or "{}", dict, levels=3)


def passed(before: Managed, after: Managed) -> Managed:
    """What of `before` has no entry of its name in `after`."""
    left = left_of(before, names_of(after))
    return {
        kind: {parent: each for parent, each in parents.items() if each}
        for kind, parents in left.items()
        if any(parents.values())
    }


def with_looks(now: Looks, then: Looks, guard: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """`now`, and what `then` says of what `guard` has let pass: an entry of the next run may turn out to be that."""
    result = {kind: {**digests} for kind, digests in now.items()}
    for kind, name in names_of(remembered(guard)):
        if name in then.get(kind, {}):
            result.setdefault(kind, {}).setdefault(name, then[kind][name])
    return result


def with_names_to_be(
    earlier: Earlier, moved: Mapping[str, Mapping[str, str]], before: Managed
) -> dict[str, dict[str, list[str]]]:
    """`earlier`, and the names that entries of `before` were to get in the last run and have not: known ones, too."""
    result = {kind: {name: [*names] for name, names in each.items()} for kind, each in earlier.items()}
    for kind, renames in moved.items():
        for old, new in renames.items():
            if old in names_in(before, kind):
                result.setdefault(kind, {}).setdefault(old, []).append(new)
    return result
