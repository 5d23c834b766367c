"""An annotation marks a point in time in charts: a release, an outage, a change of how something is counted.

Contract: posthog-api-analytics.md 6. It has no name: what it is about, when, and its text identify it. One of the
organization is in the list of every project, and a PATCH through another project moves it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page
from pulumi_posthog.values.json_value import Json, instant
from pulumi_posthog.values.secret_text import is_unknown

# What an annotation is about -> the field that says which one.
ABOUT: Final[Mapping[str, str]] = {"dashboard_item": "dashboard_item", "dashboard": "dashboard_id"}
SCOPE: Final = "project"  # PostHog's own default needs an insight


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An annotation as PostHog answers it -> its fields; a blank emoji is none."""
    return {**answer, "emoji": answer["emoji"] or None} if "emoji" in answer else answer


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send: a new one always says what it is about, because PostHog takes an insight for granted."""
    return fields if live else {"scope": SCOPE, **fields}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses, or takes and shows nowhere."""
    when = fields.get("date_marker")
    if isinstance(when, str) and not is_unknown(when) and not is_instant(when):
        yield (
            "date_marker",
            f'is at "{when}", which is not a point in time',
            "write it as in 2026-03-01T09:00:00Z, or a day alone, whose beginning in UTC is meant",
        )
    scope = fields.get("scope", SCOPE)
    if is_unknown(scope):
        return
    for about, name in ABOUT.items():
        if scope == about and fields.get(name) is None:
            yield "scope", f"has the scope `{about}` and does not say which one", f"write `{name}`"
        if scope != about and fields.get(name) is not None:
            yield (
                name,
                f"has `{name}` and the scope `{scope}`",
                f"write `scope: {about}`, or leave `{name}` out",
            )


def is_instant(text: str) -> bool:
    """Whether a text is a point in time, or a day."""
    try:
        datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def sent_instant(value: Json) -> Json:
    """A point in time as a request has it: old servers take no day without a time."""
    return instant(value.strip()) if isinstance(value, str) else value


ANNOTATION = Kind(
    name="annotation",
    resource="Annotation",
    section="projects.*.annotations",
    doc="An annotation marks a point in time in charts, and says what happened then.",
    purpose=(
        "Record a release in the same change that ships it. Somebody who sees a step in a chart months "
        "later then knows why. Charts of insights and dashboards show the annotation at its time."
    ),
    page=Page("*Data management*, *Annotations*", "/project/{project}/data-management/annotations/{id}"),
    collection="/api/projects/{project}/annotations/",
    parent="project",
    unmanaged={"access": "PostHog has no access rules of single annotations"},
    natural_keys=(("scope", "date_marker", "content"),),
    oldest_wins=True,
    everywhere=lambda values: values.get("scope") == "organization",
    read_scope="annotation:read",
    write_scope="annotation:write",
    page_size=1000,
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    restored=True,
    activity_scopes=("Annotation",),
    from_api=from_api,
    to_api=to_api,
    checked=checked,
    fields=(
        IN_PROJECT,
        Field(
            name="content",
            doc="What happened. It is the key of the entry, unless the entry has `content`.",
            max_length=8192,
            from_key=True,
            also_in_body=True,
        ),
        Field(
            name="date_marker",
            doc="When it happened, as in 2026-03-01T09:00:00Z. A day without a time means its beginning in UTC.",
            required=True,
            timestamp=True,
            wire=sent_instant,
        ),
        Field(
            name="scope",
            doc=(
                "What it is about. An annotation of the `organization` is shown in all its projects, and "
                "is declared in one of them."
            ),
            choices=("dashboard_item", "dashboard", "project", "organization"),
            default=SCOPE,
        ),
        Field(
            name="dashboard_item",
            type=Type.INTEGER,
            doc="For the scope `dashboard_item`: the insight, by its name or its id.",
            nullable=True,
            default=None,
            names="insight",
        ),
        Field(
            name="dashboard_id",
            type=Type.INTEGER,
            doc="For the scope `dashboard`: the dashboard, by its name or its id.",
            nullable=True,
            default=None,
            names="dashboard",
            since=2026,
        ),
        Field(
            name="creation_type",
            doc="Who made it: a person (`USR`) or automation (`GIT`). PostHog marks those of automation.",
            choices=("USR", "GIT"),
            default="USR",
        ),
        Field(
            name="emoji",
            doc="An emoji that is shown instead of the usual mark.",
            max_length=16,
            nullable=True,
            blank_is_null=True,
            default=None,
            since=2026,
        ),
        Field(
            name="hidden_in_user_interface",
            type=Type.BOOLEAN,
            doc="Whether charts do not show it.",
            nullable=True,
            default=None,
            since=2026,
        ),
        Field(name="created_at", read_only=True),
    ),
)
