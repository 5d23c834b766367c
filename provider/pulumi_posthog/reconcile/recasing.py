"""A name that changes by its case alone, a server's age -> whether PostHog takes it. Only reads.

Up to 2025 a role's own name counts as taken, in every case (posthog-api.md 4.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.spelling import folded, one_line


def refused(kind: Kind, changed: Sequence[Difference], live: Live) -> Difference | None:
    """The one of `changed` that this server refuses for being the object's own name in another case."""
    if kind.recased_since is None:
        return None
    for difference in changed:
        names = (difference.live, difference.desired)
        if difference.field.caseless and all(isinstance(name, str) for name in names):
            one, other = map(folded, names)
            age = live.age() if one == other else None
            return difference if one == other and (age is None or age < kind.recased_since) else None
    return None


def possible(
    kind: Kind, changed: Sequence[Difference], live: Live, warn: Callable[[str], object]
) -> tuple[Difference, ...]:
    """What of `changed` the server does; of what it refuses, `warn` is told."""
    stays = refused(kind, changed, live)
    if stays is not None:
        warn(words(kind, stays))
    return tuple(difference for difference in changed if difference is not stays)


def words(kind: Kind, difference: Difference) -> str:
    """What to say of it, and the way round it."""
    live, desired = str(difference.live), str(difference.desired)
    return (
        f'PostHog keeps the name "{one_line(live)}": this server refuses "{one_line(desired)}", because a'
        f" {kind.title}'s own name counts as taken in every case\n"
        f'  hint: write "{one_line(live)}", or give it a third name first, and that name in the next run'
    )
