"""The resource that all others of a block wait for."""

from __future__ import annotations

import pulumi
from pulumi_posthog.stack import door
from pulumi_posthog.stack.location import PROPERTY, Location


class Guard(pulumi.CustomResource):
    """Remembers what a program in Python declares in `with guarded():`, which depends on it."""

    def __init__(
        self,
        managed: str,
        renamed: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: str,
        called: str,
        lists: str,
        ids: str,
        declares: int,
        location: Location | None = None,
    ) -> None:
        super().__init__(
            door.type_of("Guard"),
            name,
            {
                "__managed": managed,
                "__renamed": renamed,
                "__called": called,
                "__lists": lists,
                "__ids": ids,
                "__declares": declares,
                # Under a name of its own: a guard never changes to Pulumi, and what it had last may be an old address.
                "__asked_at": location.as_property[PROPERTY] if location else None,
                **door.of_kind(None),
                **door.version(),
            },
            door.options("Guard", opts),
        )
