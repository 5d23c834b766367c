"""An early access feature lets people try by themselves what a flag switches on.

Contract: posthog-api-release.md 6. While its stage is an active one, PostHog keeps a key of enrolment in the flag's
`filters`: the flag leaves it alone (2.5). Without a flag, PostHog makes one with a key of its choice: so the flag
has to be said. It takes no other flag later on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import FOLDER, IN_PROJECT, id_text
from pulumi_posthog.kinds.words import IdPlace, Others, Page
from pulumi_posthog.values.secret_text import is_unknown

ADDRESS: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+\Z")
STAGES: Final = ("draft", "concept", "alpha", "beta", "general-availability", "archived")
ASSIGNEE: Final[Mapping[str, Any]] = {
    "type": {"enum": ["user", "role"], "description": "What the id belongs to."},
    "id": {"description": "The number of a user. For a role, it is `!ref role/NAME`."},
}


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A feature as PostHog answers it -> its fields: of its flag the id, and no payload as an empty one."""
    result = {**answer, "feature_flag": id_text(answer.get("feature_flag"))}
    return result | {"payload": answer["payload"] or {}} if "payload" in answer else result


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without the user who takes care of it.

    That is who made it, and the number means nobody elsewhere (6).
    """
    assignee = values.get("assignee")
    if isinstance(assignee, Mapping) and assignee.get("type") == "user":
        return {name: value for name, value in values.items() if name != "assignee"}
    return values


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """An assignee with a type and no id, or the other way round, and documentation that is not a URL."""
    address = fields.get("documentation_url")
    if address and not is_unknown(address) and not ADDRESS.match(address.strip()):
        yield (
            "documentation_url",
            f'has its documentation at "{address}"',
            "write an address, as in `https://acme.io`",
        )
    assignee = fields.get("assignee")
    if isinstance(assignee, Mapping) and not {"type", "id"} <= assignee.keys():
        yield (
            "assignee",
            "has an assignee without its `type` or its `id`",
            "write `{type: role, id: !ref role/NAME}`",
        )


def checked_beside(fields: Mapping[str, Any], others: Others) -> Iterator[Objection]:
    """A flag for groups, which PostHog refuses from both sides (2.7, 6)."""
    flag = others("feature_flag", fields.get("feature_flag"))
    filters = flag.get("filters") if flag else None
    if isinstance(filters, Mapping) and filters.get("aggregation_group_type_index") is not None:
        yield "feature_flag", "opens a flag for groups", "people ask for themselves: declare one for persons"


EARLY_ACCESS_FEATURE = Kind(
    name="early_access_feature",
    resource="EarlyAccessFeature",
    section="projects.*.early_access_features",
    doc="An early access feature lets people switch on a flag for themselves, before it is on for everybody.",
    purpose=(
        "Offer something unfinished to people who want it, and say in one line how far it is. Its flag is "
        "declared beside it, so both are reviewed together."
    ),
    page=Page("*Early access features*", "/project/{project}/early_access_features/{id}"),
    collection="/api/projects/{project}/early_access_feature/",
    parent="project",
    accessible_as="early_access_feature",
    natural_keys=(("feature_flag",),),
    read_scope="early_access_feature:read",
    write_scope="early_access_feature:write",
    also_scopes=("feature_flag:write",),  # 1.2
    page_size=1000,
    unmanaged={
        "rollout_to_all": "it rewrites the conditions of the flag, which are declared with the flag",
    },
    from_api=from_api,
    checked=checked,
    exported=exported,
    checked_beside=checked_beside,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="A text for people who may try it.", max_length=200, from_key=True),
        Field(
            name="feature_flag",
            doc=(
                "The flag that it switches on, by its key. The flag can have only one feature, has no "
                "variants, and is for persons."
            ),
            required=True,
            names="feature_flag",
            sent_as="feature_flag_id",
            number_ids=True,
            replace_on_changes=True,
        ),
        Field(name="stage", doc="The stage of the feature.", required=True, choices=STAGES),
        Field(name="description", doc="A text for people who may try it.", default=""),
        Field(
            name="documentation_url",
            doc="The address of a page where people read more.",
            max_length=800,
            default="",
        ),
        Field(
            name="payload",
            type=Type.OBJECT,
            doc="What your code gets with it.",
            default={},
            since=2025,
        ),
        Field(
            name="assignee",
            type=Type.OBJECT,
            doc="Who takes care of it: a user, or a role. For a new feature, it is the user who made it.",
            keys=ASSIGNEE,
            open_keys=False,
            nullable=True,
            ids=(IdPlace(path="id", names="role", where=("type", "role")),),
            since=2026,
        ),
        FOLDER,
        Field(name="created_at", read_only=True),
    ),
)
