"""Declared members, live, limits -> why a run may not do that to people, and who loses what. Only reads.

posthog-api-access.md 1.3, 1.4, 2.3 and 10.2: what PostHog would refuse is told before anything is sent, the key's owner
is never touched, and nobody is put out unnoticed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pulumi_posthog.api import ApiError, NotServed
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.organization_member import LEVELS
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry, key_of
from pulumi_posthog.reconcile.features import has_feature
from pulumi_posthog.reconcile.invitations import is_pending, notes, unknown_projects
from pulumi_posthog.reconcile.limits import Limits, too_many
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.object_lists import objects_with_rules, told
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.spelling import folded, one_line

Wanted = TypeVar("Wanted", bound=Desired)
ADMIN, OWNER = LEVELS["admin"], LEVELS["owner"]


def people_of(desired: Desired) -> tuple[Entry, ...]:
    """The entries that say who is in the organization."""
    return tuple(entry for entry in desired.entries if entry.kind.invitation)


def with_exact(desired: Wanted, live: Live) -> Wanted:
    """`desired` with everybody absent who is not declared, where a file says that nobody else may be there."""
    more: list[Entry] = []
    for (name, parent), where in desired.exact.items():
        kind = KINDS[name]
        if kind.invitation is None:
            continue
        key = kind.natural_keys[0][0]
        declared = {folded(str(each.fields[key])) for each in people_of(desired) if each.kind is kind}
        for found in live.collection(kind, {}).values():
            address = str(found.values[key])
            if folded(address) not in declared and not found.answer.get(kind.invitation.expired):
                entry = Entry(
                    kind=kind,
                    name=address,
                    fields={key: address},
                    parent=parent,
                    absent=True,
                    positions={"": where},
                )
                more.append(entry)
    return dataclasses.replace(desired, entries=(*desired.entries, *more)) if more else desired


def objection(
    kind: Kind, values: Mapping[str, Json], *, absent: bool, live: Live, limits: Limits
) -> str | None:
    """Why one person may not be as declared; None when that may be. May raise ApiError."""
    if kind.invitation is None:
        return None
    found = next(iter(live.find(kind, {}, values)), None)
    if absent:
        return _to_removal(kind, found, live, limits) if found else None
    own = _own_level(live)
    level = LEVELS.get(str(values.get("level")))
    if level is None:  # a program may leave it out, a file may not
        return f'needs "level": one of {", ".join(LEVELS)}'
    if found is not None and not is_pending(found):
        return _to_level(found, level, own, live)
    if found is None and own is not None and level > own:
        return _too_high(level, own)
    if found is None and own is not None and own < ADMIN and _only_admins_invite(live):
        return (
            "only admins may invite people in this organization, and the owner of the key is not an admin\n"
            "  hint: run with the key of an organization admin"
        )
    missing = unknown_projects(kind, values, live) if found is None else []
    if missing:
        return (
            f'there is no project "{one_line(missing[0])}" that the invitation could open\n'
            "  hint: a project that is new in the file is made first: declare the person in the run after that"
        )
    return None


def _only_admins_invite(live: Live) -> bool:
    """Whether the organization has said so, and its plan has that setting (2.3)."""
    organization = live.organization()
    said = organization.get("members_can_invite") is False
    return said and has_feature(organization, "organization_invite_settings")


def _to_level(found: Found, level: int, own: int | None, live: Live) -> str | None:
    before = int(found.answer["level"])
    if level == before:
        return None
    if _is_me(found, live):
        return (
            f"{live.me().get('email')} owns the key that this runs with, and PostHog lets nobody change their own"
            " level\n"
            f"  hint: write `{_name(before)}`, or have another {_name(max(before, ADMIN))} change it"
        )
    if own is None:
        return None
    if own < ADMIN:
        return (
            "the owner of the key is not an admin of the organization, and may not change anybody's level\n"
            "  hint: run with the key of an organization owner"
        )
    if before > own:
        return (
            f"an {_name(before)} is above the owner of the key, an {_name(own)}, who may not change that level\n"
            "  hint: run with the key of an organization owner"
        )
    return _too_high(level, own) if level > own else None


def _too_high(level: int, own: int) -> str:
    return (
        f"{_article(level)} cannot be made by the owner of the key, who is {_article(own)}: nobody can give"
        " a level above their own\n  hint: run with the key of an organization owner"
    )


def _to_removal(kind: Kind, found: Found, live: Live, limits: Limits) -> str | None:
    own, name = _own_level(live), one_line(found.id)
    if is_pending(found):
        return None
    if _is_me(found, live):
        return (
            f"{live.me().get('email')} owns the key that this runs with, and would leave the organization\n"
            "  hint: run with the key of somebody who stays"
        )
    level = int(found.answer["level"])
    if level >= OWNER:
        return (
            f"{name} is an owner of the organization, and PostHog removes no owner\n"
            "  hint: first declare `admin` and run with the key of another owner; declare `absent` in the"
            " run after that"
        )
    if own is not None and (own < ADMIN or level > own):
        return (
            "the owner of the key may not remove this person from the organization\n"
            "  hint: run with the key of an organization owner"
        )
    if level >= ADMIN and f"{kind.name}/{found.id}" not in limits.deletions:
        return (
            f"{name} is an admin of the organization and would be removed from it, with every role and access rule\n"
            f"  hint: if that is meant, say so: pulumi config set posthog:allowDeletions {kind.name}/{name}"
        )
    return None


def owners_first(desired: Wanted, live: Live) -> Wanted:
    """`desired` in an order in which new owners come before owners who lose that level. So there always is an owner."""
    levels = {
        key_of(entry): (int(found.answer["level"]), LEVELS.get(str(entry.fields.get("level")), 0))
        for entry in people_of(desired)
        if not entry.absent and (found := _joined(entry, live))
    }
    made = tuple(key for key, (now, then) in levels.items() if now < OWNER <= then)
    lowered = [key for key, (now, then) in levels.items() if then < OWNER <= now]
    return dataclasses.replace(desired, after=dict.fromkeys(lowered, made)) if made else desired


def refusals(desired: Desired, live: Live, limits: Limits) -> list[Problem]:
    """Why a run may not do to people what a file says, each at its place, before anything is touched."""
    every = people_of(desired)
    problems = []
    for entry in every:
        said = objection(entry.kind, entry.fields, absent=entry.absent, live=live, limits=limits)
        if said:
            text, _, hint = said.partition("\n  hint: ")
            where = entry.where if entry.absent else entry.positions.get("level", entry.where)
            problems.append(
                Problem(f'{entry.kind.title} "{one_line(entry.name)}": {text}', where, hint or None)
            )
    new = [each for each in every if not each.absent and not live.find(each.kind, {}, each.fields)]
    if len(new) > limits.invitations:
        problems.append(_problem(too_many_invitations([each.name for each in new], limits), new[0].where))
    gone = [each for each in every if each.absent and _joined(each, live)]
    if gone:
        kind = gone[0].kind
        total = sum(not is_pending(each) for each in live.collection(kind, {}).values())
        if too_many(kind, len(gone), total, limits):
            text = (
                f"{len(gone)} of {total} {kind.plural} would leave the organization, more than the limits allow:"
                f" {'; '.join(losses(desired, live))}"
                "\n  hint: if that is meant, say so: pulumi config set posthog:allowRemovals"
                f" {kind.name}={len(gone)}"
            )
            problems.append(_problem(text, gone[0].where))
    return problems


def _problem(said: str, where: Position | None) -> Problem:
    text, _, hint = said.partition("\n  hint: ")
    return Problem(text, where, hint or None)


def too_many_invitations(names: Sequence[str], limits: Limits) -> str:
    """Why so many people are not mailed in one run."""
    return (
        f"{len(names)} people would be invited by mail, and one run may invite {limits.invitations}\n"
        f"  hint: if that is meant, say so: pulumi config set posthog:maxInvitations {len(names)}"
    )


def losses(desired: Desired, live: Live) -> list[str]:
    """What those lose who are to leave: roles, and access rules by project. Nothing is read when nobody leaves."""
    gone = [found for each in people_of(desired) if each.absent and (found := _joined(each, live))]
    return list(losses_of(gone, live))


def waiting(desired: Desired, live: Live) -> Iterator[str]:
    """What a reader should know of those who are invited and have not joined."""
    for entry in people_of(desired):
        for found in live.find(entry.kind, {}, entry.fields)[:1]:
            if not entry.absent:
                yield from notes(entry.kind, entry.fields, found, live)


def losses_of(gone: Iterable[Found], live: Live) -> Iterator[str]:
    """A line for each person; raises ApiError, but not where a server has no rules."""
    those = {str(dig(each.answer, MEMBER.value)): each for each in gone}
    if not those:
        return
    lost: dict[str, list[str]] = {each.id: [] for each in those.values()}
    by_address = {folded(str(each.values["email"])): each.id for each in those.values()}
    for role in live.collection(KINDS["role"], {}).values():
        for membership in role.answer.get("members") or ():
            who = those.get(str(dig(membership, MEMBER.value)))
            if who is not None:
                lost[who.id].append(f'role "{one_line(str(role.values["name"]))}"')
    for kind in (each for each in KINDS.values() if each.grants and not each.attached):
        for project in live.collection(PROJECT, {}).values():
            try:
                rules = live.collection(kind, {PROJECT.name: project.id}).values()
            except NotServed:
                break
            except ApiError as error:
                yield f"which access rules would be deleted, too, could not be read: {error.problem}"
                break
            for rule in rules:
                rows = lost.get(by_address.get(folded(str(rule.values.get("member") or "")), ""))
                if rows is not None and kind.grants:
                    above = f"{rule.values[kind.grants.keyed_by]}: " if kind.grants.keyed_by else ""
                    rows.append(
                        f'project "{one_line(str(project.values.get("name")))}":'
                        f" {above}{rule.values[kind.grants.value]}"
                    )
    ids = {folded(str(dig(each, MEMBER.keys[0]))): str(each.get("id")) for each in live.lookup(MEMBER.name)}
    for address in lost:
        lost[address] += _of_objects(live, ids.get(folded(address)))
    for address, rows in sorted(lost.items()):
        what = ", ".join(rows) if rows else "no role and no rule"
        yield f"{one_line(address)} leaves the organization and loses {what}"


def _of_objects(live: Live, membership: str | None) -> Iterator[str]:
    """The rules of single objects that somebody loses, by one list for each project; nothing from older servers."""
    for kind in (each for each in KINDS.values() if each.attached and membership):
        for project in live.collection(PROJECT, {}).values():
            scope = {PROJECT.name: project.id}
            try:
                for each in objects_with_rules(live, kind, scope, "member", membership or ""):
                    yield f'project "{one_line(str(project.values.get("name")))}": {one_line(told(each))}'
            except ApiError:
                return  # older servers, which list none; of others, the rules above have said so


def _joined(entry: Entry, live: Live) -> Found | None:
    found = next(iter(live.find(entry.kind, {}, entry.fields)), None)
    return None if found is None or is_pending(found) else found


def _is_me(found: Found, live: Live) -> bool:
    return bool(dig(found.answer, MEMBER.value) == live.me().get("uuid"))


def _own_level(live: Live) -> int | None:
    """The level of the key's owner; None where the server does not say it."""
    level = live.organization().get("membership_level")
    return int(level) if isinstance(level, int) else None


def _name(level: int) -> str:
    return next((name for name, number in LEVELS.items() if number == level), str(level))


def _article(level: int) -> str:
    name = _name(level)
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
