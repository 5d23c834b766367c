"""A member of the organization, or somebody who is asked to become one (posthog-api-access.md 1 and 2).

Nobody is made a member: people accept an invitation. So a person who is not there is invited, and a later run finds a
member.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Trigger, Type
from pulumi_posthog.kinds.lookups import EMAIL
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.words import Invitation, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line

# As PostHog numbers the levels (1.2), from the lowest.
LEVELS: Final[Mapping[str, int]] = {"member": 1, "admin": 8, "owner": 15}
NAMES: Final[Mapping[int, str]] = {number: name for name, number in LEVELS.items()}
JOINED, INVITED, EXPIRED = "joined", "invited", "expired"
PROJECT_LEVELS = ("none", "member", "admin")


def as_number(level: Json) -> Json:
    """The number that a request has for a level's name; any other value as it is."""
    return LEVELS.get(level, level) if isinstance(level, str) else level


def from_person(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A member or an invitation as PostHog answers it -> its fields.

    Of somebody who is only invited there is no level: an invitation cannot be changed, so nothing differs (2.4).
    """
    if "user" not in answer:
        standing = EXPIRED if answer.get("is_expired") else INVITED
        return {"email": answer["target_email"], "standing": standing}
    level = answer["level"]
    return {"email": answer["user"]["email"], "level": NAMES.get(level, str(level)), "standing": JOINED}


def joined(values: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """The values of a member; None for a person who is only invited, because no file need say that."""
    return values if values.get("standing") == JOINED else None


def objections(values: Mapping[str, Json]) -> Iterator[Objection]:
    """Levels of a project that there are not."""
    projects = values.get("projects")
    for name, level in projects.items() if isinstance(projects, Mapping) else ():
        if level not in PROJECT_LEVELS:
            words = f'opens project "{one_line(str(name))}" with a level that there is not'
            yield f"projects.{name}", words, f"one of {', '.join(PROJECT_LEVELS)}"


ORGANIZATION_MEMBER = Kind(
    name="organization_member",
    resource="OrganizationMember",
    section="members",
    doc=(
        "A member of the organization. A run invites a person who is not there by mail, once. A person "
        "who is not in the file stays in the organization."
    ),
    purpose=(
        "Review who is in the organization, and with which level. People ask for access with a pull "
        "request, and you see a level that somebody changed by hand."
    ),
    page=Page("*Settings*, *Organization*, *Members*", "/settings/organization-members"),
    collection="/api/organizations/{organization}/members/",
    natural_keys=(("email",),),
    read_scope="organization_member:read",
    write_scope="organization_member:write",
    deletion=Deletion.NEVER,
    deletion_words="`absent` removes this person from the organization, or deletes the invitation.",
    shorthand="level",
    exported_when_asked=True,
    exported=joined,
    checked=objections,
    guarded=False,
    activity_scopes=("OrganizationMembership", "OrganizationInvite"),
    page_size=1000,
    from_api=from_person,
    invitation=Invitation(
        collection="/api/organizations/{organization}/invites/",
        address="target_email",
        expired="is_expired",
        projects="projects",
        projects_as="private_project_access",
        again="reinvite",
    ),
    fields=(
        Field(
            name="email",
            doc="The person's e-mail address.",
            required=True,
            pattern=EMAIL,
            pattern_words="an e-mail address",
            max_length=254,
            caseless=True,
            case_is_theirs=True,
            from_key=True,
            replace_on_changes=True,
        ),
        Field(
            name="level",
            doc=(
                "What this person may do: a member uses the organization, an admin manages it, and an "
                "owner may do everything."
            ),
            choices=tuple(LEVELS),
            wire=as_number,
            silent_when_null=True,
        ),
        Field(
            name="projects",
            type=Type.OBJECT,
            doc=(
                "Names of projects, each with a level, for the invitation. PostHog makes an access rule "
                "of each project when the person joins. Afterwards, this has no effect."
            ),
            write_only=True,
        ),
        Field(
            name="reinvite",
            doc=(
                "Any text, such as `2026-12`. When it changes, a run sends the invitation again, if it "
                "has expired or differs from the file."
            ),
            write_only=True,
            trigger=Trigger(path="", renews="invitation", by_hand="in Settings, Members", at_first=True),
        ),
        Field(name="standing", doc="`joined`, `invited` or `expired`.", read_only=True),
    ),
)
