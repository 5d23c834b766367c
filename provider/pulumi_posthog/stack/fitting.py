"""JSON Schema, value -> whether the value fits beyond doubt. Pure.

Nearly all values do, and most schemas are short. So the library that can read every schema, and say what is wrong, is
loaded only for the others: that takes a third of the plugin's start.
"""

from __future__ import annotations

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
    {"description", "default", "title", "writeOnly", "patternErrorMessage", "examples"}
)
OF_OBJECTS: Final = frozenset({"properties", "required", "additionalProperties"})
READ: Final = (
    NO_RULES
    | OF_OBJECTS
    | {"type", "enum", "minimum", "maximum", "maxLength", "minLength", "pattern", "items"}
)


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether it fits; False where it does not, and where the schema says more than is read here."""
    if not schema.keys() <= READ or not _of_type(schema.get("type"), value):
        return False
    if "enum" in schema and not any(type(each) is type(value) and each == value for each in schema["enum"]):
        return False
    if isinstance(value, str):
        return _text_fits(schema, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if isinstance(value, list):
        return all(fits(schema.get("items", {}), item) for item in value)
    return not isinstance(value, dict) or _object_fits(schema, value)


def _object_fits(schema: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    if not set(schema.get("required", ())) <= value.keys():
        return False
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key, item in value.items():
        wanted = known.get(key, rest)
        if wanted is not True and (wanted is False or not fits(wanted, item)):
            return False
    return True


def _of_type(types: str | list[str] | None, value: Any) -> bool:
    if types is None:
        return True
    names = [types] if isinstance(types, str) else types
    return any(type(value) is TYPES[name] or (name == "number" and type(value) is int) for name in names)


def _text_fits(schema: Mapping[str, Any], value: str) -> bool:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    pattern = schema.get("pattern", "")
    return re.search(pattern, value) is not None
