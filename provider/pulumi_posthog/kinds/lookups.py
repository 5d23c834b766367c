"""What PostHog already has: members by e-mail, plugins by URL or name, to which kinds refer, and persons."""

from pulumi_posthog.kinds.words import Lookup

MEMBER = Lookup(
    name="member",
    doc="A member of the organization.",
    collection="/api/organizations/{organization}/members/",
    keys=("user.email",),
    value="user.uuid",
    read_scope="organization_member:read",
    caseless=True,
    page_size=1000,
)

PLUGIN = Lookup(
    name="plugin",
    doc="A plugin installed in the organization.",
    collection="/api/organizations/{organization}/plugins/",
    keys=("url", "name"),
    value="id",
    read_scope="plugin:read",
    page_size=1000,
)

# The environment's URL is the same list; the project's is the one that all servers have (posthog-api.md 10.1).
PERSON = Lookup(
    name="person",
    doc="A person whose events a project has.",
    collection="/api/projects/{project}/persons/",
    keys=("properties.email", "distinct_ids"),
    value="uuid",
    read_scope="person:read",
)


EMAIL = r"^[^@\s]+@[^@\s]+$"


# What `!ref` names in a project and no kind manages.
INTEGRATION = Lookup(
    name="integration",
    doc="What a project is connected with, such as a Slack workspace: `slack/Acme`.",
    collection="/api/projects/{project}/integrations/",
    keys=("kind/display_name",),
    value="id",
    read_scope="integration:read",
)
COHORT = Lookup(
    name="cohort",
    doc="A cohort of a project's persons.",
    collection="/api/projects/{project}/cohorts/",
    keys=("name",),
    value="id",
    read_scope="cohort:read",
)
ACTION = Lookup(
    name="action",
    doc="An action, which stands for several events.",
    collection="/api/projects/{project}/actions/",
    keys=("name",),
    value="id",
    read_scope="action:read",
)
DASHBOARD = Lookup(
    name="dashboard",
    doc="A dashboard.",
    collection="/api/projects/{project}/dashboards/",
    keys=("name",),
    value="id",
    read_scope="dashboard:read",
)
# The list has the types that are asked for, and without them destinations only (posthog-api-cdp.md 3.1).
HOG_FUNCTION_TEMPLATE = Lookup(
    name="hog_function_template",
    doc="What PostHog makes hog functions from.",
    collection="/api/projects/{project}/hog_function_templates/",
    keys=("id",),
    value="id",
    read_scope="hog_function:read",
    page_size=1000,
    parameters={
        "types": "destination,site_destination,internal_destination,source_webhook,site_app,transformation"
    },
)
