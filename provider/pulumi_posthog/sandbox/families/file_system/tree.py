"""The project tree: rows with paths, nothing of which is unique (7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.file_system import moves
from pulumi_posthog.sandbox.families.file_system.access import TreeAccess
from pulumi_posthog.sandbox.families.file_system.deletion import delete_row, mark
from pulumi_posthog.sandbox.families.file_system.models import FileSystem, FileSystemView
from pulumi_posthog.sandbox.families.file_system.paths import depth_of, make_parents
from pulumi_posthog.sandbox.families.file_system.search import filtered, ordered
from pulumi_posthog.sandbox.families.hog_functions.family import HOG_FUNCTIONS
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.representation import basic_user, moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView
from pulumi_posthog.sandbox.rules.writing import writing


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


# How many entries a count shows (7.1).
COUNTED_ENTRIES = 200


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
        "last_viewed_at": moment(getattr(row, "last_viewed_at", None)),
    }
    if SWITCHES.age >= 2026:
        item["user_access_level"] = None
    return item


class FileSystemTreeView(PostHogView):
    """`/api/environments/{id}/file_system/` and, identical, under projects (7.1)."""

    scope_object = "file_system"
    serializer_class = FileSystemInput
    ages = (2025, 2026)
    urls_of_age = {"undo_delete": (2026, 2026)}  # noqa: RUF012
    mapped_actions = {  # noqa: RUF012
        "move": (2026, "write"),
        "link": (2026, "write"),
        "count": (2026, "read"),
        "count_by_path": (2026, "read"),
        "unfiled": (2026, "read"),
        "undo_delete": (2026, "write"),
        "log_view": (2026, "write"),
    }

    def rows(self) -> QuerySet[FileSystem]:
        return self.access.visible(FileSystem.objects.filter(project=self.project))

    @cached_property
    def access(self) -> TreeAccess:
        assert self.membership is not None  # noqa: S101 - permissions have seen to it
        return TreeAccess(self.project, self.membership)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = filtered(self.rows(), request, self.caller)
        page = self.page(ordered(rows, request, self.caller))
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
        deleted = delete_row(self.target(), self.caller, self.access)
        if deleted:
            return Response({"deleted": deleted})
        return Response(status=204)

    def move(self, request: Request, **_kwargs: Any) -> Response:
        """Answers the row; its `id` is null when it was merged into a folder (7.5)."""
        return self.moved_or_linked(request, moves.move)

    def link(self, request: Request, **_kwargs: Any) -> Response:
        """200 although rows are made (7.5)."""
        return self.moved_or_linked(request, moves.link)

    def moved_or_linked(
        self, request: Request, do: Callable[[FileSystem, str, User], FileSystem]
    ) -> Response:
        """Has `do` move or link the row of the URL to `new_path`; 400 without one, and for a folder onto itself."""
        row = self.target()
        given = NewPath(data=request.data)
        new_path = given.validated_data["new_path"] if given.is_valid() else None
        if not new_path:
            return bare("new_path is required")
        if row.type == "folder" and new_path == row.path:
            return bare("Cannot move or link a folder onto itself")
        return Response(represented_row(do(row, new_path, self.caller)))

    def count(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        if row.type != "folder":
            return bare("Count can only be called on folders")
        return self.counted(row.path)

    def count_by_path(self, request: Request, **_kwargs: Any) -> Response:
        path = request.query_params.get("path")
        if not path:
            return bare("path parameter is required")
        return self.counted(path)

    def counted(self, path: str) -> Response:
        """All descendants at any depth, folders included (7.5)."""
        below = self.rows().filter(path__startswith=f"{path}/").order_by(Lower("path"))
        answer: dict[str, Any] = {"count": below.count()}
        if SWITCHES.age >= 2026:
            answer["entries"] = [represented_row(row) for row in below[:COUNTED_ENTRIES]]
            answer["has_more"] = answer["count"] > COUNTED_ENTRIES
        return Response(answer)

    def unfiled(self, request: Request, **_kwargs: Any) -> Response:
        """A GET that writes (7.7)."""
        with writing():
            filed = moves.file_the_unfiled(self.project, request.query_params.get("type"), self.caller)
        return Response({"count": filed})

    def undo_delete(self, request: Request, **_kwargs: Any) -> Response:
        items = request.data.get("items") if isinstance(request.data, dict) else None
        if not isinstance(items, list):
            raise invalid("items", "This field is required.", "required")
        undone = []
        for item in items:
            given = Reference(data=item)
            given.is_valid(raise_exception=True)
            wanted = given.validated_data
            deleted = ProjectObject.objects.filter(project=self.project, type=wanted["type"], deleted=True)
            for thing in deleted:
                if thing.ref == wanted["ref"]:
                    mark(thing, self.caller, deleted=False)
                    undone.append({"type": thing.type, "ref": thing.ref})
            function = HOG_FUNCTIONS.in_tree(wanted["type"], wanted["ref"], self.project)
            if function is not None and function.deleted:
                HOG_FUNCTIONS.change(function, {"deleted": False}, self.caller)
                undone.append({"type": wanted["type"], "ref": wanted["ref"]})
        return Response({"undone": undone})

    def log_view(self, request: Request, **_kwargs: Any) -> Response:
        views = FileSystemView.objects.filter(project=self.project, user=self.caller)
        if request.method == "GET":
            return Response(
                [
                    {"type": view.type, "ref": view.ref, "viewed_at": moment(view.viewed_at)}
                    for view in views.order_by("-viewed_at")[:100]
                ]
            )
        given = Reference(data=request.data)
        given.is_valid(raise_exception=True)
        FileSystemView.objects.update_or_create(
            project=self.project,
            user=self.caller,
            **given.validated_data,
            defaults={"viewed_at": timezone.now()},
        )
        return Response(status=204)


class NewPath(serializers.Serializer[Any]):
    """Where to; the other fields that the reference lists are not read (7.5)."""

    new_path = serializers.CharField()


class Reference(serializers.Serializer[Any]):
    """What a row represents."""

    type = serializers.CharField(max_length=100)
    ref = serializers.CharField(max_length=100)


def bare(detail: str) -> Response:
    """A 400 without type, code and attr (1.6)."""
    return Response({"detail": detail}, status=400)
