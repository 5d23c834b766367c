"""Health checks <-> the properties of their Pulumi resources; and whether one has to run in this update. Pure.

Shown: `project`, `query` or `event` and `last`, `expect`, `within`, `every`, `timeout`. Hidden:
`__of`, `__subject`   what it belongs to: the kind, PostHog's id
`__name`, `__key`, `__owner`, `__in`  its name, the last part of it, the names of what it belongs to and of its project
`__where`, `__asked`  where it is in the file
`__digest`            of what is declared in the subject: another one means that something was to change there
`__passed`            in the outputs only: whether it held when it last ran
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pulumi_posthog.checks.condition import condition
from pulumi_posthog.checks.declared import TIMEOUT, Check, Events, Query, entries_below
from pulumi_posthog.checks.setting import ALWAYS, NEVER
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.values.duration import duration, seconds
from pulumi_posthog.values.json_value import Json, json_text
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.secret_text import SecretText

ASKED: Final = ("project", "query", "event", "last", "expect", "within", "every", "timeout")
COMPARED: Final = (*ASKED, "__digest", "__subject")


def properties_of_check(check: Check, desired: Desired) -> dict[str, Any]:
    """The properties of a check's resource, without those that only its parent knows (`project`, `__subject`)."""
    ask = check.ask
    asked: dict[str, Any] = {"query": ask.hogql} if isinstance(ask, Query) else {"last": duration(ask.last)}
    if isinstance(ask, Events) and ask.event is not None:
        asked["event"] = ask.event
    timeout = None if check.timeout == TIMEOUT else check.timeout
    times = {"within": check.within, "every": check.every, "timeout": timeout}
    hidden = {
        "__of": check.subject[0],
        "__owner": check.subject[1],
        "__in": check.project,
        "__name": check.name,
        "__key": check.key,
        "__description": check.description or None,
        "__where": str(check.where) if check.where else None,
        "__asked": str(check.asked_at) if check.asked_at else None,
        "__digest": digest(entries_below(check, desired)),
    }
    result = {
        **asked,
        "expect": check.expect.text,
        **{name: duration(time) for name, time in times.items() if time},
        **hidden,
    }
    return {name: value for name, value in result.items() if value is not None}


def digest(entries: Iterable[Entry]) -> str:
    """A short text that is the same for the same declared fields; nothing of a secret is in it."""
    rows = [[entry.kind.name, entry.name, entry.absent, _open(entry.fields)] for entry in entries]
    return hashlib.sha256(json_text(sorted(rows, key=json_text)).encode()).hexdigest()[:20]


def _open(value: Json) -> Json:
    if isinstance(value, SecretText):
        return value.source
    if isinstance(value, Mapping):
        return {key: _open(item) for key, item in value.items()}
    return [_open(item) for item in value] if isinstance(value, list | tuple) else value


def check_of(properties: Mapping[str, Any]) -> Check:
    """The check that properties mean; raises ValueError (`ConditionError`) for those that mean none."""
    query, last = properties.get("query"), properties.get("last")
    if (query is None) == (last is None):
        raise ValueError("a check asks either by `query` or by the events of the `last` time")
    times = {
        name: seconds(str(properties[name])) for name in ("within", "every", "timeout") if name in properties
    }
    name = str(properties["__name"])
    return Check(
        name=name,
        key=properties.get("__key"),
        subject=(properties.get("__of", "project"), properties.get("__owner", name)),
        project=properties.get("__in", ""),
        ask=Query(str(query)) if query is not None else Events(properties.get("event"), seconds(str(last))),
        expect=condition(str(properties["expect"])),
        within=times.get("within", 0),
        every=times.get("every"),
        timeout=times.get("timeout") or TIMEOUT,
        description=properties.get("__description", ""),
        where=_position(properties.get("__where")),
        asked_at=_position(properties.get("__asked")),
    )


def _position(text: str | None) -> Position | None:
    if not text:
        return None
    file, line, column = text.rsplit(":", 2)
    return Position(file, int(line), int(column))


def has_to_run(olds: Mapping[str, Any], news: Mapping[str, Any], when: str, *, changed: bool) -> bool:
    """Whether a check has to run: `changed` says that what it follows was changed in this update.

    `olds` are the outputs of its last run. One that did not hold runs again, whatever has changed.
    """
    if when == NEVER:
        return False
    differs = any(olds.get(name) != news.get(name) for name in COMPARED)
    return when == ALWAYS or changed or differs or not olds.get("__passed")
