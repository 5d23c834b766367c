"""What an alert may be: how bounds and times are written, and what PostHog refuses of it, alone and with its insight.

Contract: posthog-api-analytics.md 4.3 and 4.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.values.json_value import Json, dig, whole
from pulumi_posthog.values.secret_text import is_unknown

PERCENTAGE = r"^\s*-?\d+(\.\d+)?\s*%\s*$"
BOUNDS: Final = ("lower", "upper")
ABSOLUTE, INCREASE, DECREASE = "absolute_value", "relative_increase", "relative_decrease"
# A type of `config` -> the query that it is for, and which keys it has.
CONFIGS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "TrendsAlertConfig": ("TrendsQuery", ("series_index", "check_ongoing_interval")),
    "HogQLAlertConfig": ("HogQLQuery", ("column", "evaluation", "label_column")),
    "FunnelsAlertConfig": ("FunnelsQuery", ("funnel_step", "metric", "check_ongoing_interval")),
}
METRICS: Final = "MetricsAlertConfig"  # some accounts have it, and its keys are not known here
# How an insight is drawn that shows one number for the whole time, so that nothing rises or falls.
NO_TIME_SERIES: Final = ("ActionsPie", "BoldNumber", "ActionsTable", "WorldMap")


def percentage(fraction: Json) -> Json:
    """A fraction as people write it: 0.3 is `30%`."""
    if isinstance(fraction, bool) or not isinstance(fraction, int | float):
        return fraction
    return f"{(Decimal(str(fraction)) * 100).normalize():f}%"


def number(text: str) -> Decimal:
    """The number in front of the percent sign: "30%" is 30."""
    return Decimal(text.replace("%", "").strip())


def is_percentage(value: Json) -> bool:
    """Whether a bound is written as in `30%`."""
    return isinstance(value, str) and re.match(PERCENTAGE, value) is not None


def mapping(value: Json) -> Mapping[str, Any]:
    """The value, if it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def with_bounds(threshold: Json, change: Callable[[bool, Json], Json]) -> Json:
    """A threshold with each bound as `change` makes it of whether it is a percentage, and of the bound."""
    configuration = mapping(mapping(threshold).get("configuration"))
    bounds = mapping(configuration.get("bounds"))
    if not bounds:
        return threshold
    relative = configuration.get("type") == "percentage"
    changed = {key: change(relative, value) for key, value in bounds.items()}
    return {**threshold, "configuration": {**configuration, "bounds": changed}}


def fraction(text: str) -> float | int:
    """A percentage as a fraction: `30%` is 0.3."""
    result: float | int = whole(float(number(text) / 100))
    return result


def sent_bound(relative: bool, value: Json) -> Json:
    """A bound as a request has it; of a rate, PostHog counts from 0 to 100 (4.3)."""
    if not is_percentage(value):
        return value
    return fraction(value) if relative else whole(float(number(value)))


def minutes(time: str) -> int:
    """The minute of the day, counted from 0, of a time such as "09:30"."""
    hours, _, rest = time.partition(":")
    return int(hours) * 60 + int(rest)


def merged_windows(windows: Any) -> Iterator[dict[str, str]]:
    """Windows of a day (`start` and `end`, as in "09:30") in order.

    Those that touch each other are one, as PostHog keeps them (4.3).
    """
    spans: list[tuple[int, int]] = []
    for each in windows:
        start, end = minutes(each["start"]), minutes(each["end"])
        spans += [(start, end)] if start < end else [(start, 24 * 60), (0, end)]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] != span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    for start, end in joined:
        yield {"start": f"{start // 60:02}:{start % 60:02}", "end": f"{end // 60:02}:{end % 60:02}"}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses whatever the insight is (4.4)."""
    condition, kind = dig(fields, "condition.type"), dig(fields, "threshold.configuration.type")
    bounds = mapping(dig(fields, "threshold.configuration.bounds"))
    if condition == ABSOLUTE and kind == "percentage":
        yield (
            "threshold.configuration.type",
            "compares a value itself with a percentage",
            f"write `type: absolute`, or a condition of the type {INCREASE} or {DECREASE}",
        )
    for name in BOUNDS:
        value = bounds.get(name)
        if value is None or is_unknown(value):
            continue
        if kind == "percentage" and not is_percentage(value):
            yield (
                f"threshold.configuration.bounds.{name}",
                f"has the bound {value} where a percentage belongs",
                f"write `{value}%`, or `{percentage(value)}` if a fraction was meant",
            )
        funnel = dig(fields, "config.type") in ("FunnelsAlertConfig", None)
        if kind == "absolute" and is_percentage(value) and not (funnel and condition in (ABSOLUTE, None)):
            yield (
                f"threshold.configuration.bounds.{name}",
                f"has the bound {value} where a number belongs",
                "write `type: percentage`, or the number",
            )
    numbers = [sent_bound(kind == "percentage", bounds.get(name)) for name in BOUNDS]
    if all(isinstance(each, int | float) for each in numbers) and numbers[0] > numbers[1]:
        yield (
            "threshold.configuration.bounds",
            f"has the lower bound {bounds['lower']} above the upper one, {bounds['upper']}",
            "exchange the two",
        )
    if (
        dig(fields, "config.check_ongoing_interval") is True
        and condition in (ABSOLUTE, INCREASE)
        and bounds.get("upper") is None
    ):
        yield (
            "config.check_ongoing_interval",
            "looks at an interval that is not over, and has no upper bound",
            "an unfinished interval is always low: write `upper`, or leave `check_ongoing_interval` out",
        )
    yield from _checked_config(fields)
    yield from _checked_windows(fields)


def _checked_config(fields: Mapping[str, Any]) -> Iterator[Objection]:
    figure = fields.get("config")
    if not isinstance(figure, Mapping) or is_unknown(figure.get("type")):
        return
    kind = str(figure.get("type") or "")
    if kind not in CONFIGS:
        if kind != METRICS:
            said = f"has a `config` of the type {kind}" if kind else "has a `config` without a `type`"
            yield (
                "config.type" if kind else "config",
                f"{said}, which PostHog does not have" if kind else said,
                f"it is one of {', '.join(CONFIGS)}",
            )
        return
    keys = CONFIGS[kind][1]
    for key in figure:
        if key != "type" and key not in keys:
            yield f"config.{key}", f"has `{key}` in a {kind}", f"it has {', '.join(keys)}"
    if kind == "TrendsAlertConfig" and figure.get("series_index") is None:
        yield "config", "does not say which series it is about", "write `series_index: 0` for the first one"


def _checked_windows(fields: Mapping[str, Any]) -> Iterator[Objection]:
    windows = dig(fields, "schedule_restriction.blocked_windows")
    times = 0
    for place, each in enumerate(windows if isinstance(windows, list) else ()):
        if not isinstance(each, Mapping) or not all(isinstance(each.get(n), str) for n in ("start", "end")):
            return
        where = f"schedule_restriction.blocked_windows.{place}"
        start, end = (minutes(each[name]) for name in ("start", "end"))
        if max(start, end) > 24 * 60 or any(int(each[n].partition(":")[2]) > 59 for n in ("start", "end")):
            yield where, f"has a time that no day has: {each['start']} to {each['end']}", None
            return
        if start == end:
            yield where, f"has a window from {each['start']} to {each['end']}, which is the whole day", None
            return
        if (end - start) % (24 * 60) < 30:
            yield where, "has a window of less than 30 minutes", "PostHog takes none that is shorter"
        times += 1
    spans = [*merged_windows(windows or ())] if times else []
    if sum(minutes(each["end"]) - minutes(each["start"]) for each in spans) >= 24 * 60:
        yield (
            "schedule_restriction",
            "blocks the whole day",
            "then it is never checked: write `enabled: false`",
        )


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What is taken by some servers and never fires."""
    bounds = mapping(dig(fields, "threshold.configuration.bounds"))
    if not any(bounds.get(name) is not None for name in BOUNDS) and not fields.get("detector_config"):
        yield "has neither a lower nor an upper bound: it never fires, and servers since mid-2026 refuse it"


def misfits(fields: Mapping[str, Any], insight: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses of an alert because of the insight that it is about (4.4)."""
    query = insight.get("query")
    if not isinstance(query, Mapping) or not query:
        if not insight.get("filters"):  # an old server answers some insights in its own old form
            yield "insight", "is about an insight that has no query", None
        return
    source = mapping(query.get("source")) or query
    kind = source.get("kind")
    if not isinstance(kind, str) or is_unknown(kind):
        return
    known = {name: config for config, (name, _) in CONFIGS.items()}
    config = dig(fields, "config.type")
    if kind not in known and config != METRICS:
        yield (
            "insight",
            f"is about an insight with a {kind}, of which PostHog watches none",
            f"an alert is about one with a {', '.join(known)}",
        )
        return
    if config in CONFIGS and CONFIGS[config][0] != kind:
        yield (
            "config.type",
            f"has a {config}, and its insight a {kind}",
            f"write `type: {known[kind]}`",
        )
        return
    if kind == "TrendsQuery":
        yield from _unlike_trends(fields, source)


def _unlike_trends(fields: Mapping[str, Any], source: Mapping[str, Any]) -> Iterator[Objection]:
    index, condition = dig(fields, "config.series_index"), dig(fields, "condition.type")
    drawn = mapping(source.get("trendsFilter"))
    formulas = drawn.get("formulaNodes") or drawn.get("formulas") or (drawn.get("formula") and [0]) or ()
    series = formulas or source.get("series") or ()
    if isinstance(index, int) and isinstance(series, list | tuple) and index >= len(series):
        what = "formula" if formulas else "series"
        count = f"{len(series)} {what}{'s' if formulas and len(series) != 1 else ''}"
        yield (
            "config.series_index",
            f"is about the {what} with the index {index}, and its insight has {count}",
            "the first one has the index 0",
        )
    if condition in (INCREASE, DECREASE) and drawn.get("display") in NO_TIME_SERIES:
        yield (
            "condition.type",
            f"has the condition {condition}, and its insight is drawn as {drawn['display']}, without a course of time",
            f"write `type: {ABSOLUTE}`, or draw the insight as a line",
        )
