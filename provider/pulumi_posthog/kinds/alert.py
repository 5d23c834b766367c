"""An alert tells people when a figure of an insight leaves its bounds.

Contract: posthog-api-analytics.md 4. Ids of the insight and of people are sent, and objects are answered (4.3).
PostHog holds every write against the insight as it is then (4.4). Percentages are fractions there, and `30%` in a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi_posthog.kinds.alert_rules import (
    ABSOLUTE,
    CONFIGS,
    DECREASE,
    INCREASE,
    PERCENTAGE,
    checked,
    fraction,
    is_percentage,
    merged_windows,
    misfits,
    noted,
    percentage,
    sent_bound,
    with_bounds,
)
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Against, Page, TakenAlong
from pulumi_posthog.values.json_value import Json, dig

BOUND: Final[Mapping[str, Any]] = {
    "type": ["number", "string", "null"],
    "pattern": PERCENTAGE,
    "patternErrorMessage": "must be a number, or a percentage such as 30%",
}
CONFIGURATION: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "type": {
            "enum": ["absolute", "percentage"],
            "description": "Whether the bounds are numbers, or percentages.",
        },
        "bounds": {
            "type": "object",
            "properties": {
                "lower": {**BOUND, "description": "The alert fires below this bound: a number, or `30%`."},
                "upper": {**BOUND, "description": "The alert fires above this bound: a number, or `30%`."},
            },
            "additionalProperties": False,
            "description": "One of the two bounds, or both.",
        },
    },
    "required": ["type"],
    "additionalProperties": False,
    "description": "When it fires.",
}
WINDOW: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "start": {
            "type": "string",
            "pattern": r"^\d{1,2}:\d{2}$",
            "patternErrorMessage": 'must be a time such as "22:00", in quotes',
            "description": 'The time at which it begins, such as `"22:00"`.',
        },
        "end": {
            "type": "string",
            "pattern": r"^\d{1,2}:\d{2}$",
            "patternErrorMessage": 'must be a time such as "07:00", in quotes',
            "description": "The time at which it ends.",
        },
    },
    "required": ["start", "end"],
    "additionalProperties": False,
}


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An alert as PostHog answers it -> its fields: the insight by its id, people by their addresses."""
    result = {**answer}
    if isinstance(answer.get("insight"), Mapping):
        result["insight"] = answer["insight"].get("id")
    if "subscribed_users" in answer:
        result["subscribed_users"] = [each["email"] for each in answer["subscribed_users"] or ()]
    if "threshold" in answer:
        result["threshold"] = with_bounds(
            answer["threshold"] or {}, lambda relative, value: percentage(value) if relative else value
        )
    windows = (answer.get("schedule_restriction") or {}).get("blocked_windows")
    if "schedule_restriction" in answer:
        result["schedule_restriction"] = answer["schedule_restriction"] if windows else None
    if "skip_weekend" in answer:
        result["skip_weekend"] = bool(answer["skip_weekend"])
    return result


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields as they are compared: one spelling of a percentage, and windows in one form."""
    result = {**fields}
    if "threshold" in fields:
        result["threshold"] = with_bounds(
            fields["threshold"],
            lambda relative, value: (
                (percentage(fraction(value)) if relative else sent_bound(relative, value))
                if is_percentage(value)
                else value
            ),
        )
    if isinstance(fields.get("schedule_restriction"), Mapping):
        windows = [*merged_windows(fields["schedule_restriction"].get("blocked_windows") or ())]
        result["schedule_restriction"] = {"blocked_windows": windows} if windows else None
    return result


def sent_threshold(threshold: Json) -> Json:
    """A threshold as a request has it; an empty one takes it away."""
    return with_bounds(threshold or {}, sent_bound)


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without the blank name of a threshold."""
    threshold = values.get("threshold")
    if not isinstance(threshold, Mapping) or threshold.get("name"):
        return values
    return {**values, "threshold": {key: item for key, item in threshold.items() if key != "name"}}


def remark(answer: Mapping[str, Any]) -> str | None:
    """That PostHog could not check it the last time; None when it could."""
    if answer.get("state") == "Errored":
        return "could not be checked by PostHog the last time: look at its insight"
    return None


def watched(function: Mapping[str, Any]) -> list[str]:
    """The ids of the alerts that a hog function is told of (4.5)."""
    properties = dig(function, "filters.properties")
    values = [
        each.get("value")
        for each in (properties if isinstance(properties, list) else ())
        if isinstance(each, Mapping) and each.get("key") == "alert_id"
    ]
    return [str(one) for each in values for one in (each if isinstance(each, list) else [each])]


ALERT = Kind(
    name="alert",
    resource="Alert",
    section="projects.*.alerts",
    doc="An alert watches a figure of an insight. It says when it fires, and who is told.",
    purpose=(
        "Keep beside each figure what is normal for it, reviewed like code: which change is alarming, who "
        "is told, and how often PostHog looks."
    ),
    page=Page("*Product analytics*, *Alerts*", "/project/{project}/alerts/{id}"),
    collection="/api/projects/{project}/alerts/",
    parent="project",
    natural_keys=(("insight", "name"), ("name",)),
    read_scope="alert:read",
    write_scope="alert:write",
    page_size=1000,
    since=2025,
    against=Against(field="insight", needs="query", misfits=misfits),
    taken_along=(
        TakenAlong(
            name="hog_function",
            plural="hog functions",
            collection="/api/projects/{project}/hog_functions/",
            parameters={"types": "internal_destination", "full": "true"},
            holders=watched,
            called="name",
            read_scope="hog_function:read",
            lost_words=("hog function is lost with", "hog functions are lost with"),
        ),
    ),
    unmanaged={
        "snoozed_until": "people snooze an alert on PostHog's page",
        "state": "PostHog decides whether it fires",
    },
    activity_scopes=("AlertConfiguration", "Threshold", "AlertSubscription"),
    from_api=from_api,
    comparable=comparable,
    checked=checked,
    noted=noted,
    exported=exported,
    remark=remark,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=255, from_key=True, also_in_body=True),
        Field(
            name="insight",
            type=Type.INTEGER,
            doc="The insight that it watches, by its name or its id.",
            required=True,
            names="insight",
        ),
        Field(
            name="condition",
            type=Type.OBJECT,
            doc="What is compared: the value itself, or how much it rose or fell since the interval before.",
            required=True,
            keys={
                "type": {
                    "enum": [ABSOLUTE, INCREASE, DECREASE],
                    "description": "For a decrease, write the fall as a positive number.",
                }
            },
            open_keys=False,
            required_keys=("type",),
        ),
        Field(
            name="threshold",
            type=Type.OBJECT,
            doc=(
                "When it fires: below `lower`, and above `upper`. Write `{configuration: {type: "
                "percentage, bounds: {upper: 30%}}}`. An empty threshold removes the bounds."
            ),
            required=True,
            keys={
                "name": {"type": ["string", "null"], "description": "Shown nowhere."},
                "configuration": dict(CONFIGURATION),
            },
            open_keys=False,
            hidden_keys=("id", "created_at"),
            kept_keys=("name",),
            null_is_absent=True,
            empty_is_absent=True,
            empty_removes=True,
            wire=sent_threshold,
        ),
        Field(
            name="config",
            type=Type.OBJECT,
            doc=(
                "Which figure of the insight: `{type: TrendsAlertConfig, series_index: 0}`. For SQL it is "
                "a `HogQLAlertConfig`, for a funnel a `FunnelsAlertConfig`, on servers that have them."
            ),
            required=True,
            keys={
                "type": {
                    "type": "string",
                    "description": f"{', '.join(CONFIGS)}: after the insight's query.",
                },
                "series_index": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "The number of the series, or formula. The first one is 0.",
                },
                "check_ongoing_interval": {
                    "type": ["boolean", "null"],
                    "description": "Whether the current interval, which is not over yet, counts as well.",
                },
                "column": {"type": ["string", "null"], "description": "For SQL: which column."},
                "evaluation": {
                    "enum": ["last_row", "first_row", "any_row"],
                    "description": "For SQL: which row.",
                },
                "label_column": {
                    "type": ["string", "null"],
                    "description": "For SQL: the column with the name of a row.",
                },
                "funnel_step": {
                    "type": ["integer", "null"],
                    "minimum": 0,
                    "description": "For a funnel: which step; null is the last one.",
                },
                "metric": {
                    "enum": ["conversion_from_start", "conversion_from_previous"],
                    "description": "For a funnel: from which step the rate counts.",
                },
            },
            required_keys=("type",),
            null_is_absent=True,
            key_defaults={"check_ongoing_interval": False},
        ),
        Field(
            name="subscribed_users",
            type=Type.STRINGS,
            doc="Exactly these people are told by mail. They are named by their e-mail addresses.",
            required=True,
            items={"type": "string"},
            unordered=True,
            refers_to=MEMBER.name,
            found_by="user.id",
        ),
        Field(
            name="calculation_interval",
            doc="How often PostHog looks. The shortest intervals need a higher plan, and a server since 2026.",
            choices=("real_time", "every_15_minutes", "hourly", "daily", "weekly", "monthly"),
            default="daily",
        ),
        Field(name="enabled", type=Type.BOOLEAN, doc="Whether the alert is switched on.", default=True),
        Field(
            name="skip_weekend",
            type=Type.BOOLEAN,
            doc="Whether PostHog does not look on Saturdays and Sundays.",
            default=False,
        ),
        Field(
            name="schedule_restriction",
            type=Type.OBJECT,
            doc='When PostHog does not look: `{blocked_windows: [{start: "22:00", end: "07:00"}]}`.',
            nullable=True,
            default=None,
            keys={
                "blocked_windows": {
                    "type": "array",
                    "items": dict(WINDOW),
                    "description": "Times of each day.",
                }
            },
            open_keys=False,
            since=2026,
        ),
        Field(
            name="detector_config",
            type=Type.OBJECT,
            doc=(
                "How unusual values are found without bounds, in PostHog's own form. Only declared keys "
                "are compared, because PostHog fills in the rest."
            ),
            nullable=True,
            default=None,
            merge_levels=9,
            since=2026,
        ),
        Field(
            name="investigation_agent_enabled",
            type=Type.BOOLEAN,
            doc="Whether PostHog's AI investigates why it fires.",
            default=False,
            since=2026,
        ),
        Field(
            name="investigation_gates_notifications",
            type=Type.BOOLEAN,
            doc="Whether people are told only after the investigation.",
            default=False,
            since=2026,
        ),
        Field(
            name="investigation_inconclusive_action",
            doc="Whether people are told if the investigation finds nothing.",
            choices=("notify", "suppress"),
            default="notify",
            since=2026,
        ),
        Field(name="created_at", read_only=True),
    ),
)
