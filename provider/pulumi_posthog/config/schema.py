"""Kinds -> the JSON Schema (draft 2020-12) of posthog.yaml, for editors and for `config`.

Keywords that are ours and that other validators pass over: `decimalPlaces`, the most that a number may have,
`maxJsonLength`, the most characters that a value may have as JSON text, and `file`, where `!file` gives its
text. `markdownDescription` and `patternErrorMessage` are what YAML editors show.
"""

from __future__ import annotations

import copy
import functools
import json
from typing import Any

from pulumi_posthog.config import grants
from pulumi_posthog.config.fragments import CHECK, OPTIONS, ORGANIZATION, PERSONS, described
from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.choices import CHOICES
from pulumi_posthog.kinds.description import markdown
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.tree import below, body_fields, in_the_organization, key_field, list_field

ID = "urn:pulumi-posthog:posthog.schema.json"


@functools.cache
def json_schema() -> dict[str, Any]:
    """The schema of a whole file, once `!env`, `!secret`, `!file` and `!include` are resolved.

    It is always the same object: whoever changes it makes a copy first.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "PostHog organization",
        "type": "object",
        "properties": {"organization": organization(), **sections(None), "options": OPTIONS},
        # A place for anchors that several entries share, as Docker Compose has it.
        "patternProperties": {"^x-": {}},
        "required": ["organization"],
        "additionalProperties": False,
        "$defs": {
            name: {"title": title, "enum": list(values)} for name, (title, values) in sorted(CHOICES.items())
        },
    }


def text() -> str:
    """The schema as it is committed in `schemas/`, for editors.

    They check the name behind `!env` instead of the value, so a variable's name will do for the id.
    """
    schema = copy.deepcopy(json_schema())
    schema["properties"]["organization"]["properties"]["id"]["pattern"] += r"|^[A-Za-z_][A-Za-z0-9_]*$"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def organization() -> dict[str, Any]:
    """The schema of the file's `organization`: which one it is, and what is declared of it."""
    own = {key: section(kinds) for key, kinds in in_the_organization().items()}
    return {**ORGANIZATION, "properties": {**ORGANIZATION["properties"], **own}}


def sections(kind: Kind | None) -> dict[str, Any]:
    """Key in the file -> schema of what is under it, within an entry of `kind`; None: at the top."""
    return {key: section(kinds, kind) for key, kinds in below(kind).items()}


def section(kinds: tuple[Kind, ...], within: Kind | None = None) -> dict[str, Any]:
    """The schema of a section: a mapping of entries, a list where a kind can be declared exactly, or the only entry.

    It is in an entry of the kind `within`, or in none.
    """
    if kinds[0].grants:
        return grants.schema(kinds[0], within)
    if kinds[0].singleton:
        return described(kinds[0].doc, entry(kinds[0]))
    exact = next((kind for kind in kinds if kind.set_of), None)
    return _list_section(exact) if exact else _mapping_section(kinds[0])


def _mapping_section(kind: Kind) -> dict[str, Any]:
    key = key_field(kind)
    names = {"minLength": 1, **{name: item for name, item in field_schema(key).items() if name in KEYWORDS}}
    body = short_or_long(kind)
    entries = {"type": "object", "propertyNames": names, "additionalProperties": body}
    unless = ", unless its body says another" if key.also_in_body else ""
    words = f"{kind.doc} The key is its `{key.name}`{unless}: {key.doc}"
    if kind.invitation is None:
        return described(words, entries)
    # Either the entries themselves, or the two words: no address is one of them.
    named = {**names, "pattern": f"{names['pattern']}|^mode$|^items$"}
    properties = {
        "mode": described(
            "`exact`: these and nobody else, within the limits. `additive`: others are left alone, as without it.",
            {"enum": ["exact", "additive"]},
        ),
        "items": described(words, entries),
    }
    return described(
        f"{words} `{{mode: exact, items: {{...}}}}` removes everybody else.",
        {
            "type": "object",
            "propertyNames": named,
            "properties": properties,
            "dependentRequired": {"mode": ["items"], "items": ["mode"]},
            "additionalProperties": body,
        },
    )


def short_or_long(kind: Kind) -> dict[str, Any]:
    """The schema of one entry's body, which may be the value of one field alone."""
    if kind.shorthand is None:
        return entry(kind)
    field = kind.field(kind.shorthand)
    short = described(
        f"The `{field.name}` alone, or `absent`: {field.doc}",
        {"type": "string", "enum": [*field.choices, ABSENT]},
    )
    return {"anyOf": [short, entry(kind)]}


ABSENT, UNMANAGED = "absent", "unmanaged"  # what an entry may say of its `state`
ABSENT_WORDS = "`absent` deletes it with everything in it, once the stack configuration allows it too."
# Of a field that is a mapping's key, what `propertyNames` can say.
KEYWORDS = ("maxLength", "pattern", "patternErrorMessage")


def _list_section(kind: Kind) -> dict[str, Any]:
    declared = list_field(kind)
    item = key_field(KINDS[kind.set_of or ""])
    items = described(
        declared.doc, {"type": "array", "items": {**field_schema(item), **dict(declared.items or {})}}
    )
    return described(
        f"{kind.doc} `{{mode: additive, items: [...]}}` adds these and leaves others alone.",
        {
            "anyOf": [
                items,
                {
                    "type": "object",
                    "properties": {
                        "mode": described(
                            "`exact`: these and nobody else. `additive`: these, and others are left alone.",
                            {"enum": ["exact", "additive"]},
                        ),
                        "items": items,
                    },
                    "required": ["mode", "items"],
                    "additionalProperties": False,
                },
            ]
        },
    )


def entry(kind: Kind) -> dict[str, Any]:
    """The schema of one entry's body."""
    fields = body_fields(kind)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            **{field.name: field_schema(field) for field in fields},
            **sections(kind),
            **checks(kind),
            **persons(kind),
            **carried(kind),
            **reserved(kind),
        },
        "additionalProperties": False,
    }
    required = [field.name for field in fields if field.required]
    if not required or kind.singleton:
        return {**schema, "required": required} if required else schema
    given_up = {"properties": {"state": {"const": UNMANAGED}}, "required": ["state"]}
    return {**schema, "if": given_up, "else": {"required": required}}


def checks(kind: Kind) -> dict[str, Any]:
    """What an entry may say about its health checks: key -> schema."""
    if kind.checks is None:
        return {}
    if not kind.checks_by_name:
        words = (
            f"A health check of this {kind.title}, run by `pulumi up` after a change of it, and by"
            " `pulumi-posthog check`."
        )
        return {kind.checks: described(words, CHECK)}
    words = (
        f"Health checks of this {kind.title}, by names of your own: run by `pulumi up` after a change in it, and by"
        " `pulumi-posthog check`."
    )
    names = {"minLength": 1, "pattern": r"^[^/]+$", "patternErrorMessage": "must be a name without a /"}
    return {
        kind.checks: described(
            words, {"type": "object", "propertyNames": names, "additionalProperties": CHECK}
        )
    }


def persons(kind: Kind) -> dict[str, Any]:
    """What an entry may say about the persons that its object has: key -> schema."""
    return {kind.persons: PERSONS} if kind.persons else {}


def carried(kind: Kind) -> dict[str, Any]:
    """What an entry may say about what comes with its object: key -> schema."""
    if kind.carries is None:
        return {}
    names = {"minLength": 1}
    return {
        kind.carries.key: described(
            f"What comes with it, for `pulumi-posthog types`: each is a {kind.carries.kind.replace('_', ' ')} of the"
            " same project, and `required` or `optional`. PostHog is not told.",
            {
                "type": "object",
                "propertyNames": names,
                "additionalProperties": {"enum": ["required", "optional"]},
            },
        )
    }


def reserved(kind: Kind) -> dict[str, Any]:
    """What an entry may say about itself, beside its fields."""
    if kind.singleton:
        return {}
    name = {"type": "string", "minLength": 1}
    result: dict[str, Any] = {
        "previously": described(
            "The key, or keys, that this entry had before: it is renamed instead of made anew.",
            {"anyOf": [name, {"type": "array", "items": name}]},
        ),
        "id": described(
            "Take over the object with this id in PostHog, when its name does not say which one is meant.",
            {
                "type": ["string", "integer"],
                "pattern": "^[0-9A-Za-z-]+$",
                "patternErrorMessage": "must be an id as PostHog shows it",
            },
        ),
    }
    states = [UNMANAGED]
    words = (
        f"`unmanaged` gives this {kind.title} up, with everything below it: the stack forgets it, and PostHog"
        " keeps it."
    )
    if kind.invitation:
        result, states, words = (
            {},
            [],
            "",
        )  # a person is known by the address, and nobody leaves for not being named
    if kind.deletion is Deletion.NEVER:
        words += f" {kind.deletion_words or ABSENT_WORDS}"
        states.append(ABSENT)
    return {**result, "state": described(words.strip(), {"enum": states})}


def field_schema(field: Field) -> dict[str, Any]:
    """The schema of a field's value in the file: what it refers to is named there, not numbered."""
    schema = dict(field.json_schema)
    if field.refers_to in LOOKUPS and field.type is not Type.STRINGS:
        schema |= {"type": ["string", "null"] if field.nullable else "string", "minLength": 1}
    if field.doc:
        schema |= {"description": field.doc, "markdownDescription": "\n\n".join(markdown(field))}
    return schema
