"""The properties of a resource -> the ids that lead to where its object is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.run import Run

Props = Mapping[str, Any]


def scope_of(kind: Kind, properties: Props) -> dict[str, str]:
    """The ids that lead to the collection of a resource, whose parent has one."""
    return {kind.parent: str(properties[kind.parent])} if kind.parent else {}


def scope_now(kind: Kind, inputs: Props, run: Run) -> dict[str, str] | None:
    """The scope, as far as it can be known before the parent has an id; None when it cannot."""
    if not kind.parent or pulumi_engine.known(inputs.get(kind.parent)):
        return scope_of(kind, inputs)
    names = location_of(inputs).parent
    if not names:
        return None
    parents = run.view(inputs).live.find(KINDS[kind.parent], {}, json.loads(names))
    return {kind.parent: parents[0].id} if len(parents) == 1 else None


def scope_of_names(kind: Kind, inputs: Props, run: Run) -> dict[str, str] | None:
    """Where the names are that an object refers to: beside it, or in it, if it is a project; None if not there yet."""
    if kind is not PROJECT:
        return scope_now(kind, inputs, run)
    if not pulumi_engine.known(inputs.get("name")):
        return None
    found = run.view(inputs).live.find(PROJECT, {}, {"name": inputs.get("name")})
    return {PROJECT.name: found[0].id} if len(found) == 1 else None
