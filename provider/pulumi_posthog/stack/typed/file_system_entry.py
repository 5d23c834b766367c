"""File system entry for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class FileSystemEntry(Resource):
    """A folder, an item or a shortcut in a project's file system.

    Arguments:
        project: The `id` of the project that it is in.
        path: The names of its folders and its own name, joined by /. Write \\/ for a / inside a
            name, and \\\\ for a \\.
        type: folder, or the type of the object behind the row.
        ref: The object behind the row: its id or short id, or `!ref` with its kind and name. (Such
            a tag is for YAML.)
        href: The address that a click opens.
        shortcut: Whether the row is a shortcut to an object filed elsewhere.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        path: pulumi.Input[str],
        type: pulumi.Input[
            Literal[
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
            ]
        ],
        ref: pulumi.Input[str] | Unset | None = UNSET,
        href: pulumi.Input[str] | Unset | None = UNSET,
        shortcut: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["file_system_entry"]
        given: dict[str, Any] = {
            "project": project,
            "path": path,
            "type": type,
            "ref": ref,
            "href": href,
            "shortcut": shortcut,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
