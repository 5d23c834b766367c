"""The endpoints of experiments (posthog-api-release.md 5.1, 5.2, 5.6)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.cohorts.family import COHORTS
from pulumi_posthog.sandbox.families.experiments import variants
from pulumi_posthog.sandbox.families.experiments.family import CONCLUSIONS, EXPERIMENTS, Experiments
from pulumi_posthog.sandbox.families.experiments.models import Experiment
from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.feature_flags.filters import variants_of
from pulumi_posthog.sandbox.families.project_objects import ObjectView
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import ordered_by, view_of
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.switches import SWITCHES

ORDERS = ordered_by("name", "created_at", "updated_at", "start_date", "end_date")


class ExperimentView(ObjectView):
    """`/api/projects/{id}/experiments/`."""

    family: ClassVar[Experiments]

    def represent(self, row: Any) -> dict[str, Any]:
        """Lists lack metrics and much else since August 2026 (5.2)."""
        item = super().represent(row)
        if self.action == "list" and generation() >= LATER_2026:
            left_out = {each.name for each in self.family.fields if not each.in_list}
            return {name: value for name, value in item.items() if name not in left_out}
        return item

    def filtered(self, request: Request) -> QuerySet[Any] | list[Any]:
        asked = request.query_params
        rows = self.family.visible(self.family.rows_of(self.project))
        if SWITCHES.age >= 2025:
            rows = rows.filter(archived=asked.get("archived", "").lower() == "true")
        for name in ("created_by_id", "feature_flag_id"):
            if asked.get(name, "").isdigit():
                rows = rows.filter(**{name: int(asked[name])})
        if asked.get("search"):
            rows = rows.filter(name__icontains=asked["search"])
        if asked.get("order"):
            rows = ORDERS(rows, "order", asked["order"])
        status = asked.get("status", "all")
        wanted = "stopped" if status == "complete" else status
        if wanted not in {"all", "draft", "running", "paused", "stopped"}:
            raise invalid("status", "Invalid status.", "invalid_choice")
        chosen = [row for row in rows if wanted in {"all", row.status}]
        return self.listed(chosen)

    # What 2026 can do by name (5.1).

    def done(self, row: Experiment, **values: Any) -> Response:
        """Changes these columns, as a PATCH does; the answer."""
        return Response(self.represent(self.family.change(row, values, self.caller, self.request)))

    def body(self) -> dict[str, Any]:
        return self.request.data if isinstance(self.request.data, dict) else {}

    def launched_one(self) -> Experiment:
        """The experiment of the URL; 400 for one that does not run."""
        row: Experiment = self.target()
        if row.start_date is None:
            raise ValidationError("Experiment has not been launched yet.")
        if row.end_date is not None:
            raise ValidationError("Experiment has already ended.")
        return row

    def switch(self, row: Experiment, *, on: bool) -> Response:
        """Switches the experiment's flag on or off; the answer."""
        FEATURE_FLAGS.change(row.feature_flag, {"active": on}, self.caller)
        return Response(self.represent(row))

    def launch(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        if row.start_date is not None:
            raise ValidationError("Experiment has already been launched.")
        if row.feature_flag.deleted:
            raise ValidationError("Experiment cannot be launched because its feature flag has been deleted.")
        return self.done(row, start_date=timezone.now())

    def pause(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.launched_one()
        if not row.feature_flag.active:
            raise ValidationError("Experiment is already paused.")
        return self.switch(row, on=False)

    def resume(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.launched_one()
        if row.feature_flag.active:
            raise ValidationError("Experiment is not paused.")
        return self.switch(row, on=True)

    def concluded(self) -> dict[str, Any]:
        """The conclusion that was sent, and its comment; 400 for a word that is none."""
        sent = self.body()
        if sent.get("conclusion") not in {None, *CONCLUSIONS}:
            raise invalid("conclusion", f"One of {', '.join(CONCLUSIONS)}.", "invalid_choice")
        return {name: sent[name] for name in ("conclusion", "conclusion_comment") if name in sent}

    def end(self, _request: Request, **_kwargs: Any) -> Response:
        return self.done(self.launched_one(), end_date=timezone.now(), **self.concluded())

    def ship_variant(self, _request: Request, **_kwargs: Any) -> Response:
        """All who are in the experiment get the variant; with `release_to_everyone`, everybody does."""
        row = self.target()
        if row.start_date is None:
            raise ValidationError("Experiment has not been launched yet.")
        sent, filters = self.body(), deepcopy(row.feature_flag.filters)
        keys = [each.get("key") for each in variants_of(filters)]
        if sent.get("variant_key") not in keys:
            raise invalid("variant_key", f"One of {', '.join(str(each) for each in keys)}.")
        for each in variants_of(filters):
            each["rollout_percentage"] = 100 if each["key"] == sent["variant_key"] else 0
        if sent.get("release_to_everyone"):
            filters["groups"] = [{"properties": [], "rollout_percentage": 100}, *filters.get("groups", [])]
        FEATURE_FLAGS.change(row.feature_flag, {"filters": filters}, self.caller)
        ended = {} if row.end_date is not None else {"end_date": timezone.now()}
        return self.done(row, **ended, **self.concluded())

    def archive(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        if row.archived:
            raise ValidationError("Experiment is already archived.")
        if row.end_date is None:
            raise ValidationError("Experiment must be ended before it can be archived.")
        if self.body().get("disable_feature_flag") and row.feature_flag.active:
            FEATURE_FLAGS.change(row.feature_flag, {"active": False}, self.caller)
        return self.done(row, archived=True)

    def unarchive(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        if not row.archived:
            raise ValidationError("Experiment is not archived.")
        return self.done(row, archived=False)

    def reset(self, _request: Request, **_kwargs: Any) -> Response:
        """A draft again; the flag stays as it is."""
        row = self.target()
        if row.start_date is None:
            raise ValidationError("Experiment is already in draft state.")
        nothing = dict.fromkeys(("start_date", "end_date", "conclusion", "conclusion_comment"))
        return self.done(row, archived=False, **nothing)

    def copied(self, row: Experiment, project: Any, name: str, key: str) -> Response:
        """A draft with the same metrics."""
        sent = {
            "name": name,
            "description": row.description,
            "feature_flag_key": key,
            "metrics": row.metrics,
            "metrics_secondary": row.metrics_secondary,
            "exposure_criteria": row.exposure_criteria,
            "stats_config": row.stats_config,
            "parameters": {"feature_flag_variants": variants_of(row.feature_flag.filters)},
        }
        if generation() >= 2026:
            sent["allow_unknown_events"] = True
        made = self.family.create(project, sent, self.caller, self.request)
        return Response(self.represent(made), status=201)

    def duplicate(self, _request: Request, **_kwargs: Any) -> Response:
        """With the same flag, unless another is named."""
        row = self.target()
        key = self.body().get("feature_flag_key") or row.feature_flag.name
        return self.copied(row, self.project, f"{row.name} (Copy)", str(key))

    def copy_to_project(self, _request: Request, **_kwargs: Any) -> Response:
        """Into another one of the organization; its body, `{"target_project_id"}`, is a guess."""
        row, id_ = self.target(), self.body().get("target_project_id")
        if not isinstance(id_, int):
            raise invalid("target_project_id", "This field is required.", "required")
        project = living_projects().filter(organization=self.organization, pk=id_).first()
        if project is None:
            raise NotFound("Project not found.")
        return self.copied(row, project, row.name, row.feature_flag.name)

    def create_exposure_cohort(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        leaf = {
            "type": "behavioral",
            "key": "$feature_flag_called",
            "event_type": "events",
            "value": "performed_event",
            "time_value": 30,
            "time_interval": "day",
        }
        group = {"type": "OR", "values": [{"type": "OR", "values": [leaf]}]}
        sent = {"name": f'Users exposed to experiment "{row.name}"', "filters": {"properties": group}}
        made = COHORTS.create(self.project, sent, self.caller, self.request)
        row.exposure_cohort = made.pk
        row.save()
        return Response({"cohort": COHORTS.represent(made)}, status=201)

    # Reads; nothing is measured here.

    def timeseries_results(self, _request: Request, **_kwargs: Any) -> Response:
        return Response({"experiment_id": self.target().pk, "timeseries": {}})

    def requires_flag(self, _request: Request, **_kwargs: Any) -> Response:
        return Response({"result": self.target().start_date is None})

    def stats(self, _request: Request, **_kwargs: Any) -> Response:
        rows = self.family.visible(self.family.rows_of(self.project))
        return Response({"total": rows.count()})

    def eligible_feature_flags(self, _request: Request, **_kwargs: Any) -> Response:
        rows = FeatureFlag.objects.filter(project=self.project, deleted=False, owner="").order_by("-pk")
        found = [FEATURE_FLAGS.represent(row) for row in rows if variants.is_eligible(row)]
        return Response({"results": found, "count": len(found)})


VIEW = view_of(EXPERIMENTS, ExperimentView)
