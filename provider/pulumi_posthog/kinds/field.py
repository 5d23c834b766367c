"""A field of a kind, declared once as data: what it may hold, how it is compared, what a request has of it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final

from pulumi_posthog.kinds.words import Confirmed, IdPlace, Items, KeyedIds, ShutOut
from pulumi_posthog.values.json_value import Json, instant, whole
from pulumi_posthog.values.picture import Picture
from pulumi_posthog.values.reference import Reference, named
from pulumi_posthog.values.spelling import folded, is_number, is_uuid


class Type(enum.Enum):
    """What a field holds. The value is the name in JSON Schema; DECIMAL and JSON have none of their own."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "number"  # PostHog answers these as strings ("0.50"); compared as numbers
    BOOLEAN = "boolean"
    STRINGS = "array"  # a list of plain strings
    OBJECT = "object"
    LIST = "list"  # a list of objects, or of anything
    JSON = "any"  # a text, a number, a list: whatever JSON has


class Unset(enum.Enum):
    """The one value that says "no default": None is a value of its own in PostHog."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """PATCH `{id}/<path>` once, when the declared text changes from one to another; it renews the field `renews`.

    The text itself is never sent and stays in the state. `by_hand` says where a person can do the same. With
    `at_first`, the first text calls the action, too.
    """

    path: str
    renews: str
    by_hand: str
    at_first: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Field:
    """One field of a kind, with PostHog's own name.

    `default` is what PostHog has when the field was never set (export leaves it out). `merge_levels` is how many
    levels of an object PostHog merges on PATCH instead of replacing (posthog-api.md 3.4): only declared keys are
    compared and sent. `since` and `until` are the server ages (years) that know the field.
    """

    name: str
    type: Type = Type.STRING
    doc: str = ""
    required: bool = False
    nullable: bool = False
    default: Json = UNSET
    choices: tuple[Json, ...] = ()
    choices_from: str | None = None  # a closed list too long to repeat: "timezones", "currencies"
    minimum: float | None = None
    maximum: float | None = None
    decimal_places: int | None = None
    max_length: int | None = None
    max_json_length: int | None = None  # of the whole value, as JSON text
    pattern: str | None = None  # a regular expression that the text must match
    pattern_words: str = ""  # what such a text is, for messages: "an e-mail address"
    # JSON Schema of a list's items, or of what an object has under any key.
    items: Mapping[str, Any] | None = None
    keys: Mapping[str, Any] | None = None  # JSON Schema of an object's properties, where the list is closed
    open_keys: bool = True  # False: only `keys` are allowed
    required_keys: tuple[str, ...] = ()
    unordered: bool = False
    caseless: bool = False  # unique, or found, whatever its case
    case_is_theirs: bool = False  # another case of it is no difference: PostHog, or its owner, spells it
    unique: bool = False  # PostHog refuses a second object of the collection with the same value, folded
    merge_levels: int = 0
    merged_keys: tuple[str, ...] | None = (
        None  # the only keys below which the second level is merged; None: all
    )
    sent_whole: bool = False  # PostHog does not merge it: send the live keys that are not declared along
    refers_to: str | None = None  # the kind (or "plugin", "member") that the value names
    replace_on_changes: bool = False
    # It never changes, and no other object takes its place by itself: what goes with a deleted one is lost.
    fixed: bool = False
    # All the same PostHog can change it, and does where an `id` says which object is meant.
    changed_by_id: bool = False
    keys_from: str | None = (
        None  # the field that refers to what describes the keys: a plugin's `config_schema`
    )
    secret: bool = False
    # PostHog answers neither its secrets nor their keys, not even as masks; and PostHog decides what is secret.
    left_out: bool = False
    files: bool = False  # what is below its keys may be a file, which is sent in a part of its own
    write_only: bool = False
    trigger: Trigger | None = None
    read_only: bool = False
    on_create: bool = (
        True  # False: PostHog ignores or overwrites it on create, so it is sent by PATCH afterwards
    )
    hidden_keys: tuple[str, ...] = ()  # keys, at any depth, that PostHog puts in, or that are secret
    free_keys: tuple[
        str, ...
    ] = ()  # keys, at any depth, whose objects have any keys: nothing is hidden in them
    # Keys, at any depth, that PostHog keeps or completes where they are not sent: compared where they are declared.
    kept_keys: tuple[str, ...] = ()
    key_defaults: Mapping[str, Json] = dataclass_field(
        default_factory=dict
    )  # at any depth, absent is this value
    null_is_absent: bool = False  # at any depth, a key that is null is as if it were not there
    empty_is_absent: bool = False  # at any depth, a key that is `{}` is as if it were not there
    blank_is_null: bool = False  # PostHog makes null of an empty text, list or object, or the other way round
    empty_removes: bool = False  # an empty object takes the whole away: nothing is sent along with it
    trimmed_keys: tuple[str, ...] = ()  # keys, at any depth, whose texts PostHog trims
    lowered: bool = False  # PostHog keeps the texts of a list in lower case, each of them once
    wire: Callable[[Json], Json] | None = None  # a value as the file has it -> as a request has it
    names: str | None = None  # the value is an id of this kind, or lookup, and its bare name may be there
    follows: str | None = (
        None  # the kind whose name the value is: one of that name is made first, if it is declared
    )
    # Where in it HogQL stands, which may name such objects as tables, and where a table's name alone does; "": it is
    # the whole value. What is named so is made first, if it is declared.
    sql: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    # What it names has a number for its id: a text of digits is that, and a request has the number.
    number_ids: bool = False
    names_what: str | None = None  # the value is an id of the kind that this other field says, if it is one
    may_refer: bool = (
        False  # a plain value, and a `!ref` may be there, as it may anywhere in an object or list
    )
    ids: tuple[IdPlace, ...] = ()  # where in it ids of other objects stand
    keyed_ids: tuple[KeyedIds, ...] = ()  # which mappings in it have ids for keys, and names in a file
    items_by: Items | None = None  # how the items of a list are told apart, whatever their order
    # Live value, declared value -> both as a picture in a report; None where it would show no difference.
    drawn: Callable[[Json, Json], Picture | None] | None = None
    numbered_within: tuple[str, tuple[Json, ...]] | None = (
        None  # (field, values): undeclared, it is the entry's place among those that have one of these
    )
    timestamp: bool = False  # a point in time, which PostHog writes in its own way
    replaces_between: tuple[Json, ...] = ()  # from or to one of these values, the object is made anew
    # Live value -> whether PostHog has put it there by itself when the object was new: nobody need say it.
    fresh: Callable[[Json], bool] | None = None
    # Live value, declared value -> what else their change does, as the end of a sentence about the object.
    side_effect: Callable[[Json, Json], str | None] | None = None
    refused_as: tuple[str, ...] = ()  # codes of refusals that are about it, though PostHog names no field
    silent_when_null: bool = False  # an answer of null says nothing: PostHog may have lost it
    # Some servers keep it and do not answer it: there it is sent to a new object only, and never compared.
    silent_when_absent: bool = False
    since: int = 2024
    until: int | None = None
    from_key: bool = False  # comes from the entry's key in the YAML, not from its body
    # Of a field that comes from the key: the body may say it, too, and then the key only names the entry.
    also_in_body: bool = False
    placed_by_file: bool = False  # undeclared, it is created with the entry's place in the file
    found_by: str | None = None  # what PostHog has in its place, where it is not the lookup's `value`
    sent_as: str | None = None  # the name in a request body, where it differs: user -> user_uuid
    logged_as: tuple[
        str, ...
    ] = ()  # its names in the activity log, where those differ; no value is compared then
    feature: str | None = None  # what the organization's plan needs for it (`available_product_features`)
    confirmed: Confirmed | None = None
    shuts_out: ShutOut | None = None

    def __repr__(self) -> str:
        return f"<field {self.name}>"

    def normal(self, value: Json) -> Json:
        """`value` as PostHog would store and answer it, so that equal things are equal.

        Strings are trimmed. Decimals become numbers, and floats that are whole become integers. Null items of string
        lists are left out (posthog-api.md 1.1, 3.4), and so are keys that PostHog manages itself.
        """
        if value is None or isinstance(value, Reference):
            return value
        if self.blank_is_null and value in ("", [], {}):
            return None
        if self.type is Type.DECIMAL:
            return whole(float(value))
        if self.timestamp and isinstance(value, str):
            return instant(value.strip())
        if self.type is Type.STRING and isinstance(value, str):
            return value.strip()
        if self.type is Type.STRINGS and isinstance(value, list):
            items = [item.strip() if isinstance(item, str) else item for item in value if item is not None]
            if self.lowered:
                items = list(dict.fromkeys(str(item).lower() for item in items if item))
            return sorted(items, key=lambda item: (folded(str(item)), str(item))) if self.unordered else items
        value = whole(self.own(value))
        for each in self.keyed_ids:
            value = each.by_name(value)
        return _trimmed(value, frozenset(self.trimmed_keys)) if self.trimmed_keys else value

    def named(self, live: Json, declared: Json) -> Json:
        """A live value with names in place of ids, and its items in the order of the declared ones that they are."""
        if self.items_by is not None and isinstance(live, list) and isinstance(declared, list):
            # What nobody declared is called as its like is, wherever that is declared.
            like = {
                key: value
                for item in declared
                for key, value in (item.items() if isinstance(item, dict) else ())
                if isinstance(value, Reference)
            }
            return [
                named(item, like if partner is None else partner)
                for item, partner in self.items_by.in_order(live, declared)
            ]
        return named(live, declared)

    @property
    def ids_as_text(self) -> tuple[str, ...]:
        """The paths in its value at which PostHog has ids as texts, not as numbers."""
        return tuple(each.path for each in self.ids if each.as_text)

    def document(self, value: Json, other: Json, *, declared: bool = False) -> Json:
        """`value` as it is compared with `other`: without keys that are as if absent, or that PostHog alone has.

        In an object with a closed list of keys, PostHog alone has all others (posthog-api-release.md 1.6). `declared`
        says that `value` is the declared one of the two, and `other` the live one.
        """
        if isinstance(value, dict) and self.is_closed:
            value = {key: item for key, item in value.items() if key in (self.keys or ())}
        if not self.is_document:
            return value
        if self.items_by is not None and isinstance(value, list) and isinstance(other, list):
            if declared:
                beside, labels = self.items_by.labelled(other, value)
            else:
                found, beside = self.items_by.labelled(value, other)
                # In the order of the declared ones that they are, as the declared list is.
                labels = {label: found[label] for label in (*beside, *found) if label in found}
            return [self._document(item, beside.get(label)) for label, item in labels.items()]
        return self._document(value, other)

    def _document(self, value: Json, other: Json) -> Json:
        if isinstance(value, dict):
            beside = other if isinstance(other, dict) else {}
            return {
                key: within
                for key, item in value.items()
                if not (key in self.key_defaults and item == self.key_defaults[key])
                and not (self.null_is_absent and item is None)
                and (key in beside or key not in self.kept_keys)
                and not ((within := self._document(item, beside.get(key))) == {} and self.empty_is_absent)
            }
        if isinstance(value, list):
            others = other if isinstance(other, list) else []
            return [
                self._document(item, others[place] if place < len(others) else None)
                for place, item in enumerate(value)
            ]
        return value

    @property
    def is_document(self) -> bool:
        """Whether `document` may leave something out of a value."""
        absent = self.null_is_absent or self.empty_is_absent
        return bool(self.kept_keys or self.key_defaults or absent or self.is_closed)

    @property
    def is_closed(self) -> bool:
        """Whether it is an object that has the keys of `keys` and no others, for those who declare it."""
        return self.type is Type.OBJECT and self.keys is not None and not self.open_keys

    def is_id(self, text: str) -> bool:
        """Whether a text is the id of what the field names, and not its name."""
        return is_uuid(text) or (self.number_ids and is_number(text))

    def as_id(self, value: Json) -> Json:
        """An id in the field's own form, which is text or a number; any other value as it is.

        Pulumi has every `id` as text, and PostHog answers numbers: a program may give either.
        """
        if not (self.names or self.names_what or self.refers_to or self.number_ids):
            return value
        if self.type is Type.STRING and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if self.type is Type.INTEGER and isinstance(value, str) and is_number(value):
            return int(value)
        return value

    def replaces(self, live: Json, desired: Json) -> bool:
        """Whether a change from one value to another makes the object anew."""
        between = any(value in self.replaces_between for value in (live, desired))
        return self.replace_on_changes or between

    def in_order(self, value: Json) -> Json:
        """The value with its keys in the order in which people read them: that of the schema, and then all others."""
        return _in_order(self.json_schema, value) if isinstance(value, dict | list) else value

    def own(self, value: Json) -> Json:
        """`value` without the keys, at any depth, that PostHog itself puts into it: they are not ours to say."""
        if not self.hidden_keys:
            return value
        return _without(value, frozenset(self.hidden_keys), frozenset(self.free_keys))

    @property
    def as_json_text(self) -> bool:
        """Whether the value travels through Pulumi as JSON text: only so do its numbers, nulls and order survive."""
        return self.type in (Type.OBJECT, Type.LIST, Type.JSON)

    @property
    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of a declared value."""
        name = {Type.LIST: "array"}.get(self.type, self.type.value)
        types = [name, *(["string"] if self.names and name != "string" else [])]
        types += ["null"] if self.nullable else []
        schema: dict[str, Any] = (
            {"type": types if len(types) > 1 else name} if self.type is not Type.JSON else {}
        )
        if self.doc:
            schema["description"] = self.doc
        if self.choices:
            schema["enum"] = [*self.choices, None] if self.nullable else list(self.choices)
        if self.choices_from:
            schema = {"description": self.doc, "$ref": f"#/$defs/{self.choices_from}"}
            if self.nullable:
                schema = {
                    "description": self.doc,
                    "anyOf": [{"$ref": f"#/$defs/{self.choices_from}"}, {"type": "null"}],
                }
        limits = {
            "minimum": self.minimum,
            "maximum": self.maximum,
            # Ours: `multipleOf: 0.01` refuses 0.07 in most editors, which divide binary fractions.
            "decimalPlaces": self.decimal_places,
            "maxJsonLength": self.max_json_length,
            "maxLength": self.max_length,
            "pattern": self.pattern,
            "patternErrorMessage": f"must be {self.pattern_words}" if self.pattern else None,
        }
        schema |= {key: limit for key, limit in limits.items() if limit is not None}
        if self.secret:
            schema["writeOnly"] = True
        if self.type is Type.STRINGS:
            schema["items"] = dict(self.items or {"type": "string"})
        elif self.type is Type.LIST and self.items:
            schema["items"] = dict(self.items)
        elif self.type is Type.OBJECT and self.items:
            schema["additionalProperties"] = dict(self.items)
        if self.keys is not None:
            schema["properties"] = dict(self.keys)
            schema["additionalProperties"] = self.open_keys
        if self.required_keys:
            schema["required"] = list(self.required_keys)
        if self.default is not UNSET and (self.default is not None or self.nullable):
            schema["default"] = self.default
        return schema


def _in_order(schema: Mapping[str, Any], value: Json) -> Json:
    """`value` with the keys of its mappings as the schema has them, and others after them as they are."""
    if isinstance(value, list):
        items = schema.get("items") or {}
        return [_in_order(items, item) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties") or {}
    first = {key: _in_order(known[key], value[key]) for key in known if key in value}
    return {**first, **{key: item for key, item in value.items() if key not in known}}


def _without(value: Json, keys: frozenset[str], free: frozenset[str]) -> Json:
    if isinstance(value, dict):
        return {
            key: item if key in free else _without(item, keys, free)
            for key, item in value.items()
            if key not in keys
        }
    return [_without(item, keys, free) for item in value] if isinstance(value, list) else value


def _trimmed(value: Json, keys: frozenset[str]) -> Json:
    if isinstance(value, dict):
        return {
            key: item.strip()
            if key in keys and isinstance(item, str) and not isinstance(item, Reference)
            else _trimmed(item, keys)
            for key, item in value.items()
        }
    return [_trimmed(item, keys) for item in value] if isinstance(value, list) else value
