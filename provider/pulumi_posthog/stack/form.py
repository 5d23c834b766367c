"""Properties of a kind as the handlers know them -> what is wrong with their form. Pure.

A preview of any language and through either provider refuses what a file would be refused for.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.stack.properties import files_name, secret_name
from pulumi_posthog.stack.pulumi_engine import known
from pulumi_posthog.values.schema_fit import fits


@dataclass(frozen=True)
class Fault:
    """What is wrong with one property; `text` is a sentence, and a hint in a line of its own."""

    name: str
    text: str


def faults(kind: Kind, properties: Mapping[str, Any]) -> Iterator[Fault]:
    """What is missing, and what has another form than the schema of the kind wants, field by field."""
    nulls = properties.get("__nulls") or ()
    surplus = kind.deletion is not Deletion.NEVER and "__absent" in properties
    for field in kind.declarable:
        if field.name in properties:
            yield from _of_another_form(kind, field, properties[field.name])
            continue
        beside = field.as_json_text and {secret_name(field), files_name(field)} & properties.keys()
        if field.required and not beside and field.name not in nulls and not surplus:
            words = f"\n  hint: {field.doc}" if field.doc else ""
            yield Fault(field.name, f'a {kind.title} needs "{field.name}"{words}')


def of_another_form(kind: Kind, properties: Mapping[str, Any]) -> Iterator[Fault]:
    """Only what is there, and has another form: the classes for Python let no program leave out what is needed."""
    for field in kind.declarable:
        if field.name in properties:
            yield from _of_another_form(kind, field, properties[field.name])


def _of_another_form(kind: Kind, field: Field, given: Any) -> Iterator[Fault]:
    # What refers to something may be its name or its id, and the look-up says what is wrong.
    if field.refers_to and field.type is not Type.STRINGS:
        return
    try:
        value = value_of(field, given)
    except ValueError as error:
        yield Fault(field.name, f"{field.name} is not JSON: {error}")
        return
    if all_known(value):
        for text in misfits(kind, field, value):
            yield Fault(field.name, f"{field.name} {text}")


def value_of(field: Field, given: Any) -> Any:
    """The value of a property, which may be JSON text. Raises ValueError for what is no JSON."""
    return json.loads(given) if field.as_json_text and isinstance(given, str) else field.as_id(given)


def misfits(kind: Kind, field: Field, value: Any) -> Iterator[str]:
    """What the schema of a field has against a value: ends of sentences, with a hint in a line of its own."""
    schema = _schema(kind.name, field.name)
    if not fits(schema, value):
        from pulumi_posthog.config.judging import objections  # late: it loads what reads JSON Schema

        yield from objections(schema, value)


@functools.cache
def _schema(kind: str, field: str) -> Mapping[str, Any]:
    return KINDS[kind].field(field).json_schema


def all_known(value: Any) -> bool:
    """Whether nothing of a value waits for another resource."""
    if isinstance(value, Mapping):
        return all(all_known(item) for item in value.values())
    if isinstance(value, list | tuple):
        return all(all_known(item) for item in value)
    return value is None or known(value)
