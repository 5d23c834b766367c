"""What `!ref` and `!config` mean: a value, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_posthog.kinds import KINDS, NAMED
from pulumi_posthog.values.configured import IsSecret, value_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.local_file import storable
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.suggestion import suggestion


@dataclass(frozen=True)
class Wrong:
    """Why a tag has no value. `missing` says that only the machine lacks it."""

    message: str
    hint: str | None = None
    missing: bool = False


def reference(text: str, where: Position) -> Reference | Wrong:
    """What `!ref kind/name` names; a kind that can be named is one with objects of its own."""
    kind, slash, name = text.partition("/")
    known = sorted({*NAMED, *(each.name for each in KINDS.values() if not each.embedded_in)})
    if kind not in known:
        message = f'!ref knows no kind "{kind}"' if slash else "!ref takes a kind and a name"
        return Wrong(message, suggestion(kind, known) if slash else "write `!ref kind/name`")
    if not name.strip():
        return Wrong(f"!ref {kind}/ lacks a name", f"write `!ref {kind}/NAME`")
    return Reference(kind, name.strip(), where)


def configured(name: str, look_up: Callable[[str], str | None] | None) -> Json | Wrong:
    """The plain value of a setting of the stack; one that is a secret is none."""
    try:
        text = look_up(name) if look_up else None
    except IsSecret:
        return Wrong(f'"{name}" is a secret of the stack configuration', f"write `!secret {name}`")
    if not text:
        hint = f"set it: pulumi config set posthog:{name}"
        return Wrong(f'the stack configuration has no "{name}"', hint, missing=True)
    if not storable(text):
        return Wrong(f"!config {name} holds a character that no PostHog text can hold")
    return value_of(text)
