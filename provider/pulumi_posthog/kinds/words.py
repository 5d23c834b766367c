"""What kinds and fields are described with beside their own words: where ids stand, what objects are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from pulumi_posthog.values.json_value import Json, dig


@dataclass(frozen=True, kw_only=True)
class IdPlace:
    """Where in a value an id stands, as in "actions.*.id", and of what; with `where`, only beside such a key.

    `as_text` says that PostHog has the id of a number as a text there.
    """

    path: str
    names: str
    where: tuple[str, Json] | None = None
    as_text: bool = False


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Objects that PostHog has and this product only refers to: members by e-mail, plugins by URL or name.

    `keys` are dotted paths into the answer that may name an object, tried in order; `value` is what a request
    wants in its place.
    """

    name: str
    doc: str
    collection: str
    keys: tuple[str, ...]
    value: str
    read_scope: str
    caseless: bool = False
    page_size: int | None = None
    parameters: Mapping[str, str] = dataclass_field(default_factory=dict)

    def name_of(self, answer: Mapping[str, Json]) -> str | None:
        """What an object is called; the parts of a key such as "kind/display_name" are joined."""
        for key in self.keys:
            parts = [dig(answer, part) for part in key.split("/")]
            if all(isinstance(part, str) and part for part in parts):
                return "/".join(parts)
        return None


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """What objects of a kind are made from: one of a lookup, whose id stands in `field`.

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
