"""PostHog -> live. What PostHog has now: found by name, and kept current by all that writes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping

from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.lookups import PERSON
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile import apart
from pulumi_posthog.reconcile.collection import Ambiguous, Found, Scope
from pulumi_posthog.reconcile.listing import Listing
from pulumi_posthog.reconcile.naming import is_one_of, spelled_alike, with_name
from pulumi_posthog.reconcile.persons import persons_called
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import one_line


class Live(Listing):
    """What one organization has in PostHog now, found by its names and kept current by all that writes.

    Every method may raise what those of `Listing` do; nothing that could not be read is ever reported as absent.
    """

    # -- finding --------------------------------------------------------------------------------------------------

    def find(self, kind: Kind, scope: Scope, values: Mapping[str, Json]) -> list[Found]:
        """The objects with the natural key of `values`, oldest first."""
        if kind.set_of:
            found = self.object(kind, scope, scope[kind.parent or ""])
            return [found] if found else []
        collection = self._collection(kind, scope)
        if kind.singleton:
            return list(collection.all().values())
        if collection.partial and not collection.matching(kind.natural_key(values)):
            self._filtered(collection, scope, values)
        with self._lock:
            matches = collection.matching(kind.natural_key(values)) or collection.alike(values)
        exact = [match for match in matches if spelled_alike(kind, match.values, values)]
        if exact or kind.refers_by_key:
            matches = exact
        if (
            not matches
            and kind.apart
            and values.get(kind.apart.field) == kind.apart.numbered
            and collection.blind
        ):
            raise collection.blind
        if kind.narrowed_by and len(matches) > 1:
            wanted = values.get(kind.narrowed_by)
            matches = [each for each in matches if each.values.get(kind.narrowed_by) == wanted] or matches
        if kind.needs_whole(values):
            matches = [found for match in matches if (found := self.object(kind, scope, match.id))]
        return sorted(matches, key=lambda found: str(found.answer.get("created_at") or ""))

    def persons(self, project: str, by: str, name: str) -> list[Mapping[str, Json]]:
        """The persons of a project whom PostHog knows by an `email` or a `distinct_id`, exactly; of a project that is
        gone, none. Have the reader `hide` the name first, if it must be in no message.

        Raises IncompleteRead when the answer holds somebody else: a server that passes over the filter answers
        everybody.
        """
        path = self.path(PERSON, {PROJECT.name: project})

        def is_there() -> bool:
            return self.object(PROJECT, {}, project) is not None

        return self._once(
            ("persons", project, by, name), lambda: persons_called(self.reader, path, by, name, is_there)
        )

    def forget_persons(self, project: str, by: str, name: str) -> None:
        """Look them up anew next time."""
        self._once.forget(("persons", project, by, name))

    def refer(self, name: str, value: str, found_by: str | None = None) -> Json | None:
        """What a request wants for a member's e-mail or a plugin's URL; None when there is no such one.

        `found_by` says what of it, where it is not the lookup's `value`. The exact spelling wins; raises Ambiguous
        when several have the name.
        """
        found = self.referred(name, value)
        return dig(found, found_by or LOOKUPS[name].value) if found is not None else None

    def referred(self, name: str, value: str) -> Mapping[str, Json] | None:
        """The member or plugin that an e-mail, a URL or a name means; raises Ambiguous as `refer` does.

        Nobody is absent of whom PostHog shows the key nothing: that raises IncompleteRead.
        """
        lookup = LOOKUPS[name]
        for key in lookup.keys:
            matches = with_name(lookup, key, value, self.lookup(name))
            if len(matches) > 1:
                shown = key if lookup.caseless else lookup.value
                others = ", ".join(str(dig(match, shown)) for match in matches)
                raise Ambiguous(
                    f'{len(matches)} {name}s of the organization answer to "{one_line(value)}": {one_line(others)}'
                )
            if matches:
                return matches[0]
        self.check_shown(lookup)
        return None

    # -- keeping it true -----------------------------------------------------------------------------------------

    def put(self, kind: Kind, scope: Scope, answer: Mapping[str, Json]) -> Found:
        """Record what PostHog answered to a write."""
        id_, answer = str(answer["id"]), self._said(kind, answer)
        before = self._collection(kind, scope).get(id_) if kind.apart else None
        answer = apart.with_sort(kind, before.answer if before else None, answer)
        if not kind.listed_in_full:
            self._once.forget(("item", kind.name, id_))
            self._once(("item", kind.name, id_), lambda: answer)
        if self._once.known(self._key(kind, scope)):
            collection = self._collection(kind, scope)
            with self._lock:
                collection.put(answer)
        self._once.forget(("alone", f"{self.path(kind, scope)}{id_}/"))
        return Found(kind, id_, answer)

    def drop(self, kind: Kind, scope: Scope, id_: str) -> None:
        """Record that an object is gone."""
        self._once.forget(("alone", f"{self.path(kind, scope)}{id_}/"))
        self._once.forget(("item", kind.name, id_))
        if self._once.known(self._key(kind, scope)):
            collection = self._collection(kind, scope)
            with self._lock:
                collection.drop(id_)

    def change(
        self, kind: Kind, scope: Scope, id_: str, change: Callable[[Mapping[str, Json]], Mapping[str, Json]]
    ) -> None:
        """Replace one object of a collection by what `change` makes of it, without anybody coming between."""
        collection = self._collection(kind, scope)
        with self._lock:
            if found := collection.get(id_):
                collection.put(change(found.answer))

    def forget_object(self, kind: Kind, id_: str) -> None:
        """Read one object anew next time."""
        self._once.forget(("item", kind.name, id_))

    def forget(self, kind: Kind, scope: Scope) -> None:
        """Read a collection, and what it leaves out, anew next time: a lost answer may have changed any of it."""
        source = KINDS[kind.embedded_in[0]] if kind.embedded_in else kind
        self._once.forget(self._key(source, scope))
        self._once.forget_all(lambda key: key[0] == "alone" and key[1].startswith(self.path(source, scope)))
        if source.listed_above:
            self._once.forget(("above", source.listed_above[0].format(organization=self.organization_id)))

    def forget_lookup(self, name: str) -> None:
        """Read all members, or all plugins, anew next time."""
        self._once.forget_all(lambda key: key[0] in ("lookup", "names") and key[1] == name)

    def forget_invitations(self, kind: Kind) -> None:
        """Read who is invited anew next time."""
        self._once.forget(("list", self._invitations(kind)))

    def forget_all(self, kind: Kind) -> None:
        """Read all collections of a kind anew next time, whatever they are below."""
        source = KINDS[kind.embedded_in[0]] if kind.embedded_in else kind
        self._once.forget_all(lambda key: key[0] == "collection" and is_one_of(source, key[1]))

    @contextlib.contextmanager
    def writing(self, kind: Kind, scope: Scope) -> Iterator[None]:
        """Held while a collection is written whose writes must not cross (PostHog makes missing folders itself)."""
        if not kind.serial_writes:
            yield
            return
        lock = self._once(("lock", self._key(kind, scope)), threading.Lock)
        with lock:
            yield
