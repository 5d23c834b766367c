"""activity log -> who changed a field and when (posthog-api.md 8).

PostHog keeps no log of some kinds, and not all servers show it: then nobody is named, and that is no error. Of a tile,
it logs on the insight that it came or left (posthog-api-analytics.md 2.8), and nowhere that it was moved (17).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from itertools import islice

from pulumi_posthog.api import ApiError
from pulumi_posthog.drift.finding import Who
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.words import Membership
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.parts import id_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference

REQUESTS = 20  # at most, for one report
PAGE = 100  # entries of an object's feed that are looked through: one page, one request


class Attribution:
    """Answers who did something, for at most `requests` requests; "unknown" (None) from then on.

    Each object's feed is read when it is first asked about. `missing` says why feeds could not be read.
    """

    def __init__(self, live: Live, requests: int = REQUESTS) -> None:
        self.live = live
        self.requests_left = requests
        self.missing: str | None = None
        self._feeds: dict[tuple[str, str], tuple[Mapping[str, Json], ...]] = {}
        self._owner: str | None = None

    def changed(
        self, found: Found, project: str | None, field: Field, key: str | None = None, item: Json = None
    ) -> Who | None:
        """Who gave a field the value that it has now.

        `key` is the key of an object field that differs. `item` is the whole item of a list that came or left.
        """
        live = found.values.get(field.name)
        words = found.kind.membership
        if (
            words
            and field.name == words.field
            and isinstance(item, dict)
            and item.get(words.item) is not None
        ):
            return self._placed(found, project, words, item[words.item])
        if key is not None and found.kind.parts and field.name == found.kind.parts.field:
            return self._changed_part(found, project, key)
        for entry in self._feed(found.kind, project, found.id):
            if _switched(entry, field, live):
                return self._who(entry)
            for change in _changes(entry):
                if change.get("field") in field.logged_as:
                    # Under another name PostHog logs other values, or none: the newest entry is about it.
                    return self._who(entry)
                if change.get("field") not in {field.name, f"{field.name}_id", key} - {None}:
                    continue
                after = change.get("after")
                if change.get("field") == key and isinstance(live, dict):
                    return self._who(entry) if after == live.get(key) else None
                # The newest entry about a field made it what it is, or the log is not complete.
                return self._who(entry) if field.normal(after) == field.normal(live) else None
        return None

    def _changed_part(self, found: Found, project: str | None, name: str) -> Who | None:
        """Who changed a part of an object last: it has a feed of its own."""
        id_ = id_of(found.kind, found, name)
        feed = self._feed(found.kind, project, id_) if id_ else ()
        return next((self._who(entry) for entry in feed if _changes(entry)), None)

    def _placed(self, found: Found, project: str | None, words: Membership, member: Json) -> Who | None:
        """Who put an object of another kind into this one, or took it out: PostHog logs that on the other one."""
        id_ = member.id if isinstance(member, Reference) else str(member)
        if id_ is None:
            return None
        there = any(
            str(each[words.item].get("id")) == id_
            for each in found.answer.get(words.field) or ()
            if each.get(words.item) and not each.get("deleted")
        )
        for entry in self._feed(KINDS[words.kind], project, id_):
            for change in _changes(entry):
                before, after = (found.id in _ids(change.get(each), words) for each in ("before", "after"))
                if change.get("field") == words.sent_as and before != after:
                    # What PostHog does not log has made it otherwise since: nobody is accused.
                    return self._who(entry) if after == there else None
        return None

    def created(self, found: Found, project: str | None) -> Who | None:
        """Who made an object that is not declared."""
        for entry in self._feed(found.kind, project, found.id):
            if entry.get("activity") == "created":
                return self._who(entry)
        author = found.answer.get("created_by")
        author = author.get("email") if isinstance(author, Mapping) else author
        if isinstance(author, str) and author:
            return Who(author, found.answer.get("created_at"))
        return None

    def _feed(self, kind: Kind, project: str | None, id_: str) -> tuple[Mapping[str, Json], ...]:
        if not kind.activity_scopes:
            return ()
        project = project or (id_ if kind is PROJECT else None)
        if (kind.name, id_) not in self._feeds:
            if project is None or self.missing or not self._may_ask():
                return ()
            self._feeds[kind.name, id_] = tuple(self._read(kind, project, id_))
        return self._feeds[kind.name, id_]

    def _read(self, kind: Kind, project: str, id_: str) -> Iterator[Mapping[str, Json]]:
        try:
            yield from islice(
                self.live.reader.iterate(
                    f"/api/projects/{project}/activity_log/",
                    scopes=",".join(kind.activity_scopes),
                    item_id=id_,
                    page_size=PAGE,
                ),
                PAGE,
            )
        except ApiError as error:
            self.missing = str(error)

    def _may_ask(self) -> bool:
        self.requests_left -= 1
        return self.requests_left >= 0

    def _who(self, entry: Mapping[str, Json]) -> Who:
        when = str(entry["created_at"]) if entry.get("created_at") else None
        user = entry.get("user")
        if not isinstance(user, Mapping):
            return Who("PostHog itself", when)
        name = str(user.get("email") or user.get("first_name") or "somebody")
        if entry.get("was_impersonated"):
            return Who(f"PostHog staff as {name}", when)
        return Who(f"{name} (the owner of this key)" if user.get("uuid") == self._own() else name, when)

    def _own(self) -> str:
        """The user whose key this is: what `pulumi up` did itself appears under that name."""
        if self._owner is None:
            self._owner = ""
            # The name alone is enough, too, where the key may not ask.
            with contextlib.suppress(ApiError):
                if self._may_ask():
                    self._owner = str(self.live.me().get("uuid") or "")
        return self._owner


def _changes(entry: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    detail = entry.get("detail")
    changes = detail.get("changes") if isinstance(detail, Mapping) else None
    return [change for change in changes if isinstance(change, Mapping)] if isinstance(changes, list) else []


def _ids(listed: Json, words: Membership) -> set[str]:
    """The ids in what the log has of a list of objects: `{id, name}` of each; on older servers within another key."""
    container = words.container.removesuffix("_id")
    found = listed if isinstance(listed, list) else []
    objects = [each.get(container, each) if isinstance(each, Mapping) else {"id": each} for each in found]
    return {str(each.get("id")) for each in objects if isinstance(each, Mapping)}


def _switched(entry: Mapping[str, Json], field: Field, live: Json) -> bool:
    """Some changes are logged by a word alone, without the field: "enabled", "disabled", "order_changed"."""
    if field.name == "enabled":
        return entry.get("activity") == ("enabled" if live else "disabled")
    return entry.get("activity") == f"{field.name}_changed"
