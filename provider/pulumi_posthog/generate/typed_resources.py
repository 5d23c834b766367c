"""Kinds -> the sources of `stack/typed/`: a typed class for each kind, for programs written in Python."""

from __future__ import annotations

import textwrap

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
}
FACE = '''"""The resources for programs written in Python. Generated from the kinds: do not edit.

    web = Project("Web", name="Web", timezone="Europe/Berlin")
    PipelineDestination("orders", project=web.id, plugin="https://github.com/...", name="Orders", order=1)

A field that is left out is not managed; None says null to PostHog. Where the organization lives comes from
`address`, or from the stack's configuration (`Address.configured`).
"""

from __future__ import annotations

'''
HEAD = '''"""{title} for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

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
    return HEAD.format(title=title) + _class(kind)


def _class(kind: Kind) -> str:
    arguments = [*(_argument(field) for field in _ordered(kind)), "address: Address | None = None"]
    arguments.append("opts: pulumi.ResourceOptions | None = None")
    names = [name for field in _ordered(kind) for name in _names(field)]
    outputs = [
        f"    {field.name}: pulumi.Output[{TYPES[field.type]}]" for field in kind.fields if field.read_only
    ]
    rows = "\n".join(
        textwrap.fill(f"{field.name}: {field.doc}", 100, initial_indent=" " * 8, subsequent_indent=" " * 12)
        for field in _ordered(kind)
        if field.doc
    )
    body = ",\n                ".join(f'"{name}": {name}' for name in names)
    return "\n".join(
        [
            f"class {kind.resource}(Resource):",
            textwrap.fill(f'"""{kind.doc}', 100, initial_indent=" " * 4, subsequent_indent=" " * 4),
            "",
            "    Arguments:",
            rows.replace("\\", "\\\\"),
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
            "        values: dict[str, Any] = {",
            f"                {body},",
            "        }",
            "        super().__init__(",
            "            kind, resource_name, declared(kind, values), address or Address.configured(), opts",
            "        )",
            "",
        ]
    )


def _ordered(kind: Kind) -> list[Field]:
    return sorted(kind.declarable, key=lambda field: not field.required)


def _names(field: Field) -> list[str]:
    secret = [secret_name(field)] if field.secret and field.as_json_text else []
    return [field.name, *secret, *([files_name(field)] if field.files else [])]


def _argument(field: Field) -> str:
    type_ = TYPES[field.type]
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
