"""A role is a named group of organization members; access rules refer to it."""

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Page

ROLE = Kind(
    name="role",
    resource="Role",
    section="roles",
    doc="A role of the organization.",
    purpose="A role names a group of people, so that access is given to the group and not to each person.",
    page=Page("*Settings*, *Organization*, *Roles*", "/settings/organization-roles"),
    collection="/api/organizations/{organization}/roles/",
    natural_keys=(("name",),),
    read_scope="organization:read",
    write_scope="organization:write",
    in_current_organization=True,
    recased_since=2026,
    filter="name",
    fields=(
        Field(
            name="name",
            doc="A name that is unique within the organization, whatever its case.",
            required=True,
            max_length=200,
            caseless=True,
            unique=True,
            from_key=True,
        ),
        Field(
            name="feature_flags_access_level",
            type=Type.INTEGER,
            doc="What the role may do with feature flags: 21 view, 37 edit.",
            choices=(21, 37),
            on_create=False,
            until=2024,
        ),
        Field(name="created_at", read_only=True),
        Field(name="is_default", type=Type.BOOLEAN, read_only=True, since=2025),
    ),
)
