"""What has to be in an object -> the requests that put it there: PostHog is told on what is put."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from pulumi_posthog.api import NotFound, Writer, is_object, lost
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Membership
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference


class Members:
    """Puts objects into what they are declared in. All that one run writes is written by one of these."""

    def __init__(self, live: Live, writer: Writer) -> None:
        self.live = live
        self.writer = writer
        self._one_by_one = threading.Lock()  # two may have one member, whose list is written whole
        self._written: dict[str, Mapping[str, Json]] = {}  # path -> PostHog's answer to this run's last write

    def wrote(self, kind: Kind, scope: Scope, answer: Mapping[str, Json]) -> None:
        """Remember what PostHog answered to a write: of that, nothing need be read before it is put somewhere."""
        if any(each.membership and each.membership.kind == kind.name for each in KINDS.values()):
            self._written[self.live.object_path(kind, scope, str(answer["id"]))] = answer

    def joined(self, kind: Kind, scope: Scope, found: Found, wanted: Json) -> Found:
        """Put into an object what `wanted`, its list as declared, names; the object as it is after that.

        It is read before, because what it has now may be older than what this run has done to those objects, and once
        more after something was put there. Raises ApiError, and CannotApply for what there is not any more.
        """
        words = kind.membership
        if words is None:
            return found
        with self._one_by_one:
            now = self._now(kind, scope, found.id)
            inside = {
                str(each[words.item]["id"])
                for each in now.answer.get(words.field) or ()
                if each.get(words.item) and not each.get("deleted")
            }
            missing = [id_ for id_ in dict.fromkeys(_named(words, wanted)) if id_ not in inside]
            for id_ in missing:
                self._put(words, scope, id_, found.id)
            return self._now(kind, scope, found.id) if missing else now

    def _now(self, kind: Kind, scope: Scope, id_: str) -> Found:
        path = self.live.object_path(kind, scope, id_)
        return self.live.put(kind, scope, object_of(self.live.reader.get(path), path))

    def _put(self, words: Membership, scope: Scope, id_: str, container: str) -> None:
        other = KINDS[words.kind]
        path = self.live.object_path(other, scope, id_)
        answer = self._written.get(path)
        if answer is None or words.listed not in answer:
            try:
                answer = object_of(self.live.reader.get(path, **other.alone_parameters), path, words.listed)
            except NotFound as error:
                raise CannotApply(f"there is no {other.title} {id_} any more: run again") from error
        containers = [each[words.container] for each in answer[words.listed] or () if not each.get("deleted")]
        said = self.writer.patch(path, {words.sent_as: [*containers, int(container)]})
        if not is_object(said):
            raise lost("PATCH", path)
        self.wrote(other, scope, said)
        self.live.put(other, scope, said)


def to_join(kind: Kind, wanted: Json, live: Json) -> int:
    """How many objects have to be put into one whose list is `live`, as far as that can be told."""
    words = kind.membership
    return len({*_named(words, wanted)} - {*_named(words, live)}) if words else 0


def _named(words: Membership, items: Json) -> Iterator[str]:
    """The ids that a list names, or the names whose ids nobody knows."""
    for each in items if isinstance(items, list) else ():
        one = each.get(words.item) if isinstance(each, dict) else None
        if isinstance(one, Reference):
            yield one.id or one.name
        elif one is not None:
            yield str(one)
