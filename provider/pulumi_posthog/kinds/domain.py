"""A domain of the organization's addresses, and who may join by it (posthog-api-access.md 5).

No key verifies one: a person publishes the challenge, and presses a button. Until then, PostHog refuses the rest, so
that nothing of it differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Confirmed, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line

AFTERWARDS = (
    "jit_provisioning_enabled",
    "sso_enforcement",
)  # PostHog refuses them before a domain is verified


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A domain as PostHog answers it -> its fields: of one that is not verified, nothing that cannot be set yet."""
    return answer if answer.get("is_verified") else {**answer, **dict.fromkeys(AFTERWARDS)}


def exported(values: Mapping[str, Json]) -> Mapping[str, Json]:
    """The fields without those that say nothing yet."""
    return {name: value for name, value in values.items() if not (name in AFTERWARDS and value is None)}


def awaited(answer: Mapping[str, Json]) -> str | None:
    """What a person has to do before the rest can be set."""
    if answer.get("is_verified"):
        return None
    domain, challenge = (one_line(str(answer.get(each))) for each in ("domain", "verification_challenge"))
    return (
        f"is not verified, which no key can do: publish the TXT record _posthog-challenge.{domain} with {challenge},"
        " press *Verify* on PostHog's page, and run again: what else is declared of it is set then"
    )


DOMAIN = Kind(
    name="domain",
    resource="Domain",
    section="domains",
    doc=(
        "A domain of your e-mail addresses. People with such an address may join by themselves, or have "
        "to log in through your identity provider."
    ),
    purpose=(
        "Review changes of single sign-on, and of joining without an invitation. Both concern everybody "
        "with such an address at the next login."
    ),
    page=Page(
        "*Settings*, *Organization*, *Authentication domains*", "/settings/organization-authentication"
    ),
    collection="/api/organizations/{organization}/domains/",
    natural_keys=(("domain",),),
    read_scope="organization:read",
    write_scope="organization:write",
    page_size=1000,
    from_api=from_api,
    exported=exported,
    awaited=awaited,
    unmanaged={
        "is_verified": "no key may verify a domain: a person presses *Verify* on PostHog's page",
        **dict.fromkeys(
            ("saml_entity_id", "saml_acs_url", "saml_x509_cert"),
            "newer servers have it in the settings of an identity provider, which no key may change",
        ),
    },
    fields=(
        Field(
            name="domain",
            doc="The domain, in lower case: `acme.io`.",
            pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$",
            pattern_words="a domain in lower case",
            max_length=128,
            unique=True,
            from_key=True,
            replace_on_changes=True,
        ),
        Field(
            name="jit_provisioning_enabled",
            type=Type.BOOLEAN,
            doc="Whether a person who logs in with such an address joins the organization without an invitation.",
            default=False,
            on_create=False,
            silent_when_null=True,
            feature="automatic_provisioning",
        ),
        Field(
            name="sso_enforcement",
            doc="How everybody with such an address has to log in.",
            choices=("", "google-oauth2", "github", "gitlab", "saml"),
            default="",
            on_create=False,
            silent_when_null=True,
            confirmed=Confirmed(
                unless="",
                words="locks out, at the next login, everybody with such an address who has no account there",
            ),
        ),
        Field(
            name="verification_challenge",
            doc="What the TXT record has to say.",
            read_only=True,
        ),
    ),
)
