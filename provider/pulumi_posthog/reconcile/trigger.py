"""A trigger of a field -> the action that it calls."""

from __future__ import annotations

from pulumi_posthog.api import Forbidden, NotOffered, OutcomeUnknown, Writer, is_object, lost
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.errors import CannotAct
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line


def act(
    live: Live, writer: Writer, kind: Kind, scope: Scope, found: Found, field: Field, before: Json
) -> Found:
    """Call the action of a field whose value is no longer `before`; the object afterwards.

    Raises CannotAct where the key may not, OutcomeUnknown when nobody can tell whether it was done, ApiError.
    """
    trigger = field.trigger
    if trigger is None:
        return found
    earlier = found.answer.get(trigger.renews)
    path = f"{live.path(kind, scope)}{found.id}/{trigger.path}"
    try:
        answer = writer.patch(path, {})
        if not is_object(answer):
            raise lost("PATCH", path)
    except (NotOffered, Forbidden) as error:
        raise CannotAct(
            f"the {trigger.renews} of this {kind.title} was not renewed: {error.problem}\n"
            f"  hint: renew it by hand, {trigger.by_hand}, and then put `{field.name}` back to"
            f' "{one_line(before)}" or leave it out: what is declared for the first time renews nothing'
        ) from error
    except OutcomeUnknown:
        live.forget_object(kind, found.id)
        after = live.object(kind, scope, found.id)
        if after is None or after.answer.get(trigger.renews) == earlier:
            raise
        return after
    return live.put(kind, scope, {**found.answer, **answer})
