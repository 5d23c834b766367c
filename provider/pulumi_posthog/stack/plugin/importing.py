"""What `pulumi import` and `import_=` take over: an object in PostHog, known by its id alone.

`deploy()` and the component register what they find live as new, and `create` adopts it. They could hand Pulumi its id
instead, and a first preview would say `= import`. Tried with Pulumi 3.259.0:
- The declaration may differ. The preview shows `= import` with all that the object has (40 lines of a project), then
  `~` with what changes. Nothing stays protected.
- Where the state has another id under that name, Pulumi replaces, and deletes the object that the state has. Somebody
  renames the role "Ops" to "Support" on PostHog's page and makes another "Ops": the first one would be lost.
- Whether the state has one, only Pulumi knows when a resource is registered.
- An empty state is no way out. Tried with a role that another stack manages, `posthog:otherStates` naming that stack:
  the engine reads it, then calls Check with the object's own properties as the old ones. That is a resource that the
  state has had all along, so nothing that is asked of a new one is asked: the run ended well, with `= import` and an
  empty `~`, where `create` is refused ("is managed by another stack"). Both states then have the object, and whichever
  stack leaves it out deletes it for both. Nor could the refusal come later: the import is in the state by then.
So an id comes only from the person who writes it down.
"""

from __future__ import annotations

from typing import Any

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import what_it_is_about
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.identity import scope_in_id
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.results import ReadResult
from pulumi_posthog.stack.host_now import objection_to_move
from pulumi_posthog.stack.keeping import claims_for
from pulumi_posthog.stack.plugin.answers import Refused
from pulumi_posthog.stack.plugin.schema import example_id
from pulumi_posthog.stack.plugin.types import at
from pulumi_posthog.stack.properties import checked, outputs, recorded
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import PLUGIN_TYPE
from pulumi_posthog.values.spelling import one_line


def imported(run: Run, kind: Kind, id_: str, address: tuple[str, str] | None) -> ReadResult:
    """The object with what is worth declaring of it as inputs; an id of None where there is none.

    The id of an object that is in another one has that one's id before it: `<project>/<id>`. Raises Refused, ApiError.
    """
    properties: dict[str, Any] = {}
    for fault in at(properties, address):
        raise Refused(fault.text)
    parent, _, own = id_.rpartition("/")
    if kind.upsert:
        parent, own = (
            (id_.partition("/")[0] if "/" in id_ else ""),
            id_,
        )  # such an id has all that leads to the object
    if kind.parent:
        if kind.set_of:
            parent = parent or own
        if not parent:
            above = KINDS[kind.parent].title
            example = example_id(kind) if kind.upsert else f"<{kind.parent} id>/{id_}"
            raise Refused(
                f"a {kind.title} is in a {above}, whose id is needed too\n"
                f"  hint: pulumi import {PLUGIN_TYPE}{kind.resource} NAME {example}"
            )
        properties[kind.parent] = parent
    scope: Scope = {kind.parent: parent} if kind.parent else {}
    if kind.attached:
        scope = scope_in_id(kind, id_)
        if what_it_is_about(kind, scope) is None:
            raise Refused(
                f"no {kind.title} has the id {one_line(id_)}\n"
                f"  hint: pulumi import {PLUGIN_TYPE}{kind.resource} NAME {example_id(kind)}"
            )
    objection = objection_to_move(None, properties)
    if objection:
        raise Refused(objection)
    try:
        found = run.view(properties).live.object(kind, scope, own)
    except (ApiError, CannotApply) as error:
        raise Refused(str(error)) from error
    urn = pulumi_engine.resource_name()
    if found is None:
        return ReadResult(None, {})
    worth = kind.exported(found.values) or {}
    names = [field.name for field in kind.writable if worth.get(field.name) is not None]
    inputs = checked(
        kind, {}, recorded(kind, found.values, {**properties, "__declared": " ".join(sorted(names))})
    )
    # Whoever else of the stack gives it up in this run does not delete it.
    run.holdings.claimed(claims_for(kind, inputs, own), urn)
    return ReadResult(own, {**inputs, **outputs(kind, found.values)}, inputs)
