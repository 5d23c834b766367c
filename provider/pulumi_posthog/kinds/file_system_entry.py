"""A file-system entry is a folder, item or shortcut in a project's tree.

PostHog names rows after the objects behind them, so of an item with a `ref` only its folder is ours
(posthog-api.md 7.7); nothing is unique, so the oldest row of a natural key counts (7.3).
"""

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page

# posthog-api.md 7.2 and 7.8: types that the server knows; of any other, newer ones refuse to delete the row.
TYPES = (
    "folder",
    "action",
    "cohort",
    "dashboard",
    "early_access_feature",
    "experiment",
    "feature_flag",
    "insight",
    "link",
    "notebook",
    "session_recording_playlist",
    "survey",
    "hog_function/broadcast",
    "hog_function/campaign",
    "hog_function/destination",
    "hog_function/internal_destination",
    "hog_function/site_app",
    "hog_function/site_destination",
    "hog_function/transformation",
)


def segments(path: str) -> tuple[str, ...]:
    r"""The segments of an escaped path, still escaped: `A\/B/C` -> (`A\/B`, `C`); empty ones are kept."""
    parts, current, escaped = [], "", False
    for character in path:
        if character == "/" and not escaped:
            parts.append(current)
            current = ""
        else:
            current += character
        escaped = character == "\\" and not escaped
    return (*parts, current)


def folder_of(path: str) -> str:
    """The path of the folder that holds `path`; "" at the top."""
    return "/".join(segments(path)[:-1])


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields; of an item with a `ref` the folder as its path: the last segment is the object's own name."""
    if fields.get("ref") and not fields.get("shortcut") and "path" in fields:
        return {**fields, "path": folder_of(fields["path"])}
    return fields


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send.

    A moved item keeps the name that PostHog gave it. `meta` is never null, which breaks the list (7.6).
    """
    body = dict(fields)
    if "path" in body and live.get("ref") and not live.get("shortcut"):
        body["path"] = "/".join(filter(None, (folder_of(body["path"]), segments(live["path"])[-1])))
    if not live:
        body["meta"] = {}
    return body


UNFILED = {"feature_flag": "Feature Flags", "early_access_feature": "Early Access Features"}


def removal(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """An item returns to Unfiled: deleting its last row would delete the object behind it (7.8)."""
    if not values.get("ref") or values.get("shortcut"):
        return None
    return instead_of_delete(values)


def instead_of_delete(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What to PATCH: the path where PostHog puts what has no folder; None where a DELETE does it.

    Since 2026 PostHog deletes no item without a `ref` (7.8).
    """
    if values["type"] == "folder" or values.get("shortcut"):
        return None
    name = values["type"].rpartition("/")[2]
    plural = UNFILED.get(name) or f"{name.replace('_', ' ').title()}s"
    return {"path": f"Unfiled/{plural}/{segments(values['path'])[-1]}"}


def holders(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The folders that an entry is in, nearest first, each as `type` and `path`.

    PostHog deletes the entry with any of them.
    """
    parts = segments(values["path"])
    return tuple(
        {"type": "folder", "path": "/".join(parts[:depth])} for depth in range(len(parts) - 1, 0, -1)
    )


def exported(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The values; None for what PostHog files by itself.

    An item is without the link, which PostHog keeps up to date (7.7).
    """
    if segments(values["path"])[0] == "Unfiled":
        return None
    if values.get("ref") and not values.get("shortcut"):
        return {name: value for name, value in values.items() if name != "href"}
    return values


FILE_SYSTEM_ENTRY = Kind(
    name="file_system_entry",
    resource="FileSystemEntry",
    section="projects.*.file_system",
    doc="A folder, an item or a shortcut in a project's file system.",
    purpose="Declare folders, so that everybody finds the same dashboards in the same place.",
    page=Page("the project's tree on the left, under *Project*"),
    collection="/api/projects/{project}/file_system/",
    parent="project",
    natural_keys=(("type", "ref", "shortcut"), ("type", "path")),
    read_scope="file_system:read",
    write_scope="file_system:write",
    page_size=10_000,
    since=2025,
    deletion=Deletion.PATCH,
    delete_by_patch=removal,
    instead_of_delete=instead_of_delete,
    deletion_words=(
        "PostHog deletes a folder or a shortcut. An item returns to the folder Unfiled, because PostHog "
        "would delete the object behind it with its last row."
    ),
    containers=holders,
    move_action="move/",
    serial_writes=True,
    oldest_wins=True,
    comparable=comparable,
    exported=exported,
    to_api=to_api,
    fields=(
        IN_PROJECT,
        Field(
            name="path",
            doc=(
                "The names of its folders and its own name, joined by /. Write \\/ for a / inside a "
                "name, and \\\\ for a \\."
            ),
            required=True,
            pattern=r"^(?=\S)(?=.*\S$)(?:[^/\\]|\\[/\\])+(?:/(?:[^/\\]|\\[/\\])+)*$",
            pattern_words=r"a path such as Folder/Item (\/ inside a segment), no slash or blank at the ends",
            from_key=True,
        ),
        Field(
            name="type",
            doc="folder, or the type of the object behind the row.",
            required=True,
            choices=TYPES,
            replace_on_changes=True,
        ),
        Field(
            name="ref",
            doc="The object behind the row: its id or short id, or `!ref` with its kind and name.",
            may_refer=True,
            names_what="type",
            nullable=True,
            max_length=100,
            replace_on_changes=True,
        ),
        Field(name="href", doc="The address that a click opens.", nullable=True),
        Field(
            name="shortcut",
            type=Type.BOOLEAN,
            doc="Whether the row is a shortcut to an object filed elsewhere.",
            default=False,
            replace_on_changes=True,
        ),
        Field(name="created_at", read_only=True),
    ),
)
