"""What the kinds refer to and PostHog already has: members by e-mail, plugins by URL or name."""

from pulumi_posthog.kind import Lookup

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
