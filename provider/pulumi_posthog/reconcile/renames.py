"""What goes, what comes -> what was probably renamed, so that it can be said before anything is lost. Pure."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.values.spelling import folded, one_line

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
            f'{self.kind.title} "{one_line(self.after)}" looks like what was "{one_line(self.before)}":'
            f" if it was renamed, write"
            f" `previously: {one_line(self.key)}` there, and nothing of it goes"
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
            signs = _Signs(kind, parent, before, after, called or {}, *looks)
            for name in went:
                match = signs.match(name, came)
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


@dataclass(frozen=True)
class _Signs:
    """By what an entry of one kind, below one parent, may be known again under another name; the surest sign first."""

    kind: Kind
    parent: str
    before: Managed
    after: Managed
    called: Mapping[tuple[str, str], str]
    then: Looks
    now: Looks

    def match(self, name: str, came: Iterable[str]) -> str | None:
        """Which of those that came is what `name` was; None when none seems so."""
        signs = (self._called_so, self._same_below, self._alike, self._same_content)
        return next((other for sign in signs for other in came if sign(name, other)), None)

    def _called_so(self, name: str, other: str) -> bool:
        """Somebody gave it the new name in PostHog already."""
        return self.called.get((self.kind.name, name)) == _key(self.parent, other)

    def _same_below(self, name: str, other: str) -> bool:
        """The same is below both."""
        then = _below(name, self.before)
        return bool(then) and then == _below(other, self.after)

    def _alike(self, name: str, other: str) -> bool:
        """The names differ by their case or by a few letters."""
        one, two = (folded(_key(self.parent, each)) for each in (name, other))
        return difflib.SequenceMatcher(None, one, two).ratio() >= ALIKE

    def _same_content(self, name: str, other: str) -> bool:
        """Both declare the same."""
        content = self.then.get(self.kind.name, {}).get(name)
        return content is not None and content == self.now.get(self.kind.name, {}).get(other)


def _below(name: str, managed: Managed) -> set[tuple[str, str]]:
    return {(kind, _key(name, each)) for kind, parents in managed.items() for each in parents.get(name, {})}
