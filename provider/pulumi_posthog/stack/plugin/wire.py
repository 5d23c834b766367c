"""Protobuf structs <-> properties. Pulumi marks what is secret and what is not known yet; here these are values.

A secret is `Secret(value)`, at any depth, what is not known yet NOT_YET_KNOWN. Numbers arrive as floats. Pure.
The marks are those of Pulumi's protocol (sdk/go/common/resource/properties.go: SecretSig, UnknownStringValue, ...).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN, NotYetKnown

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - how Pulumi marks one
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


@dataclass(frozen=True)
class Secret:
    """A value that Pulumi encrypts in the state and shows nowhere."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


def received(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of a request; those that are null are left out, as Pulumi's SDK does."""
    return {
        name: _received(value)
        for name, value in struct.fields.items()
        if value.WhichOneof("kind") not in ("null_value", None)
    }


def _received(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return NOT_YET_KNOWN if value.string_value in UNKNOWNS else value.string_value
        case "number_value":
            return value.number_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_received(item) for item in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
                return Secret(_received(fields["value"]) if "value" in fields else None)
            return {name: _received(item) for name, item in fields.items()}
        case _:
            return None


def sent(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties as an answer has them; those that are None are left out."""
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        if value is not None:
            _put(struct.fields[name], value)
    return struct


def _put(place: struct_pb2.Value, value: Any) -> None:
    if value is None:
        place.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, str):
        place.string_value = value
    elif isinstance(value, bool):
        place.bool_value = value
    elif isinstance(value, int | float):
        place.number_value = value
    elif isinstance(value, Mapping):
        place.struct_value.SetInParent()
        for name, item in value.items():
            _put(place.struct_value.fields[name], item)
    elif isinstance(value, list | tuple):
        place.list_value.SetInParent()
        for item in value:
            _put(place.list_value.values.add(), item)
    elif isinstance(value, Secret):
        fields = place.struct_value.fields
        fields[SIGNATURE].string_value = SECRET
        _put(fields["value"], value.value)
    elif isinstance(value, NotYetKnown):
        place.string_value = UNKNOWN
    else:
        raise TypeError(f"a property can't be a {type(value).__name__}")


def opened(value: Any) -> Any:
    """A value without the marks of what in it is secret."""
    if isinstance(value, Secret):
        return opened(value.value)
    if isinstance(value, Mapping):
        return {name: opened(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [opened(item) for item in value]
    return value


def holds_secret(value: Any) -> bool:
    """Whether a value is secret, or something in it is."""
    if isinstance(value, Secret):
        return True
    if isinstance(value, Mapping):
        return any(holds_secret(item) for item in value.values())
    return isinstance(value, list | tuple) and any(holds_secret(item) for item in value)


def marked(properties: Mapping[str, Any], secret: frozenset[str]) -> dict[str, Any]:
    """Properties with those named in `secret` made secret as a whole."""
    return {
        name: Secret(value)
        if name in secret and value is not None and not isinstance(value, Secret)
        else value
        for name, value in properties.items()
    }
