"""What PostHog does with an object beside keeping it: a token renewed when a trigger changes, work to be waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pulumi_posthog.api import Forbidden, NotFound, NotOffered, OutcomeUnknown, Writer, is_object, lost
from pulumi_posthog.kinds.model import Field, Kind
from pulumi_posthog.live import Found, Live, Scope
from pulumi_posthog.values.json_value import Json

LONGEST_WAIT: Final = 600.0  # seconds
EVERY: Final = 5.0  # seconds from one look to the next
SAY_EVERY: Final = 30.0  # seconds


class CannotAct(Exception):
    """PostHog does not let this key do it; nothing was changed. The message says what to do."""


def act(
    live: Live, writer: Writer, kind: Kind, scope: Scope, found: Found, field: Field, before: Json
) -> Found:
    """Call the action of a field whose value is no longer `before`; the object afterwards.

    Raises CannotAct where the key may not, OutcomeUnknown when nobody can tell whether it was done, ApiError.
    """
    trigger = field.trigger
    if trigger is None:
        return found
    earlier = found.answer.get(trigger.renews)
    path = f"{live.path(kind, scope)}{found.id}/{trigger.path}"
    try:
        answer = writer.patch(path, {})
        if not is_object(answer):
            raise lost("PATCH", path)
    except (NotOffered, Forbidden) as error:
        raise CannotAct(
            f"the {trigger.renews} of this {kind.title} was not renewed: {error.problem}\n"
            f"  hint: renew it by hand, {trigger.by_hand}, and then put `{field.name}` back to"
            f' "{before}" or leave it out: what is declared for the first time renews nothing'
        ) from error
    except OutcomeUnknown:
        live.forget_object(kind, found.id)
        after = live.object(kind, scope, found.id)
        if after is None or after.answer.get(trigger.renews) == earlier:
            raise
        return after
    return live.put(kind, scope, {**found.answer, **answer})


class Settling:
    """Waits for what PostHog does by itself with new objects; says once when it may not ask."""

    def __init__(self, writer: Writer, say: Callable[[str], object], longest: float = LONGEST_WAIT) -> None:
        self._writer = writer
        self._say = say
        self._longest = longest
        self._may_ask = True

    def wait(self, kind: Kind, path: str, name: str, answer: Json) -> None:
        """Return when the object at `path` is no longer busy, after `longest` seconds, or when nobody may ask."""
        busy = kind.busy
        if busy is None or not self._may_ask or not answer.get(busy.sign):
            return
        waited = 0.0
        while self._is_busy(f"{path}{busy.path}", busy.answer, busy.words, kind):
            if waited >= self._longest:
                self._say(
                    f'{kind.title} "{name}" is {busy.words} after {waited:.0f} s: going on all the same'
                )
                return
            if waited % SAY_EVERY == 0:
                self._say(
                    f'{kind.title} "{name}" is {busy.words}: waited {waited:.0f} s of at most {self._longest:.0f} s'
                )
            self._writer.pace.sleep(EVERY)
            waited += EVERY

    def _is_busy(self, path: str, name: str, words: str, kind: Kind) -> bool:
        try:
            return bool(self._writer.get_object(path, key=None).get(name))
        except (Forbidden, NotFound):
            self._may_ask = False
            self._say(
                f"PostHog does not tell this key whether a {kind.title} is {words}: going on without waiting"
            )
            return False
