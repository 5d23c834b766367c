"""What leaves, what comes -> what was probably renamed, so that it can be said before anything is lost. Pure."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.values.spelling import folded, one_line

Looks = Mapping[str, Mapping[str, str]]  # kind's name -> resource's name -> digest of what is declared there
Names = Collection[tuple[str, str]]  # kind's name, resource's name
Earlier = Mapping[str, Mapping[str, Iterable[str]]]  # kind's name -> resource's name -> its names before
ALIKE = 0.8  # of difflib's ratio (0..1): a few letters of a name differ


@dataclass(frozen=True)
class Rename:
    """An entry that leaves while a look-alike comes. `key` is what `previously` has to say.

    `sure` says that more than the spelling of the two names speaks for it, `same` that PostHog calls it so already.
    """

    kind: Kind
    before: str
    after: str
    key: str
    sure: bool = True
    same: bool = False

    def __str__(self) -> str:
        return self.words(in_file=True)

    def words(self, *, in_file: bool) -> str:
        """What to say of it; a program in Python says otherwise than a file what something was called."""
        before, after, key = map(one_line, (self.before, self.after, self.key))
        alias = f'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{one_line(before)}")])'
        return (
            f'{self.kind.title} "{one_line(after)}" looks like what was "{one_line(before)}": if it was renamed, write'
            f" `{f'previously: {key}' if in_file else alias}` there, and nothing of it is removed"
        )

    def refusal(self, removals: int, *, in_file: bool) -> str:
        """Why a run may not continue before it is said; `removals` is how many objects of the kind it would remove."""
        if self.same:  # another one cannot be made under that name
            return self.words(in_file=in_file)
        return (
            f"{self.words(in_file=in_file)}\n"
            f'  hint: if "{one_line(self.before)}" is to be removed and another one made:'
            f" pulumi config set posthog:allowRemovals {self.kind.name}={removals}"
        )


def probable_renames(
    before: Managed,
    after: Managed,
    moved: Mapping[str, Mapping[str, str]],
    kinds: Mapping[str, Kind],
    called: Mapping[tuple[str, str], str] | None = None,
    looks: tuple[Looks, Looks] = ({}, {}),
    earlier: Earlier | None = None,
    bare: tuple[Names, ...] = ((), ()),
) -> tuple[Rename, ...]:
    """The entries of `before` that probably are in `after` under another name, parents before their children.

    `moved` are the renames that are declared, `called` says how PostHog calls an object now that the state knows by a
    kind and a name, `looks` are the digests of what was declared and of what is, `earlier` the names that entries of
    `before` have had, `bare` what declares nothing but a name, before and after (`bare`). What is in something that was
    renamed comes along with it and is not told.
    """
    result: list[Rename] = []
    for kind_name, parents in before.items():
        kind = kinds.get(kind_name)
        if kind is None or not may_say_previously(kind, kinds.values()):
            continue
        for parent, objects in parents.items():
            here = after.get(kind_name, {}).get(moved.get(kind.parent or "", {}).get(parent, parent), {})
            went = [name for name in objects if name not in moved.get(kind_name, {}) and name not in here]
            said = moved.get(kind_name, {})
            # An earlier name that the stack does not have says nothing yet: it may be what PostHog calls it.
            known = {new for old, new in said.items() if old in objects}
            came = [name for name in here if name not in objects and name not in known]
            signs = _Signs(kind, parent, before, after, called or {}, *looks, earlier or {}, said)
            alone = (
                len(went) == len(came) == 1
                and (kind_name, went[0]) in bare[0]
                and (kind_name, came[0]) in bare[1]
            )
            for name in went:
                found = signs.match(name, came)
                if found is None and alone:
                    key = _key(parent, name)
                    found = Rename(kind, name, came[0], key, sure=False)
                if found is not None:
                    came.remove(found.after)
                    result.append(found)
    return tuple(sorted(result, key=lambda each: each.kind.parent is not None))


def looks(desired: Desired) -> dict[str, dict[str, str]]:
    """A short digest of what each entry declares beside its key, with the exact list below it: no more than is needed
    to see that two entries declare the same. An entry that declares nothing, or only that it is a folder, looks like
    any other and has none.
    """
    lists = {(each.kind.parent, each.parent): each.fields for each in desired.entries if each.kind.set_of}
    result: dict[str, dict[str, str]] = {}
    for entry in desired.entries:
        if not entry.kind.guarded or not may_say_previously(entry.kind, KINDS.values()):
            continue
        own = {field.name for field in entry.kind.fields if field.from_key}
        content = {name: value for name, value in entry.fields.items() if name not in own}
        content |= lists.get((entry.kind.name, entry.name), {})
        if content and (content.keys() - names_of(entry.kind) or entry.kind.natural_key(content)):
            # A secret is no part of it: this is in the state as it is.
            text = json.dumps(content, sort_keys=True, default=lambda _: "")
            digest = hashlib.sha256(text.encode()).hexdigest()[:12]
            result.setdefault(entry.kind.name, {})[entry.name] = digest
    return result


def bare(
    managed: Managed, lists: Mapping[str, Mapping[str, Mapping[str, Any]]], looks: Looks | None
) -> set[tuple[str, str]]:
    """What declares nothing but a name, and has nothing below it: nothing tells one of them from another.

    `lists` are `limits.exact_lists`. Without `looks`, as programs in Python have none, that is known only of
    kinds that have nothing but a name on servers of today.
    """
    known = managed.keys() & KINDS.keys()  # a state may have a kind that there was
    above = {(KINDS[kind].parent, parent) for kind in known for parent in managed[kind]}
    above |= {
        (KINDS[kind].parent, each["parent"]) for kind, named in lists.items() for each in named.values()
    }
    return {
        (kind, name)
        for kind in known
        for objects in managed[kind].values()
        for name in objects
        if (kind, name) not in above
        and (
            name not in looks.get(kind, {})
            if looks is not None
            else all(field.from_key or field.until for field in KINDS[kind].writable)
        )
    }


def names_of(kind: Kind) -> set[str]:
    """The fields that may be part of a natural key."""
    return {name for key in kind.natural_keys for name in key}


def earlier_names(
    before: Earlier, moved: Iterable[Mapping[str, Mapping[str, str]]], after: Managed
) -> dict[str, dict[str, list[str]]]:
    """What each entry of `after` was called before: what was known of it, and what renames say that are declared.

    `moved` are those of the run before and those of this one.
    """
    result = {kind: {name: list(names) for name, names in each.items()} for kind, each in before.items()}
    for step in moved:
        for kind, renames in step.items():
            for old, new in renames.items():
                known = result.setdefault(kind, {})
                known[new] = sorted({old, *known.get(old, ()), *known.get(new, ())} - {new})
    return {
        kind: {
            name: names
            for name, names in each.items()
            if names and any(name in objects for objects in after.get(kind, {}).values())
        }
        for kind, each in result.items()
    }


def may_say_previously(kind: Kind, kinds: Iterable[Kind]) -> bool:
    """Whether an entry of that kind has a key that may change, and a place to say so: the items of a list have none."""
    return any(field.from_key for field in kind.fields) and not any(
        each.set_of == kind.name for each in kinds
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
    earlier: Earlier
    said: Mapping[str, str]  # earlier names -> names, as they are declared

    def match(self, name: str, came: Iterable[str]) -> Rename | None:
        """Which of those that came is what `name` was; None when none seems so."""
        signs = (self._called_so, self._was_so, self._same_below, self._same_content, self._alike)
        key = _key(self.parent, name)
        return next(
            (
                Rename(
                    self.kind,
                    name,
                    other,
                    key,
                    sign != self._alike,
                    sign == self._called_so and not self.may_share_names,
                )
                for sign in signs
                for other in came
                if sign(name, other)
            ),
            None,
        )

    @property
    def may_share_names(self) -> bool:
        """Whether PostHog takes several objects of one name, which differ in something else."""
        return any(field.also_in_body for field in self.kind.fields)

    def _called_so(self, name: str, other: str) -> bool:
        """Somebody gave it the new name in PostHog already, or the one that is declared as its earlier name."""
        earlier = (_key(self.parent, old) for old, new in self.said.items() if new == other)
        return self.called.get((self.kind.name, name)) in (_key(self.parent, other), *earlier)

    def _was_so(self, name: str, other: str) -> bool:
        """It had that name before, and was renamed."""
        return other in self.earlier.get(self.kind.name, {}).get(name, ())

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
