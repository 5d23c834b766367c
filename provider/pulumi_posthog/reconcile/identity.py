"""What PostHog answers of objects without an id of their own -> the same with an id, made of what identifies them.

So the same rule has the same id in every run and in every stack (posthog-api-access.md 3.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import what_it_is_about
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import folded


def identified(
    kind: Kind, scope: Scope, answer: Mapping[str, Json], names: Mapping[str, str]
) -> dict[str, Json]:
    """An answer with an id, and with addresses in the place of what `names` has (membership id -> address)."""
    identity = kind.upsert.identity if kind.upsert else ()
    parts = [answer[name] for name in identity if answer.get(name)]
    # Of a role and a member, at most one is there.
    parts += ["everyone"] if len(parts) < len(identity) - 1 else []
    result = {**answer, "id": "/".join(map(str, (*scope.values(), *parts)))}
    if kind.attached and (about := what_it_is_about(kind, scope)):
        # Rules keep primary keys, and URLs take a collection's own ids, by which a file's entries are known (3.2).
        result |= {kind.attached.type: about[0].accessible_as, kind.attached.id: about[1]}
    for field in kind.fields:
        if field.found_by and field.sent_as:
            given = answer.get(field.sent_as)
            # Who is no longer a member, or is hidden from this key, keeps the id: nobody is taken for somebody else.
            result[field.name] = names.get(str(given), given)
    return result


def scope_in_id(kind: Kind, id_: str) -> Scope:
    """The ids that lead to an object whose id was made by `identified`: they are in it. {} where it is no such id."""
    above, _, rest = id_.partition("/")
    if kind.parent is None or not rest:
        return {}
    about = {kind.attached.place: rest.rpartition("/")[0]} if kind.attached else {}
    return {kind.parent: above, **about}


def address_id(address: str) -> str:
    """The id of the person with this address; PostHog has addresses in lower case since 2025."""
    return address.lower()


def people(
    kind: Kind, members: Iterable[Mapping[str, Json]], invitations: Iterable[Mapping[str, Json]], path: str
) -> Iterator[Mapping[str, Json]]:
    """Members, and invited people who are not members, each with the address as the id.

    Of several invitations for one address the one that counts longest is told. Two members whose addresses differ in
    their case alone have them as they are for ids. Raises IncompleteRead for an answer that is no object.
    """
    by_address: dict[str, list[Mapping[str, Json]]] = defaultdict(list)
    for each in members:
        by_address[folded(str(dig(object_of(each, path, None), MEMBER.keys[0])))].append(each)
    for those in by_address.values():
        for each in those:
            mail = str(dig(each, MEMBER.keys[0]))
            yield {**each, "id": address_id(mail) if len(those) == 1 else mail}
    invited: dict[str, Mapping[str, Json]] = {}
    words = kind.invitation
    for each in sorted(invitations, key=lambda each: str(each.get("created_at") or "")) if words else ():
        address = folded(str(object_of(each, path, words.address)[words.address])) if words else ""
        before = invited.get(address)
        if before is None or not (words and each.get(words.expired) and not before.get(words.expired)):
            invited[address] = each
    for address, each in invited.items():
        if address not in by_address:
            yield {**each, "id": address_id(str(each[words.address] if words else ""))}


def items(kind: Kind, answer: Json, path: str) -> list[Mapping[str, Json]]:
    """The objects in the answer to a GET of the list; raises IncompleteRead for an answer of another form."""
    key = kind.upsert.items if kind.upsert else ""
    found = object_of(answer, path, key)[key]
    return [object_of(each, path, None) for each in found]
