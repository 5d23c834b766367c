"""Kinds -> the provider's schema, from which Pulumi makes SDKs and checks programs in YAML.

`python -m pulumi_posthog.generate` writes `schemas/provider.schema.json` anew. Pulumi's own description of
the format: https://www.pulumi.com/docs/iac/packages-and-automation/pulumi-packages/schema/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.choices import CHOICES
from pulumi_posthog.kinds.description import markdown
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.stack.plugin.inputs import is_set
from pulumi_posthog.stack.plugin.organization_schema import SCHEMA
from pulumi_posthog.stack.plugin.settings import KEY, PROPERTIES
from pulumi_posthog.stack.properties import files_name, secret_name
from pulumi_posthog.stack.urn import COMPONENT, PLUGIN_TYPE
from pulumi_posthog.values.duration import WORDS
from pulumi_posthog.values.version import __version__

Schema = dict[str, Any]
TYPES: Mapping[Type, Schema] = {
    Type.STRING: {"type": "string"},
    Type.INTEGER: {"type": "integer"},
    Type.DECIMAL: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.STRINGS: {"type": "array", "items": {"type": "string"}},
    # Of any shape: a mapping or a list, or JSON text, which is what the outputs are.
    Type.OBJECT: {"$ref": "pulumi.json#/Any"},
    Type.LIST: {"$ref": "pulumi.json#/Any"},
    Type.JSON: {"$ref": "pulumi.json#/Any"},
}
MAPPING = {"type": "object", "additionalProperties": {"type": "string"}}
NAMES = 20  # a closed list that is longer is no enum: its names are checked all the same, with a suggestion


def schema() -> Schema:
    """The whole schema."""
    types: Schema = {}
    resources = {f"{PLUGIN_TYPE}{kind.resource}": _resource(kind, types) for kind in KINDS.values()}
    configuration = {
        name: {"description": words, "type": type_, **({"secret": True} if name == KEY else {})}
        for name, (type_, words) in PROPERTIES.items()
    }
    return {
        "name": "posthog",
        "displayName": "PostHog",
        "version": __version__,
        "description": "Keep a PostHog organization in Git.",
        "keywords": ["pulumi", "posthog", "category/utility"],
        "license": "Apache-2.0",
        "meta": {"moduleFormat": "(.*)"},
        "language": {"python": {"pyproject": {"enabled": True}}, "nodejs": {"respectSchemaVersion": True}},
        "config": {"variables": configuration},
        "provider": {
            "description": "The provider of a PostHog organization.",
            "inputProperties": configuration,
            "properties": {name: item for name, item in configuration.items() if name != KEY},
        },
        "types": dict(sorted(types.items())),
        "resources": dict(sorted({**resources, f"{PLUGIN_TYPE}Check": CHECK, COMPONENT: SCHEMA}.items())),
    }


def text() -> str:
    """The schema as it is committed in `schemas/`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _resource(kind: Kind, types: Schema) -> Schema:
    inputs = {name: item for field in kind.declarable for name, item in _inputs(kind, field, types)}
    outputs = {name: item for field in kind.fields for name, item in _outputs(kind, field, types)}
    if kind.deletion is Deletion.NEVER:
        state = _state(kind, types)
        inputs["state"] = outputs["state"] = state
    return {
        "description": _words(kind),
        "inputProperties": inputs,
        "requiredInputs": sorted(
            field.name for field in kind.declarable if field.required and not field.secret
        ),
        "properties": outputs,
        "required": sorted(
            field.name
            for field in kind.fields
            if field.name in outputs and field.required and not field.secret
        ),
    }


def example_id(kind: Kind) -> str:
    """What an object of a kind is imported by: its id, with what leads to it; of a rule, what it is about, too."""
    if kind.upsert is None:
        return f"<{kind.parent} id>/<id>" if kind.parent else "<id>"
    about = ["dashboards/<dashboard id>"] if kind.attached else []
    # The last two are whom it is about; of everyone, neither.
    about += [f"<{name}>" for name in kind.upsert.identity[:-2]]
    return "/".join((f"<{kind.parent} id>", *about, "everyone"))


def _words(kind: Kind) -> str:
    lines = [kind.doc]
    lines.append(
        f"Import one by its id: `pulumi import {PLUGIN_TYPE}{kind.resource} NAME {example_id(kind)}`."
    )
    if kind.deletion is Deletion.NEVER:
        lines.append(f"A {kind.title} that a program no longer has stays in PostHog.")
    return "\n\n".join(lines)


def _inputs(kind: Kind, field: Field, types: Schema) -> Iterator[tuple[str, Schema]]:
    yield field.name, _described(field, _type(kind, field, types))
    if field.secret and field.as_json_text:
        yield (
            secret_name(field),
            {
                "description": f"The secret ones among the keys of `{field.name}`; secrets in `{field.name}` itself"
                " are moved here.",
                "$ref": "pulumi.json#/Any",
                "secret": True,
            },
        )
    if field.files:
        yield (
            files_name(field),
            {"description": f"Keys of `{field.name}` whose values are files: key -> path.", **MAPPING},
        )


def _outputs(kind: Kind, field: Field, types: Schema) -> Iterator[tuple[str, Schema]]:
    if field.read_only:
        yield field.name, _described(field, _type(kind, field, types))
        return
    for name, item in _inputs(kind, field, types):
        if name == files_name(field):
            yield name, {"description": item["description"], "$ref": "pulumi.json#/Any"}
        elif name == field.name and is_set(field):
            yield name, {"description": item["description"], **MAPPING}
        else:
            yield name, item


def _described(field: Field, type_: Schema) -> Schema:
    words = "\n\n".join(markdown(field)) if field.doc else ""
    result: Schema = {**({"description": words} if words else {}), **type_}
    if field.replace_on_changes:
        result["replaceOnChanges"] = True
    if field.secret and not field.as_json_text:
        result["secret"] = True
    return result


def _type(kind: Kind, field: Field, types: Schema) -> Schema:
    if field.refers_to == "plugin" or (field.names and field.type is Type.INTEGER):
        return {"oneOf": [{"type": "integer"}, {"type": "string"}]}
    choices = field.choices
    if field.choices_from:
        named = CHOICES[field.choices_from][1]
        choices = named if len(named) <= NAMES else ()
    type_ = TYPES[field.type]
    if not choices or field.type not in (Type.STRING, Type.INTEGER) or None in choices:
        return type_
    token = f"{PLUGIN_TYPE}{kind.resource}{''.join(part.capitalize() for part in field.name.split('_'))}"
    types[token] = {"type": type_["type"], "enum": [_choice(value) for value in choices]}
    return {"$ref": f"#/types/{token.replace('/', '%2F')}"}


def _choice(value: Any) -> Schema:
    # The name becomes that of a constant in every language: it may neither be empty nor begin with a digit.
    name = str(value) or "none"
    return {"name": name if name[0].isalpha() else f"value_{name}", "value": value}


def _state(kind: Kind, types: Schema) -> Schema:
    token = f"{PLUGIN_TYPE}{kind.resource}State"
    types[token] = {"type": "string", "enum": [{"name": "absent", "value": "absent"}]}
    return {
        "description": f"`absent` deletes this {kind.title} with everything in it, once the setting `allowDeletions`"
        " allows it too.",
        "$ref": f"#/types/{token}",
    }


def _time(words: str) -> Schema:
    return {"description": f"{words} {WORDS[0].upper()}{WORDS[1:]}.", "type": "string"}


_ASKED: Schema = {
    "project": {"description": "The project's id.", "type": "string"},
    "query": {"description": "HogQL: what to ask. It gives one row.", "type": "string"},
    "event": {"description": "Count events of this name only.", "type": "string"},
    "last": _time("Count the events of so long, in place of a query."),
    "expect": {
        "description": 'The condition: `"> 0"`, `"between 10 and 20"`, `"== \'ok\'"`.',
        "type": "string",
    },
    "within": _time("How long to ask again until it holds."),
    "every": _time("The time between two attempts."),
    "timeout": _time("How long one query may run before it is cancelled."),
}
CHECK: Schema = {
    "description": "A health check of a project, which `pulumi up` runs when something in it has changed.",
    "inputProperties": _ASKED,
    "requiredInputs": ["expect", "project"],
    "properties": _ASKED,
    "required": ["expect", "project"],
}
