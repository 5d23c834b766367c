"""What the schema's validator says -> a problem in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pulumi_posthog.config.fitting import types_of
from pulumi_posthog.config.node import Node
from pulumi_posthog.config.place import Path, key_position, kind_at, position, subject
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.suggestion import enumeration, suggestion

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
SHOWN_KEYS: Final = 3  # of a mapping that needs none of its keys


def worded(error: Finding, root: Node) -> Iterator[Problem]:
    """What the validator found, as problems with a place."""
    if isinstance(error.instance, SecretText) and not error.instance.known:
        return
    if isinstance(error.instance, Reference):
        return  # what it means is an id; where none may be is told elsewhere
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
        predicate, hint = predicate_of(error, "" if named else not_what(error))
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
    meant: Any = next((each for each in error.validator_value if "properties" in each), {})
    types = types_of(error.schema)
    hint = None if error.schema.get("writeOnly") else _form_hint(meant, types, error.instance)
    yield Problem(f"{subject(path)} must be {wanted}{not_what(error)}", position(root, path), hint)


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
        elif kind is not None and key in kind.unmanaged:
            yield Problem(
                f"{key} of {subject(path)} is not managed here: {kind.unmanaged[key]}", where, "take it out"
            )
        elif field is not None and field.from_key:
            yield Problem(
                f"{subject(path)} has its {key} as its key",
                where,
                f"take `{key}:` out; to rename it, change the key and add `previously: <the old key>`",
            )
        elif field is not None and field.read_only:
            yield Problem(f'"{key}" of {subject(path)} is set by PostHog', where, "take it out")
        else:
            covered = error.schema.get("covered", {})
            if key in covered:
                words = (
                    f'"{key}" of {subject(path)} has no effect: PostHog follows the rules of {covered[key]}'
                )
                yield Problem(words, where, f"write them under {covered[key]}")
                continue
            thing = "field" if kind else "key"
            yield Problem(f'{subject(path)} has no {thing} "{key}"', where, suggestion(key, known))


def _missing_keys(error: Finding, path: Path, root: Node) -> Iterator[Problem]:
    kind = kind_at(path)
    for key in error.validator_value:
        if key not in error.instance:
            words = error.schema.get("properties", {}).get(key, {}).get("description")
            if words is None and kind is not None and key in kind.by_name:
                words = kind.field(key).doc
            yield Problem(f'{subject(path)} lacks "{key}"', position(root, path), words)


def predicate_of(error: Finding, found: str) -> tuple[str, str | None]:
    """What is wrong, as the end of a sentence, and what to do; `found` says what is there."""
    limit, value, schema = error.validator_value, error.instance, error.schema
    match error.validator:
        case "type":
            types = (limit,) if isinstance(limit, str) else tuple(limit)
            wanted = " or ".join(TYPES[name] for name in types)
            return f"must be {wanted}{found}", _type_hint(types, value) or _form_hint(schema, types, value)
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


def not_what(error: Finding) -> str:
    """What is there in place of what is wanted, as in `, not "abc"`; "" for a secret."""
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


def _form_hint(schema: Any, types: Sequence[str], value: Json) -> str | None:
    """How a mapping or a list is written where something else is."""
    if value is None:
        return None
    if "array" in types:
        return None if isinstance(value, dict) else "put it into a list: [...]"
    known = schema.get("properties", {})
    if "object" not in types:
        return None
    if not known:
        by_name = {"additionalProperties", "patternProperties"} & {*schema}
        return "write each by its name: `NAME: {...}`" if by_name else None
    keys = schema.get("required") or [*known][:SHOWN_KEYS]
    more = ", ..." if len(known) > len(keys) else ""
    return f"write it by its keys: {{{', '.join(f'{key}: ...' for key in keys)}{more}}}"


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
