"""observed, plan, what a stack remembers -> findings. Pure: who did it is asked later, of what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pulumi_posthog import rails
from pulumi_posthog.addresses import person_field, single
from pulumi_posthog.api.errors import ApiError
from pulumi_posthog.desired import Desired, Entry
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Field, Kind, Type
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import list_field
from pulumi_posthog.live import Found
from pulumi_posthog.objections import contradiction
from pulumi_posthog.observe import Group, Key, Observed, Undeclared, group_of, key_of
from pulumi_posthog.plan import (
    ABSENT,
    Action,
    Change,
    Difference,
    Plan,
    details,
    differences,
    is_fingerprinted,
    is_secret,
)
from pulumi_posthog.properties import digest, fingerprint
from pulumi_posthog.renames import Rename, probable_renames
from pulumi_posthog.report.findings import Finding, Status, Trace, shown
from pulumi_posthog.report.renamed import renamed
from pulumi_posthog.values.attachment import Attachment, comparable
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.masking import HIDDEN
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.secret_text import MASK, SecretText, holds_secret, known

# Of a path as `details` writes it, and as people read it: config['account'] -> config.account
FIRST_KEY: Final = re.compile(r"^\w+\['([^']*)'\]")
LEFT_HINT: Final = "whoever has left the organization: take the address out of the file"
KEY: Final = re.compile(r"\['([^']*)'\]")


@dataclass(frozen=True)
class Recorded:
    """What a stack remembers of one object: its id, and the values last applied (secrets left out)."""

    kind: Kind
    name: str
    id: str
    values: Mapping[str, Json]
    # Field -> key -> what was last applied: secrets as they are, files as their digests; empty where it is not shown.
    secrets: Mapping[str, Mapping[str, Json]] = field(default_factory=dict, repr=False)
    # Of a state from before: field -> key -> digest, and what keys it.
    fingerprints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    salt: str | None = None

    def knows(self, name: str, key: str) -> bool:
        """Whether a secret can be compared with the one last applied."""
        before = self.salt is not None and key in self.fingerprints.get(name, {})
        return key in self.secrets.get(name, {}) or before

    def rotated(self, name: str, key: str, value: Json) -> bool:
        """Whether a secret is another than the one last applied; False where the stack does not tell."""
        last = self.secrets.get(name, {})
        if key in last:
            return bool(last[key] != (digest(value) if isinstance(value, Attachment) else value))
        if self.salt is None or not self.knows(name, key):
            return False
        return fingerprint(self.salt, key, value) != self.fingerprints[name][key]


def findings(
    observed: Observed, plan: Plan, recorded: Mapping[Key, Recorded] | None = None
) -> tuple[Finding, ...]:
    """Everything that differs, in the order of the configuration; what nobody declared and what could not be
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
        *_contradicting(desired, recorded or {}),
        *_rotated(observed, recorded or {}),
        *_no_longer_declared(desired, observed, recorded or {}),
        # What the stack knows is not strange, only no longer wanted.
        *(
            _of_undeclared(each, observed)
            for each in observed.undeclared
            if (each.found.kind.name, each.found.id) not in known_ids
        ),
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
    desired: Desired, observed: Observed, managed: rails.Managed, limits: rails.Limits
) -> tuple[Finding, ...]:
    """What the rails would say to an update: too much of what the stack manages would go, or too many members
    whom nobody declared."""
    found = list(rails.refusals(managed, rails.managed(desired), limits, KINDS, rails.renamed(desired)))
    for entry in desired.entries:
        live = observed.found.get(key_of(entry))
        if entry.kind.exact_list_of and live is not None:
            name = list_field(entry.kind).name
            refusal = rails.list_refusal(
                KINDS[entry.kind.exact_list_of], entry.name, live.values[name], entry.fields[name], limits
            )
            found += [refusal] if refusal else []
    looks = probable_renames(managed, rails.managed(desired), rails.renamed(desired), KINDS)
    return tuple(_of_refusal(refusal, desired, looks) for refusal in found)


def _of_refusal(refusal: rails.Refusal, desired: Desired, looks: tuple[Rename, ...]) -> Finding:
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


def path_of(entry: Entry, desired: Desired) -> str:
    """Where an entry stands in the YAML: "projects.Web.file_system.Marketing/Launch board"."""
    section = entry.kind.section.rpartition(".")[2]
    key = entry.kind.own_name(entry.fields)
    return ".".join(
        filter(None, (_parent_path(entry.kind, entry.parent, desired), section, key and str(key)))
    )


def collection_path(group: Group, desired: Desired) -> str:
    """Where the entries of one collection stand: "projects.Web.file_system"."""
    kind, parent = KINDS[group[0]], group[1]
    return ".".join(filter(None, (_parent_path(kind, parent, desired), kind.section.rpartition(".")[2])))


def _parent_path(kind: Kind, parent: str | None, desired: Desired) -> str:
    above = desired.by_name.get((kind.parent, parent)) if kind.parent and parent else None
    return path_of(above, desired) if above else ""


def _of_change(
    change: Change, observed: Observed, recorded: Mapping[Key, Recorded] | None
) -> Iterator[Finding]:
    entry = change.entry
    if entry is None:
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
        )
        return
    found = observed.found[key_of(entry)]
    if change.action is Action.DELETE:
        yield Finding(
            status=Status.PENDING,
            kind=entry.kind.name,
            object=path,
            path=path,
            id=found.id,
            whole=True,
            message="is declared absent, and PostHog still has it",
            where=entry.where,
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
            yield _left(entry, path, each.path, stranger, sure=recorded is not None) if stranger else each


def _maybe_renamed(finding: Finding, entry: Entry | None, looks: Mapping[Key, Found]) -> Finding:
    """What is gone may only be called otherwise now."""
    found = looks.get(key_of(entry)) if entry and finding.whole and finding.status is Status.GONE else None
    if entry is None or found is None:
        return finding
    name = next((found.values.get(each.name) for each in found.kind.fields if each.from_key), found.id)
    before = shown(entry.fields.get(next(each.name for each in entry.kind.fields if each.from_key)))
    return replace(
        finding,
        message=f"is declared, and PostHog does not have it; {shown(name)} (id {found.id}), which nobody declared,"
        " looks like it: renamed by hand?",
        hint=f"`--stack NAME` knows by the id; if it was, write the new name into the file with `previously: {before}`",
    )


def _left(entry: Entry, object_: str, path: str, stranger: Problem, *, sure: bool) -> Finding:
    """Somebody is declared who is not in the organization; `sure` says that it once was so, for a stack knows."""
    return Finding(
        status=Status.GONE,
        kind=entry.kind.name,
        object=object_,
        path=path,
        whole=True,
        removal=True,
        message="is declared, and nobody in the organization has that address",
        hint=LEFT_HINT if sure or "did you mean" not in (stranger.hint or "") else stranger.hint,
        where=stranger.where or entry.where,
    )


def remembered(entry: Entry, recorded: Mapping[Key, Recorded]) -> Recorded | None:
    """What the stack knows of an entry, also by a name that it had before."""
    names = (entry.name, *entry.previously)
    return next(
        (recorded[entry.kind.name, name] for name in names if (entry.kind.name, name) in recorded), None
    )


def origin(difference: Difference, entry: Entry, found: Found, before: Recorded | None) -> Status:
    """Whether somebody changed a field in PostHog, or the configuration changed and was not applied yet.

    Where both changed, it counts as changed in PostHog: somebody's work is about to be overwritten.
    """
    name = difference.field.name
    if before is None or name not in before.values:
        return Status.PENDING
    applied = {name: before.values[name]}
    same_as_applied = not differences(entry.kind, {name: entry.fields[name]}, applied)
    live_as_applied = not differences(entry.kind, applied, {name: found.values.get(name)})
    return Status.PENDING if live_as_applied and not same_as_applied else Status.CHANGED


@dataclass(frozen=True)
class _Place:
    """The object that a difference is about."""

    entry: Entry
    path: str
    found: Found
    project: str | None


def _of_difference(difference: Difference, status: Status, place: _Place) -> Iterator[Finding]:
    field, entry = difference.field, place.entry
    for row in rows(difference):
        key = FIRST_KEY.match(row.path)
        # An exact list stands in the YAML where the object itself would.
        own = KEY.sub(
            r".\1", row.path.removeprefix(field.name) if entry.kind.exact_list_of else f".{row.path}"
        )
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
            where=where_of(entry, field.name, key[1] if key else None),
            trace=Trace(place.found, place.project, field, key[1] if key else None),
        )


def where_of(entry: Entry, field: str, key: str | None = None) -> Position | None:
    """The place in the YAML that says most about a field, or about a key in it."""
    places = (f"{field}.{key}", field, "")
    return next((entry.positions[place] for place in places if place in entry.positions), None)


@dataclass(frozen=True)
class Row:
    """One value that differs, fit to be shown."""

    path: str
    live: Json
    declared: Json
    removal: bool = False
    message: str | None = None
    missing: bool = False  # of an object, PostHog does not have this key
    undeclared: bool = False  # or nobody declared it


def rows(difference: Difference) -> Iterator[Row]:
    """A difference value by value. Of sets, what is missing and what is too much; of secrets, no text."""
    field, live, declared = difference.field, difference.live, difference.desired
    if field.unordered and isinstance(live, list) and isinstance(declared, list):
        yield from _of_set(field, live, declared)
        return
    if field.type is Type.STRINGS:
        # Item by item, one that was put first would make all others differ.
        yield Row(field.name, live, declared)
        return
    for path, before, after in details(difference):
        if before in (None, ABSENT) and after in (None, ABSENT):
            continue  # a key that should be absent, and is
        if holds_secret(after) and before == MASK:
            continue  # there is a secret on both sides, and nobody can compare them
        yield Row(
            path,
            None if before is ABSENT else without_secrets(before, hide=is_secret(field, path, after)),
            None if after is ABSENT else without_secrets(after),
            missing=before is ABSENT,
            undeclared=after is ABSENT,
        )


def _of_set(field: Field, live: list[Json], declared: list[Json]) -> Iterator[Row]:
    have, want = ({str(value): value for value in values} for values in (live, declared))
    for key in want:
        if key not in have:
            yield Row(
                f"{field.name}[{want[key]}]",
                None,
                want[key],
                removal=True,
                message="is declared, and PostHog does not have it",
            )
    for key in have:
        if key not in want:
            yield Row(
                f"{field.name}[{have[key]}]", have[key], None, message="is in PostHog, and nobody declared it"
            )


def without_secrets(value: Json, *, hide: bool = False) -> Json:
    """`value` as it may be shown: secrets by where they come from, masked and hidden ones as "<hidden>"."""
    if isinstance(value, SecretText):
        return value.source
    if isinstance(value, dict):
        return {key: without_secrets(item, hide=hide) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item, hide=hide) for item in value]
    if value == MASK or (hide and value not in (None, "")):
        return HIDDEN
    return value


def _contradicting(desired: Desired, recorded: Mapping[Key, Recorded]) -> Iterator[Finding]:
    """An `id` that is not the one the stack has: `pulumi up` refuses it, in the same words."""
    for entry in desired.entries:
        before = remembered(entry, recorded)
        problem = contradiction(entry.kind, entry.id, before.id) if before is not None else None
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


def _rotated(observed: Observed, recorded: Mapping[Key, Recorded]) -> Iterator[Finding]:
    """Secrets and files that are not those last applied: PostHog gives neither back, the stack has digests."""
    for entry in observed.compared:
        before = remembered(entry, recorded)
        if before is None or key_of(entry) not in observed.found:
            continue
        for name, value in entry.fields.items():
            if not entry.kind.field(name).secret or not isinstance(value, dict):
                continue
            for key, item in value.items():
                if is_fingerprinted(item) and known(item) and before.rotated(name, key, item):
                    path = path_of(entry, observed.desired)
                    yield Finding(
                        status=Status.PENDING,
                        kind=entry.kind.name,
                        object=path,
                        path=f"{path}.{name}.{key}",
                        declared=without_secrets(comparable(item)),
                        live=HIDDEN,
                        id=before.id,
                        message=f"is another {'secret' if holds_secret(item) else 'file'} than the one last applied",
                        where=where_of(entry, name, key),
                    )


def untold(observed: Observed, recorded: Mapping[Key, Recorded]) -> int:
    """How many secrets and files are at hand, and cannot be compared with what the stack last applied."""
    return sum(
        is_fingerprinted(item)
        and known(item)
        and not recorded[entry.kind.name, entry.name].knows(field.name, key)
        for entry in observed.desired.entries
        if (entry.kind.name, entry.name) in recorded
        for field in entry.kind.fields
        if field.secret and isinstance(entry.fields.get(field.name), dict)
        for key, item in entry.fields[field.name].items()
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
            message="is in the stack and no longer declared",
        )


def _of_undeclared(undeclared: Undeclared, observed: Observed) -> Finding:
    found, kind = undeclared.found, undeclared.found.kind
    key = kind.own_name(found.values)
    path = f"{collection_path(undeclared.group, observed.desired)}.{key or found.id}"
    return Finding(
        status=Status.UNDECLARED,
        kind=kind.name,
        object=path,
        path=path,
        id=found.id,
        whole=True,
        trace=Trace(found, observed.scopes[undeclared.group].get(PROJECT.name)),
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
