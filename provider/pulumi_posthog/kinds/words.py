"""What kinds and fields are described with beside their own words: where ids are, what objects are made from."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Final

from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.values.json_value import Json, dig


@dataclass(frozen=True, kw_only=True)
class IdPlace:
    """Where in a value an id is, as in "actions.*.id", and of what; with `where`, only beside such a key.

    "**.id" is the place at any depth. `as_text` says that PostHog has the id of a number as a text there, `bare` that a
    text in a file is a name.
    """

    path: str
    names: str
    where: tuple[str, Json] | None = None
    as_text: bool = False
    bare: bool = False


@dataclass(frozen=True, kw_only=True)
class KeyedIds:
    """A mapping whose keys are names in a file, and ids in PostHog: `{country: {value: DE}}`.

    It is under the key `under`, at any depth; with "", it is the whole value. The names are of objects of the kind
    `names`. Each item has its id under `id_key`, and its name under `name_key`, in PostHog alone.
    """

    names: str
    id_key: str
    name_key: str
    under: str = ""

    def by_name(self, value: Json) -> Json:
        """The value with names for keys, and without what PostHog alone has in the items."""

        def changed(mapping: Mapping[str, Json]) -> dict[str, Json]:
            return {
                str(item.get(self.name_key) or key): {
                    name: within for name, within in item.items() if name not in (self.id_key, self.name_key)
                }
                for key, item in mapping.items()
            }

        return self.at_mappings(value, changed)

    def with_ids(self, value: Json, id_of: Callable[[str], Json]) -> Json:
        """The value with the ids of names that have none beside them."""

        def changed(mapping: Mapping[str, Json]) -> dict[str, Json]:
            return {
                key: item if self.id_key in item else {self.id_key: id_of(key), **item}
                for key, item in mapping.items()
            }

        return self.at_mappings(value, changed)

    def by_id(self, value: Json) -> Json:
        """The value as a request has it: with ids for keys."""

        def changed(mapping: Mapping[str, Json]) -> dict[str, Json]:
            return {
                str(item.get(self.id_key) or key): {self.name_key: key, **item}
                for key, item in mapping.items()
            }

        return self.at_mappings(value, changed)

    def at_mappings(self, value: Json, change: Callable[[Mapping[str, Json]], Json], under: str = "") -> Json:
        """The value with those mappings as `change` makes them; one whose items are no mappings stays as it is."""
        if isinstance(value, list):
            return [self.at_mappings(item, change, "*") for item in value]
        if not isinstance(value, dict):
            return value
        if under == self.under and value and all(isinstance(item, Mapping) for item in value.values()):
            return change(value)
        return {key: self.at_mappings(item, change, key) for key, item in value.items()}


@dataclass(frozen=True, kw_only=True)
class Items:
    """How the items of a list are told apart, whatever their order.

    `pairs` says of live and declared items which live one each declared one is, by its place; None: it is not there.
    `called` is what a person calls an item.
    """

    pairs: Callable[[Sequence[Json], Sequence[Json]], Sequence[int | None]]
    called: Callable[[Json], str]

    def in_order(self, live: Sequence[Json], declared: Sequence[Json]) -> list[tuple[Json, Json]]:
        """The live items, each with the declared one that it is, in the order of those; then the others, with None."""
        places = self.pairs(live, declared)
        first = [(live[at], item) for at, item in zip(places, declared, strict=True) if at is not None]
        return [*first, *((item, None) for place, item in enumerate(live) if place not in places)]

    def labelled(
        self, live: Sequence[Json], declared: Sequence[Json]
    ) -> tuple[dict[str, Json], dict[str, Json]]:
        """The live and the declared items by what people call them; what is one and the same has one label."""
        labels: dict[int, str] = {}
        wanted: dict[str, Json] = {}
        for item, place in zip(declared, self.pairs(live, declared), strict=True):
            label = _label(self.called(item), wanted)
            wanted[label] = item
            if place is not None:
                labels[place] = label
        found: dict[str, Json] = {}
        for place, item in enumerate(live):
            label = labels.get(place) or _label(self.called(item), {**wanted, **found})
            found[label] = item
        return found, wanted


def _label(text: str, taken: Mapping[str, Json]) -> str:
    """A text that is not taken: itself, or with a number."""
    number = 2
    label = text
    while label in taken:
        label, number = f"{text} ({number})", number + 1
    return label


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Objects of another kind are in one, and PostHog is told on those: a PATCH of all ids that one is in.

    Items of the list `field` have the id of one under `item`. An object of `kind` answers what it is in as objects
    under `listed`, with the id under `container` and `deleted` where it is no more; it is sent as `sent_as`. An answer
    of this kind has such items under `field`, and the object whole under `item`.
    """

    field: str
    item: str
    kind: str
    listed: str
    container: str
    sent_as: str


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Objects that PostHog has and this product only refers to: members by e-mail, plugins by URL or name.

    `keys` are dotted paths into the answer that may name an object, tried in order.
    """

    name: str
    doc: str
    collection: str
    keys: tuple[str, ...]
    value: str  # the dotted path to what a request wants in place of a name
    read_scope: str
    caseless: bool = False
    page_size: int | None = None  # how many objects a page of the list may have
    parameters: Mapping[str, str] = dataclass_field(default_factory=dict)
    everywhere: bool = False  # the same in all projects: asked for once, in any of them
    shown_by: str | None = None  # a setting: those below admin see all of the list only if it is on

    def name_of(self, answer: Mapping[str, Json]) -> str | None:
        """What an object is called; the parts of a key such as "kind/display_name" are joined."""
        for key in self.keys:
            parts = [dig(answer, part) for part in key.split("/")]
            if all(isinstance(part, str) and part for part in parts):
                return "/".join(parts)
        return None


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """What objects of a kind are made from: one of a lookup, whose id is in `field`.

    It says which `inputs` there are, as `schema` does of an object without one, whose own `code` has to be declared.
    `fits` names the field whose value it suggests.
    """

    lookup: Lookup
    field: str
    inputs: str
    schema: str
    code: str
    fits: str


@dataclass(frozen=True, kw_only=True)
class Cap:
    """At most `number` objects below one parent may have all of these values."""

    number: int
    values: Mapping[str, Json]
    words: str


@dataclass(frozen=True, kw_only=True)
class TakenAlong:
    """What PostHog deletes together with an object, and is not declared in its place.

    `collection` is their list, `parameters` what it is asked with. `holders` says of one of them with which objects, by
    their ids, it is deleted; `called` is the key of its name. `name` and `plural` are what they are, `lost_words` how
    one and several of them lose their holder. A key without `read_scope` may not look. In place of a list, the answer
    of the object itself may have them under the key `inside`.
    """

    name: str
    plural: str
    called: str
    lost_words: tuple[str, str]
    collection: str = ""
    holders: Callable[[Mapping[str, Json]], Sequence[str]] = lambda _: ()
    read_scope: str = ""
    parameters: Mapping[str, str] = dataclass_field(default_factory=dict)
    inside: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What an object has under `field`, by name, are objects of their own, and each is changed by a PATCH of its own.

    PostHog answers them in a list, each with its `id` and its name under `key`; their URLs have `collection` where the
    object's has the last word of its own. A POST of the object takes the keys `made_with` of them; what else is
    declared of one follows when the object is there.
    """

    field: str
    key: str
    collection: str
    made_with: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Against:
    """What PostHog takes of an object depends on another one, which its field `field` names.

    `misfits` are what it would refuse, of an object's fields, and of the other one's as it is declared or as PostHog
    answers it: (place, the end of a sentence, a hint). `needs` is what of the other one it looks at.
    """

    field: str
    needs: str
    misfits: Callable[[Mapping[str, Json], Mapping[str, Json]], Iterator[Objection]]


@dataclass(frozen=True, kw_only=True)
class Apart:
    """A list that has one sort of its objects at a time, and whose items do not say which.

    `field` is the parameter that asks for a sort, and the field that says it; its values are `sorts` and `numbered`.
    The list of the last one wants the parameter `number` as well, which is a field, too, once for each object of
    `lookup`.
    """

    field: str
    sorts: tuple[str, ...]
    numbered: str
    number: str
    lookup: Lookup


@dataclass(frozen=True, kw_only=True)
class ComesIn:
    """Objects that PostHog makes of what comes in. Others are only taken over.

    `made_since` is the server age (a year) that makes one when it is asked to; None: no server does. `words` say that
    there is none, as a sentence.
    """

    made_since: int | None
    words: str


# A kind's name, what names an object of it in the fields of another -> the fields that are declared of it, if any are.
Others = Callable[[str, Json], Mapping[str, Json] | None]


@dataclass(frozen=True, kw_only=True)
class MadeAlong:
    """An object of another kind that PostHog makes together with a new one, unless the one that is named is there.

    The field `named_by` names one of `kind`, whose field `key` says how it is called. `body` gives what a request says
    of a new one, from declared fields; an empty one says nothing. `unlike` says of declared fields and of the values of
    the one that is there in what they contradict each other, as the end of a sentence, and a hint.
    """

    kind: str
    named_by: str
    key: str
    body: Callable[[Mapping[str, Json]], Mapping[str, Json]]
    unlike: Callable[[Mapping[str, Json], Mapping[str, Json]], tuple[str, str] | None]


@dataclass(frozen=True, kw_only=True)
class Carries:
    """What comes with an object, under `key` of its entry. The code that sends it uses it; PostHog is not told.

    It is a mapping of names to `required` or `optional`. A name is of an object of `kind`, whose field `sort` has the
    value `of`; that one's field `type` says what its values are. Names that begin with `built_in` need none.
    """

    key: str
    kind: str
    sort: str
    of: str
    type: str
    built_in: str


@dataclass(frozen=True, kw_only=True)
class EditLock:
    """PostHog changes the field `field` only for who says which state of the object was read.

    An answer has that under `answered_as`, a request under `sent_as`. PostHog refuses another one with 400, and says
    in no code that this is why.
    """

    field: str
    answered_as: str
    sent_as: str


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """A value that must be asked for by name, in the stack's setting `posthog:allowRisks`, before it replaces another.

    `words` say what it does to people, as the end of a sentence about the field. In place of a `value`, `unless` says
    which values need not be asked for.
    """

    words: str
    value: Json = None
    unless: Json = None
    when: Callable[[Mapping[str, Json]], bool] | None = (
        None  # of which objects, by their values; None: of all
    )

    def asks(self, value: Json) -> bool:
        """Whether that value has to be asked for."""
        return bool(value != self.unless if self.unless is not None else value == self.value)


@dataclass(frozen=True, kw_only=True)
class Upsert:
    """Objects without an id of their own: PUT to the list's URL makes or changes one, and removes it.

    The list's answer has them under `items`. What is under the keys `identity` of an answer tells one from the
    others; the id is made of it. The last two of them are alternatives. A null in place of `value` removes one.
    """

    items: str
    identity: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class Grants:
    """Entries that say who has what: `{everyone: LEVEL, roles: {NAME: LEVEL}, members: {ADDRESS: LEVEL}}`.

    `subjects` says for each such group which field the names in it give, `value` which one the level gives. With
    `keyed_by`, the section is a mapping of such blocks, whose keys give that field; `levels` are the levels by key.
    `covered` are keys that have no effect, and which other key has. `last` says of which rules, by their values, the
    others are written before and removed after. Anybody who runs this keeps the level `administers`.
    """

    value: str
    subjects: Mapping[str, str]
    levels: Mapping[str, tuple[str, ...]]
    last: Callable[[Mapping[str, Json]], bool]
    keyed_by: str | None = None
    administers: str | None = None  # the level that lets its holder change the rules themselves
    covered: Mapping[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Attached:
    """Objects that are each about an object of another kind, and are under `key` in that one's entry.

    The field `type` says PostHog's type of that object (`Kind.accessible_as`), and the field `id` which one it is.
    `place` is what the path of their list has for the two: "dashboards/12" (posthog-api-access.md 3.2).
    """

    key: str
    type: str
    id: str
    place: str
    # Newer servers list the objects that have any: "", "role" or "member", whom it is about -> path and parameter.
    lists: Mapping[str, tuple[str, str]] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """People cannot be made: a POST to `collection` asks them to come, and lists them there until they have.

    `address` is the key of an invitation that says whom, `expired` the one that says whether it still counts. The
    field `projects` says which projects it opens, and is sent as `projects_as`. A change of the field `again` sends it
    anew. An invitation's id is the way in, so it is a secret (posthog-api-access.md 2.2).
    """

    collection: str
    address: str
    expired: str
    projects: str
    projects_as: str
    again: str


@dataclass(frozen=True, kw_only=True)
class ShutOut:
    """A value that shuts people out. `who` says of a member, as PostHog answers it, whether it does so.

    `who` is given the member and the texts of the lookup list `needs`, such as the verified domains. `loses` says
    what they lose, as the end of a sentence about them.
    """

    value: Json
    who: Callable[[Mapping[str, Json], frozenset[str]], bool]
    loses: str
    needs: tuple[str, str, str] | None = None  # a list's path, the key that counts, and the sign that it does


@dataclass(frozen=True)
class Page:
    """Where a person finds such an object on PostHog's page.

    `words` are the menus, in italics of Markdown. `path` is the page's URL below the host, with `{id}` and `{project}`
    to fill in; without it, the object has no page of its own. The paths are those of PostHog's own pages (posthog,
    frontend/src/scenes/urls.ts and settings/types.ts); newer servers lead from an older path to the new one.
    """

    words: str
    path: str | None = None


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """Changes that PostHog makes to objects by itself later on, which fight what is declared.

    `collection` is their list, below the object's parent. Of an item, `key` has the object's id, and `words` gives the
    end of a sentence about the object; None for one that is over, or is about another kind.
    """

    collection: str
    key: str
    words: Callable[[Mapping[str, Json]], str | None]


class Now(enum.Enum):
    """In place of a value that is sent: the time at which it is sent."""

    NOW = "now"


NOW: Final = Now.NOW


@dataclass(frozen=True, kw_only=True)
class Move:
    """One request that brings an object from the state `before` to the state `after`.

    With `action` it is POST `{id}/<action>/` with `fields` as its body, else a PATCH of `fields`; NOW in them is the
    time. `since` is the server age (a year) that has the action. A move that is `first` is sent before other fields
    change, because the object is to stand still meanwhile, or takes the change only then; every other one after them.
    """

    before: Json
    after: Json
    action: str | None = None
    fields: Mapping[str, Json | Now] = dataclass_field(default_factory=dict)
    since: int = 2024
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The states that an object passes through. One field says which is wanted, by `moves` it comes there.

    `field` is the name of that field: its choices are the states, its default is the state of a new object.
    `state` reads the state off PostHog's answer, with None where the answer does not say it; without `state`, the
    answer has it under the field's name. A new object is made with one of `made_as` right away; to any other state it
    moves once it is there. Where no single move leads from one state to another, the fewest that do follow each other.
    `refused` are the changes, (before, after), that are not made although moves would lead there, or that need words of
    their own: (why not, as the end of a sentence about the object; a hint).
    PostHog brings some objects to another state by itself. `rests` says of declared and of live values why such a state
    stays, as the end of a sentence about the object; None where it does not. A state that stays is no difference, and
    each run says so.
    """

    field: str
    moves: tuple[Move, ...]
    state: Callable[[Mapping[str, Json]], Json] | None = None
    made_as: tuple[Json, ...] = ()
    refused: Mapping[tuple[Json, Json], tuple[str, str]] = dataclass_field(default_factory=dict)
    rests: Callable[[Mapping[str, Json], Mapping[str, Json]], str | None] | None = None
