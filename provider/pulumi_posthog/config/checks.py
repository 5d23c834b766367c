"""Nodes, values -> health checks: of a project, or of one of its objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pulumi_posthog.checks.condition import Condition, ConditionError, condition
from pulumi_posthog.checks.declared import MOST_EVENTS, Check, Events, Query
from pulumi_posthog.config.node import Node
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.duration import seconds
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.spelling import DRIVES, drives

SOURCES = ("query", "events")
LONGEST_WAIT = 24 * 3600  # seconds
Note = Callable[[Problem], object]


def checks(entry: Entry, node: Node, values: Mapping[str, Json], note: Note) -> Iterator[Check]:
    """The checks in the body of an entry; `note` gets what is wrong with them.

    Nothing is made of what has the wrong form, which the check of the schema has told.
    """
    key = entry.kind.checks
    section = node.value.get(key) if key and isinstance(node.value, dict) else None
    if key is None or section is None or not isinstance(section.value, dict):
        return
    if not entry.kind.checks_by_name:
        made = _Body(entry, None, section, values[key], node.keys[key], note).check()
        yield from [made] if made else []
        return
    for name, body in section.value.items():
        if any(map(drives, name)):
            owner = f'{entry.kind.title} "{entry.name}"'
            note(Problem(f'{owner} has a check "{name}", {DRIVES}', section.keys[name]))
        elif isinstance(body.value, dict):
            made = _Body(entry, name, body, values[key][name], section.keys[name], note).check()
            yield from [made] if made else []


class _Body:
    """What is written of one check."""

    def __init__(
        self, entry: Entry, name: str | None, node: Node, values: Json, where: Position, note: Note
    ) -> None:
        self.entry = entry
        self.name = name
        self.node = node
        self.values = values
        self.where = where
        self._note = note
        self.words = f'check "{name}" of' if name else "the check of"
        self.words += f' {entry.kind.title} "{entry.name}"'

    def check(self) -> Check | None:
        """The check, None where it cannot be made."""
        ask, expect = self._ask(), self._expect()
        times = {name: self._time(name) for name in ("within", "every", "timeout")}
        if ask is None or expect is None:
            return None
        if isinstance(ask, Events) and any(number > MOST_EVENTS for number in expect.numbers):
            self._problem(
                f"compares with more than {MOST_EVENTS:,}, and `events` counts no further",
                "expect",
                "ask with a `query`",
            )
        source = self.values["query"] if isinstance(ask, Query) else None
        given = {name: time for name, time in times.items() if time is not None}
        return Check(
            name=self.entry.name if self.name is None else f"{self.entry.name}/{self.name}",
            key=self.name,
            subject=(self.entry.kind.name, self.entry.name),
            project=self.entry.name if self.entry.parent is None else self.entry.parent,
            ask=ask,
            expect=expect,
            description=str(self.values.get("description") or ""),
            previously=tuple(
                earlier if self.name is None else f"{earlier}/{self.name}"
                for earlier in self.entry.previously
            ),
            lacking=source.source if isinstance(source, SecretText) and not source.known else None,
            where=self.where,
            asked_at=self.node.value["query" if isinstance(ask, Query) else "events"].where,
            **given,
        )

    def _ask(self) -> Query | Events | None:
        given = [name for name in SOURCES if name in self.node.value]
        if len(given) != 1:
            asked = "asks nothing" if not given else "asks by `query` and by `events`"
            self._problem(asked, given[1] if given else None, "write one of them: query or events")
            return None
        value = self.values[given[0]]
        if given[0] == "query" and isinstance(value, str):
            return self._query(value)
        if given[0] == "events" and isinstance(value, dict):
            last = self._seconds(value.get("last"))
            event = value.get("event")
            return Events(None if event is None else str.__str__(event), last) if last else None
        return None

    def _query(self, text: str) -> Query | None:
        if not text.strip() and not (isinstance(text, SecretText) and not text.known):
            self._problem("has an empty query", "query", None)
            return None
        return Query(str.__str__(text).strip())

    def _expect(self) -> Condition | None:
        text = self.values.get("expect")
        if not isinstance(text, str):
            return None
        if isinstance(text, SecretText):
            self._problem("takes its condition from somewhere else", "expect", "write the condition itself")
            return None
        try:
            return condition(text)
        except ConditionError as error:
            self._problem(f'expects "{text}", which {error}', "expect", error.hint)
        return None

    def _time(self, name: str) -> int | None:
        text = self.values.get(name)
        number = self._seconds(text)
        if number is None:
            return None
        if number > LONGEST_WAIT:
            self._problem(f"has {name} {text}: the most is 24h", name, None)
        elif number < 1 and name != "within":
            self._problem(f"has {name} {text}: the least is 1s", name, None)
        return number

    @staticmethod
    def _seconds(text: Json) -> int | None:
        try:
            return seconds(text) if isinstance(text, str) else None
        except ValueError:
            return None  # the schema's check says so

    def _problem(self, predicate: str, key: str | None, hint: str | None) -> None:
        where = self.node.value[key].where if key else self.where
        self._note(Problem(f"{self.words} {predicate}", where, hint))
