"""Names in the properties that a program gives -> the ids and the spelling that PostHog has for them, or why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile import addresses
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.links import looked_up, names
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.clean import told_here
from pulumi_posthog.stack.handlers.scope import scope_now, scope_of_names
from pulumi_posthog.stack.host_now import Props
from pulumi_posthog.stack.properties import IDS, known_ids
from pulumi_posthog.stack.run import Run
from pulumi_posthog.values.json_value import Json, json_text
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.reference import Reference, parsed, with_names
from pulumi_posthog.values.spelling import is_number, one_line


def resolve(kind: Kind, inputs: dict[str, Any], olds: Props, run: Run) -> str | None:
    """Put what PostHog has in the place of names, in `inputs`; why not, if not. May raise ApiError."""
    return _look_up(kind, inputs, run) or _name(kind, inputs, run) or _address(kind, inputs, olds, run)


def _look_up(kind: Kind, inputs: dict[str, Any], run: Run) -> str | None:
    """Put ids in the place of names (a plugin's URL), where a program gave a name; why not, if not."""
    for field in kind.writable:
        value = inputs.get(field.name)
        if field.refers_to in LOOKUPS and field.type is Type.INTEGER and isinstance(value, str):
            inputs[field.name] = run.view(inputs).live.refer(str(field.refers_to), value)
            if inputs[field.name] is None:
                return (
                    f'the organization has no {field.refers_to} "{one_line(value)}":'
                    " install it, or check its name"
                )
    return None


def _name(kind: Kind, inputs: dict[str, Any], run: Run) -> str | None:
    """Put the ids of live objects beside names whose project the program did not find; why not, if not."""
    for field in kind.writable:
        text = inputs.get(field.name)
        if field.names in KINDS and isinstance(text, str) and not (parsed(text) or field.is_id(text)):
            reference = Reference(str(field.names), text)  # a program may give the name alone
            inputs[field.name] = str.__str__(reference)
            inputs[IDS] = {**known_ids(inputs), reference.key: ""}
        inputs |= names_within(field, text, known_ids(inputs))
    ids = inputs.get(IDS)
    unknown = [key for key, id_ in ids.items() if id_ == ""] if isinstance(ids, Mapping) else []
    scope = scope_of_names(kind, inputs, run) if unknown else None
    for key in unknown:
        reference = Reference(*key.split("/", 1))
        if scope is None:
            return f"{reference.key} cannot be in a project that does not exist yet"
        found = looked_up(reference, names(run.view(inputs).live, reference.kind, scope))
        if isinstance(found, Problem):
            return str(found)
        inputs[IDS] = {**inputs[IDS], key: found.id}
    return None


def names_within(field: Field, text: object, ids: Mapping[str, Any]) -> dict[str, Any]:
    """What a program says with names alone inside a list or mapping, as properties with references and their ids.

    `text` is the JSON text of the field. A text of digits is an id: Pulumi gives such a one for the `id` of another
    resource.
    """
    if not isinstance(text, str) or not pulumi_engine.known(text):
        return {}
    if not (field.keyed_ids or any(place.bare for place in field.ids)):
        return {}
    found: dict[str, str] = {}

    def reference(kind: str, name: Json) -> Json:
        if not isinstance(name, str) or parsed(name):
            return name
        made = Reference(kind, name)
        found.setdefault(made.key, "")
        return str.__str__(made)

    def referring(kind: str, name: Json) -> Json:
        return int(name) if isinstance(name, str) and is_number(name) else reference(kind, name)

    before = json.loads(text)
    value = before
    for place in field.ids:
        if place.bare:
            value = with_names(value, place.path, partial(referring, place.names))
    for each in field.keyed_ids:
        value = each.with_ids(value, partial(reference, each.names))
    if value == before:
        return {}
    return {field.name: json_text(value), **({IDS: {**found, **ids}} if found else {})}


def _address(kind: Kind, inputs: dict[str, Any], olds: Props, run: Run) -> str | None:
    """Put PostHog's spelling in the place of addresses, and leave out who has left; why not, if not."""
    if addresses.person_field(kind) is None:
        return None
    known = run.addresses | addresses.remembered(kind, olds)
    found = addresses.put(kind, scope_now(kind, inputs, run), inputs, known, run.view(inputs).live)
    for text in found.left:
        pulumi_engine.warn(told_here(CannotApply(addresses.GONE.format(text)), run))
    return told_here(CannotApply(found.problem), run) if found.problem else None
