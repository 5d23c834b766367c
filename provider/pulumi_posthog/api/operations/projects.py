"""Projects of an organization (posthog-api.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json

BY_HAND = "do it in PostHog's web page: Settings, Project"


class Projects(Operations):
    """Projects of an organization: `Projects(client, organization="0191...")`."""

    PREFIXES = ("/api/organizations/{organization}/projects/",)

    @operation("GET", "", scope="project:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of projects, without their settings."""

    @operation("POST", "", scope="project:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Makes a project, and makes it the current one of the key's owner."""

    @operation("GET", "{id}/", scope="project:read")
    def get(self, id: int) -> Json:
        """One project with its settings."""

    @operation("PATCH", "{id}/", scope="project:write")
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes settings; some are merged, not replaced (posthog-api.md 3.4)."""

    @operation("PUT", "{id}/", scope="project:write")
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """As `update`, but refused when the organization may have no more projects (posthog-api.md 3.6)."""

    @operation("DELETE", "{id}/", scope="project:write")
    def delete(self, id: int) -> Json:
        """Deletes a project and all that is in it, for ever."""

    @operation(
        "GET", "{id}/activity/", scope=None, instead="read the project's activity_log: `ActivityLog.list`"
    )
    def activity(self, id: int, *, page: int | None = None, limit: int | None = None) -> Json:
        """What was done with the project."""

    @operation("GET", "{id}/is_generating_demo_data/", scope=None, instead=BY_HAND)
    def is_generating_demo_data(self, id: int) -> Json:
        """Whether the events of a demo project are still being made."""

    @operation("PATCH", "{id}/reset_token/", scope=None, instead=BY_HAND)
    def reset_token(self, id: int) -> Json:
        """Gives the project a new token: everything that sends events needs it then."""


class ActivityLog(Operations):
    """Who changed what in a project: `ActivityLog(client, project=42)` (posthog-api.md 8.1)."""

    PREFIXES = ("/api/projects/{project}/activity_log/",)

    @operation("GET", "", scope="activity_log:read")
    def list(
        self,
        *,
        scope: str | None = None,
        scopes: str | None = None,
        item_id: str | None = None,
        user: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Json:
        """A page of what was done, the newest first; `scopes` are separated by commas."""
