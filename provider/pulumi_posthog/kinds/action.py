"""An action groups several events and clicks that mean the same.

Contract: posthog-api-release.md 4. The list is answered whole, without pages. Servers up to 2025 fail on a write
without `name`. PostHog deletes an action that others use without a question. The user that PostHog logs for a change is
who made the action, not who changed it: so its log is not asked who it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.conditions import CONDITION, PATTERNS, broken
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import FOLDER, IN_PROJECT, TAGS
from pulumi_posthog.kinds.words import IdPlace, Page
from pulumi_posthog.values.json_value import Json

NOW: Final = "2020-01-01T00:00:00Z"  # any time becomes the server's own (4)
MATCHING: Final[Mapping[str, Any]] = {"enum": ["contains", "regex", "exact", None]}
TEXT: Final[Mapping[str, Any]] = {"type": ["string", "null"]}
STEP: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "event": {**TEXT, "description": "The event's name. For a click, it is `$autocapture`."},
        "properties": {
            "type": ["array", "null"],
            "items": CONDITION,
            "description": "What the event also has to have.",
        },
        "selector": {**TEXT, "description": "The CSS selector of what is clicked."},
        "tag_name": {**TEXT, "description": "The HTML tag of what is clicked."},
        "text": {**TEXT, "description": "The text on it."},
        "text_matching": {**MATCHING, "description": "How `text` is compared."},
        "href": {**TEXT, "description": "Where the link leads."},
        "href_matching": {**MATCHING, "description": "How `href` is compared."},
        "url": {**TEXT, "description": "The address of the page."},
        "url_matching": {
            **MATCHING,
            "description": "How the address is compared. The default is `contains`.",
        },
    },
    "additionalProperties": False,
}


def trimmed(steps: Json) -> Json:
    """Steps as PostHog keeps them: without blanks around `selector` and `url`."""
    return [
        {
            key: value.strip() if key in ("selector", "url") and isinstance(value, str) else value
            for key, value in each.items()
        }
        if isinstance(each, Mapping)
        else each
        for each in steps or ()
    ]


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields without blanks around `selector` and `url`, which count for nothing."""
    return {**fields, "steps": trimmed(fields["steps"])} if "steps" in fields else fields


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An action as PostHog answers it -> its fields: since when it is pinned does not matter, whether it is does."""
    return {**answer, "pinned_at": answer.get("pinned_at") is not None}


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with the name, without which servers up to 2025 fail."""
    return {"name": answer.get("name"), **body}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """Patterns that are not regular expressions: PostHog takes them, and such a step matches nothing."""
    for place, step in enumerate(fields.get("steps") or ()):
        for name in ("text", "href", "url"):
            if step.get(f"{name}_matching") == "regex" and (why := broken(step.get(name))):
                yield f"steps.{place}.{name}", f"has a `{name}` that is not a regular expression: {why}", None
        for number, condition in enumerate(step.get("properties") or ()):
            if condition.get("operator") in PATTERNS and (why := broken(condition.get("value"))):
                where = f"steps.{place}.properties.{number}"
                yield where, f"has a value that is not a regular expression: {why}", None


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without what is as if absent."""
    return {**values, "steps": ACTION.field("steps").document(values.get("steps") or [], [])}


ACTION = Kind(
    name="action",
    resource="Action",
    section="projects.*.actions",
    doc="An action: several events, or clicks, that mean the same.",
    purpose=(
        "Say once which events and clicks mean that somebody signed up or paid, and use the action by its "
        "name. When the code sends another event, you change one line, and everything that counts it "
        "follows."
    ),
    page=Page("*Data management*, *Actions*", "/project/{project}/data-management/actions/{id}"),
    collection="/api/projects/{project}/actions/",
    parent="project",
    accessible_as="action",
    natural_keys=(("name",),),
    read_scope="action:read",
    write_scope="action:write",
    deletion=Deletion.PATCH,
    delete_by_patch=lambda values: {"deleted": True, "name": values["name"]},  # DELETE answers 405
    restored=True,
    from_api=from_api,
    comparable=comparable,
    alongside=alongside,
    checked=checked,
    exported=exported,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, unique=True, from_key=True),
        Field(name="description", doc="Shown in PostHog.", default=""),
        Field(
            name="steps",
            type=Type.LIST,
            doc="The events that count as this action. Any one of them is enough.",
            items=STEP,
            default=[],
            hidden_keys=("selector_regex",),
            key_defaults={"url_matching": "contains", "properties": [], "negation": False},
            null_is_absent=True,
            ids=(IdPlace(path="*.properties.*.value", names="cohort", where=("type", "cohort")),),
        ),
        TAGS,
        Field(
            name="pinned_at",
            type=Type.BOOLEAN,
            doc="Whether it is pinned.",
            default=False,
            wire=lambda pinned: NOW if pinned else None,
        ),
        Field(
            name="post_to_slack",
            type=Type.BOOLEAN,
            doc="Whether PostHog posts it to Slack. This is an older way: declare a hog function instead.",
            default=False,
        ),
        Field(
            name="slack_message_format",
            doc="The text of the message in Slack.",
            max_length=1200,
            default="",
        ),
        FOLDER,
        Field(name="created_at", read_only=True),
    ),
)
