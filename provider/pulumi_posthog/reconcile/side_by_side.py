"""Two sides, such as staging and production -> what one has that the other has not, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import ancestors, key_field, may_be_below
from pulumi_posthog.reconcile.desired import Desired, Entry, Key
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.shown import rows
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import MASK, SecretText, is_unknown
from pulumi_posthog.values.spelling import folded

THE_PROJECT: Final = "(the project)"  # what a project is called whose name is not compared


@dataclass(frozen=True)
class Side:
    """What is compared. `complete`: what it does not declare is at its default; else it is left alone.

    `entries` are (kind's name, name without that of the project) -> declared fields. `unmanaged` is what a file says
    nothing about.
    """

    entries: Mapping[Key, Mapping[str, Json]]
    complete: bool
    unmanaged: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Contrast:
    """One difference. `path` is that of the value, "" where only one of the sides has the object.

    `before` and `after` may be shown: secrets are hidden. `only` is "from" or "to", or "" where both have the object.
    """

    kind: str
    name: str
    path: str
    before: Json
    after: Json
    only: str = ""


def projects_of(desired: Desired) -> list[str]:
    """The names of the entries of projects, in the order of the file."""
    return [entry.name for entry in desired.entries if entry.kind is PROJECT and not entry.absent]


def project_named(desired: Desired, wanted: str) -> str | None:
    """The name of the entry of a project, however it is spelled; None when there is none."""
    return next((name for name in projects_of(desired) if folded(name) == folded(wanted)), None)


def side(desired: Desired, *, project: str | None, alone: bool, complete: bool) -> Side:
    """A configuration as a side: all of it, or, with `alone`, only what is in `project`.

    The name of `project` is left out, so that it does not matter what the other side calls its own.
    """

    def called(entry: Entry) -> Key | None:
        inside = entry.kind is PROJECT or PROJECT.name in ancestors(entry.kind)
        if project is not None and inside:
            if entry.name == project and entry.kind is PROJECT:
                return entry.kind.name, THE_PROJECT
            if entry.name.startswith(f"{project}/"):
                return entry.kind.name, entry.name.removeprefix(f"{project}/")
        return None if alone else (entry.kind.name, entry.name)

    entries = {
        key: _fields(entry, key) for entry in desired.entries if not entry.absent and (key := called(entry))
    }
    unmanaged = frozenset(key for entry in desired.unmanaged if (key := called(entry)))
    return Side(entries, complete, unmanaged)


def _fields(entry: Entry, key: Key) -> Mapping[str, Json]:
    if key[1] != THE_PROJECT:
        return entry.fields
    own = key_field(entry.kind).name
    return {name: value for name, value in entry.fields.items() if name != own}


def contrasts(before: Side, after: Side, *, kinds: Iterable[str] = ()) -> Iterator[Contrast]:
    """What differs, in the order of the kinds and then by name; `kinds` narrows it.

    A value that neither side has available, and a secret, are not compared.
    """
    chosen = frozenset(kinds)
    place = {name: index for index, name in enumerate(KINDS)}
    skipped = before.unmanaged | after.unmanaged
    every = sorted({*before.entries, *after.entries}, key=lambda key: (place[key[0]], folded(key[1]), key[1]))
    for key in every:
        if (chosen and key[0] not in chosen) or any(_is_within(key, each) for each in skipped):
            continue
        kind, name = KINDS[key[0]], key[1]
        one, other = before.entries.get(key), after.entries.get(key)
        if one is None:
            yield Contrast(kind.name, name, "", None, None, only="to")
        elif other is None:
            yield Contrast(kind.name, name, "", None, None, only="from")
        else:
            yield from _of_object(kind, name, before, after, one, other)


def _is_within(key: Key, above: Key) -> bool:
    return key == above or (
        may_be_below(KINDS[key[0]], KINDS[above[0]])
        and (above[1] == THE_PROJECT or key[1].startswith(f"{above[1]}/"))
    )


def _of_object(
    kind: Kind,
    name: str,
    before: Side,
    after: Side,
    one: Mapping[str, Json],
    other: Mapping[str, Json],
) -> Iterator[Contrast]:
    """The comparer asks what one side declares of the other, so both are asked, where both say all that they want."""
    found: dict[str, tuple[Json, Json]] = {}
    if after.complete <= before.complete:
        for difference in differences(kind, other, _answered(kind, one, other)):
            for row in rows(difference):
                found.setdefault(row.path, (row.live, row.declared))
    if before.complete <= after.complete:
        for difference in differences(kind, one, _answered(kind, other, one)):
            for row in rows(difference):
                found.setdefault(row.path, (row.declared, row.live))
    for path, (left, right) in found.items():
        yield Contrast(kind.name, name, path, left, right)


def _answered(kind: Kind, declared: Mapping[str, Json], asked: Mapping[str, Json]) -> dict[str, Json]:
    """A side as PostHog would answer it: with defaults in place of what is not declared, and with masks for secrets.

    What is not available is what the other side says, because nobody can compare it.
    """
    result: dict[str, Json] = {}
    for field in kind.writable:
        if field.name in declared:
            value = declared[field.name]
            result[field.name] = asked.get(field.name) if is_unknown(value) else _masked(value)
        elif field.default is not UNSET:
            result[field.name] = field.default
    return result


def _masked(value: Json) -> Json:
    if isinstance(value, SecretText):
        return MASK
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
