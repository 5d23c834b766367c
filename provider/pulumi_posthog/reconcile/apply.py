"""One change -> the requests that make it so, and Live kept true. The only place that writes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from pulumi_posthog.api import (
    ApiError,
    Conflict,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Writer,
    is_object,
    lost,
)
from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.lookups import PERSON
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile import (
    against,
    deleting,
    folders,
    invitations,
    lifecycle,
    locking,
    made_along,
    parts,
    recasing,
    stepping_aside,
    upserts,
)
from pulumi_posthog.reconcile.adoption import adoptable, is_of_another, is_successor
from pulumi_posthog.reconcile.applied import Applied, Erased
from pulumi_posthog.reconcile.blueprints import first_fields
from pulumi_posthog.reconcile.body import Bodies, Rotated
from pulumi_posthog.reconcile.collection import SECOND_URL_FIELDS, Found, Scope
from pulumi_posthog.reconcile.differences import Difference, differences
from pulumi_posthog.reconcile.errors import CannotApply, HalfMade
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.membership import Members
from pulumi_posthog.reconcile.moving import Mover
from pulumi_posthog.reconcile.objections import objection_to_creation, objection_to_differences
from pulumi_posthog.reconcile.settling import Settling
from pulumi_posthog.reconcile.trigger import act
from pulumi_posthog.values.json_value import Json, dig

ERASERS = 4  # requests that erase persons, under way at the same time
TRIES = 3  # how often a POST is sent whose answer was lost and that left nothing behind


def silent(_text: str) -> None:
    """Say nothing."""


def never(_other: Found) -> bool:
    """No object steps aside."""
    return False


def nothing_rotated(_field: str, _key: str) -> bool:
    """Of an object that was just created with its secrets, none is another than the one sent."""
    return False


class Applier:
    """Carries out changes. Every method may raise `ApiError` or `CannotApply`; none repeats a POST blindly.

    Those that send a declared file may raise UnreadableFile as well.
    """

    def __init__(self, live: Live, writer: Writer, say: Callable[[str], object] = silent) -> None:
        self.live = live
        self.writer = writer
        self._say = say
        self._names = threading.Lock()  # while a name changes hands
        self._settling = Settling(writer, say)
        self._bodies = Bodies(live, writer)
        self._members = Members(live, writer)
        self._mover = Mover(live, writer, self._bodies, self._look_again)

    def create(
        self,
        kind: Kind,
        scope: Scope,
        desired: Mapping[str, Json],
        *,
        id_: str | None = None,
        defaults: Mapping[str, Json] | None = None,
    ) -> Applied:
        """Take over the object with the natural key of `desired` (or with `id_`), or make it.

        A new one also gets `defaults`: fields that PostHog requires and that are not declared. Raises HalfMade when
        it was made and could not be completed, CannotApply when several objects match.
        """
        with self.live.writing(kind, scope):
            existing = self._existing(kind, scope, desired, id_)
            if existing is None and is_of_another(kind, desired):
                # PostHog files what this run has made, and the list may have been read before that.
                self.live.forget(kind, scope)
                existing = self._existing(kind, scope, desired, id_)
            if existing:
                # PostHog does not say what the secrets are, so all declared ones are sent.
                applied = self.update(kind, scope, existing, desired, rotated=lambda _field, _key: True)
                return Applied(applied.found, adopted=True, ignored=applied.ignored)
            refusal = objection_to_creation(kind, desired, self.live)
            if refusal := refusal or made_along.objection(kind, scope, desired, self.live):
                raise CannotApply(refusal)
            against.check(kind, scope, desired, self.live)
            if kind.invitation:
                return Applied(invitations.create(self.live, self.writer, kind, desired))
            if kind.upsert:
                return self._put(kind, scope, desired)
            return self._make(kind, scope, first_fields(kind, scope, desired, self.live), defaults or {})

    def update(
        self,
        kind: Kind,
        scope: Scope,
        found: Found,
        desired: Mapping[str, Json],
        *,
        rotated: Rotated = nothing_rotated,
        steps_aside: Callable[[Found], bool] = never,
    ) -> Applied:
        """Send the declared fields that differ, and only those.

        `steps_aside` says of another object that has the name which this one is to get whether it gets another one in
        the same run: then it has a third name until that.
        """
        changed = differences(kind, desired, found.values, rotated=rotated)
        changed = recasing.possible(kind, changed, self.live, silent)
        if not changed:
            return Applied(found)
        if refusal := objection_to_differences(kind, changed, found):
            raise CannotApply(refusal)
        against.check(kind, scope, {**found.values, **desired}, self.live)
        if kind.set_of:
            return Applied(self._make_exact(kind, scope, found, desired))
        if kind.invitation:
            changes = {each.field.name: each.desired for each in changed}
            after = invitations.update(self.live, self.writer, kind, found, changes)
            return Applied(after, ignored=differences(kind, desired, after.values))
        if kind.upsert:
            return self._put(kind, scope, desired)
        self._check_current_organization(kind)
        self._wait(kind, scope, found)
        moved = next((d for d in changed if d.field.from_key), None)
        if kind.move_action and moved and folders.inside(self.live, kind, scope, found):
            found = folders.move(self.live, self.writer, kind, scope, found, moved.desired)
            changed = differences(kind, desired, found.values, rotated=rotated)
            if not changed:
                return Applied(found)
        with self._names if any(d.field.unique for d in changed) else contextlib.nullcontext():
            taken = stepping_aside.holder(kind, scope, found, changed, self.live)
            if taken is not None and steps_aside(taken[0]):
                other, name = taken
                third = {name: stepping_aside.third_name(kind, name, other)}
                self._patch(kind, scope, other, third, nothing_rotated)
            after = self._change(kind, scope, found, changed, rotated)
        sent = {difference.field.name for difference in changed}
        still = differences(kind, desired, after.values)
        return Applied(after, ignored=tuple(each for each in still if each.field.name in sent))

    def restore(self, kind: Kind, scope: Scope, id_: str) -> Found:
        """Bring back an object that was deleted, with its id; raises CannotApply when PostHog does not know it."""
        path = self._path(kind, scope, id_)
        with self.live.writing(kind, scope):
            try:
                answer = self.writer.patch(path, {"deleted": False}, form=kind.form_encoded)
            except NotFound as error:
                raise CannotApply(
                    f"PostHog does not know this {kind.title} ({id_}) any more, not even among those that are deleted\n"
                    "  hint: have the stack forget it, `pulumi state delete URN`, and run again: it is made anew"
                ) from error
            if not is_object(answer):
                return self._look_again(kind, scope, id_, "PATCH", path)
            return self.live.put(kind, scope, answer)

    def act(
        self,
        kind: Kind,
        scope: Scope,
        found: Found,
        field: Field,
        before: Json,
        desired: Mapping[str, Json] | None = None,
    ) -> Found:
        """Call the action of a field whose trigger changed from `before`; raises CannotAct where the key may not.

        An invitation is sent anew with what is `desired`.
        """
        with self.live.writing(kind, scope):
            if kind.invitation:
                return invitations.again(self.live, self.writer, kind, found, desired or {})
            return act(self.live, self.writer, kind, scope, found, field, before)

    def delete(self, kind: Kind, scope: Scope, id_: str, *, even_guarded: bool = False) -> None:
        """Remove an object; one that is gone already is fine.

        `even_guarded` deletes what is otherwise never deleted. Raises CannotApply when something that nobody declared
        would be deleted with it.
        """
        if kind.deletion is Deletion.FORGET or (kind.deletion is Deletion.NEVER and not even_guarded):
            return
        with self.live.writing(kind, scope):
            found = self.live.object(kind, scope, id_, ())
            if found is None:
                return
            if kind.invitation:
                invitations.delete(self.live, self.writer, kind, found)
                return
            if kind.upsert:
                upserts.clear(self.live, self.writer, kind, scope, found)
                return
            self._check_current_organization(kind)
            folders.check_empty(self.live, kind, scope, found)
            body = kind.delete_by_patch(found.values) if kind.delete_by_patch else None
            path = self._path(kind, scope, id_)
            if body is None:
                body = deleting.delete(self.live, self.writer, kind, scope, found, self._say)
            if body is None:
                self.live.drop(kind, scope, id_)
                self._drop_embedded(kind, scope, id_)
                return
            try:
                answer = self.writer.patch(path, body, form=kind.form_encoded)
            except (NotFound, OutcomeUnknown):
                answer = None  # the first try may have removed it, and its answer was lost
            if not is_object(answer):
                self._look_again(kind, scope, id_, "PATCH", path, gone=True)
            elif answer.get("deleted", body.get("deleted")):
                self.live.drop(kind, scope, id_)
            else:
                self.live.put(kind, scope, answer)

    def erase(self, project: str, chunks: Sequence[Sequence[str]], *, delete_events: bool) -> Erased:
        """Erase persons by their uuids, one request for each chunk, `ERASERS` side by side.

        Raises nothing: what failed is in the result.
        """
        from pulumi_posthog.api.operations.persons import Persons  # most runs do without

        persons = Persons(self.writer, project=project)

        def send(chunk: Sequence[str]) -> ApiError | None:
            try:
                persons.bulk_delete(ids=chunk, delete_events=delete_events)
            except ApiError as error:
                return error
            return None

        with ThreadPoolExecutor(ERASERS) as pool:
            errors = list(pool.map(send, chunks))
        done = [uuid for chunk, error in zip(chunks, errors, strict=True) if error is None for uuid in chunk]
        failed = [error for error in errors if error is not None]
        request = f"POST {self.live.path(PERSON, {PROJECT.name: project})}bulk_delete/"
        return Erased(tuple(done), request, len(chunks) - len(failed), failed[0] if failed else None)

    # -- creating ------------------------------------------------------------------------------------------------

    def _existing(
        self, kind: Kind, scope: Scope, desired: Mapping[str, Json], id_: str | None
    ) -> Found | None:
        matches, problem = adoptable(self.live, kind, scope, desired, id_)
        if problem:
            raise CannotApply(problem)
        return matches[0] if matches else None

    def _put(self, kind: Kind, scope: Scope, desired: Mapping[str, Json]) -> Applied:
        body = self._bodies.body(kind, desired, {}, nothing_rotated)
        found = upserts.put(self.live, self.writer, kind, scope, body)
        return Applied(found, ignored=differences(kind, desired, found.values))

    def _make(
        self, kind: Kind, scope: Scope, desired: Mapping[str, Json], defaults: Mapping[str, Json]
    ) -> Applied:
        self._check_current_organization(kind)
        first = {
            name: value
            for name, value in desired.items()
            if (kind.created_with is None or name in kind.created_with)
            and kind.field(name).on_create
            and not lifecycle.is_reached(kind, name, value)
        }
        found = self._post(kind, scope, {**defaults, **first}, desired)
        self._wait(kind, scope, found)
        left = kind.parts.field if kind.parts else None
        later = {name: value for name, value in desired.items() if name not in first or name == left}
        try:
            if later:
                # The collection's answer may leave out fields that the object's own has (3.3).
                found = self._patch_difference(kind, scope, found, later)
        except (ApiError, CannotApply) as error:
            raise HalfMade(found, error) from error
        return Applied(found, ignored=differences(kind, desired, found.values))

    def _wait(self, kind: Kind, scope: Scope, found: Found) -> None:
        name = str(next((found.values.get(f.name) for f in kind.fields if f.from_key), found.id))
        self._settling.wait(kind, self._path(kind, scope, found.id), name, found.answer)

    def _patch_difference(self, kind: Kind, scope: Scope, found: Found, later: Mapping[str, Json]) -> Found:
        changed = differences(kind, later, found.values)
        if not changed:
            return found
        if kind.second_url and kind.second_url_unless not in found.answer:
            self.live.forget_object(kind, found.id)
            found = self.live.object(kind, scope, found.id) or found
        return self._change(kind, scope, found, changed, lambda _field, _key: True)

    def _post(
        self, kind: Kind, scope: Scope, first: Mapping[str, Json], desired: Mapping[str, Json]
    ) -> Found:
        body, files = self._bodies.content(kind, first, {}, lambda _field, _key: True)
        body |= made_along.body(kind, scope, desired, self.live)
        path = self.live.path(kind, scope)
        for attempt in range(1, TRIES + 1):
            try:
                answer = self.writer.post(path, body, form=kind.form_encoded, files=files)
                if not is_object(answer) and not is_successor(kind, answer):
                    raise lost("POST", path)
                self.writer.hide(*(kind.confided(answer) if kind.confided else ()))
            except (OutcomeUnknown, Conflict, Invalid) as error:
                # A lost answer may hide a new object, and a refusal one that somebody else made meanwhile.
                self.live.forget(kind, scope)
                matches = self.live.find(kind, scope, desired)
                if matches:
                    return matches[-1]
                if not isinstance(error, OutcomeUnknown) or attempt == TRIES or kind.posted_once:
                    raise
            else:
                if is_successor(kind, answer):
                    raise CannotApply(
                        f"PostHog made a {kind.succeeded_by} in place of this {kind.title}: this server keeps no legacy"
                        " plugin configurations any more. Take it out of the file, and declare it under `hog_functions`"
                    )
                if kind.embedded_in:
                    self._put_embedded(kind, scope, answer)
                    return Found(kind, str(answer["id"]), answer)
                made = self.live.put(kind, scope, answer)
                self._members.wrote(kind, scope, answer)
                return self._look_again(kind, scope, made.id, "POST", path) if kind.answered_in_part else made
        raise AssertionError("unreachable: the last try returns or raises")

    # -- requests ------------------------------------------------------------------------------------------------

    def _change(
        self, kind: Kind, scope: Scope, found: Found, changed: Sequence[Difference], rotated: Rotated
    ) -> Found:
        def patch(found: Found, fields: Mapping[str, Json]) -> Found:
            return self._patch(kind, scope, found, fields, rotated)

        return self._mover.change(kind, scope, found, changed, patch)

    def _patch(
        self, kind: Kind, scope: Scope, found: Found, changed: Mapping[str, Json], rotated: Rotated
    ) -> Found:
        elsewhere: frozenset[str] = found.answer.get(SECOND_URL_FIELDS, frozenset())
        answer: dict[str, Json] = {}
        if parts.write(self.live, self.writer, kind, scope, found, changed):
            path = self._path(kind, scope, found.id)
            found = self._look_again(kind, scope, found.id, "PATCH", path)
        changed = parts.without(kind, changed)
        here = {name: value for name, value in changed.items() if name not in elsewhere}
        there = {name: value for name, value in changed.items() if name in elsewhere}
        if here:
            path = self._path(kind, scope, found.id)
            if kind.membership and kind.membership.field in here:
                found = self._members.joined(kind, scope, found, here[kind.membership.field])
            if kind.asked_before:
                found = self._look_again(kind, scope, found.id, "GET", path)
            body, files = self._bodies.content(kind, here, found.values, rotated)
            body = self._bodies.beside(kind, body, found.answer)
            said = locking.patch(self.live, self.writer, kind, scope, found, here, body, files)
            if not is_object(said) or kind.answered_in_part:
                said = self._look_again(kind, scope, found.id, "PATCH", path).answer
            self._members.wrote(kind, scope, said)
            answer |= said
        if there and kind.second_url:
            path = kind.second_url.format(id=found.id)
            rest = self.writer.patch(path, self._bodies.body(kind, there, found.values, rotated))
            if not isinstance(rest, Mapping):
                rest = self._look_again(kind, scope, found.id, "PATCH", path).answer
            answer |= {name: rest[name] for name in elsewhere if name in rest}
        return self.live.put(kind, scope, {**found.answer, **answer})

    def _look_again(
        self, kind: Kind, scope: Scope, id_: str, method: str, path: str, *, gone: bool = False
    ) -> Found:
        """The object as it is after a write whose answer was not it; raises OutcomeUnknown when it is not there.

        With `gone` that is fine, and what is there was not removed: that raises it.
        """
        self.live.forget_object(kind, id_)
        self.live.forget(kind, scope)
        now = self.live.object(kind, scope, id_)
        if (now is None) is not gone:
            raise lost(method, path)
        return now or Found(kind, id_, {"id": id_})

    def _path(self, kind: Kind, scope: Scope, id_: str) -> str:
        return self.live.object_path(kind, scope, id_)

    # -- exact lists, and objects that their parent's answer holds -----------------------------------------------

    def _make_exact(self, kind: Kind, scope: Scope, found: Found, desired: Mapping[str, Json]) -> Found:
        item_kind = KINDS[kind.set_of or ""]
        key, list_name = item_kind.natural_keys[0][0], kind.writable[0].name
        field = item_kind.field(key)
        # Two may have one address in two spellings: who is who, only PostHog's id of each says.
        identity = LOOKUPS[field.refers_to or ""].value
        present = {
            dig(item.answer, identity): item for item in self.live.collection(item_kind, scope).values()
        }
        wanted = {self._bodies.reference(field, value): value for value in desired[list_name]}
        # Adding first: nobody who only changes spelling, and no lone admin, is out for a moment.
        for who in wanted.keys() - present.keys():
            self.create(item_kind, scope, {key: wanted[who]})
        for who in present.keys() - wanted.keys():
            self.delete(item_kind, scope, present[who].id)
        return self.live.object(kind, scope, found.id) or found

    def _put_embedded(self, kind: Kind, scope: Scope, answer: Mapping[str, Json]) -> None:
        self._change_parent(kind, scope, lambda items: [*items, answer])

    def _drop_embedded(self, kind: Kind, scope: Scope, id_: str) -> None:
        if kind.embedded_in:
            self._change_parent(kind, scope, lambda items: [item for item in items if str(item["id"]) != id_])

    def _change_parent(self, kind: Kind, scope: Scope, change: Callable[[list[Json]], list[Json]]) -> None:
        parent_name, list_name = kind.embedded_in or ("", "")
        self.live.change(
            KINDS[parent_name],
            scope,
            scope[parent_name],
            lambda parent: {**parent, list_name: change(parent[list_name])},
        )

    # -- safety --------------------------------------------------------------------------------------------------

    def _check_current_organization(self, kind: Kind) -> None:
        """Up to 2025, roles are written to the key owner's current organization (posthog-api.md 4.3)."""
        if not kind.in_current_organization:
            return
        current = (self.live.me().get("organization") or {}).get("id")
        if current != self.live.organization_id:
            raise CannotApply(
                "the key's owner is working in another organization at the moment, and older PostHog servers would"
                " write roles there: switch that user to this organization in PostHog, then run again"
            )
