"""A data colour theme: the colours of a project's charts (posthog-api-access.md 9)."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page
from pulumi_posthog.values.json_value import Json


def exported(values: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """The values of a theme of the project; None for those that PostHog has for everybody, which nobody can change."""
    if values.get("is_global"):
        return None
    return {name: value for name, value in values.items() if name != "is_global"}


DATA_COLOR_THEME = Kind(
    name="data_color_theme",
    resource="DataColorTheme",
    section="projects.*.data_color_themes",
    doc="A theme has the colours of a project's charts, in their order.",
    purpose="Every project has the colours of your brand, and nobody has to type them in.",
    page=Page(
        "*Settings*, *Project*, *Data colors*", "/project/{project}/settings/environment-customization"
    ),
    collection="/api/projects/{project}/data_color_themes/",
    parent="project",
    # A theme that PostHog has for everybody may have the same name, and is another one.
    natural_keys=(("name", "is_global"),),
    read_scope="project:read",
    write_scope="project:write",
    since=2025,
    feature="data_color_themes",
    feature_words="PostHog makes a theme that nobody can change or delete",
    exported=exported,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=100, from_key=True),
        Field(
            name="colors",
            type=Type.STRINGS,
            doc="The colours. The first one is for the first series of a chart.",
            default=[],
            items={
                "type": "string",
                "pattern": "^#[0-9A-Fa-f]{6}$",
                "patternErrorMessage": "must be a colour such as #1d4aff",
            },
        ),
        Field(
            name="is_global",
            type=Type.BOOLEAN,
            doc="Whether PostHog has it for everybody.",
            default=False,
            read_only=True,
        ),
    ),
)
