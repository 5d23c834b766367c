"""Starred items: rows of the key's owner, not of the project (7.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Max, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.file_system.models import FileSystemShortcut
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

MOST_AT_ONCE = 500


class ShortcutInput(serializers.Serializer[Any]):
    """7.10."""

    path = serializers.CharField()
    type = serializers.CharField(max_length=100, required=False, allow_blank=True)
    ref = serializers.CharField(max_length=100, required=False, allow_null=True)
    href = serializers.CharField(required=False, allow_null=True)


class ReorderInput(serializers.Serializer[Any]):
    """Shortcuts from the top."""

    ordered_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False)


class BulkItem(serializers.Serializer[Any]):
    """A shortcut to make, whole: what is left out is empty (the longer `ref` is from 15)."""

    path = serializers.CharField()
    type = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    ref = serializers.CharField(max_length=4000, required=False, allow_null=True, default=None)
    href = serializers.CharField(required=False, allow_null=True, default=None)


class BulkInput(serializers.Serializer[Any]):
    """What to make and what to delete, in one step."""

    add = serializers.ListField(child=BulkItem(), required=False, default=list, max_length=MOST_AT_ONCE)
    remove_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_AT_ONCE
    )


class FileSystemShortcutView(PostHogView):
    """`/file_system_shortcut/`; `reorder` and `bulk_update` declare no scope, so that no key reaches them (1.5)."""

    scope_object = "file_system_shortcut"
    serializer_class = ShortcutInput
    ages = (2025, 2026)
    # Until 2025 they are taken for an id, which has no POST.
    methods_of_age: ClassVar[dict[str, tuple[int, int]]] = {
        "reorder": (2026, 2026),
        "bulk_update": (2026, 2026),
    }

    def rows(self) -> QuerySet[FileSystemShortcut]:
        return FileSystemShortcut.objects.filter(project=self.project, user=self.caller)

    def in_order(self) -> QuerySet[FileSystemShortcut]:
        return self.rows().order_by("order", "path")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        return self.page_response([shortcut(row) for row in self.page(self.in_order())])

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
        values = given.validated_data
        if SWITCHES.age >= 2026:
            same = self.rows().filter(**values).first()
            if same is not None:
                return Response(shortcut(same), status=201)
            values = {"order": self.last() + 1, **values}
        made = FileSystemShortcut.objects.create(project=self.project, user=self.caller, **values)
        return Response(shortcut(made), status=201)

    def last(self) -> int:
        """The place of the last one, 0 when there is none."""
        return self.rows().aggregate(last=Max("order"))["last"] or 0

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

    def reorder(self, request: Request, **_kwargs: Any) -> Response:
        """Those that are left out keep their place."""
        given = ReorderInput(data=request.data)
        given.is_valid(raise_exception=True)
        ids = given.validated_data["ordered_ids"]
        if refusal := self.unknown(ids):
            return refusal
        for place, id_ in enumerate(ids):
            self.rows().filter(pk=id_).update(order=place)
        return Response([shortcut(row) for row in self.in_order()])

    def bulk_update(self, request: Request, **_kwargs: Any) -> Response:
        """One that is there already is not made again."""
        given = BulkInput(data=request.data)
        given.is_valid(raise_exception=True)
        ids = given.validated_data["remove_ids"]
        if refusal := self.unknown(ids):
            return refusal
        self.rows().filter(pk__in=ids).delete()
        for item in given.validated_data["add"]:
            if not self.rows().filter(**item).exists():
                FileSystemShortcut.objects.create(
                    project=self.project, user=self.caller, order=self.last() + 1, **item
                )
        return Response([shortcut(row) for row in self.in_order()])

    def unknown(self, ids: Sequence[Any]) -> Response | None:
        """A 400 without type, code and attr when one of them is not there."""
        there = set(self.rows().values_list("pk", flat=True))
        strangers = sorted(str(id_) for id_ in ids if id_ not in there)
        if not strangers:
            return None
        return Response({"detail": "Unknown shortcut ids", "unknown_ids": strangers}, status=400)


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
