"""The ids that lead to a collection: a program may give any text for one, and an address has ids only."""

from __future__ import annotations

import re
from typing import Final

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Lookup
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.values.spelling import one_line

# PostHog's ids are numbers, UUIDs and short ids. `..` or `?` would lead to another object than the one that is meant.
ID: Final = re.compile(r"[A-Za-z0-9_-]+")


def of_ids(kind: Kind | Lookup, scope: Scope) -> Scope:
    """`scope`; raises CannotApply where something in it cannot be an id, so that nothing is asked or sent there."""
    place = kind.attached.place if isinstance(kind, Kind) and kind.attached else None
    for name, value in scope.items():
        id_ = value.partition("/")[2] if name == place else value
        if not ID.fullmatch(id_):
            raise CannotApply(
                f'"{one_line(id_)}" is not an id of a {name}, and nothing is asked or sent\n'
                "  hint: give the `id` of a resource, or the number in the address of PostHog's page"
            )
    return scope
