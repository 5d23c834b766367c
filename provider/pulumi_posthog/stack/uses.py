"""Which objects the resources of a run name in their fields: what one of them names is not deleted.

A file is looked through before anything is registered. A program may give ids, and names that nothing of Pulumi's
follows, so each resource is looked through when it is checked. PostHog itself asks nobody before it deletes an action.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.tables import joined, views_of
from pulumi_posthog.stack.properties import known_ids, to_values
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference, with_names

Used = tuple[str, str]  # a kind's name, and an id; or the project's id and a name, with a slash between them


def used_by(kind: Kind, inputs: Mapping[str, Any]) -> Iterator[Used]:
    """What a resource with these checked properties names: by ids, and by names that PostHog keeps as names."""
    for key, id_ in known_ids(inputs).items():
        if isinstance(id_, str) and id_:
            yield key.partition("/")[0], id_
    values = to_values(kind, inputs)
    found = [(named, f"{inputs.get(kind.parent or '')}/{name}") for named, name in views_of(kind, values)]
    for name, value in values.items():
        field = kind.field(name)
        if field.follows and isinstance(value, str):
            found.append((field.follows, f"{inputs.get(kind.parent or '')}/{value}"))
        if field.names in KINDS and not isinstance(value, Reference) and value is not None:
            found.append((str(field.names), str(value)))
        for place in field.ids:

            def note(id_: Json, names: str = place.names) -> Json:
                if isinstance(id_, int | str) and not isinstance(id_, bool | Reference):
                    found.append((names, str(id_)))
                return id_

            with_names(value, place.path, note, place.where)
    yield from found


class Uses:
    """What is used, by the URNs of the resources that do."""

    def __init__(self) -> None:
        self._by: dict[str, frozenset[Used]] = {}
        self._lock = threading.Lock()

    def noted(self, urn: str, kind: Kind, inputs: Mapping[str, Any]) -> None:
        """What a resource that is declared in this run names."""
        with self._lock:
            self._by[urn] = frozenset(used_by(kind, inputs))

    def user_of(self, kind: Kind, id_: str, props: Mapping[str, Any], urn: str) -> str | None:
        """The URN of another resource that names an object with these recorded properties; None where there is none."""
        above, values = props.get(kind.parent or ""), to_values(kind, props)
        wanted = {(kind.name, id_), (kind.name, f"{above}/{kind.own_name(values)}")}
        brought = {joined(table) for table in kind.tables(values)} if kind.tables else set[str]()

        def reads(used: Iterable[Used]) -> bool:
            """Whether one of these names is that of a table which the object brings."""
            return any(
                KINDS[named].named_in_sql and there == str(above) and joined(table) in brought
                for named, each in used
                if named in KINDS
                for there, _, table in (each.partition("/"),)
            )

        with self._lock:
            return next(
                (
                    each
                    for each, used in self._by.items()
                    if each != urn and (used & wanted or (brought and reads(used)))
                ),
                None,
            )
