"""What events and properties mean: PostHog makes a definition of each that comes in, and people describe them.

Contract: posthog-api-analytics.md 7 and 8. A definition is known by its name. Nothing deletes one: PostHog would make
it anew when the next event comes in, without what was said about it. Values that the organization's plan does not have
are in no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import GROUP_TYPE
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT, TAGS
from pulumi_posthog.kinds.words import Apart, Carries, ComesIn, Page

TAXONOMY: Final = "ingestion_taxonomy"
# What is said about a definition -> the value that says nothing.
SAYS_NOTHING: Final[Mapping[str, Any]] = {"description": "", "tags": [], "verified": False, "hidden": False}


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A definition as PostHog answers it -> its fields; null is the value that says nothing."""
    empty = {name: nothing for name, nothing in SAYS_NOTHING.items() if answer.get(name, "") is None}
    owner = answer.get("owner")
    known = {"owner": owner.get("email")} if isinstance(owner, Mapping) else {}
    return {**answer, **empty, **known}


def cleared(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What takes back what was said about a definition; of one that says nothing, nothing is sent."""
    return {name: nothing for name, nothing in SAYS_NOTHING.items() if values.get(name, nothing) != nothing}


def said(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The values of a definition that people have said something about; None for any other, which PostHog makes."""
    return values if cleared(values) or values.get("owner") else None


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses of the definition of an event or a property."""
    if fields.get("verified") is True and fields.get("hidden") is True:
        yield "hidden", "is both verified and hidden, which PostHog refuses", "leave one of them out"


def checked_property(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What `checked` finds, a property of groups that does not say of which, and any other that does say it."""
    yield from checked(fields)
    of_group = fields.get("type", "event") == "group"
    if of_group and fields.get("group_type_index") is None:
        yield (
            "type",
            "is of groups and does not say of which",
            "write `group_type_index: company`, the type's name",
        )
    if not of_group and fields.get("group_type_index") is not None:
        yield "group_type_index", "has a `group_type_index` and is not of groups", "write `type: group`"


def is_virtual(answer: Mapping[str, Any]) -> bool:
    """Whether PostHog computes it. Then it cannot be described."""
    return bool(answer.get("virtual"))


def to_api(fields: Mapping[str, Any], _live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send: what tells a property from others is only in the list's address."""
    return {name: value for name, value in fields.items() if name not in ("type", "group_type_index")}


def _described(what: str) -> tuple[Field, ...]:
    return (
        Field(
            name="description",
            doc=f"What the {what} means.",
            default="",
            silent_when_null=True,
            feature=TAXONOMY,
        ),
        TAGS,
        Field(
            name="verified",
            type=Type.BOOLEAN,
            doc="Whether it is marked as verified. PostHog then resets `hidden`.",
            default=False,
            silent_when_null=True,
            feature=TAXONOMY,
        ),
        Field(
            name="hidden",
            type=Type.BOOLEAN,
            doc="Whether menus leave it out. PostHog then resets `verified`.",
            default=False,
            silent_when_null=True,
            feature=TAXONOMY,
        ),
    )


EVENT_DEFINITION = Kind(
    name="event_definition",
    resource="EventDefinition",
    section="projects.*.event_definitions",
    doc="The definition of an event says what it means, who owns it, and whether people should use it.",
    purpose=(
        "Review the names of events together with the code that sends them, and say what each event "
        "means. People who build an insight see it."
    ),
    page=Page("*Data management*, *Events*", "/project/{project}/data-management/events/{id}"),
    collection="/api/projects/{project}/event_definitions/",
    parent="project",
    natural_keys=(("name",),),
    read_scope="event_definition:read",
    write_scope="event_definition:write",
    page_size=1000,
    comes_in=ComesIn(made_since=2026, words="PostHog has seen no such event yet"),
    carries=Carries(
        key="properties",
        kind="property_definition",
        sort="type",
        of="event",
        type="property_type",
        built_in="$",
    ),
    deletion=Deletion.PATCH,
    delete_by_patch=cleared,
    deletion_words=(
        "PostHog keeps it. A run clears its description, its tags, and whether it is verified or hidden."
    ),
    activity_scopes=("EventDefinition",),
    from_api=from_api,
    checked=checked,
    exported=said,
    fields=(
        IN_PROJECT,
        Field(
            name="name",
            doc="The event's name, as the code sends it.",
            max_length=400,
            from_key=True,
            replace_on_changes=True,
        ),
        *_described("event"),
        Field(
            name="owner",
            doc="The e-mail address of its owner.",
            nullable=True,
            default=None,
            caseless=True,
            refers_to="member",
            found_by="user.id",
            feature=TAXONOMY,
        ),
        Field(
            name="default_columns",
            type=Type.STRINGS,
            doc="Which columns a list of such events shows.",
            default=[],
            silent_when_null=True,
            feature=TAXONOMY,
        ),
        Field(name="created_at", read_only=True),
    ),
)

PROPERTY_DEFINITION = Kind(
    name="property_definition",
    resource="PropertyDefinition",
    section="projects.*.property_definitions",
    doc="The definition of a property of events, persons, groups or sessions says what it means, and its type.",
    purpose=(
        "Say what a property means, which properties contain personal data, and which ones nobody should "
        "use any more. Everybody sees it in PostHog."
    ),
    page=Page("*Data management*, *Properties*", "/project/{project}/data-management/properties/{id}"),
    collection="/api/projects/{project}/property_definitions/",
    parent="project",
    natural_keys=(("type", "group_type_index", "name"), ("type", "name")),
    read_scope="property_definition:read",
    write_scope="property_definition:write",
    page_size=1000,
    apart=Apart(
        field="type",
        sorts=("event", "person", "session"),
        numbered="group",
        number="group_type_index",
        lookup=GROUP_TYPE,
    ),
    comes_in=ComesIn(made_since=None, words="PostHog has seen no such property yet"),
    deletion=Deletion.PATCH,
    delete_by_patch=cleared,
    deletion_words=(
        "PostHog keeps it. A run clears its description, its tags, and whether it is verified or hidden."
    ),
    going=is_virtual,
    activity_scopes=("PropertyDefinition",),
    from_api=from_api,
    to_api=to_api,
    checked=checked_property,
    exported=said,
    fields=(
        IN_PROJECT,
        Field(
            name="name",
            doc="The property's name. It is the key of the entry, unless the entry has `name`.",
            from_key=True,
            also_in_body=True,
            replace_on_changes=True,
        ),
        Field(
            name="type",
            doc="What has such a property.",
            choices=("event", "person", "group", "session"),
            default="event",
            replace_on_changes=True,
        ),
        Field(
            name="group_type_index",
            type=Type.INTEGER,
            doc="For a property of groups: the type of group, by its name or its index.",
            nullable=True,
            default=None,
            names="group_type",
            replace_on_changes=True,
        ),
        Field(
            name="property_type",
            doc="The type of its values. PostHog guesses it from what comes in.",
            choices=("DateTime", "String", "Numeric", "Boolean", "Duration"),
            nullable=True,
            default=None,
        ),
        *_described("property"),
    ),
)
