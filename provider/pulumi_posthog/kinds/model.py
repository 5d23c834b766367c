"""A kind of PostHog object, declared once as data; schema, comparison, requests, masking and docs derive from it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Any

from pulumi_posthog.kinds.field import UNSET, Field
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.words import (
    Against,
    Apart,
    Attached,
    Blueprint,
    Cap,
    Carries,
    ComesIn,
    EditLock,
    Grants,
    Invitation,
    Lifecycle,
    MadeAlong,
    Membership,
    Others,
    Page,
    Parts,
    Scheduled,
    TakenAlong,
    Upsert,
)
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.spelling import folded

NaturalKey = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Busy:
    """GET `{id}/<path>` answers `answer`: true while PostHog is `words`. Asked of objects whose answer has `sign`."""

    path: str
    answer: str
    sign: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Discontinued:
    """Some servers make no new object. They are known by `sign`, a key in what they answer about the `field` it has.

    `field` refers to a lookup such as "plugin". `words` say what such a server does in place of it, `hint` what a
    person can do.
    """

    field: str
    sign: str
    words: str
    hint: str


class Deletion(enum.Enum):
    """How an object of a kind is deleted (posthog-api.md 3.7, 6.5, 7.8)."""

    DELETE = "DELETE"
    PATCH = (
        "PATCH"  # with the body that `Kind.delete_by_patch` gives: DELETE would do too little, or too much
    )
    FORGET = "forget"  # the object belongs to its parent and is deleted with it
    NEVER = "never"  # only `state: absent` deletes, and only when the configuration allows it


def unchanged(fields: Mapping[str, Json]) -> Mapping[str, Json]:
    """The hook of kinds whose fields can be compared as they are."""
    return fields


@dataclass(frozen=True, kw_only=True, repr=False)
class Kind:
    """One kind of object.

    `from_api` turns an object as PostHog answers it into field values; None means by name. `comparable` reduces
    field values to what is ours to compare; `to_api` turns the fields to send, and the live ones, into a body.

    `collection` is the URL path of the list, with `{organization}`, `{project}` and `{role}` to fill in.
    `natural_keys` are alternatives, tried in order: the first whose fields all have a value identifies an object
    within its collection (posthog-api.md 11). `page_size` is how many objects a page of the list may have. `since` and
    `recased_since` are server ages (years).
    """

    name: str
    resource: str  # the Pulumi resource's class name
    section: str  # where it is in the YAML, as in "projects.*.pipeline_destinations"
    doc: str
    purpose: str = ""  # what it is for, in a sentence or two for somebody who decides whether to declare it
    page: Page | None = None
    collection: str
    fields: tuple[Field, ...]
    natural_keys: tuple[tuple[str, ...], ...]
    parent: str | None = None
    read_scope: str
    write_scope: str
    also_scopes: tuple[
        str, ...
    ] = ()  # what newer servers ask for as well, because a write changes other objects
    deletion: Deletion = Deletion.DELETE
    page_size: int | None = None  # None: without `limit`, which old servers refuse for this list
    listed_in_full: bool = True  # False: the list's items lack fields, one more GET per object
    list_parameters: Mapping[str, str] = dataclass_field(default_factory=dict)
    # What the list leaves out, unless it is called once more with these parameters.
    also_listed: Mapping[str, str] = dataclass_field(default_factory=dict)
    apart: Apart | None = None  # a list for each sort of its objects
    comes_in: ComesIn | None = None  # PostHog makes them of what comes in
    # An item of the list without this key lacks fields: a GET of its own has them, sent for declared ones only.
    whole_sign: str | None = None
    whole_for: tuple[
        str, ...
    ] = ()  # the fields that such an item lacks; (): any. Without one, no GET is needed.
    answered_in_part: bool = False  # the answer to a write lacks fields that a GET has: one follows each
    alone_parameters: Mapping[str, str] = dataclass_field(default_factory=dict)  # of a GET of one alone
    second_id: str | None = None  # the key of an answer with another id, which an entry's `id` may be, too
    taken_along: tuple[TakenAlong, ...] = ()
    against: Against | None = None
    posted_once: bool = (
        False  # a POST whose answer was lost is not sent again in this run: each one is seen by people
    )
    membership: Membership | None = None
    parts: Parts | None = None
    made_only_with: tuple[str, ...] = ()  # fields that one which is there may lack, and a new one may not
    asked_before: bool = (
        False  # what a PATCH sends along may be older than this run's other writes: read it anew
    )
    edit_lock: EditLock | None = None
    named_in_sql: bool = False  # SQL names them where it names a table: see `Field.sql`
    # Field values -> what SQL may call the tables that it brings, whatever is between their words.
    tables: Callable[[Mapping[str, Json]], Iterator[str]] | None = None
    narrowed_by: str | None = None  # the field that tells those apart that have one natural key
    reuse_words: str = (
        ""  # what PostHog does with a deleted object when a new one gets its key; "": they do not meet
    )
    restored: bool = False  # one that was deleted comes back, by its id, with a PATCH of `deleted`
    blueprint: Blueprint | None = None
    # The list of the whole organization, where the server has it, and the key of an item that says which project's.
    listed_above: tuple[str, str] | None = None
    packed: Callable[[Mapping[str, Json]], Mapping[str, Json]] | None = None  # a body, as the server wants it
    # Declared fields -> (place, the end of a sentence, a hint) for what can be known to be wrong without PostHog.
    checked: Callable[[Mapping[str, Json]], Iterator[Objection]] | None = None
    # The same, of what is known together with what is declared beside it.
    checked_beside: Callable[[Mapping[str, Json], Others], Iterator[Objection]] | None = None
    # Declared fields that differ, PostHog's answer -> what PostHog will refuse of them: the end of a sentence, a hint.
    fixed: Callable[[Mapping[str, Json], Mapping[str, Json]], Iterator[tuple[str, str]]] | None = None
    made_along: MadeAlong | None = None
    caps: tuple[Cap, ...] = ()
    # Live values -> who else keeps the object, so that it is left alone; None: nobody does.
    kept_by: Callable[[Mapping[str, Json]], str | None] | None = None
    # The values of the one that PostHog makes in each new project: while it has them, no file need say it.
    made_by_posthog: Mapping[str, Json] = dataclass_field(default_factory=dict)
    # PostHog's answer -> what a person should know of it that no field says; never a difference.
    remark: Callable[[Mapping[str, Json]], str | None] | None = None
    # PostHog's answer -> what a person has to do before all of it works, as the end of a sentence; said in every run.
    awaited: Callable[[Mapping[str, Json]], str | None] | None = None
    # PostHog's answer -> whether it takes the object away by itself: it is as if it were gone.
    going: Callable[[Mapping[str, Json]], bool] | None = None
    scheduled: Scheduled | None = None
    lifecycle: Lifecycle | None = None
    filter: str | None = (
        None  # a field by which old servers filter the list exactly, where they cannot page it
    )
    succeeded_by: str | None = None  # what newer servers make in its place, answering an id of null
    second_url: str | None = None  # a second URL, of `{id}`, for the fields that the first may lack
    second_url_unless: str | None = None  # the field whose absence from an answer says so
    embedded_in: tuple[str, str] | None = None  # (kind, field) whose answer already holds these objects
    form_encoded: bool = False
    lost_words: tuple[str, str] = (
        "object is lost with",
        "objects are lost with",
    )  # how one, how several lose their holder
    set_of: str | None = None  # this kind is "exactly these" objects of another kind under one parent
    # There is one, at `collection` itself: it is always taken over, never made, and never deleted.
    singleton: bool = False
    has_settings: bool = False  # its fields are settings, which PostHog has a value for from the beginning
    sparse_keys: bool = False  # what is absent of a natural key is absent of the object, too
    upsert: Upsert | None = None
    grants: Grants | None = None
    attached: Attached | None = None  # each is about an object of another kind
    accessible_as: str | None = None  # PostHog's type of its objects, each of which can have access rules
    invitation: Invitation | None = None
    shorthand: str | None = None  # an entry may be the value of this field alone, or the word `absent`
    deletion_words: str = ""  # what its deletion does, where the words of `deletion` do not say it
    exported_when_asked: bool = False  # `export` writes them only when their kind is asked for
    feature: str | None = None  # what the organization's plan needs for it to have an effect
    feature_words: str = "PostHog stores rules and ignores them"  # what happens without that
    unmanaged: Mapping[str, str] = dataclass_field(default_factory=dict)  # fields left to people -> why
    serial_writes: bool = False  # writes to one collection go one after another
    from_api: Callable[[Mapping[str, Json]], Mapping[str, Json]] | None = None
    comparable: Callable[[Mapping[str, Json]], Mapping[str, Json]] = unchanged
    to_api: Callable[[Mapping[str, Json], Mapping[str, Json]], Mapping[str, Json]] | None = None
    # The body of a PATCH, PostHog's answer as it was read -> the body with what PostHog would forget otherwise.
    alongside: Callable[[Mapping[str, Json], Mapping[str, Json]], Mapping[str, Json]] | None = None
    # PostHog's answer -> the texts in it that nobody may see, though PostHog shows them to the key.
    confided: Callable[[Mapping[str, Json]], Iterator[str]] | None = None
    # Declared fields -> what a reader of the file should know of them, as the end of a sentence.
    noted: Callable[[Mapping[str, Json]], Iterator[str]] | None = None
    delete_by_patch: Callable[[Mapping[str, Json]], Mapping[str, Json] | None] | None = (
        None  # None: DELETE after all
    )
    instead_of_delete: Callable[[Mapping[str, Json]], Mapping[str, Json] | None] | None = (
        None  # what to PATCH where the server refuses to DELETE; None: nothing helps
    )
    containers: Callable[[Mapping[str, Json]], tuple[Mapping[str, Json], ...]] | None = (
        None  # what it is in, nearest first
    )
    accepts: Callable[[Mapping[str, Json]], bool] | None = None  # may the plugin referred to be used here?
    # What is made in its place today: the kind, and what is declared of every such one.
    successor: tuple[str, Mapping[str, Json]] | None = None
    discontinued: Discontinued | None = None  # which servers make no new one
    accepts_words: str = ""  # which plugins may, for messages: "one that handles events"
    move_action: str | None = (
        None  # POST `{id}/<this>` moves an object together with everything that is in it
    )
    busy: Busy | None = None  # work that PostHog does on new ones by itself
    created_with: tuple[str, ...] | None = None  # the only fields to POST; the others follow by PATCH
    in_current_organization: bool = (
        False  # old servers write to the key owner's current organization, not the URL's
    )
    # Servers before this year refuse an object's own name in another case; None: they all take it.
    recased_since: int | None = None
    oldest_wins: bool = (
        False  # several matches of a natural key: take the oldest, and say so, instead of stopping
    )
    # Field values -> whether the list of every project has the object: it is one, and one project declares it.
    everywhere: Callable[[Mapping[str, Json]], bool] | None = None
    guarded: bool = True  # removals count against the limits
    persons: str | None = None  # under which key its entries declare persons absent (posthog-api.md 10.1)
    activity_scopes: tuple[str, ...] = ()  # where the activity log tells of its objects (posthog-api.md 8.3)
    # Field values -> those worth writing into a file; None: PostHog files or keeps the object by itself.
    exported: Callable[[Mapping[str, Json]], Mapping[str, Json] | None] = unchanged
    # Under which key its entries have health checks: several with a name each, or one that follows its changes.
    checks: str | None = None
    checks_by_name: bool = False
    carries: Carries | None = None
    since: int = 2024
    not_everywhere: bool = False  # of the organization, and some servers of its age have no such list

    def __repr__(self) -> str:
        return f"<kind {self.name}>"

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def declarable(self) -> tuple[Field, ...]:
        """The fields that a user may write."""
        return tuple(field for field in self.fields if not field.read_only)

    @cached_property
    def declarable_names(self) -> frozenset[str]:
        """The names of the fields that a user may write."""
        return frozenset(field.name for field in self.declarable)

    @cached_property
    def asked_alone(self) -> bool:
        """Whether one object has a URL of its own, with an answer in which nothing is missing that its list says."""
        return not (self.embedded_in or self.upsert or self.invitation or self.singleton or self.apart)

    @cached_property
    def in_path(self) -> frozenset[str]:
        """The fields that say where its objects are: which parent they are below, and what they are about."""
        about = (self.attached.type, self.attached.id) if self.attached else ()
        return frozenset((*((self.parent,) if self.parent else ()), *about))

    @cached_property
    def writable(self) -> tuple[Field, ...]:
        """The fields that are compared and sent: without the reference to the parent, which is part of the URL."""
        return tuple(field for field in self.declarable if field.name != self.parent)

    def needs_whole(self, names: Collection[str]) -> bool:
        """Whether one of these fields of an object may be missing in its list, so that it needs a GET of its own."""
        if not self.listed_in_full:
            return True
        return self.whole_sign is not None and (
            not self.whole_for or not set(self.whole_for).isdisjoint(names)
        )

    def values(self, answer: Mapping[str, Json]) -> dict[str, Json]:
        """An object as PostHog answers it -> its field values, normalised; fields it does not answer are left out."""
        source = self.from_api(answer) if self.from_api else answer
        if self.lifecycle and self.lifecycle.state and (state := self.lifecycle.state(answer)) is not None:
            source = {**source, self.lifecycle.field: state}
        return {
            field.name: field.normal(source[field.name])
            for field in self.fields
            if field.name in source and not field.write_only and field.name != self.parent
        }

    def in_a_file(
        self, values: Mapping[str, Json], *, with_defaults: bool = False
    ) -> Mapping[str, Json] | None:
        """What a file may say of an object with these live values; None: nothing need be said of it.

        That is so where somebody else looks after it, and, without `with_defaults`, where each new project has it.
        """
        if self.kept_by and self.kept_by(values):
            return None
        if self.is_made_by_posthog(values) and not with_defaults:
            return None
        found = self.exported(values)
        return found and {name: self.by_name[name].in_order(value) for name, value in found.items()}

    def is_made_by_posthog(self, values: Mapping[str, Json]) -> bool:
        """Whether an object with these live values is the one of each new project, as it was made."""
        return bool(self.made_by_posthog) and all(
            field.document(field.normal(values.get(name)), wanted) == wanted
            for name, wanted in self.made_by_posthog.items()
            if (field := self.by_name[name])
        )

    def comes_with_its_parent(self, values: Mapping[str, Json]) -> bool:
        """Whether these declared values mean the object that PostHog makes in each new project."""
        return bool(self.made_by_posthog) and self.natural_key(values) == self.natural_key(
            self.made_by_posthog
        )

    def is_gone(self, answer: Mapping[str, Json]) -> bool:
        """Whether an object that PostHog still lists is deleted, or being deleted."""
        return bool(answer.get("deleted") or (self.going and self.going(answer)))

    def own_name(self, values: Mapping[str, Json]) -> Json:
        """What an object is called: the value of the field that comes from an entry's key; None where there is none."""
        return next((values[name] for name in self._from_key if name in values), None)

    @cached_property
    def _from_key(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.fields if each.from_key)

    def natural_key(self, values: Mapping[str, Json]) -> NaturalKey | None:
        """What identifies an object with these values within its collection; None when too little is given."""
        return next(self._natural_keys(values), None)

    def all_natural_keys(self, values: Mapping[str, Json]) -> list[NaturalKey]:
        """The natural key by every alternative for which `values` say enough.

        Names come with the values, so that keys of different alternatives never meet: (("name", "analysts"),).
        """
        return list(self._natural_keys(values))

    def _natural_keys(self, values: Mapping[str, Json]) -> Iterator[NaturalKey]:
        """One after another, because most callers need the first one alone, for thousands of entries."""
        for names in self.natural_keys:
            parts = [self._key_part(self.by_name[name], values.get(name)) for name in names]
            if self.sparse_keys:
                parts = ["" if part is None else part for part in parts]
            if all(part is not None for part in parts):
                yield tuple(zip(names, parts, strict=True))

    @staticmethod
    def _key_part(field: Field, value: Json) -> Json:
        value = field.normal(value)
        if isinstance(value, Reference) and value.id is not None and (field.names or field.may_refer):
            value = value.id
        if field.names and isinstance(value, int):
            value = str(value)  # as references have ids
        if value is None and field.default is not UNSET:
            value = field.default
        return folded(value) if field.caseless and isinstance(value, str) else value

    @cached_property
    def refers_by_key(self) -> bool:
        """Whether objects are known by what PostHog has elsewhere, as a membership is by its member.

        Its spelling is PostHog's own then, and another one is another object.
        """
        fields = [self.by_name[name] for names in self.natural_keys for name in names]
        return any(field.caseless and field.refers_to for field in fields)

    @cached_property
    def known_by_names(self) -> bool:
        """Whether the name of another object is part of what identifies one: a rule is known by its role."""
        return any(self.by_name[name].names for names in self.natural_keys for name in names)

    @property
    def plural(self) -> str:
        """The name of many: "file system entries"."""
        return f"{self.title[:-1]}ies" if self.title.endswith("y") else f"{self.title}s"

    @property
    def title(self) -> str:
        """The name as people read it: "role membership"."""
        return self.name.replace("_", " ")

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError for an unknown one."""
        return self.by_name[name]
