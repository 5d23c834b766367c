"""Deleting a row of the project tree: until 2025 the row alone is deleted, since 2026 its object, too (7.8)."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied

from pulumi_posthog.sandbox.families.catalog import FAMILIES
from pulumi_posthog.sandbox.families.file_system.access import TreeAccess
from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.file_system.paths import file_object
from pulumi_posthog.sandbox.families.hog_functions.family import HOG_FUNCTIONS
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.project_objects import ObjectFamily
from pulumi_posthog.sandbox.families.ruled import READ_ONLY
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.switches import SWITCHES

REGISTERED = {
    "action",
    "dashboard",
    "feature_flag",
    "experiment",
    "insight",
    "session_recording_playlist",
    "cohort",
    "notebook",
    "survey",
    "link",
    "early_access_feature",
}
HARD = {"link"}


def is_registered(type_: str) -> bool:
    """Whether the server knows how to delete what is behind such a row."""
    return type_ in REGISTERED or type_.startswith("hog_function/")


def family_of_type(type_: str) -> ObjectFamily | None:
    """None for a type that has no endpoints here."""
    found = (family for family in FAMILIES if isinstance(family, ObjectFamily))
    return next((each for each in found if each.model.object_type == type_), None)


def for_good(type_: str) -> ObjectFamily | None:
    """The family of a type that knows no `deleted`: what a row of it represents is deleted for good."""
    family = family_of_type(type_)
    return family if family is not None and family.deletion == "row" else None


def mark(thing: ProjectObject, user: User | None, *, deleted: bool) -> None:
    """As a PATCH of `deleted` does it, with what is deleted along: tiles, alerts, rows of the tree, the log."""
    family = family_of_type(thing.type)
    row = family.model._default_manager.filter(pk=thing.pk).first() if family is not None else None
    if family is None or row is None:
        thing.deleted = deleted
        thing.save()
        file_object(thing, user)
        return
    before = family.model._default_manager.get(pk=thing.pk)
    row.deleted = deleted
    row.save()
    family.saved(row, before, user)


def delete_row(row: FileSystem, user: User | None, access: TreeAccess) -> list[dict[str, Any]]:
    """The objects that went with it."""
    deleted: list[dict[str, Any]] = []
    if row.type == "folder":
        below = FileSystem.objects.filter(project=row.project_id, path__startswith=f"{row.path}/")
        descendants = access.visible(below)
        if SWITCHES.age < 2026:
            descendants.delete()
        else:
            # Deepest first, so that no folder goes before what is in it.
            for descendant in descendants.exclude(type="folder").order_by("-depth"):
                deleted += delete_item(descendant, user, access)
            descendants.delete()
        row.delete()
        return deleted
    if SWITCHES.age < 2026:
        row.delete()
        return []
    return delete_item(row, user, access)


def delete_item(row: FileSystem, user: User | None, access: TreeAccess) -> list[dict[str, Any]]:
    """2026, one row that is no folder."""
    if row.shortcut:
        row.delete()
        return []
    if not is_registered(row.type):
        raise invalid("detail", f"Items of type '{row.type}' can't be deleted.")
    if not row.ref:
        raise invalid("detail", "This item has no reference and can't be deleted.")
    others = (
        FileSystem.objects.filter(project=row.project_id, type=row.type, ref=row.ref)
        .exclude(shortcut=True)
        .exclude(pk=row.pk)
    )
    if others.exists():
        row.delete()
        return []
    if access.level(row) in READ_ONLY:
        raise PermissionDenied("You don't have permission to delete this item.")
    family = for_good(row.type)
    hard = row.type in HARD or family is not None
    if family is not None:
        for found in family.rows_of(row.project):
            if found.ref == row.ref:
                family.delete_by_row(found, user)
    for thing in ProjectObject.objects.filter(project=row.project_id, type=row.type, deleted=False):
        if thing.ref == row.ref:
            mark(thing, user, deleted=True)
    function = HOG_FUNCTIONS.in_tree(row.type, row.ref, row.project)
    if function is not None and not function.deleted:
        HOG_FUNCTIONS.change(function, {"deleted": True}, user)
    gone = {
        "type": row.type,
        "ref": row.ref,
        "mode": "hard" if hard else "soft",
        "undo": "" if hard else f"Undo the deletion of {row.path}",
        "path": row.path,
        "can_undo": not hard,
    }
    FileSystem.objects.filter(project=row.project_id, type=row.type, ref=row.ref).delete()
    return [gone]
