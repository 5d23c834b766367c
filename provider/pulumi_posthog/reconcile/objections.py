"""One declared object, live, limits -> why the limits do not allow it; None when they do. Only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile import caps, coming_in, lifecycle
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.limits import Limits, list_refusal
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import one_line


def objection_to_list(
    kind: Kind, scope: Scope, values: Mapping[str, Json], live: Live, limits: Limits
) -> str | None:
    """Why a list that is exact may not become what is declared: it would lose too much, or the wrong one.

    `kind` is one with `set_of`, `scope` names its parent.
    """
    found = next(iter(live.find(kind, scope, {})), None)
    if found is None:
        return None
    name, item = kind.writable[0].name, KINDS[kind.set_of or ""]
    parent = str(found.answer.get("name", ""))
    if found.answer.get("is_default"):
        return (
            f'"{one_line(parent)}" is the organization\'s default role: PostHog puts every new member into it,'
            " and an exact list would remove them again\n  hint: write `members: {mode: additive, items: [...]}`"
        )
    before, declared = found.values[name], values.get(name, ())
    refusal = list_refusal(item, parent, before, declared, limits)
    if refusal:
        return str(refusal)
    gone = set(before) - set(declared)
    own = str(live.me().get("email", "")) if gone else ""
    if own in gone and not limits.allowed.get(item.name):
        return (
            f"{own} owns the key that this runs with, and would lose this {item.title}\n"
            f"  hint: if that is meant, say so: pulumi config set posthog:allowRemovals {item.name}=1"
        )
    return None


def objection_to_change(
    kind: Kind, scope: Scope, values: Mapping[str, Json], live: Live, moves: caps.Moves
) -> str | None:
    """Why an object may not be as declared: somebody else keeps it, or PostHog takes no more of its sort.

    `moves`: see `caps.objection`.
    """
    matches = live.find(kind, scope, values)
    found = matches[0] if len(matches) == 1 else None
    if found is not None and kind.kept_by and (who := kind.kept_by(found.values)):
        name = str(kind.own_name(found.values))
        return f'{kind.title} "{one_line(name)}" is not to be managed here: {who}'
    if not kind.caps:
        return None
    return caps.objection(kind, scope, values, live.collection(kind, scope), moves)


def is_discontinued(kind: Kind, values: Mapping[str, Json], live: Live) -> bool:
    """Whether this server makes no new object with such values. Asks for what they refer to; may raise ApiError."""
    if kind.discontinued is None:
        return False
    name, value = kind.field(kind.discontinued.field).refers_to or "", values.get(kind.discontinued.field)
    return any(
        kind.discontinued.sign in answer
        for answer in live.lookup(name)
        if dig(answer, LOOKUPS[name].value) == value
    )


def objection_to_creation(kind: Kind, values: Mapping[str, Json], live: Live) -> str | None:
    """Why something that does not exist cannot be made as declared: this server would make something else, or no move
    leads a new one to its state."""
    refusal = lifecycle.objection_to_making(kind, values) or coming_in.objection_to_making(kind, live)
    if refusal:
        return refusal
    missing = [name for name in kind.made_only_with if not values.get(name)]
    if missing:
        return (
            f"this {kind.title} does not exist, and PostHog makes none without {' and '.join(missing)}\n"
            f"  hint: declare {' and '.join(f'`{name}`' for name in missing)}"
        )
    if kind.discontinued is None or not is_discontinued(kind, values, live):
        return None
    return (
        f"this {kind.title} does not exist, and {kind.discontinued.words}\n  hint: {kind.discontinued.hint}"
    )


def objection_to_age(kind: Kind, live: Live) -> str | None:
    """Why this server has nothing of a kind that is attached to objects, before its object is made; None when it may.

    Of other kinds the list says so, which is in what is there already. May raise ApiError.
    """
    if kind.attached is None:
        return None
    age = live.age()
    if age is None or age >= kind.since:
        return None
    return (
        f"this server has no {kind.title} objects: it is older than {kind.since}\n"
        f"  hint: take `{kind.attached.key}` out of the entries of its objects"
    )


def objection_to_deletion(kind: Kind, values: Mapping[str, Json], live: Live, limits: Limits) -> str | None:
    """Why a guarded object that is declared absent may not be deleted: it was not allowed, or it is the last one."""
    name = str(values.get("name", ""))
    if not live.find(kind, {}, values):
        return None
    if f"{kind.name}/{name}" not in limits.deletions:
        return (
            f'{kind.title} "{one_line(name)}" would be deleted with everything in it, for good\n'
            f"  hint: if that is meant, say so: pulumi config set posthog:allowDeletions {kind.name}/{one_line(name)}"
        )
    if len(live.collection(kind, {})) == 1:
        return f'{kind.title} "{one_line(name)}" is the last one of the organization and stays'
    return None


def contradiction(
    kind: Kind, declared: str | int | None, recorded: str, found: Found | None = None
) -> str | None:
    """Why an entry may not say an `id` that is not the one the stack has for it; None when the two are one.

    `found` is the object that the stack has, if it is there: it may have another id as well.
    """
    if (
        declared is None
        or str(declared) == recorded
        or (found is not None and found.is_called(str(declared)))
    ):
        return None
    return (
        f"`id: {declared}` contradicts the stack, which has this {kind.title} as {recorded}\n"
        f"  hint: write `id: {recorded}`, or take `id` out; to manage the other object, declare it under another key"
    )


def objection_to_differences(kind: Kind, changed: Sequence[Difference], found: Found) -> str | None:
    """Why an object that exists does not become what is declared: no move leads there, or PostHog keeps it as it is."""
    refusal = lifecycle.objection(kind, changed) or _objection_to_another(kind, changed)
    if refusal or kind.fixed is None or not changed:
        return refusal
    fields = {each.field.name: each.desired for each in changed}
    for words, hint in kind.fixed(fields, found.answer):
        return f"this {kind.title} {words}\n  hint: {hint}"
    return None


def _objection_to_another(kind: Kind, changed: Sequence[Difference]) -> str | None:
    """Why what never changes of an object does not make it another one."""
    for each in changed:
        if each.field.fixed:
            along = " and ".join(taken.plural for taken in kind.taken_along)
            lost = f", with all {along} of this one lost" if along else ""
            return (
                f'this {kind.title} has the {each.field.name} "{one_line(str(each.live))}", which never changes:'
                f" another one would have to take its place{lost}\n"
                "  hint: put it back, and declare the other one under another key; when that has what it needs,"
                f" take this {kind.title} out of the file, within the limits on removals"
            )
    return None


def objection_to_absence(kind: Kind, found: Found, values: Mapping[str, Json]) -> str | None:
    """Why what is declared absent is not deleted: PostHog calls the object that the stack has by another name now."""
    if set(kind.all_natural_keys(values)) & set(kind.all_natural_keys(found.values)):
        return None
    name, now = (str(kind.own_name(each)) for each in (values, found.values))
    return (
        f'{kind.title} {found.id}, which the stack has as "{one_line(name)}", is called "{one_line(now)}"'
        f' in PostHog now: it is not deleted\n  hint: if it is meant, declare "{one_line(now)}" with'
        f" `previously: {one_line(name)}` and `state: absent`"
    )
