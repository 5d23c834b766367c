"""Surveys of a project, each with flags of its own (posthog-api-release.md 7)."""

from __future__ import annotations

import json as json_
from datetime import UTC, datetime, time
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.actions import ACTIONS
from pulumi_posthog.sandbox.families.actions import Action as ActionRow
from pulumi_posthog.sandbox.families.feature_flags import owned
from pulumi_posthog.sandbox.families.feature_flags.filters import variants_of
from pulumi_posthog.sandbox.families.project_objects import FEEDS, FOLDER, LEFT_OUT, ObjectFamily
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.families.surveys import owned_flags, shapes
from pulumi_posthog.sandbox.families.surveys.models import Survey
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import Action, Log, flagged, search, uuids
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    choice,
    flag,
    integer,
    json,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.representation import moment

TYPES = ("popover", "widget", "external_survey", "api")
SCHEDULES = ("once", "recurring", "always")
INTERVALS = ("day", "week", "month")
NOW = (2026, 2026)
MOST_ITERATIONS = 500
OF_READS = ("linked_flag_id", "linked_insight_id", "feature_flag_keys", "user_access_level")
"""What the answers of POST and PATCH lack (7.2)."""
OWN_FLAGS = ("targeting_flag", "internal_targeting_flag", "internal_response_sampling_flag")


def by_uuids(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Several, with commas between them; 400 for what is no UUID."""
    uuids(rows, name, sought)
    return rows.filter(uuid__in=sought.split(",")) if generation() >= 2026 else rows


def by_type(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Of one type; servers before 2026 pass over it."""
    return rows.filter(survey_type=sought) if generation() >= 2026 else rows


def by_archived(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Archived or not; servers before 2026 pass over it."""
    return flagged(rows, name, sought) if generation() >= 2026 else rows


def shown_conditions(row: Survey) -> dict[str, Any] | None:
    """With whole actions in the places of their ids."""
    if row.conditions is None:
        return None
    shown = dict(row.conditions)
    if "actions" in shown or row.linked_actions:
        found = ActionRow.objects.filter(project=row.project_id, pk__in=row.linked_actions)
        rows = {each.pk: each for each in found.select_related("created_by")}
        shown["actions"] = {
            "values": [whole_action(row, rows[id_]) for id_ in row.linked_actions if id_ in rows]
        }
    return shown


def whole_action(row: Survey, action: ActionRow) -> dict[str, Any]:
    action.project = row.project
    return ACTIONS.represent(action)


def daily_limits(row: Survey) -> str | None:
    """JSON as a text."""
    limits = row.response_sampling_daily_limits
    return json_.dumps(limits) if limits is not None else None


class Surveys(ObjectFamily):
    """Surveys of a project: DELETE deletes for good, with their flags."""

    name = "surveys"
    named: ClassVar = {
        "linked_flag": ("feature_flag", "linked_flag_id"),
        "linked_insight": ("insight", "linked_insight_id"),
    }
    model = Survey
    scope = "survey"
    title = "survey"
    deletion = "row"
    reads_deleted = False
    called_by_uuid = True
    related = ("created_by", "linked_flag", *OWN_FLAGS)
    filters: ClassVar = {
        "search": search("name", "description"),
        "archived": by_archived,
        "type": by_type,
        "ids": by_uuids,
    }
    log = Log("Survey", left_out=(*LEFT_OUT, *OWN_FLAGS), names={"survey_type": "type"})
    actions = (
        *FEEDS,
        Action("get", "stats", "stats_of_all", of_one=False, scopes="read"),
        Action("get", "responses_count", "responses_count", of_one=False, scopes="read"),
        Action("get", "stats", "stats", scopes="read"),
        Action("get", "responses", "responses", scopes="survey:read query:read"),
        Action("post", "launch", "launch", scopes="write", ages=NOW),
        Action("post", "stop", "stop", scopes="write", ages=NOW),
    )
    fields = (
        read_only("id", lambda row: str(row.uuid)),
        writable("name", text, required=True, max_length=400),
        writable("description", text, allow_blank=True),
        writable("type", choice, choices=TYPES, required=True, show=lambda row: row.survey_type),
        writable("schedule", choice, choices=SCHEDULES, nullable=True),
        read_only("linked_flag", lambda row: owned.minimal(row.linked_flag)),
        writable("linked_flag_id", integer, nullable=True),
        writable("linked_insight_id", integer, nullable=True),
        writable("targeting_flag_id", integer, write_only=True),
        read_only("targeting_flag", lambda row: owned.minimal(row.targeting_flag)),
        read_only("internal_targeting_flag", lambda row: owned.minimal(row.internal_targeting_flag)),
        writable("targeting_flag_filters", json, nullable=True, write_only=True),
        writable("remove_targeting_flag", flag, nullable=True, write_only=True),
        writable("questions", json, nullable=True),
        writable("conditions", json, nullable=True, show=shown_conditions),
        writable("appearance", json, nullable=True),
        CREATED_AT,
        CREATED_BY,
        writable("start_date", timestamp, nullable=True, show=lambda row: moment(row.start_date)),
        writable("end_date", timestamp, nullable=True, show=lambda row: moment(row.end_date)),
        writable("archived", flag),
        writable("responses_limit", integer, nullable=True, min_value=0),
        read_only("feature_flag_keys", owned_flags.keys),
        writable("iteration_count", integer, nullable=True, min_value=0, max_value=MOST_ITERATIONS),
        writable("iteration_frequency_days", integer, nullable=True, min_value=0),
        read_only("iteration_start_dates"),
        writable("current_iteration", integer, nullable=True, min_value=0),
        read_only("current_iteration_start_date", lambda row: moment(row.current_iteration_start_date)),
        writable(
            "response_sampling_start_date",
            timestamp,
            nullable=True,
            show=lambda row: moment(row.response_sampling_start_date),
        ),
        writable("response_sampling_interval_type", choice, choices=INTERVALS, nullable=True),
        writable("response_sampling_interval", integer, nullable=True, min_value=0),
        writable("response_sampling_limit", integer, nullable=True, min_value=0),
        read_only("response_sampling_daily_limits", daily_limits),
        writable("enable_partial_responses", flag, nullable=True),
        writable("enable_iframe_embedding", flag, nullable=True),
        writable("base_language", text, nullable=True, max_length=20, ages=NOW),
        writable("translations", json, nullable=True, ages=NOW),
        writable("form_content", json, nullable=True, ages=NOW),
        FOLDER,
    )
    on_page = ("name", "project", "survey_type", "start_date", "end_date", "archived")
    not_on_page = ("created_by", "type", "short_id", "uuid", "deleted", *OWN_FLAGS)

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        """Before 2026 in no order: here, as if shuffled (11)."""
        rows = super().rows_of(parent)
        return rows if generation() >= 2026 else rows.order_by("uuid")

    def check(
        self, values: dict[str, Any], row: Survey, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        row.asked_by = request  # type: ignore[attr-defined]
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        if "name" in values:
            self.check_name(values["name"], row)
        if "type" in values:
            values["survey_type"] = values.pop("type")
        self.check_documents(values, row)
        self.check_targeting(values, row)
        self.check_external(values, row)
        self.check_iterations(values, row)
        self.check_sampling(values, row)
        self.check_dates(values, row)
        return values

    def check_name(self, name: str, row: Survey) -> None:
        """Archived ones have names, too."""
        if not Survey.objects.filter(project=row.project, name=name).exclude(pk=row.pk).exists():
            return
        another = "a" if row._state.adding else "another"
        raise ValidationError(f"There is already {another} survey with this name.", code="unique")

    def check_documents(self, values: dict[str, Any], row: Survey) -> None:
        """400 for questions, an appearance or conditions that PostHog refuses."""
        if "questions" in values:
            values["questions"] = shapes.questions(values["questions"])
        if "appearance" in values:
            asked = values.get("questions", row.questions)
            shapes.check_appearance(values["appearance"], asked, row.project.organization)
        conditions = values.get("conditions")
        shapes.check_conditions(conditions)
        # A PATCH without conditions drops the links, too (7.4).
        known = ActionRow.objects.filter(project=row.project, pk__in=shapes.action_ids(conditions))
        ids = set(known.values_list("pk", flat=True))
        values["linked_actions"] = [id_ for id_ in shapes.action_ids(conditions) if id_ in ids]

    def check_targeting(self, values: dict[str, Any], row: Survey) -> None:
        """Which flags it is linked to, and who is asked."""
        if "linked_flag_id" in values:
            id_ = values.pop("linked_flag_id")
            values["linked_flag"] = None if id_ is None else self.flag_with(id_, row)
        variant = (values.get("conditions") or {}).get("linkedFlagVariant")
        if variant:
            linked = values.get("linked_flag")
            if linked is None:
                raise ValidationError("linkedFlagVariant can only be used when a linked_flag_id is specified")
            if variant not in {each.get("key") for each in variants_of(linked.filters)}:
                raise ValidationError(f"Feature Flag variant '{variant}' does not exist")
        if "targeting_flag_id" in values:
            attached = self.flag_with(values.pop("targeting_flag_id"), row)
            values["targeting_flag"] = attached
        filters = values.pop("targeting_flag_filters", None)
        row.targeting_filters = checked_audience(filters)  # type: ignore[attr-defined]
        row.drops_targeting = bool(values.pop("remove_targeting_flag", False))  # type: ignore[attr-defined]

    def flag_with(self, id_: int, row: Survey) -> FeatureFlag:
        """The flag of that id; 400 where there is none."""
        found = FeatureFlag.objects.filter(project=row.project, pk=id_).first()
        if found is None:
            raise ValidationError("Feature Flag with this ID does not exist")
        found.project = row.project
        return found

    def check_external(self, values: dict[str, Any], row: Survey) -> None:
        """400 for what a survey by a link may not have."""
        if values.get("survey_type", row.survey_type) != "external_survey":
            return
        refused = [
            *(["linked_flag_id"] if values.get("linked_flag") is not None else []),
            *(["targeting_flag_filters"] if getattr(row, "targeting_filters", None) else []),
            *shapes.of_external(values.get("conditions")),
        ]
        if refused:
            raise ValidationError(f"External surveys cannot have {', '.join(refused)}")

    def check_iterations(self, values: dict[str, Any], row: Survey) -> None:
        """400 for fewer iterations than there have been."""
        if "iteration_count" not in values:
            return
        values.setdefault("iteration_frequency_days", None)
        count, current = values["iteration_count"], row.current_iteration
        if count is not None and current is not None and count < current:
            raise ValidationError(f"Cannot change survey recurrence to {count}, should be at least {current}")

    def check_sampling(self, values: dict[str, Any], row: Survey) -> None:
        """400 for a sampling that begins in the past; 500 for a limit without an interval."""
        start = values.get("response_sampling_start_date")
        if start is not None and start < datetime.combine(timezone.now().date(), time.min, UTC):
            raise ValidationError("Response sampling start date must be today or a future date in UTC.")
        limit = values.get("response_sampling_limit")
        if limit and not row._state.adding and not values.get("response_sampling_interval"):
            raise Unhandled("TypeError: unsupported operand type(s): 'NoneType' and 'int'")

    def check_dates(self, values: dict[str, Any], row: Survey) -> None:
        """There is no way back to a draft; a recurring one that goes on begins anew (7.7)."""
        if values.get("start_date", row.start_date) is None and row.start_date is not None:
            raise ValidationError("A survey that was launched cannot become a draft again.")
        goes_on = row.end_date is not None and "end_date" in values and values["end_date"] is None
        if goes_on and values.get("iteration_count", row.iteration_count):
            values["start_date"] = timezone.now()

    def after(self, row: Survey, before: Any | None, user: User | None) -> None:
        super().after(row, before, user)
        request = getattr(row, "asked_by", None)
        if before is None:
            owned.check_scope(request)
            self.attach(row)
            owned_flags.iterate(row)
            owned_flags.make(row, user)
            return
        if changes_flags(row, before):
            owned.check_scope(request)
        if row.targeting_flag_id != before.targeting_flag_id:
            self.attach(row)
        if getattr(row, "drops_targeting", False):
            dropped, row.targeting_flag = row.targeting_flag, None
            row.save()
            owned_flags.delete(dropped, user)
        owned_flags.target(row, user)
        owned_flags.sample(row, user)
        owned_flags.switch(row, user)
        owned_flags.iterate(row)
        row.save()

    def attach(self, row: Survey) -> None:
        """A flag that a user made is the survey's from now on: no list has it."""
        if row.targeting_flag is not None:
            FeatureFlag.objects.filter(pk=row.targeting_flag.pk).update(owner="survey")
            row.targeting_flag.owner = "survey"

    def gone(self, row: Survey, user: User | None) -> None:
        """The targeting flag too if a user attached it; the sampling flag is left behind (7.6)."""
        super().gone(row, user)
        owned.check_scope(getattr(row, "asked_by", None))
        owned_flags.delete(row.targeting_flag, user)
        owned_flags.delete(row.internal_targeting_flag, user)

    def write_log(self, row: Any, before: Any | None, user: User | None, *, activity_: str) -> None:
        """A launch and a stop have words of their own."""
        if activity_ == "updated" and before is not None:
            if before.start_date is None and row.start_date is not None:
                activity_ = "launched"
            elif before.end_date is None and row.end_date is not None:
                activity_ = "stopped"
        super().write_log(row, before, user, activity_=activity_)

    def represent(self, row: Any, *, abbreviated: bool = False) -> dict[str, Any]:
        item = super().represent(row, abbreviated=abbreviated)
        if not owned_flags.reads_insight():
            del item["linked_insight_id"]
        return item

    def end_of_itself(self, row: Survey) -> None:
        """What the server does when `responses_limit` is reached; the flags are not told."""
        row.end_date = timezone.now()
        row.save()

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`status` in place of the dates that it represents."""
        status = given.get("status")
        dates: dict[str, Any] = {}
        if status in {"running", "stopped", "archived"}:
            dates["start_date"] = timezone.now()
        if status in {"stopped", "archived"}:
            dates["end_date"] = timezone.now()
        if status == "archived":
            dates["archived"] = True
        return {"name": name, **dates, **{key: value for key, value in given.items() if key != "status"}}

    def filler(self, number: int, parent: Any) -> Survey:
        return Survey(project=parent, name=f"Survey {number:05}")


def changes_flags(row: Survey, before: Survey) -> bool:
    """Whether a PATCH writes a flag along with the survey."""
    return (
        row.runs != before.runs
        or row.targeting_flag_id != before.targeting_flag_id
        or bool(getattr(row, "targeting_filters", None))
        or bool(getattr(row, "drops_targeting", False))
        or (bool(row.response_sampling_limit) and row.internal_response_sampling_flag_id is None)
    )


def checked_audience(filters: Any) -> dict[str, Any] | None:
    """Not everybody. Raises a 400."""
    if filters is None:
        return None
    if not isinstance(filters, dict):
        raise invalid("targeting_flag_filters", "Targeting flag filters must be an object")
    groups = filters.get("groups")
    for group in groups if isinstance(groups, list) else []:
        if isinstance(group, dict) and not group.get("properties"):
            share = group.get("rollout_percentage")
            if share is None or share == 100:
                raise ValidationError(
                    "Invalid operation: User targeting rolls out to everyone. "
                    "If you want to target everyone, delete this targeting"
                )
    return filters


SURVEYS = Surveys()
