"""PostHog -> what it answers: each object and list is read once per process, and a list whole or not at all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

from pulumi_posthog.api import (
    Forbidden,
    IncompleteRead,
    NotFound,
    NotOffered,
    NotServed,
    Reader,
    ServerFailed,
)
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.api.paging import page_of
from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.organization_member import ORGANIZATION_MEMBER
from pulumi_posthog.kinds.organization_settings import ADMIN
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import what_it_is_about
from pulumi_posthog.kinds.words import Lookup
from pulumi_posthog.reconcile import apart, identity
from pulumi_posthog.reconcile.collection import SECOND_URL_FIELDS, Collection, Found, Scope
from pulumi_posthog.reconcile.features import without_what_is_silent
from pulumi_posthog.reconcile.once import Once
from pulumi_posthog.reconcile.scopes import ID, of_ids
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import folded

OLDEST = 2024  # the first servers that are known
NOTHING: Final[Mapping[str, str]] = {}
PROJECTS, ENVIRONMENTS = "/api/projects/", "/api/environments/"


class Listing:
    """What one organization has, read on demand: each object and list once, and a list whole or not at all.

    Every method may raise `ApiError`, and `CannotApply` for a scope with something in it that cannot be an id. Nothing
    that could not be read is ever reported as absent.
    """

    def __init__(self, reader: Reader, organization: str) -> None:
        self.reader = reader
        self.organization_id = organization
        self._once = Once()
        self._lock = threading.RLock()
        self._below_environments = False
        self._embedded: dict[tuple[str, str], tuple[Found | None, Collection]] = {}

    # -- what there is --------------------------------------------------------------------------------------------

    def organization(self) -> Mapping[str, Json]:
        """The organization itself: name, `membership_level`, `projects`, features (posthog-api.md 2.2)."""
        return self._once(
            "organization", lambda: self.reader.get_object(f"/api/organizations/{self.organization_id}/")
        )

    def me(self) -> Mapping[str, Json]:
        """The user whose key this is (posthog-api.md 2.1)."""
        return self._once("me", lambda: self.reader.get_object("/api/users/@me/", key=None))

    def age(self) -> int | None:
        """The year that the server is like, by the settings that its projects have; None when it shows no project."""
        first = next(iter(self.collection(PROJECT, {}).values()), None)
        full = self.object(PROJECT, {}, first.id) if first else None
        if full is None:
            return None
        return max((each.since for each in PROJECT.fields if each.name in full.answer), default=OLDEST)

    def lookup(self, name: str) -> list[Mapping[str, Json]]:
        """All members or all plugins, as PostHog answers them."""
        lookup = LOOKUPS[name]
        path = lookup.collection.format(organization=self.organization_id)
        return self._once(("lookup", name), lambda: self.reader.list_all(path, page_size=lookup.page_size))

    def check_shown(self, lookup: Lookup) -> None:
        """Raises IncompleteRead when a list shows only a part to the key's owner: who is not in it is not gone.

        It is asked when somebody is missing. Then the organization is read (posthog-api-access.md 1.1, 4.2).
        """
        if lookup.shown_by is None:
            return
        organization = self.organization()
        below = int(organization.get("membership_level") or 0) < ADMIN
        if below and organization.get(lookup.shown_by) is False:
            raise IncompleteRead(
                f"the organization shows its {lookup.name}s to admins only, and the owner of the key is below that",
                hint="use the key of an organization admin",
            )

    def names(self, lookup: Lookup, scope: Scope) -> dict[str, str]:
        """The objects of a project's lookup by their ids: what each is called."""
        answers = self.answers(lookup, scope)
        return {str(dig(each, lookup.value)): name for each in answers if (name := lookup.name_of(each))}

    def answers(self, lookup: Lookup, scope: Scope) -> list[Mapping[str, Json]]:
        """All objects of a project's lookup, as PostHog answers them, but those that are deleted."""
        path = self.path(lookup, scope)
        found: list[Mapping[str, Json]] = self._once(
            ("lookup", lookup.name if lookup.everywhere else path),
            lambda: self.reader.list_all(path, page_size=lookup.page_size, params=lookup.parameters),
        )
        return [each for each in found if not object_of(each, path).get("deleted")]

    def answer(self, lookup: Lookup, scope: Scope, id_: str) -> Mapping[str, Json] | None:
        """One object of a project's lookup, also one that its list leaves out; None when there is none."""
        found = next((each for each in self.answers(lookup, scope) if dig(each, lookup.value) == id_), None)
        path = f"{self.path(lookup, scope)}{quote(id_, safe='')}/"
        key = ("alone", f"{lookup.name}/{id_}" if lookup.everywhere else path)
        answer: Mapping[str, Json] | None = found or self._once(key, lambda: self._or_none(path))
        return answer

    def list_at(self, path: str, **parameters: str) -> list[Mapping[str, Json]]:
        """All objects of a list that no kind has, read once."""
        key = ("list", path, *sorted(parameters.items()))
        return self._once(key, lambda: self.reader.list_all(path, params=parameters))

    def pending_invitations(self) -> set[str]:
        """The e-mail addresses that are invited to the organization and have not joined, folded."""
        self.check_shown(MEMBER)  # one who cannot be seen may have joined long since
        invites = self.invitations(ORGANIZATION_MEMBER)
        return {folded(str(invite["target_email"])) for invite in invites if not invite.get("is_expired")}

    def invitations(self, kind: Kind, address: str | None = None) -> list[Mapping[str, Json]]:
        """All invitations, those that have expired, too; or those of one address. Their ids are secrets."""
        if kind.invitation is None:
            return []
        path, key = self._invitations(kind), kind.invitation.address
        found: list[Mapping[str, Json]] = self._once(("list", path), lambda: self._read_invitations(path))
        return [
            each
            for each in found
            if address is None or folded(str(object_of(each, path, key)[key])) == folded(address)
        ]

    def _invitations(self, kind: Kind) -> str:
        collection = kind.invitation.collection if kind.invitation else ""
        return collection.format(organization=self.organization_id)

    def _read_invitations(self, path: str) -> list[Mapping[str, Json]]:
        found = [object_of(each, path, "target_email") for each in self.reader.list_all(path)]
        self.reader.hide(*(str(each["id"]) for each in found if each.get("id")))
        return found

    def collection(self, kind: Kind, scope: Scope) -> Mapping[str, Found]:
        """All objects of a kind below one parent, by id; a copy that other threads do not change."""
        collection = self._whole(kind, scope)
        with self._lock:
            return collection.all()

    def inside(self, kind: Kind, scope: Scope, found: Found) -> list[Found]:
        """Everything that is in an object, at any depth."""
        collection = self._whole(kind, scope)
        with self._lock:
            return collection.inside(kind.natural_key(found.values))

    def _whole(self, kind: Kind, scope: Scope) -> Collection:
        collection = self._collection(kind, scope)
        if collection.partial:
            raise IncompleteRead(
                f"this server cannot list more than {len(collection.all())} objects of kind {kind.title}",
                hint="servers up to 2025 cannot page this list: only what is declared can be looked at",
            )
        return collection

    def object(self, kind: Kind, scope: Scope, id_: str, names: Iterable[str] | None = None) -> Found | None:
        """One object by its id, None when PostHog says that it does not exist.

        `names` are the fields that are asked for, where not all are: a list may have them.
        """
        if kind.listed_in_full:
            collection = self._collection(kind, scope)
            found = collection.get(id_) or self._alone(collection, scope, id_)
            if found is None and collection.blind:
                raise collection.blind
            needed = names is None or kind.needs_whole([*names])
            return self._completed(collection, scope, found) if found and needed else found
        answer = self._once(("item", kind.name, id_), lambda: self._item(kind, scope, id_))
        return Found(kind, id_, answer) if answer is not None else None

    # -- how it is read ------------------------------------------------------------------------------------------

    def path(self, kind: Kind | Lookup, scope: Scope) -> str:
        """The collection's path."""
        path = kind.collection.format(organization=self.organization_id, **of_ids(kind, scope))
        return path.replace(PROJECTS, ENVIRONMENTS, 1) if self._below_environments else path

    def object_path(self, kind: Kind, scope: Scope, id_: str) -> str:
        """The path of one object."""
        return self.path(kind, scope) + ("" if kind.singleton else f"{id_}/")

    def _key(self, kind: Kind, scope: Scope) -> tuple[str, str]:
        return ("collection", self.path(kind, scope))

    def _collection(self, kind: Kind, scope: Scope) -> Collection:
        if not kind.embedded_in:
            return self._once(self._key(kind, scope), lambda: self._list(kind, scope))
        parent_kind, list_name = KINDS[kind.embedded_in[0]], kind.embedded_in[1]
        parent = self.object(parent_kind, scope, scope[parent_kind.name])
        answers = [parent.answer] if parent and kind.set_of else parent.answer[list_name] if parent else []
        with self._lock:
            # The parent's answer changes with each write to what it holds, and only then.
            key = (kind.name, scope[parent_kind.name])
            known = self._embedded.get(key)
            if known is None or known[0] is not parent:
                known = self._embedded[key] = (parent, Collection(kind, answers))
            return known[1]

    def _of_organization(self, kind: Kind, scope: Scope) -> Collection | None:
        """What the organization's one list has of a project; None where there is none for this key."""
        if kind.listed_above is None or not kind.parent:
            return None
        path, key = kind.listed_above[0].format(organization=self.organization_id), kind.listed_above[1]
        answers = self._once(("above", path), lambda: self._above(path, kind))
        if answers is None or any(key not in object_of(each, path) for each in answers):
            return None
        return Collection(kind, (each for each in answers if str(each[key]) == scope[kind.parent]))

    def _above(self, path: str, kind: Kind) -> list[Mapping[str, Json]] | None:
        try:
            found: list[Mapping[str, Json]] = self.reader.list_all(path, page_size=kind.page_size)
        except (NotFound, Forbidden, NotOffered):
            return None  # an older server, or a key that is limited to projects
        return found

    def _list(self, kind: Kind, scope: Scope) -> Collection:
        if (above := self._of_organization(kind, scope)) is not None:
            return above
        path = self.path(kind, scope)
        if kind.singleton:
            return Collection(kind, [self.reader.get_object(path)])
        blind = None
        try:
            if kind.apart:
                numbers = partial(self.answers, kind.apart.lookup, scope)
                answers, blind = apart.listed(self.reader, kind, kind.apart, path, numbers)
            else:
                answers = self._answers(kind, scope, path)
        except ServerFailed:
            if not kind.filter or kind.page_size is not None:
                raise
            # Up to 2025, `limit` and `offset` are filters that match nothing and fail (posthog-api.md 4.3).
            return Collection(kind, page_of(self.reader.get(path), path).items, partial=True)
        except NotFound:
            # Of a project that is gone there is nothing; of one that is there, we could not look.
            if kind.parent == PROJECT.name:
                if self.object(PROJECT, {}, scope[PROJECT.name]) is None:
                    return Collection(kind, (), nowhere=True)
                if (about := what_it_is_about(kind, scope)) is not None and (
                    self.object(about[0], {PROJECT.name: scope[PROJECT.name]}, about[1], ()) is None
                ):
                    return Collection(kind, (), nowhere=True)
                if not self._below_environments and (found := self._other_prefix(kind, scope)) is not None:
                    return found
            elif not (kind.not_everywhere and self.organization()):  # of one that is not there, this raises
                raise
            raise NotServed(
                f"this server has no list of {kind.title} objects",
                method="GET",
                path=path,
                hint=f"it is older than {kind.since}, or has them switched off: take them out of the file",
            ) from None
        kept = (answer for answer in answers if not kind.is_gone(object_of(answer, path)))
        return Collection(kind, kept, blind=blind)

    def _answers(self, kind: Kind, scope: Scope, path: str) -> list[Mapping[str, Json]]:
        """All objects of a list."""
        if kind.invitation:
            self.check_shown(MEMBER)
            return list(identity.people(kind, self.lookup(MEMBER.name), self.invitations(kind), path))
        if kind.upsert is None:
            listed: list[Mapping[str, Json]] = self.reader.list_all(
                path, page_size=kind.page_size, params=kind.list_parameters
            )
            if kind.also_listed:
                # An older server passes over the parameters and answers the same objects once more.
                parameters = {**kind.list_parameters, **kind.also_listed}
                more = self.reader.list_all(path, page_size=kind.page_size, params=parameters)
                listed = list({str(object_of(each, path)["id"]): each for each in (*more, *listed)}.values())
            return [self._said(kind, object_of(each, path)) for each in listed]
        found = identity.items(kind, self.reader.get(path), path)
        return [self.with_identity(kind, scope, each) for each in found]

    def _said(self, kind: Kind, answer: Mapping[str, Json]) -> Mapping[str, Json]:
        return without_what_is_silent(kind, answer, self.organization)

    def with_identity(self, kind: Kind, scope: Scope, answer: Mapping[str, Json]) -> Mapping[str, Json]:
        """An object without an id of its own, with one; the members are read when it is about somebody."""
        field = next((each for each in kind.fields if each.found_by), None)
        if field is None or not answer.get(field.sent_as or field.name):
            return identity.identified(kind, scope, answer, {})
        lookup = LOOKUPS[field.refers_to or ""]
        names = self._once(
            ("names", lookup.name, field.found_by),
            lambda: {
                str(dig(each, field.found_by or "")): str(dig(each, lookup.keys[0]))
                for each in self.lookup(lookup.name)
            },
        )
        return identity.identified(kind, scope, answer, names)

    def _completed(self, collection: Collection, scope: Scope, found: Found) -> Found | None:
        """The object with all its fields, where the list of this server leaves some out."""
        sign = collection.kind.whole_sign
        if sign is None or sign in found.answer:
            return found
        path = f"{self.path(collection.kind, scope)}{found.id}/"
        answer = self._once(("alone", path), lambda: self._or_none(path))
        if answer is None:
            raise IncompleteRead(
                f"{collection.kind.title} {found.id} is in the list, and hidden from this key"
            )
        with self._lock:
            return collection.put(answer)

    def _alone(self, collection: Collection, scope: Scope, id_: str) -> Found | None:
        """One object that is not in its list, by its own URL; None when PostHog says there, too, that it is gone.

        A list leaves out what access rules hide from the key's owner, and then the URL answers 403
        (posthog-api-access.md 3.6): a list alone proves no absence.
        """
        kind = collection.kind
        if collection.nowhere or not kind.asked_alone or not ID.fullmatch(id_):
            return None
        path = f"{self.path(kind, scope)}{id_}/"
        try:
            answer = self._once(("alone", path), lambda: self._or_none(path, kind.alone_parameters))
        except NotOffered:
            return None  # this server answers lists of them only
        if answer is None or kind.is_gone(answer):
            return None
        with self._lock:
            return collection.get(id_) or collection.put(self._said(kind, answer))

    def _or_none(self, path: str, parameters: Mapping[str, str] = NOTHING) -> Json:
        with contextlib.suppress(NotFound):
            return object_of(self.reader.get(path, **parameters), path)
        return None

    def _filtered(self, collection: Collection, scope: Scope, values: Mapping[str, Json]) -> None:
        """Look for an object of a list that cannot be read whole, by the filter that works."""
        name = collection.kind.filter or ""
        path, value = self.path(collection.kind, scope), str(values.get(name))
        answer = self._once(("filtered", path, value), lambda: self.reader.get(path, **{name: value}))
        with self._lock:
            for found in page_of(answer, path).items:
                collection.put(found)

    def _other_prefix(self, kind: Kind, scope: Scope) -> Collection | None:
        """The list below the environment's URL, where the server has it only there (posthog-api.md 15)."""
        self._below_environments = True
        with contextlib.suppress(NotFound):
            path = self.path(kind, scope)
            return Collection(kind, self._answers(kind, scope, path))
        self._below_environments = False
        return None

    def _item(self, kind: Kind, scope: Scope, id_: str) -> Mapping[str, Json] | None:
        """One object that its list answers only in part."""
        try:
            answer = self.reader.get_object(f"{self.path(kind, scope)}{id_}/")
        except NotFound:
            # A wrong organization or a private project answers 404 as well: only a list without it proves absence.
            if str(id_) in self.collection(kind, scope):
                raise IncompleteRead(
                    f"{kind.title} {id_} is in the list, but PostHog does not show it to this key",
                ) from None
            return None
        if answer.get("is_pending_deletion"):
            return None
        return {**answer, **self._completion(kind, answer)}

    def _completion(self, kind: Kind, answer: Mapping[str, Json]) -> Mapping[str, Json]:
        """The fields that the server answers, and takes, at a second URL only (posthog-api.md 3.2)."""
        if kind.second_url is None or kind.second_url_unless in answer or self._once.known("no second URL"):
            return {}
        try:
            rest = self.reader.get_object(kind.second_url.format(id=answer["id"]), key=None)
        except NotFound:  # older still: there is no second URL, and no such field
            self._once("no second URL", lambda: True)
            return {}
        only_there = {name: value for name, value in rest.items() if name not in answer}
        return {**only_there, SECOND_URL_FIELDS: frozenset(only_there)}
