"""Who may do what, and small families of organization and project (posthog-api-access.md 3 and 5 to 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.operations.operation import Operations, operation
from pulumi_posthog.api.paging import Json

# The rules of a project, and those of a type of objects in it, are read and set alike.
reading_rules = operation("GET", "", scope="access_control:read", since=2025, shape=Shape.OBJECT)
setting_a_rule = operation(
    "PUT",
    "",
    scope="access_control:write",
    since=2025,
    answers=(200, 204),
    shape=Shape.ANYTHING,
    repeatable=True,
)


class ProjectAccessControls(Operations):
    """The access rules of a project: `ProjectAccessControls(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/access_controls/",)

    @reading_rules
    def list(self) -> Json:
        """All rules of the project, under `access_controls`; PostHog's defaults are not among them."""

    @setting_a_rule
    def set(self, *, body: Mapping[str, Json]) -> Json:
        """Makes or changes a rule, for `role`, `organization_member` or everyone; a level of null removes it."""


class ResourceAccessControls(Operations):
    """The access rules of all objects of a type: `ResourceAccessControls(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/resource_access_controls/",)

    @reading_rules
    def list(self) -> Json:
        """All rules of all types, under `access_controls`; PostHog's defaults are not among them."""

    @setting_a_rule
    def set(self, *, body: Mapping[str, Json]) -> Json:
        """Makes or changes a rule for a `resource`, without which it fails; a level of null removes it."""


class Domains(Operations):
    """The domains of an organization: `Domains(client, organization="0191...")`."""

    PREFIXES = ("/api/organizations/{organization}/domains/",)

    @operation("GET", "", scope="organization:read")
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of domains, by their names."""

    @operation("POST", "", scope="organization:write")
    def create(self, *, body: Mapping[str, Json]) -> Json:
        """Adds a domain; its switches are passed over until it is verified."""

    @operation("GET", "{id}/", scope="organization:read")
    def get(self, id: str) -> Json:
        """One domain, with what has to be published to verify it."""

    @operation("PATCH", "{id}/", scope="organization:write")
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes switches; the domain itself never changes."""

    @operation("PUT", "{id}/", scope="organization:write")
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes all fields but the domain itself."""

    @operation("DELETE", "{id}/", scope="organization:write")
    def delete(self, id: str) -> Json:
        """Removes a domain, and what it enforces."""

    @operation(
        "POST",
        "{id}/verify/",
        scope=None,
        instead="do it in PostHog's web page: Settings, Organization, Authentication domains",
    )
    def verify(self, id: str) -> Json:
        """Looks for the record that proves whose the domain is."""


class ProxyRecords(Operations):
    """Reverse proxies that PostHog runs: `ProxyRecords(client, organization="0191...")`."""

    PREFIXES = ("/api/organizations/{organization}/proxy_records/",)

    @operation("GET", "", scope="organization:read", since=2025, shape=Shape.OBJECT)
    def list(self) -> Json:
        """All of them, under `results`, and how many there may be; self-hosted servers have none."""

    @operation("POST", "", scope="organization:write", since=2025, answers=(200,))
    def create(self, *, domain: str) -> Json:
        """Begins one; the answer says what the domain's CNAME has to be."""

    @operation("DELETE", "{id}/", scope="organization:write", since=2025, answers=(200,))
    def delete(self, id: str) -> Json:
        """Ends one; where it is in use, PostHog takes its time."""

    @operation(
        "POST",
        "{id}/retry/",
        scope=None,
        instead="do it in PostHog's web page: Settings, Organization, Reverse proxy",
    )
    def retry(self, id: str) -> Json:
        """Tries again to issue a certificate."""


class ProjectSecretApiKeys(Operations):
    """Keys of a project that no person owns: `ProjectSecretApiKeys(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/project_secret_api_keys/",)

    @operation("GET", "", scope="project:read", since=2026)
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Json:
        """A page of keys, the newest first, without their values."""

    @operation("POST", "", scope="project:write", since=2026)
    def create(self, *, label: str, scopes: Sequence[str]) -> Json:
        """Makes a key; `value` is in this answer and in no other."""

    @operation("GET", "{id}/", scope="project:read", since=2026)
    def get(self, id: str) -> Json:
        """One key, without its value."""

    @operation("PATCH", "{id}/", scope="project:write", since=2026)
    def update(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Changes `label` and `scopes`."""

    @operation("PUT", "{id}/", scope="project:write", since=2026)
    def replace(self, id: str, *, body: Mapping[str, Json]) -> Json:
        """Writes `label` and `scopes`."""

    @operation("DELETE", "{id}/", scope="project:write", since=2026)
    def delete(self, id: str) -> Json:
        """Deletes a key: whatever uses it is refused from then on."""

    @operation("POST", "{id}/roll/", scope="project:write", since=2026, answers=(200,))
    def roll(self, id: str) -> Json:
        """Gives the key a new value, which this answer has; the old one is refused from then on."""


class DataColorThemes(Operations):
    """Colours of charts: `DataColorThemes(client, project=42)`."""

    PREFIXES = ("/api/projects/{project}/data_color_themes/",)

    @operation("GET", "", scope="project:read", scoped_since=2025, shape=Shape.ARRAY)
    def list(self) -> Json:
        """All themes of the project, and PostHog's own, in no order."""

    @operation("POST", "", scope="project:write", scoped_since=2025)
    def create(self, *, name: str, colors: Sequence[str]) -> Json:
        """Makes a theme; several may have one name."""

    @operation("GET", "{id}/", scope="project:read", scoped_since=2025)
    def get(self, id: int) -> Json:
        """One theme."""

    @operation("PATCH", "{id}/", scope="project:write", scoped_since=2025)
    def update(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Changes fields; `colors` as a whole. PostHog's own themes are refused."""

    @operation("PUT", "{id}/", scope="project:write", scoped_since=2025)
    def replace(self, id: int, *, body: Mapping[str, Json]) -> Json:
        """Writes `name` and `colors`."""

    @operation("DELETE", "{id}/", scope="project:write", scoped_since=2025)
    def delete(self, id: int) -> Json:
        """Deletes a theme for good."""
