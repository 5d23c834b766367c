"""What `pulumi import` and `import_=` take over: an object in PostHog, known by its id alone."""

from __future__ import annotations

from typing import Any

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.results import ReadResult
from pulumi_posthog.stack.keeping import claims_for
from pulumi_posthog.stack.plugin.answers import Refused
from pulumi_posthog.stack.plugin.types import at
from pulumi_posthog.stack.properties import checked, outputs, recorded
from pulumi_posthog.stack.run import Session
from pulumi_posthog.stack.urn import PLUGIN_TYPE


def imported(kind: Kind, id_: str, address: tuple[str, str] | None) -> ReadResult:
    """The object with what is worth declaring of it as inputs; an id of None where there is none.

    The id of an object that lies in another one has that one's id before it: `<project>/<id>`. Raises Refused.
    """
    properties: dict[str, Any] = {}
    for fault in at(properties, address):
        raise Refused(fault.text)
    parent, _, own = id_.rpartition("/")
    if kind.parent:
        if kind.set_of:
            parent = parent or own
        if not parent:
            above = KINDS[kind.parent].title
            raise Refused(
                f"a {kind.title} lies in a {above}, whose id is needed too\n"
                f"  hint: pulumi import {PLUGIN_TYPE}{kind.resource} NAME <{kind.parent} id>/{id_}"
            )
        properties[kind.parent] = parent
    scope = {kind.parent: parent} if kind.parent else {}
    objection = Session.objection_to_move(None, properties)
    if objection:
        raise Refused(objection)
    try:
        found = Session.of(properties).live.object(kind, scope, own)
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
    Session.holdings.claimed(claims_for(kind, inputs, own), urn)
    return ReadResult(own, {**inputs, **outputs(kind, found.values)}, inputs)
