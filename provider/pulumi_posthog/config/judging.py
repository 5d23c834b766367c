"""Values, JSON Schema -> what is wrong with them, worded for people, by the library that can read every schema."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from pulumi_posthog.config.node import Node
from pulumi_posthog.config.schema import json_schema
from pulumi_posthog.config.wording import Finding, not_what, predicate_of, worded
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.schema_fit import json_length


def problems_of(root: Node, value: Json) -> tuple[Problem, ...]:
    """What the schema has against the `value` of a whole file, whose tree is `root`. What is unknown is not checked."""
    found = [problem for error in checker().iter_errors(value) for problem in worded(error, root)]
    return tuple(dict.fromkeys(found))


@functools.cache
def checker() -> Any:
    """The validator of whole documents, with our own keywords."""
    own = {"decimalPlaces": _decimal_places, "maxJsonLength": _json_length}
    extend: Any = validators.extend
    return extend(Draft202012Validator, own)(json_schema())


def _decimal_places(_: Any, places: int, value: Json, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        exponent = Decimal(str(value)).normalize().as_tuple().exponent
        if isinstance(exponent, str) or -exponent > places:
            yield ValidationError("too many decimal places")


def _json_length(_: Any, length: int, value: Json, __: Any) -> Iterator[ValidationError]:
    if json_length(value) > length:
        yield ValidationError("too long as JSON")


def objections(schema: Mapping[str, Any], value: Json) -> Iterator[str]:
    """What a field's own schema has against a value: ends of sentences, with a hint in a line of its own."""
    checker_of_one = checker().evolve(schema={"$defs": _definitions(), **schema})
    for error in checker_of_one.iter_errors(value):
        found: Finding = error
        predicate, hint = predicate_of(found, not_what(found))
        within = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found.absolute_path)
        secret = schema.get("writeOnly") or found.schema.get("writeOnly")
        yield f"{within} {predicate}".strip() + (f"\n  hint: {hint}" if hint and not secret else "")


@functools.cache
def _definitions() -> Mapping[str, Any]:
    definitions: Mapping[str, Any] = json_schema()["$defs"]
    return definitions
