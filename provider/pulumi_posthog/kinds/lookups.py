"""What PostHog already has: members by e-mail, plugins by URL or name, to which kinds refer, and persons."""

from pulumi_posthog.kinds.model import Lookup

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
