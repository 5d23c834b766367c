"""What goes, what comes -> what was probably renamed, so that it can be said before anything is lost. Pure."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_posthog.desired import Desired
from pulumi_posthog.kind import Kind
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.rails import Managed
from pulumi_posthog.spelling import folded

Looks = Mapping[str, Mapping[str, str]]  # kind's name -> resource's name -> digest of what is declared there
ALIKE = 0.8  # of difflib's ratio (0..1): a few letters of a name differ


@dataclass(frozen=True)
class Rename:
    """An entry that goes while a look-alike comes. `key` is what `previously` has to say."""

    kind: Kind
    before: str
    after: str
    key: str

    def __str__(self) -> str:
        return (
            f'{self.kind.title} "{self.after}" looks like what was "{self.before}": if it was renamed, write'
            f" `previously: {self.key}` there, and nothing of it goes"
        )


def probable_renames(
    before: Managed,
    after: Managed,
    moved: Mapping[str, Mapping[str, str]],
    kinds: Mapping[str, Kind],
    called: Mapping[tuple[str, str], str] | None = None,
    looks: tuple[Looks, Looks] = ({}, {}),
) -> tuple[Rename, ...]:
    """The entries of `before` that probably stand in `after` under another name, parents before their children.

    `moved` are the renames that are declared, `called` says how PostHog calls an object now that the state knows by a
    kind and a name, `looks` are the digests of what was declared and of what is. What is in something that was renamed
    comes along with it and is not told.
    """
    result: list[Rename] = []
    for kind_name, parents in before.items():
        kind = kinds.get(kind_name)
        if kind is None or not may_say_previously(kind, kinds.values()):
            continue
        for parent, objects in parents.items():
            here = after.get(kind_name, {}).get(moved.get(kind.parent or "", {}).get(parent, parent), {})
            went = [name for name in objects if name not in moved.get(kind_name, {}) and name not in here]
            came = [
                name for name in here if name not in objects and name not in moved.get(kind_name, {}).values()
            ]
            for name in went:
                then, now = (each.get(kind_name, {}) for each in looks)
                match = next(
                    (
                        other
                        for looks_alike in (_called_so, _same_below, _alike)
                        for other in came
                        if looks_alike(kind, (name, other), (parent, here), before, after, called or {})
                    ),
                    next((other for other in came if name in then and then[name] == now.get(other)), None),
                )
                if match is not None:
                    came.remove(match)
                    result.append(Rename(kind, name, match, _key(parent, name)))
    return tuple(sorted(result, key=lambda each: each.kind.parent is not None))


def looks(desired: Desired) -> dict[str, dict[str, str]]:
    """A short digest of what each entry declares beside its key, with the exact list below it: no more than is needed
    to see that two entries declare the same. An entry that declares nothing looks like any other and has none.
    """
    lists = {
        (each.kind.parent, each.parent): each.fields for each in desired.entries if each.kind.exact_list_of
    }
    result: dict[str, dict[str, str]] = {}
    for entry in desired.entries:
        if not entry.kind.guarded or not may_say_previously(entry.kind, KINDS.values()):
            continue
        own = {field.name for field in entry.kind.fields if field.from_key}
        content = {name: value for name, value in entry.fields.items() if name not in own}
        content |= lists.get((entry.kind.name, entry.name), {})
        if content:
            # A secret is no part of it: this stands in the state as it is.
            text = json.dumps(content, sort_keys=True, default=lambda _: "")
            digest = hashlib.sha256(text.encode()).hexdigest()[:12]
            result.setdefault(entry.kind.name, {})[entry.name] = digest
    return result


def may_say_previously(kind: Kind, kinds: Iterable[Kind]) -> bool:
    """Whether an entry of that kind has a key that may change, and a place to say so: the items of a list have none."""
    return any(field.from_key for field in kind.fields) and not any(
        each.exact_list_of == kind.name for each in kinds
    )


def _key(parent: str, name: str) -> str:
    return name.removeprefix(f"{parent}/") if parent else name


def _called_so(
    kind: Kind,
    names: tuple[str, str],
    place: tuple[str, Mapping[str, str]],
    _before: Managed,
    _after: Managed,
    called: Mapping[tuple[str, str], str],
) -> bool:
    """Somebody gave it the new name in PostHog already."""
    return called.get((kind.name, names[0])) == _key(place[0], names[1])


def _same_below(
    kind: Kind,
    names: tuple[str, str],
    _place: tuple[str, Mapping[str, str]],
    before: Managed,
    after: Managed,
    _called: Mapping[tuple[str, str], str],
) -> bool:
    """The same lies in both."""
    then, now = _below(names[0], before), _below(names[1], after)
    return bool(then) and then == now


def _alike(
    _kind: Kind,
    names: tuple[str, str],
    place: tuple[str, Mapping[str, str]],
    _before: Managed,
    _after: Managed,
    _called: Mapping[tuple[str, str], str],
) -> bool:
    """The names differ by their case or by a few letters."""
    one, other = (folded(_key(place[0], name)) for name in names)
    return difflib.SequenceMatcher(None, one, other).ratio() >= ALIKE


def _below(name: str, managed: Managed) -> set[tuple[str, str]]:
    return {(kind, _key(name, each)) for kind, parents in managed.items() for each in parents.get(name, {})}
