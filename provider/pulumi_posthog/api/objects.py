"""Whether an answer is the object that was asked for; not each 200 holds one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from pulumi_posthog.api.errors import IncompleteRead, OutcomeUnknown
from pulumi_posthog.api.paging import Json


def is_object(answer: Json, key: str = "id") -> TypeGuard[Mapping[str, Json]]:
    """Whether an answer is an object that says its `key`, as each of PostHog's does its id.

    An empty answer, `{"ok": true}`, a list and a text are none.
    """
    return isinstance(answer, Mapping) and answer.get(key) is not None


def object_of(answer: Json, path: str, key: str | None = "id") -> Mapping[str, Json]:
    """The answer to a GET; raises IncompleteRead when it is no object. With `key` None, of any keys."""
    if is_object(answer, key) if key else isinstance(answer, Mapping):
        found: Mapping[str, Json] = answer
        return found
    raise IncompleteRead(
        "the answer is not the object that was asked for",
        method="GET",
        path=path,
        hint="is `host` a PostHog server, and what stands on the way?",
    )


def lost(method: str, path: str) -> OutcomeUnknown:
    """The error for an answer to a write that is not the object: nobody knows what was done."""
    return OutcomeUnknown(
        "the answer is not the object: it may have been carried out, or not",
        method=method,
        path=path,
        hint="look before trying again",
    )
