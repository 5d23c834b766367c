"""Batch exports: events, persons or sessions copied elsewhere every hour, day or week (4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.batch_export_destinations import (
    ALL_TYPES,
    INLINE,
    LATER,
    check_config,
    check_together,
    form_of,
    merged,
    of_destination,
    without_secrets,
)
from pulumi_posthog.sandbox.families.batch_export_models import BatchExport
from pulumi_posthog.sandbox.families.batch_export_runs import (
    BackfillInput,
    BackfillPages,
    BatchExportBackfill,
    BatchExportRun,
    RunPages,
    begin,
    cancel_all,
    cancel_backfill,
    cancel_run,
    latest,
    listed_runs,
    one,
    shown_backfill,
    shown_run,
)
from pulumi_posthog.sandbox.families.integrations import Integration
from pulumi_posthog.sandbox.families.projects.closed_lists import TIMEZONES
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation, within
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, Log, view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    ID,
    choice,
    flag,
    integer,
    objects,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

INTERNAL_TYPE = "Workflows"
RUN = "(?P<run_id>[^/]+)"
NOW = (2026, 2026)
STEPS = ("credentials", "destination")
"""What a connection test tries; which steps PostHog has is not told."""


FLAGGED_INTERVALS = ("every 5 minutes", "every 15 minutes")
PROPERTY_TYPES = {"event", "person", "hogql", "group", "session", "element", "cohort"}


class Destination(serializers.Serializer[Any]):
    """What is sent as `destination`; its keys are looked at one by one (4.4)."""

    type = serializers.CharField(required=False)
    config = serializers.DictField(required=False)
    integration = serializers.IntegerField(required=False, allow_null=True)
    integration_id = serializers.IntegerField(required=False, allow_null=True)


def as_texts(value: Any) -> Any:
    """From 2025 to the middle of 2026 a GET shows booleans and numbers so (4.5)."""
    return str(value) if isinstance(value, bool | int | float) else value


def destination_of(row: BatchExport, *, as_stored: bool) -> dict[str, Any]:
    """4.4; `as_stored`: as a GET shows it, not the answer of a write."""
    config = without_secrets(row.type, row.config)
    if as_stored and within((2025, 2026.25)):
        config = {name: as_texts(value) for name, value in config.items()}
    shown: dict[str, Any] = {"type": row.type, "config": config}
    if SWITCHES.age >= 2026:
        shown["integration"] = row.integration_id
    return shown


class BatchExports(Family):
    """Batch exports of a project."""

    name = "batch_exports"
    model = BatchExport
    scope = "batch_export"
    title = "batch export"
    deletion = "marked"
    related = ("integration", "project")
    log = Log(
        "BatchExport",
        left_out=("type", "config", "integration", "last_updated_at"),
        names={"paused": "enabled"},
    )
    actions = (
        Action("post", "pause", "pause", scopes="write"),
        Action("post", "unpause", "unpause", scopes="write"),
        Action("get", "runs", "runs", scopes="read"),
        Action("get", f"runs/{RUN}", "run", scopes="read"),
        Action("post", f"runs/{RUN}/retry", "retry", scopes="write"),
        Action("post", f"runs/{RUN}/cancel", "cancel", scopes="write"),
        Action("get", "backfills", "backfills", scopes="read"),
        Action("post", "backfills", "backfill", scopes="write"),
        Action("get", f"backfills/{RUN}", "one_backfill", scopes="read"),
        Action("post", f"backfills/{RUN}/cancel", "cancel_backfill", scopes="write"),
        Action("get", "logs", "logs"),
        Action("get", "test", "test", of_one=False, scopes="read", keys_since=2026),
        Action(
            "post", "run_test_step_new", "test_step_of_new", of_one=False, scopes="write", keys_since=2026
        ),
        Action("post", "run_test_step", "test_step", scopes="write", keys_since=2026),
    )
    fields = (
        ID,
        read_only("team_id", lambda row: row.project_id),
        writable("name", text),
        writable("model", choice, nullable=True, choices=("events", "persons", "sessions", "hogql")),
        writable("destination", Destination, show=lambda row: destination_of(row, as_stored=True)),
        writable("interval", choice, choices=("hour", "day", "week", *FLAGGED_INTERVALS)),
        writable("paused", flag),
        CREATED_AT,
        read_only("last_updated_at", lambda row: moment(row.last_updated_at)),
        writable("last_paused_at", timestamp, nullable=True, show=lambda row: moment(row.last_paused_at)),
        writable("start_at", timestamp, nullable=True, show=lambda row: moment(row.start_at)),
        writable("end_at", timestamp, nullable=True, show=lambda row: moment(row.end_at)),
        read_only("latest_runs", latest),
        writable("hogql_query", text, nullable=True, allow_blank=True, write_only=True, ages=INLINE),
        writable("hogql_query", text, nullable=True, allow_blank=True, ages=LATER),
        read_only(
            "schema", lambda row: {"hogql_query": reprinted(row.hogql_query)} if row.hogql_query else None
        ),
        writable("filters", objects, nullable=True),
        writable("timezone", choice, nullable=True, choices=TIMEZONES, ages=(2026, 2026)),
        writable("offset_day", integer, nullable=True, min_value=0, max_value=6, ages=(2026, 2026)),
        writable("offset_hour", integer, nullable=True, min_value=0, max_value=23, ages=(2026, 2026)),
    )
    on_page = ("name", "type", "project", "interval", "paused", "deleted")
    not_on_page = ()

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """One type is PostHog's own."""
        return super().visible(rows).exclude(type=INTERNAL_TYPE)

    def check(
        self, values: dict[str, Any], row: BatchExport, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        made, whole = (
            row._state.adding,
            row._state.adding or (request is not None and request.method == "PUT"),
        )
        for name in ("name", "destination", "interval"):
            if whole and name not in values:
                raise invalid(name, "This field is required.", "required")
        if values.get("interval") in FLAGGED_INTERVALS:
            raise PermissionDenied("Higher frequency exports are not enabled for this team.")
        self.check_model(values, row)
        self.check_offsets(values, row)
        for each in values.get("filters") or []:
            if SWITCHES.age >= 2026 and each.get("type") not in PROPERTY_TYPES:
                raise invalid("filters", "Unsupported type of a filter.")
            if generation() >= LATER_2026 and (values.get("model") or row.model or "events") != "events":
                raise invalid("filters", "Filters are only supported for the events model.")
        if "destination" in values:
            sent = values.pop("destination")
            if "type" not in sent or "config" not in sent:
                raise (
                    invalid("destination", "This field is required.", "required")
                    if made
                    else Unhandled("a destination has a type and a config")
                )
            values |= self.checked_destination(sent, row, whole=whole)
        if "timezone" in values:
            values["timezone"] = values["timezone"] or "UTC"
        return values

    def check_model(self, values: dict[str, Any], row: BatchExport) -> None:
        """HogQL is behind a flag, and nothing becomes it or ceases to be it."""
        wanted = values.get("model")
        if wanted == "hogql" and generation() < LATER_2026:
            raise invalid("model", '"hogql" is not a valid choice.', "invalid_choice")
        if not row._state.adding and wanted and wanted != row.model and "hogql" in {wanted, row.model}:
            raise invalid("model", "Cannot change the model from or to 'hogql'.")
        if wanted == "hogql":
            raise PermissionDenied("HogQL batch exports are not enabled for this team.")
        if wanted == "sessions" and SWITCHES.age < 2026:
            raise PermissionDenied("The sessions model is not enabled for this team.")

    def check_offsets(self, values: dict[str, Any], row: BatchExport) -> None:
        """day: an hour; week: a day and an hour; else none (4.3)."""
        given = {name for name in ("offset_day", "offset_hour") if values.get(name) is not None}
        if given and "interval" not in values:
            raise Unhandled("an offset without an interval")
        interval = values.get("interval", row.interval)
        known = {"week": {"offset_day", "offset_hour"}, "day": {"offset_hour"}}.get(interval, set())
        for name in sorted(given - known):
            raise invalid(name, f"{name} is not applicable to the interval {interval}.")
        if interval == "week" and given and given != known:
            raise invalid(min(known - given), "A week has a day and an hour.")
        if "interval" in values and SWITCHES.age >= 2026:
            for name in ("offset_day", "offset_hour"):
                if name not in known:
                    values[name] = None
                elif values.get(name) is None and (name in values or getattr(row, name) is None):
                    values[name] = 0

    def checked_destination(
        self, sent: Mapping[str, Any], row: BatchExport, *, whole: bool
    ) -> dict[str, Any]:
        """Columns of a destination; `whole`: what is required has to be there. Raises a 400."""
        type_, config = str(sent["type"]), dict(sent["config"])
        made = row._state.adding
        id_ = sent.get("integration", sent.get("integration_id"))
        integration = row.integration
        if "integration" in sent or "integration_id" in sent:
            integration = Integration.objects.filter(project=row.project, pk=id_).first() if id_ else None
            if id_ and integration is None:
                raise ValidationError(
                    {"destination": {"integration": [f'Invalid pk "{id_}" - object does not exist.']}},
                    code="does_not_exist",
                )
        form = form_of(
            type_,
            inline=not made and row.integration_id is None and row.type == type_,
            names_integration=integration is not None,
        )
        if form is None:
            raise ValidationError(
                {"destination": {"type": [f'"{type_}" is not a valid choice.']}}, code="invalid_choice"
            )
        if form.behind_a_flag and within(form.behind_a_flag):
            raise PermissionDenied(f"{type_} batch exports are not enabled for this team.")
        if not made and type_ != row.type and SWITCHES.age >= 2026:
            raise of_destination(f"Cannot change destination type from {row.type} to {type_}.")
        if form.integration and integration is None:
            raise of_destination(f"Integration is required for {type_} batch exports")
        if form.integration and integration is not None and integration.kind != form.integration:
            raise of_destination(f"Integration is not of the kind {form.integration}.")
        check_config(type_, form, config, whole=whole)
        stored = {} if made else row.config
        found = merged(stored, config)
        check_together(type_, found)
        return {"type": type_, "config": found, "integration": integration}

    def gone(self, row: BatchExport, user: User | None) -> None:
        """What runs is cancelled (4.6)."""
        cancel_all(row)

    def after(self, row: BatchExport, before: BatchExport | None, user: User | None) -> None:
        row.integration_id = row.integration.pk if row.integration else None

    def represent(self, row: Any, *, abbreviated: bool = False, written: bool = False) -> dict[str, Any]:
        """`written`: the answer of a write shows the types that were sent (4.5)."""
        item = super().represent(row, abbreviated=abbreviated)
        if written:
            item["destination"] = destination_of(row, as_stored=False)
        return item

    def write_log(self, row: Any, before: Any | None, user: User | None, *, activity_: str) -> None:
        """Creations since 2026 only; a deletion is an update; changes of the config leave nothing (4.7)."""
        if activity_ == "created" and SWITCHES.age < 2026:
            return
        if activity_ == "deleted":
            change = {
                "type": "BatchExport",
                "action": "changed",
                "field": "deleted",
                "before": False,
                "after": True,
            }
            self.log_changes(row, user, "updated", [change])
            return
        changes = activity.changes("BatchExport", self.logged(before), self.logged(row)) if before else []
        self.log_changes(row, user, activity_, changes)

    def log_changes(self, row: BatchExport, user: User | None, what: str, changes: activity.Changes) -> None:
        activity.log(
            scope="BatchExport",
            activity=what,
            item_id=row.pk,
            name=row.name,
            user=user,
            project=row.project,
            changes=changes,
            context={"destination_type": row.type, "interval": row.interval},
        )

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """With an integration of the kind that the running age asks for, where none is named."""
        sent: dict[str, Any] = {"name": name, "interval": "hour", **given}
        # In a configuration the destination's words stand beside the others.
        beside = {key: sent.pop(key) for key in ("type", "config", "integration") if key in sent}
        destination = {**beside, **(sent.get("destination") or {})}
        names = bool(destination.get("integration"))
        form = form_of(str(destination.get("type")), names_integration=names)
        if form is not None:
            known = {key for key in (destination.get("config") or {}) if key in form.keys or key in ALL_TYPES}
            destination["config"] = {key: destination.get("config", {})[key] for key in known}
            named = destination.pop("integration", None)
            if form.integration:
                destination["integration"] = integration_of(parent, form.integration, named).pk
        return {**sent, "destination": destination}

    def filler(self, number: int, parent: Any) -> BatchExport:
        return BatchExport(
            project=parent,
            name=f"Export {number:05}",
            type="AwsS3" if generation() >= LATER_2026 else "S3",
            config={"bucket_name": "acme", "region": "eu-central-1", "prefix": f"{number}/"},
        )


def integration_of(project: Project, kind: str, named: object) -> Integration:
    """By its id or name; one that is not there is made."""
    rows = Integration.objects.filter(project=project, kind=kind)
    if isinstance(named, int):
        rows = rows.filter(pk=named)
    elif named:
        rows = rows.filter(display_name=str(named).rpartition("/")[2])
    return rows.first() or Integration.objects.create(
        project=project, kind=kind, display_name=str(named or kind).rpartition("/")[2]
    )


def reprinted(query: str) -> str:
    """The server prints a query anew, on one line."""
    return " ".join(query.split())


BATCH_EXPORTS = BatchExports()


class OfBatchExports(FamilyView):
    """Pausing, runs, backfills, and tests of the connection."""

    def create(self, request: Request, **_kwargs: Any) -> Response:
        made = BATCH_EXPORTS.create(self.parent, request.data, self.caller, request)
        return Response(BATCH_EXPORTS.represent(made, written=True), status=201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        row = BATCH_EXPORTS.change(self.target(), request.data, self.caller, request, partial=partial)
        return Response(BATCH_EXPORTS.represent(row, written=True))

    def pause(self, request: Request, **_kwargs: Any) -> Response:
        """Says when it was paused, which a PATCH does not (4.5)."""
        row = self.target()
        if not row.paused:
            before = BatchExport.objects.get(pk=row.pk)
            row.paused, row.last_paused_at = True, now()
            row.save()
            BATCH_EXPORTS.write_log(row, before, self.caller, activity_="updated")
        return Response({"paused": True})

    def unpause(self, request: Request, **_kwargs: Any) -> Response:
        """With `backfill`, what was missed since the pause is made up for (4.5)."""
        row = self.target()
        sent = request.data if isinstance(request.data, dict) else {}
        if sent.get("backfill") and row.paused and row.last_paused_at is not None:
            begin(row, row.last_paused_at, now())
        if row.paused:
            before = BatchExport.objects.get(pk=row.pk)
            row.paused = False
            row.save()
            BATCH_EXPORTS.write_log(row, before, self.caller, activity_="updated")
        return Response({"paused": False})

    # Runs and backfills (4.1): nothing runs by itself here; what was begun lasts until it is ended.

    def listed(self, pages: RunPages, rows: QuerySet[Any], show: Any) -> Response:
        """A page of a cursor: without a count."""
        page = pages.paginate_queryset(rows, self.request, view=self) or []
        return pages.get_paginated_response([show(row) for row in page])

    def runs(self, request: Request, **_kwargs: Any) -> Response:
        return self.listed(RunPages(), listed_runs(self.target(), request), shown_run)

    def run_of_url(self) -> BatchExportRun:
        """The run of the URL; 404 for what the export does not have."""
        found: BatchExportRun = one(
            BatchExportRun.objects.filter(batch_export=self.target()), self.kwargs["run_id"]
        )
        return found

    def run(self, request: Request, **_kwargs: Any) -> Response:
        return Response(shown_run(self.run_of_url()))

    def begun(self, made: BatchExportBackfill) -> Response:
        """The answer to what began a backfill: 201, before 2026 200."""
        return Response({"backfill_id": str(made.pk)}, status=201 if generation() >= 2026 else 200)

    def retry(self, request: Request, **_kwargs: Any) -> Response:
        row = self.run_of_url()
        return self.begun(begin(row.batch_export, row.data_interval_start, row.data_interval_end))

    def cancel(self, request: Request, **_kwargs: Any) -> Response:
        cancel_run(self.run_of_url())
        return Response({"cancelled": True})

    def backfills(self, request: Request, **_kwargs: Any) -> Response:
        rows = BatchExportBackfill.objects.filter(batch_export=self.target())
        return self.listed(BackfillPages(), rows, shown_backfill)

    def backfill(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        given = BackfillInput(data=request.data)
        given.is_valid(raise_exception=True)
        stretch = given.validated_data
        return self.begun(begin(row, stretch["start_at"], stretch["end_at"]))

    def backfill_of_url(self) -> BatchExportBackfill:
        """The backfill of the URL; 404 for what the export does not have."""
        rows = BatchExportBackfill.objects.filter(batch_export=self.target())
        found: BatchExportBackfill = one(rows, self.kwargs["run_id"])
        return found

    def one_backfill(self, request: Request, **_kwargs: Any) -> Response:
        return Response(shown_backfill(self.backfill_of_url()))

    def cancel_backfill(self, request: Request, **_kwargs: Any) -> Response:
        cancel_backfill(self.backfill_of_url())
        return Response({"cancelled": True})

    def logs(self, request: Request, **_kwargs: Any) -> Response:
        """Of a browser's session only; nothing is written there."""
        self.target()
        return Response({"next": None, "previous": None, "results": []})

    # Connection tests (4.1): every destination can be reached from here.

    def test(self, request: Request, **_kwargs: Any) -> Response:
        return Response({"steps": [{"name": name, "description": name} for name in STEPS]})

    def step_result(self, request: Request) -> Response:
        sent = request.data if isinstance(request.data, dict) else {}
        if sent.get("step") not in range(len(STEPS)) or isinstance(sent.get("step"), bool):
            raise invalid("step", f"A step is a number from 0 to {len(STEPS) - 1}.")
        return Response({"status": "Passed", "message": None})

    def test_step(self, request: Request, **_kwargs: Any) -> Response:
        self.target()
        return self.step_result(request)

    def test_step_of_new(self, request: Request, **_kwargs: Any) -> Response:
        return self.step_result(request)


class OrganizationBatchExportView(PostHogView):
    """`/api/organizations/{id}/batch_exports/`: those of all projects (4.2)."""

    scope_object = "batch_export"

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = BATCH_EXPORTS.visible(
            BatchExport.objects.select_related("project", "integration").filter(
                project__organization=self.organization, project__deletion_began_at=None
            )
        ).order_by(*BATCH_EXPORTS.order)
        return self.page_response([BATCH_EXPORTS.represent(row) for row in self.page(rows)])

    def create(self, request: Request, **_kwargs: Any) -> Response:
        raise Unhandled("there is no project")


VIEW = view_of(BATCH_EXPORTS, OfBatchExports)
