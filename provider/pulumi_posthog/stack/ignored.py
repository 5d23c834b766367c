"""Rules of what `drift` passes over -> which fields of which entries a run sets back all the same.

A rule keeps a difference out of the report. It keeps no run from writing what is declared, so a preview says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.path import is_below, path_of

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration

Ignored = Mapping[
    str, Mapping[str, Mapping[str, str]]
]  # kind's name -> entry's name -> field -> the last day


def ignored(configuration: Configuration, today: datetime.date) -> Ignored:
    """The declared fields that a rule is about which is not over."""
    options = configuration.options.get("drift")
    rules = options.get("ignore") if isinstance(options, dict) else None
    current = [rule for rule in rules or () if str(rule["until"]) >= today.isoformat()]
    result: dict[str, dict[str, dict[str, str]]] = {}
    for entry in configuration.entries if current else ():
        for field, path in _paths(entry, configuration):
            days = [str(rule["until"]) for rule in current if _is_about(path, str(rule["path"]))]
            if days:
                result.setdefault(entry.kind.name, {}).setdefault(entry.name, {})[field] = max(days)
    return result


def _paths(entry: Entry, configuration: Configuration) -> Iterator[tuple[str, str]]:
    """The declared fields of an entry, and where each is; an exact list is where its entry would."""
    path = path_of(entry, configuration)
    for field in entry.fields:
        yield field, path if entry.kind.set_of else f"{path}.{field}"


def _is_about(path: str, pattern: str) -> bool:
    """Whether a rule is about a field, or about something in it."""
    return is_below(path, pattern) or pattern.startswith((f"{path}.", f"{path}["))
