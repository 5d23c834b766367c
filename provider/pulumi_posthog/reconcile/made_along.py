"""What PostHog makes together with a new object (`Kind.made_along`): what is sent of it, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import one_line


def body(kind: Kind, scope: Scope, desired: Mapping[str, Json], live: Live) -> Mapping[str, Json]:
    """What a request for a new object says of what is made together with it. May raise ApiError."""
    said = kind.made_along.body(desired) if kind.made_along else {}
    return {} if not said or _there(kind, scope, desired, live) else said


def objection(kind: Kind, scope: Scope, desired: Mapping[str, Json], live: Live) -> str | None:
    """Why a new object cannot be made as declared: what it is made together with is there, and is another.

    May raise ApiError.
    """
    if kind.made_along is None or not kind.made_along.body(desired):
        return None
    found = _there(kind, scope, desired, live)
    return objection_beside(kind, desired, found.values, "is there already") if found else None


def objection_beside(
    kind: Kind, desired: Mapping[str, Json], other: Mapping[str, Json], why: str = "is declared"
) -> str | None:
    """Why a new object cannot be made as declared, because of the values `other` of what it is made together with.

    `why` says of that other one that it is there, or is declared.
    """
    unlike = kind.made_along.unlike(desired, other) if kind.made_along else None
    if kind.made_along is None or unlike is None:
        return None
    words, hint = unlike
    name, title = str(desired.get(kind.made_along.named_by)), KINDS[kind.made_along.kind].title
    return f'{title} "{one_line(name)}" {one_line(why)}, and {one_line(words)}\n  hint: {one_line(hint)}'


def _there(kind: Kind, scope: Scope, desired: Mapping[str, Json], live: Live) -> Found | None:
    along = kind.made_along
    if along is None:
        return None
    return next(iter(live.find(KINDS[along.kind], scope, {along.key: desired.get(along.named_by)})), None)
