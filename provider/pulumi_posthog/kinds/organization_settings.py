"""The settings of the organization itself (posthog-api-access.md 4).

There is one object, which nobody makes or deletes, so it is always taken over. PATCH alone is used: PUT wants the name
and, on some servers, a plan. Its answer holds much more, which is noise or belongs to people (4.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.words import Confirmed, Page, ShutOut
from pulumi_posthog.values.spelling import folded

ADMIN = 8  # the level of an organization admin (posthog-api.md 1.9)
CONSENT = "it is a legal consent, which a person has to give in PostHog"


def is_below_admin(member: Mapping[str, Any], _: frozenset[str]) -> bool:
    """Whether somebody is no admin of the organization."""
    return int(member.get("level") or 0) < ADMIN


def is_elsewhere(member: Mapping[str, Any], domains: frozenset[str]) -> bool:
    """Whether somebody's address is in none of the verified domains, which are folded."""
    return folded(str(member["user"]["email"]).rpartition("@")[2]) not in domains


def switch(name: str, doc: str, **options: Any) -> Field:
    """A setting that is on or off."""
    return Field(name=name, type=Type.BOOLEAN, doc=doc, **options)


def from_organization(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An organization as PostHog answers it -> its settings; the default role is known by its id."""
    named = {**answer}
    if "default_role_id" in answer:
        named["default_role"] = answer["default_role_id"]
    return named


ORGANIZATION_SETTINGS = Kind(
    name="organization_settings",
    resource="OrganizationSettings",
    section="organization.settings",
    doc="The settings of the organization. Only an organization admin can change them.",
    purpose=(
        "These settings apply to everybody: who may invite, which authentication is required, what "
        "members can see. Declare them so that nobody weakens them unseen."
    ),
    page=Page("*Settings*, *Organization*", "/settings/organization-details"),
    collection="/api/organizations/{organization}/",
    singleton=True,
    natural_keys=(),
    read_scope="organization:read",
    write_scope="organization:write",
    deletion=Deletion.FORGET,
    guarded=False,
    activity_scopes=("Organization",),
    from_api=from_organization,
    unmanaged={
        "is_ai_data_processing_approved": CONSENT,
        "is_ai_training_opted_in": CONSENT,
        "is_hipaa": "PostHog sets it by contract",
        "plugins_access_level": "PostHog sets it",
        "session_cookie_age": "PostHog's API does not have it: set it on PostHog's page",
        "slug": "PostHog makes it once and never changes it",
    },
    fields=(
        Field(
            name="name",
            doc="The organization's name, as people see it.",
            max_length=64,
            pattern=r"\S",
            pattern_words="a name that is not blank",
        ),
        Field(
            name="logo_media_id",
            doc="The id of an uploaded picture, which PostHog shows as the organization's logo.",
            nullable=True,
            default=None,
            since=2025,
        ),
        switch(
            "is_member_join_email_enabled",
            (
                "Whether members get a mail when somebody joins. Since the middle of 2026, each user "
                "decides this."
            ),
            default=True,
            until=2025,
        ),
        switch(
            "enforce_2fa",
            (
                "Whether everybody must log in with a second factor. On servers of 2026, the plan has to "
                "include it."
            ),
            nullable=True,
            default=None,
            confirmed=Confirmed(
                value=True, words="makes everybody without a second factor set one up at the next login"
            ),
        ),
        switch(
            "members_can_invite",
            "Whether members below admin may invite people.",
            nullable=True,
            default=True,
            since=2025,
            feature="organization_invite_settings",
        ),
        switch(
            "members_can_use_personal_api_keys",
            "Whether members below admin may use personal API keys.",
            default=True,
            since=2025,
            feature="organization_security_settings",
            shuts_out=ShutOut(
                value=False, who=is_below_admin, loses="lose the use of their personal API keys"
            ),
        ),
        switch(
            "allow_publicly_shared_resources",
            "Whether dashboards and insights may be shared by a public link. With `false`, existing links "
            "stop working. On servers of 2026, the plan has to include it.",
            default=True,
            since=2025,
        ),
        Field(
            name="default_experiment_stats_method",
            doc="How new experiments are evaluated.",
            choices=("bayesian", "frequentist", ""),
            nullable=True,
            default="bayesian",
            since=2025,
        ),
        Field(
            name="default_role",
            doc="The name of the role that people get when they join. People who joined before do not get it.",
            nullable=True,
            default=None,
            names="role",
            sent_as="default_role_id",
            since=2025,
        ),
        switch(
            "default_anonymize_ips",
            "Whether new projects drop IP addresses. In the EU, PostHog's default is `true`.",
            default=False,
            since=2026,
        ),
        switch(
            "members_can_create_projects",
            "Whether members below admin may create projects.",
            default=False,
            since=2026,
        ),
        switch(
            "members_can_see_org_members",
            "Whether members below admin see all other members.",
            default=True,
            since=2026,
            feature="organization_security_settings",
        ),
        switch(
            "enforce_verified_domains",
            "Whether only people with an address in a verified domain may use the organization.",
            default=False,
            since=2026,
            feature="organization_security_settings",
            shuts_out=ShutOut(
                value=True,
                who=is_elsewhere,
                loses="lose the organization, because their addresses are in no verified domain",
                needs=("/api/organizations/{organization}/domains/", "domain", "is_verified"),
            ),
        ),
    ),
)
