"""The flags that a survey owns (posthog-api-release.md 7.6)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from pulumi_posthog.sandbox.families.feature_flags import owned
from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.families.surveys.models import Survey
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.representation import moment

DAYS = {"day": 1, "week": 7, "month": 30}


def everybody_else(row: Survey) -> dict[str, Any]:
    """Who has not seen it."""
    properties = [
        {
            "key": f"$survey_{what}/{row.uuid}",
            "type": "person",
            "operator": "is_not_set",
            "value": "is_not_set",
        }
        for what in ("dismissed", "responded")
    ]
    return {"groups": [{"rollout_percentage": 100, "properties": properties}]}


def new_flag(row: Survey, user: User | None, filters: dict[str, Any], ending: str = "") -> FeatureFlag:
    """Off until the next PATCH, whatever the survey is."""
    sent = {
        "key": f"survey-targeting-{secrets.token_hex(5)}{ending}",
        "name": f"Targeting flag for survey {row.name}",
        "filters": filters,
        "active": False,
        "creation_context": "surveys",
    }
    return owned.make(row.project, sent, user, owner="survey")


def make(row: Survey, user: User | None) -> None:
    """Along with the survey: always one, others where it says so."""
    row.internal_targeting_flag = new_flag(row, user, everybody_else(row), "-custom")
    target(row, user)
    sample(row, user)
    row.save()


def target(row: Survey, user: User | None) -> None:
    """What was sent of the survey's audience, merged into what there is."""
    filters = getattr(row, "targeting_filters", None)
    if filters is None:
        return
    if row.targeting_flag is None:
        row.targeting_flag = new_flag(row, user, filters)
        return
    # Merged here: a PATCH of a flag itself replaces them until July 2026 (2.5).
    sent = {"filters": {**row.targeting_flag.filters, **filters}}
    FEATURE_FLAGS.change(row.targeting_flag, sent, user)


def sample(row: Survey, user: User | None) -> None:
    """How many may answer on each day, and the flag that sees to it."""
    start, interval = row.response_sampling_start_date, row.response_sampling_interval
    if start is None or not row.response_sampling_limit or not interval:
        return
    days = interval * DAYS.get(row.response_sampling_interval_type or "day", 1)
    row.response_sampling_daily_limits = [
        {
            "date": (start + timedelta(days=day)).date().isoformat(),
            "daily_response_limit": row.response_sampling_limit * (day + 1) // days,
            "rollout_percentage": round(100 * (day + 1) / days),
        }
        for day in range(days)
    ]
    if row.internal_response_sampling_flag is None:
        filters = {"groups": [{"properties": [], "rollout_percentage": 100}]}
        row.internal_response_sampling_flag = new_flag(row, user, filters, "-sampling")


def switch(row: Survey, user: User | None) -> None:
    """On while the survey runs."""
    for each in (row.targeting_flag, row.internal_targeting_flag, row.internal_response_sampling_flag):
        if each is not None and each.active != row.runs:
            owned.change(each, user, active=row.runs)


def delete(row: FeatureFlag | None, user: User | None) -> None:
    """For good."""
    if row is not None:
        FEATURE_FLAGS.delete(row, user, for_good=True)


def keys(row: Survey) -> list[dict[str, Any]]:
    """`feature_flag_keys`."""
    flags = {
        "linked_flag_key": row.linked_flag,
        "targeting_flag_key": row.targeting_flag,
        "internal_targeting_flag_key": row.internal_targeting_flag,
        "internal_response_sampling_flag_key": row.internal_response_sampling_flag,
    }
    return [{"key": name, "value": each.name} for name, each in flags.items() if each is not None]


def iterate(row: Survey) -> None:
    """When each repetition of a recurring survey begins, from its start on."""
    count, days, start = row.iteration_count, row.iteration_frequency_days, row.start_date
    if start is None or not count or not days:
        row.iteration_start_dates = None
        return
    row.iteration_start_dates = [moment(start + timedelta(days=days * number)) for number in range(count)]
    if row.current_iteration is None:
        row.current_iteration = 1
        row.current_iteration_start_date = start


def reads_insight() -> bool:
    """Whether the insight that a survey is linked to is answered."""
    return generation() >= LATER_2026
