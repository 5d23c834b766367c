"""A project's secret API key: for a server that evaluates flags, for example (posthog-api-access.md 7).

PostHog answers the key itself once, when it is made or rolled. It is kept nowhere: a person rolls the key on PostHog's
page, and sees it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Cap, Page
from pulumi_posthog.values.json_value import Json

SCOPES: Final = ("endpoint:read", "feature_flag:read", "account:read", "experiment:read", "loop:write")


def confided(answer: Mapping[str, Json]) -> Iterator[str]:
    """The key itself, which only the answers to POST and roll have."""
    if answer.get("value"):
        yield str(answer["value"])


def objections(values: Mapping[str, Json]) -> Iterator[Objection]:
    """A key that may do nothing, which PostHog does not make (7)."""
    if values.get("scopes") == []:
        yield "scopes", "may do nothing, and PostHog makes no such key", f"some of {', '.join(SCOPES)}"


PROJECT_SECRET_API_KEY = Kind(
    name="project_secret_api_key",
    resource="ProjectSecretApiKey",
    section="projects.*.project_secret_api_keys",
    doc=(
        "A secret key of the project, and what it may do. It stays when the person who made it leaves. "
        "The key itself is not stored here: roll it on PostHog's page, and copy it from there."
    ),
    purpose=(
        "Review which keys a project has, and what each of them may do. `drift --undeclared` finds a key "
        "that somebody made by hand."
    ),
    page=Page("*Settings*, *Project*, *Feature flags*", "/project/{project}/settings/project-feature-flags"),
    collection="/api/projects/{project}/project_secret_api_keys/",
    parent="project",
    natural_keys=(("label",),),
    read_scope="project:read",
    write_scope="project:write",
    page_size=1000,
    since=2026,
    confided=confided,
    checked=objections,
    caps=(Cap(number=50, values={}, words="secret keys"),),
    unmanaged={
        "value": (
            "PostHog shows a key once, and no state keeps it: roll it on PostHog's page, and copy it "
            "from there"
        )
    },
    fields=(
        IN_PROJECT,
        Field(name="label", doc="Shown in PostHog.", max_length=40, unique=True, from_key=True),
        Field(
            name="scopes",
            type=Type.STRINGS,
            doc="What it may do.",
            required=True,
            unordered=True,
            items={"enum": list(SCOPES)},
        ),
    ),
)
