"""Entries that say `state: unmanaged` -> what stays in PostHog although this stack gives it up. Pure.

The entry may be written with another name than the state has, so what it means is known by any sign: the resource's
name, the declared id, or what PostHog calls the object. Each sign alone keeps the object: to keep too much is said and
can be put right, to delete too much cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TypeVar

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import ancestors, may_be_below
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.values.json_value import Damaged, Json, json_in, json_text
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.spelling import folded

Each = TypeVar("Each")


@dataclass(frozen=True, kw_only=True)
class Unmanaged:
    """One such entry. `names` are those of resources, now and before; `called` is PostHog's name of the object.

    `keys` are its natural keys, as far as the entry says them. `above` and `above_id` are name and id of the declared
    parent.
    """

    kind: str
    names: tuple[str, ...]
    called: str
    keys: tuple[str, ...] = ()
    id: str | None = None
    above: str | None = None
    above_id: str | None = None

    def is_named(self, name: str | None) -> bool:
        """Whether a resource of its kind has its name."""
        return name is not None and folded(name) in map(folded, self.names)

    def means(self, name: str | None, id_: str, found: Found | None, above: Found | None) -> bool:
        """Whether it is this object of its kind; `found` and `above` are the live object and its parent."""
        if self.is_named(name) or id_ == self.id:
            return True
        if self.id is not None and found is not None and found.is_called(self.id):
            return True
        if found is None or not (_alike(self.called, _own_name(found)) or {*self.keys} & {*_keys(found)}):
            return False
        return above is None or above.id == self.above_id or _alike(self.above, _own_name(above))

    def is_above(self, name: str | None) -> bool:
        """Whether a resource has a name as those below it have."""
        return any(folded(name or "").startswith(f"{folded(each)}/") for each in self.names)

    def holds(self, name: str | None, above_id: str | None, above: Found | None) -> bool:
        """Whether it is the parent of an object."""
        if above_id is not None and above_id == self.id:
            return True
        return self.is_above(name) or (above is not None and _alike(self.called, _own_name(above)))


def _keys(found: Found) -> tuple[str, ...]:
    return tuple(map(json_text, found.kind.all_natural_keys(found.values)))


def _own_name(found: Found) -> Json:
    return found.kind.own_name(found.values)


def _alike(text: str | None, other: Json) -> bool:
    return text is not None and isinstance(other, str) and folded(text) == folded(other)


def as_text(desired: Desired) -> str:
    """The entries that a stack gives up, as JSON text for the guard."""
    return json_text([asdict(_unmanaged(entry, desired)) for entry in desired.unmanaged])


def of_text(text: str | None) -> tuple[Unmanaged, ...]:
    """What `as_text` wrote; raises Damaged."""
    try:
        return tuple(
            Unmanaged(**{**each, "names": tuple(each["names"]), "keys": tuple(each["keys"])})
            for each in json_in(text or "[]", list)
        )
    except (TypeError, KeyError) as error:
        raise Damaged("it does not say what is no longer managed") from error


def _unmanaged(entry: Entry, desired: Desired) -> Unmanaged:
    above = desired.by_name.get((entry.kind.parent or "", entry.parent or ""))
    return Unmanaged(
        kind=entry.kind.name,
        names=(entry.name, *entry.previously),
        called=str(entry.kind.own_name(entry.fields)),
        keys=tuple(
            json_text(key)
            for key in entry.kind.all_natural_keys(entry.fields)
            if all(isinstance(part, str | int) and not isinstance(part, SecretText) for _, part in key)
        ),
        id=entry.id,
        above=str(above.kind.own_name(above.fields)) if above else None,
        above_id=above.id if above else None,
    )


def is_unmanaged(desired: Desired, found: Found, parent: str | None) -> bool:
    """Whether a live object, below the declared entry `parent`, is one that an entry says to leave alone."""
    return any(
        entry.kind.name == found.kind.name
        and entry.parent == parent
        and (
            (entry.id is not None and found.is_called(entry.id))
            or _alike(str(entry.kind.own_name(entry.fields)), _own_name(found))
        )
        for entry in desired.unmanaged
    )


def kept(
    kind: Kind,
    name: str | None,
    id_: str,
    found: Found | None,
    above_id: str | None,
    above: Found | None,
    unmanaged: Iterable[Unmanaged],
    about: tuple[Kind, str, Found | None] | None = None,
) -> bool:
    """Whether the object of a resource that left the program stays in PostHog.

    `above` is its live parent, and `about` what it is attached to: the kind, the id, and the live object.
    """
    holders: list[tuple[str | None, str | None, Found | None]] = [(kind.parent, above_id, above)]
    holders += [(about[0].name, about[1], about[2])] if about else []
    further = {*ancestors(kind)} - {kind.parent}
    return any(
        (each.kind == kind.name and each.means(name, id_, found, above))
        or any(each.kind == one and each.holds(name, its_id, its) for one, its_id, its in holders)
        or (each.kind in further and each.is_above(name))
        for each in unmanaged
    )


def without(managed: Managed, unmanaged: Iterable[Unmanaged]) -> Managed:
    """`managed` without what stays in PostHog although it leaves: it counts as no removal."""
    every = tuple(unmanaged)

    def stays(kind: str, parent: str, name: str) -> bool:
        def is_within(each: Unmanaged) -> bool:
            return kind in KINDS and may_be_below(KINDS[kind], KINDS[each.kind])

        return any(
            (each.kind == kind and each.is_named(name))
            or (is_within(each) and (each.is_named(parent) or each.is_above(name)))
            for each in every
        )

    return {
        kind: {
            parent: {name: key for name, key in objects.items() if not stays(kind, parent, name)}
            for parent, objects in parents.items()
        }
        for kind, parents in managed.items()
    }


def told_once(those: Iterable[Each], found_of: Callable[[Each], Found]) -> Iterator[Each]:
    """Without what another project's list has shown already."""
    seen = set()
    for each in those:
        found = found_of(each)
        key = (found.kind.name, found.id)
        if key not in seen:
            yield each
        if found.kind.everywhere and found.kind.everywhere(found.values):
            seen.add(key)
