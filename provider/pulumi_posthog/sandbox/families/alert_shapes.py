"""What alerts may ask of which insights, and how their parts are stored (posthog-api-analytics.md 4.3, 4.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.alert_objects import Alert
from pulumi_posthog.sandbox.families.chart_objects import Insight
from pulumi_posthog.sandbox.families.insights.nodes import kind_of, question_of
from pulumi_posthog.sandbox.rules.ages import LATER_2026, NEWEST_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.switches import SWITCHES

CONDITIONS = ("absolute_value", "relative_increase", "relative_decrease")
CONFIGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "TrendsAlertConfig": ("TrendsQuery", ("series_index", "check_ongoing_interval")),
    "HogQLAlertConfig": ("HogQLQuery", ("column", "evaluation", "label_column")),
    "FunnelsAlertConfig": ("FunnelsQuery", ("funnel_step", "metric", "check_ongoing_interval")),
}
"""Type -> the kind of query that it is for, and its keys."""
CALLED = {"HogQLQuery": "SQL insight", "FunnelsQuery": "Funnel insight"}
NO_TIME_SERIES = ("ActionsPie", "BoldNumber", "ActionsTable", "WorldMap", "ActionsBarValue")
EVALUATIONS = ("last_row", "first_row", "any_row")
METRICS = ("conversion_from_start", "conversion_from_previous")
DETECTOR = {"type": "zscore", "threshold": 0.95, "window": 30, "preprocessing": None}
"""What is filled in; the contract says that it is, and not which values."""
HALF_AN_HOUR, DAY = 30, 24 * 60


def unknown_keys(given: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """The keys of `given` that are not known, in their order."""
    return [name for name in given if name not in known]


def check_config(config: Any, condition: Any, query: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both, if they have their shapes and such alerts are there for the account."""
    kind = kind_of(query)
    if not kind:
        raise invalid("insight", "Insight has no valid query.")
    beyond = generation() >= LATER_2026 and kind in CALLED
    if kind != "TrendsQuery" and not beyond:
        raise invalid("insight", "Alerts are not supported for this insight.")
    if beyond and not SWITCHES.alerts_beyond_trends:
        raise ValidationError(f"{CALLED[kind]} alerts are not enabled for your account.")
    type_ = config.get("type") if isinstance(config, dict) else None
    if not isinstance(type_, str) or type_ not in CONFIGS or CONFIGS[type_][0] != kind:
        raise ValidationError(f"Unsupported alert config type: {type_}")
    if unknown := unknown_keys(config, ("type", *CONFIGS[type_][1])):
        raise ValidationError(f"config.{unknown[0]}: Extra inputs are not permitted")
    if not isinstance(condition, dict) or condition.get("type") not in CONDITIONS:
        raise ValidationError("condition.type: one of absolute_value, relative_increase, relative_decrease")
    if unknown := unknown_keys(condition, ("type",)):
        raise ValidationError(f"condition.{unknown[0]}: Extra inputs are not permitted")
    return config, condition


def check_bounds(threshold: Any, condition: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    """Of a threshold that is there."""
    if threshold is None:
        return
    configuration = threshold["configuration"]
    bounds = configuration.get("bounds") or {}
    if configuration.get("type") not in ("absolute", "percentage"):
        raise ValidationError("threshold.configuration.type: absolute or percentage")
    if unknown := unknown_keys(configuration, ("type", "bounds")):
        raise ValidationError(f"threshold.configuration.{unknown[0]}: Extra inputs are not permitted")
    if not isinstance(bounds, dict) or unknown_keys(bounds, ("lower", "upper")):
        raise ValidationError("threshold.configuration.bounds: lower and upper")
    if not all(
        each is None or (isinstance(each, int | float) and not isinstance(each, bool))
        for each in bounds.values()
    ):
        raise ValidationError("threshold.configuration.bounds: numbers are expected")
    lower, upper = bounds.get("lower"), bounds.get("upper")
    if lower is None and upper is None and generation() >= LATER_2026:
        raise ValidationError("At least one threshold bound (lower or upper) must be provided.")
    if lower is not None and upper is not None and lower > upper:
        raise ValidationError("Lower threshold must be less than upper threshold")
    if condition["type"] == "absolute_value" and configuration["type"] == "percentage":
        raise ValidationError("Absolute value alerts do not take percentages")
    increases = condition["type"] in ("absolute_value", "relative_increase")
    if config.get("check_ongoing_interval") and increases and upper is None:
        raise ValidationError("check_ongoing_interval needs an upper threshold")


def check_against(query: Any, config: Mapping[str, Any], condition: Mapping[str, Any]) -> None:
    """The insight has what the alert is about."""
    node = question_of(query)
    if config["type"] == "HogQLAlertConfig":
        if config.get("evaluation") not in EVALUATIONS:
            raise ValidationError("config.evaluation: one of last_row, first_row, any_row")
        return
    if config["type"] == "FunnelsAlertConfig":
        if config.get("metric") not in METRICS:
            raise ValidationError("config.metric: one of conversion_from_start, conversion_from_previous")
        return
    shown = node.get("trendsFilter") or {}
    several = shown.get("formulaNodes") or shown.get("formulas")
    formulas = several if isinstance(several, list) else [shown["formula"]] if shown.get("formula") else []
    place = config.get("series_index")
    if (
        isinstance(place, bool)
        or not isinstance(place, int)
        or not 0 <= place < len(formulas or node["series"])
    ):
        raise ValidationError(f"series_index {place} is out of range")
    if condition["type"] != "absolute_value" and shown.get("display") in NO_TIME_SERIES:
        raise ValidationError("Relative alerts need a time series")


def is_valid(alert: Alert, query: Any) -> bool:
    """Whether the alert could be changed as it is, against that query."""
    try:
        config, condition = check_config(alert.config, alert.condition, query)
        check_bounds(alert.threshold, condition, config)
        check_against(query, config, condition)
    except ValidationError:
        return False
    return True


def disable_invalid(insight: Insight) -> None:
    """The newest servers, after a change of the insight's query (4.4); before, such alerts stay as they are."""
    if generation() < NEWEST_2026:
        return
    for alert in Alert.objects.filter(insight=insight, enabled=True):
        if not is_valid(alert, insight.query):
            alert.enabled = False
            alert.save()


def filled_detector(given: Any) -> dict[str, Any]:
    """A detector with what is absent of it at its default; 400 for one without a type."""
    if not isinstance(given, dict) or not isinstance(given.get("type"), str):
        raise invalid("detector_config", "type: a text is expected.")
    return {**DETECTOR, **given}


def minutes(text: Any) -> int:
    """The minute of the day of "HH:MM"; 400 for anything else."""
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text) if isinstance(text, str) else None
    if found is None:
        raise invalid("schedule_restriction", "Times are written HH:MM.")
    return int(found[1]) * 60 + int(found[2])


def written(minute: int) -> str:
    """A minute of the day as "HH:MM"."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def normalised_restriction(given: Any) -> dict[str, Any] | None:
    """Windows in order, those that touch made one; none of them is null, all of a day is 400."""
    if given is None:
        return None
    windows = given.get("blocked_windows") if isinstance(given, dict) else None
    if not isinstance(windows, list) or not all(isinstance(each, dict) for each in windows):
        raise invalid("schedule_restriction", "blocked_windows: a list of windows is expected.")
    spans: list[list[int]] = []
    for start, end in sorted(parts for each in windows for parts in spans_of(each)):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    if sum(end - start for start, end in spans) >= DAY:
        raise invalid("schedule_restriction", "The whole day cannot be blocked.")
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == DAY:
        # One over midnight stays one.
        spans = [*spans[1:-1], [spans[-1][0], DAY + spans[0][1]]]
    if not spans:
        return None
    return {"blocked_windows": [{"start": written(start), "end": written(end)} for start, end in spans]}


def spans_of(window: Mapping[str, Any]) -> list[tuple[int, int]]:
    """A window as (first minute, last minute) of a day, two where it passes midnight; 400 for less than 30 minutes."""
    start, end = minutes(window.get("start")), minutes(window.get("end"))
    if (end - start) % DAY < HALF_AN_HOUR:
        raise invalid("schedule_restriction", "Each window is at least 30 minutes long.")
    return [(start, end)] if start < end else [(start, DAY), *([(0, end)] if end else [])]
