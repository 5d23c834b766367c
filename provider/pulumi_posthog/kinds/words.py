"""What kinds and fields are described with beside their own words: where ids stand, what objects are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """A value that must be asked for by name, in the stack's setting `posthog:allowRisks`, before it replaces another.

    `words` say what it does to people, as the end of a sentence about the field.
    """

    value: Json
    words: str
    when: Callable[[Mapping[str, Json]], bool] | None = (
        None  # of which objects, by their values; None: of all
    )


@dataclass(frozen=True, kw_only=True)
class Upsert:
    """Objects without an id of their own: PUT to the list's URL makes or changes one, and removes it.

    The list's answer has them under `items`. What stands under the keys `identity` of an answer tells one from the
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
    others are written before and removed after. Whoever runs this keeps the level `administers`.
    """

    value: str
    subjects: Mapping[str, str]
    levels: Mapping[str, tuple[str, ...]]
    last: Callable[[Mapping[str, Json]], bool]
    keyed_by: str | None = None
    administers: str | None = None  # the level that lets its holder change the rules themselves
    covered: Mapping[str, str] = dataclass_field(default_factory=dict)


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
