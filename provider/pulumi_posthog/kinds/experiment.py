"""An experiment compares the variants of a flag; a holdout keeps people out of several; a saved metric is in several.

Contract: posthog-api-release.md 5. The flag says which variants there are: an experiment only names it, and takes
another one by being made anew. What PostHog keeps of the flag in `parameters` is resent as it is, because a draft's
PATCH without it resets the variants (5.4). Newer servers list experiments without their metrics (5.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.feature_flag import CONDITION
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.shared_fields import DATED, FOLDER, TAGS
from pulumi_posthog.kinds.words import NOW, IdPlace, Lifecycle, Move, Page
from pulumi_posthog.values.json_value import Json

# Where in a metric what is counted stands (5.5).
SOURCES: Final = ("source", "numerator", "denominator", "start_event", "completion_event", "series.*")
HINTS: Final[Mapping[str, Any]] = {
    "minimum_detectable_effect": {"type": ["number", "null"], "description": "In per cent."},
    "recommended_running_time": {"type": ["number", "null"], "description": "In days."},
    "recommended_sample_size": {"type": ["number", "null"], "description": "How many persons."},
    "variant_notes": {"type": ["object", "null"], "description": "What is said of each variant."},
    "custom_exposure_filter": {"type": ["object", "null"], "description": "Which events expose somebody."},
}
HOLDOUT_FILTER: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "properties": {"type": "array", "items": CONDITION, "description": "All of them have to be true."},
        "rollout_percentage": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "How many of those are held out, in per cent.",
        },
    },
    "required": ["rollout_percentage"],
    "additionalProperties": False,
}
METRIC: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "description": "`ExperimentMetric`."},
        "metric_type": {"type": "string", "description": "`mean`, `funnel`, `ratio` or `retention`."},
        "name": {
            "type": ["string", "null"],
            "description": "Shown in PostHog; it tells one from the others.",
        },
    },
    "required": ["kind"],
}


def ids_of_actions(prefix: str) -> tuple[IdPlace, ...]:
    """Where in metrics actions are named."""
    return tuple(
        IdPlace(path=f"{prefix}{source}.id", names="action", where=("kind", "ActionsNode"))
        for source in SOURCES
    )


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An experiment as PostHog answers it -> its fields: saved metrics as they are sent, a holdout by its id."""
    result = {**answer, "parameters": answer.get("parameters") or {}}
    if "holdout_id" in answer:
        result["holdout"] = None if answer["holdout_id"] is None else str(answer["holdout_id"])
    else:
        result.pop("holdout", None)
    if "saved_metrics" in answer:
        result["saved_metrics_ids"] = [
            {"id": each.get("saved_metric", each.get("id")), "metadata": each.get("metadata") or {}}
            for each in answer["saved_metrics"] or ()
        ]
    for name in ("metrics", "metrics_secondary"):
        if name in answer:
            result[name] = answer[name] or []
    return result


def state(answer: Mapping[str, Any]) -> Json:
    """The state that dates say, and newer servers say of one that is paused (5.3)."""
    if answer.get("archived"):
        return "archived"
    if answer.get("end_date"):
        return "stopped"
    if not answer.get("start_date"):
        return "draft"
    return "paused" if answer.get("status") == "paused" else "running"


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """Events that have never been sent are fine: a metric may be declared before them (5.5)."""
    if fields.keys() & {"metrics", "metrics_secondary"}:
        return {**fields, "allow_unknown_events": True}
    return fields


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of a metric's results, and of the flag, hangs on what was read."""
    result = {**body}
    for name in ("metrics", "metrics_secondary"):
        if name in body:
            result[name] = with_uuids(body[name], answer.get(name) or ())
    if "parameters" in body:
        kept = {key: value for key, value in (answer.get("parameters") or {}).items() if key not in HINTS}
        filters = (answer.get("feature_flag") or {}).get("filters") or {}
        variants = (filters.get("multivariate") or {}).get("variants")
        if variants:  # a draft's would be reset to two halves without them (5.4)
            kept["feature_flag_variants"] = variants
        result["parameters"] = {**kept, **(body["parameters"] or {})}
    return result


def with_uuids(metrics: Any, live: Any) -> list[Any]:
    """Metrics with the uuids on which their results hang: by the name, else by the place and the type (5.5)."""
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


def of_saved_metric(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A metric with its uuid, on which results hang (5.5)."""
    uuid = (answer.get("query") or {}).get("uuid")
    return {**body, "query": {"uuid": uuid, **body["query"]}} if "query" in body and uuid else body


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What becomes of results when an experiment has no metric."""
    if not (fields.get("metrics") or fields.get("saved_metrics_ids")):
        yield "declares no metric: it will have no result"


def checked(fields: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """What PostHog refuses, or takes and counts in a way that nobody meant."""
    names = [each.get("name") for each in fields.get("metrics") or () if each.get("name")]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield (
                f"metrics.{place}",
                f'has two metrics "{name}"',
                "their results are told apart by their names",
            )
    if fields.get("conclusion") and fields.get("status", "draft") in ("draft", "running", "paused"):
        yield (
            "conclusion",
            "has a conclusion and is not stopped",
            "write `status: stopped`, or take `conclusion` out",
        )


_NOT_STARTED: Final = ("has never been started", "write `status: running` first")
_ONE_WAY: Final = ("has been started, and no way leads back", "declare another experiment")

EXPERIMENT_HOLDOUT = Kind(
    name="experiment_holdout",
    resource="ExperimentHoldout",
    section="projects.*.experiment_holdouts",
    doc="A holdout: people who are kept out of experiments.",
    purpose="Keep the same people out of several experiments, so that what all of them do together can be seen.",
    page=Page("*Experiments*, *Holdouts*", "/project/{project}/experiments?tab=holdouts"),
    collection="/api/projects/{project}/experiment_holdouts/",
    parent="project",
    natural_keys=(("name",),),
    read_scope="experiment_holdout:read",
    write_scope="experiment_holdout:write",
    also_scopes=("experiment:write",),  # of older servers (1.2)
    page_size=1000,
    fields=(
        Field(name="project", required=True, refers_to="project", replace_on_changes=True),
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(name="description", doc="Shown in PostHog.", max_length=400, nullable=True),
        Field(
            name="filters",
            type=Type.LIST,
            doc="Who is held out. A change of it rewrites the flags of its experiments.",
            required=True,
            items=HOLDOUT_FILTER,
            hidden_keys=("variant", "cohort_name", "group_key_names"),
            key_defaults={"properties": [], "negation": False},
            null_is_absent=True,
            ids=(IdPlace(path="*.properties.*.value", names="cohort", where=("type", "cohort")),),
        ),
        Field(name="created_at", read_only=True),
    ),
)

EXPERIMENT_SAVED_METRIC = Kind(
    name="experiment_saved_metric",
    resource="ExperimentSavedMetric",
    section="projects.*.experiment_saved_metrics",
    doc="A metric that several experiments have.",
    purpose="Say once what counts as success, and measure it in the same way in each experiment.",
    page=Page("*Experiments*, *Shared metrics*", "/project/{project}/experiments/shared-metrics/{id}"),
    collection="/api/projects/{project}/experiment_saved_metrics/",
    parent="project",
    accessible_as="experiment_saved_metric",
    natural_keys=(("name",),),
    read_scope="experiment_saved_metric:read",
    write_scope="experiment_saved_metric:write",
    page_size=1000,
    alongside=of_saved_metric,
    fields=(
        Field(name="project", required=True, refers_to="project", replace_on_changes=True),
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(name="description", doc="Shown in PostHog.", max_length=400, nullable=True),
        Field(
            name="query",
            type=Type.OBJECT,
            doc="What is measured: a metric in PostHog's own form.",
            required=True,
            hidden_keys=("uuid", "fingerprint"),
            kept_keys=("name",),
            null_is_absent=True,
            ids=ids_of_actions(""),
        ),
        TAGS,
        Field(name="created_at", read_only=True),
    ),
)


def metrics(name: str, doc: str) -> Field:
    """A field with a list of metrics."""
    return Field(
        name=name,
        type=Type.LIST,
        doc=doc,
        items=METRIC,
        default=[],
        hidden_keys=("uuid", "fingerprint"),
        kept_keys=("name",),
        null_is_absent=True,
        ids=ids_of_actions("*."),
    )


EXPERIMENT = Kind(
    name="experiment",
    resource="Experiment",
    section="projects.*.experiments",
    doc="An experiment: which variant of a flag does better, by metrics.",
    purpose=(
        "Write down what is expected and how it will be measured before anybody sees a number, and have both reviewed"
        " with the flag."
    ),
    page=Page("*Experiments*", "/project/{project}/experiments/{id}"),
    collection="/api/projects/{project}/experiments/",
    parent="project",
    accessible_as="experiment",
    natural_keys=(("name",),),
    read_scope="experiment:read",
    write_scope="experiment:write",
    also_scopes=("feature_flag:write",),  # 1.2
    page_size=100,
    also_listed={"archived": "true"},
    whole_sign="metrics",
    asked_before=True,  # the flag is written first, and its variants are sent along
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    unmanaged={
        **DATED,
        "archived": "`status` says so",
        "feature_flag": "the flag is declared with its variants, and `feature_flag_key` names it",
    },
    activity_scopes=("Experiment",),
    from_api=from_api,
    to_api=to_api,
    alongside=alongside,
    noted=noted,
    checked=checked,
    lifecycle=Lifecycle(
        field="status",
        state=state,
        made_as=("draft",),
        moves=(
            Move(before="draft", after="running", fields={"start_date": NOW}),
            Move(before="running", after="paused", action="pause", since=2026),
            Move(before="paused", after="running", action="resume", since=2026),
            Move(before="running", after="stopped", fields={"end_date": NOW}),
            Move(before="paused", after="stopped", fields={"end_date": NOW}),
            Move(before="stopped", after="archived", fields={"archived": True}),
            Move(before="archived", after="stopped", fields={"archived": False}),
        ),
        refused={
            **{("draft", after): _NOT_STARTED for after in ("paused", "stopped", "archived")},
            **{(before, "draft"): _ONE_WAY for before in ("running", "paused", "stopped", "archived")},
            **{
                (before, after): ("is over, and is not started again", "declare another experiment")
                for before in ("stopped", "archived")
                for after in ("running", "paused")
            },
        },
    ),
    fields=(
        Field(name="project", required=True, refers_to="project", replace_on_changes=True),
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(
            name="feature_flag_key",
            doc=(
                "The key of its flag, with two variants or more, of which `control` is the first. One that does not"
                " exist is made, with `control` and `test`."
            ),
            required=True,
            follows="feature_flag",
            replace_on_changes=True,
        ),
        Field(name="description", doc="What is expected.", max_length=3000, nullable=True),
        Field(
            name="type",
            doc="Whether your code shows the variants, or PostHog's own editor.",
            choices=("product", "web"),
            nullable=True,
            default="product",
        ),
        Field(
            name="status",
            doc="How far it is: one way, but for a pause. Older servers know no pause.",
            choices=("draft", "running", "paused", "stopped", "archived"),
            default="draft",
        ),
        Field(
            name="holdout",
            doc="Who is kept out of it, by the name of a holdout; not to be changed while it is running.",
            nullable=True,
            default=None,
            names="experiment_holdout",
            number_ids=True,
            sent_as="holdout_id",
        ),
        metrics("metrics", "What decides. A metric keeps its results by its name."),
        metrics("metrics_secondary", "What is watched as well."),
        Field(
            name="saved_metrics_ids",
            type=Type.LIST,
            doc="Saved metrics, each with `metadata: {type: primary}`, or `secondary`.",
            items={"type": "object", "required": ["id"]},
            default=[],
            ids=(IdPlace(path="*.id", names="experiment_saved_metric"),),
        ),
        Field(
            name="parameters",
            type=Type.OBJECT,
            doc="How long it will take. Variants are the flag's.",
            keys=HINTS,
            open_keys=False,
            default={},
            null_is_absent=True,
        ),
        Field(
            name="exposure_criteria",
            type=Type.OBJECT,
            doc="Who counts as having seen it.",
            kept_keys=("filterTestAccounts",),
            null_is_absent=True,
        ),
        Field(
            name="stats_config",
            type=Type.OBJECT,
            doc="How it is computed.",
            kept_keys=("method",),
            null_is_absent=True,
        ),
        Field(
            name="scheduling_config",
            type=Type.OBJECT,
            doc="When its results are computed.",
            null_is_absent=True,
            since=2026,
        ),
        Field(
            name="running_time_calculation",
            type=Type.OBJECT,
            doc="How long it will take, as newer servers have it.",
            null_is_absent=True,
            since=2026,
        ),
        Field(
            name="excluded_variants",
            type=Type.STRINGS,
            doc="Variants that do not count.",
            unordered=True,
            default=[],
            since=2026,
        ),
        Field(
            name="only_count_matured_users",
            type=Type.BOOLEAN,
            doc="Whether only those count who have had the whole time.",
            default=False,
            since=2026,
        ),
        Field(
            name="conclusion",
            doc="What came of it.",
            choices=("won", "lost", "inconclusive", "stopped_early", "invalid"),
            nullable=True,
            default=None,
        ),
        Field(name="conclusion_comment", doc="Why.", max_length=4000, nullable=True, default=None),
        FOLDER,
        Field(name="created_at", read_only=True),
    ),
)
