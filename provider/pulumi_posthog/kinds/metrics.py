"""Metrics of experiments: their form, and what PostHog refuses of one (posthog-api-release.md 5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.suggestion import nearly

# What a metric of each sort is made of.
MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "mean": ("source",),
    "funnel": ("series",),
    "ratio": ("numerator", "denominator"),
    "retention": ("start_event", "completion_event"),
}
# Where in a metric what is counted stands.
SOURCES: Final = ("source", "numerator", "denominator", "start_event", "completion_event", "series.*")
NODE: Final[Mapping[str, Any]] = {
    "properties": {
        "kind": {"description": "`EventsNode`, or `ActionsNode`."},
        "event": {"description": "For an event: its name."},
        "id": {"description": "For an action: `!ref action/NAME`."},
    },
}
METRIC: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "description": "`ExperimentMetric`."},
        "metric_type": {"type": "string", "description": "`mean`, `funnel`, `ratio` or `retention`."},
        "name": {
            "type": ["string", "null"],
            "description": "The name that PostHog shows. Each metric needs another name.",
        },
        "source": {**NODE, "description": "For a mean: what is counted."},
        "series": {"items": NODE, "description": "For a funnel: its steps."},
        "numerator": {**NODE, "description": "For a ratio: what is counted above the line."},
        "denominator": {**NODE, "description": "For a ratio: what is counted below the line."},
        "start_event": {**NODE, "description": "For a retention: what people do first."},
        "completion_event": {**NODE, "description": "For a retention: what people do again."},
    },
    "required": ["kind"],
}


def wrong_metric(metric: Mapping[str, Any]) -> Iterator[Objection]:
    """What is wrong with one metric, with places in the metric. One from before 2025 is left alone."""
    if metric.get("kind") != "ExperimentMetric" or is_unknown(metric.get("metric_type")):
        return
    sort = metric.get("metric_type")
    if not isinstance(sort, str):
        yield "metric_type", "has a metric without a `metric_type`", f"there are {', '.join(MADE_OF)}"
        return
    if sort not in MADE_OF:
        if meant := nearly(sort, MADE_OF):  # others, a newer server may have
            yield (
                "metric_type",
                f"has a metric of the sort `{sort}`, which does not exist",
                f"did you mean `{meant}`?",
            )
        return
    for name in MADE_OF[sort]:
        if not metric.get(name):
            yield "metric_type", f"has a metric `{sort}` without `{name}`", f"write what `{name}` is"
    for name, source in counted(metric):
        if source.get("kind") == "ActionsNode" and source.get("id") is None:
            yield f"{name}.id", "counts an action and does not say which", "write `id: !ref action/NAME`"


def without_names(metrics: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Metrics without the names that PostHog writes beside the ids of actions, and changes with theirs."""

    def bare(node: Any) -> Any:
        if isinstance(node, list):
            return [bare(each) for each in node]
        if not isinstance(node, Mapping) or node.get("kind") != "ActionsNode":
            return node
        return {key: value for key, value in node.items() if key != "name"}

    return [{key: bare(value) for key, value in each.items()} for each in metrics]


def counted(metric: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each event or action that a metric counts, with its place: ("series.0", {"kind": "EventsNode", ...})."""
    for name in (source.removesuffix(".*") for source in SOURCES):
        found = metric.get(name)
        items = (
            [(f"{name}.{place}", each) for place, each in enumerate(found)] if isinstance(found, list) else []
        )
        for place, each in items or [(name, found)]:
            if isinstance(each, Mapping):
                yield place, each


def with_uuids(metrics: Any, live: Any) -> list[Any]:
    """Metrics with the uuids on which their results depend: by the name, else by the place and the type (5.5)."""
    rest = [each for each in live if isinstance(each, Mapping) and each.get("uuid")]
    result: list[Any] = [{**each} for each in metrics or ()]

    def give(each: dict[str, Any], matches: list[Any]) -> None:
        if matches and "uuid" not in each:
            each["uuid"] = matches[0]["uuid"]
            rest.remove(matches[0])

    for each in result:
        give(each, [other for other in rest if each.get("name") and other.get("name") == each["name"]])
    for place, each in enumerate(result):
        there = live[place] if place < len(live) else None
        kind = each.get("metric_type")
        give(each, [other for other in rest if other is there and other.get("metric_type") == kind])
    return result
