"""Paths of the project tree: segments, depth, parents, and where PostHog files its own objects (7.4, 7.7)."""

from __future__ import annotations

from typing import Any

from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.models import Project, User

PLURALS = {
    "action": "Actions",
    "cohort": "Cohorts",
    "dashboard": "Dashboards",
    "early_access_feature": "Early Access Features",
    "experiment": "Experiments",
    "feature_flag": "Feature Flags",
    "insight": "Insights",
    "link": "Links",
    "notebook": "Notebooks",
    "session_recording_playlist": "Replay playlists",
    "survey": "Surveys",
}


def split_path(path: str) -> list[str]:
    r"""Segments without their escapes (`\/` and `\\`), empty ones dropped (7.4)."""
    segments, current, characters = [], "", iter(path)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            current += following if following in {"/", "\\"} else character + following
        elif character == "/":
            segments.append(current)
            current = ""
        else:
            current += character
    segments.append(current)
    return [segment for segment in segments if segment]


def escape_segment(name: str) -> str:
    """A name as one segment of a path (7.4)."""
    return name.replace("\\", "\\\\").replace("/", "\\/")


def join_path(segments: list[str]) -> str:
    """The stored form."""
    return "/".join(escape_segment(segment) for segment in segments)


def depth_of(path: str) -> int:
    """The number of segments that are not empty (7.2)."""
    return len(split_path(path))


def make_parents(project: Project, path: str, user: User | None, *, escaped: bool) -> None:
    """One folder per prefix, where no row of any type has that path.

    POST joins the prefixes without their escapes, which is a mistake of the server; move and unfiled join
    them escaped (7.4).
    """
    segments = split_path(path)
    for length in range(1, len(segments)):
        prefix = join_path(segments[:length]) if escaped else "/".join(segments[:length])
        if not FileSystem.objects.filter(project=project, path=prefix).exists():
            FileSystem.objects.create(
                project=project, path=prefix, depth=length, type="folder", created_by=user, meta={}
            )


def file_object(thing: ProjectObject, user: User | None, folder: str | None = None) -> None:
    """What saving a dashboard, insight, ... does to the tree (7.7)."""
    if thing.deleted:
        unfile(thing.project, thing.type, thing.ref)
        return
    file_thing(
        thing.project,
        thing.type,
        thing.ref,
        thing.title,
        user,
        href=f"/{thing.type}/{thing.ref}",
        meta={"created_at": thing.created_at.isoformat(), "created_by": thing.created_by_id},
        folder=["Unfiled", PLURALS.get(thing.type, thing.type.title())],
        path=folder,
    )


def unfile(project: Project, type_: str, ref: str) -> None:
    """The rows of something that is deleted."""
    FileSystem.objects.filter(project=project, type=type_, ref=ref).delete()


def file_thing(
    project: Project,
    type_: str,
    ref: str,
    name: str,
    user: User | None,
    *,
    href: str,
    meta: dict[str, Any],
    folder: list[str],
    path: str | None = None,
) -> None:
    """A row for what has none, in `path` or in `folder`; rows that are there get the name and the rest."""
    own = list(FileSystem.objects.filter(project=project, type=type_, ref=ref).exclude(shortcut=True))
    for row in own:
        segments = split_path(row.path)
        row.path = join_path([*segments[:-1], name])
        row.depth = len(segments[:-1]) + 1
        row.href, row.meta = href, meta
        row.save()
    if not own:
        path = join_path([*(split_path(path) if path else folder), name])
        make_parents(project, path, user, escaped=True)
        FileSystem.objects.create(
            project=project,
            path=path,
            depth=depth_of(path),
            type=type_,
            ref=ref,
            href=href,
            meta=meta,
            created_by=user,
        )
