"""A pipeline destination sends a project's events somewhere, a site app adds to its pages, both by a plugin.

`config` is read from form bodies only, and replaced as a whole except for its secrets (posthog-api.md 6.3).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Discontinued, Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page


def exports_events(plugin: Mapping[str, Any]) -> bool:
    """Whether PostHog lists configurations of this plugin among the destinations (posthog-api.md 6.2)."""
    methods = (plugin.get("capabilities") or {}).get("methods") or ()
    return "onEvent" in methods or "composeWebhook" in methods


def is_web_app(plugin: Mapping[str, Any]) -> bool:
    """Whether PostHog lists configurations of this plugin among the site apps (posthog-api.md 6.2)."""
    capabilities = plugin.get("capabilities") or {}
    return not capabilities.get("methods") and not capabilities.get("scheduled_tasks")


# Servers since 2025 say of every plugin whether it can be migrated, and no older one does (posthog-api.md 2.4, 6.4).
MADE_AS_FUNCTIONS = Discontinued(
    field="plugin",
    sign="hog_function_migration_available",
    words="PostHog makes no new ones since 2025: it would make a hog function in its place, or refuse",
    hint=(
        "declare it under `hog_functions` in its place, `pulumi-posthog export --migrate` shows how; one that exists"
        " already can be managed: write the name that it has there, or its `id`"
    ),
)

PIPELINE_DESTINATION = Kind(
    name="pipeline_destination",
    resource="PipelineDestination",
    section="projects.*.pipeline_destinations",
    doc="A plugin configuration that exports a project's events.",
    purpose=(
        "An older form of destination. Servers since 2025 make no new ones. Declare those that exist, and "
        "use a hog function for a new one."
    ),
    page=Page("*Data pipelines*, *Destinations*", "/project/{project}/pipeline/plugins/{id}"),
    succeeded_by="hog function",  # posthog-api.md 6.4
    collection="/api/projects/{project}/pipeline_destination_configs/",
    parent="project",
    natural_keys=(("plugin", "name"),),
    read_scope="plugin:read",
    write_scope="plugin:write",
    page_size=1000,
    deletion=Deletion.PATCH,
    deletion_words="A `PATCH` marks it as deleted, and the plugin stays installed.",
    delete_by_patch=lambda _: {"deleted": True},  # DELETE only disables it (6.5)
    form_encoded=True,
    activity_scopes=("PluginConfig", "Plugin"),
    checks="check",
    discontinued=MADE_AS_FUNCTIONS,
    successor=("hog_function", {}),
    accepts=exports_events,
    accepts_words="a plugin that exports events (onEvent or composeWebhook)",
    fields=(
        IN_PROJECT,
        Field(
            name="plugin",
            type=Type.INTEGER,
            doc="The installed plugin: its URL, or its name if that is unique.",
            required=True,
            refers_to="plugin",
            replace_on_changes=True,
        ),
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        # Null or empty could not be told from what PostHog then shows: the plugin's own description (6.3).
        Field(
            name="description",
            doc="The text that PostHog shows. Without it, PostHog shows the plugin's.",
            max_length=1000,
            pattern=r"\S",
            pattern_words="a text, and not an empty one: leave it out to keep the plugin's own",
        ),
        Field(name="enabled", type=Type.BOOLEAN, doc="Whether events are sent.", default=False),
        Field(
            name="order",
            type=Type.INTEGER,
            doc=(
                "Its place among the project's plugins. Without it, its place in the file or program decides "
                "when it is created."
            ),
            minimum=-(2**31),
            maximum=2**31 - 1,
            placed_by_file=True,
        ),
        Field(
            name="config",
            type=Type.OBJECT,
            doc=(
                "The plugin's own settings. Write secrets as `!env NAME` or `!secret name`, and files as"
                " `!file path`."
            ),
            merge_levels=1,
            sent_whole=True,
            keys_from="plugin",
            secret=True,
            files=True,
        ),
    ),
)

SITE_APP = dataclasses.replace(
    PIPELINE_DESTINATION,
    name="site_app",
    resource="SiteApp",
    section="projects.*.site_apps",
    doc="A plugin configuration that injects a web app into the project's pages.",
    purpose=(
        "An older form of code that PostHog adds to your web pages. Servers since 2025 make no new ones. "
        "Declare those that exist, and use a hog function for a new one."
    ),
    page=Page("*Data pipelines*, *Apps*", "/project/{project}/pipeline/plugins/{id}"),
    collection="/api/projects/{project}/pipeline_frontend_apps_configs/",
    successor=("hog_function", {"type": "site_app"}),
    accepts=is_web_app,
    accepts_words="a plugin that is a web app (no methods, no scheduled tasks)",
)
