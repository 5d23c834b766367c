"""What PostHog already has: members by e-mail, plugins by URL or name, to which kinds refer, and persons."""

from typing import Any

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
    shown_by="members_can_see_org_members",
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


def _in_a_project(name: str, doc: str, *keys: str, **more: Any) -> Lookup:
    """What `!ref` names in a project and no kind manages: of a list by its plural, with a scope of its name."""
    words = {"collection": f"/api/projects/{{project}}/{name}s/", "value": "id", "read_scope": f"{name}:read"}
    return Lookup(name=name, doc=doc, keys=keys, **{**words, **more})


INTEGRATION = _in_a_project(
    "integration",
    "What a project is connected with, such as a Slack workspace: `slack/Acme`.",
    "kind/display_name",
)
# posthog-api-access.md 8
GROUP_TYPE = _in_a_project(
    "group_type",
    "A type of group, such as `company`, by which events are counted.",
    "group_type",
    collection="/api/projects/{project}/groups_types/",
    value="group_type_index",
    read_scope="group:read",
)
# The list has the types that are asked for, and without them destinations only (posthog-api-cdp.md 3.1).
HOG_FUNCTION_TEMPLATE = _in_a_project(
    "hog_function_template",
    "What PostHog makes hog functions from.",
    "id",
    read_scope="hog_function:read",
    page_size=1000,
    parameters={
        "types": "destination,site_destination,internal_destination,source_webhook,site_app,transformation"
    },
    everywhere=True,
)
