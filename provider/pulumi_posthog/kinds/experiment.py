"""An experiment compares the variants of a flag; a holdout keeps people out of several; a saved metric is in several.

Contract: posthog-api-release.md 5. The flag says which variants there are: an experiment only names it, and takes
another one by being made anew. What PostHog keeps of the flag in `parameters` is resent as it is, because a draft's
PATCH without it resets the variants (5.4). Newer servers list experiments without their metrics (5.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.conditions import CONDITION, wrong_condition
from pulumi_posthog.kinds.experiment_variants import (
    HINTS,
    OWN_VARIANTS,
    VARIANTS,
    of_flag,
    of_new_flag,
    shares,
    unlike,
    variants_in,
    variants_of,
    words_of,
    wrong_own_variants,
)
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.flag_filters import KEY
from pulumi_posthog.kinds.metrics import METRIC, SOURCES, with_uuids, without_names, wrong_metric
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import DATED, FOLDER, IN_PROJECT, TAGS
from pulumi_posthog.kinds.words import NOW, IdPlace, Lifecycle, MadeAlong, Move, Others, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import is_unknown

FILLED_IN: Final[Mapping[str, Json]] = {"filterTestAccounts": True}  # 5.5
HOLDOUT_FILTER: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "properties": {"type": "array", "items": CONDITION, "description": "People have to fit all of them."},
        "rollout_percentage": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "How many of these people are held out, in per cent.",
        },
    },
    "required": ["rollout_percentage"],
    "additionalProperties": False,
}


def ids_of_actions(prefix: str) -> tuple[IdPlace, ...]:
    """Where in metrics actions are named."""
    return tuple(
        IdPlace(path=f"{prefix}{source}.id", names="action", where=("kind", "ActionsNode"))
        for source in SOURCES
    )


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An experiment as PostHog answers it -> its fields: saved metrics as they are sent, a holdout by its id."""
    result = {**answer, "parameters": {**(answer.get("parameters") or {})}}
    if variants := variants_of(answer):
        result["parameters"][VARIANTS] = variants
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
    """The fields to send: metrics may be of events that have never come in (5.5)."""
    if fields.keys() & {"metrics", "metrics_secondary"}:
        return {**fields, "allow_unknown_events": True}
    return fields


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with what the results of its metrics and its flag depend on, as it was read."""
    result = {**body}
    for name in ("metrics", "metrics_secondary"):
        if name in body:
            result[name] = with_uuids(body[name], answer.get(name) or ())
    if "parameters" in body:
        result |= of_flag(body["parameters"] or {}, answer)
    return result


def checked_beside(fields: Mapping[str, Any], others: Others) -> Iterator[Objection]:
    """Variants that the file says twice, and not alike: each of the two would set back the other."""
    flag = others("feature_flag", fields.get("feature_flag_key"))
    variants = variants_in(flag) if flag else None
    if variants is None:
        return
    own = (fields.get("parameters") or {}).get(VARIANTS)
    if own is not None and shares(own) != shares(variants):
        yield (
            f"parameters.{VARIANTS}",
            f"has the variants {words_of(own)}, and its flag is declared with {words_of(variants)}",
            "say them in one place: take them out here, because the flag has them",
        )


def fixed(fields: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What PostHog changes of a draft only (5.3, 5.4): (the end of a sentence, a hint)."""
    if not answer.get("start_date"):
        return
    if "holdout" in fields and not answer.get("end_date"):
        yield (
            "is running, and keeps its holdout until it is over",
            "write the one that it has, or stop it first",
        )
    wanted = (fields.get("parameters") or {}).get(VARIANTS)
    if wanted is not None and {*shares(wanted)} != {*shares(variants_of(answer))}:
        yield (
            f"has been started with the variants {words_of(variants_of(answer))}, and keeps them",
            "change how many people each gets, or declare another experiment",
        )


def of_saved_metric(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a metric with its uuid, on which results depend (5.5)."""
    uuid = (answer.get("query") or {}).get("uuid")
    return {**body, "query": {"uuid": uuid, **body["query"]}} if "query" in body and uuid else body


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What becomes of results when an experiment has no metric."""
    if not (fields.get("metrics") or fields.get("saved_metrics_ids")):
        yield "declares no metric: it will have no result"


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses, or takes and counts in a way that was not meant."""
    for field in ("metrics", "metrics_secondary"):
        names: list[Any] = []
        for place, metric in enumerate(fields.get(field) or ()):
            name = metric.get("name")
            if name and name in names:
                yield (
                    f"{field}.{place}",
                    f'has two metrics "{name}"',
                    "their results are told apart by their names",
                )
            names.append(name)
            for key, words, hint in wrong_metric(metric):
                yield f"{field}.{place}.{key}", words, hint
    for place, link in enumerate(fields.get("saved_metrics_ids") or ()):
        sort = (link.get("metadata") or {}).get("type", "primary")
        if sort not in ("primary", "secondary"):
            where = f"saved_metrics_ids.{place}.metadata.type"
            yield where, f"has a saved metric that is `{sort}`", "write `primary` or `secondary`"
    flag = fields.get("feature_flag_key")
    if isinstance(flag, str) and not is_unknown(flag) and not re.match(KEY, flag):
        yield (
            "feature_flag_key",
            f'names the flag "{flag}", and no flag has such a key',
            "letters, digits, `-` and `_`",
        )
    yield from wrong_own_variants(fields)
    if fields.get("conclusion") and fields.get("status", "draft") in ("draft", "running", "paused"):
        yield (
            "conclusion",
            "has a conclusion and is not stopped",
            "write `status: stopped`, or take `conclusion` out",
        )


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without the variants, which its flag says, and without what PostHog fills in, or is as if absent."""
    result = {**values}
    for name in ("metrics", "metrics_secondary"):
        if values.get(name):
            result[name] = without_names(EXPERIMENT.field(name).document(values[name], values[name]))
    if values.get("parameters"):
        result["parameters"] = EXPERIMENT.field("parameters").document(values["parameters"], {})
    if values.get("exposure_criteria") == FILLED_IN:
        del result["exposure_criteria"]
    if values.get("description") == "":
        del result["description"]
    return result


def checked_holdout(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """A holdout that holds nobody out, or one with conditions that PostHog does not know (5.7)."""
    if fields.get("filters") == []:
        yield "filters", "holds nobody out", "write for how many, as in `[{rollout_percentage: 5}]`"
    for place, each in enumerate(fields.get("filters") or ()):
        for number, condition in enumerate(each.get("properties") or ()):
            for problem in wrong_condition(condition, of_groups=False):
                yield (f"filters.{place}.properties.{number}", *problem)


def checked_saved_metric(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What is wrong with its metric."""
    for place, words, hint in wrong_metric(fields.get("query") or {}):
        yield f"query.{place}", words, hint


_NOT_STARTED: Final = ("has never been started", "write `status: running` first")
_ONE_WAY: Final = ("has been started, and cannot be a draft again", "declare another experiment")

EXPERIMENT_HOLDOUT = Kind(
    name="experiment_holdout",
    resource="ExperimentHoldout",
    section="projects.*.experiment_holdouts",
    doc="A holdout keeps people out of experiments.",
    purpose=(
        "Keep the same people out of several experiments, so that you see what all these experiments do "
        "together."
    ),
    page=Page("*Experiments*, *Holdouts*", "/project/{project}/experiments?tab=holdouts"),
    collection="/api/projects/{project}/experiment_holdouts/",
    parent="project",
    unmanaged={"access": "PostHog has no access rules of single holdouts"},
    natural_keys=(("name",),),
    read_scope="experiment_holdout:read",
    write_scope="experiment_holdout:write",
    also_scopes=("experiment:write",),  # of older servers (1.2)
    page_size=1000,
    checked=checked_holdout,
    fields=(
        IN_PROJECT,
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
    doc="A metric that several experiments use.",
    purpose="Say once what success is, and measure it in the same way in each experiment.",
    page=Page("*Experiments*, *Shared metrics*", "/project/{project}/experiments/shared-metrics/{id}"),
    collection="/api/projects/{project}/experiment_saved_metrics/",
    parent="project",
    accessible_as="experiment_saved_metric",
    natural_keys=(("name",),),
    read_scope="experiment_saved_metric:read",
    write_scope="experiment_saved_metric:write",
    page_size=1000,
    alongside=of_saved_metric,
    checked=checked_saved_metric,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(name="description", doc="Shown in PostHog.", max_length=400, nullable=True),
        Field(
            name="query",
            type=Type.OBJECT,
            doc="What is measured: a metric in PostHog's own form.",
            keys=METRIC["properties"],
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
    doc="An experiment compares the variants of a flag by metrics.",
    purpose=(
        "Write down what you expect and how you will measure it before anybody sees a number. Both are "
        "reviewed together with the flag."
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
        "feature_flag": "`feature_flag_key` names it, and all but its variants is declared with the flag",
    },
    activity_scopes=("Experiment",),
    from_api=from_api,
    to_api=to_api,
    alongside=alongside,
    noted=noted,
    checked=checked,
    checked_beside=checked_beside,
    fixed=fixed,
    made_along=MadeAlong(
        kind="feature_flag", named_by="feature_flag_key", key="key", body=of_new_flag, unlike=unlike
    ),
    exported=exported,
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
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(
            name="feature_flag_key",
            doc=(
                "The key of its flag. The flag has two variants or more, and the first one is `control`. "
                "If the flag does not exist, PostHog makes it, with `control` and `test`."
            ),
            required=True,
            max_length=400,
            follows="feature_flag",
            replace_on_changes=True,
        ),
        Field(name="description", doc="What is expected.", max_length=3000, nullable=True),
        Field(
            name="type",
            doc="Whether your code shows the variants, or PostHog's own editor does.",
            choices=("product", "web"),
            nullable=True,
            default="product",
        ),
        Field(
            name="status",
            doc=(
                "The state of the experiment. It moves in one direction, except for a pause. Servers "
                "before 2026 have no pause."
            ),
            choices=("draft", "running", "paused", "stopped", "archived"),
            default="draft",
        ),
        Field(
            name="holdout",
            doc=(
                "Who is kept out of it, by the name of a holdout. It cannot be changed while the "
                "experiment is running."
            ),
            nullable=True,
            default=None,
            names="experiment_holdout",
            number_ids=True,
            sent_as="holdout_id",
        ),
        metrics("metrics", "The metrics that decide. PostHog finds the results of a metric by its name."),
        metrics("metrics_secondary", "Other metrics that are watched."),
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
            doc=(
                "How long it will take, and the variants of its flag. Declare the variants here or with "
                "the flag. Declare everything else of the flag with the flag."
            ),
            keys={**HINTS, VARIANTS: OWN_VARIANTS},
            kept_keys=(VARIANTS,),
            key_defaults={"name": "", "description": ""},
            open_keys=False,
            default={},
            null_is_absent=True,
        ),
        Field(
            name="exposure_criteria",
            type=Type.OBJECT,
            doc="Who counts as a person who has seen it.",
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
            doc="How long it will take, in the form of newer servers.",
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
            doc="Whether only people count for whom the whole time of the metric has passed.",
            default=False,
            since=2026,
        ),
        Field(
            name="conclusion",
            doc="The result.",
            choices=("won", "lost", "inconclusive", "stopped_early", "invalid"),
            nullable=True,
            default=None,
        ),
        Field(name="conclusion_comment", doc="Why.", max_length=4000, nullable=True, default=None),
        FOLDER,
        Field(name="created_at", read_only=True),
    ),
)
