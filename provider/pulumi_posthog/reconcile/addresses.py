"""The people whom an object names by address, the organization's members -> PostHog's spelling, and who has left.

When a person leaves an organization, nobody changes the configuration. It then names an address that PostHog does not
know, and the person who runs it next has made no mistake. So such an address is left out, with a warning, when the
stack knew it before. An address that the stack never knew is a mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Ambiguous, Found, Scope
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json, dig, json_in
from pulumi_posthog.values.spelling import folded

LEFT: Final = "__left"  # the property that holds the declared addresses of those who have left
GONE: Final = (
    'no member of the organization has the e-mail address "{}" any more: left out here\n'
    "  hint: take it out of what is declared, or invite that person again"
)
STRANGER: Final = (
    'no member of the organization has the e-mail address "{}"\n  hint: invite that person in PostHog first'
)


@dataclass(frozen=True)
class Addressed:
    """`value` is the field's with PostHog's spelling and without those who have `left`; or why not, `problem`."""

    value: Json
    left: tuple[str, ...] = ()
    problem: str | None = None


def person_field(kind: Kind) -> Field | None:
    """The field in which objects of a kind name people by address, if there is one."""
    return next((field for field in kind.writable if field.refers_to == MEMBER.name), None)


def addressed(
    kind: Kind, scope: Scope | None, declared: Json, known: Collection[str], live: Live
) -> Addressed:
    """Look up who is declared: one address, or several.

    `scope` is None while what the object is in does not exist. `known` are the addresses that the stack knew before,
    folded. The organization's members are read only when an address is not in the role already.
    """
    texts = declared if isinstance(declared, list) else [declared]
    present = _present(kind, scope, live) if scope is not None else frozenset()
    spelled, left = [], []
    for text in texts:
        try:
            member = None if text in present else live.referred(MEMBER.name, text)
        except Ambiguous as error:
            return Addressed(declared, problem=f"{error}\n  hint: write the one that is meant exactly so")
        if member is not None:
            spelled.append(str(dig(member, MEMBER.keys[0])))
        elif text in present:
            spelled.append(text)
        elif folded(text) in known:
            left.append(text)
        else:
            return Addressed(declared, problem=STRANGER.format(text))
    if not isinstance(declared, list):
        return Addressed(declared if left else spelled[0], tuple(left))
    return Addressed(spelled, tuple(left))


def put(
    kind: Kind, scope: Scope | None, properties: dict[str, Any], known: Collection[str], live: Live
) -> Addressed:
    """As `addressed`, for the properties of a resource, which get the result.

    Nothing is looked up while a program does not know the addresses.
    """
    field = person_field(kind)
    declared = properties.get(field.name) if field else None
    texts = declared if isinstance(declared, list) else [declared]
    if field is None or not all(isinstance(text, str) for text in texts):
        return Addressed(declared)
    found = addressed(kind, scope, declared, known, live)
    if found.problem is None:
        properties[field.name] = found.value
        properties |= {LEFT: list(found.left)} if found.left else {}
    return found


def of_guard(properties: Mapping[str, Any]) -> frozenset[str]:
    """The addresses of everybody who was declared when a guard let a run pass, folded; raises Damaged."""
    known = json_in(properties.get("__addresses") or "[]", list)
    return frozenset(folded(each) for each in known if isinstance(each, str))


def strangers(said: str | None, known: Collection[str]) -> list[str]:
    """What is wrong with the addresses that no member of the organization has, except those of people who have left.

    `said` is JSON text: address -> what is wrong; raises Damaged for any other. The guard asks, because nothing has
    been touched yet.
    """
    problems = json_in(said or "{}", dict)
    return [problem for address, problem in problems.items() if folded(address) not in known]


def nobody(kind: Kind, properties: Mapping[str, Any]) -> bool:
    """Whether an object is about somebody who has left: there is none, and nothing to do."""
    return single(kind) and bool(properties.get(LEFT))


def _present(kind: Kind, scope: Scope, live: Live) -> frozenset[str]:
    """Who is there already."""
    item = KINDS[kind.set_of] if kind.set_of else kind
    field = person_field(item)
    key = field.name if field else ""
    values = [found.values.get(key) for found in live.collection(item, scope).values()]
    return frozenset(str(each) for one in values for each in (one if isinstance(one, list) else [one]))


def remembered(kind: Kind, properties: Mapping[str, Any]) -> frozenset[str]:
    """The addresses that a stack has of one object, those who have left among them; folded."""
    field = person_field(kind)
    value = properties.get(field.name) if field else None
    # The provider plugin keeps a set as a mapping.
    texts = [*(value if isinstance(value, list | dict) else [value]), *(properties.get(LEFT) or ())]
    return frozenset(folded(text) for text in texts if isinstance(text, str))


def leavers(kind: Kind, properties: Mapping[str, Any], found: Found | None, live: Live) -> list[str]:
    """Of the addresses that the state has of one object, those that PostHog no longer knows.

    The members are read only when PostHog does not show all of them in the object any more.
    """
    field = person_field(kind)
    if field is None:
        return []
    value = properties.get(field.name)
    texts = [*(value if isinstance(value, list) else [value]), *(properties.get(LEFT) or ())]
    there = found.values.get(field.name) if found else None
    shown = there if isinstance(there, list) else [there]
    missing = [text for text in dict.fromkeys(texts) if isinstance(text, str) and text not in shown]
    return [text for text in missing if _unknown(live, text)]


def _unknown(live: Live, address: str) -> bool:
    try:
        return live.referred(MEMBER.name, address) is None
    except Ambiguous:
        return False


def single(kind: Kind) -> bool:
    """Whether an object of the kind is about one person, and does not exist without."""
    field = person_field(kind)
    return field is not None and field.type is Type.STRING
