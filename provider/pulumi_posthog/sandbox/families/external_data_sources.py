"""Sources of the warehouse and their tables (posthog-api-analytics.md 11)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.ruled import RuledView
from pulumi_posthog.sandbox.rules.access import drop_rules
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, Log, view_of
from pulumi_posthog.sandbox.rules.fields import CREATED_AT, ID, flag, json, read_only, text, writable
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.representation import instant

SECRETS = ("secret", "password", "token", "key", "credential", "passphrase")
METHODS = ("warehouse", "direct")


class ExternalDataSource(models.Model):
    """Where tables come from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="external_data_sources")
    source_type = models.CharField(max_length=128)
    prefix = models.CharField(max_length=100, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    access_method = models.CharField(max_length=20, default="warehouse")
    job_inputs = models.JSONField(default=dict, blank=True, editable=False)
    status = models.CharField(max_length=20, default="Running")
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Warehouse source"

    def __str__(self) -> str:
        return f"{self.source_type} {self.prefix or ''}".strip()


class ExternalDataSchema(models.Model):
    """One table of a source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="external_data_schemas")
    source = models.ForeignKey(ExternalDataSource, on_delete=models.CASCADE, related_name="schemas")
    name = models.CharField(max_length=400)
    should_sync = models.BooleanField(default=True)
    sync_type = models.CharField(max_length=30, null=True, blank=True)
    sync_frequency = models.CharField(max_length=10, default="6hour")
    incremental_field = models.CharField(max_length=400, null=True, blank=True)
    incremental_field_type = models.CharField(max_length=40, null=True, blank=True)
    deleted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Warehouse table"

    def __str__(self) -> str:
        return self.name


def is_secret(name: str) -> bool:
    """Whether an input of that name is never answered."""
    return any(each in name.lower() for each in SECRETS)


def told(inputs: Any) -> Any:
    """Secrets are never answered, at whatever depth they are."""
    if isinstance(inputs, list):
        return [told(each) for each in inputs]
    if not isinstance(inputs, dict):
        return inputs
    return {name: told(value) for name, value in inputs.items() if not is_secret(name)}


def with_kept_secrets(given: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """What is sent for an object within the inputs, and the secrets of it that are not sent."""
    secrets = {name: value for name, value in kept.items() if is_secret(name)}
    below = {
        name: with_kept_secrets(value, kept[name])
        for name, value in given.items()
        if isinstance(value, dict) and isinstance(kept.get(name), dict)
    }
    return {**secrets, **given, **below}


class ExternalDataSchemas(Family):
    """Tables of the sources of a project: they are made and deleted with their source."""

    name = "external_data_schemas"
    model = ExternalDataSchema
    scope = "external_data_schema"
    title = "warehouse table"
    keys_since = 2025
    methods = ("list", "retrieve", "partial_update", "update")
    deletion = "marked"
    related = ("source",)
    log = Log("ExternalDataSchema", names={"should_sync": "enabled"})
    fields = (
        ID,
        read_only("name"),
        writable("should_sync", flag),
        writable("sync_type", text, nullable=True),
        writable("sync_frequency", text),
        writable("incremental_field", text, nullable=True),
        writable("incremental_field_type", text, nullable=True),
        read_only("status", lambda _row: None),
        read_only("latest_error", lambda _row: None),
        read_only("last_synced_at", lambda _row: None),
        read_only("table", lambda _row: None),
    )
    on_page = ("name", "source", "project", "should_sync", "sync_type")
    not_on_page = ()

    def filler(self, number: int, parent: Any) -> ExternalDataSchema:
        source, _ = ExternalDataSource.objects.get_or_create(
            project=parent, source_type="Postgres", prefix="bulk"
        )
        return ExternalDataSchema(project=parent, source=source, name=f"table_{number:05}")


EXTERNAL_DATA_SCHEMAS = ExternalDataSchemas()


def living_schemas(row: ExternalDataSource) -> list[dict[str, Any]]:
    """The tables of a source that are not deleted, as an answer has them."""
    rows = ExternalDataSchema.objects.filter(source=row, deleted=False).order_by("name", "pk")
    return [EXTERNAL_DATA_SCHEMAS.represent(each) for each in rows]


class ExternalDataSources(Family):
    """Sources of a project: connected when they are made, which here always works."""

    name = "external_data_sources"
    model = ExternalDataSource
    scope = "external_data_source"
    resource = "external_data_source"
    title = "warehouse source"
    keys_since = 2025
    deletion = "marked"
    log = Log("ExternalDataSource", left_out=("status",), names={"job_inputs": "configuration"})
    actions = (
        Action("post", "reload", "reload", scopes="write"),
        Action("post", "refresh_schemas", "refresh_schemas", scopes="write"),
    )
    fields = (
        ID,
        CREATED_AT,
        read_only("created_by", lambda row: row.created_by.email if row.created_by else None),
        read_only("status"),
        writable("source_type", text, required=True, max_length=128, taken_on="create"),
        writable("prefix", text, nullable=True, allow_blank=True, max_length=100, taken_on="create"),
        writable("description", text, nullable=True, allow_blank=True),
        writable("access_method", text),
        writable("payload", json, write_only=True, taken_on="create"),
        writable("job_inputs", json, nullable=True, taken_on="update", show=lambda row: told(row.job_inputs)),
        read_only("latest_error", lambda _row: None),
        read_only("last_run_at", lambda _row: instant(None)),
        read_only("schemas", living_schemas),
    )
    on_page = ("__str__", "project", "access_method", "deleted")

    def check(
        self, values: dict[str, Any], row: ExternalDataSource, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        if row._state.adding:
            payload = values.pop("payload", None) or {}
            row.tables = payload.get("schemas") or []  # type: ignore[attr-defined]
            row.job_inputs = {name: value for name, value in payload.items() if name != "schemas"}
            return values
        if values.get("access_method", row.access_method) != row.access_method:
            raise invalid("access_method", "The access method cannot be changed.")
        given = values.pop("job_inputs", None)
        if given is not None and not isinstance(given, dict):
            raise invalid("job_inputs", "Expected an object.")
        # Merged: what is not sent stays, secrets too.
        values["job_inputs"] = {**row.job_inputs, **with_kept_secrets(given or {}, row.job_inputs)}
        return values

    def masked(self) -> tuple[str, ...]:
        return (*super().masked(), "configuration")

    def after(self, row: ExternalDataSource, before: Any | None, user: User | None) -> None:
        for table in getattr(row, "tables", ()):
            known = {"name", "should_sync", "sync_type", "incremental_field", "incremental_field_type"}
            columns = {name: value for name, value in table.items() if name in known and value is not None}
            ExternalDataSchema.objects.create(project=row.project, source=row, **columns)
        row.tables = []  # type: ignore[attr-defined]

    def gone(self, row: ExternalDataSource, user: User | None) -> None:
        ExternalDataSchema.objects.filter(source=row.pk).update(deleted=True)
        drop_rules(row.project, self.resource, str(row.pk))

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        return {"prefix": name, "source_type": "Postgres", **given}

    def filler(self, number: int, parent: Any) -> ExternalDataSource:
        return ExternalDataSource(project=parent, source_type="Postgres", prefix=f"p{number:05}")


class ExternalDataSourceView(RuledView):
    """`/api/projects/{id}/external_data_sources/`: POST answers the id only, and errors that are bare."""

    family: ClassVar[ExternalDataSources]

    def create(self, request: Request, **_kwargs: Any) -> Response:
        sent = request.data if isinstance(request.data, dict) else {}
        if problem := self.problem(sent):
            return Response({"message": problem}, status=400)
        made = self.family.create(self.project, sent, self.caller, request)
        return Response({"id": str(made.pk)}, status=201)

    def problem(self, sent: dict[str, Any]) -> str:
        """Empty where there is none."""
        source_type, prefix = sent.get("source_type"), sent.get("prefix") or None
        payload = sent.get("payload")
        if not isinstance(source_type, str) or not source_type:
            return "Source type is required"
        if sent.get("access_method", METHODS[0]) not in METHODS:
            return "Invalid access method"
        same = ExternalDataSource.objects.filter(project=self.project, source_type=source_type, deleted=False)
        if prefix is None and same.exists():
            return "Source type already exists. Prefix is required"
        if prefix is not None and same.filter(prefix=str(prefix)).exists():
            return "Prefix already exists"
        tables = payload.get("schemas") if isinstance(payload, dict) else None
        if not isinstance(tables, list) or not tables:
            return "Schemas not given"
        if not all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in tables):
            return "Schemas given do not exist in source"
        wrong = [
            name
            for each in tables
            for name, value in each.items()
            if name in TEXTS and not isinstance(value, str | None)
        ]
        if wrong or not all(isinstance(each.get("should_sync", True), bool) for each in tables):
            return "Schemas given do not exist in source"
        return ""

    def reload(self, _request: Request, **_kwargs: Any) -> Response:
        """Nothing is fetched."""
        self.target()
        return Response(status=201)

    def refresh_schemas(self, _request: Request, **_kwargs: Any) -> Response:
        self.target()
        return Response(status=200)


TEXTS = {"sync_type", "incremental_field", "incremental_field_type"}
EXTERNAL_DATA_SOURCES = ExternalDataSources()
VIEW = view_of(EXTERNAL_DATA_SOURCES, ExternalDataSourceView)
