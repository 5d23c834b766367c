"""A name in the place where PostHog wants an id: `!ref cohort/Beta testers`.

It travels as the text that a reader sees, `!ref cohort/Beta testers`; which id it means is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position

TAG: Final = "!ref"


class Reference(str):
    """A text such as "!ref cohort/Beta testers".

    `id` is the id that it means, as text; None while it is not known. `others` are the names of other objects of the
    kind by their ids, so that another id can be shown by its name. `where` is its place in the file. `target` is the
    declared entry that it means, (kind's name, entry's name); None: a live object that is not declared.
    """

    kind: str
    name: str
    where: Position | None
    target: tuple[str, str] | None
    id: str | None
    others: Mapping[str, str]

    def __new__(
        cls,
        kind: str,
        name: str,
        where: Position | None = None,
        *,
        target: tuple[str, str] | None = None,
        id_: str | None = None,
        others: Mapping[str, str] | None = None,
    ) -> Reference:
        text = super().__new__(cls, f"{TAG} {kind}/{name}")
        text.kind, text.name, text.where = kind, name, where
        text.target, text.id, text.others = target, id_, others or {}
        return text

    @property
    def key(self) -> str:
        """What it says: "cohort/Beta testers"."""
        return f"{self.kind}/{self.name}"

    def to(self, target: tuple[str, str]) -> Reference:
        """The same reference, knowing which declared entry it means."""
        return Reference(self.kind, self.name, self.where, target=target, id_=self.id, others=self.others)

    def at(self, id_: str | None, others: Mapping[str, str] | None = None) -> Reference:
        """The same reference, knowing which id it means, and the names of others by their ids."""
        return Reference(self.kind, self.name, self.where, target=self.target, id_=id_, others=others)

    def __repr__(self) -> str:
        return str.__str__(self)


def parsed(text: str) -> Reference | None:
    """The reference that such a text is; None for any other text."""
    kind, slash, name = text.removeprefix(f"{TAG} ").partition("/")
    return Reference(kind, name) if slash and name and text.startswith(f"{TAG} ") else None


def references_in(value: Json) -> Iterator[Reference]:
    """Every reference in a value, at any depth."""
    if isinstance(value, str):  # asked first, because most values are texts
        if isinstance(value, Reference):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references_in(item)


def replaced(value: Json, change: Callable[[Reference], Json]) -> Json:
    """The value with every reference, at any depth, as `change` makes it."""
    if isinstance(value, Reference):
        return change(value)
    if isinstance(value, dict):
        return {key: replaced(item, change) for key, item in value.items()}
    return [replaced(item, change) for item in value] if isinstance(value, list) else value


def restored(value: Json, ids: Json) -> Json:
    """Texts of references as references again: those, and only those, that `ids` has an id for ("cohort/A" -> "12").

    An id that is no text is not known yet; where `ids` is no mapping, none is.
    """
    if isinstance(value, str):
        found = parsed(value)
        if found is None or not isinstance(ids, Mapping):
            return found or value
        if found.key not in ids:
            return value
        id_ = ids[found.key]
        return found.at(id_ if isinstance(id_, str) and id_ else None)
    if isinstance(value, dict):
        return {key: restored(item, ids) for key, item in value.items()}
    return [restored(item, ids) for item in value] if isinstance(value, list) else value


def named(live: Json, declared: Json) -> Json:
    """`live` with names in place of ids wherever `declared` has a reference at the same place."""
    if isinstance(declared, Reference):
        return _name_of(live, declared)
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return {key: named(item, declared[key]) if key in declared else item for key, item in live.items()}
    if isinstance(declared, list) and isinstance(live, list):
        return [
            named(item, declared[place]) if place < len(declared) else item for place, item in enumerate(live)
        ]
    return live


def _name_of(live: Json, declared: Reference) -> Json:
    if isinstance(live, bool) or not isinstance(live, str | int):
        return live
    id_ = str.__str__(live) if isinstance(live, str) else str(live)
    if id_ == declared.id:
        return declared
    other = declared.others.get(id_)
    return live if other is None else Reference(declared.kind, other, id_=id_)


def with_names(
    value: Json, path: str, name: Callable[[Json], Json], where: tuple[str, Json] | None = None
) -> Json:
    """The value with `name` of what is at a place such as "actions.*.id"; with `where`, only beside such a key.

    "**.id" is the place at any depth.
    """
    first, _, rest = path.partition(".")
    if first == "**":
        if isinstance(value, list):
            return [with_names(item, path, name, where) for item in value]
        if not isinstance(value, dict):
            return value
        return with_names(
            {key: with_names(item, path, name, where) for key, item in value.items()}, rest, name, where
        )
    if first == "*" and isinstance(value, list):
        return [with_names(item, rest, name, where) if rest else name(item) for item in value]
    if not isinstance(value, dict) or first not in value:
        return value
    if rest:
        return {**value, first: with_names(value[first], rest, name, where)}
    if where is not None and value.get(where[0]) != where[1]:
        return value
    return {**value, first: name(value[first])}


def with_ids(value: Json, as_text: Sequence[str] = (), path: str = "") -> Json:
    """The value as a request has it: ids in place of names, numbers as numbers.

    `as_text` are the places, such as "actions.*.id", where PostHog wants the text of a number. Raises LookupError,
    with the reference, for one whose id is not known.
    """
    if isinstance(value, Reference):
        if value.id is None:
            raise LookupError(value)
        return int(value.id) if value.id.isdecimal() and path not in as_text else value.id
    if isinstance(value, dict):
        return {key: with_ids(item, as_text, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list):
        return [with_ids(item, as_text, f"{path}.*".lstrip(".")) for item in value]
    return value
