"""Filters on properties, `[{"key": "plan", "value": "paid", "operator": "exact"}]`, as lists take them (10.1, 10.5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.rules.errors import invalid

Properties = Mapping[str, Any]
Filter = Callable[[Properties], bool]


def number(value: Any) -> float | None:
    """None for what is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def as_text(value: Any) -> str:
    """As it is compared: JSON's words for true, false and null."""
    return value if isinstance(value, str) else json.dumps(value)


def is_one_of(value: Any, wanted: Any) -> bool:
    """A list of values is met by any of them."""
    values = wanted if isinstance(wanted, list) else [wanted]
    return as_text(value) in [as_text(each) for each in values]


def compares(value: Any, wanted: Any, holds: Callable[[float, float], bool]) -> bool:
    """Whether both are numbers of which `holds` is true."""
    one, other = number(value), number(wanted)
    return one is not None and other is not None and holds(one, other)


# What the property's value and the filter's are to be to each other. A property that is not there meets the
# negations only.
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": is_one_of,
    "is_not": lambda value, wanted: not is_one_of(value, wanted),
    "icontains": lambda value, wanted: as_text(wanted).lower() in as_text(value).lower(),
    "not_icontains": lambda value, wanted: as_text(wanted).lower() not in as_text(value).lower(),
    "regex": lambda value, wanted: re.search(as_text(wanted), as_text(value)) is not None,
    "not_regex": lambda value, wanted: re.search(as_text(wanted), as_text(value)) is None,
    "gt": lambda value, wanted: compares(value, wanted, lambda one, other: one > other),
    "gte": lambda value, wanted: compares(value, wanted, lambda one, other: one >= other),
    "lt": lambda value, wanted: compares(value, wanted, lambda one, other: one < other),
    "lte": lambda value, wanted: compares(value, wanted, lambda one, other: one <= other),
    "is_set": lambda _value, _wanted: True,
    "is_not_set": lambda _value, _wanted: False,
}
NEGATIONS = {"is_not", "not_icontains", "not_regex", "is_not_set"}


def filters(text: str | list[Any] | None, *types: str) -> list[Filter]:
    """What `properties` of a query or of a body asks for; 400 where the sandbox would have to guess."""
    if not text:
        return []
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except ValueError as error:
        raise ValidationError("Properties are unparsable!") from error
    if isinstance(found, dict):
        # The oldest form: {"plan": "paid", "age__gt": 3}.
        found = [old_form(key, value) for key, value in found.items()]
    if not isinstance(found, list):
        raise ValidationError("Properties are unparsable!")
    return [one_filter(each, types) for each in found]


def old_form(key: str, value: Any) -> dict[str, Any]:
    """A filter of `{"plan__exact": "paid"}`, as the newer form has it."""
    name, _, operator = key.partition("__")
    return {"key": name, "value": value, "operator": operator or "exact"}


def one_filter(given: Any, types: tuple[str, ...]) -> Filter:
    """One filter; 400 for what is none, or is about another type of properties."""
    if not isinstance(given, dict) or not isinstance(given.get("key"), str):
        raise ValidationError("A property filter is an object with a key, a value and an operator.")
    type_ = given.get("type", types[0])
    if type_ not in types:
        raise ValidationError(
            f"The sandbox filters by properties of type {' or '.join(types)}, not {type_!r}."
        )
    operator = given.get("operator") or "exact"
    if operator not in OPERATORS:
        raise invalid("properties", f'The sandbox does not know the operator "{operator}".')
    key, wanted, holds = given["key"], given.get("value"), OPERATORS[operator]
    if operator in {"regex", "not_regex"}:
        try:
            re.compile(as_text(wanted))
        except re.error as error:
            raise ValidationError(f"The regular expression {as_text(wanted)!r} is invalid.") from error

    def met(properties: Properties) -> bool:
        if properties.get(key) is None:
            return operator in NEGATIONS
        return holds(properties[key], wanted)

    return met
