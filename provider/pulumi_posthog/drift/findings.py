"""observed, plan, what a stack remembers -> findings. Pure: who did it is asked later, of what is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pulumi_posthog.api.errors import ApiError
from pulumi_posthog.drift.finding import About, Fate, Finding, Status, Trace
from pulumi_posthog.drift.renamed import renamed
from pulumi_posthog.drift.settings import undeclared_settings
from pulumi_posthog.drift.unanswered import rotated
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import list_field, may_be_below, possible_keys
from pulumi_posthog.reconcile import limits as reconcile_limits
from pulumi_posthog.reconcile.addresses import person_field, single
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry, Key, group_of, key_of
from pulumi_posthog.reconcile.differences import Difference, differences
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.losses import Loss, losses, lost_besides, refusal_of_losses
from pulumi_posthog.reconcile.objections import contradiction, objection_to_differences
from pulumi_posthog.reconcile.observe import Observed, Undeclared
from pulumi_posthog.reconcile.path import collection_path, path_of, where_of
from pulumi_posthog.reconcile.plan import Action, Change, Plan
from pulumi_posthog.reconcile.recorded import Recorded, remembered
from pulumi_posthog.reconcile.renames import Rename, probable_renames
from pulumi_posthog.reconcile.shown import Row, rows
from pulumi_posthog.values.json_value import Json, shown_json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.secret_text import MASK
from pulumi_posthog.values.spelling import one_line

# Of a path as `details` writes it, and as people read it: config['account'] -> config.account
WHOLE_ITEM: Final = re.compile(r"""\w+\[(?:'[^']*'|"[^"]*")\]""")
FIRST_KEY: Final = re.compile(r"^\w+\['([^']*)'\]")
LEFT_HINT: Final = "if that person has left, take the address out of the file"
KEY: Final = re.compile(r"\['([^']*)'\]")
LEAVING: Final = {
    Fate.DELETED: "is in the stack and no longer declared: the next run deletes it",
    Fate.GIVEN_UP: "is in the stack and no longer declared: it stays in PostHog, and is no longer managed",
}


def findings(
    observed: Observed, plan: Plan, recorded: Mapping[Key, Recorded] | None = None
) -> tuple[Finding, ...]:
    """Everything that differs, in the order of the configuration; what is not declared and what could not be
    read come last.

    With `recorded`, what differs because the configuration changed is told from what somebody changed in
    PostHog; without it, everything counts as changed in PostHog.
    """
    desired = observed.desired
    # A stack knows ids, and they find what was renamed.
    looks = renamed(observed) if recorded is None else {}
    known_ids = {(each.kind.name, each.id) for each in (recorded or {}).values()}
    return (
        *(
            _maybe_renamed(found, change.entry, looks)
            for change in plan.changes
            for found in _of_change(change, observed, recorded)
        ),
        *_contradicting(desired, recorded or {}, observed),
        *rotated(observed, recorded or {}),
        *_no_longer_declared(desired, observed, recorded or {}),
        # What the stack knows is not strange, only no longer wanted.
        *(
            _of_undeclared(each, observed)
            for each in observed.undeclared
            if (each.found.kind.name, each.found.id) not in known_ids
        ),
        *(undeclared_settings(observed) if observed.asked_for_undeclared else ()),
        *(
            _unread(entry.kind, path_of(entry, desired), observed.unread[key_of(entry)], entry)
            for entry in observed.compared
            if key_of(entry) in observed.unread
        ),
        *(
            _unread(KINDS[group[0]], collection_path(group, desired), error, None)
            for group, error in observed.unread_groups.items()
        ),
    )


def refused(
    desired: Desired, observed: Observed, managed: reconcile_limits.Managed, limits: reconcile_limits.Limits
) -> tuple[Finding, ...]:
    """What the limits would say to an update.

    It would delete too much of what the stack manages, or put out too many members whom nobody declared. Raises Damaged
    for what a state has in `managed` and was never written there.
    """
    moved = reconcile_limits.renamed(desired)
    lists = reconcile_limits.exact_lists(desired)
    after = reconcile_limits.with_listed(managed, reconcile_limits.managed(desired), lists, moved)
    found = list(reconcile_limits.refusals(managed, after, limits, KINDS, moved))
    for entry in desired.entries:
        live = observed.found.get(key_of(entry))
        if entry.kind.set_of and live is not None:
            name = list_field(entry.kind).name
            refusal = reconcile_limits.list_refusal(
                KINDS[entry.kind.set_of], entry.name, live.values[name], entry.fields[name], limits
            )
            found += [refusal] if refusal else []
    looks = probable_renames(managed, after, moved, KINDS)
    return tuple(_of_refusal(refusal, desired, looks) for refusal in found)


def losing(
    desired: Desired,
    managed: reconcile_limits.Managed,
    limits: reconcile_limits.Limits,
    live: Live,
    ids: Mapping[Key, str],
) -> tuple[Finding, ...]:
    """What an update would say to too many who lose what is deleted: the people in a role, for example.

    `ids` are those that the state has. May raise ApiError.
    """
    going = reconcile_limits.removals(
        managed, reconcile_limits.managed(desired), reconcile_limits.renamed(desired)
    )
    gone = {kind: [name for names in parents.values() for name in names] for kind, parents in going.items()}
    every = losses(gone, {}, live, ids)
    removed = {
        kind: (going[kind], sum(map(len, managed[kind].values()))) for kind, names in gone.items() if names
    }
    found = [
        loss
        for loss in every
        if refusal_of_losses([e for e in every if e.kind is loss.kind], limits, removed)
    ]
    return tuple(
        Finding(
            status=Status.REFUSED,
            kind=loss.kind.name,
            object=(path := collection_path((loss.holder.name, None), desired)),
            path=path,
            whole=True,
            removal=True,
            message=f"{loss}, more than the limits allow: {', '.join(map(one_line, loss.names))}",
            hint="if that is meant: pulumi config set posthog:allowRemovals"
            f" {loss.kind.name}={_number(found, loss.kind, removed.get(loss.kind.name, ({}, 0))[0])}",
        )
        for loss in found
    )


def _number(found: Iterable[Loss], kind: object, removed: Mapping[str, Collection[str]]) -> int:
    return sum(map(len, removed.values())) + lost_besides(
        (each for each in found if each.kind is kind), removed
    )


def _of_refusal(refusal: reconcile_limits.TooMany, desired: Desired, looks: tuple[Rename, ...]) -> Finding:
    path = collection_path((refusal.kind.name, refusal.parent or None), desired)
    allow = f"pulumi config set posthog:allowRemovals {refusal.kind.name}={len(refusal.names)}"
    return Finding(
        status=Status.REFUSED,
        kind=refusal.kind.name,
        object=path,
        path=path,
        whole=True,
        removal=True,
        message=f"{len(refusal.names)} of {refusal.total} would be removed or replaced, more than the limits allow:"
        f" {', '.join(refusal.names)}",
        hint="; ".join([*map(str, looks), f"if that is meant: {allow}"]),
    )


def _of_change(
    change: Change, observed: Observed, recorded: Mapping[Key, Recorded] | None
) -> Iterator[Finding]:
    entry = change.entry
    if entry is None or entry.elsewhere:
        return
    path, strangers = path_of(entry, observed.desired), observed.desired.strangers
    if change.action is Action.CREATE:
        field = person_field(entry.kind)
        stranger = strangers.get(entry.fields.get(field.name, "")) if field and single(entry.kind) else None
        if stranger is not None:
            yield _left(entry, path, path, stranger, sure=recorded is not None)
            return
        gone = recorded is None or remembered(entry, recorded) is not None
        yield Finding(
            status=Status.GONE if gone else Status.PENDING,
            kind=entry.kind.name,
            object=path,
            path=path,
            whole=True,
            removal=gone,
            where=entry.where,
            about=About(entry, above=entry.parent),
            fate=None if gone else Fate.MADE,
        )
        return
    found = observed.found[key_of(entry)]
    if change.action is Action.DELETE:
        # Where a file says that there are no others, that word is the only place which the entry has.
        is_left_over = entry.kind.deletion is not Deletion.NEVER or (
            entry.where is not None and entry.where == observed.desired.exact.get(group_of(entry))
        )
        yield Finding(
            status=Status.PENDING,
            kind=entry.kind.name,
            object=path,
            path=path,
            id=found.id,
            whole=True,
            message=(
                "is in PostHog and not in the file, which says that there are no others: an update removes it"
                if is_left_over
                else "is declared absent, and PostHog still has it"
            ),
            where=entry.where,
            trace=Trace(found, observed.scopes[group_of(entry)].get(PROJECT.name)),
            about=About(entry, above=entry.parent) if is_left_over else None,
            fate=Fate.DELETED,
        )
        return
    before = remembered(entry, recorded) if recorded is not None else None
    for difference in change.differences:
        status = Status.CHANGED if recorded is None else origin(difference, entry, found, before)
        place = _Place(entry, path, found, observed.scopes[group_of(entry)].get(PROJECT.name))
        for each in _of_difference(difference, status, place):
            stranger = (
                strangers.get(each.declared) if isinstance(each.declared, str) and each.removal else None
            )
            left = _left(entry, path, each.path, stranger, sure=recorded is not None) if stranger else each
            yield replace(left, trace=each.trace, about=each.about)


def _maybe_renamed(finding: Finding, entry: Entry | None, looks: Mapping[Key, Found]) -> Finding:
    """What is gone may only be called otherwise now."""
    found = looks.get(key_of(entry)) if entry and finding.whole and finding.status is Status.GONE else None
    if entry is None or found is None:
        return finding
    name = next((found.values.get(each.name) for each in found.kind.fields if each.from_key), found.id)
    words = f"write the new name into the file with `previously: {shown_json(entry.key)}`"
    if entry.named_apart:
        words = "write the new name as its `name` into the file"
    return replace(
        finding,
        message=f"is declared, and PostHog does not have it; {shown_json(name)} (id {found.id}), which is not declared,"
        " looks like it: renamed by hand?",
        hint=f"`--stack NAME` knows by the id; if it was, {words}",
        about=About(entry, renamed=found),
    )


def _left(entry: Entry, object_: str, path: str, stranger: Problem, *, sure: bool) -> Finding:
    """Somebody is declared who is not in the organization; `sure` says that it once was so, because a stack knows."""
    return Finding(
        status=Status.GONE,
        kind=entry.kind.name,
        object=object_,
        path=path,
        whole=True,
        removal=True,
        message="is declared, and no member of the organization has that address",
        hint=LEFT_HINT if sure or "did you mean" not in (stranger.hint or "") else stranger.hint,
        where=stranger.where or entry.where,
        about=About(entry),
    )


def origin(difference: Difference, entry: Entry, found: Found, before: Recorded | None) -> Status:
    """Whether somebody changed a field in PostHog, or the configuration changed and was not applied yet.

    Where both changed, it counts as changed in PostHog: somebody's work is about to be overwritten.
    """
    name = difference.field.name
    if before is None or name not in before.values:
        return Status.PENDING
    applied = {name: _with_shown(before.values[name], before.secrets.get(name, {}), found.values.get(name))}
    same_as_applied = not differences(entry.kind, {name: entry.fields[name]}, applied)
    live_as_applied = not differences(entry.kind, applied, {name: found.values.get(name)})
    return Status.PENDING if live_as_applied and not same_as_applied else Status.CHANGED


def _with_shown(applied: Json, secrets: Mapping[str, Json], live: Json) -> Json:
    """What was applied of a field, with the secrets among it that PostHog shows."""
    if not isinstance(applied, dict) or not isinstance(live, dict):
        return applied
    return {
        **applied,
        **{key: item for key, item in secrets.items() if live.get(key) not in (None, "", MASK)},
    }


@dataclass(frozen=True)
class _Place:
    """The object that a difference is about."""

    entry: Entry
    path: str
    found: Found
    project: str | None


def _of_difference(difference: Difference, status: Status, place: _Place) -> Iterator[Finding]:
    field, entry = difference.field, place.entry
    stays = objection_to_differences(entry.kind, (difference,), place.found) or ""
    stays = stays.replace("\n  hint: ", "; ")
    picture = None
    if field.drawn:
        picture = field.drawn(field.named(difference.live, difference.desired), difference.desired)
    for row in rows(difference):
        key = FIRST_KEY.match(row.path)
        # An exact list is in the YAML where the object itself would.
        own = KEY.sub(r".\1", row.path.removeprefix(field.name) if entry.kind.set_of else f".{row.path}")
        yield Finding(
            status=status,
            kind=entry.kind.name,
            object=place.path,
            path=f"{place.path}{own}",
            live=row.live,
            declared=row.declared,
            id=place.found.id,
            removal=row.removal,
            missing=row.missing,
            undeclared=row.undeclared,
            message=row.message,
            hint=f"`pulumi up` refuses that: {stays}" if stays else None,
            where=where_of(entry, field.name, key[1] if key else None),
            trace=Trace(place.found, place.project, field, key[1] if key else None, _moved(field, row)),
            about=About(
                entry,
                item=(row.declared if row.removal else row.live) if row.message else None,
                above=entry.parent,
            ),
            picture=picture,
        )


def _moved(field: Field, row: Row) -> Json:
    """The whole item that came into a list or left it, where a row is about one; None where it is about less."""
    if field.items_by is None or not WHOLE_ITEM.fullmatch(row.path):
        return None
    return row.declared if row.missing else row.live if row.undeclared else None


def _contradicting(
    desired: Desired, recorded: Mapping[Key, Recorded], observed: Observed
) -> Iterator[Finding]:
    """An `id` that is not the one the stack has: `pulumi up` refuses it, in the same words."""
    for entry in desired.entries:
        before = remembered(entry, recorded)
        found = observed.found.get(key_of(entry))
        found = found if found is not None and before is not None and found.id == before.id else None
        problem = contradiction(entry.kind, entry.id, before.id, found) if before is not None else None
        if problem is not None:
            message, _, hint = problem.partition("\n  hint: ")
            path = path_of(entry, desired)
            yield Finding(
                status=Status.REFUSED,
                kind=entry.kind.name,
                object=path,
                path=f"{path}.id",
                message=message,
                hint=hint,
                where=entry.where,
            )


def _no_longer_declared(
    desired: Desired, observed: Observed, recorded: Mapping[Key, Recorded]
) -> Iterator[Finding]:
    names = {(entry.kind.name, name) for entry in desired.entries for name in (entry.name, *entry.previously)}
    for key, before in recorded.items():
        if key in names or (observed.kinds and before.kind.name not in observed.kinds):
            continue
        yield Finding(
            status=Status.PENDING,
            kind=before.kind.name,
            object=f"{before.kind.section.partition('.')[0]}.{before.name}",
            path=f"{before.kind.section.partition('.')[0]}.{before.name}",
            id=before.id,
            whole=True,
            message=LEAVING[(fate := _fate(before, desired))],
            about=About(above=before.name.rpartition("/")[0]),
            fate=fate,
        )


def _fate(before: Recorded, desired: Desired) -> Fate:
    """What becomes of something that the stack has and the configuration does not declare."""
    given_up = any(
        (entry.kind is before.kind and before.name in (entry.name, *entry.previously))
        or (may_be_below(before.kind, entry.kind) and before.name.startswith(f"{entry.name}/"))
        for entry in desired.unmanaged
    )
    stays = before.kind.deletion in (Deletion.NEVER, Deletion.FORGET)
    return Fate.GIVEN_UP if given_up or stays else Fate.DELETED


def _free_key(found: Found, undeclared: Undeclared, observed: Observed) -> Json:
    """What an object would be called in the file, where it has a name: not as another one that is declared."""
    name = found.kind.own_name(found.values)
    taken = {entry.key for entry in observed.desired.entries if group_of(entry) == undeclared.group}
    if not isinstance(name, str):
        return name
    return next((key for key in possible_keys(found.kind, name, found.values) if key not in taken), name)


def _of_undeclared(undeclared: Undeclared, observed: Observed) -> Finding:
    found, kind = undeclared.found, undeclared.found.kind
    key = _free_key(found, undeclared, observed)
    path = f"{collection_path(undeclared.group, observed.desired)}.{key or found.id}"
    return Finding(
        status=Status.UNDECLARED,
        kind=kind.name,
        object=path,
        path=path,
        id=found.id,
        whole=True,
        trace=Trace(found, observed.scopes[undeclared.group].get(PROJECT.name)),
        about=About(group=undeclared.group),
    )


def _unread(kind: Kind, path: str, error: Exception, entry: Entry | None) -> Finding:
    problem = str(error)
    if isinstance(error, ApiError):
        problem = f"{error.method} {error.path}: {error.problem}" if error.path else error.problem
    return Finding(
        status=Status.UNREAD,
        kind=kind.name,
        object=path,
        path=path,
        whole=True,
        message=f"could not be looked at: {problem}",
        hint=getattr(error, "hint", None),
        where=entry.where if entry else None,
    )
