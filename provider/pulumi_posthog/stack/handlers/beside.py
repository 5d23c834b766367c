"""What can be known to be wrong with the properties of a resource, alone and beside the others of the run.

A file has been looked through when it was read. A program says its properties here for the first time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.reconcile import made_along
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.form import misfits, value_of
from pulumi_posthog.stack.handlers.scope import scope_now
from pulumi_posthog.stack.host_now import Props
from pulumi_posthog.stack.properties import declared_names, to_values
from pulumi_posthog.stack.run import Run
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line


def objection(kind: Kind, inputs: Props, run: Run) -> str | None:
    """Why a resource cannot be as it is declared; None while something of it is not known yet, or it has another form.

    What is declared is remembered for the others of this run.
    """
    if inputs.get("__absent") or not _is_known(kind, inputs):
        return None
    values = to_values(kind, inputs)
    parent = inputs.get(kind.parent or "")
    if kind.name in _followed() and pulumi_engine.known(parent):
        run.beside[kind.name, str(parent), str(kind.own_name(values))] = values
    if not (kind.checked or kind.checked_beside) or not _has_its_form(kind, inputs):
        return None
    found = [*_problems(kind, values, inputs, run)]
    if not found:
        return None
    subject = f'{kind.title} "{one_line(str(kind.own_name(values)))}"'
    lines = [
        f"{subject} {one_line(words)}" + (f"\n  hint: {hint}" if hint else "") for _, words, hint in found
    ]
    return "\n".join(dict.fromkeys(lines))


def _problems(kind: Kind, values: Mapping[str, Json], inputs: Props, run: Run) -> Iterator[Objection]:
    def others(name: str, value: Json) -> Mapping[str, Json] | None:
        return run.beside.get((name, str(inputs.get(kind.parent or "")), str(getattr(value, "name", value))))

    if kind.checked:
        yield from kind.checked(values)
    if kind.checked_beside:
        yield from kind.checked_beside(values, others)


def objection_to_making(kind: Kind, inputs: Props, values: Mapping[str, Json], run: Run) -> str | None:
    """Why a new object cannot be made as declared, because of what PostHog makes together with it; None when it can.

    What this run declares counts as it is declared, because it is changed before that. Raises CannotApply and ApiError.
    """
    scope = scope_now(kind, inputs, run)
    if kind.made_along is None or scope is None or not _has_its_form(kind, inputs):
        return None
    name = str(values.get(kind.made_along.named_by))
    declared = run.beside.get((kind.made_along.kind, str(inputs.get(kind.parent or "")), name))
    if declared is not None:
        return made_along.objection_beside(kind, values, declared)
    return made_along.objection(kind, scope, values, run.view(inputs).live)


@functools.cache
def _followed() -> frozenset[str]:
    """The kinds beside which others are looked at."""
    return frozenset(field.follows for kind in KINDS.values() for field in kind.fields if field.follows)


def _is_known(kind: Kind, inputs: Props) -> bool:
    names = (name for name in declared_names(kind, inputs) if name != kind.parent)
    return all(pulumi_engine.known(inputs.get(name)) for name in names)


def _has_its_form(kind: Kind, inputs: Props) -> bool:
    """Whether the properties have the form that the schema wants; PostHog says what is wrong with others."""
    return all(
        _fits(kind, kind.field(name), inputs.get(name))
        for name in declared_names(kind, inputs)
        if name != kind.parent
    )


def _fits(kind: Kind, field: Field, given: Any) -> bool:
    if field.names or field.refers_to:
        return True
    return next(misfits(kind, field, value_of(field, given)), None) is None
