"""What one list of PostHog's answers: objects, found by id and by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pulumi_posthog.api import ApiError, IncompleteRead
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds.model import Kind, NaturalKey
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import composed

# Under this key an answer says which of its fields came from, and must be sent to, the kind's second URL.
SECOND_URL_FIELDS = "__elsewhere"

Scope = Mapping[str, str]  # the ids that fill in a collection's path: {"project": "2"}


class Ambiguous(Exception):
    """A name that several objects of PostHog have, and none of them exactly; the message lists them."""


@dataclass(frozen=True)
class Found:
    """One live object: PostHog's id as text, its answer, and what the kind makes of it."""

    kind: Kind
    id: str
    answer: Mapping[str, Json]

    def is_called(self, id_: str) -> bool:
        """Whether an entry's `id` means it."""
        return id_ in (self.id, str(self.answer.get(self.kind.second_id or "", self.id)))

    @property
    def age(self) -> tuple[str, int, str]:
        """What sorts the oldest object first: when it was made, and its id."""
        return (str(self.answer.get("created_at") or ""), int(self.id) if self.id.isdigit() else 0, self.id)

    @cached_property
    def values(self) -> Mapping[str, Json]:
        """Field values, normalised (`Kind.values`); raises IncompleteRead for a field in another form."""
        try:
            return self.kind.values(self.answer)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise IncompleteRead(
                f"{self.kind.title} {self.id} has a field of another form than PostHog gives it"
                f" ({type(error).__name__})",
                hint="is `host` a PostHog server, and is there a proxy in between?",
            ) from error


class Collection:
    """The objects of one list, by id and by natural key."""

    def __init__(
        self,
        kind: Kind,
        answers: Iterable[Mapping[str, Json]],
        *,
        partial: bool = False,
        blind: ApiError | None = None,
        nowhere: bool = False,
    ) -> None:
        self.kind = kind
        self.nowhere = nowhere  # what they would be in is gone: so is each of them
        self.blind = blind  # why one sort of them could not be looked at
        self.partial = partial  # the server lists only some: the others must be asked for one by one
        self._found: dict[str, Found] = {}
        self._ids: dict[NaturalKey, dict[str, None]] = {}
        # What something is in -> what is in it. Made when it is first asked for: most runs never ask.
        self._inside: dict[NaturalKey | None, dict[str, None]] | None = None
        for answer in answers:
            self.put(answer)

    def put(self, answer: Mapping[str, Json]) -> Found:
        """Add an object, or replace it; raises IncompleteRead for an answer that is no object."""
        found = Found(self.kind, str(object_of(answer, self.kind.collection)["id"]), answer)
        self.drop(found.id)
        self._found[found.id] = found
        for key in self.kind.all_natural_keys(found.values):
            self._ids.setdefault(key, {})[found.id] = None
        if self._inside is not None:
            self._enter(found, self._inside)
        return found

    def drop(self, id_: str) -> None:
        """Remove an object, if it is there."""
        found = self._found.pop(id_, None)
        for key in self.kind.all_natural_keys(found.values) if found else ():
            self._ids[key].pop(id_, None)
        if found and self._inside is not None:
            for holder in self._holders(found):
                self._inside[holder].pop(id_, None)

    def get(self, id_: str) -> Found | None:
        """The object with that id, or with that second id, where the kind has one."""
        key = self.kind.second_id
        others = self._found.values() if key and id_ not in self._found else ()
        return self._found.get(id_) or next(
            (each for each in others if str(each.answer.get(key or "")) == id_), None
        )

    def matching(self, key: NaturalKey | None) -> list[Found]:
        """The objects with that natural key."""
        return [self._found[id_] for id_ in self._ids.get(key, ())] if key else []

    def alike(self, values: Mapping[str, Json]) -> list[Found]:
        """The objects whose natural key looks the same and is made of other characters: "é" of one, or of two."""
        key = self.kind.natural_key(values)
        if key is None or all(str(part).isascii() for _, part in key):
            return []
        return [
            found
            for found in self._found.values()
            if (other := self.kind.natural_key(found.values)) and _looks(other) == _looks(key)
        ]

    def inside(self, key: NaturalKey | None) -> list[Found]:
        """Everything that is in the object with that natural key, at any depth."""
        if self._inside is None:
            self._inside = {}
            for found in self._found.values():
                self._enter(found, self._inside)
        return [self._found[id_] for id_ in self._inside.get(key, ())] if key else []

    def _enter(self, found: Found, inside: dict[NaturalKey | None, dict[str, None]]) -> None:
        for holder in self._holders(found):
            inside.setdefault(holder, {})[found.id] = None

    def _holders(self, found: Found) -> list[NaturalKey | None]:
        if self.kind.containers is None:
            return []
        return [self.kind.natural_key(holder) for holder in self.kind.containers(found.values)]

    def all(self) -> dict[str, Found]:
        """Everything, by id: a copy, because another thread may write meanwhile."""
        return dict(self._found)


def _looks(key: NaturalKey) -> NaturalKey:
    return tuple((name, composed(part) if isinstance(part, str) else part) for name, part in key)
