"""Kinds -> the JSON Schema (draft 2020-12) of posthog.yaml, for editors and for `config`.

Keywords that are ours and that other validators pass over: `decimalPlaces`, the most that a number may have,
`maxJsonLength`, the most characters that a value may have as JSON text, and `file`, where `!file` stands for its
text. `markdownDescription` and `patternErrorMessage` are what YAML editors show.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.choices import CHOICES
from pulumi_posthog.kinds.description import markdown
from pulumi_posthog.kinds.model import Deletion, Field, Kind, Type
from pulumi_posthog.kinds.tree import below, body_fields, key_field, list_field
from pulumi_posthog.values import duration

ID = "urn:pulumi-posthog:posthog.schema.json"
UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


def json_schema() -> dict[str, Any]:
    """The schema of a whole file, once `!env`, `!secret`, `!file` and `!include` are resolved."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "PostHog organization",
        "type": "object",
        "properties": {"organization": ORGANIZATION, **sections(None), "options": OPTIONS},
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


def described(words: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` with a description, which may have Markdown in it."""
    return {"description": words, "markdownDescription": words, **schema}


OPTIONS = described(
    "How the tool treats this file; nothing here is sent to PostHog.",
    {
        "type": "object",
        "properties": {
            "drift": described(
                "What `pulumi-posthog drift` does with this file.",
                {
                    "type": "object",
                    "properties": {
                        "ignore": described(
                            "Differences that `pulumi-posthog drift` leaves out for a while; never a removal.",
                            {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {
                                        "path": described(
                                            "What it is about, as in `projects.Web.timezone`; `*` is any text.",
                                            {"type": "string", "minLength": 1},
                                        ),
                                        "reason": described("Why.", {"type": "string", "minLength": 1}),
                                        "owner": described(
                                            "Whom to ask.", {"type": "string", "minLength": 1}
                                        ),
                                        "until": described(
                                            "The last day, as in 2026-12-31.",
                                            {
                                                "type": "string",
                                                "pattern": r"^\d{4}-\d{2}-\d{2}$",
                                                "patternErrorMessage": "must be a day such as 2026-12-31",
                                            },
                                        ),
                                    },
                                    "required": ["path", "reason", "owner", "until"],
                                    "additionalProperties": False,
                                },
                            },
                        )
                    },
                    "additionalProperties": False,
                },
            )
        },
        "additionalProperties": False,
    },
)
# Whatever is wrong with one of these, its text is in no message: so `writeOnly`, as for a secret.
PERSON = {"type": "string", "writeOnly": True, "file": True}
PERSONS = described(
    "Persons whom the project shall not have: found, they are erased, and erased again when they come back.",
    {
        "type": "object",
        "properties": {
            "absent": described(
                "E-mail addresses and distinct ids: each `!env NAME` or `!file path` names one in each line.",
                {
                    "type": "array",
                    "writeOnly": True,
                    "items": {
                        "writeOnly": True,
                        "file": True,
                        "anyOf": [
                            PERSON,
                            {
                                "type": "object",
                                "writeOnly": True,
                                "properties": {
                                    "email": described("Known by this e-mail address, exactly.", PERSON),
                                    "distinct_id": described("Known by this distinct id.", PERSON),
                                    "several": described(
                                        "Whether one of them may mean more than one person, who are all erased.",
                                        {"type": "boolean"},
                                    ),
                                },
                                "additionalProperties": False,
                            },
                        ],
                    },
                },
            ),
            "delete_events": described(
                "Whether their events go as well: PostHog deletes these once a week.",
                {"type": "boolean", "default": False},
            ),
        },
        "required": ["absent"],
        "additionalProperties": False,
    },
)
ORGANIZATION = described(
    "Which organization this file is about: checked against the API key before anything else is read.",
    {
        "type": "object",
        "properties": {
            "host": described(
                "PostHog's address: `https://eu.posthog.com`, `https://us.posthog.com`, or your own.",
                {"type": "string", "minLength": 1},
            ),
            "id": described(
                "The organization's id, a UUID: PostHog shows it under Settings, Organization.",
                {"type": "string", "pattern": UUID_PATTERN, "patternErrorMessage": "must be a UUID"},
            ),
        },
        "required": ["host", "id"],
        "additionalProperties": False,
    },
)


def sections(kind: Kind | None) -> dict[str, Any]:
    """Key in the file -> schema of what stands under it, within an entry of `kind`; None: at the top."""
    return {key: section(kinds) for key, kinds in below(kind).items()}


def section(kinds: tuple[Kind, ...]) -> dict[str, Any]:
    """The schema of a section: a mapping of entries, or a list where a kind can be declared exactly."""
    exact = next((kind for kind in kinds if kind.exact_list_of), None)
    return _list_section(exact) if exact else _mapping_section(kinds[0])


def _mapping_section(kind: Kind) -> dict[str, Any]:
    key = key_field(kind)
    names = {"minLength": 1, **{name: item for name, item in field_schema(key).items() if name in KEYWORDS}}
    return described(
        f"{kind.doc} The key is its `{key.name}`: {key.doc}",
        {"type": "object", "propertyNames": names, "additionalProperties": entry(kind)},
    )


# Of a field that is a mapping's key, what `propertyNames` can say.
KEYWORDS = ("maxLength", "pattern", "patternErrorMessage")


def _list_section(kind: Kind) -> dict[str, Any]:
    declared = list_field(kind)
    item = key_field(KINDS[kind.exact_list_of or ""])
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
            **reserved(kind),
        },
        "additionalProperties": False,
    }
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema


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


def _duration(words: str) -> dict[str, Any]:
    return described(
        words,
        {
            "type": "string",
            "pattern": duration.PATTERN,
            "patternErrorMessage": f"must be {duration.WORDS}",
        },
    )


CHECK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "query": described(
            "HogQL: what to ask. It gives one row, unless the condition is about `rows`.",
            {"type": "string", "minLength": 1},
        ),
        "events": described(
            "What to ask a server that is too old for queries: how many events came in, counted up to 1,000.",
            {
                "type": "object",
                "properties": {
                    "event": described("Of this name only.", {"type": "string", "minLength": 1}),
                    "last": _duration("Up to how long ago: `1h`."),
                },
                "required": ["last"],
                "additionalProperties": False,
            },
        ),
        "expect": described(
            'The condition: `"> 0"`, `"between 10 and 20"`, `"== \'ok\'"`, of a column by its name as in '
            "`errors < 5 and total > 100`, or of the number of rows as in `rows == 0`.",
            {"type": "string", "minLength": 1},
        ),
        "within": _duration(
            "How long to ask again until it holds, such as `10m`; without it, it is asked once."
        ),
        "every": _duration(
            "The time between two attempts; without it a tenth of `within`, and 5 seconds to a minute."
        ),
        "timeout": _duration("How long one query may run before it is cancelled; without it `5m`."),
        "description": described("What it means when it does not hold.", {"type": "string"}),
    },
    "required": ["expect"],
    "additionalProperties": False,
}


def reserved(kind: Kind) -> dict[str, Any]:
    """What an entry may say about itself, beside its fields."""
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
    if kind.deletion is Deletion.NEVER:
        result["state"] = described(
            f"`absent` deletes this {kind.title} with everything in it, once the stack configuration "
            f"allows it too.",
            {"enum": ["absent"]},
        )
    return result


def field_schema(field: Field) -> dict[str, Any]:
    """The schema of a field's value in the file: what it refers to is named there, not numbered."""
    schema = dict(field.json_schema)
    if field.refers_to in LOOKUPS and field.type is not Type.STRINGS:
        schema |= {"type": "string", "minLength": 1}
    if field.doc:
        schema |= {"description": field.doc, "markdownDescription": "\n\n".join(markdown(field))}
    return schema
