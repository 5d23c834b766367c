"""Kinds -> the sources of `stack/typed/`: a typed class for each kind, for programs written in Python."""

from __future__ import annotations

import keyword
import textwrap
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack.properties import files_name, secret_name

TYPES = {
    Type.STRING: "str",
    Type.INTEGER: "int",
    Type.DECIMAL: "float",
    Type.BOOLEAN: "bool",
    Type.STRINGS: "Sequence[pulumi.Input[str]]",
    Type.OBJECT: "Mapping[str, Any]",
    Type.LIST: "Sequence[Any]",
    Type.JSON: "Any",
}
FACE = '''"""The resources for programs written in Python. Generated from the kinds: do not edit.

    web = Project("Web", name="Web", timezone="Europe/Berlin")
    PipelineDestination("orders", project=web.id, plugin="https://github.com/...", name="Orders", order=1)

A field that is left out is not managed; None says null to PostHog. Where the organization lives comes from
`address`, or from the stack's configuration (`Address.configured`).
"""

from __future__ import annotations

'''
TAG = "`!"  # a description that speaks of a tag of YAML
FOR_YAML = " (Such a tag is for YAML.)"
RELATIVE = "relative to the folder of Pulumi.yaml"
ADDRESS = (
    "Where the organization is; without it, where the stack's configuration says. Raises ValueError when that says"
    " nothing (`Address.configured`)."
)
HEAD = '''"""{title} for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi

from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.kinds import KINDS


'''


def sources() -> dict[str, str]:
    """Name of a file -> its text, before formatting."""
    return {"__init__.py": _face(), **{f"{kind.name}.py": _module(kind) for kind in KINDS.values()}}


def _face() -> str:
    imports = "\n".join(
        f"from pulumi_posthog.stack.typed.{kind.name} import {kind.resource}" for kind in KINDS.values()
    )
    return f"{FACE}{imports}\n\n__all__ = {sorted(kind.resource for kind in KINDS.values())!r}\n"


def _module(kind: Kind) -> str:
    title = f"{kind.title[0].upper()}{kind.title[1:]}"
    nested: dict[str, str] = {}
    class_ = _class(kind, nested)
    return HEAD.format(title=title) + "\n\n".join([*nested.values(), class_])


def _class(kind: Kind, nested: dict[str, str]) -> str:
    arguments = [
        *(_argument(kind, field, nested) for field in _ordered(kind)),
        "address: Address | None = None",
    ]
    arguments.append("opts: pulumi.ResourceOptions | None = None")
    names = [name for field in _ordered(kind) for name in _names(field)]
    outputs = [
        f"    {field.name}: pulumi.Output[{TYPES[field.type]}]" for field in kind.fields if field.read_only
    ]
    told = {field.name: field.doc for field in kind.fields if field.read_only and field.doc}
    body = ",\n                ".join(f'"{name}": {name}' for name in names)
    return "\n".join(
        [
            f"class {kind.resource}(Resource):",
            textwrap.fill(f'"""{kind.doc}', 100, initial_indent=" " * 4, subsequent_indent=" " * 4),
            "",
            "    Arguments:",
            _rows(_described(kind), 8),
            *(["", "    Outputs:", _rows(told, 8)] if told else []),
            '    """',
            "",
            *outputs,
            *([""] if outputs else []),
            "    def __init__(",
            "        self,",
            "        resource_name: str,",
            "        *,",
            *(f"        {argument}," for argument in arguments),
            "    ) -> None:",
            f'        kind = KINDS["{kind.name}"]',
            "        given: dict[str, Any] = {",
            f"                {body},",
            "        }",
            "        super().__init__(",
            "            kind, resource_name, declared(kind, given), address or Address.configured(), opts",
            "        )",
            "",
        ]
    )


def _described(kind: Kind) -> dict[str, str]:
    """What each argument of a class is."""
    result: dict[str, str] = {}
    for field in _ordered(kind):
        in_parent = f"The `id` of the {field.name} that it is in."
        secret = f"The keys of `{field.name}` whose values are secret."
        files = f"The keys of `{field.name}` whose values are files, and the path of each: {RELATIVE}."
        words = {
            field.name: in_parent if field.name == kind.parent else field.doc,
            secret_name(field): secret,
            files_name(field): files,
        }
        result |= {name: words[name] for name in _names(field)}
    return {**result, "address": ADDRESS}


def _rows(described: Mapping[str, str], indent: int) -> str:
    """Names and what they are, as a docstring has them."""
    return "\n".join(
        textwrap.fill(
            f"{name}: {words}{FOR_YAML if TAG in words else ''}",
            100,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 4),
        )
        for name, words in described.items()
    ).replace("\\", "\\\\")


def _ordered(kind: Kind) -> list[Field]:
    return sorted(kind.declarable, key=lambda field: not field.required)


def _names(field: Field) -> list[str]:
    secret = [secret_name(field)] if field.secret and field.as_json_text else []
    return [field.name, *secret, *([files_name(field)] if field.files else [])]


PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def _args(schema: Mapping[str, Any], name: str, nested: dict[str, str], path: str) -> str:
    """The type of a value that a JSON Schema describes, and that is at `path`, as in `questions.*`.

    `nested` gets the source of each TypedDict in it, by name.
    """
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    types = schema.get("type", ())
    types = [types] if isinstance(types, str) else list(types)
    return " | ".join(dict.fromkeys(_one_type(each, schema, name, nested, path) for each in types)) or "Any"


def _one_type(type_: str, schema: Mapping[str, Any], name: str, nested: dict[str, str], path: str) -> str:
    if type_ == "array":
        inner = f"{name.removesuffix('Args').removesuffix('s')}Args"
        item = _args(schema.get("items", {}), inner, nested, f"{path}.*")
        return f"Sequence[pulumi.Input[{item}]]"
    if type_ != "object":
        return PLAIN[type_]
    if "properties" not in schema:
        return "Mapping[str, Any]"
    _typed_dict(schema, name, nested, path)
    # Of what has other keys, too, those that are known are proposed by an editor, and none is refused.
    return name if schema.get("additionalProperties") is False else f"{name} | Mapping[str, Any]"


def _typed_dict(schema: Mapping[str, Any], name: str, nested: dict[str, str], path: str) -> None:
    required, keys = schema.get("required", ()), {}
    for key, value in schema["properties"].items():
        inner = f"{name.removesuffix('Args')}{_camel(key)}Args"
        type_ = f"pulumi.Input[{_args(value, inner, nested, f'{path}.{key}')}]"
        keys[key] = f"Required[{type_}]" if key in required else type_
    if all(key.isidentifier() and not keyword.iskeyword(key) for key in keys):
        rows = "\n".join(f"    {key}: {type_}" for key, type_ in keys.items())
        nested[name] = f"class {name}(TypedDict, total=False):\n{_keys_of(schema, path)}\n\n{rows}\n"
    else:
        rows = ", ".join(f'"{key}": "{type_}"' for key, type_ in keys.items())
        nested[name] = f'{name} = TypedDict("{name}", {{{rows}}}, total=False)\n'


def _keys_of(schema: Mapping[str, Any], path: str) -> str:
    """The docstring of a TypedDict."""
    described = {
        key: value["description"] for key, value in schema["properties"].items() if value.get("description")
    }
    if not described:
        return f'    """What is in `{path}`."""'
    return f'    """What is in `{path}`.\n\n{_rows(described, 4)}\n    """'


def _camel(name: str) -> str:
    return "".join(f"{part[:1].upper()}{part[1:]}" for part in name.split("_"))


def _argument(kind: Kind, field: Field, nested: dict[str, str]) -> str:
    type_ = TYPES[field.type]
    name = f"{kind.resource}{_camel(field.name)}Args"
    if field.type is Type.OBJECT and field.keys:
        schema = {key: value for key, value in field.json_schema.items() if key != "enum"}
        type_ = _args({**schema, "type": "object"}, name, nested, field.name)
    elif field.type is Type.LIST and field.items:
        type_ = _args({"type": "array", "items": field.items}, name, nested, field.name)
    if field.refers_to == "plugin" or (field.names and field.type is Type.INTEGER):
        type_ = "int | str"
    if field.choices:
        type_ = f"Literal[{', '.join(map(repr, field.choices))}]"
    given = f"pulumi.Input[{type_}]"
    if field.required:
        return f"{field.name}: {given}"
    given += " | Unset | None = UNSET" if field.nullable else " | Unset = UNSET"
    paths = "pulumi.Input[Mapping[str, pulumi.Input[str]]] | Unset = UNSET"
    return ",\n        ".join(
        f"{name}: {paths if name == files_name(field) else given}" for name in _names(field)
    )
