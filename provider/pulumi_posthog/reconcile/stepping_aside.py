"""A name that an object is to get, live -> who has it meanwhile, where PostHog lets only one have it. Only reads.

Two roles whose names were swapped on PostHog's page cannot get them back one after the other: each name is taken. So
the one that has the name of the other steps aside under a third name first, and then gets its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.spelling import folded, one_line


def holder(
    kind: Kind, scope: Scope, found: Found, changed: Sequence[Difference], live: Live
) -> tuple[Found, str] | None:
    """Another object that has a name which `found` is to get, and the field; None when nobody has."""
    for difference in changed:
        name = difference.field.name
        if not (difference.field.unique and isinstance(difference.desired, str)):
            continue
        for other in live.collection(kind, scope).values():
            theirs = other.values.get(name)
            if (
                other.id != found.id
                and isinstance(theirs, str)
                and folded(theirs) == folded(difference.desired)
            ):
                return other, name
    return None


def third_name(kind: Kind, field: str, other: Found) -> str:
    """What `other` is called for a moment: nobody else is, because it has the id."""
    end = f" (aside {other.id})"
    pattern = kind.field(field).pattern
    if pattern is not None and not re.search(pattern, f"a{end}"):
        end = re.sub(r"\W", "_", f"_aside_{other.id}")
    most = kind.field(field).max_length or 100
    return f"{str(other.values[field])[: max(most - len(end), 0)]}{end}"[-most:]


def words(kind: Kind, other: Found, field: str, *, aside: bool) -> str:
    """What a preview says of it."""
    name = str(other.values[field])
    if aside:
        return (
            f'{kind.title} {other.id} has the name "{one_line(name)}" now: it gets a third one first,'
            " and its own in this run"
        )
    return (
        f'{kind.title} {other.id} has the name "{one_line(name)}" now, and PostHog lets only one have it\n'
        f"  hint: give that one a third name on PostHog's page, and run again"
    )
