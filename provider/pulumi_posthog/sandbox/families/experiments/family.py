"""Experiments of a project (posthog-api-release.md 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.experiments import holdouts, metrics, variants
from pulumi_posthog.sandbox.families.experiments.models import (
    Experiment,
    ExperimentHoldout,
    ExperimentSavedMetric,
)
from pulumi_posthog.sandbox.families.feature_flags import owned
from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.feature_flags.filters import variants_of
from pulumi_posthog.sandbox.families.project_objects import FOLDER, LEFT_OUT, ObjectFamily
from pulumi_posthog.sandbox.families.released_objects import Cohort, FeatureFlag
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import Action, Log
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    UPDATED_AT,
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

NOW = (2026, 2026)
LATER = (LATER_2026, 2026)
CONCLUSIONS = ("won", "lost", "inconclusive", "stopped_early", "invalid")
OBJECTS = (
    "parameters",
    "exposure_criteria",
    "stats_config",
    "scheduling_config",
    "running_time_calculation",
)
LISTS = ("saved_metrics_ids", "excluded_variants")
OF_LEGACY = {"name", "description", "end_date", "deleted"}
FILLED_IN: dict[str, dict[str, Any]] = {
    "exposure_criteria": {"filterTestAccounts": True},
    "stats_config": {"method": "bayesian"},
}


def noise(row: Experiment) -> list[Any]:
    """What changes the fingerprint of each metric."""
    return [moment(row.start_date), moment(row.end_date), row.stats_config, row.exposure_criteria]


def shown_links(row: Experiment) -> list[dict[str, Any]]:
    """`saved_metrics`: those that there are."""
    ids = [each["saved_metric"] for each in row.saved_metrics]
    found = {each.pk: each for each in ExperimentSavedMetric.objects.filter(pk__in=ids)} if ids else {}
    return [
        {
            "id": number,
            "experiment": row.pk,
            **each,
            "name": found[each["saved_metric"]].name,
            "query": found[each["saved_metric"]].query,
        }
        for number, each in enumerate(row.saved_metrics, start=1)
        if each["saved_metric"] in found
    ]


def shown_holdout(row: Experiment) -> dict[str, Any] | None:
    return holdouts.EXPERIMENT_HOLDOUTS.represent(row.holdout) if row.holdout is not None else None


def shown_cohort(row: Experiment) -> int | None:
    """A cohort that is deleted is taken from its experiment (3.5)."""
    if row.exposure_cohort is None:
        return None
    exists = Cohort.objects.filter(pk=row.exposure_cohort, deleted=False).exists()
    return row.exposure_cohort if exists else None


class Experiments(ObjectFamily):
    """Experiments of a project: PATCH deletes, the flag stays, and so does the row in the tree."""

    name = "experiments"
    named: ClassVar = {"holdout": ("experiment_holdout", "holdout_id")}
    model = Experiment
    scope = "experiment"
    title = "experiment"
    reads_deleted = False
    related = ("created_by", "feature_flag", "holdout")
    log = Log(
        "Experiment",
        left_out=(*LEFT_OUT, "exposure_cohort"),
        names={"experiment_type": "type", "feature_flag": "feature_flag_id", "holdout": "holdout_id"},
    )
    actions = (
        Action(
            "get",
            "eligible_feature_flags",
            "eligible_feature_flags",
            of_one=False,
            scopes="feature_flag:read",
        ),
        Action("get", "stats", "stats", of_one=False, scopes="read", ages=NOW),
        *(
            Action("post", name, name, scopes="write", ages=NOW)
            for name in (
                "launch",
                "pause",
                "resume",
                "end",
                "ship_variant",
                "archive",
                "unarchive",
                "reset",
                "copy_to_project",
            )
        ),
        Action("post", "duplicate", "duplicate", scopes="write", ages=(2025, 2026)),
        Action(
            "post",
            "create_exposure_cohort_for_experiment",
            "create_exposure_cohort",
            scopes="write",
            ages=(2025, 2026),
        ),
        Action("get", "timeseries_results", "timeseries_results", scopes="read"),
        Action("get", "requires_flag_implementation", "requires_flag", scopes="read", ages=NOW),
    )
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, required=True, max_length=400),
        writable("description", text, nullable=True, allow_blank=True, max_length=3000),
        writable("start_date", timestamp, nullable=True, show=lambda row: moment(row.start_date)),
        writable("end_date", timestamp, nullable=True, show=lambda row: moment(row.end_date)),
        writable("feature_flag_key", text, required=True, show=lambda row: row.feature_flag.name),
        read_only("feature_flag", lambda row: owned.minimal(row.feature_flag)),
        writable("feature_flag", json, write_only=True, nullable=True, ages=LATER),
        writable("update_feature_flag_params", flag, write_only=True, ages=LATER),
        read_only("holdout", shown_holdout),
        writable("holdout_id", integer, nullable=True),
        read_only("exposure_cohort", shown_cohort),
        writable("parameters", json, nullable=True, show=variants.shown_parameters),
        read_only("secondary_metrics", lambda _row: []),
        read_only("saved_metrics", shown_links, in_list=False),
        writable("saved_metrics_ids", json, nullable=True, write_only=True),
        read_only("filters", lambda _row: {}, in_list=False),
        writable("archived", flag),
        writable("deleted", flag),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
        writable(
            "type",
            choice,
            choices=("product", "web"),
            nullable=True,
            show=lambda row: row.experiment_type,
        ),
        writable("exposure_criteria", json, nullable=True, in_list=False),
        writable(
            "metrics",
            json,
            nullable=True,
            in_list=False,
            show=lambda row: metrics.shown(row.metrics, row.project_id, noise(row)),
        ),
        writable(
            "metrics_secondary",
            json,
            nullable=True,
            in_list=False,
            show=lambda row: metrics.shown(row.metrics_secondary, row.project_id, noise(row)),
        ),
        writable("stats_config", json, nullable=True, in_list=False),
        writable("scheduling_config", json, nullable=True, in_list=False, ages=NOW),
        writable("running_time_calculation", json, nullable=True, ages=NOW),
        writable("excluded_variants", json, nullable=True, ages=NOW),
        writable("only_count_matured_users", flag, ages=NOW),
        writable("allow_unknown_events", flag, write_only=True, ages=NOW),
        writable("conclusion", choice, choices=CONCLUSIONS, nullable=True),
        writable("conclusion_comment", text, nullable=True, allow_blank=True, max_length=4000),
        read_only(
            "primary_metrics_ordered_uuids", lambda row: metrics.ordered_uuids(row.metrics), in_list=False
        ),
        read_only(
            "secondary_metrics_ordered_uuids",
            lambda row: metrics.ordered_uuids(row.metrics_secondary),
            in_list=False,
        ),
        read_only("status", ages=NOW),
        read_only("is_legacy", lambda row: metrics.is_legacy(row.metrics, row.metrics_secondary), ages=NOW),
        FOLDER,
    )
    on_page = ("name", "project", "feature_flag", "start_date", "end_date", "archived", "deleted")
    not_on_page = ("created_by", "type", "short_id", "uuid")

    def changeable(self, rows: QuerySet[Any], sent: Any) -> QuerySet[Any]:
        """Since 2026 a deleted one can be brought back (5.6)."""
        return rows if generation() >= 2026 else self.visible(rows)

    def check(
        self, values: dict[str, Any], row: Experiment, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        making = row._state.adding
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        row.flag_columns = {}  # type: ignore[attr-defined]
        self.check_shapes(values)
        if not making and metrics.is_legacy(row.metrics, row.metrics_secondary):
            self.check_legacy(values)
        self.check_nulls(values, row)
        self.check_metrics(values, row)
        self.check_dates(values, row)
        self.check_holdout(values, row)
        if "type" in values:
            values["experiment_type"] = values.pop("type")
        for name, filled in FILLED_IN.items():
            if name in values or making:
                values[name] = {**filled, **(values.get(name) or {})}
        if making:
            self.give_flag(values, row, user)
        else:
            self.change_flag(values, row)
            if values.get("deleted") is False and row.deleted and row.feature_flag.deleted:
                raise ValidationError(
                    "Cannot restore experiment: the linked feature flag has been deleted. Restore it first."
                )
        if isinstance(values.get("parameters"), dict):
            values["parameters"] = without_projection(values["parameters"])
        return values

    def check_shapes(self, values: dict[str, Any]) -> None:
        """400 for what is to be an object or a list and is none."""
        for name in OBJECTS:
            if values.get(name) is not None and not isinstance(values[name], dict):
                raise invalid(name, "Expected an object.")
        for name in LISTS:
            if values.get(name) is not None and not isinstance(values[name], list):
                raise invalid(name, "Expected a list.")

    def check_legacy(self, values: dict[str, Any]) -> None:
        """With metrics from before 2025 hardly anything can be changed (5.5)."""
        if refused := sorted(values.keys() - OF_LEGACY):
            raise ValidationError(f"Can't update {', '.join(refused)} on an experiment with legacy metrics")

    def check_nulls(self, values: dict[str, Any], row: Experiment) -> None:
        """What 2025 fails at (5.6)."""
        if generation() >= 2026:
            return
        if row._state.adding and "stats_config" in values and values["stats_config"] is None:
            raise Unhandled("AttributeError: 'NoneType' object has no attribute 'get'")
        if row.runs and "parameters" in values and values["parameters"] is None:
            raise Unhandled("AttributeError: 'NoneType' object has no attribute 'get'")

    def check_metrics(self, values: dict[str, Any], row: Experiment) -> None:
        """400 for metrics that PostHog refuses; saved metrics are put into `values` as they are stored."""
        allows = values.pop("allow_unknown_events", False)
        for name in ("metrics", "metrics_secondary"):
            if name in values:
                values[name] = metrics.checked(name, values[name], row.project, allows_unknown=allows)
        if "saved_metrics_ids" not in values:
            return
        links = []
        for each in values.pop("saved_metrics_ids") or []:
            id_ = each.get("id") if isinstance(each, dict) else None
            if not isinstance(id_, int):
                raise invalid("saved_metrics_ids", "Saved metric must have an id")
            metadata = each.get("metadata")
            if metadata is not None and not isinstance(metadata, dict):
                raise invalid("saved_metrics_ids", "Metadata must be an object")
            links.append({"saved_metric": id_, "metadata": metadata or {}})
        known = ExperimentSavedMetric.objects.filter(project=row.project).values_list("pk", flat=True)
        if {each["saved_metric"] for each in links} - set(known):
            raise invalid("saved_metrics_ids", "Saved metric does not exist")
        values["saved_metrics"] = links

    def check_dates(self, values: dict[str, Any], row: Experiment) -> None:
        """400 for an end that is not after the start."""
        start: datetime | None = values.get("start_date", row.start_date)
        end: datetime | None = values.get("end_date", row.end_date)
        if start is not None and end is not None and start >= end:
            raise ValidationError("End date must be after start date")

    def check_holdout(self, values: dict[str, Any], row: Experiment) -> None:
        """400 for a holdout that is none, or another one while the experiment runs."""
        if "holdout_id" not in values:
            return
        id_ = values.pop("holdout_id")
        if id_ != row.holdout_id and row.runs:
            raise ValidationError("Can't update holdout on running Experiment")
        found = ExperimentHoldout.objects.filter(project=row.project, pk=id_).first() if id_ else None
        if id_ is not None and found is None:
            detail = f'Invalid pk "{id_}" - object does not exist.'
            raise invalid("holdout_id", detail, "does_not_exist")
        values["holdout"] = found

    def give_flag(self, values: dict[str, Any], row: Experiment, user: User | None) -> None:
        """One that there is, or a new one (5.4)."""
        key = values.pop("feature_flag_key")
        given = values.pop("feature_flag", None)
        values.pop("update_feature_flag_params", None)
        parameters = values.get("parameters") or {}
        row.name, row.start_date = values["name"], values.get("start_date")
        columns: dict[str, Any] = {"filters": variants.of_parameters(parameters)}
        if "ensure_experience_continuity" in parameters:
            columns["ensure_experience_continuity"] = parameters["ensure_experience_continuity"]
        sent = variants.of_input(given) if given is not None else None
        there = FeatureFlag.objects.filter(project=row.project, name=key, deleted=False).first()
        if there is None:
            if sent is not None:
                columns = {**columns, **sent, "filters": {**columns["filters"], **sent["filters"]}}
            row.feature_flag = variants.make(row, key, columns, user)
            return
        if sent is not None:
            raise invalid("feature_flag", "The feature flag exists already and cannot be configured here.")
        there.project = row.project
        row.feature_flag = variants.adopted(there)

    def change_flag(self, values: dict[str, Any], row: Experiment) -> None:
        """What a PATCH says of the flag, done once the experiment is stored."""
        key = values.pop("feature_flag_key", row.feature_flag.name)
        if key != row.feature_flag.name:
            raise ValidationError("Can't update keys: get_feature_flag_key on Experiment")
        forced = values.pop("update_feature_flag_params", False)
        given = values.pop("feature_flag", None)
        sent = variants.of_input(given) if given is not None else None
        if sent is not None:
            if row.runs and not forced:
                raise invalid("feature_flag", "A running experiment needs update_feature_flag_params: true")
            self.keep_variants(row, sent["filters"])
            row.flag_columns = sent  # type: ignore[attr-defined]
        elif isinstance(values.get("parameters"), dict):
            row.flag_columns = self.of_parameters(values["parameters"], row)  # type: ignore[attr-defined]

    def keep_variants(self, row: Experiment, filters: dict[str, Any]) -> None:
        """Once it is launched, no variant is added or removed. Raises a 400."""
        if row.start_date is None or "multivariate" not in filters:
            return
        keys = {each["key"] for each in filters["multivariate"]["variants"]}
        if keys != {each.get("key") for each in variants_of(row.feature_flag.filters)}:
            raise ValidationError("Can't update feature_flag_variants on Experiment")

    def of_parameters(self, parameters: dict[str, Any], row: Experiment) -> dict[str, Any]:
        """A draft without variants gets control and test (5.4)."""
        meant = variants.of_parameters(without_projection(parameters))
        if "rollout_percentage" not in parameters:
            del meant["groups"]
        if row.start_date is not None:
            if not parameters.get("feature_flag_variants"):
                return {}
            meant = {"multivariate": meant["multivariate"]}
            self.keep_variants(row, meant)
        columns: dict[str, Any] = {"filters": meant}
        if "ensure_experience_continuity" in parameters:
            columns["ensure_experience_continuity"] = parameters["ensure_experience_continuity"]
        return columns

    def after(self, row: Experiment, before: Any | None, user: User | None) -> None:
        """A deleted one keeps its row in the tree (1.4)."""
        if not row.deleted:
            super().after(row, before, user)
        if columns := getattr(row, "flag_columns", {}):
            variants.write(row, columns, user)
        if row.holdout_id != (before.holdout_id if before is not None else None):
            holdouts.write(row, row.holdout, user)
        is_launched = before is not None and before.start_date is None and row.start_date is not None
        if is_launched and not row.feature_flag.active:
            FEATURE_FLAGS.change(row.feature_flag, {"active": True}, user)
        # Until 2025 a change of the flag has copied its variants here.
        row.parameters = Experiment.objects.values_list("parameters", flat=True).get(pk=row.pk)

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`status` in place of the dates that it represents, and the flag by its key."""
        given = dict(given)
        status = given.get("status")
        if isinstance(given.get("feature_flag"), str):
            given["feature_flag_key"] = given.pop("feature_flag")
        sent: dict[str, Any] = {}
        if status in {"running", "paused", "stopped", "archived"}:
            sent["start_date"] = timezone.now() - timedelta(days=1)
        if status in {"stopped", "archived"}:
            sent["end_date"] = timezone.now()
        if status == "archived":
            sent["archived"] = True
        if status == "paused":
            FeatureFlag.objects.filter(project=parent, name=given.get("feature_flag_key")).update(
                active=False
            )
        if generation() >= 2026:
            sent["allow_unknown_events"] = True
        return {"name": name, **sent, **{key: value for key, value in given.items() if key != "status"}}

    def filler(self, number: int, parent: Any) -> Experiment:
        key = f"experiment-{number:05}"
        made = FeatureFlag.objects.create(
            project=parent, name=key, filters=variants.of_parameters({}), active=False
        )
        return Experiment(project=parent, name=f"Experiment {number:05}", feature_flag=made)


def without_projection(parameters: dict[str, Any]) -> dict[str, Any]:
    """Without what reads add to each variant."""
    given = parameters.get("feature_flag_variants")
    if not isinstance(given, list):
        return parameters
    kept = [
        {name: value for name, value in each.items() if name != "split_percent"}
        if isinstance(each, dict)
        else each
        for each in given
    ]
    return {**parameters, "feature_flag_variants": kept}


EXPERIMENTS = Experiments()
