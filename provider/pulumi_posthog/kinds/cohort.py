"""A cohort is a set of persons: those who fit its criteria, or those who were put into it (a static one).

Contract: posthog-api-release.md 3. Any PATCH of a dynamic cohort calculates it anew, so none is sent without a
difference (3.4). Who is in a static one is kept outside of this product (3.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.conditions import wrong_value
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import FOLDER, IN_PROJECT
from pulumi_posthog.kinds.words import IdPlace, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.suggestion import nearly

# What a criterion of each type has to have, and what it may have as well (3.3).
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("key", "operator"),
    "person_metadata": ("key", "operator"),
    "cohort": ("key", "value"),
    "behavioral": ("key", "event_type", "value"),
}
WITHOUT_VALUE: Final = ("is_set", "is_not_set")
GROUPS: Final = ("AND", "OR")
TEST_USERS: Final = "Internal / Test users"  # what that one is called, on servers since 2026
# Where a criterion of a cohort may stand: in a group of the first level, or of the second (3.3).
LEVELS: Final = ("properties.values.*", "properties.values.*.values.*")
# In which order people read a criterion, or a group of criteria.
CRITERION: Final[Mapping[str, Any]] = {
    name: {}
    for name in ("type", "key", "event_type", "operator", "value", "negation", "time_value", "time_interval")
}
LEVEL: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {**CRITERION, "values": {"items": {"properties": CRITERION}}},
}
PROPERTIES: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "type": {"enum": ["AND", "OR"], "description": "Whether all of `values` have to be true, or one."},
        "values": {"type": "array", "items": LEVEL, "description": "Groups, or criteria."},
    },
    "required": ["type", "values"],
    "additionalProperties": False,
    "description": "A group of groups of criteria. PostHog's page can edit two levels only.",
}


def numbers(value: Json) -> Json:
    """The value with numbers in place of their texts: servers of 2026 keep `'30'` as 30 (3.4)."""
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with numbers in place of their texts."""
    return {**fields, "filters": numbers(fields["filters"])} if "filters" in fields else fields


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A cohort as PostHog answers it -> its fields; criteria that are null, or that it made up, are none."""
    if "filters" not in answer:
        return answer
    filters = answer["filters"] or {}
    empty = not (filters.get("properties") or {}).get("values")
    return {**answer, "filters": {} if empty else filters, "description": answer.get("description") or ""}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses, sometimes with half of the cohort left behind (3.3)."""
    if fields.get("query") is not None and fields.get("filters"):
        yield "query", "has both `query` and `filters`", "write one of them"
    if fields.get("query") is not None and not fields.get("is_static"):
        yield "query", "has a `query` and is not static", "write `is_static: true`, or `filters` in its place"
    yield from wrong_criteria((fields.get("filters") or {}).get("properties") or {}, "filters.properties")


def wrong_criteria(group: Mapping[str, Any], at: str) -> Iterator[Objection]:
    """What PostHog refuses of a group of criteria, which is at `at`, and of what is in it (3.3)."""
    for place, each in enumerate(group.get("values") or ()):
        where = f"{at}.values.{place}"
        if not isinstance(each, Mapping):
            yield where, "has a criterion that is not a mapping", None
        elif each.get("type") in GROUPS or "values" in each:
            yield from wrong_group(each, where)
        else:
            for words, hint in wrong_criterion(each):
                yield where, words, hint


def wrong_group(group: Mapping[str, Any], at: str) -> Iterator[Objection]:
    """What PostHog refuses of a group within another one, which is at `at`."""
    if group.get("type") not in GROUPS or not isinstance(group.get("values"), list):
        yield at, "has a group of criteria without a `type` or `values`", "write `{type: AND, values: [...]}`"
    else:
        yield from wrong_criteria(group, at)


def wrong_criterion(leaf: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What PostHog refuses of one criterion, or takes and cannot calculate: (the end of a sentence, a hint)."""
    type_ = leaf.get("type")
    if is_unknown(type_):
        return
    if not isinstance(type_, str):
        yield "has a criterion without a `type`", f"there are {', '.join(REQUIRED)}"
        return
    if type_ not in REQUIRED:
        if meant := nearly(type_, REQUIRED):  # others, a newer server may have
            yield f"has a criterion of the type `{type_}`, which does not exist", f"did you mean `{meant}`?"
        return
    needed = (*REQUIRED[type_], *(() if leaf.get("operator") in WITHOUT_VALUE else ("value",)))
    missing = [name for name in dict.fromkeys(needed) if leaf.get(name) is None]
    if missing:
        yield (
            f"has a criterion of the type `{type_}` without {', '.join(f'`{name}`' for name in missing)}",
            None,
        )
    elif type_ == "behavioral" and leaf["event_type"] not in ("events", "actions"):
        yield f"counts `{leaf['event_type']}`", "write `event_type: events` or `event_type: actions`"
    elif type_ == "person":
        yield from wrong_value(leaf)


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What PostHog takes, and its page cannot show (3.3)."""
    properties = (fields.get("filters") or {}).get("properties") or {}
    if any(isinstance(each, Mapping) and "values" not in each for each in properties.get("values") or ()):
        yield (
            "has criteria outside of a group: PostHog's page cannot edit it; write each within"
            " `{type: AND, values: [...]}`"
        )


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without what is as if absent."""
    return {**values, "filters": COHORT.field("filters").document(values.get("filters") or {}, {})}


COHORT = Kind(
    name="cohort",
    resource="Cohort",
    section="projects.*.cohorts",
    doc="A cohort is a set of persons: those who fit its criteria, or those who were put into it (a static cohort).",
    purpose=(
        "Say once who the beta testers, employees or payers are, and use the cohort by its name in flags, "
        "in other cohorts and in the filter of test users. A change of its criteria is then reviewed like "
        "any other change."
    ),
    page=Page("*People*, *Cohorts*", "/project/{project}/cohorts/{id}"),
    collection="/api/projects/{project}/cohorts/",
    parent="project",
    unmanaged={"access": "PostHog has no access rules of single cohorts"},
    natural_keys=(("name",),),
    read_scope="cohort:read",
    write_scope="cohort:write",
    page_size=1000,
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    restored=True,
    activity_scopes=("Cohort",),
    from_api=from_api,
    comparable=comparable,
    checked=checked,
    noted=noted,
    exported=exported,
    made_by_posthog={"name": TEST_USERS},  # its criteria are the project's own (3.4)
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(name="description", doc="Shown in PostHog.", max_length=1000, default=""),
        Field(
            name="filters",
            type=Type.OBJECT,
            doc="Who is in it: criteria of properties, events, actions and other cohorts, in PostHog's own form.",
            keys={"properties": PROPERTIES},
            open_keys=False,
            default={},
            hidden_keys=("bytecode", "bytecode_error", "conditionHash"),
            key_defaults={"negation": False},
            null_is_absent=True,
            ids=tuple(
                place
                for level in LEVELS
                for place in (
                    IdPlace(path=f"{level}.value", names="cohort", where=("type", "cohort")),
                    IdPlace(path=f"{level}.key", names="action", where=("event_type", "actions")),
                )
            ),
        ),
        Field(
            name="is_static",
            type=Type.BOOLEAN,
            doc="Whether persons are put into it one by one. PostHog stores who is in it, not the file.",
            default=False,
            replace_on_changes=True,
        ),
        Field(
            name="query",
            type=Type.OBJECT,
            doc="Only for a static cohort: the query that finds its persons when it is made.",
            nullable=True,
            default=None,
            hidden_keys=("version",),
            null_is_absent=True,
            replace_on_changes=True,
        ),
        FOLDER,
        Field(name="created_at", read_only=True),
    ),
)
