"""The properties of a resource -> the ids that lead to where its object is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import about_scope, accessible
from pulumi_posthog.reconcile import links
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.properties import to_values
from pulumi_posthog.stack.run import Run
from pulumi_posthog.values.reference import Reference

Props = Mapping[str, Any]


def scope_of(kind: Kind, properties: Props) -> dict[str, str]:
    """The ids that lead to the collection of a resource, by their names in its URL path.

    They are those of its parent, and of what it is about. Raises CannotApply where it is not known what that is.
    """
    scope = {kind.parent: str(properties[kind.parent])} if kind.parent else {}
    if kind.attached is None:
        return scope
    about = _about(kind, properties)
    if about is None or about[1] is None:
        types = ", ".join(each.accessible_as for each in KINDS.values() if each.accessible_as)
        raise CannotApply(
            f"it is not known what this {kind.title} is about\n"
            f"  hint: `{kind.attached.type}` is one of {types}, and `{kind.attached.id}` the id of such an object"
        )
    return about_scope(kind, scope, about[0], about[1])


def is_placed(kind: Kind, properties: Props) -> bool:
    """Whether it is known where the object of a resource is: in its parent, and about what."""
    if kind.parent and not pulumi_engine.known(properties.get(kind.parent)):
        return False
    about = _about(kind, properties)
    return kind.attached is None or (about is not None and about[1] is not None)


def elsewhere(kind: Kind, olds: Props, news: Props) -> list[str]:
    """The fields by which the object of a resource will be in another place than it is, or may be; none: it stays.

    Raises as `scope_of`.
    """
    if kind.parent and (
        not pulumi_engine.known(news.get(kind.parent))
        or str(olds.get(kind.parent)) != str(news.get(kind.parent))
    ):
        return [kind.parent]
    if kind.attached and (not is_placed(kind, news) or scope_of(kind, news) != scope_of(kind, olds)):
        return [kind.attached.id]
    return []


def scope_now(kind: Kind, inputs: Props, run: Run) -> dict[str, str] | None:
    """The scope, as far as it can be known before the parent has an id; None when it cannot.

    The parent is looked for by its name: raises CannotApply and ApiError.
    """
    if is_placed(kind, inputs):
        return scope_of(kind, inputs)
    if kind.parent and not pulumi_engine.known(inputs.get(kind.parent)):
        names = location_of(inputs).parent
        found = run.view(inputs).live.find(KINDS[kind.parent], {}, json.loads(names)) if names else []
        above = found[0].id if len(found) == 1 else None
    else:
        above = str(inputs[kind.parent]) if kind.parent else None
    if kind.parent is None or above is None:
        return None
    scope = {kind.parent: above}
    if kind.attached is None:
        return scope
    about, id_, name = _about(kind, inputs) or (None, None, None)
    if about is None:
        return None
    if id_ is None:
        # A preview finds what will be taken over by what it is called.
        live = links.names(run.view(inputs).live, about.name, scope) if name else {}
        ids = [each for each, called in live.items() if called == name]
        id_ = ids[0] if len(ids) == 1 else None
    return None if id_ is None else about_scope(kind, scope, about, id_)


def _about(kind: Kind, properties: Props) -> tuple[Kind, str | None, str | None] | None:
    """The kind of what a resource is about, its id, as far as it is known, and its name, where it is given by that."""
    about = accessible(properties.get(kind.attached.type)) if kind.attached else None
    if kind.attached is None or about is None:
        return None
    value = to_values(kind, properties).get(kind.attached.id)
    if isinstance(value, Reference):
        return about, value.id, value.name
    return about, str(value) if isinstance(value, str | int) and pulumi_engine.known(value) else None, None


def scope_of_names(kind: Kind, inputs: Props, run: Run) -> dict[str, str] | None:
    """Where the names are that an object refers to: beside it, or in it, if it is a project; None if not there yet.

    Raises as `scope_now`.
    """
    if kind is not PROJECT:
        return scope_now(kind, inputs, run)
    if not pulumi_engine.known(inputs.get("name")):
        return None
    found = run.view(inputs).live.find(PROJECT, {}, {"name": inputs.get("name")})
    return {PROJECT.name: found[0].id} if len(found) == 1 else None
