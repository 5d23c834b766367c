"""Events -> Python: a typed dictionary for the properties of each, and a function that captures it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pulumi_posthog.capture.declared import Event
from pulumi_posthog.capture.names import identifiers, in_one_line, literal

TYPES: Final[Mapping[str | None, str]] = {
    "String": "str",
    "Numeric": "float",
    "Boolean": "bool",
    "DateTime": "datetime | str",
    "Duration": "float",
    None: "object",
}
ESCAPE: Final = "\\U{:08x}"
HEAD: Final = '''\
# Written by `pulumi-posthog types --language python` from {source}: do not edit.
"""What this project sends to PostHog: one function for each event. It needs Python 3.11 or newer."""

from __future__ import annotations

from datetime import datetime  # noqa: F401
from typing import Any, NotRequired, Protocol, TypedDict  # noqa: F401


class Client(Protocol):
    """What captures events: the module `posthog`, a `Posthog` of any version, or anything with that function."""

    def capture(self, *, event: str, distinct_id: str, properties: dict[str, Any]) -> object: ...
'''


def python(events: Sequence[Event], source: str) -> str:
    """A module with one function for each event; `source` is the name of the file that declares them."""
    names = identifiers(event.name for event in events)
    functions = ("\n".join(_event(event, names[event.name])) + "\n" for event in events)
    return "\n\n".join((HEAD.format(source=in_one_line(source)), *functions))


def _event(event: Event, words: Sequence[str]) -> Iterator[str]:
    called = literal(event.name, ESCAPE)
    function = f"capture_{'_'.join(words)}"
    doc = in_one_line(event.doc) or f"Captures {event.name}."
    doc = f"{doc} It is hidden in PostHog: send it no more." if event.hidden else doc
    if not event.properties:
        yield f"def {function}(client: Client, distinct_id: str) -> None:"
        yield f"    {literal(doc, ESCAPE)}"
        yield f"    client.capture(event={called}, distinct_id=distinct_id, properties={{}})"
        return
    wanted = f"Event{''.join(word[:1].upper() + word[1:] for word in words)}"
    yield f"{wanted} = TypedDict("
    yield f"    {literal(wanted, ESCAPE)},"
    yield "    {"
    for each in event.properties:
        type_ = TYPES.get(each.type, TYPES[None])
        if each.doc:
            yield f"        # {in_one_line(each.doc)}"
        yield f"        {literal(each.name, ESCAPE)}: {type_ if each.required else f'NotRequired[{type_}]'},"
    yield "    },"
    yield ")"
    yield ""
    yield ""
    needed = any(each.required for each in event.properties)
    given = f"properties: {wanted}" if needed else f"properties: {wanted} | None = None"
    yield f"def {function}(client: Client, distinct_id: str, {given}) -> None:"
    yield f"    {literal(doc, ESCAPE)}"
    sent = "{**properties}" if needed else "{**(properties or {})}"
    yield f"    client.capture(event={called}, distinct_id=distinct_id, properties={sent})"
