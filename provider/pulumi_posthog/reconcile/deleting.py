"""DELETE of one object: what a server refuses may be put away instead, and what is gone already is no failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulumi_posthog.api import Invalid, NotFound, Writer
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import what_it_is_about
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json


def delete(
    live: Live,
    writer: Writer,
    kind: Kind,
    scope: Scope,
    found: Found,
    say: Callable[[str], object],
) -> Mapping[str, Json] | None:
    """Delete an object; what to PATCH in place of it, where the server refuses and there is such a way.

    Raises ApiError.
    """
    try:
        writer.delete(live.object_path(kind, scope, found.id))
    except NotFound:
        if is_there_still(live, kind, scope, found.id):
            raise
    except Invalid as refusal:
        body = kind.instead_of_delete(found.values) if kind.instead_of_delete else None
        if body is None:
            raise
        places = ", ".join(f"{name} {value}" for name, value in body.items())
        say(f"PostHog does not delete this {kind.title} ({refusal.detail}): put away, {places}")
        return body
    return None


def is_there_still(live: Live, kind: Kind, scope: Scope, id_: str) -> bool:
    """Whether a list that is read anew has an object: it may have gone meanwhile with another, as a membership does."""
    live.forget_object(kind, id_)
    live.forget(kind, scope)
    if about := what_it_is_about(kind, scope):
        live.forget_object(*about)
        live.forget_all(about[0])
    return live.object(kind, scope, id_) is not None
