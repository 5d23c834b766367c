"""What an empty sandbox is filled with: the organization Acme."""

from __future__ import annotations

from typing import Any

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.color_themes import DEFAULT_COLORS, DataColorTheme
from pulumi_posthog.sandbox.families.plugins import Plugin
from pulumi_posthog.sandbox.families.projects.changes import create_project, make_object
from pulumi_posthog.sandbox.families.roles import Role, RoleMembership
from pulumi_posthog.sandbox.rules.authentication import digest, mask
from pulumi_posthog.sandbox.rules.models import (
    ADMIN,
    MEMBER,
    OWNER,
    Organization,
    OrganizationMembership,
    PersonalAPIKey,
    User,
)
from pulumi_posthog.sandbox.rules.switches import SWITCHES

FEATURES: list[dict[str, Any]] = [
    {"key": "organizations_projects", "name": "Projects", "limit": None},
    {"key": "role_based_access", "name": "Role-based access", "limit": None},
    {"key": "access_control", "name": "Access control", "limit": None},
    {"key": "audit_logs", "name": "Audit logs", "limit": None},
    {"key": "organization_invite_settings", "name": "Invite settings", "limit": None},
    {"key": "organization_security_settings", "name": "Security settings", "limit": None},
    {"key": "2fa_enforcement", "name": "Enforced two factors", "limit": None},
    {"key": "automatic_provisioning", "name": "Automatic provisioning", "limit": None},
    {"key": "data_color_themes", "name": "Colour themes", "limit": None},
    {"key": "tagging", "name": "Tags", "limit": None},
    {"key": "ingestion_taxonomy", "name": "Taxonomy", "limit": None},
    {"key": "subscriptions", "name": "Subscriptions", "limit": None},
    {"key": "session_replay_data_retention", "name": "Replay retention", "limit": 1, "unit": "year"},
]

MEMBERS = (
    ("ada@acme.io", "Ada", OWNER),
    ("ana@acme.io", "Ana", ADMIN),
    ("bo@acme.io", "Bo", MEMBER),
    ("cy@acme.io", "Cy", MEMBER),
    ("dee@acme.io", "Dee", MEMBER),
)

PLUGINS: tuple[dict[str, Any], ...] = (
    {
        "name": "Snowflake Export",
        "url": "https://github.com/PostHog/snowflake-export-plugin",
        "description": "Export events to Snowflake.",
        "capabilities": {"methods": ["onEvent"], "jobs": [], "scheduled_tasks": []},
        "config_schema": [
            {"key": "account", "name": "Account", "type": "string", "required": True},
            {"key": "username", "name": "Username", "type": "string", "required": True},
            {"key": "password", "name": "Password", "type": "string", "required": True, "secret": True},
            {"key": "database", "name": "Database", "type": "string", "required": True},
            {"key": "dbschema", "name": "Schema", "type": "string", "default": "PUBLIC"},
            {
                "key": "stageToUse",
                "name": "Stage",
                "type": "choice",
                "choices": ["S3", "Google Cloud Storage"],
                "default": "S3",
                "required": True,
            },
        ],
    },
    {
        "name": "Customer.io",
        "url": "https://github.com/PostHog/customerio-plugin",
        "description": "Send event data and emails into Customer.io.",
        "capabilities": {"methods": ["composeWebhook"], "jobs": [], "scheduled_tasks": []},
        "has_hog_function_template": True,
        "config_schema": [
            {
                "key": "customerioSiteId",
                "name": "Site ID",
                "type": "string",
                "required": True,
                "secret": True,
            },
            {"key": "customerioToken", "name": "API key", "type": "string", "required": True, "secret": True},
            {
                "key": "host",
                "name": "Tracking endpoint",
                "type": "choice",
                "choices": ["track.customer.io", "track-eu.customer.io"],
                "default": "track.customer.io",
            },
        ],
    },
    {
        "name": "GeoIP",
        "url": "https://github.com/PostHog/posthog-plugin-geoip",
        "description": "Enrich events with IP location data.",
        "capabilities": {"methods": ["processEvent"], "jobs": [], "scheduled_tasks": []},
        "config_schema": [],
    },
    {
        "name": "Notification Bar",
        "url": "https://github.com/PostHog/notification-bar-app",
        "description": "Show a notification bar on your site.",
        "capabilities": {"methods": [], "jobs": [], "scheduled_tasks": []},
        "frontend_source": "export function inject({ config }) { document.title = config.notification }\n",
        "config_schema": [
            {"key": "notification", "name": "HTML to show", "type": "string", "default": ""},
            {
                "key": "position",
                "name": "Position",
                "type": "choice",
                "choices": ["top", "bottom"],
                "default": "top",
            },
            {"key": "logo", "name": "Picture beside the text", "type": "attachment"},
        ],
    },
    {
        "name": "BigQuery Export",
        "url": "https://github.com/PostHog/bigquery-plugin",
        "description": "Export events to BigQuery.",
        "capabilities": {"methods": ["onEvent"], "jobs": [], "scheduled_tasks": []},
        "config_schema": [
            {
                "key": "googleCloudKeyJson",
                "name": "JSON file with your Google Cloud key",
                "type": "attachment",
                "required": True,
                "secret": True,
            },
            {"key": "datasetId", "name": "Dataset", "type": "string", "required": True},
            {"key": "tableId", "name": "Table", "type": "string", "required": True},
        ],
    },
)

DASHBOARDS = ("KPIs", "Launch board", "Weekly growth")


def make_member(
    organization: Organization, email: str, first_name: str, level: int
) -> OrganizationMembership:
    """A user who is in the organization."""
    user = User.objects.create(
        email=email,
        first_name=first_name,
        distinct_id=f"sandbox-{email}",
        current_organization=organization,
    )
    return OrganizationMembership.objects.create(organization=organization, user=user, level=level)


def make_organization(name: str, slug: str) -> Organization:
    """With a plan that has all of what the product needs."""
    DataColorTheme.objects.get_or_create(
        project=None, name="Default Theme", defaults={"colors": DEFAULT_COLORS}
    )
    return Organization.objects.create(name=name, slug=slug, available_product_features=FEATURES)


def make_plugins(organization: Organization) -> list[Plugin]:
    """One of each family."""
    return [Plugin.objects.create(organization=organization, tag="1.0.0", **each) for each in PLUGINS]


def make_key(
    user: User,
    key: str,
    *,
    label: str = "sandbox",
    scopes: list[str] | None = None,
    organizations: list[str] | None = None,
    projects: list[int] | None = None,
) -> PersonalAPIKey:
    """The key works from now on; only its digest stays."""
    row, _ = PersonalAPIKey.objects.update_or_create(
        secure_value=digest(key),
        defaults={
            "user": user,
            "label": label[:40],
            "mask_value": mask(key),
            "scopes": scopes,
            "scoped_organizations": organizations or [],
            "scoped_teams": projects or [],
        },
    )
    return row


def seed_acme() -> Organization:
    """The default organization."""
    acme = make_organization("Acme", "acme")
    people = [make_member(acme, *each) for each in MEMBERS]
    make_plugins(acme)
    project = create_project(acme, {"name": "Default project"}, None)
    User.objects.update(current_project=project)
    owner = people[0].user
    if SWITCHES.sample_data == "seed":
        sample_data.begin(project)
    for name in DASHBOARDS:
        make_object(project, "dashboard", name, owner)
    role = Role.objects.create(organization=acme, name="Engineering")
    for member in people[:2]:
        RoleMembership.objects.create(role=role, user=member.user, organization_member=member)
    return acme
