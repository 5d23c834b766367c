"""Fields that several kinds have in the same form."""

from __future__ import annotations

from typing import Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.values.json_value import Json

# The project that an object is in; in another one it is another object.
IN_PROJECT: Final = Field(name="project", required=True, refers_to="project", replace_on_changes=True)
# posthog-api-release.md 1.3: kept in lower case, as a set, and silently dropped where the plan lacks them.
TAGS: Final = Field(
    name="tags",
    type=Type.STRINGS,
    items={"type": "string", "maxLength": 255},
    doc="Tags to find it by, in lower case.",
    unordered=True,
    lowered=True,
    silent_when_null=True,
    feature="tagging",
    default=[],
)
# posthog-api-release.md 1.4
FOLDER: Final = Field(
    name="folder",
    doc="The folder of PostHog's tree for a new object. To move it later, declare its file-system entry.",
    write_only=True,
    sent_as="_create_in_folder",
    since=2025,
)
# Of what is started and ended by its `status`: why a file says no dates.
DATED: Final = dict.fromkeys(
    ("start_date", "end_date"), "`status` says whether it is running, and PostHog notes since when"
)


def id_text(answer: Json) -> str | None:
    """The id of an object that another's answer holds, as text; None where it holds none."""
    return str(answer["id"]) if isinstance(answer, dict) and answer.get("id") is not None else None
