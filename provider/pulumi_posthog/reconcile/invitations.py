"""People who are in the organization, or asked to come: read as one list, invited, given a level, and put out.

Kinds say so with `Kind.invitation` (posthog-api-access.md 1 and 2). A person is known by the address, because an
invitation's id is the way in and is told to nobody, and because a member has another id than the invitation had.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from pulumi_posthog.api import (
    Conflict,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Writer,
    is_object,
    lost,
)
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.words import Invitation
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.identity import address_id
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import folded, one_line


def is_pending(found: Found) -> bool:
    """Whether somebody is asked to come and is no member."""
    return MEMBER.keys[0].partition(".")[0] not in found.answer


def create(live: Live, writer: Writer, kind: Kind, desired: Mapping[str, Json]) -> Found:
    """Invite somebody who is not there; raises CannotApply for a project that is not there."""
    return _invite(live, writer, kind, desired)


def update(live: Live, writer: Writer, kind: Kind, found: Found, changed: Mapping[str, Json]) -> Found:
    """Give a member another level; an invitation cannot be changed. Raises OutcomeUnknown where nobody can tell."""
    if is_pending(found):
        return found
    # The key of the file is the person's address in another spelling, at most.
    body = {
        name: field.wire(value) if field.wire else value
        for name, value in changed.items()
        if not (field := kind.field(name)).from_key
    }
    if not body:
        return found
    path = _member_path(live, kind, found)
    answer = writer.patch(path, body)
    if not is_object(answer) or dig(answer, MEMBER.value) != dig(found.answer, MEMBER.value):
        forget(live, kind)
        again = live.object(kind, {}, found.id)
        if again is None or is_pending(again):
            raise lost("PATCH", path)
        return again
    live.forget_lookup(MEMBER.name)
    return live.put(kind, {}, {**answer, "id": found.id})


def again(live: Live, writer: Writer, kind: Kind, found: Found, desired: Mapping[str, Json]) -> Found:
    """Send an invitation anew, where that would change something: PostHog mails it, and the former one ends (2.4).

    Raises CannotApply for a project that is not there.
    """
    if not is_stale(live, kind, found, desired):
        return found
    return _invite(live, writer, kind, desired, before=found)


def is_stale(live: Live, kind: Kind, found: Found, desired: Mapping[str, Json]) -> bool:
    """Whether an invitation has expired, or says something else than what is declared."""
    invitation = kind.invitation
    if invitation is None or not is_pending(found):
        return False
    if found.answer.get(invitation.expired):
        return True
    body = _body(live, kind, desired)
    return any(
        found.answer.get(name) != value for name, value in body.items() if name in _compared(kind)
    ) or (
        invitation.projects in desired
        and invitation.projects_as in found.answer  # older servers do not say it
        and _opened(found.answer.get(invitation.projects_as)) != _opened(body.get(invitation.projects_as))
    )


def delete(live: Live, writer: Writer, kind: Kind, found: Found) -> None:
    """Take an invitation back, or put a member out; PostHog deletes that person's rules and roles along (1.4).

    Raises OutcomeUnknown where PostHog still lists the member, CannotApply where the invitation is not gone.
    """
    invitation = kind.invitation
    if invitation is None:
        return
    if not is_pending(found):
        writer.delete(_member_path(live, kind, found))
        forget(live, kind)
        for other in KINDS.values():
            if other.embedded_in or other.grants:
                live.forget_all(other)
        if live.object(kind, {}, found.id) is not None:
            raise OutcomeUnknown(
                f"PostHog still lists {one_line(found.id)} after the removal",
                method="DELETE",
                path=live.path(kind, {}),
                hint="run again",
            )
        return
    for each in live.invitations(kind, str(found.answer[invitation.address])):
        id_ = str(each["id"])
        writer.hide(id_)
        with contextlib.suppress(NotFound):  # accepted, or taken back, meanwhile
            writer.delete(f"{_invitations_path(live, invitation)}{id_}/")
    forget(live, kind)
    after = live.object(kind, {}, found.id)
    if after is not None:
        joined = "has joined meanwhile" if not is_pending(after) else "is still invited"
        raise CannotApply(f"{one_line(found.id)} {joined}: run again")


def notes(kind: Kind, desired: Mapping[str, Json], found: Found, live: Live) -> Iterator[str]:
    """What a person should know of somebody who is invited."""
    invitation = kind.invitation
    if invitation is None or not is_pending(found):
        return
    name = one_line(str(found.answer[invitation.address]))
    word = f"`{invitation.again}: <any text, such as 2026-12>`"
    if found.answer.get(invitation.expired):
        yield f"the invitation of {name} has expired, and is not sent again by itself: to send it, declare {word}"
    elif desired and is_stale(live, kind, found, desired):
        yield (
            f"{name} is invited with another level, or to other projects, than the file says, and has not joined: a"
            f" member's level is put right once there is one; to send another invitation now, declare {word}"
        )
    else:
        yield f"{name} is invited and has not joined yet"


def forget(live: Live, kind: Kind) -> None:
    """Read who is there, and who is invited, anew next time."""
    live.forget(kind, {})
    live.forget_lookup(MEMBER.name)
    live.forget_invitations(kind)


def unknown_projects(kind: Kind, desired: Mapping[str, Json], live: Live) -> list[str]:
    """The projects of an invitation that PostHog does not have."""
    wanted = desired.get(kind.invitation.projects) if kind.invitation else None
    if not isinstance(wanted, Mapping):
        return []
    there = {folded(str(each.values.get("name"))) for each in live.collection(PROJECT, {}).values()}
    return [name for name in wanted if folded(name) not in there]


def _invite(
    live: Live, writer: Writer, kind: Kind, desired: Mapping[str, Json], before: Found | None = None
) -> Found:
    invitation = kind.invitation
    if invitation is None:
        raise AssertionError("unreachable: only kinds with an invitation are invited")
    missing = unknown_projects(kind, desired, live)
    if missing:
        raise CannotApply(f'there is no project "{one_line(missing[0])}" that the invitation could open')
    path, body = _invitations_path(live, invitation), _body(live, kind, desired)
    address = str(body[invitation.address])
    earlier = {str(each["id"]) for each in live.invitations(kind)} if before else set()
    try:
        answer = writer.post(path, body)
        if not is_object(answer) or folded(str(answer.get(invitation.address))) != folded(address):
            raise lost("POST", path)
    except (OutcomeUnknown, Conflict, Invalid):
        # A lost answer may hide an invitation, and a refusal somebody who has joined: nobody is mailed twice.
        forget(live, kind)
        found = next(iter(live.find(kind, {}, desired)), None)
        new = {str(each["id"]) for each in live.invitations(kind, address)} - earlier
        if found is None or (is_pending(found) and not new):
            raise
        return found
    for each in (writer, live.reader):
        each.hide(str(answer["id"]))
    live.forget_invitations(kind)
    return live.put(kind, {}, {**answer, "id": before.id if before else address_id(address)})


def _body(live: Live, kind: Kind, desired: Mapping[str, Json]) -> dict[str, Json]:
    invitation = kind.invitation
    if invitation is None:
        return {}
    body: dict[str, Json] = {}
    for name, value in desired.items():
        field = kind.field(name)
        if field.from_key:
            body[invitation.address] = value
        elif name == invitation.projects:
            body[invitation.projects_as] = [
                {"id": int(each.id), "level": value[wanted]}
                for each in live.collection(PROJECT, {}).values()
                for wanted in value or {}
                if folded(wanted) == folded(str(each.values.get("name")))
            ]
        elif not field.trigger:
            body[name] = field.wire(value) if field.wire else value
    return body


def _compared(kind: Kind) -> frozenset[str]:
    """What of an invitation's body its answer has in the same form."""
    return frozenset(field.name for field in kind.writable if not field.write_only and not field.from_key)


def _opened(projects: Json) -> list[tuple[str, str]]:
    """Projects that an invitation opens, for comparison; nothing and an empty list are alike (2.2)."""
    return sorted((str(each.get("id")), str(each.get("level"))) for each in projects or ())


def _member_path(live: Live, kind: Kind, found: Found) -> str:
    return f"{live.path(kind, {})}{dig(found.answer, MEMBER.value)}/"


def _invitations_path(live: Live, invitation: Invitation) -> str:
    return invitation.collection.format(organization=live.organization_id)
