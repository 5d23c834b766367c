"""A node, its schema -> the value that the schema means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_posthog.config.node import Node, number
from pulumi_posthog.config.source import MAX_EXACT
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.configured import Configured
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import SecretText


def plain(node: Node) -> Json:
    """The values of a tree, without their positions."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(item) for item in node.value]
    return node.value


def fitted(value: Json, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Json:
    """`value` with the texts of `!env` made numbers and booleans where the schema takes no text."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        schema = alternative(schema, "object")
        patterns, other = schema.get("patternProperties", {}), schema.get("additionalProperties", {})
        return {
            key: fitted(item, _property(key, schema.get("properties", {}), patterns, other), definitions)
            for key, item in value.items()
        }
    if isinstance(value, list):
        items = alternative(schema, "array").get("items", {})
        return [fitted(item, items, definitions) for item in value]
    if isinstance(value, Attachment) and schema.get("file"):
        return SecretText("", "!file", known=False)  # its text is read where it is needed
    if isinstance(value, SecretText) and value.known and value.source.startswith("!env"):
        return _converted(value, types_of(schema))
    if isinstance(value, Configured):
        found = _converted(value, types_of(schema) or ("boolean", "number"))
        return str.__str__(value) if found is value else found
    return value


def _property(
    key: str, known: Mapping[str, Any], patterns: Mapping[str, Any], other: Any
) -> Mapping[str, Any]:
    if key in known:
        found: Mapping[str, Any] = known[key]
        return found
    if any(re.search(pattern, key) for pattern in patterns) or not isinstance(other, Mapping):
        return {}
    return other


def alternative(schema: Mapping[str, Any], type_: str) -> Mapping[str, Any]:
    """Of a schema's alternatives, the one for that type; the schema itself where it has none."""
    for each in schema.get("anyOf", ()):
        if type_ in types_of(each):
            found: Mapping[str, Any] = each
            return found
    return schema


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The types that a schema names, those of its alternatives included; none: any."""
    if "anyOf" in schema:
        return tuple(name for each in schema["anyOf"] for name in types_of(each))
    named = schema.get("type", "string" if "$ref" in schema else ())
    return (named,) if isinstance(named, str) else tuple(named)


def _converted(text: str, types: Sequence[str]) -> Json:
    if not types or "string" in types:
        return text
    if "boolean" in types and text in {"true", "false"}:
        return text == "true"
    value = number(text)
    if value is None or abs(value) > MAX_EXACT or not {"integer", "number"} & set(types):
        return text
    return value
