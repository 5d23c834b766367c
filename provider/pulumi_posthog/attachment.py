"""TODO attachment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.local_file import project_folder


def from_state(properties: Mapping[str, Any]) -> Attachment:
    """A file as `properties` describes it; its path is relative to the project's folder."""
    return Attachment(
        project_folder() / properties["path"],
        properties["name"],
        int(properties["size"]),
        properties["type"],
    )
