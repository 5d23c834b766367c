"""Objects without an id of their own: one PUT to the list's URL makes or changes one, or removes it.

Kinds say so with `Kind.upsert` (posthog-api-access.md 3.4); `identity` makes the id by which they are known.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api import Invalid, NotFound, OutcomeUnknown, Writer, lost
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.deleting import is_there_still
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json

TRIES = 3  # how often a removal is asked for: two racing writes may have stored an object twice (3.7)


def put(live: Live, writer: Writer, kind: Kind, scope: Scope, body: Mapping[str, Json]) -> Found:
    """Make or change one; an answer that is not the object is looked up again.

    Raises OutcomeUnknown if it is not there.
    """
    path = live.path(kind, scope)
    answer = writer.put(path, body)
    if not isinstance(answer, Mapping) or any(answer.get(name) != value for name, value in body.items()):
        live.forget(kind, scope)
        found = next(
            (
                each
                for each in live.collection(kind, scope).values()
                if all(each.answer.get(name) == value for name, value in body.items())
            ),
            None,
        )
        if found is None:
            raise lost("PUT", path)
        return found
    return live.put(kind, scope, live.with_identity(kind, scope, answer))


def clear(live: Live, writer: Writer, kind: Kind, scope: Scope, found: Found) -> None:
    """Remove one, and look whether it is gone; raises OutcomeUnknown when it stays."""
    path, upsert = live.path(kind, scope), kind.upsert
    if upsert is None:
        return
    body = {name: found.answer[name] for name in upsert.identity if found.answer.get(name)}
    for _ in range(TRIES):
        refusal = None
        try:
            writer.put(path, {**body, upsert.value: None})
        except (Invalid, NotFound) as error:
            refusal = error  # it may have gone meanwhile, with whom or what it is about
        if not is_there_still(live, kind, scope, found.id):
            return
        if refusal is not None:
            raise refusal
    raise OutcomeUnknown(
        f"PostHog still lists this {kind.title} after its removal", method="PUT", path=path, hint="run again"
    )
