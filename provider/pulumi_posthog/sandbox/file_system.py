"""The project tree: rows with paths, nothing of which is unique (7)."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.errors import Unhandled
from pulumi_posthog.sandbox.file_system_deletion import delete_row
from pulumi_posthog.sandbox.file_system_paths import depth_of, make_parents
from pulumi_posthog.sandbox.models import FileSystem, FileSystemShortcut, User
from pulumi_posthog.sandbox.representation import basic_user, moment
from pulumi_posthog.sandbox.switches import SWITCHES
from pulumi_posthog.sandbox.views import PostHogView, as_uuid


class FileSystemInput(serializers.Serializer[Any]):
    """A row as it is written (7.2)."""

    id = serializers.UUIDField(read_only=True)
    path = serializers.CharField()
    depth = serializers.IntegerField(read_only=True, allow_null=True)
    type = serializers.CharField(max_length=100, required=False, allow_blank=True)
    ref = serializers.CharField(max_length=100, required=False, allow_null=True, allow_blank=True)
    href = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    meta = serializers.JSONField(required=False, allow_null=True)
    shortcut = serializers.BooleanField(required=False, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)


def represented_row(row: FileSystem) -> dict[str, Any]:
    """7.2."""
    item: dict[str, Any] = {
        "id": str(row.pk) if row.pk else None,
        "path": row.path,
        "depth": row.depth,
        "type": row.type,
        "ref": row.ref,
        "href": row.href,
        "meta": row.meta,
        "shortcut": row.shortcut,
        "created_at": moment(row.created_at),
        "last_viewed_at": None,
    }
    if SWITCHES.age >= 2026:
        item["user_access_level"] = None
    return item


ORDERS = {"path", "-path", "created_at", "-created_at", "last_viewed_at", "-last_viewed_at"}


class FileSystemView(PostHogView):
    """`/api/environments/{id}/file_system/` and, identical, under projects (7.1)."""

    scope_object = "file_system"
    serializer_class = FileSystemInput
    ages = (2025, 2026)

    def rows(self) -> QuerySet[FileSystem]:
        return FileSystem.objects.filter(project=self.project)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = filtered(self.rows(), request, self.caller)
        page = self.page(ordered(rows, request))
        users = set()
        for row in page:
            # The server looks inside without asking whether there is an inside (7.6).
            if not isinstance(row.meta, dict):
                raise Unhandled("'NoneType' object has no attribute 'get'")
            users.add(row.meta.get("created_by"))
        response = self.page_response([represented_row(row) for row in page])
        if "last_viewed_at" in request.query_params.get("order_by", ""):
            response.data["count"] = len(page)
        found = User.objects.filter(pk__in=[each for each in users if isinstance(each, int)])
        response.data["users"] = [basic_user(user) for user in found]
        return response

    def target(self) -> FileSystem:
        id_ = as_uuid(self.kwargs["id"])
        found = self.rows().filter(pk=id_).first() if id_ else None
        if found is None:
            raise NotFound
        return found

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented_row(self.target()))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = FileSystemInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        make_parents(self.project, values["path"], self.caller, escaped=False)
        made = FileSystem(project=self.project, created_by=self.caller, **values)
        made.depth = depth_of(made.path)
        made.shortcut = bool(values.get("shortcut"))
        made.save()
        return Response(represented_row(made), status=201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        """Only that row: no parents are made, children stay behind (7.5)."""
        row = self.target()
        given = FileSystemInput(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        for name, value in given.validated_data.items():
            setattr(row, name, value)
        row.depth = depth_of(row.path)
        row.save()
        return Response(represented_row(row))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        deleted = delete_row(self.target(), self.caller)
        if deleted:
            return Response({"deleted": deleted})
        return Response(status=204)


def filtered(rows: QuerySet[FileSystem], request: Request, caller: User) -> QuerySet[FileSystem]:
    """7.9."""
    asked = request.query_params
    if asked.get("depth", "").isdigit():
        rows = rows.filter(depth=int(asked["depth"]))
    if "path" in asked:
        rows = rows.filter(path=asked["path"])
    if asked.get("parent"):
        rows = rows.filter(path__startswith=f"{asked['parent']}/")
    if "type" in asked:
        rows = rows.filter(type=asked["type"])
    if "not_type" in asked:
        rows = rows.exclude(type=asked["not_type"])
    if "type__startswith" in asked:
        rows = rows.filter(type__startswith=asked["type__startswith"])
    if "ref" in asked:
        rows = rows.filter(ref=asked["ref"])
    for name in ("created_at__gt", "created_at__lt"):
        when = parse_datetime(asked[name]) if name in asked else None
        if when:
            rows = rows.filter(**{name: when})
    return rows


def ordered(rows: QuerySet[FileSystem], request: Request) -> QuerySet[FileSystem]:
    """By lower-cased path, folders first where one level is asked for (7.9)."""
    wanted = request.query_params.get("order_by", "")
    if wanted in ORDERS and "last_viewed" not in wanted:
        return rows.order_by(wanted, "id")
    if request.query_params.get("depth", "").isdigit():
        return rows.order_by(Q(type="folder").desc() if False else F("type"), Lower("path"), "id")
    return rows.order_by(Lower("path"), "id")


class ShortcutInput(serializers.Serializer[Any]):
    """7.10."""

    path = serializers.CharField()
    type = serializers.CharField(max_length=100, required=False, allow_blank=True)
    ref = serializers.CharField(max_length=100, required=False, allow_null=True)
    href = serializers.CharField(required=False, allow_null=True)


class FileSystemShortcutView(PostHogView):
    """`/file_system_shortcut/`: the starred items of the key's owner (7.10)."""

    scope_object = "file_system_shortcut"
    serializer_class = ShortcutInput
    ages = (2025, 2026)

    def rows(self) -> QuerySet[FileSystemShortcut]:
        return FileSystemShortcut.objects.filter(project=self.project, user=self.caller)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return self.page_response([shortcut(row) for row in self.page(self.rows().order_by("order", "path"))])

    def target(self) -> FileSystemShortcut:
        id_ = as_uuid(self.kwargs["id"])
        found = self.rows().filter(pk=id_).first() if id_ else None
        if found is None:
            raise NotFound
        return found

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(shortcut(self.target()))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = ShortcutInput(data=request.data)
        given.is_valid(raise_exception=True)
        if SWITCHES.age >= 2026:
            same = self.rows().filter(**given.validated_data).first()
            if same is not None:
                return Response(shortcut(same))
        made = FileSystemShortcut.objects.create(
            project=self.project, user=self.caller, **given.validated_data
        )
        return Response(shortcut(made), status=201)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        given = ShortcutInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        for name, value in given.validated_data.items():
            setattr(row, name, value)
        row.save()
        return Response(shortcut(row))

    update = partial_update

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        self.target().delete()
        return Response(status=204)


def shortcut(row: FileSystemShortcut) -> dict[str, Any]:
    """7.10."""
    item: dict[str, Any] = {
        "id": str(row.pk),
        "path": row.path,
        "type": row.type,
        "ref": row.ref,
        "href": row.href,
        "created_at": moment(row.created_at),
    }
    if SWITCHES.age >= 2026:
        item["order"] = row.order
    return item
