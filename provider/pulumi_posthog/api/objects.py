"""Whether an answer is the object that was asked for; not each 200 holds one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeGuard

from pulumi_posthog.api.errors import IncompleteRead, OutcomeUnknown
from pulumi_posthog.api.paging import Json, page_of


def is_object(answer: Json, key: str = "id") -> TypeGuard[Mapping[str, Json]]:
    """Whether an answer is an object that says its `key`, as each of PostHog's does its id.

    An empty answer, `{"ok": true}`, a list and a text are none.
    """
    return isinstance(answer, Mapping) and answer.get(key) is not None


NO_POSTHOG: Final = "is `host` a PostHog server, and is there a proxy in between?"


def object_of(answer: Json, path: str, key: str | None = "id", *, method: str = "GET") -> Mapping[str, Json]:
    """The answer to a request that reads; raises IncompleteRead when it is no object.

    The object has to have a value under `key`; with None, any object will do.
    """
    if is_object(answer, key) if key else isinstance(answer, Mapping):
        found: Mapping[str, Json] = answer
        return found
    raise IncompleteRead(
        "the answer is not the object that was asked for",
        method=method,
        path=path,
        hint=NO_POSTHOG,
    )


def lost(method: str, path: str) -> OutcomeUnknown:
    """The error for an answer to a write that is not the object: it is not known what was done."""
    return OutcomeUnknown(
        "the answer is not the object: it may have been carried out, or not",
        method=method,
        path=path,
        hint="look in PostHog before you try again",
    )


class Shape(Enum):
    """What the good answer of an operation is (posthog-api.md, the table of each family)."""

    OBJECT = "an object"
    PAGE = "a page of objects"
    ARRAY = "a list"
    ANYTHING = "nothing of use"  # the status alone says it, and the body may be empty

    def of(self, answer: Json, method: str, path: str, *, written: bool) -> Json:
        """The answer of this shape; raises IncompleteRead for another, OutcomeUnknown where something was `written`."""
        try:
            if self is Shape.OBJECT:
                object_of(answer, path, key=None, method=method)
            elif self is Shape.PAGE:
                for item in page_of(answer, path).items:
                    object_of(item, path, key=None, method=method)
            elif self is Shape.ARRAY and not isinstance(answer, list):
                raise IncompleteRead("the answer is not a list", method=method, path=path, hint=NO_POSTHOG)
        except IncompleteRead as error:
            if written:
                raise lost(method, path) from error
            raise
        return answer
