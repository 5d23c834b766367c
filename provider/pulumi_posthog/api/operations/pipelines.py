"""Pipeline destinations and site apps: configured plugins of a project (posthog-api.md 6)."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.paging import Json

BY_HAND = "do it in PostHog's web page: Data pipelines"


class PipelineConfigs(Operations):
    """What all families of configured plugins have. `config` is read from a form only, so all are sent as forms."""

    @operation("GET", "", scope="plugin:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of configs."""

    @operation("POST", "", scope="plugin:write", as_form=True)
    def create(
        self,
        *,
        plugin: int,
        order: int,
        enabled: bool | None = None,
        name: str | None = None,
        description: str | None = None,
        config: Mapping[str, Json] | None = None,
        deleted: bool | None = None,
    ) -> Json:
        """Configures a plugin; servers of 2025 and later refuse it, or make a hog function (posthog-api.md 6.4)."""

    @operation("GET", "{id}/", scope="plugin:read")
    def get(self, id: int) -> Json:
        """One config, a deleted one, too."""

    @operation("PATCH", "{id}/", scope="plugin:write", as_form=True)
    def update(
        self,
        id: int,
        *,
        order: int | None = None,
        enabled: bool | None = None,
        name: str | None = None,
        description: str | None = None,
        config: Mapping[str, Json] | None = None,
        deleted: bool | None = None,
    ) -> Json:
        """Changes fields; `config` is replaced as a whole, except its secrets."""

    @operation("PUT", "{id}/", scope="plugin:write", as_form=True)
    def replace(
        self,
        id: int,
        *,
        plugin: int,
        order: int,
        enabled: bool | None = None,
        name: str | None = None,
        description: str | None = None,
        config: Mapping[str, Json] | None = None,
        deleted: bool | None = None,
    ) -> Json:
        """Writes all fields; what is not given counts as switched off."""

    @operation("DELETE", "{id}/", scope="plugin:write")
    def delete(self, id: int) -> Json:
        """Switches a config off, and leaves it where it is; `update` with `deleted` removes it."""

    @operation(
        "PATCH", "rearrange/", scope=None, instead="set `order` of each config: `PipelineDestinations.update`"
    )
    def rearrange(self, *, orders: Mapping[str, int]) -> Json:
        """Orders the configs that are switched on."""

    @operation("GET", "{id}/frontend/", scope=None, instead=BY_HAND)
    def frontend(self, id: int) -> Json:
        """The script of a site app."""

    @operation("POST", "{id}/job/", scope=None, answers=(200,), until=2024, instead=BY_HAND)
    def job(self, id: int, *, body: Mapping[str, Json] | None = None) -> Json:
        """Starts a job of the plugin."""


class PipelineDestinations(PipelineConfigs):
    """Destinations of a project: `PipelineDestinations(client, project=42)`."""

    PREFIXES = below_project("pipeline_destination_configs")


class SiteApps(PipelineConfigs):
    """Site apps of a project, frontend apps by their URL: `SiteApps(client, project=42)`."""

    PREFIXES = below_project("pipeline_frontend_apps_configs")
