"""Entries, and what comes with their objects -> the events that the code of an app sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from pulumi_posthog.capture.declared import Event, Property
from pulumi_posthog.config.node import Node
from pulumi_posthog.kinds.words import Carries
from pulumi_posthog.reconcile.desired import Entry, Key, key_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.suggestion import nearly

Note = Callable[[Problem], object]


def events(entries: Iterable[Entry], carried: Mapping[Key, tuple[Node, Json]], note: Note) -> Iterator[Event]:
    """The declared events with their properties; `note` gets a property that is declared nowhere."""
    entries = [*entries]
    every: dict[tuple[Carries, str | None], dict[str, Entry]] = {}
    for entry in entries:
        if entry.kind.carries is not None:
            place = (entry.kind.carries, entry.parent)
            if place not in every:
                every[place] = _known(entries, entry, entry.kind.carries)
            known = every[place]
            node, values = carried.get(key_of(entry), (None, {}))
            yield Event(
                name=str.__str__(entry.kind.own_name(entry.fields)),
                project=str(entry.parent),
                doc=_text(entry.fields.get("description")),
                hidden=entry.fields.get("hidden") is True,
                properties=tuple(_properties(entry, entry.kind.carries, node, values, known, note)),
            )


def _known(entries: Iterable[Entry], entry: Entry, words: Carries) -> dict[str, Entry]:
    """What may come with it, by its name."""
    return {
        str(other.kind.own_name(other.fields)): other
        for other in entries
        if other.kind.name == words.kind
        and other.parent == entry.parent
        and other.fields.get(words.sort, other.kind.field(words.sort).default) == words.of
    }


def _properties(
    entry: Entry, words: Carries, node: Node | None, values: Json, known: Mapping[str, Entry], note: Note
) -> Iterator[Property]:
    if node is None or not isinstance(node.value, dict):
        return
    for name, value in values.items():
        declared = known.get(name)
        if declared is None and not name.startswith(words.built_in):
            close = nearly(name, known)
            note(
                Problem(
                    f'{entry.kind.title} "{entry.name}" names the property "{name}", and no {words.kind} of project'
                    f' "{entry.parent}" declares it',
                    node.keys[name],
                    f'did you mean "{close}"?'
                    if close
                    else f"declare it as well, under `property_definitions`: `{name}: {{{words.type}: String}}`",
                )
            )
        fields = declared.fields if declared else {}
        type_ = fields.get(words.type)
        yield Property(
            name=name,
            type=type_ if isinstance(type_, str) and not is_unknown(type_) else None,
            required=value == "required",
            doc=_text(fields.get("description")),
        )


def _text(value: Json) -> str:
    """A description as it may be in code: nothing that is secret, or not available."""
    return str(value) if type(value) is str else ""
