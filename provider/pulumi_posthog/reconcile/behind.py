"""What a row said of the object behind it, live -> whether the row is gone. Only reads.

PostHog hides a row of the project's tree together with its object, and answers 404 for it as for one that is gone
(posthog-api.md 7.8). The object's own URL answers 403 then, and 404 only when the object is gone (posthog-api-access.md
3.6), but for an insight on servers up to 2025: they know its short id in no URL (posthog-api-analytics.md 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api import Forbidden
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference

HINT = "use a key whose owner sees what is behind it"


def check_gone(kind: Kind, scope: Scope, values: Mapping[str, Json], live: Live) -> None:
    """Raises CannotApply when what PostHog does not show, and what had these values, may be there all the same.

    May raise ApiError.
    """
    if problem := hidden(kind, scope, values, live):
        raise CannotApply(f"{problem}\n  hint: {HINT}")


def hidden(kind: Kind, scope: Scope, values: Mapping[str, Json], live: Live) -> str | None:
    """Why what PostHog does not show, and what had these values, may be there all the same; None when it is gone.

    May raise ApiError.
    """
    for field in kind.fields:
        about = KINDS.get(str(values.get(field.names_what or "")))
        value = values.get(field.name)
        id_ = value.id if isinstance(value, Reference) else value
        if about is None or about.accessible_as is None or not id_:
            continue
        try:
            live.object(about, scope, str(id_), ())
        except Forbidden as error:
            return (
                "PostHog does not show it, and that does not say that it is gone: it is hidden from the owner of this"
                f" key with the {about.title} behind it: {error}"
            )
    return None
