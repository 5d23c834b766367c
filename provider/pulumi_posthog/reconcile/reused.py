"""A new object's key -> whether a deleted one has had it, as far as PostHog's log tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pulumi_posthog.api import ApiError
from pulumi_posthog.api.paging import page_of
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.once import Once
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import one_line

PAGE: Final = 100  # entries of the log that are looked through: one request


class Deleted:
    """What the newest entries of PostHog's log say about deleted objects; each project's are read once.

    PostHog does not list deleted objects. A key that may not read the log is told nothing.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._pages = Once()

    def told(self, kind: Kind, scope: Scope, values: Mapping[str, Json]) -> str | None:
        """What becomes of a deleted object when a new one gets its key, as the end of a sentence about the new one.

        None where no such object is known.
        """
        if not kind.reuse_words or "project" not in scope:
            return None
        path = f"/api/projects/{scope['project']}/activity_log/"
        try:
            entries = self._pages((path, kind.name), lambda: self._page(path, kind))
        except ApiError:
            return None
        name = kind.own_name(values)
        for entry in entries:
            gone = (
                is_deletion(entry)
                if isinstance(entry, Mapping) and dig(entry, "detail.name") == name
                else None
            )
            if gone:
                who = dig(entry, "user.email") or "somebody"
                when = str(entry.get("created_at"))[:10]
                return f"has the key of one that {one_line(str(who))} deleted on {when}: {kind.reuse_words}"
            if gone is False:
                return None
        return None

    def _page(self, path: str, kind: Kind) -> Sequence[Json]:
        answer = self._live.reader.get(path, scopes=",".join(kind.activity_scopes), page_size=PAGE)
        return page_of(answer, path).items


def reads(new: Iterable[Entry]) -> int:
    """How many requests it takes to know that of new objects: one for each project."""
    return len({entry.parent for entry in new if entry.kind.reuse_words})


def is_deletion(entry: Mapping[str, Json]) -> bool | None:
    """Whether an entry of the log says that its object was deleted; False: that it was made or came back.

    Servers before 2026 log both as a change of the field `deleted` (posthog-api-release.md 2.13).
    """
    activity = entry.get("activity")
    if activity in ("deleted", "created", "restored"):
        return bool(activity == "deleted")
    changes = dig(entry, "detail.changes")
    for change in changes if isinstance(changes, list) else ():
        if isinstance(change, Mapping) and change.get("field") == "deleted":
            return bool(change.get("after"))
    return None
