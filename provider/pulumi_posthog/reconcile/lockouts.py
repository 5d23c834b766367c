"""A declared change, live -> who would be shut out, and why that is refused. Only reads.

posthog-api-access.md 10.2: the key's owner is never shut out; what hits everybody is asked for by name, in the setting
`posthog:allowRisks`; who else loses something is told.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi_posthog.api import Forbidden, NotServed
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import what_it_is_about
from pulumi_posthog.kinds.words import Grants, ShutOut
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.differences import Difference, differences
from pulumi_posthog.reconcile.features import has_feature
from pulumi_posthog.reconcile.identity import scope_in_id
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import folded, one_line

ADMIN = 8  # the level of an organization admin (posthog-api.md 1.9)
SHOWN = 10  # people who are named; of more, the number is told


@dataclass(frozen=True)
class Verdict:
    """`refusal` says why a change is not made; `warnings` what it does besides."""

    refusal: str | None = None
    warnings: tuple[str, ...] = ()


def verdict(kind: Kind, scope: Scope, values: Mapping[str, Json], live: Live, limits: Limits) -> Verdict:
    """What to say of a change of what exists; may raise ApiError: who is shut out is not guessed."""
    guarded = any(field.confirmed or field.shuts_out for field in kind.fields if field.name in values)
    if not guarded and not (kind.grants and kind.grants.administers):
        return Verdict()
    found = next(iter(live.find(kind, scope, values)), None)
    level = values.get(kind.grants.value) if kind.grants else None
    losing = objection_to_losing_rules(kind, scope, found.id if found else None, level, live)
    if losing:
        return Verdict(losing)
    before = found.values if found else {}
    changed = differences(kind, values, before) if found or kind.upsert else ()
    warnings: list[str] = []
    for difference in changed:
        refusal = _unconfirmed(kind, scope, values, difference, live, limits)
        refusal = refusal or _shutting_out(difference, live, warnings)
        if refusal:
            return Verdict(refusal)
    return Verdict(None, tuple(warnings))


def _unconfirmed(
    kind: Kind,
    scope: Scope,
    values: Mapping[str, Json],
    difference: Difference,
    live: Live,
    limits: Limits,
) -> str | None:
    field = difference.field
    if field.confirmed is None or not field.confirmed.asks(difference.desired):
        return None
    if field.confirmed.when and not field.confirmed.when(values):
        return None
    risk = _risk(kind, scope, field, values, live)
    if risk in limits.risks:
        return None
    return (
        f"{field.name}: {_shown(difference.desired)} {field.confirmed.words}\n"
        f"  hint: if that is meant, say so: pulumi config set posthog:allowRisks {risk}"
    )


def _risk(kind: Kind, scope: Scope, field: Field, values: Mapping[str, Json], live: Live) -> str:
    """How the setting `posthog:allowRisks` names a change: by its path in a file."""
    above = KINDS[kind.parent] if kind.parent else None
    found = live.object(above, {}, scope[above.name]) if above and above.name in scope else None
    section = (
        kind.section.replace("*", str(above.own_name(found.values))) if above and found else kind.section
    )
    own = "everyone" if kind.grants else field.name
    return ".".join(str(part) for part in (section, kind.own_name(values), own) if part)


def _shutting_out(difference: Difference, live: Live, warnings: list[str]) -> str | None:
    field, shut_out = difference.field, difference.field.shuts_out
    if shut_out is None or difference.desired != shut_out.value:
        return None
    texts = frozenset(_needed(shut_out, live))
    out = [member for member in live.lookup(MEMBER.name) if shut_out.who(member, texts)]
    own, change = live.me().get("uuid"), f"{field.name}: {_shown(difference.desired)}"
    if any(dig(member, MEMBER.value) == own for member in out):
        return (
            f"{live.me().get('email')} owns the key that this runs with, and would"
            f" {shut_out.loses} by `{change}`\n"
            "  hint: run with the key of somebody who keeps it, or leave the setting as it is"
        )
    if out:
        warnings.append(f"by `{change}`, {people(out)} {shut_out.loses}")
    return None


def objection_to_losing_rules(
    kind: Kind, scope: Scope, id_: str | None, level: Json, live: Live
) -> str | None:
    """Why a rule may not become `level` (None: be deleted): the key's owner may change rules by it alone.

    Organization admins are above all rules, so for them nothing is looked at.
    """
    grants = kind.grants
    if grants is None or grants.administers is None or level == grants.administers or id_ is None:
        return None
    rules = live.collection(kind, scope)
    rule = rules.get(id_)
    if rule is None or rule.values[grants.value] != grants.administers:
        return None
    if int(live.organization().get("membership_level") or 0) >= ADMIN:
        return None
    me = live.me()
    if not _is_about(rule.values, me, live):
        return None
    others = (each for each in rules.values() if each.id != id_)
    if any(
        each.values[grants.value] == grants.administers and _is_about(each.values, me, live)
        for each in others
    ):
        return None
    about = what_it_is_about(kind, scope)
    if about is not None and _may_otherwise(kind, scope, *about, me, live):
        return None
    return _by_it_alone(me, f"this {about[0].title if about else kind.parent}", "this rule")


def _may_otherwise(
    kind: Kind, scope: Scope, about: Kind, id_: str, me: Mapping[str, Json], live: Live
) -> bool:
    """Whether somebody may change the rules of an object without one of its own (3.4).

    Whoever made it may, and whoever a stored rule lets change the rules of its project.
    """
    outer = {name: each for name, each in scope.items() if name == kind.parent}
    found = live.object(about, outer, id_, ())
    if found is not None and dig(found.answer, "created_by.uuid") == me.get("uuid"):
        return True
    return any(
        rule.values[item.grants.value] == item.grants.administers and _is_about(rule.values, me, live)
        for item in KINDS.values()
        if item.parent == kind.parent and item.grants and item.grants.administers and not item.attached
        for rule in live.collection(item, outer).values()
    )


def _by_it_alone(me: Mapping[str, Json], where: str, rule: str) -> str:
    return (
        f"{me.get('email')} owns the key that this runs with, and may change access rules of {where} by {rule} alone:"
        " without it, the next change is refused\n"
        "  hint: run with the key of an organization admin, or leave the rule as it is"
    )


def objections_to_going(
    gone: Mapping[str, Sequence[str]],
    called: Mapping[tuple[str, str], str],
    live: Live,
    ids: Mapping[tuple[str, str], str],
) -> Iterator[str]:
    """Why rules may not leave a file: the key's owner may change the rules of a project or an object by them alone.

    `gone` are names by kind, `called` says how PostHog calls one of them now, and `ids` which objects kinds and names
    of the state are. A rule is deleted together with the role that it is about. May raise ApiError: who is shut out is
    not guessed.
    """
    for item in KINDS.values():
        grants = item.grants
        if grants is None or grants.administers is None:
            continue
        holders = [KINDS[name] for each in grants.subjects.values() if (name := item.field(each).names)]
        if not any(gone.get(each.name) for each in (item, *holders)):
            continue
        if int(live.organization().get("membership_level") or 0) >= ADMIN:
            return
        with contextlib.suppress(*() if gone.get(item.name) else (NotServed, Forbidden)):
            if item.attached:
                yield from _shutting_out_of_objects(item, grants, gone, live, ids)
            else:
                yield from _shutting_out_by_going(item, grants, gone, called, live)


def _shutting_out_of_objects(
    item: Kind,
    grants: Grants,
    gone: Mapping[str, Sequence[str]],
    live: Live,
    ids: Mapping[tuple[str, str], str],
) -> Iterator[str]:
    """Of the objects that a rule of the state leaves: their ids are in its own, and no list has them all."""
    me = live.me()
    removed = {
        (kind, ids[kind, name]) for kind, names in gone.items() for name in names if (kind, name) in ids
    }
    holders = {field: item.field(field).names for field in grants.subjects.values()}

    def goes(id_: str, values: Mapping[str, Json]) -> bool:
        about = {(str(kind), str(values.get(field))) for field, kind in holders.items() if kind}
        return bool({(item.name, id_), *about} & removed)

    roles = tuple(f"/{id_}" for kind, id_ in removed if kind in holders.values())
    those = {
        id_
        for (kind, _), id_ in ids.items()
        if kind == item.name and ((kind, id_) in removed or id_.endswith(roles))
    }
    for scope in {tuple(scope_in_id(item, id_).items()) for id_ in those}:
        about = what_it_is_about(item, dict(scope))
        if about is None or (about[0].name, about[1]) in removed:
            continue  # nobody needs the rules of what goes itself
        mine = [
            each
            for each in live.collection(item, dict(scope)).values()
            if each.values[grants.value] == grants.administers and _is_about(each.values, me, live)
        ]
        if mine and all(goes(each.id, each.values) for each in mine):
            if _may_otherwise(item, dict(scope), *about, me, live):
                continue
            rules = " and ".join(sorted(_named(each.values, grants, item, live) for each in mine))
            yield _by_it_alone(me, _called(*about, dict(scope), item, live), rules)


def _called(about: Kind, id_: str, scope: Scope, item: Kind, live: Live) -> str:
    found = live.object(about, {name: each for name, each in scope.items() if name == item.parent}, id_, ())
    return (
        f'{about.title} "{one_line(str(about.own_name(found.values)))}"' if found else f"{about.title} {id_}"
    )


def _named(values: Mapping[str, Json], grants: Grants, item: Kind, live: Live) -> str:
    """What a rule is called by whom it is about."""
    for field in grants.subjects.values():
        if not (subject := values.get(field)):
            continue
        holder = item.field(field).names
        found = live.object(KINDS[holder], {}, str(subject)) if holder else None
        return (
            f'the rule of {field} "{one_line(str(found.kind.own_name(found.values) if found else subject))}"'
        )
    return "the rule for everyone"


def _shutting_out_by_going(
    item: Kind,
    grants: Grants,
    gone: Mapping[str, Sequence[str]],
    called: Mapping[tuple[str, str], str],
    live: Live,
) -> Iterator[str]:
    me, names = live.me(), frozenset(map(folded, gone.get(item.name, ())))
    for above in live.collection(KINDS[item.parent or ""], {}).values():
        rules = live.collection(item, {item.parent or "": above.id}).values()
        mine = [
            each.values
            for each in rules
            if each.values[grants.value] == grants.administers and _is_about(each.values, me, live)
        ]
        title = str(above.kind.own_name(above.values))
        shown = [_going(values, item, grants, title, names, gone, called, live) for values in mine]
        if shown and all(shown):
            yield _by_it_alone(me, f'{item.parent} "{one_line(title)}"', f"{' and '.join(map(str, shown))}")


def _going(
    values: Mapping[str, Json],
    item: Kind,
    grants: Grants,
    above: str,
    names: frozenset[str],
    gone: Mapping[str, Sequence[str]],
    called: Mapping[tuple[str, str], str],
    live: Live,
) -> str | None:
    """What a rule is called in a file that no longer has it, itself or what it is about; None where it stays."""
    for group, field in grants.subjects.items():
        if not (subject := values.get(field)):
            continue
        holder, known = item.field(field).names, {str(subject)}
        if holder is not None:
            found = live.object(KINDS[holder], {}, str(subject))
            own = str(found.kind.own_name(found.values)) if found else ""
            known = {own, *(name for (kind, name), now in called.items() if (kind, now) == (holder, own))}
            if known & set(gone.get(holder, ())):
                return f'the rule of {holder} "{one_line(own)}"'
        is_named = any(folded(f"{above}/{group}/{each}") in names for each in known)
        return f'the rule of {field} "{one_line(min(known))}"' if is_named else None
    return "the rule for everyone" if folded(f"{above}/everyone") in names else None


def _is_about(values: Mapping[str, Json], me: Mapping[str, Json], live: Live) -> bool:
    """Whether a rule is about somebody: about everyone, that person, or one of that person's roles."""
    if values.get("member"):
        return folded(str(values["member"])) == folded(str(me.get("email")))
    if not values.get("role"):
        return True
    role = live.object(KINDS["role"], {}, str(values["role"]))
    return role is not None and any(
        dig(membership, MEMBER.value) == me.get("uuid") for membership in role.answer.get("members") or ()
    )


def _needed(shut_out: ShutOut, live: Live) -> Iterator[str]:
    if shut_out.needs is None:
        return
    path, key, sign = shut_out.needs
    path = path.format(organization=live.organization_id)
    for answer in live.list_at(path):
        if object_of(answer, path, key).get(sign):
            yield folded(str(answer[key]))


def people(members: Sequence[Mapping[str, Json]]) -> str:
    """Members by their addresses: the first few, and how many more."""
    names = sorted(str(dig(member, MEMBER.keys[0])) for member in members)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _shown(value: Json) -> str:
    return {True: "true", False: "false", None: "null"}.get(value, str(value))


def lacking(kind: Kind, declared: Mapping[str, Json], live: Live) -> dict[str, Field | None]:
    """Plan features that what is declared needs and the organization does not have -> the field that needs it first.

    None where the kind itself does. An organization that does not say what its plan has lacks nothing.
    """
    needs: dict[str, Field | None] = {kind.feature: None} if kind.feature else {}
    for field in kind.writable:
        if field.feature and declared.get(field.name) is not None:
            needs.setdefault(field.feature, field)
    organization = live.organization() if needs else {}
    return {feature: field for feature, field in needs.items() if not has_feature(organization, feature)}
