"""PATCH of an object that PostHog changes only for who has read what it is now: see `EditLock`."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api import ApiError, Files, Invalid, Writer
from pulumi_posthog.api.paging import page_of
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import one_line

PAGE = 20  # entries of an object's log that are looked through: one request


def patch(
    live: Live,
    writer: Writer,
    kind: Kind,
    scope: Scope,
    found: Found,
    fields: Mapping[str, Json],
    body: Mapping[str, Json],
    files: Files,
) -> Json:
    """Send a body that changes `fields`; PostHog's answer.

    Raises CannotApply where somebody else has changed the locked field since `found` was read: nothing is written over
    what nobody has seen. An edit of something else is no obstacle (servers of 2025 count it), so it is sent once more.
    """
    path, lock = live.object_path(kind, scope, found.id), kind.edit_lock

    def send(seen: Found) -> Json:
        beside = {lock.sent_as: seen.answer.get(lock.answered_as)} if lock and lock.field in body else {}
        return writer.patch(path, {**body, **beside}, form=kind.form_encoded, files=files)

    if lock is None or lock.field not in body:
        return send(found)
    try:
        return send(found)
    except Invalid:
        live.forget_object(kind, found.id)
        live.forget(kind, scope)
        now = live.object(kind, scope, found.id)
        if now is None or now.answer.get(lock.answered_as) == found.answer.get(lock.answered_as):
            raise  # it is refused for what it says
        if not differences(kind, fields, now.values):
            return now.answer  # the first try was heard, and its answer was lost; or both mean the same
        if differences(kind, {lock.field: found.values.get(lock.field)}, now.values):
            raise CannotApply(
                f"{_who(live, kind, scope, found.id, lock.field)} has changed `{lock.field}` of this {kind.title} since"
                " it was read: nothing was sent\n"
                "  hint: run again: the preview shows what it is now, and what would become of it"
            ) from None
        return send(now)


def _who(live: Live, kind: Kind, scope: Scope, id_: str, field: str) -> str:
    """Who was the last to change a field, by PostHog's log; "somebody else" where the log does not say."""
    path = f"/api/projects/{scope.get('project')}/activity_log/"
    try:
        answer = live.reader.get(path, scopes=",".join(kind.activity_scopes), item_id=id_, page_size=PAGE)
        entries = page_of(answer, path).items
    except ApiError:
        return "somebody else"
    for entry in entries:
        changes = dig(entry, "detail.changes") if isinstance(entry, Mapping) else None
        for change in changes if isinstance(changes, list) else ():
            if isinstance(change, Mapping) and change.get("field") == field:
                who, when = dig(entry, "user.email"), entry.get("created_at")
                return f"{one_line(str(who or 'somebody else'))}{f' ({one_line(str(when))})' if when else ''}"
    return "somebody else"
