"""Events -> TypeScript: an interface for the properties of each, and a function that captures it with posthog-js."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pulumi_posthog.capture.declared import Event, Property
from pulumi_posthog.capture.names import identifiers, in_one_line, literal

TYPES: Final[Mapping[str | None, str]] = {
    "String": "string",
    "Numeric": "number",
    "Boolean": "boolean",
    "DateTime": "Date | string",
    "Duration": "number",
    None: "unknown",
}
ESCAPE: Final = "\\u{{{:x}}}"
HEAD: Final = """\
// Written by `pulumi-posthog types --language typescript` from {source}: do not edit.

/** What captures events: posthog-js, or anything with that method. */
export interface Client {{
  capture(event: string, properties?: Record<string, unknown>): unknown;
}}

/** Properties of these names, and of no others: of an object that is elsewhere in the code, too. */
export type Exactly<Wanted, Given extends Wanted> = Given & Record<Exclude<keyof Given, keyof Wanted>, never>;
"""


def typescript(events: Sequence[Event], source: str) -> str:
    """A module with one function for each event; `source` is the name of the file that declares them."""
    names = identifiers(event.name for event in events)
    parts = [HEAD.format(source=in_one_line(source))]
    for event in events:
        words = names[event.name]
        pascal = "".join(word[:1].upper() + word[1:] for word in words)
        parts.append("\n".join(_event(event, pascal)) + "\n")
    return "\n".join(parts)


def _event(event: Event, name: str) -> Iterator[str]:
    wanted = f"Event{name}"
    called = literal(event.name, ESCAPE)
    if event.properties:
        yield from _comment(f"The properties of {called}.", "")
        yield f"export interface {wanted} {{"
        for each in event.properties:
            yield from _property(each)
        yield "}"
        yield ""
    doc = [in_one_line(event.doc) or f"Captures {called}."]
    yield from _comment(*doc, *(["@deprecated It is hidden in PostHog."] if event.hidden else []), indent="")
    if not event.properties:
        yield f"export function capture{name}(client: Client): void {{"
        yield f"  client.capture({called});"
        yield "}"
        return
    none = "" if any(each.required for each in event.properties) else "?"
    yield f"export function capture{name}<Given extends {wanted}>("
    yield "  client: Client,"
    yield f"  properties{none}: Exactly<{wanted}, Given>,"
    yield "): void {"
    yield f"  client.capture({called}, {{ ...properties }});"
    yield "}"


def _property(each: Property) -> Iterator[str]:
    if each.doc:
        yield from _comment(in_one_line(each.doc), indent="  ")
    mark = "" if each.required else "?"
    yield f"  {literal(each.name, ESCAPE)}{mark}: {TYPES.get(each.type, TYPES[None])};"


def _comment(*lines: str, indent: str = "") -> Iterator[str]:
    safe = [line.replace("*/", "* /") for line in lines if line]
    if len(safe) == 1:
        yield f"{indent}/** {safe[0]} */"
        return
    yield f"{indent}/**"
    yield from (f"{indent} * {line}" for line in safe)
    yield f"{indent} */"
