"""Exports: asked for, made in the background, fetched (10.6)."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

EXPORTS_EXPIRE = timedelta(days=180)


def half_a_year_from_now() -> datetime:
    """`expires_after` of an export."""
    return timezone.now() + EXPORTS_EXPIRE


class ExportedAsset(models.Model):
    """A picture or a file made of a dashboard, an insight or a query (10.6)."""

    project = models.ForeignKey("sandbox.Project", on_delete=models.CASCADE, related_name="exports")
    dashboard = models.ForeignKey(
        "sandbox.ProjectObject", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    insight = models.ForeignKey(
        "sandbox.ProjectObject", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    export_format = models.CharField(max_length=100)
    export_context = models.JSONField(null=True, blank=True)
    exception = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey(
        "sandbox.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(default=timezone.now)
    expires_after = models.DateTimeField(default=half_a_year_from_now)

    class Meta:
        verbose_name = "Export"

    def __str__(self) -> str:
        return f"{self.export_format} {self.pk}"

    @property
    def thing(self) -> Any:
        """The dashboard or the insight."""
        return self.dashboard or self.insight


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    "image/png": "png",
    "application/pdf": "pdf",
    "text/csv": "csv",
    SPREADSHEET: "xlsx",
    "video/webm": "webm",
    "video/mp4": "mp4",
    "image/gif": "gif",
    "application/json": "json",
}
OF_OBJECTS = ("dashboard", "insight")


def chunk(name: bytes, data: bytes) -> bytes:
    """One piece of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(_asset: ExportedAsset) -> bytes:
    """A small picture that any program can open."""
    width, height = 320, 180
    row = b"\x00" + bytes((0xEE, 0xEF, 0xE9)) * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def facts(asset: ExportedAsset) -> dict[str, Any]:
    """What an export of the sandbox is about."""
    thing = asset.thing
    return {"type": thing.type if thing else "export", "name": thing.name if thing else ""}


def as_csv(asset: ExportedAsset) -> bytes:
    """The file of an export as CSV: a header and a row of what it is about."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(facts(asset).keys())
    writer.writerow(facts(asset).values())
    return text.getvalue().encode()


def as_json(asset: ExportedAsset) -> bytes:
    """The file of an export as JSON: an object of what it is about."""
    return json.dumps(facts(asset)).encode()


def pdf(_asset: ExportedAsset) -> bytes:
    """One empty page."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 320 180] >>",
    )
    document, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(document)
    document += b"xref\n0 4\n0000000000 65535 f \n"
    document += b"".join(b"%010d 00000 n \n" % place for place in places)
    return document + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


MAKERS: Mapping[str, Callable[[ExportedAsset], bytes]] = {
    "image/png": png,
    "application/pdf": pdf,
    "text/csv": as_csv,
    "application/json": as_json,
}


class ExportInput(serializers.Serializer[Any]):
    """10.6."""

    id = serializers.IntegerField(read_only=True)
    dashboard = serializers.IntegerField(required=False, allow_null=True)
    insight = serializers.IntegerField(required=False, allow_null=True)
    export_format = serializers.ChoiceField(choices=list(FORMATS))
    created_at = serializers.DateTimeField(read_only=True)
    has_content = serializers.BooleanField(read_only=True)
    export_context = serializers.JSONField(required=False, allow_null=True)
    filename = serializers.CharField(read_only=True)
    expires_after = serializers.DateTimeField(read_only=True)
    exception = serializers.CharField(read_only=True)


def is_ready(asset: ExportedAsset) -> bool:
    """Whether it was made by now, and could be."""
    return asset.export_format in MAKERS and timezone.now() >= asset.ready_at


def file_name(asset: ExportedAsset) -> str:
    """`export-launch-board.png`."""
    slug = re.sub(r"[^a-z0-9]+", "-", str(facts(asset)["name"]).lower()).strip("-")
    return (
        f"export-{slug}.{FORMATS[asset.export_format]}" if slug else f"export.{FORMATS[asset.export_format]}"
    )


def represented(asset: ExportedAsset) -> dict[str, Any]:
    """10.6. What the sandbox cannot make fails as an export does: `exception` says so, there is no content."""
    failed = timezone.now() >= asset.ready_at and asset.export_format not in MAKERS
    return {
        "id": asset.pk,
        "dashboard": asset.dashboard_id,
        "insight": asset.insight_id,
        "export_format": asset.export_format,
        "created_at": moment(asset.created_at),
        "has_content": is_ready(asset),
        "export_context": asset.export_context,
        "filename": file_name(asset),
        "expires_after": moment(asset.expires_after),
        "exception": f"The sandbox cannot make {asset.export_format}." if failed else asset.exception,
    }


class ExportView(PostHogView):
    """`/api/{projects,environments}/{id}/exports/`."""

    scope_object = "export"
    serializer_class = ExportInput
    mapped_actions: ClassVar[Mapping[str, tuple[int, str]]] = {"content": (2024, "read")}

    def of_project(self) -> Any:
        return (
            ExportedAsset.objects.filter(project=self.project, expires_after__gt=timezone.now())
            .select_related("dashboard", "insight")
            .order_by("-created_at", "-pk")
        )

    def target(self) -> ExportedAsset:
        id_ = self.kwargs["id"]
        known = id_.isascii() and id_.isdigit() and len(id_) < 19
        found = self.of_project().filter(pk=int(id_)).first() if known else None
        if not isinstance(found, ExportedAsset):
            raise NotFound
        return found

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return self.page_response([represented(row) for row in self.page(self.of_project())])

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented(self.target()))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = ExportInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        context = values.get("export_context")
        if not any(values.get(name) for name in OF_OBJECTS) and not context:
            raise ValidationError("Either dashboard, insight or export_context is required for an export.")
        if context is not None and not isinstance(context, dict):
            raise invalid("export_context", "Expected an object.")
        made = ExportedAsset.objects.create(
            project=self.project,
            dashboard=self.thing("dashboard", values.get("dashboard")),
            insight=self.thing("insight", values.get("insight")),
            export_format=values["export_format"],
            export_context=context,
            created_by=self.caller,
            ready_at=timezone.now() + timedelta(seconds=SWITCHES.export_seconds),
        )
        self.log(made)
        return Response(represented(made), status=201)

    def log(self, asset: ExportedAsset) -> None:
        """Exports of insights are logged, those of dashboards are not [server: posthog/api/exports.py]."""
        insight = asset.insight
        if insight is None or asset.dashboard is not None:
            return
        change = {
            "type": "Insight",
            "action": "exported",
            "field": "export_format",
            "before": None,
            "after": asset.export_format,
        }
        activity.log(
            scope="Insight",
            activity="exported",
            item_id=insight.pk,
            name=insight.name,
            user=self.caller,
            project=self.project,
            changes=[change],
        )

    def thing(self, type_: str, id_: int | None) -> ProjectObject | None:
        """What is exported; it has to be of this project."""
        if not id_:
            return None
        found = ProjectObject.objects.filter(pk=id_, type=type_, deleted=False).first()
        if found is None:
            raise invalid(type_, f'Invalid pk "{id_}" - object does not exist.', "does_not_exist")
        if found.project_id != self.project.pk:
            raise invalid(type_, f"This {type_} does not belong to your team.")
        return found

    def content(self, request: Request, **_kwargs: Any) -> HttpResponse:
        """The file; 404 as long as there is none."""
        asset = self.target()
        if not is_ready(asset):
            raise NotFound
        how = "attachment" if request.query_params.get("download") == "true" else "inline"
        return HttpResponse(
            MAKERS[asset.export_format](asset),
            content_type=asset.export_format,
            headers={"Content-Disposition": f'{how}; filename="{file_name(asset)}"'},
        )
