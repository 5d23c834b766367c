"""observed -> what is gone and probably has another name in PostHog: without a stack no id tells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import list_field
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Entry, Key, group_of, key_of
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.observe import Observed, Undeclared
from pulumi_posthog.reconcile.renames import may_say_previously, probable_renames
from pulumi_posthog.values.json_value import Json

Names = dict[str, dict[str, dict[str, str]]]  # as `limits.Managed`


def renamed(observed: Observed) -> Mapping[Key, Found]:
    """Entry -> the live object that is not declared and that looks like it, for entries that PostHog does not have."""
    gone = [
        entry
        for entry in observed.compared
        if key_of(entry) not in observed.found
        and key_of(entry) not in observed.unread
        and may_say_previously(entry.kind, KINDS.values())
    ]
    strange = {
        (each.found.kind.name, each.group[1] or "", _key(each.found)): each for each in observed.unclaimed
    }
    before: Names = {}
    after: Names = {}
    for entry in gone:
        _names(before, entry.kind.name, entry.parent or "")[entry.name] = ""
        for kind, item in _declared_items(entry, observed):
            _names(before, kind, entry.name)[f"{entry.name}/{item}"] = ""
    for (kind, parent, key), each in strange.items():
        name = f"{parent}/{key}" if parent else key
        _names(after, kind, parent)[name] = ""
        for item_kind, item in _live_items(each.found):
            _names(after, item_kind, name)[f"{name}/{item}"] = ""
    called = {
        key_of(entry): same
        for entry in gone
        if (same := _same_content(entry, observed.unclaimed)) is not None
    }
    looks = probable_renames(before, after, {}, KINDS, called)
    by_name = {
        (kind, f"{parent}/{key}" if parent else key): each.found
        for (kind, parent, key), each in strange.items()
    }
    return {
        (look.kind.name, look.before): by_name[look.kind.name, look.after]
        for look in looks
        if (look.kind.name, look.after) in by_name
    }


def _names(names: Names, kind: str, parent: str) -> dict[str, str]:
    return names.setdefault(kind, {}).setdefault(parent, {})


def _key(found: Found) -> str:
    return str(next((found.values.get(each.name) for each in found.kind.fields if each.from_key), found.id))


def _lists(kind: Kind) -> Iterator[Kind]:
    """The exact lists that are in the answers of a kind."""
    for each in KINDS.values():
        if each.set_of and each.embedded_in and each.embedded_in[0] == kind.name:
            yield each


def _declared_items(entry: Entry, observed: Observed) -> Iterator[tuple[str, str]]:
    for each in _lists(entry.kind):
        for below in observed.desired.entries:
            if below.kind is each and below.parent == entry.name:
                yield from ((each.name, str(item)) for item in below.fields[list_field(each).name])
            elif below.kind.name == each.set_of and below.parent == entry.name:
                yield each.name, str(below.kind.own_name(below.fields))


def _live_items(found: Found) -> Iterator[tuple[str, str]]:
    for each in _lists(found.kind):
        yield from ((each.name, str(item)) for item in each.values(found.answer)[list_field(each).name])


def _same_content(entry: Entry, strange: tuple[Undeclared, ...]) -> str | None:
    """The key of the one object in the same collection that has what the entry declares, except for its key."""
    identity = {name for key in entry.kind.natural_keys for name in key}
    content: dict[str, Json] = {
        field.name: entry.fields[field.name]
        for field in entry.kind.declarable
        if field.name in entry.fields
        and field.name not in identity
        and entry.fields[field.name] not in (None, {}, [], "", True, False, field.default)
    }
    if not content:
        return None  # everything would be like it
    told = {
        field.name: entry.fields[field.name]
        for field in entry.kind.declarable
        if field.name in entry.fields and not field.from_key
    }
    same = [
        each.found
        for each in strange
        if each.group == group_of(entry) and not differences(entry.kind, told, each.found.values)
    ]
    return _key(same[0]) if len(same) == 1 else None
