"""An object that is there already -> whether this stack may take it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.spelling import one_line


def adoptable(
    live: Live, kind: Kind, scope: Scope, desired: Mapping[str, Json], id_: str | None
) -> tuple[list[Found], str | None]:
    """The objects that a new resource may mean, the one to take over first; and why none of them can be, or None."""
    if id_ is not None:
        found = live.object(kind, scope, id_, desired)
        if found is None:
            return [], f"there is no {kind.title} with id {id_} to take over: check the id, or leave it out"
        return [found], objection_to_id(kind, found, desired)
    matches = live.find(kind, scope, desired)
    if len(matches) > 1 and not kind.oldest_wins:
        ids = ", ".join(match.id for match in matches)
        return matches, (
            f"PostHog has {len(matches)} of this {kind.title} (ids {ids}): add `id: ...` to say which one is meant"
        )
    return matches, None


def objection_to_id(kind: Kind, found: Found, desired: Mapping[str, Json]) -> str | None:
    """Why the object of an explicit id cannot be what is declared: PostHog never makes the one of the other.

    Taken over all the same, the next run would delete it, and make another one.
    """
    for each in differences(kind, desired, found.values):
        if each.field.replaces(each.live, each.desired) and not each.field.changed_by_id:
            name = each.field.name
            return (
                f"the {kind.title} with id {found.id} has another {name}, {one_line(str(each.live))}, and PostHog does"
                " not change that: declare it so, or leave the id out to make a new one"
            )
    return None


def is_successor(kind: Kind, answer: Json) -> bool:
    """Whether an answer is PostHog's word for a hog function that it made instead (posthog-api.md 6.4)."""
    return (
        kind.succeeded_by is not None
        and isinstance(answer, Mapping)
        and "id" in answer
        and answer["id"] is None
    )


def is_of_another(kind: Kind, desired: Mapping[str, Json]) -> bool:
    """Whether an object is known by another one, which its file declares: a row is known by what it is about."""
    return any(
        isinstance(desired.get(name), Reference) and kind.field(name).may_refer
        for names in kind.natural_keys
        for name in names
    )


def objection_to_takeover(
    kind: Kind, scope: Scope, values: Mapping[str, Json], found: Found | None, owners: Owners, limits: Limits
) -> str | None:
    """Why something may not be managed here: another stack does it already.

    `found` is what exists of it. `owners` is what is known of other stacks.
    """
    parent = scope.get(kind.parent) if kind.parent else None
    owner = next(
        (owners[claim] for claim in claims(kind, parent, found.id if found else None) if claim in owners),
        None,
    )
    if owner is None:
        return None
    name = next(
        (str(values[field.name]) for field in kind.fields if field.from_key and field.name in values), ""
    )
    name = name or (str(found.answer.get("name") or found.id) if found else str(parent))
    if f"{kind.name}/{name}" in limits.takeovers:
        return None
    return (
        f'{kind.title} "{one_line(name)}" is managed by another stack ({one_line(owner)}):'
        " the two would undo each other's work\n"
        f"  hint: take it out of one of the two; or let this one have it:"
        f' pulumi config set posthog:allowTakeovers "{kind.name}/{one_line(name)}"'
    )


Owners = Mapping[tuple[str, str], str]  # what is managed (`claims`) -> the stack, as the setting names it


def claims(kind: Kind, parent: str | None, id_: str | None) -> Iterator[tuple[str, str]]:
    """The names under which another stack may have what is about to be managed.

    Each is (a kind's name, an object's id), or (what `below` gives, the parent's id). `parent` and `id_` are ids in
    PostHog, as far as there are any. An exact list is in conflict with every item of its parent that another stack
    manages, and the other way round.
    """
    if id_ is not None:
        yield kind.name, id_
    if parent is not None:
        if kind.set_of:
            yield below(kind.set_of), parent
        yield from ((exact.name, parent) for exact in KINDS.values() if exact.set_of == kind.name)


def below(kind: str) -> str:
    """What a claim calls all objects of a kind below one parent: "role_membership of"."""
    return f"{kind} of"
