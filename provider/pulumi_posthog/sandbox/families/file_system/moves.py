"""Moving and linking in the project tree, and filing what has no row yet (7.5, 7.7)."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils import timezone

from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.file_system.paths import depth_of, file_object, make_parents
from pulumi_posthog.sandbox.families.hog_functions.family import HOG_FUNCTIONS
from pulumi_posthog.sandbox.families.hog_functions.models import living
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.models import Project, User


def descendants(row: FileSystem) -> QuerySet[FileSystem]:
    """Everything below a folder, at any depth."""
    return FileSystem.objects.filter(project=row.project_id, path__startswith=f"{row.path}/")


def folder_at(project_id: int, path: str) -> FileSystem | None:
    """A folder that is already there."""
    return FileSystem.objects.filter(project=project_id, path=path, type="folder").first()


def move(row: FileSystem, new_path: str, user: User) -> FileSystem:
    """A folder takes its descendants along; onto an existing folder its own row goes, and has no id then."""
    make_parents(row.project, new_path, user, escaped=True)
    old_path = row.path
    if row.type != "folder":
        return put(row, new_path)
    target = folder_at(row.project_id, new_path)
    for below in list(descendants(row)):
        put(below, new_path + below.path[len(old_path) :])
    if target is not None and target.pk != row.pk:
        row.delete()
        return row
    return put(row, new_path)


def put(row: FileSystem, path: str) -> FileSystem:
    """One row, nothing else."""
    row.path, row.depth = path, depth_of(path)
    row.save()
    return row


def link(row: FileSystem, new_path: str, user: User) -> FileSystem:
    """Copies as shortcuts; onto an existing folder only the children, and the answer is the original."""
    make_parents(row.project, new_path, user, escaped=True)
    if row.type != "folder":
        return shortcut_of(row, new_path, user)
    target = folder_at(row.project_id, new_path)
    below = list(descendants(row))
    copy = row if target is not None else shortcut_of(row, new_path, user)
    for each in below:
        shortcut_of(each, new_path + each.path[len(row.path) :], user)
    return copy


def shortcut_of(row: FileSystem, path: str, user: User) -> FileSystem:
    """A row of its own for the same thing."""
    return FileSystem.objects.create(
        id=uuid.uuid4(),
        project=row.project,
        path=path,
        depth=depth_of(path),
        type=row.type,
        ref=row.ref,
        href=row.href,
        meta=row.meta,
        shortcut=True,
        created_by=user,
        created_at=timezone.now(),
    )


def file_the_unfiled(project: Project, type_: str | None, user: User) -> int:
    """How many objects got a row; depths and missing parents are repaired on the way (7.7)."""
    things = ProjectObject.objects.filter(project=project, deleted=False)
    if type_:
        things = things.filter(type=type_)
    filed = 0
    for thing in things:
        if not FileSystem.objects.filter(project=project, type=thing.type, ref=thing.ref).exists():
            file_object(thing, user)
            filed += 1
    for function in living(project):
        kind = f"hog_function/{function.type}"
        rows = FileSystem.objects.filter(project=project, type=kind, ref=str(function.pk))
        if type_ in {None, "", kind} and not rows.exists():
            HOG_FUNCTIONS.file(function, user)
            filed += 1
    for row in FileSystem.objects.filter(project=project):
        if row.depth != depth_of(row.path):
            put(row, row.path)
        make_parents(project, row.path, user, escaped=True)
    return filed
