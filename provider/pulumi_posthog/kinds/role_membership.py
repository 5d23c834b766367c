"""A role membership puts one organization member into one role.

PostHog can create and delete a membership but not update it, so every field replaces. Roles embed their
memberships, so reading the roles reads these too (posthog-api.md 4.2, 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import EMAIL
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.words import Page


def from_membership(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A membership as PostHog answers it -> its fields; the person is known by e-mail."""
    return {"user": answer["user"]["email"], "joined_at": answer.get("joined_at")}


def from_role(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A role as PostHog answers it -> the e-mails of its members."""
    return {"members": [membership["user"]["email"] for membership in answer["members"]]}


ROLE_MEMBERSHIP = Kind(
    name="role_membership",
    resource="RoleMembership",
    section="roles.*.members",
    doc="One member of one role. A run does not touch other members.",
    purpose=(
        "Use it for a role whose other members are managed elsewhere, such as by an identity provider. A "
        "run adds only the declared people, and removes nobody else."
    ),
    page=Page("*Settings*, *Organization*, *Roles*, in the role", "/settings/organization-roles"),
    collection="/api/organizations/{organization}/roles/{role}/role_memberships/",
    parent="role",
    embedded_in=("role", "members"),
    lost_words=("person loses", "people lose"),
    natural_keys=(("user",),),
    read_scope="organization:read",
    write_scope="organization:write",
    in_current_organization=True,
    from_api=from_membership,
    fields=(
        Field(name="role", required=True, refers_to="role", replace_on_changes=True),
        Field(
            name="user",
            doc="The member's e-mail address.",
            required=True,
            pattern=EMAIL,
            pattern_words="an e-mail address",
            refers_to="member",
            sent_as="user_uuid",
            caseless=True,
            from_key=True,
            replace_on_changes=True,
        ),
        Field(name="joined_at", read_only=True),
    ),
)


ROLE_MEMBERS = Kind(
    name="role_members",
    resource="RoleMembers",
    section="roles.*.members",
    doc="Exactly these members of one role. A run removes others, within the limits.",
    purpose=(
        "Use it for a role whose members are decided in Git. A run removes everybody who is not in the "
        "list. When a person leaves the team, delete one line."
    ),
    page=Page("*Settings*, *Organization*, *Roles*, in the role", "/settings/organization-roles"),
    collection="/api/organizations/{organization}/roles/",
    parent="role",
    embedded_in=("role", "members"),
    set_of="role_membership",
    natural_keys=(("role",),),
    read_scope="organization:read",
    write_scope="organization:write",
    deletion=Deletion.FORGET,
    from_api=from_role,
    guarded=False,
    fields=(
        Field(name="role", required=True, refers_to="role", replace_on_changes=True),
        Field(
            name="members",
            type=Type.STRINGS,
            doc="The members' e-mail addresses.",
            required=True,
            items={"type": "string", "pattern": EMAIL, "patternErrorMessage": "must be an e-mail address"},
            refers_to="member",
            unordered=True,
            caseless=True,
        ),
    ),
)
