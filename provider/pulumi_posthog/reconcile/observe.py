"""desired, PostHog -> observed: what of a configuration exists, and what could not be looked at.

"Could not look" is never "gone": an entry whose collection could not be read whole is in `unread`, and
nothing is planned for it.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from pulumi_posthog.api import ApiError, Forbidden, NotFound, NotOffered, Refused, Unauthorized
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import about_scope, ancestors
from pulumi_posthog.reconcile import against, behind, exact_rules
from pulumi_posthog.reconcile import references as config_references
from pulumi_posthog.reconcile.blueprints import with_blueprints
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.coming_in import without_unseen
from pulumi_posthog.reconcile.desired import (
    Desired,
    Entry,
    Group,
    Key,
    above,
    generations,
    group_of,
    groups_of,
    key_of,
)
from pulumi_posthog.reconcile.differences import why_it_rests
from pulumi_posthog.reconcile.invitations import notes
from pulumi_posthog.reconcile.links import Names, names, project_of, with_found, with_live
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.people import with_exact
from pulumi_posthog.reconcile.readers import readers
from pulumi_posthog.reconcile.references import referred_to
from pulumi_posthog.reconcile.unknown_organization import no_such_organization
from pulumi_posthog.reconcile.unmanaged import is_unmanaged, told_once
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.reference import Reference, references_in
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.spelling import folded, one_line


class Unclear(Exception):
    """Only a person can say which live object an entry means; `matches` are those that it may be."""

    def __init__(self, problem: str, *, hint: str, matches: Collection[Found] = ()) -> None:
        super().__init__(problem)
        self.hint = hint
        self.matches = tuple(matches)


@dataclass(frozen=True)
class Undeclared:
    """A live object that no entry means, in the collection `group`."""

    found: Found
    group: Group


@dataclass(frozen=True)
class Observed:
    """What there is of a configuration. An entry that is in neither mapping does not exist."""

    desired: Desired  # with e-mails and plugins looked up
    found: Mapping[Key, Found]
    unread: Mapping[Key, ApiError | Unclear]
    scopes: Mapping[Group, Scope] = field(default_factory=dict)  # the ids that lead to each collection
    undeclared: tuple[Undeclared, ...] = ()
    unclaimed: tuple[
        Undeclared, ...
    ] = ()  # beside an entry that does not exist, whether or not they were asked for
    unread_groups: Mapping[Group, ApiError] = field(default_factory=dict)  # asked for, but without an entry
    kinds: frozenset[str] = frozenset()  # what the look was limited to; empty: to nothing
    notes: tuple[str, ...] = ()
    asked_for_undeclared: bool = False

    @property
    def readable(self) -> Desired:
        """What a plan can be made for."""
        entries = tuple(entry for entry in self.compared if key_of(entry) not in self.unread)
        return dataclasses.replace(self.desired, entries=entries)

    @property
    def compared(self) -> tuple[Entry, ...]:
        """The entries that were asked about: not those that are only there because others are below them."""
        return tuple(
            entry
            for entry in self.desired.entries
            if not entry.elsewhere and (not self.kinds or entry.kind.name in self.kinds)
        )

    @property
    def for_plan(self) -> dict[Key, tuple[str, Mapping[str, Json]]]:
        """(id, field values) of each entry that exists, as `plan.plan` wants it."""
        return {key: (found.id, found.values) for key, found in self.found.items()}


def silent(_done: int, _total: int) -> None:
    """Tells nothing about the progress of the reading."""


def observe(
    desired: Desired,
    live: Live,
    *,
    ids: Mapping[Key, str] | None = None,
    undeclared: bool = False,
    kinds: Collection[str] = (),
    known: Collection[str] | None = (),
    progress: Callable[[int, int], object] = silent,
) -> Observed:
    """Look every entry up: each collection is read once, `READERS` side by side.

    `ids` are those that a stack remembers: they find what was renamed by hand. `kinds` limits the look to
    these kinds (and what they are below). With `undeclared`, live objects without an entry are told as well:
    in the collections that the configuration says something about, or of all `kinds` where these are given.
    `known` are the addresses, folded, of people whom a stack knew: one of them whom the organization no longer has is
    looked up like everybody else. None says that nobody can tell who was there before.

    Raises ConfigError for a reference to somebody or something that PostHog does not have, and ApiError when
    the key, the host or the organization is wrong. Whatever else goes wrong is in `unread`.
    """
    return _Observer(live, ids or {}, frozenset(kinds), known, progress).observe(
        desired, undeclared=undeclared
    )


def _known_by_names(entry: Entry) -> bool:
    """Whether the name of another object is part of what identifies this one."""
    parts = (entry.fields.get(name) for names in entry.kind.natural_keys for name in names)
    return entry.kind.known_by_names or any(isinstance(part, Reference) for part in parts)


class _Observer:
    """One look at PostHog; the threads share its results, and each writes only its own keys."""

    def __init__(
        self,
        live: Live,
        ids: Mapping[Key, str],
        kinds: frozenset[str],
        known: Collection[str] | None,
        progress: Callable[[int, int], object],
    ) -> None:
        self.live = live
        self.ids = ids
        self.kinds = kinds
        self.known = known
        self.progress = progress
        self.found: dict[Key, Found] = {}
        self.unread: dict[Key, ApiError | Unclear] = {}
        self.unread_groups: dict[Group, ApiError] = {}
        self.scopes: dict[Group, Scope] = {}
        self._collections: dict[Group, Mapping[str, Found]] = {}
        self._done = 0
        self._total = 0

    def observe(self, desired: Desired, *, undeclared: bool) -> Observed:
        if not self.kinds or any(KINDS[name].invitation for name in self.kinds):
            with contextlib.suppress(ApiError):  # then each declared person is told as unread
                desired = with_exact(desired, self.live)
        wanted = self._wanted(desired.entries)
        desired = dataclasses.replace(desired, entries=wanted)
        with readers(self.live) as pool:
            # What entries refer to is asked for meanwhile: it waits for nothing that the first answer says.
            lookups = {
                name: pool.submit(self.live.lookup, name)
                for name in sorted(config_references.needed(desired))
            }
            self._knock(wanted)
            desired, notes = self._resolved(desired, lookups)
            for generation in generations(each for each in desired.entries if not _known_by_names(each)):
                self._look(generation, desired, pool)
            desired = self._with_exact_rules(self._named(desired))
            # Which object these mean is known once the names in them have ids.
            for generation in generations(each for each in desired.entries if _known_by_names(each)):
                self._look(generation, desired, pool)
            desired, unseen = without_unseen(
                desired,
                self.live,
                lambda entry: self._scope(group_of(entry), desired),
                lambda key: key in self.ids or key in self.unread,
                lambda project: not {(PROJECT.name, project)} & {*self.ids, *self.found, *self.unread},
            )
            strays = self._undeclared(desired, pool) if undeclared else ()
            misfits = [each.note for each in against.misfits(desired, self.live, self._project_scope)]
        missing = (
            entry
            for entry in desired.entries
            if key_of(entry) not in self.found and key_of(entry) not in self.unread
        )
        return Observed(
            desired,
            self.found,
            self.unread,
            self.scopes,
            strays,
            self._strays(dict.fromkeys(map(group_of, missing)), desired),
            self.unread_groups,
            self.kinds,
            (*notes, *unseen, *misfits, *self._remarks(desired)),
            undeclared,
        )

    def _with_exact_rules(self, desired: Desired) -> Desired:
        """`desired` with the rules absent that a file leaves no place for; where they cannot be read, as it is."""
        if exact_rules.is_exact(desired) and (
            not self.kinds or any(KINDS[name].grants for name in self.kinds)
        ):
            with contextlib.suppress(ApiError):  # then the rules that are declared are told as unread
                return exact_rules.with_surplus(desired, exact_rules.surplus(desired, self.live))
        return desired

    def _remarks(self, desired: Desired) -> Iterator[str]:
        """What a person should know of what exists, though it is as declared."""
        for key, found in self.found.items():
            said = found.kind.remark(found.answer) if found.kind.remark else None
            if said:
                yield f'{found.kind.title} "{one_line(desired.by_name[key].name)}" {said}'
            awaited = found.kind.awaited(found.answer) if found.kind.awaited else None
            if awaited:
                yield f'{found.kind.title} "{one_line(desired.by_name[key].name)}" {awaited}'
            resting = why_it_rests(found.kind, desired.by_name[key].fields, found.values)
            if resting:
                yield f'{found.kind.title} "{one_line(desired.by_name[key].name)}" {resting}'
            yield from notes(found.kind, desired.by_name[key].fields, found, self.live)
            for words in self._scheduled(found, self.scopes[group_of(desired.by_name[key])]):
                yield f'{found.kind.title} "{one_line(desired.by_name[key].name)}" {words}'

    def _scheduled(self, found: Found, scope: Scope) -> Iterator[str]:
        """What PostHog will do to an object by itself; nothing where this server, or key, has no such list."""
        coming = found.kind.scheduled
        if coming is None:
            return
        path = coming.collection.format(**scope)
        try:
            changes = self.live.list_at(path)
        except (Forbidden, NotFound, NotOffered):
            return
        for change in (object_of(each, path, coming.key) for each in changes):
            words = coming.words(change)
            if str(change[coming.key]) == found.id and words:
                yield words

    def _wanted(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if not self.kinds:
            return entries
        kinds = set(self.kinds)
        for kind in map(KINDS.__getitem__, self.kinds):
            kinds.update(ancestors(kind))
        about = {group_of(each)[1] for each in entries if each.kind.attached and each.kind.name in kinds}
        return tuple(
            entry for entry in entries if entry.kind.name in kinds or "/".join(key_of(entry)) in about
        )

    def _knock(self, entries: tuple[Entry, ...]) -> None:
        """One list that has to answer first: a wrong key or organization is to be said once, not per entry."""
        top = next((entry.kind for entry in entries if entry.kind.parent is None), None)
        try:
            if top is not None:
                self.live.collection(top, {})
                return
        except Refused as error:
            if isinstance(error, Unauthorized):
                raise
        # No answer to this list, or no list to ask for: is it only that, or everything?
        try:
            self.live.organization()
        except NotFound:
            raise no_such_organization(self.live) from None

    def _resolved(
        self, desired: Desired, lookups: Mapping[str, Future[list[Mapping[str, Json]]]]
    ) -> tuple[Desired, tuple[str, ...]]:
        answers: dict[str, list[Mapping[str, Json]]] = {}
        for name, future in lookups.items():
            try:
                answers[name] = future.result()
            except ApiError as error:
                for entry in desired.entries:
                    if name in referred_to(entry):
                        self.unread[key_of(entry)] = error
        readable = tuple(entry for entry in desired.entries if key_of(entry) not in self.unread)
        result, notes = config_references.resolve(
            dataclasses.replace(desired, entries=readable),
            members=answers.get("member", ()),
            plugins=answers.get("plugin", ()),
            pending=self.live.pending_invitations,
            strangers=True,
        )
        if self.known is not None:
            unknown = [each for name, each in result.strangers.items() if folded(name) not in self.known]
            if unknown:
                raise ConfigError(unknown)
        resolved = result.by_name
        # A person who is invited and has not joined is in neither.
        entries = tuple(
            resolved.get(key_of(entry), entry)
            for entry in desired.entries
            if key_of(entry) in resolved or key_of(entry) in self.unread
        )
        return dataclasses.replace(result, entries=entries), tuple(notes)

    def _look(self, entries: Iterable[Entry], desired: Desired, pool: ThreadPoolExecutor) -> None:
        groups: dict[Group, list[Entry]] = defaultdict(list)
        for entry in entries:
            if key_of(entry) not in self.unread and not self._parent_unread(entry, desired):
                groups[group_of(entry)].append(entry)
        self._total += len(groups)
        # All lists first: what is looked up in them afterwards may cost a request each.
        ready = [
            (group, members, scope)
            for group, members in groups.items()
            if (scope := self._scope(group, desired)) is not None
        ]
        errors = pool.map(lambda each: self._read(each[0], each[2]), ready)
        lookups = [
            (entry, scope, error)
            for (_, members, scope), error in zip(ready, errors, strict=True)
            for entry in members
        ]
        list(pool.map(lambda each: self._look_up(*each), lookups))

    def _named(self, desired: Desired) -> Desired:
        """`desired` with the ids of what is referred to by name; raises ConfigError for what nobody has."""
        if not any(entry.kind.blueprint or any(references_in(entry.fields)) for entry in desired.entries):
            return desired
        unread = [entry for entry in desired.entries if key_of(entry) in self.unread]
        readable = [entry for entry in desired.entries if key_of(entry) not in self.unread]
        result, problems = with_blueprints(
            dataclasses.replace(desired, entries=tuple(readable)), self._project_scope, self.live, self.found
        )
        errors: dict[tuple[str, str | None], ApiError] = {}

        def known(kind: str, project: str | None) -> Names | None:
            scope = self._project_scope(project)
            try:
                return None if scope is None else names(self.live, kind, scope)
            except ApiError as error:
                errors[kind, project] = error
                return None

        result, more = with_live(result, known)
        if problems or more:
            raise ConfigError([*problems, *more])
        ids = {key: found.id for key, found in self.found.items()}
        entries = []
        for entry in result.entries:
            here = project_of(entry, desired) or (entry.name if entry.kind is PROJECT else None)
            for each in references_in(entry.fields):
                error = self.unread.get(each.target) if each.target else errors.get((each.kind, here))
                if error is not None:
                    self.unread[key_of(entry)] = error
            entries.append(with_found(entry, ids, partial(self._others, project=here)))
        return dataclasses.replace(result, entries=(*entries, *unread))

    def _others(self, kind: str, project: str | None) -> Names:
        scope = self._project_scope(project)
        try:
            return {} if scope is None else names(self.live, kind, scope)
        except ApiError:
            return {}  # then an id is shown as it is

    def _project_scope(self, project: str | None) -> Scope | None:
        if project is None:
            return {}
        found = self.found.get((PROJECT.name, project))
        return {PROJECT.name: found.id} if found else None

    def _parent_unread(self, entry: Entry, desired: Desired) -> bool:
        holder = above(group_of(entry), desired)
        error = self.unread.get(key_of(holder)) if holder else None
        if error is not None:
            self.unread[key_of(entry)] = error
        return error is not None

    def _scope(self, group: Group, desired: Desired) -> Scope | None:
        """The ids that lead to a collection; None when what it is below, or about, does not exist."""
        kind = KINDS[group[0]]
        if kind.parent is None or group[1] is None:
            return {}
        holder = above(group, desired)
        found = self.found.get(key_of(holder)) if holder else None
        rest = self._scope(group_of(holder), desired) if holder and found else None
        if holder is None or found is None or rest is None:
            return None
        if kind.attached:
            return about_scope(kind, rest, holder.kind, found.id)
        return {**rest, kind.parent: found.id}

    def _read(self, group: Group, scope: Scope) -> ApiError | None:
        """Read one collection; the error that it came to."""
        self.scopes[group] = scope
        try:
            self._collections[group] = self.live.collection(KINDS[group[0]], scope)
        except ApiError as error:
            return error
        finally:
            self._done += 1
            self.progress(self._done, self._total)
        return None

    def _look_up(self, entry: Entry, scope: Scope, unread: ApiError | None) -> None:
        key = key_of(entry)
        try:
            if unread is not None:
                raise unread
            found = self._by_id(entry, scope) or self._by_natural_key(entry, scope)
        except (ApiError, Unclear) as error:
            if isinstance(error, Unauthorized):
                raise
            self.unread[key] = error
            return
        if found is not None:
            self.found[key] = found

    def _by_id(self, entry: Entry, scope: Scope) -> Found | None:
        names = (entry.name, *entry.previously)
        remembered = (self.ids.get((entry.kind.name, name)) for name in names)
        for id_ in filter(None, (entry.id, *remembered)):
            found = self.live.object(entry.kind, scope, id_, entry.fields)
            if found is not None:
                return found
            if hidden := behind.hidden(entry.kind, scope, entry.fields, self.live):
                raise Unclear(hidden, hint=behind.HINT)
        return None

    def _by_natural_key(self, entry: Entry, scope: Scope) -> Found | None:
        if entry.id is not None:
            return None  # it and no other was meant
        for name, value in entry.kind.natural_key(entry.fields) or ():
            if isinstance(value, SecretText) and not value.known:
                raise Unclear(
                    f"{name} is {value.source}, which is not set",
                    hint="set it: the object cannot be found without",
                )
        matches = self.live.find(entry.kind, scope, entry.fields)
        if len(matches) > 1 and not entry.kind.oldest_wins:
            ids = ", ".join(found.id for found in matches)
            raise Unclear(
                f'{len(matches)} {entry.kind.title}s in PostHog answer to "{one_line(entry.name)}":'
                f" ids {one_line(ids)}",
                hint="write the `id` of the one that is meant into the entry",
                matches=matches,
            )
        return matches[0] if matches else None

    def _undeclared(self, desired: Desired, pool: ThreadPoolExecutor) -> tuple[Undeclared, ...]:
        groups = dict.fromkeys(group_of(entry) for entry in desired.entries if not entry.elsewhere)
        for name in self.kinds:
            groups.update(dict.fromkeys(groups_of(KINDS[name], desired)))
        missing = [group for group in groups if group not in self._collections]
        list(pool.map(lambda group: self._read_group(group, desired), missing))
        return self._strays(groups, desired)

    def _strays(self, groups: Iterable[Group], desired: Desired) -> tuple[Undeclared, ...]:
        """What no entry means in those of these collections that were read."""
        known: dict[str, set[str]] = defaultdict(set)
        for (kind, _), found in self.found.items():
            known[kind].add(found.id)
        strays = (
            Undeclared(found, (name, parent))
            for (name, parent) in sorted(groups, key=lambda group: (group[0], group[1] or ""))
            if not KINDS[name].set_of and (not self.kinds or name in self.kinds)
            for found in self._collections.get((name, parent), {}).values()
            if found.id not in known[name]
            and found.kind.in_a_file(found.values) is not None
            and not self._ambiguous(found)
            and not is_unmanaged(desired, found, parent)
        )
        return tuple(told_once(strays, lambda each: each.found))

    def _ambiguous(self, found: Found) -> bool:
        """Whether an entry means this object or another one: then it is not undeclared."""
        return any(
            match.kind.name == found.kind.name and match.id == found.id
            for error in self.unread.values()
            if isinstance(error, Unclear)
            for match in error.matches
        )

    def _read_group(self, group: Group, desired: Desired) -> None:
        scope = self._scope(group, desired)
        if scope is None:
            return
        error = self._read(group, scope)
        if error is not None and not any(group_of(entry) == group for entry in desired.entries):
            self.unread_groups[group] = error
