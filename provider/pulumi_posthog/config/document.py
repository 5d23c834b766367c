"""Nodes, JSON Schema -> values, and problems worded for people."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError, validators

from pulumi_posthog.config.source import MAX_EXACT, Node, number
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import below
from pulumi_posthog.schema import json_schema
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.suggestion import enumeration, suggestion

Path = tuple[str | int, ...]
Finding = Any  # jsonschema's ValidationError, typed as if any of its attributes might be unset
TYPES: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


def document(root: Node) -> tuple[Json, tuple[Problem, ...]]:
    """The plain values of a tree, as the schema wants them, and what the schema has against them.

    Texts from `!env` become numbers and booleans where those are wanted. What is unknown is not checked.
    """
    schema = json_schema()
    value = fitted(plain(root), schema, schema["$defs"])
    found = [problem for error in checker().iter_errors(value) for problem in worded(error, root)]
    return value, tuple(dict.fromkeys(found))


def plain(node: Node) -> Json:
    """The values of a tree, without their positions."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(item) for item in node.value]
    return node.value


# -- texts from the environment where the schema wants something else ----------------------------------------


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
        return SecretText("", "!file", known=False)  # its text is read by whoever needs it
    if isinstance(value, SecretText) and value.known and value.source.startswith("!env"):
        return _converted(value, types_of(schema))
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


def _converted(text: SecretText, types: Sequence[str]) -> Json:
    if not types or "string" in types:
        return text
    if "boolean" in types and text in {"true", "false"}:
        return text == "true"
    value = number(text)
    if value is None or abs(value) > MAX_EXACT or not {"integer", "number"} & set(types):
        return text
    return value


# -- the check -----------------------------------------------------------------------------------------------


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
    if len(json.dumps(value, default=str)) > length:
        yield ValidationError("too long as JSON")


def worded(error: Finding, root: Node) -> Iterator[Problem]:
    """What the validator found, as problems with a place."""
    if isinstance(error.instance, SecretText) and not error.instance.known:
        return
    if error.validator == "anyOf":
        yield from _of_alternatives(error, root)
        return
    path = tuple(error.absolute_path)
    named = "propertyNames" in error.absolute_schema_path
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error, path, root)
    elif error.validator == "required":
        yield from _missing_keys(error, path, root)
    else:
        where = key_position(root, (*path, error.instance)) if named else position(root, path)
        place = subject((*path, error.instance) if named else path)
        predicate, hint = _predicate(error, "" if named else _not(error))
        if error.schema.get("writeOnly"):
            hint = None  # it may quote the value
        yield Problem(f"{place} {predicate}", where, hint)


def _of_alternatives(error: Finding, root: Node) -> Iterator[Problem]:
    """The problems of the alternative that was meant: the one whose type fits."""
    groups: dict[Any, list[Finding]] = {}
    for each in error.context or ():
        groups.setdefault(each.schema_path[0], []).append(each)
    for group in groups.values():
        if not any(each.validator == "type" and not each.relative_path for each in group):
            for each in group:
                yield from worded(each, root)
            return
    path = tuple(error.absolute_path)
    wanted = " or ".join(TYPES[name] for name in dict.fromkeys(types_of(error.schema)))
    yield Problem(f"{subject(path)} must be {wanted}{_not(error)}", position(root, path))


def _unknown_keys(error: Finding, path: Path, root: Node) -> Iterator[Problem]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    kind = kind_at(path)
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        where = key_position(root, (*path, key))
        field = kind.by_name.get(key) if kind else None
        if error.schema.get("writeOnly"):
            yield Problem(f"{subject(path)} has a key that it does not know", where, suggestion(None, known))
        elif field is not None and field.from_key:
            yield Problem(
                f"{subject(path)} has its {key} as its key",
                where,
                f"take `{key}:` out; to rename it, change the key and add `previously: <the old key>`",
            )
        elif field is not None and field.read_only:
            yield Problem(f'"{key}" of {subject(path)} is set by PostHog', where, "take it out")
        else:
            thing = "field" if kind else "key"
            yield Problem(f'{subject(path)} has no {thing} "{key}"', where, suggestion(key, known))


def _missing_keys(error: Finding, path: Path, root: Node) -> Iterator[Problem]:
    for key in error.validator_value:
        if key not in error.instance:
            words = error.schema.get("properties", {}).get(key, {}).get("description")
            yield Problem(f'{subject(path)} lacks "{key}"', position(root, path), words)


def _predicate(error: Finding, found: str) -> tuple[str, str | None]:
    """What is wrong, as the end of a sentence, and what to do; `found` says what stands there."""
    limit, value, schema = error.validator_value, error.instance, error.schema
    match error.validator:
        case "type":
            types = (limit,) if isinstance(limit, str) else tuple(limit)
            wanted = " or ".join(TYPES[name] for name in types)
            return f"must be {wanted}{found}", _type_hint(types, value)
        case "enum":
            if "title" in schema:
                wanted = f"a {schema['title']}"
            else:
                wanted = ("one of " if len(limit) > 1 else "") + enumeration(map(_shown, limit))
            return f"must be {wanted}{found}", suggestion(value, limit, listed=False) or _type_hint((), value)
        case "minimum" | "maximum":
            least = "least" if error.validator == "minimum" else "most"
            return f"must be at {least} {limit:,}{found}", None
        case "minLength" | "minItems" | "minProperties" if limit == 1:
            return "must not be empty", None
        case "maxLength":
            return f"must have at most {limit:,} characters, not {len(value):,}", None
        case "pattern":
            return schema.get("patternErrorMessage", "has the wrong form") + found, None
        case "decimalPlaces":
            return f"must have at most {limit} decimal places{found}", None
        case "maxJsonLength":
            return f"must have at most {limit:,} characters in all, as JSON", None
        case "uniqueItems":
            return "names something twice", None
        case _:
            return "is not as it must be", f"see the schema: {error.validator} {json.dumps(limit)[:200]}"


def _not(error: Finding) -> str:
    return "" if error.schema.get("writeOnly") else f", not {_shown(error.instance)}"


def _shown(value: Json) -> str:
    """A value in a message; of what came from `!env` or `!secret`, only that."""
    if isinstance(value, SecretText):
        return value.source
    if isinstance(value, Attachment):
        return "a file"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f'{text[:50]}..."'


def _type_hint(types: Sequence[str], value: Json) -> str | None:
    if value is None:
        if "object" in types or "array" in types:
            empty = "{}" if "object" in types else "[]"
            return f"write {empty} for none; what is left out is not managed"
        return "leave it out: then it is not managed"
    if isinstance(value, SecretText):
        return None
    if "boolean" in types and isinstance(value, str) and value.casefold() in {"yes", "no", "on", "off"}:
        return f"write {'true' if value.casefold() in {'yes', 'on'} else 'false'}"
    if "string" in types and isinstance(value, int | float):
        return f'put it in quotes: "{_shown(value)}"'
    return None


# -- where something is --------------------------------------------------------------------------------------


def entry_at(path: Path) -> tuple[Kind | None, str, Path]:
    """The entry that a path leads into, as its kind and key, and the rest of the path below it."""
    kind, key, rest = None, "", path
    while len(rest) >= 2:
        found = below(kind).get(str(rest[0]), ())
        if len(found) != 1:
            break
        kind, key, rest = found[0], str(rest[1]), rest[2:]
    return kind, key, rest


def kind_at(path: Path) -> Kind | None:
    """The kind whose entry a path leads to exactly."""
    kind, _, rest = entry_at(path)
    return kind if not rest else None


def subject(path: Path) -> str:
    """What a path leads to, in words: `timezone of project "Web"`."""
    kind, key, rest = entry_at(path)
    owner = f'{kind.title} "{key}"' if kind else "the file"
    if not rest:
        return owner
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest).removeprefix(".")
    return f"{words} of {owner}" if kind else words


def node_at(root: Node, path: Path) -> Node:
    """The node at a path, or the nearest above it."""
    node = root
    for part in path:
        inside = part in node.value if isinstance(node.value, dict) else isinstance(node.value, tuple)
        if not inside:
            break
        node = node.value[part]
    return node


def key_position(root: Node, path: Path) -> Position:
    """Where the last key of a path stands; of a list's item, where that begins."""
    parent = node_at(root, path[:-1])
    return parent.keys.get(str(path[-1])) or node_at(root, path).where


def position(root: Node, path: Path) -> Position:
    """Where to look for what is wrong at a path: at a plain value itself, else at the key above it."""
    node = node_at(root, path)
    if not path or not (node.value is None or isinstance(node.value, dict | tuple)):
        return node.where
    return key_position(root, path)


# -- single values -------------------------------------------------------------------------------------------


def objections(schema: Mapping[str, Any], value: Json) -> Iterator[str]:
    """What a field's own schema has against a value: ends of sentences, with a hint in a line of its own."""
    checker_of_one = checker().evolve(schema={"$defs": _definitions(), **schema})
    for error in checker_of_one.iter_errors(value):
        found: Finding = error
        predicate, hint = _predicate(found, _not(found))
        within = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found.absolute_path)
        secret = schema.get("writeOnly") or found.schema.get("writeOnly")
        yield f"{within} {predicate}".strip() + (f"\n  hint: {hint}" if hint and not secret else "")


@functools.cache
def _definitions() -> Mapping[str, Any]:
    definitions: Mapping[str, Any] = json_schema()["$defs"]
    return definitions
