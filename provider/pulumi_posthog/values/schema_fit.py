"""JSON Schema, value -> whether the value fits beyond doubt. Pure.

Nearly all values do, and most schemas are short. So the library that can read every schema, and say what is wrong, is
loaded only for the others: that takes a third of the plugin's start, and an eighth of a program's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

# Python's type of a value, exactly: True is no number, and 1.0 is left to the library.
TYPES: Final[Mapping[str, type]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}
NO_RULES: Final = frozenset(
    {
        "$schema",
        "$id",
        "$defs",
        "title",
        "description",
        "markdownDescription",
        "patternErrorMessage",
        "default",
        "examples",
        "writeOnly",
        "file",
        "covered",
    }
)
OF_OBJECTS: Final = frozenset(
    {
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "required",
        "dependentRequired",
    }
)
READ: Final = (
    NO_RULES
    | OF_OBJECTS
    | {"type", "enum", "const", "minimum", "maximum", "maxLength", "minLength", "pattern", "items"}
    | {"anyOf", "if", "else", "$ref"}
    | {"decimalPlaces", "maxJsonLength"}  # our own
)
ANYTHING: Final[Mapping[str, Any]] = {}
DEFINITIONS: Final = "#/$defs/"  # what a reference begins with


def fits(schema: Mapping[str, Any], value: Any, definitions: Mapping[str, Any] = ANYTHING) -> bool:
    """Whether it fits; False where it does not, and where the schema says more than is read here.

    `definitions` has the schemas that others refer to, by their names.
    """
    if not schema.keys() <= READ or not _of_type(schema.get("type"), value):
        return False
    if "enum" in schema and not any(_same(each, value) for each in schema["enum"]):
        return False
    if "const" in schema and not _same(schema["const"], value):
        return False
    if "maxJsonLength" in schema and json_length(value) > schema["maxJsonLength"]:
        return False
    if not _combined(schema, value, definitions):
        return False
    if isinstance(value, str):
        return _text_fits(schema, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_fits(schema, value)
    if isinstance(value, list):
        items = schema.get("items", ANYTHING)
        return all(fits(items, item, definitions) for item in value)
    return not isinstance(value, dict) or _object_fits(schema, value, definitions)


def json_length(value: Any) -> int:
    """How many characters a value has as JSON text."""
    return len(json.dumps(value, default=str))


def _combined(schema: Mapping[str, Any], value: Any, definitions: Mapping[str, Any]) -> bool:
    """Whether it fits what a schema says by other schemas."""
    if "$ref" in schema:
        named = definitions.get(schema["$ref"].removeprefix(DEFINITIONS))
        if named is None or not fits(named, value, definitions):
            return False
    if "anyOf" in schema and not any(fits(each, value, definitions) for each in schema["anyOf"]):
        return False
    # Whether a condition holds may be in doubt, too: then what is wanted otherwise is asked, which is too much at most.
    return (
        "else" not in schema
        or fits(schema.get("if", ANYTHING), value, definitions)
        or fits(schema["else"], value, definitions)
    )


def _object_fits(schema: Mapping[str, Any], value: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    if not value.keys() >= set(schema.get("required", ())):
        return False
    for name, others in schema.get("dependentRequired", ANYTHING).items():
        if name in value and not value.keys() >= set(others):
            return False
    known, rest = schema.get("properties", ANYTHING), schema.get("additionalProperties", True)
    names, patterns = schema.get("propertyNames"), schema.get("patternProperties", ANYTHING)
    for key, item in value.items():
        if not isinstance(key, str) or (names is not None and not fits(names, key, definitions)):
            return False
        wanted = [patterns[pattern] for pattern in patterns if re.search(pattern, key)]
        if key in known:
            wanted.append(known[key])
        for each in wanted or (rest,):
            if each is not True and (each is False or not fits(each, item, definitions)):
                return False
    return True


def _same(wanted: Any, value: Any) -> bool:
    """Whether a value is that one. What has others in it is left to the library: 1 and True are equal to Python."""
    if isinstance(wanted, list | dict):
        return False
    if isinstance(wanted, str) and isinstance(value, str):
        return wanted == value
    return type(wanted) is type(value) and bool(wanted == value)


def _of_type(types: str | list[str] | None, value: Any) -> bool:
    if types is None:
        return True
    names = [types] if isinstance(types, str) else types
    # A text that knows where it is from is one of a subclass.
    found = str if isinstance(value, str) else type(value)
    return any(found is TYPES[name] or (name == "number" and found is int) for name in names)


def _number_fits(schema: Mapping[str, Any], value: float) -> bool:
    places = schema.get("decimalPlaces")
    if places is not None and isinstance(value, float):
        decimals = str(value).partition(".")[2]
        if not decimals.isdecimal() or len(decimals) > places:  # "1e-07" has none, and more than it shows
            return False
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _text_fits(schema: Mapping[str, Any], value: str) -> bool:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    pattern = schema.get("pattern")
    return pattern is None or re.search(pattern, value) is not None
